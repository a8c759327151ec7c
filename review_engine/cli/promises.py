"""Commands about promises: by when and why, what if, and how they were kept."""

from datetime import datetime
from typing import Annotated

import typer

from review_engine.cli.arguments import moment_of
from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.cli.subjects import App

PANEL = "Promises and time"
"""The heading of all commands about time."""

sla = group("How promises were kept.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.command(rich_help_panel=PANEL)(due)
    app.add_typer(sla, name="sla", rich_help_panel=PANEL)


def due(
    ctx: typer.Context,
    app: App,
    transition: Annotated[
        str | None, typer.Option("--if", metavar="TRANSITION", help="As if this transition were taken now.")
    ] = None,
) -> None:
    """Show by when what is promised, how much time is left, and why it is that date."""
    from review_engine.cli import timesheets

    call = call_of(ctx)
    by, engine = call.by, call.engine
    found = engine.due_if(app, transition, by=by) if transition else engine.due(app, by=by)
    call.answer([each.as_dict() for each in found], lambda: timesheets.derivations(found, app))


@sla.command()
def report(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help='From when on: a date, a time, or "30 days" ago.')
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to when, not included.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as app.")] = None,
) -> None:
    """Count how promises were kept: by promise, by reviewer, week by week. For staff."""
    from review_engine.cli import timesheets

    call = call_of(ctx)
    by = call.by
    found = call.engine.promise_report(by=by, since=_bound(call, since), until=_bound(call, until), kind=kind)
    call.answer(found.as_dict(), lambda: timesheets.report(found))


def _bound(call: Call, text: str | None) -> datetime | None:
    """The end of a period: a date begins at its midnight in the calendar's zone, a length of time reaches back."""
    from datetime import date, timedelta
    from zoneinfo import ZoneInfo

    from review_engine.domain.durations import Duration, InvalidDuration

    if text is None:
        return None
    try:
        return call.engine.clock() - timedelta(seconds=Duration.parse(text).seconds)
    except InvalidDuration:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return moment_of(text)
    calendar = call.engine.lifecycle().calendar
    zone = call.engine.desk.library.calendar(calendar).zone if calendar else "UTC"
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
