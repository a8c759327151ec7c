"""Commands about calendars: find their faults, see which due dates an edit would move, and move them."""

from typing import Annotated

import typer

from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.cli.promises import PANEL
from review_engine.domain.errors import InvalidInput

calendar = group("Opening hours: check a file, see what an edit would move, move it.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(calendar, name="calendar", rich_help_panel=PANEL)


@calendar.command()
def check(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A calendar file.")],
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day to draw; without it, today.")
    ] = None,
) -> None:
    """Find every fault of a calendar file; draw the next ten business days of a sound one."""
    from review_engine.cli import timesheets
    from review_engine.workflow_files.calendars import read_calendar

    found = read_calendar(file)
    days = timesheets.business_days(found, timesheets.first_day(found, start))
    document = {
        "name": found.name,
        "zone": found.zone,
        "version": found.version,
        "days": [day.as_dict() for day in days],
    }
    call_of(ctx).answer(document, lambda: timesheets.calendar(found, days))


@calendar.command()
def preview(
    ctx: typer.Context,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A file not in use yet; else the installed calendars.")
    ] = None,
) -> None:
    """Show which open due dates would move; nothing is written."""
    from review_engine.cli import timesheets
    from review_engine.workflow_files.calendars import read_calendar

    call = call_of(ctx)
    by = call.by
    asked = [read_calendar(file)] if file else list(call.engine.desk.library.calendars().values())
    found = [call.engine.preview_calendar(each, by=by) for each in asked]
    call.answer([each.as_dict() for each in found], lambda: timesheets.projections(found, "would move"))


@calendar.command("apply")
def apply_(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One calendar; else all of them.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Count open clocks by the calendars as their files are now; each due date that moves is recorded."""
    from review_engine.cli import timesheets

    call = call_of(ctx)
    by = call.by
    names = [name] if name else sorted(call.engine.desk.library.calendars())
    ahead = [call.engine.preview_calendar(each, by=by) for each in names]
    if not yes:
        _ask(call, sum(each.clocks for each in ahead), sum(len(each.moved) for each in ahead))
    found = [call.engine.apply_calendar(each, by=by) for each in names]
    call.answer([each.as_dict() for each in found], lambda: timesheets.projections(found, "moved"))
    if any(each.failed for each in found):
        raise typer.Exit(1)


def _ask(call: Call, clocks: int, moved: int) -> None:
    if call.as_json:
        raise InvalidInput("nobody can be asked in JSON", cure="Look at calendar preview, then add --yes.")
    typer.confirm(f"Count {clocks} open clocks anew, so that {moved} due dates move?", abort=True, err=True)
