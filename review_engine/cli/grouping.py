"""How commands are grouped: plain help, a heading for each group. Rich help costs as much time as all the rest."""

from typing import Any

import typer
from typer.core import TyperGroup

_SENTENCE = 300
"""Characters of a command's first sentence; it wraps and is not cut."""


class Grouped(TyperGroup):
    """A group whose help lists commands under the headings (``rich_help_panel``) they were given."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands, in the order they were plugged in."""
        headings: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            heading = getattr(command, "rich_help_panel", None)
            heading = heading if isinstance(heading, str) else "Commands"
            headings.setdefault(heading, []).append((name, command.get_short_help_str(_SENTENCE)))
        for heading, lines in headings.items():
            with formatter.section(heading):
                formatter.write_dl(lines)


def group(says: str, cls: type[TyperGroup] = Grouped, **settings: Any) -> typer.Typer:
    """A group of commands with plain help."""
    return typer.Typer(
        cls=cls, help=says, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False, **settings
    )
