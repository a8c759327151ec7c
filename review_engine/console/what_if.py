"""An edited calendar, tried before anybody writes it: other hours, more or fewer closed days, and what they would move.

Calendars are files, so that an edit has a reviewer and a history of its own. Here a manager sees beforehand which open
due dates it would move, and takes along the lines to be written.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from review_engine.domain.calendar import WEEKDAYS, Calendar
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.hours import Shift, overlaps

_DATES_MAX, _SHIFTS_MAX = 60, 6
_PAIR = re.compile(r"(\d{1,2}:\d\d)\s*(?:-|to|\u2013)\s*(\d{1,2}:\d\d)\Z")


class Wish(NamedTuple):
    """What a manager typed: weekday -> hours as text, dates to close and dates to open, as text."""

    hours: Mapping[str, str]
    closed: str = ""
    opened: str = ""

    @classmethod
    def of(cls, calendar: Calendar) -> "Wish":
        """What the form shows at first: the hours as they are."""
        return cls({weekday: hours_text(calendar, weekday) for weekday in WEEKDAYS})


def hours_text(calendar: Calendar, weekday: str) -> str:
    """The hours of a weekday as they are typed: ``09:00-12:30, 13:30-17:00``; empty when closed."""
    return ", ".join(str(shift) for shift in calendar.hours.get(weekday, ()))


def wished(calendar: Calendar, wish: Wish) -> Calendar:
    """The calendar as it would be.

    Raises:
        InvalidInput: hours or dates that cannot be read; says which, and how they are written.
        InvalidCalendar: hours that make no calendar.
    """
    hours = {weekday: _shifts(weekday, wish.hours.get(weekday, "")) for weekday in WEEKDAYS}
    opened = _dates(wish.opened)
    overrides = {day: shifts for day, shifts in calendar.overrides.items() if day not in opened}
    holidays = {day: name for day, name in calendar.holidays.items() if day not in opened}
    holidays |= {day: calendar.holidays.get(day, "") for day in _dates(wish.closed)}
    return replace(calendar, hours=hours, holidays=holidays, overrides=overrides)


def lines_to_write(before: Calendar, after: Calendar) -> tuple[str, ...]:
    """What would have to stand in the calendar's file, as far as it differs from what stands there."""
    lines = [
        f"hours.{weekday} = {_written(after, weekday)}"
        for weekday in WEEKDAYS
        if before.hours.get(weekday) != after.hours.get(weekday)
    ]
    closed = sorted(set(after.holidays) - set(before.holidays))
    opened = sorted((set(before.holidays) - set(after.holidays)) | (set(before.overrides) - set(after.overrides)))
    if closed:
        dates = ", ".join('"' + day.isoformat() + '"' for day in closed)
        lines.append(f"holidays = [..., {dates}]")
    lines += [f'overrides."{day.isoformat()}" = {_written(after, WEEKDAYS[day.weekday()])}' for day in opened]
    return tuple(lines)


def _written(calendar: Calendar, weekday: str) -> str:
    pairs = (shift.texts for shift in calendar.hours.get(weekday, ()))
    return "[" + ", ".join(f'["{start}", "{end}"]' for start, end in pairs) + "]"


def _shifts(weekday: str, text: str) -> tuple[Shift, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    cure = "Write 09:00-17:00, or 09:00-12:30, 13:30-17:00; leave it empty to close the day."
    if len(parts) > _SHIFTS_MAX:
        raise InvalidInput(f"{weekday} has more than {_SHIFTS_MAX} stretches", cure=cure)
    shifts = []
    for part in parts:
        match = _PAIR.match(part)
        if match is None:
            raise InvalidInput(f"{shown(part)} on {weekday} are no hours", cure=cure)
        shifts.append(Shift.parse(*(time.zfill(5) for time in match.groups())))
    for one, two in overlaps(shifts):
        raise InvalidInput(f"{one} and {two} on {weekday} overlap", cure="Let one end before the other begins.")
    return tuple(shifts)


def _dates(text: str) -> tuple[date, ...]:
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    if len(parts) > _DATES_MAX:
        raise InvalidInput(f"{len(parts)} dates are too many at once", cure=f"Try at most {_DATES_MAX}.")
    try:
        return tuple(date.fromisoformat(part) for part in parts)
    except ValueError:
        raise InvalidInput("one of the dates is none", cure="Write dates as 2026-12-24, with commas between.") from None
