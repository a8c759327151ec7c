"""How times, dates, opening hours and lengths of time are said to people: one manner for partners, queues and ledgers.

In English whatever the machine's locale, in the 24-hour clock, always with the weekday: most misread dates are off by
one, and a weekday shows it.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from review_engine.domain.calendar import Interval
from review_engine.domain.hours import WEEKDAYS, zone_named

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS_SHOWN = 10
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
_UNITS_SHOWN = 2


class Wall(NamedTuple):
    """A clock on the wall of one place.

    Args:
        zone: where it hangs.
    """

    zone: ZoneInfo

    @classmethod
    def of(cls, zone: str) -> "Wall":
        """The wall clock of a zone.

        Raises:
            InvalidCalendar: there is no such time zone.
        """
        return cls(zone_named(zone))

    def moment(self, at: datetime) -> str:
        """``Monday 5 January 2026 at 10:00``; with the zone's abbreviation in an hour that the wall clock repeats."""
        local = at.astimezone(self.zone)
        return f"{day(local.date())} at {self._time(local)}"

    def hours(self, intervals: Iterable[Interval]) -> str:
        """Stretches of time by the date on which they start: ``Monday 5 January 2026 10:00-12:00 and 13:00-17:00``.

        Of more than eleven dates, the first nine and the last are named.
        """
        local = [(start.astimezone(self.zone), end.astimezone(self.zone)) for start, end in intervals]
        days = [
            f"{day(on)} {' and '.join(self._span(start, end) for start, end in spans)}"
            for on, spans in groupby(local, key=lambda span: span[0].date())
        ]
        if len(days) > _DAYS_SHOWN + 1:
            days[_DAYS_SHOWN - 1 : -1] = [f"{len(days) - _DAYS_SHOWN} more dates"]
        return "; ".join(days)

    def _span(self, start: datetime, end: datetime) -> str:
        if end.date() == start.date():
            return f"{self._time(start)}-{self._time(end)}"
        if end.time() == time.min and end.date() - start.date() == timedelta(days=1):
            return f"{self._time(start)}-24:00"
        return f"{self._time(start)} to {self.moment(end)}"

    @staticmethod
    def _time(local: datetime) -> str:
        shown = f"{local:%H:%M}"
        other = local.replace(fold=1 - local.fold)
        return shown if other.utcoffset() == local.utcoffset() else f"{shown} {local.tzname()}"


def day(on: date) -> str:
    """``Monday 5 January 2026``."""
    return f"{WEEKDAYS[on.weekday()].capitalize()} {on.day} {_MONTHS[on.month - 1]} {on.year}"


def spoken(amount: timedelta, *, days: bool = True) -> str:
    """A length of time in its two largest units: ``2 days 3 hours``, ``7 hours 30 minutes``, ``45 seconds``.

    Rounded down to whole seconds; the sign is left out. ``days=False`` is for business time, where a day has no fixed
    length, and stops at hours.
    """
    rest = abs(amount) // timedelta(seconds=1)
    parts: list[str] = []
    for unit, seconds in _UNITS[0 if days else 1 :]:
        count, rest = divmod(rest, seconds)
        if parts or count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}" if count else "")
    return " ".join(filter(None, parts[:_UNITS_SHOWN])) or "less than a second"
