"""A second opinion on business calendars: slow, literal, and sharing no line with the code it judges.

It walks a window of UTC minute by minute, asks the zone what the wall clock shows at each, and paints every open second
of the window into one bytearray. Rules R1-R9 are then answered by reading that array: no offsets are computed, no
prefix sums, no knowledge of daylight saving; a wall-clock time is found by looking for the minute that shows it.

It knows calendars only as ``Calendar.to_dict`` writes them. A question whose answer may lie outside the window is
answered with None.
All instants asked and answered are microseconds from the window's first, and so
are all lengths; shifts begin and end on whole seconds, so within a painted second nothing changes.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Any
from zoneinfo import ZoneInfo

MINUTES = 1440
SECONDS = 86_400
US = 1_000_000
EDGE = 4  # days at either end of a window whose shifts may be cut off
NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Walk:
    """What the wall clock of a zone shows in each UTC minute of a window."""

    def __init__(self, zone: str, first: date, days: int) -> None:
        self.begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self.days = days
        self.shown: list[int] = []  # local date's ordinal x 1440 + minute of its day
        tz, step, at = ZoneInfo(zone), timedelta(minutes=1), self.begins
        for _ in range(days * MINUTES):
            local = at.astimezone(tz)
            assert local.second == 0, "the oracle walks whole minutes"
            self.shown.append(local.toordinal() * MINUTES + local.hour * 60 + local.minute)
            at += step
        self.first_shown: dict[int, int] = {}
        self.jumps: list[int] = []
        for minute, shown in enumerate(self.shown):
            self.first_shown.setdefault(shown, minute)
            if minute and shown > self.shown[minute - 1] + 1:
                self.jumps.append(minute - 1)
        self.dated = [shown // MINUTES for shown in self.shown]
        self.dates = sorted(set(self.dated))

    def find(self, shown: int) -> int | None:
        """R3: the first minute that shows this; none does, so many minutes after the last one before the gap."""
        if shown in self.first_shown:
            return self.first_shown[shown]
        for minute in self.jumps:
            if self.shown[minute] < shown < self.shown[minute + 1]:
                return minute + shown - self.shown[minute]
        return None


@lru_cache(maxsize=64)
def walk(zone: str, first: date, days: int) -> Walk:
    """One walk serves every calendar in the zone."""
    return Walk(zone, first, days)


def _clock(text: str) -> int:
    parts = [int(part) for part in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


class Oracle:
    """Answers for one calendar in one window."""

    def __init__(self, calendar: dict[str, Any], walked: Walk) -> None:
        self.calendar = calendar
        self.walk = walked
        self.length = walked.days * SECONDS
        self.open = bytearray(self.length)
        self.special = {date.fromisoformat(text).toordinal() for text in calendar["holidays"]}
        self.overrides = {date.fromisoformat(text).toordinal(): times for text, times in calendar["overrides"].items()}
        self.special |= set(self.overrides)
        self.runs: dict[int, list[tuple[int, int]]] = {}
        for day in walked.dates:
            runs = [run for times in self.times_on(day) for run in self.painted(day, times)]
            if runs:
                self.runs[day] = runs
            for start, end in runs:
                self.open[start:end] = b"\1" * (end - start)
        self.hourly = [self.open.count(1, at, at + 3600) for at in range(0, self.length, 3600)]
        self.by_hour = [0, *accumulate(self.hourly)]

    def times_on(self, day: int) -> list[list[str]]:
        """R2: the shifts that start on a date."""
        if day in self.overrides:
            return list(self.overrides[day])
        if day in self.special:
            return []
        return list(self.calendar["hours"].get(NAMES[date.fromordinal(day).weekday()], []))

    def instant(self, day: int, second: int) -> int | None:
        """R3, to the second."""
        minute = self.walk.find(day * MINUTES + second // 60)
        return None if minute is None else minute * 60 + second % 60

    def painted(self, day: int, times: list[str]) -> Iterator[tuple[int, int]]:
        """The open seconds of one shift as runs (R1, R2), cut to the window."""
        begin, finish = _clock(times[0]), _clock(times[1])
        if finish <= begin:
            finish += SECONDS
        start, end = self.instant(day, begin), self.instant(day, finish)
        if start is None or end is None or start >= end:
            return
        end = min(end, self.length)
        near = {day - 2, day - 1, day + 1, day + 2}
        if self.calendar["holiday_rule"] == "start_date" or not near & self.special:
            yield start, end
            return
        closed = self.special - {day}
        minutes = range(start // 60, (end - 1) // 60 + 1)
        for is_open, group in groupby(minutes, key=lambda minute: self.walk.dated[minute] not in closed):
            run = list(group)
            if is_open:
                yield max(start, run[0] * 60), min(end, run[-1] * 60 + 60)

    def is_open(self, t: int) -> bool:
        """R5."""
        return bool(self.open[t // US])

    def next_opening(self, t: int) -> int | None:
        """The first open instant from t on."""
        found = self.open.find(1, t // US)
        return None if found < 0 else max(t, found * US)

    def before(self, t: int) -> int:
        """Open time between the window's begin and t."""
        second, part = divmod(t, US)
        hour = second // 3600
        whole = self.by_hour[hour] + self.open.count(1, hour * 3600, second)
        return whole * US + part * self.open[second]

    def difference(self, a: int, b: int) -> int:
        """R6."""
        return self.before(b) - self.before(a)

    def add(self, t: int, n: int) -> int | None:
        """R7: count open time one way or the other until there is as much as n."""
        if n == 0:
            return t
        target = self.before(t) + n
        if not 0 <= target <= self.by_hour[-1] * US or (n < 0 and target == self.by_hour[-1] * US):
            return None
        filled = -(-target // US) - 1 if n > 0 else target // US  # open seconds wholly before the one that holds it
        return self.nth(filled) * US + target - filled * US

    def nth(self, n: int) -> int:
        """The n-th open second of the window, from 0."""
        hour = next(i for i, total in enumerate(self.by_hour) if total > n) - 1
        at, left = hour * 3600, n - self.by_hour[hour]
        while (passed := self.open.count(1, at, at + 60)) <= left:
            at, left = at + 60, left - passed
        at = self.open.index(1, at)
        for _ in range(left):
            at = self.open.index(1, at + 1)
        return at

    def business_date(self, t: int) -> int | None:
        """D0 of R9: the earliest date with a shift that holds t, or the next opening."""
        received = self.next_opening(t)
        if received is None:
            return None
        second = received // US
        return min(day for day, runs in self.runs.items() if any(start <= second < end for start, end in runs))

    def add_business_days(self, t: int, n: int, mode: str) -> int | None:
        """R8 and R9."""
        received, first = self.next_opening(t), self.business_date(t)
        if received is None or first is None:
            return None
        if mode == "hours":
            return self.add(t, n * self.nominal_day() * US)
        days = sorted(self.runs)
        at = bisect_right(days, first) - 1 + n
        if at >= len(days) or days[at] > self.walk.dates[-1] - EDGE:
            return None
        if mode == "end_of_day":
            return max(end for _, end in self.runs[days[at]]) * US
        minute, rest = divmod(received, 60 * US)
        same = self.walk.find(days[at] * MINUTES + self.walk.shown[minute] % MINUTES)
        return None if same is None else self.next_opening(same * 60 * US + rest)

    def nominal_day(self) -> int:
        """The commonest length of an open weekday, the longer of two; without weekdays, of an override."""
        lengths = []
        for shifts in self.calendar["hours"].values() or filter(None, self.calendar["overrides"].values()):
            day = bytearray(2 * SECONDS)
            for begin, finish in shifts:
                start, end = _clock(begin), _clock(finish)
                end += SECONDS if end <= start else 0
                day[start:end] = b"\1" * (end - start)
            lengths.append(day.count(1))
        ranked = Counter(lengths).most_common()
        return max(length for length, times in ranked if times == ranked[0][1])

    def intervals(self, a: int, b: int) -> list[tuple[int, int]]:
        """The open runs in [a, b)."""
        found = []
        second, last = a // US, -(-b // US)
        while (start := self.open.find(1, second, last)) >= 0:
            end = self.open.find(0, start, last)
            second = last if end < 0 else end
            found.append((max(a, start * US), min(b, second * US)))
        return found

    def holidays(self, a: int, b: int) -> list[date]:
        """The holidays that some minute of [a, b) shows, those with an override's hours left out."""
        if a >= b:
            return []
        shown = set(self.walk.dated[a // US // 60 : (b - 1) // US // 60 + 1])
        days = [date.fromisoformat(text) for text in self.calendar["holidays"]]
        return sorted(day for day in days if day.toordinal() in shown and not self.overrides.get(day.toordinal()))
