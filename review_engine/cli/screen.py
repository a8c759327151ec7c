"""The terminal: one console for everything people read, plain without colour and at home in 80 columns.

The words of others are never markup: what a partner wrote is printed as it was written, and commands nobody's terminal.
"""

import sys
from collections.abc import Iterable
from datetime import datetime, tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from review_engine.domain.lifecycle import Lifecycle, State
from review_engine.domain.verdicts import FAILED, PASSED, UNKNOWN, WAIVED, Item

OUTCOME = {
    PASSED: ("met", "green"),
    WAIVED: ("waived", "yellow"),
    FAILED: ("not met", "red"),
    UNKNOWN: ("unknown", "red"),
}
"""How a verdict is called, and its colour."""

DIM, STRONG, TITLE = "bright_black", "bold", "bold cyan"


def screen() -> Console:
    """The console on standard output, wherever that leads at present."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def put(piece: object, *, wrap: bool = True) -> None:
    """Print a renderable; into a file or a pipe without the blanks that fill its lines up."""
    console = screen()
    if console.is_terminal:
        console.print(piece, soft_wrap=not wrap)
        return
    with console.capture() as captured:
        console.print(piece, soft_wrap=not wrap)
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def plain(text: object) -> str:
    """Foreign text without what a terminal would obey."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in str(text))


def said(text: object, style: str = "") -> Text:
    """A piece of text, safe to print."""
    return Text(plain(text), style)


def table(*columns: str) -> Table:
    """An airy table; the last column takes the room that is left."""
    drawn = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=DIM)
    for place, column in enumerate(columns, start=1):
        drawn.add_column(column, overflow="fold", ratio=1 if place == len(columns) else None)
    return drawn


def rows(drawn: Table, cells: Iterable[Iterable[object]]) -> Table:
    """The table with these rows; what is no Text yet becomes one."""
    for row in cells:
        drawn.add_row(*(cell if isinstance(cell, Text) else said(cell) for cell in row))
    return drawn


def day(moment: datetime, zone: tzinfo | None = None, *, year: bool = True) -> str:
    """A moment as people read it: ``Mon 2 Mar 2026 10:00``; in UTC, said so, unless a zone is given."""
    local = moment.astimezone(zone) if zone else moment
    date = f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if year else "")
    return f"{date} {local:%H:%M}" + ("" if zone else " UTC")


def why(item: Item) -> str:
    """The reason of a verdict, without the guard's title where the check began with it, and with a full stop."""
    reason = item.verdict.reason.removeprefix(f"{item.title}: ").rstrip(".")
    return f"{reason}." if reason else ""


def turn(state: State) -> str:
    """Whose turn it is."""
    return f"the {state.waits_for.value}'s turn" if state.waits_for else "nobody's turn"


def title_of(lifecycle: Lifecycle, state: str) -> str:
    """A state as people read it; also one that the workflow no longer has."""
    return lifecycle.states[state].title if state in lifecycle.states else state
