"""All the open time of one calendar, as sorted spans with running totals, so that every question is a bisection.

A calendar's hours are asked year by year, when first needed, and kept: sums over ten years then cost what sums over a
day do. Everything is an integer, in microseconds since 1970-01-01T00:00Z. What is compiled is one immutable
``_Table``, replaced as a whole when a question reaches past it, so threads may share a calendar without a lock: two
that widen it at once do the same work twice and neither sees half of it.

    R5  Open at t: some shift contains t. Overlapping shifts count once.
    R6  The difference of a and b is the open time in [a, b), and its own negative the other way round.
    R7  Adding n > 0 gives the earliest instant with that difference, n < 0 the latest.
    R8  A business date is a local date on which at least one shift of positive length starts.
"""

from bisect import bisect_left, bisect_right
from datetime import date
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from review_engine.domain.errors import InvalidInput
from review_engine.domain.hours import InvalidCalendar, LocalHours
from review_engine.domain.instants import DAY, EPOCH_DAY, Span, midnight, moment

FIRST_YEAR = 1900
LAST_YEAR = 2199
TEN_YEARS = 3653 * DAY

_MARGIN = 4 * DAY  # a shift of New Year's Eve, in any zone and over any gap, has ended by then


class CalendarNeverOpens(InvalidCalendar):
    """The calendar is closed for more than ten years on end from where it was asked."""

    code = "calendar_never_opens"


class OutsideCalendar(InvalidInput):
    """The question, or its answer, lies outside the years that calendars cover."""

    code = "outside_calendar"


class _Table(NamedTuple):
    """Everything known of the open time in [lo, hi); ``totals[i]`` is the open time from ``lo`` to ``ends[i]``.

    The first span is empty and lies at ``lo``, so that every instant in the window has a span at or before it.
    ``days`` are the business dates' ordinals with the spans of their own shifts, for the years as a whole.
    """

    lo: int
    hi: int
    starts: list[int]
    ends: list[int]
    totals: list[int]
    deserts: list[Span]
    years: tuple[int, int]
    days: list[int]
    shifts: list[tuple[Span, ...]]


_NOTHING = _Table(0, 0, [0], [0], [0], [], (0, 0), [], [])


