"""Commands that judge and move: the checklist, the move, the exception to a guard, the recorded observation."""

from typing import Annotated

import typer

from review_engine.cli.arguments import length_of, moment_of
from review_engine.cli.call import call_of
from review_engine.cli.subjects import App

_PANEL = "Reviews and moves"
Again = Annotated[str | None, typer.Option("--key", help="The same key again gets the same answer.")]


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    for command in (checklist, move, waive, evidence):
        app.command(rich_help_panel=_PANEL)(command)


def checklist(
    ctx: typer.Context,
    app: App,
    transition: Annotated[str | None, typer.Argument(help="One transition; without it, all that start here.")] = None,
) -> None:
    """Show what is met and what is missing, without moving anything."""
    from review_engine.cli import sheets

    call = call_of(ctx)
    found = call.engine.checklist(app, transition, by=call.by)
    call.answer([each.as_dict() for each in found], lambda: sheets.checklists(found, app))


def move(
    ctx: typer.Context,
    app: App,
    transition: Annotated[str, typer.Argument(help="Name of the transition.")],
    comment: Annotated[str, typer.Option(help="Words for the history; some transitions ask for them.")] = "",
    expect: Annotated[str | None, typer.Option(metavar="ETAG", help="Refuse if it changed since you saw it.")] = None,
    idempotency: Again = None,
) -> None:
    """Take a transition, or be told everything that stands in its way."""
    call = call_of(ctx)
    given = call.engine.move(app, transition, by=call.by, comment=comment, idempotency_key=idempotency, expect=expect)
    also = f" The engine went on with: {', '.join(given.moves[1:])}." if given.moves[1:] else ""
    call.answer(given.as_dict(), f"{given.subject} stands in {given.state} (move {given.number}).{also}")


def waive(
    ctx: typer.Context,
    app: App,
    guard: Annotated[str, typer.Argument(help="Name of a guard that may be waived.")],
    reason: Annotated[str, typer.Option(help="Why; it shows on every checklist.")],
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the exception ends; without it, never.")
    ] = None,
) -> None:
    """Record an exception to one guard, as a reviewer or manager."""
    call = call_of(ctx)
    given = call.engine.waive(app, guard, reason=reason, by=call.by, until=moment_of(until))
    moved = f" The engine took: {', '.join(given.moves)}." if given.moves else ""
    call.answer(given.as_dict(), f"'{guard}' is waived for {given.subject}.{moved}")


def evidence(
    ctx: typer.Context,
    app: App,
    probe: Annotated[str, typer.Argument(help="What was looked at, as a guard calls it.")],
    outcome: Annotated[str, typer.Argument(help="What was seen, such as green.")],
    lasts: Annotated[str | None, typer.Option(metavar="LENGTH", help='How long it counts, such as "30 days".')] = None,
    seen: Annotated[str | None, typer.Option(metavar="TIME", help="When it was seen; without it, now.")] = None,
    note: Annotated[str, typer.Option(help="One line for people.")] = "",
    idempotency: Again = None,
) -> None:
    """Record what was seen; guards rest on it."""
    call = call_of(ctx)
    given = call.engine.record_evidence(
        app,
        probe,
        outcome,
        by=call.by,
        seen_at=moment_of(seen),
        lasts=length_of(lasts),
        note=note,
        idempotency_key=idempotency,
    )
    moved = f" The engine took: {', '.join(given.moves)}." if given.moves else ""
    call.answer(given.as_dict(), f"{probe} of {given.subject} was seen {outcome}.{moved}")
