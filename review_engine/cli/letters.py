"""Commands about letters: look at every one of them, and find their faults, before anybody gets one."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from review_engine.cli.arguments import unreadable
from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.domain.errors import InvalidFile
from review_engine.domain.lifecycle import Lifecycle

letters = group("Letters: look at every one of them, or find their faults.")

Folder = Annotated[
    str | None,
    typer.Option("--workflows", metavar="FOLDER", help="Workflow files whose letters are meant; else the configured."),
]


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(letters, name="letters", rich_help_panel="Workflows")


def letter_folders(call: Call) -> list[Path]:
    """Where letters are looked for: the installation's own folder first, then the one that comes with the package."""
    from review_engine.settings import shipped

    own = call.settings.mail.templates
    return [*([Path(own)] if own else []), shipped("templates") / "email"]


def read_letters(call: Call, lifecycles: Iterable[Lifecycle], folder: str | None = None) -> None:
    """Look for faults of the letters that workflows name.

    Args:
        call: how the command was asked for; it knows the configured folder.
        lifecycles: the workflows.
        folder: of letters that come before all others; None for none.

    Raises:
        InvalidFile: with every fault.
    """
    from review_engine.channels.letter_check import check_letters

    places = [*([Path(folder)] if folder else []), *letter_folders(call)]
    faults = check_letters(places, lifecycles, base_url=call.settings.mail.base_url)
    if faults:
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise InvalidFile(f"the letters have {count}", faults, where=str(places[0]))


@letters.command()
def preview(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Where to write; it is made if need be.")],
    workflows: Folder = None,
) -> None:
    """Write every letter with sample data into a folder: an index page, HTML and text side by side, the message."""
    from review_engine.channels.letter_preview import preview as show
    from review_engine.channels.letters import Letters
    from review_engine.cli.folders import kinds

    call = call_of(ctx)
    mail = call.settings.mail
    lifecycles = list(kinds(call, workflows).values())
    written = Letters(letter_folders(call), sender=mail.sender, base_url=mail.base_url)
    try:
        index = show(written, lifecycles, Path(folder))
    except OSError as error:
        raise unreadable(folder, error, "written") from None
    call.answer({"index": str(index)}, f"The letters are in {index}.")


@letters.command()
def check(ctx: typer.Context, workflows: Folder = None) -> None:
    """Find every fault of the letters at once: missing files and names, unsafe places, links without UTM parameters."""
    from review_engine.cli.folders import kinds

    call = call_of(ctx)
    lifecycles = list(kinds(call, workflows).values())
    read_letters(call, lifecycles)
    names = sorted({name for lifecycle in lifecycles for name in lifecycle.notices})
    call.answer({"sound": True, "letters": names}, f"{len(names)} letters, no faults.")