class Openings:
    """The open time of one calendar, compiled as far as it has been asked for.

    Args:
        hours: which spans the rules open on a date.
        name: the calendar's name, for errors.
    """

    __slots__ = ("_hours", "_name", "_table")

    def __init__(self, hours: LocalHours, name: str) -> None:
        self._hours = hours
        self._name = name
        self._table = _NOTHING

    def between(self, a: int, b: int) -> int:
        """Open time in [a, b); negative when b is before a (R6)."""
        lo, hi, starts, ends, totals, _, _, _, _ = self._table
        if not (lo <= a < hi and lo <= b < hi):
            _, _, starts, ends, totals, _, _, _, _ = self._reaching(min(a, b), max(a, b))
        i = bisect_right(starts, a) - 1
        j = bisect_right(starts, b) - 1
        total = totals[j] - totals[i]
        left = ends[i] - a
        if left > 0:
            total += left
        left = ends[j] - b
        if left > 0:
            total -= left
        return total

    def add(self, at: int, amount: int) -> int:
        """The earliest instant ``amount`` of open time after ``at``; the latest before it when negative (R7)."""
        table = self._table
        if not table[0] <= at < table[1]:
            table = self._reaching(at, at)
        while amount:
            _, _, starts, ends, totals, deserts, _, _, _ = table
            i = bisect_right(starts, at) - 1
            target = totals[i] + amount
            if ends[i] > at:
                target -= ends[i] - at
            if amount > 0 and target <= totals[-1]:
                i = bisect_left(totals, target, i)
            elif amount < 0 <= target:
                i = bisect_right(totals, target, 0, i + 1)
            else:
                table = self._onward(table, at, 1 if amount > 0 else -1)
                continue
            answer = ends[i] - totals[i] + target
            if deserts:
                self._refuse_desert(deserts, at, answer)
            return answer
        return at

    def opening(self, at: int) -> int:
        """``at`` itself when open, else the next instant that is (R5)."""
        table = self._reaching(at, at)
        while True:
            i = bisect_right(table.starts, at) - 1
            if table.ends[i] > at:
                return at
            if i + 1 < len(table.starts):
                self._refuse_desert(table.deserts, at, table.starts[i + 1])
                return table.starts[i + 1]
            table = self._onward(table, at, 1)

    def spans(self, a: int, b: int) -> list[Span]:
        """The open spans in [a, b), those that touch joined."""
        if a >= b:
            return []
        table = self._reaching(a, b)
        first, last = bisect_right(table.starts, a) - 1, bisect_left(table.starts, b)
        clipped = ((max(table.starts[i], a), min(table.ends[i], b)) for i in range(first, last))
        return [span for span in clipped if span[0] < span[1]]

    def day_of(self, at: int) -> int:
        """The ordinal of the date whose shift holds the open instant ``at``; the earliest when several do."""
        table = self._reaching(at, at)
        return table.days[self._index(table, at)]

    def day_after(self, at: int, count: int) -> tuple[int, int]:
        """The ``count``-th business date after the one that holds the open instant ``at`` (R8).

        Returns:
            Its ordinal, and the instant at which its last shift ends.
        """
        table = self._reaching(at, at)
        while True:
            i = self._index(table, at) + count
            if i < len(table.days):
                closing = max(end for _, end in table.shifts[i])
                self._refuse_desert(table.deserts, at, closing)
                return table.days[i], closing
            table = self._onward(table, at, 1)

    @staticmethod
    def _index(table: _Table, at: int) -> int:
        # the zone's date is within a day of UTC's, and a shift ends at most two dates after it began
        i = bisect_left(table.days, at // DAY + EPOCH_DAY - 3)
        shifts = table.shifts
        while True:
            for start, end in shifts[i]:
                if start <= at < end:
                    return i
            i += 1

    def _reaching(self, a: int, b: int) -> _Table:
        """A table that covers both instants, with a <= b."""
        table = self._table
        if table.lo <= a and b < table.hi:
            return table
        first, last = _year(a - _MARGIN), _year(b + _MARGIN)
        if table is not _NOTHING:
            first, last = min(first, table.years[0]), max(last, table.years[1])
        return self._widen(table, first, last)

    def _onward(self, table: _Table, at: int, way: int) -> _Table:
        """A table twice as wide in one direction, unless that direction is known to be closed for ten years."""
        first, last = table.years
        if way > 0:
            closed = max(at, table.ends[-1]), table.hi
        else:
            opens = table.lo if table.totals[0] else table.starts[1] if len(table.starts) > 1 else table.hi
            closed = table.lo, min(at, opens)
        self._refuse_desert([closed], *closed)
        if way > 0 and last == LAST_YEAR:
            raise _outside(f"the answer lies after the year {LAST_YEAR}")
        if way < 0 and first == FIRST_YEAR:
            raise _outside(f"the answer lies before the year {FIRST_YEAR}")
        more = last - first + 1
        if way > 0:
            return self._widen(table, first, min(LAST_YEAR, last + more))
        return self._widen(table, max(FIRST_YEAR, first - more), last)

    def _widen(self, table: _Table, first: int, last: int) -> _Table:
        known_first, known_last = table.years
        if table is _NOTHING:
            days = self._days(first, last)
        else:
            known = list(zip(table.days, table.shifts, strict=True))
            days = [*self._days(first, known_first - 1), *known, *self._days(known_last + 1, last)]
        self._table = _compiled(days, first, last)
        return self._table

    def _days(self, first: int, last: int) -> list[tuple[int, tuple[Span, ...]]]:
        """The business dates of the years ``first`` to ``last`` with their spans; none when there are no such years."""
        return list(self._hours.days(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()))

    def _refuse_desert(self, deserts: list[Span], a: int, b: int) -> None:
        """Refuse to pass over more than ten closed years between two instants, whichever comes first."""
        a, b = min(a, b), max(a, b)
        for start, end in deserts:
            if min(b, end) - max(a, start) > TEN_YEARS:
                raise self._never(max(a, start), min(b, end))

    def _never(self, start: int, end: int) -> CalendarNeverOpens:
        reason = (
            "holidays and overrides close every date that has weekly hours"
            if self._hours.weekly
            else "it has no weekly hours, and no override opens a date"
        )
        return CalendarNeverOpens(
            f"calendar '{self._name}' is closed for more than ten years from {_date(start)} to {_date(end)}: {reason}",
            where=self._name,
            cure="Give the calendar weekly hours, or overrides that open dates in that time.",
        )


def _compiled(days: list[tuple[int, tuple[Span, ...]]], first: int, last: int) -> _Table:
    """Join the spans of the days and sum them up."""
    lo, hi = midnight(date(first, 1, 1)) + _MARGIN, midnight(date(last + 1, 1, 1)) - _MARGIN
    starts, ends = [lo], [lo]
    for start, end in sorted(span for _, spans in days for span in spans):
        if end <= lo or start >= hi:
            continue
        if start > ends[-1]:
            starts.append(start)
            ends.append(end)
        elif end > ends[-1]:
            ends[-1] = end
    ends[-1] = min(ends[-1], hi)
    totals = list(accumulate(map(sub, ends, starts)))
    gaps = zip(ends, [*starts[1:], hi], strict=True)
    deserts = [(end, start) for end, start in gaps if start - end > TEN_YEARS]
    return _Table(
        lo, hi, starts, ends, totals, deserts, (first, last), [day for day, _ in days], [spans for _, spans in days]
    )


_EARLIEST, _LATEST = midnight(date(FIRST_YEAR, 1, 1)) + _MARGIN, midnight(date(LAST_YEAR + 1, 1, 1)) - _MARGIN


def _year(at: int) -> int:
    if not _EARLIEST - _MARGIN <= at < _LATEST + _MARGIN:
        raise _outside("the time lies outside the years that calendars cover")
    return moment(at).year


def _date(at: int) -> str:
    return moment(at).date().isoformat()


def _outside(what: str) -> OutsideCalendar:
    return OutsideCalendar(what, cure=f"Calendars count from {FIRST_YEAR} to {LAST_YEAR}.")
