"""The two commands most people meet first: the demonstration, and taking an existing catalog in."""

from itertools import chain
from typing import Annotated

import typer

from review_engine.cli.arguments import lines_of, moment_of
from review_engine.cli.call import call_of

_PANEL = "To begin with"


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.command(rich_help_panel=_PANEL)(demo)
    app.command(rich_help_panel=_PANEL)(adopt)


def demo(
    ctx: typer.Context,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the story begins; without it, so that it ends about today.")
    ] = None,
) -> None:
    """Take a handful of partners through the whole process, on a database of its own, with a clock that is turned."""
    from review_engine.cli.demo.place import DEMO_DATABASE
    from review_engine.cli.demo.stage import perform

    call = call_of(ctx)
    perform(call, call.database or DEMO_DATABASE, moment_of(start))


def adopt(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.jsonl", help="A catalog's past, oldest first; - reads stdin.")],
    kind: Annotated[str | None, typer.Option(help="The workflow to take it into.")] = None,
    partner: Annotated[str, typer.Option(help="Owner of what names no partner.")] = "unclaimed",
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 when a line is broken.")] = False,
) -> None:
    """Take an existing catalog in, with its past as imported history. Running it again changes nothing.

    A line is {"at": time with offset, "slug": ..., "event": "listed", "status" or "delisted", "after": status, ...}.
    """
    from review_engine.cli import documents, sheets
    from review_engine.cli.progress import watched
    from review_engine.ports.store import Query

    call = call_of(ctx, creates=True)
    call.trusted("Taking a catalog in")
    with watched(call, file, "Taking in") as advance:
        account = call.engine.adopt(lines_of(file), by=call.by, kind=kind, partner=partner, progress=advance)
    odd = call.engine.desk.store.odd_events() if account.odd or account.facts_left_out else []
    census = call.engine.census(Query(kind or call.engine.default_kind), by=call.by)
    document = {
        **account.as_dict(),
        "balanced": sheets.balanced(account),
        "kept_as_odd": [documents.odd(each) for each in odd],
        "standing": documents.census(census),
    }
    call.answer(document, lambda: chain(sheets.adopted(account, odd), sheets.census(call.engine, census)))
    if account.broken:
        lines = "a line" if len(account.broken) == 1 else f"{len(account.broken)} lines"
        call.warn(f"{lines} could not be read; mend what is broken and run the file again.")
        if strict or not (account.moves or account.odd or account.repeated):
            raise typer.Exit(1)
