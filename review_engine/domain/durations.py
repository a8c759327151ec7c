"""How long a promise runs, as workflow files say it: "2 business days", "16 business hours", "28 days".

Kept apart from ``calendar`` because a lifecycle declares durations without knowing any calendar; only when a clock
starts do the two meet, in ``Duration.after``.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from review_engine.domain.calendar import Calendar, DayMode
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.instants import MICROSECONDS, instant, moment

Unit = Literal["minute", "hour", "day", "week", "business minute", "business hour", "business day"]

_PLAIN = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_BUSINESS = {"business minute": 60, "business hour": 3600}
_UNITS = (*_PLAIN, *_BUSINESS, "business day")
_FORM = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*([a-z]+(?:\s+[a-z]+)?)\s*\Z", re.ASCII | re.IGNORECASE)
_LONGEST = 100 * 366 * 86_400  # a century; a longer promise is a slip of the finger
_EXAMPLES = (
    'Write a whole number and a unit, such as "2 business days", "16 business hours", "90 minutes" or "28 days".'
)


class InvalidDuration(InvalidInput):
    """A length of time that cannot be used."""

    code = "invalid_duration"


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of plain or business units.

    Raises:
        InvalidDuration: the amount is not above zero, the unit is unknown, or the whole is longer than a century.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise InvalidDuration(f"there is no unit of time {shown(str(self.unit))}", cure=_unit_cure(str(self.unit)))
        if self.amount <= 0:
            raise InvalidDuration(
                f"a duration of {self.amount} {self.unit}s is over before it begins",
                cure=f'Write at least "1 {self.unit}", or leave the duration out.',
            )
        if self.amount * (_PLAIN | _BUSINESS).get(self.unit, 86_400) > _LONGEST:
            raise InvalidDuration(f"{self.amount} {self.unit}s are more than a century", cure="Write a shorter time.")

    @classmethod
    def parse(cls, text: object) -> "Duration":
        """Read ``"2 business days"``, ``"90 minutes"``, ``"1 week"``: a whole number, then a unit, plural or not.

        Whatever a file holds may be passed; what is not text is refused like text of another form.

        Raises:
            InvalidDuration: the text is not of that form, or its amount is zero or negative.
        """
        match = _FORM.match(text) if isinstance(text, str) else None
        if not match:
            raise InvalidDuration(f"{shown(str(text))} is not a duration", cure=_EXAMPLES)
        amount, unit = match.group(1), " ".join(match.group(2).lower().split()).removesuffix("s")
        if unit not in _UNITS:
            raise InvalidDuration(f"{shown(str(text))} has no unit of time", cure=_unit_cure(unit))
        if not amount.lstrip("+-").isdigit():
            raise InvalidDuration(
                f"{shown(str(text))} is not a whole number of {unit}s",
                cure='Write it in a smaller unit: "90 minutes" for one hour and a half.',
            )
        return cls(int(amount), cast(Unit, unit))

    @property
    def is_business(self) -> bool:
        """Whether only open time of a calendar counts."""
        return self.unit not in _PLAIN

    @property
    def seconds(self) -> int:
        """The length of a plain duration, in seconds.

        Raises:
            InvalidDuration: a business duration has a length only on a calendar, from a start.
        """
        if self.is_business:
            raise InvalidDuration(
                f"{self} have no fixed length", cure="Ask Duration.after, with a calendar and a start."
            )
        return self.amount * _PLAIN[self.unit]

    def after(self, calendar: Calendar | None, start: datetime, mode: DayMode = "end_of_day") -> datetime:
        """The instant at which the duration, begun at ``start``, is over; aware, UTC.

        Args:
            calendar: where business time is counted; plain durations need none.
            start: aware.
            mode: how business days are counted (R9).

        Raises:
            NaiveDatetime: ``start`` has no time zone.
            InvalidDuration: a business duration without a calendar.
            CalendarNeverOpens: the calendar is closed for more than ten years on the way.
        """
        if not self.is_business:
            return moment(instant(start) + self.seconds * MICROSECONDS)
        if calendar is None:
            raise InvalidDuration(f"{self} are counted on a calendar", cure="Name the workflow's calendar.")
        if self.unit == "business day":
            return calendar.add_business_days(start, self.amount, mode)
        return calendar.add(start, timedelta(seconds=self.amount * _BUSINESS[self.unit]))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


def _unit_cure(unit: str) -> str:
    if unit in ("business week", "month", "year", "business month", "business year"):
        return 'Its length varies; say "5 business days", or "28 days".'
    return f"The units are {', '.join(_UNITS)}."
