"""Opening hours as people write them, turned into absolute time, one local date at a time.

Wall clocks repeat an hour, skip an hour, and once skipped a whole day. All of that is settled in this room, so that the
arithmetic above it (``openings``) is plain integers that know nothing of zones. The rules, as the rest of the package
cites them:

    R1  A shift is half open. "24:00" is the next local midnight. An end at or before its start runs over midnight.
    R2  A shift belongs to the local date on which it starts. A holiday or an override on a date replaces the shifts
        that start on it; under "civil_date" the tail of an earlier night shift on that date is closed as well.
    R3  A wall-clock time that exists twice is the first of the two; one that never exists is read with the offset in
        force before the gap.
    R4  A local date that the zone skipped has no shifts.

An override on a holiday wins: it was written for that very date. Instants are microseconds since 1970-01-01T00:00Z.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from review_engine.domain.errors import InvalidInput, shown, suggestion
from review_engine.domain.instants import DAY, EPOCH_DAY, MICROSECONDS, Span, moment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAY_RULES = ("start_date", "civil_date")

_DAY_SECONDS = 86_400
_LAST_SECOND = _DAY_SECONDS - 1
_CLOCK = re.compile(r"(\d\d):([0-5]\d)(?::([0-5]\d))?\Z", re.ASCII)
_PROBE = DAY // 2  # no zone has ever changed its offset twice within half a day


class InvalidCalendar(InvalidInput):
    """A calendar that cannot be used: an unknown zone, a time that is none, no opening hours at all."""

    code = "invalid_calendar"


class Shift(NamedTuple):
    """From one wall-clock time to another, in seconds after the local midnight that begins its date (R1).

    ``end`` is above 86,400 when the shift runs over midnight, and at most 24 hours after ``start``.
    """

    start: int
    end: int

    @classmethod
    def parse(cls, start: str, end: str) -> "Shift":
        """Read two wall-clock times, ``"HH:MM"`` or ``"HH:MM:SS"``; the end may be ``"24:00"``.

        Raises:
            InvalidCalendar: one of them is no time of day.
        """
        begins, ends = _seconds(start, _LAST_SECOND), _seconds(end, _DAY_SECONDS)
        return cls(begins, ends if ends > begins else ends + _DAY_SECONDS)

    @property
    def texts(self) -> tuple[str, str]:
        """Start and end as ``parse`` reads them."""
        end = self.end if self.end <= _DAY_SECONDS else self.end - _DAY_SECONDS
        return _clock(self.start), _clock(end)

    def __str__(self) -> str:
        return "-".join(self.texts)


def _seconds(text: object, latest: int) -> int:
    match = _CLOCK.match(text) if isinstance(text, str) else None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    value = hours * 3600 + minutes * 60 + seconds
    if value > latest:
        raise InvalidCalendar(
            f"{shown(str(text))} is not a time of day",
            cure='Write hours and minutes, such as "09:00"; an end may be "24:00".',
        )
    return value


def _clock(second: int) -> str:
    hours, rest = divmod(second, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if seconds else f"{hours:02}:{minutes:02}"


def open_seconds(shifts: Iterable[Shift]) -> int:
    """How long a day with these shifts is open by the wall clock, overlaps counted once, in seconds."""
    total = reached = 0
    for start, end in sorted(shifts):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def overlaps(shifts: Iterable[Shift]) -> list[tuple[Shift, Shift]]:
    """The shifts of one date that share time by the wall clock, in pairs: each with the latest-ending one before it."""
    found = []
    longest: Shift | None = None
    for shift in sorted(shifts):
        if longest and shift.start < longest.end:
            found.append((longest, shift))
        longest = shift if longest is None or shift.end > longest.end else longest
    return found


def zone_named(key: str) -> ZoneInfo:
    """The zone of an IANA name such as ``Europe/Berlin``.

    Raises:
        InvalidCalendar: there is no such zone.
    """
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError, TypeError) as error:
        known = sorted(available_timezones())
        near = suggestion(str(key), known)
        cure = near if near.startswith("Did you mean") else "Write an IANA name, such as America/New_York."
        raise InvalidCalendar(f"there is no time zone {shown(str(key))}", cure=cure) from error


class LocalHours:
    """Which spans of absolute time the rules of one calendar open, date by date.

    Args:
        zone: where the wall clock hangs.
        weekly: the shifts of Monday to Sunday.
        holidays: dates without shifts.
        overrides: dates with shifts of their own.
        civil: whether a holiday or override also closes the tail of an earlier night shift (R2, "civil_date").
    """

    def __init__(
        self,
        zone: ZoneInfo,
        weekly: Sequence[Sequence[Shift]],
        holidays: Iterable[date],
        overrides: Mapping[date, Sequence[Shift]],
        civil: bool,
    ) -> None:
        self._zone = zone
        self._weekly = weekly
        special: dict[int, Sequence[Shift]] = {day.toordinal(): () for day in holidays}
        special.update((day.toordinal(), shifts) for day, shifts in overrides.items())
        self._special = special
        self._civil = civil

    @property
    def weekly(self) -> bool:
        """Whether any weekday has hours."""
        return any(self._weekly)

    def days(self, first: int, last: int) -> Iterator[tuple[int, tuple[Span, ...]]]:
        """The dates from one ordinal to another on which a shift starts, with the spans of their shifts (R1-R4).

        Spans are in order; empty ones are left out, and so are dates that have no others.
        """
        offsets = [self._wall_offset(first, 0), self._wall_offset(first + 1, 0)]
        for day in range(first, last + 1):
            offsets = [*offsets[-2:], self._wall_offset(day + 2, 0)]
            steady = offsets[0] if offsets[0] == offsets[1] == offsets[2] else None
            if spans := self._spans(day, steady):
                yield day, spans

    def _spans(self, day: int, steady: int | None) -> tuple[Span, ...]:
        """The spans of one date; ``steady`` is the offset in seconds when it stays the same until all shifts end."""
        shifts = self._special.get(day)
        if shifts is None:
            shifts = self._weekly[(day - 1) % 7]
        if not shifts:
            return ()
        if steady is not None:
            midnight = (day - EPOCH_DAY) * _DAY_SECONDS - steady
            spans = [((midnight + start) * MICROSECONDS, (midnight + end) * MICROSECONDS) for start, end in shifts]
        elif self._exists(day):
            spans = [(self.instant(day, start), self.instant(day, end)) for start, end in shifts]
        else:
            return ()
        if self._civil:
            for other in (day - 2, day - 1, day + 1, day + 2):
                if other in self._special:
                    spans = _without(spans, self.civil_date(other))
        return tuple(span for span in sorted(spans) if span[0] < span[1])

    def instant(self, day: int, second: int) -> int:
        """The instant at which the wall clock shows ``second`` seconds after midnight of the date (R3)."""
        later, second = divmod(second, _DAY_SECONDS)
        offset = self._wall_offset(day + later, second)
        return ((day + later - EPOCH_DAY) * _DAY_SECONDS + second - offset) * MICROSECONDS

    def wall(self, instant: int) -> tuple[int, int]:
        """What the wall clock shows: the ordinal of the local date, and microseconds since its midnight."""
        day, rest = divmod(instant + self._offset(instant), DAY)
        return day + EPOCH_DAY, rest

    def civil_date(self, day: int) -> list[Span]:
        """Every instant whose local date is ``day``: more than one span where the clock was set back over midnight."""
        midnight = (day - EPOCH_DAY) * DAY
        spans = []
        for begins, ends, offset in self._offsets(midnight - 2 * DAY, midnight + 3 * DAY):
            span = max(begins, midnight - offset), min(ends, midnight - offset + DAY)
            if span[0] < span[1]:
                spans.append(span)
        return spans

    def _exists(self, day: int) -> bool:
        """Whether the zone ever showed the local date with this ordinal (R4)."""
        return any(self.wall(self.instant(day, second))[0] == day for second in (0, _LAST_SECOND))

    def _wall_offset(self, day: int, second: int) -> int:
        # fold=0 is R3: the first of two, and in a gap the offset in force before it
        wall = datetime.fromordinal(day).replace(tzinfo=self._zone)
        return _whole((wall + timedelta(seconds=second) if second else wall).utcoffset())

    def _offset(self, instant: int) -> int:
        return _whole(moment(instant).astimezone(self._zone).utcoffset()) * MICROSECONDS

    def _offsets(self, begins: int, ends: int) -> list[tuple[int, int, int]]:
        """The stretches of constant offset in a window: first instant, end, offset in microseconds."""
        stretches = []
        at, offset = begins, self._offset(begins)
        for probe in range(begins + _PROBE, ends + 1, _PROBE):
            after = self._offset(probe)
            if after != offset:
                change = self._change(probe - _PROBE, probe)
                stretches.append((at, change, offset))
                at, offset = change, after
        return [*stretches, (at, ends, offset)]

    def _change(self, before: int, after: int) -> int:
        """The first second with the offset of ``after``, by halving."""
        low, high = before // MICROSECONDS, after // MICROSECONDS
        offset = self._offset(after)
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(middle * MICROSECONDS) == offset:
                high = middle
            else:
                low = middle
        return high * MICROSECONDS


def _whole(offset: timedelta | None) -> int:
    """An offset in seconds; the zone files hold no finer ones."""
    return offset.days * _DAY_SECONDS + offset.seconds if offset else 0


def _without(spans: Iterable[Span], closed: Iterable[Span]) -> list[Span]:
    """``spans`` less every instant of ``closed``."""
    left = list(spans)
    for shut, reopened in closed:
        pieces = []
        for start, end in left:
            if reopened <= start or end <= shut:
                pieces.append((start, end))
                continue
            if start < shut:
                pieces.append((start, shut))
            if reopened < end:
                pieces.append((reopened, end))
        left = pieces
    return left
