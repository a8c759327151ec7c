"""Business calendars: when a promise's time counts, and what a promise made at one moment is due.

A ``Calendar`` is pure data (zone, weekly hours, holidays, overrides) with arithmetic on it; it is kept in the database
as ``to_dict`` writes it and known by ``version``, the hash of that. ``hours`` turns its wall clock into absolute time
(R1-R4), ``openings`` counts in it (R5-R8), and this room speaks datetimes and business days:

    R9  A business day is counted from where the work could begin: received is t if open, else the next opening, D0
        the date whose shift holds it, Dn the n-th business date after D0. ``end_of_day`` is the end of the last shift
        of Dn; ``same_time`` the wall time of received on Dn, then the next opening if closed there; ``hours`` is
        n nominal days of open time.

Every datetime taken is aware, every datetime returned is in UTC. A calendar object keeps what it has compiled, about a
millisecond of work for each year asked for: keep the object, not only its dict.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, cast, get_args

from review_engine.domain.canonical import digest
from review_engine.domain.errors import InvalidInput, shown, suggestion
from review_engine.domain.hours import (
    HOLIDAY_RULES,
    WEEKDAYS,
    InvalidCalendar,
    LocalHours,
    Shift,
    open_seconds,
    zone_named,
)
from review_engine.domain.instants import EPOCH, MICROSECONDS, TICK, NaiveDatetime, instant, moment
from review_engine.domain.openings import CalendarNeverOpens, Openings, OutsideCalendar

__all__ = [
    "WEEKDAYS",
    "Calendar",
    "CalendarNeverOpens",
    "DayMode",
    "Holiday",
    "HolidayRule",
    "Interval",
    "InvalidCalendar",
    "NaiveDatetime",
    "OutsideCalendar",
    "Shift",
]

HolidayRule = Literal["start_date", "civil_date"]
DayMode = Literal["end_of_day", "same_time", "hours"]
DAY_MODES: tuple[str, ...] = get_args(DayMode)

Times = Sequence[Sequence[str]]
"""Shifts as files write them: pairs of wall-clock times."""


class Interval(NamedTuple):
    """Open time from ``start`` up to, not including, ``end``; both aware, UTC."""

    start: datetime
    end: datetime


class Holiday(NamedTuple):
    """A date without shifts; ``name`` is empty when the file gives none."""

    date: date
    name: str = ""


@dataclass(frozen=True)
class Calendar:
    """The opening hours of one place, as a value.

    Args:
        name: as workflows refer to it.
        zone: IANA name of the time zone in which the hours are read.
        hours: name of a weekday -> its shifts; a missing day is closed.
        holidays: date -> its name, empty when it has none.
        overrides: date -> the shifts that replace that date's; no shifts close it. Wins over a holiday.
        holiday_rule: ``start_date`` replaces the shifts that start on a holiday or override and lets the tail of a
            night shift from the day before stand; ``civil_date`` closes that tail too (R2).

    Raises:
        InvalidCalendar: unknown zone, weekday or rule, or no open hours at all.
    """

    name: str
    zone: str
    hours: Mapping[str, Sequence[Shift]]
    holidays: Mapping[date, str] = field(default_factory=dict)
    overrides: Mapping[date, Sequence[Shift]] = field(default_factory=dict)
    holiday_rule: HolidayRule = "start_date"

    def __post_init__(self) -> None:
        for day in self.hours:
            if day not in WEEKDAYS:
                raise InvalidCalendar(f"there is no weekday {shown(str(day))}", cure=suggestion(str(day), [*WEEKDAYS]))
        if self.holiday_rule not in HOLIDAY_RULES:
            raise InvalidCalendar(
                f"there is no holiday rule {shown(str(self.holiday_rule))}",
                where=self.name,
                cure=f"Write one of {', '.join(HOLIDAY_RULES)}.",
            )
        if not any(self.hours.values()) and not any(self.overrides.values()):
            raise InvalidCalendar(
                f"calendar {shown(self.name)} has no open hours at all",
                where=self.name,
                cure='Give at least one weekday hours, such as hours.monday = [["09:00", "17:00"]].',
            )
        zone_named(self.zone)
        own = {
            "hours": {day: tuple(sorted(self.hours[day])) for day in WEEKDAYS if self.hours.get(day)},
            "holidays": dict(sorted(self.holidays.items())),
            "overrides": {day: tuple(sorted(shifts)) for day, shifts in sorted(self.overrides.items())},
        }
        for name, value in own.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(
        cls,
        name: str,
        zone: str,
        hours: Mapping[str, Times],
        *,
        holidays: Mapping[str, str] | Iterable[str | date] = (),
        overrides: Mapping[str, Times] | None = None,
        holiday_rule: str = "start_date",
    ) -> "Calendar":
        """A calendar from the words of a file: ``hours={"monday": [["09:00", "17:00"]]}``, dates as ``YYYY-MM-DD``.

        Raises:
            InvalidCalendar: a time, date, zone, weekday or rule that is none, or no open hours at all.
        """
        names = holidays if isinstance(holidays, Mapping) else {str(day): "" for day in holidays}
        return cls(
            name=name,
            zone=zone,
            hours={day: _shifts(times) for day, times in hours.items()},
            holidays={_date(day): title for day, title in names.items()},
            overrides={_date(day): _shifts(times) for day, times in (overrides or {}).items()},
            holiday_rule=cast(HolidayRule, holiday_rule),
        )

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> "Calendar":
        """The calendar that ``to_dict`` wrote.

        Raises:
            InvalidCalendar: the dict is not of that form.
        """
        try:
            return cls.of(**written)  # type: ignore[arg-type]  # a dict of another form is refused below
        except (TypeError, AttributeError, ValueError) as error:
            raise InvalidCalendar(
                f"this is not a calendar as it is kept: {error}", cure="Pass what Calendar.to_dict wrote."
            ) from error

    def to_dict(self) -> dict[str, object]:
        """The calendar as JSON-able values; ``from_dict`` reads it back to an equal calendar."""
        return {
            "name": self.name,
            "zone": self.zone,
            "hours": {day: [list(shift.texts) for shift in shifts] for day, shifts in self.hours.items()},
            "holidays": {day.isoformat(): name for day, name in self.holidays.items()},
            "overrides": {
                day.isoformat(): [list(shift.texts) for shift in shifts] for day, shifts in self.overrides.items()
            },
            "holiday_rule": self.holiday_rule,
        }

    @cached_property
    def version(self) -> str:
        """SHA-256 of the calendar's content, in hexadecimal: the same for equal calendars, on every machine."""
        return digest(self.to_dict())

    def __hash__(self) -> int:
        return hash(self.version)

    def __getstate__(self) -> dict[str, object]:
        """Copies and pickles carry the value, not what was compiled from it."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    def is_open(self, t: datetime) -> bool:
        """Whether a shift holds ``t`` (R5).

        Raises:
            NaiveDatetime: ``t`` has no time zone.
        """
        at = instant(t)
        return bool(self._openings.spans(at, at + 1))

    def next_opening(self, t: datetime) -> datetime:
        """``t`` itself when open, else the earliest open instant after it, in UTC.

        Raises:
            NaiveDatetime: ``t`` has no time zone.
            CalendarNeverOpens: closed for more than ten years from ``t``.
        """
        return moment(self._openings.opening(instant(t)))

    def difference(self, a: datetime, b: datetime) -> timedelta:
        """Open time in [a, b); negative when ``b`` is before ``a`` (R6).

        Raises:
            NaiveDatetime: one of them has no time zone.
        """
        return TICK * self._openings.between(instant(a), instant(b))

    def add(self, t: datetime, amount: timedelta) -> datetime:
        """The earliest instant with ``amount`` of open time after ``t``, in UTC (R7).

        Exactly filling a day ends at its closing, not at the next opening. A negative amount gives the latest instant
        with that much open time before ``t``; none at all gives ``t``.

        Raises:
            NaiveDatetime: ``t`` has no time zone.
            CalendarNeverOpens: more than ten closed years lie on the way.
        """
        ticks = (amount.days * 86_400 + amount.seconds) * 1_000_000 + amount.microseconds
        return EPOCH + TICK * self._openings.add(instant(t), ticks)

    def business_date(self, t: datetime) -> date:
        """The local date whose shift holds ``t``, or holds the next opening when closed at ``t`` (R8).

        A night shift belongs to the date on which it starts; where shifts of two dates overlap, to the earlier.

        Raises:
            NaiveDatetime: ``t`` has no time zone.
            CalendarNeverOpens: closed for more than ten years from ``t``.
        """
        openings = self._openings
        return date.fromordinal(openings.day_of(openings.opening(instant(t))))

    def add_business_days(self, t: datetime, n: int, mode: DayMode = "end_of_day") -> datetime:
        """When ``n`` business days after ``t`` are over, in UTC (R9). ``n`` is 0 or more; 0 counts the day itself.

        Raises:
            NaiveDatetime: ``t`` has no time zone.
            InvalidInput: ``n`` is negative, or there is no such mode.
            CalendarNeverOpens: more than ten closed years lie on the way.
        """
        if n < 0:
            raise InvalidInput(f"{n} business days cannot be counted", cure="Count business days forwards, from 0 up.")
        if mode not in DAY_MODES:
            raise InvalidInput(
                f"there is no way {shown(str(mode))} to count business days",
                cure=f"Write one of {', '.join(DAY_MODES)}.",
            )
        if mode == "hours":
            return self.add(t, n * self.nominal_day)
        openings = self._openings
        received = openings.opening(instant(t))
        day, closing = openings.day_after(received, n)
        if mode == "end_of_day":
            return moment(closing)
        second, rest = divmod(self._local.wall(received)[1], MICROSECONDS)
        return moment(openings.opening(self._local.instant(day, second) + rest))

    @cached_property
    def nominal_day(self) -> timedelta:
        """The usual length of a business day: the commonest among the open weekdays, the longer one in a tie.

        By the wall clock, so a day on which the clocks change is as long as any other. A calendar without weekly hours
        takes its overrides instead.
        """
        days = list(self.hours.values()) or [shifts for shifts in self.overrides.values() if shifts]
        lengths = Counter(open_seconds(shifts) for shifts in days)
        return timedelta(seconds=max(lengths, key=lambda length: (lengths[length], length)))

    def intervals(self, a: datetime, b: datetime) -> tuple[Interval, ...]:
        """The open intervals in [a, b), in order, those that touch joined; none when ``b`` is not after ``a``.

        Raises:
            NaiveDatetime: one of them has no time zone.
        """
        spans = self._openings.spans(instant(a), instant(b))
        return tuple(Interval(moment(start), moment(end)) for start, end in spans)

    def holidays_between(self, a: datetime, b: datetime) -> tuple[Holiday, ...]:
        """The holidays with a local minute in [a, b), in order, less those an override gives hours of their own.

        Raises:
            NaiveDatetime: one of them has no time zone.
        """
        begins, ends = instant(a), instant(b)
        if begins >= ends:
            return ()
        days, margin = self._holiday_dates, timedelta(days=1)  # a clock set back over midnight shows a date again
        first, last = (date.fromordinal(self._local.wall(at)[0]) for at in (begins, ends - 1))
        near = days[bisect_left(days, first - margin) : bisect_right(days, last + margin)]
        return tuple(
            Holiday(day, self.holidays[day])
            for day in near
            if any(start < ends and begins < end for start, end in self._local.civil_date(day.toordinal()))
        )

    @cached_property
    def _holiday_dates(self) -> list[date]:
        return [day for day in self.holidays if not self.overrides.get(day)]

    @cached_property
    def _local(self) -> LocalHours:
        weekly = [self.hours.get(day, ()) for day in WEEKDAYS]
        civil = self.holiday_rule == "civil_date"
        return LocalHours(zone_named(self.zone), weekly, self.holidays, self.overrides, civil)

    @cached_property
    def _openings(self) -> Openings:
        return Openings(self._local, self.name)


def _shifts(times: Times) -> tuple[Shift, ...]:
    return tuple(Shift.parse(start, end) for start, end in times)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InvalidCalendar(f"{shown(str(text))} is not a date", cure="Write it as YYYY-MM-DD.") from error
