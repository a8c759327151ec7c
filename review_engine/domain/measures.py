"""How the time of one promise is measured: open time of a calendar for business units, all time for plain ones.

Clocks, derivations and reports ask the same three questions (how much between, where after, when does it open), and
must get the same answers whichever unit a promise was made in; so the choice is made here, once.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from review_engine.domain.calendar import Calendar, Interval
from review_engine.domain.durations import Duration, InvalidDuration
from review_engine.domain.instants import TICK


@lru_cache(maxsize=1024)
def promised(within: str) -> Duration:
    """The duration that a clock carries as text.

    Raises:
        InvalidDuration: the text is none.
    """
    return Duration.parse(within)


class Measure(NamedTuple):
    """The time in which a promise is counted.

    Args:
        calendar: whose open time counts; None when all time does.
    """

    calendar: Calendar | None

    @classmethod
    def of(cls, within: Duration, calendar: Calendar | None) -> "Measure":
        """The measure of a promise.

        Raises:
            InvalidDuration: business time, and no calendar to count it on.
        """
        if not within.is_business:
            return cls(None)
        if calendar is None:
            raise InvalidDuration(f"{within} are counted on a calendar", cure="Name the workflow's calendar.")
        return cls(calendar)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Time that counts in [a, b); negative when ``b`` is before ``a`` (R6)."""
        return self.calendar.difference(a, b) if self.calendar else b - a

    def after(self, t: datetime, amount: timedelta) -> datetime:
        """The earliest instant with ``amount`` of counting time after ``t``, in UTC (R7).

        Raises:
            CalendarNeverOpens: more than ten closed years lie on the way.
        """
        return self.calendar.add(t, amount) if self.calendar else t + amount

    def opening(self, t: datetime) -> datetime:
        """``t`` itself when time counts there, else the next instant at which it does.

        Raises:
            CalendarNeverOpens: closed for more than ten years from ``t``.
        """
        return self.calendar.next_opening(t) if self.calendar else t

    def intervals(self, a: datetime, b: datetime) -> tuple[Interval, ...]:
        """The stretches of counting time in [a, b), in order."""
        if self.calendar:
            return self.calendar.intervals(a, b)
        return (Interval(a, b),) if a < b else ()


def ticks(amount: timedelta) -> int:
    """A length of time as whole microseconds, as clocks keep their rest."""
    return amount // TICK
