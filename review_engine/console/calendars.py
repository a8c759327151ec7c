"""The calendars: hours and holidays, which due dates an edited one would move, trying an edit, and moving them.

What is applied is what was looked at: the version that the preview showed travels with the button.
"""

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.ink import sentence
from review_engine.console.names import Names
from review_engine.console.visits import Visit, Visitors, managers_only
from review_engine.console.what_if import Wish, lines_to_write, wished
from review_engine.domain.calendar import WEEKDAYS, Calendar
from review_engine.domain.errors import InvalidInput, MoveConflict, NotFound
from review_engine.domain.wording import day
from review_engine.usecases.recalendar import Projection

_HOLIDAYS = 12
_MOVED = 200


class Shown(NamedTuple):
    """A calendar as the page shows it: its week in words, the holidays to come, workflows that count by it."""

    calendar: Calendar
    week: tuple[tuple[str, str], ...]
    holidays: tuple[tuple[str, str], ...]
    more: int
    workflows: tuple[str, ...]
    projection: Projection


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/calendars", name="console_calendars")
    def calendars(visit: Visit = visitors.signed_in) -> Response:
        managers_only(visit)
        return _calendars(visit)

    @router.get("/calendars/{name}", name="console_what_if")
    def what_if(name: str, visit: Visit = visitors.signed_in) -> Response:
        managers_only(visit)
        return _what_if(visit, name)

    @router.post("/calendars/{name}", name="console_applying")
    def apply(name: str, visit: Visit = visitors.sending) -> Response:
        managers_only(visit)
        return _apply(visit, name)


def _calendars(visit: Visit) -> Response:
    engine = visit.engine
    library = engine.desk.library
    lifecycles = [engine.lifecycle(kind) for kind in library.kinds()]
    shown = [
        _shown(
            visit,
            calendar,
            tuple(each.title for each in lifecycles if each.slas and each.calendar == calendar.name),
        )
        for calendar in library.calendars().values()
    ]
    shown.sort(key=lambda each: (not each.workflows, each.calendar.name))
    return visit.page("calendars.html", shown=shown, most=_MOVED, names=Names(engine.directory))


def _shown(visit: Visit, calendar: Calendar, workflows: tuple[str, ...]) -> Shown:
    today = visit.engine.clock().astimezone(ZoneInfo(calendar.zone)).date()
    coming = [(on, name) for on, name in sorted(calendar.holidays.items()) if on >= today]
    return Shown(
        calendar,
        tuple((weekday.capitalize(), _hours(calendar, weekday)) for weekday in WEEKDAYS),
        tuple((day(on), _holiday(calendar, on, name)) for on, name in coming[:_HOLIDAYS]),
        max(0, len(coming) - _HOLIDAYS),
        workflows,
        visit.engine.preview_calendar(calendar.name, by=visit.by),
    )


def _hours(calendar: Calendar, weekday: str) -> str:
    shifts = calendar.hours.get(weekday, ())
    return ", ".join(f"{start} to {end}" for start, end in (shift.texts for shift in shifts)) or "closed"


def _holiday(calendar: Calendar, on: date, name: str) -> str:
    special = calendar.overrides.get(on)
    if not special:
        return name or "closed"
    hours = ", ".join(f"{start} to {end}" for start, end in (shift.texts for shift in special))
    return f"{name or 'special hours'}: open {hours}"


def _what_if(visit: Visit, name: str) -> Response:
    """Try an edit: nothing is written, so it is a page one may link to."""
    calendar = _known(visit, name)
    asked = visit.request.query_params
    tried = "closed" in asked
    wish = Wish({day: asked.get(day, "") for day in WEEKDAYS}, asked.get("closed", ""), asked.get("opened", ""))
    wish = wish if tried else Wish.of(calendar)
    projection, lines, wrong = None, tuple[str, ...](), ""
    try:
        if tried:
            edited = wished(calendar, wish)
            lines = lines_to_write(calendar, edited)
            projection = visit.engine.preview_calendar(edited, by=visit.by)
    except InvalidInput as error:
        wrong = f"{sentence(error.what)} {error.cure}"
    return visit.page(
        "what_if.html",
        422 if wrong else 200,
        calendar=calendar,
        weekdays=WEEKDAYS,
        wish=wish,
        projection=projection,
        lines=lines,
        wrong=wrong,
        most=_MOVED,
    )


def _known(visit: Visit, name: str) -> Calendar:
    known = visit.engine.desk.library.calendars()
    if name not in known:
        raise NotFound("calendar", name)
    return known[name]


def _apply(visit: Visit, name: str) -> Response:
    if visit.field("version") != _known(visit, name).version:
        raise MoveConflict(
            "the calendar's file has changed since you looked", where=name, cure="Look at what it would move again."
        )
    done = visit.engine.apply_calendar(name, by=visit.by)
    return visit.go("calendars", told="applied_in_part" if done.failed else "applied")
