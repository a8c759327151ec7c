"""How many additions and differences of business time a second, for spans of a day, a week, a year and ten years.

    python benchmarks/calendar_arithmetic.py [TURNS]

The span should not matter: both are bisections. Peers take turns with the calendar on the same questions, so that a
busy machine slows them alike; each figure is the median of the turns. The floor walks the days, as a first version
would. ``workclock`` and ``businesstimedelta`` are measured when they can be imported. Some of everybody's answers are
compared first, so that nobody is timed at another task; who answers otherwise is named.
"""

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from review_engine.domain.calendar import WEEKDAYS, Calendar

ZONE = "America/New_York"
SPANS = {"a day": 1, "a week": 7, "a year": 365, "ten years": 3652}
HOLIDAYS = [date(year, month, day) for year in range(2010, 2041) for month, day in ((1, 1), (7, 4), (12, 25))]
QUESTIONS = 200
TARGET = 250_000
BUDGET = 0.15  # seconds for one measurement

Question = tuple[datetime, datetime, timedelta]
"""Start, end, and the open time between them."""


class Peer(NamedTuple):
    """Something that adds and subtracts business time."""

    name: str
    add: Callable[[datetime, timedelta], datetime]
    difference: Callable[[datetime, datetime], timedelta]


def ours() -> Peer:
    hours = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
    calendar = Calendar.of("office", ZONE, hours, holidays=HOLIDAYS)
    return Peer("review_engine", calendar.add, calendar.difference)


def floor() -> Peer:
    """Day after day, each turned into UTC when it is met."""
    zone, closed = ZoneInfo(ZONE), frozenset(HOLIDAYS)

    def days_from(t: datetime) -> Iterable[tuple[datetime, datetime]]:
        day = t.astimezone(zone).date()
        while True:
            if day.weekday() < 5 and day not in closed:
                yield tuple(datetime.combine(day, time(hour), zone).astimezone(UTC) for hour in (9, 17))  # type: ignore[misc]
            day += timedelta(days=1)

    def add(t: datetime, amount: timedelta) -> datetime:
        for opening, closing in days_from(t):
            begins = max(t, opening)
            if closing - begins >= amount:
                return begins + amount
            amount -= max(closing - begins, timedelta())
        raise AssertionError("days never run out")

    def difference(a: datetime, b: datetime) -> timedelta:
        total = timedelta()
        for opening, closing in days_from(a):
            if opening >= b:
                return total
            total += max(min(closing, b) - max(opening, a), timedelta())
        raise AssertionError("days never run out")

    return Peer("day by day", add, difference)


def workclock() -> Peer:
    import workclock as peer  # type: ignore[import-not-found]

    rules = [peer.WorkDay(time(9), time(17)), peer.Holidays(HOLIDAYS)]
    schedule = peer.Schedule(rules, time_zone=ZONE)
    return Peer("workclock", schedule.add, schedule.between)


def businesstimedelta() -> Peer:
    import businesstimedelta as peer  # type: ignore[import-not-found]
    import pytz  # type: ignore[import-untyped,unused-ignore]

    zone = pytz.timezone(ZONE)
    week = peer.WorkDayRule(start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4], tz=zone)
    rules = peer.Rules([week, peer.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"), tz=zone)])

    def add(t: datetime, amount: timedelta) -> datetime:
        return cast(datetime, t + peer.BusinessTimeDelta(rules, timedelta=amount))

    def difference(a: datetime, b: datetime) -> timedelta:
        return cast(timedelta, rules.difference(a, b).timedelta)

    return Peer("businesstimedelta", add, difference)


def peers() -> list[Peer]:
    """Whoever can be had, ourselves first."""
    found = [ours(), floor()]
    for optional in (workclock, businesstimedelta):
        try:
            found.append(optional())
        except ImportError:
            print(f"{optional.__name__} is not installed and is left out", file=sys.stderr)
    return found


def questions(days: int) -> list[Question]:
    """Questions over about so many days, none of them all closed."""
    lot, calendar = Random(days), ours()
    asked: list[Question] = []
    while len(asked) < QUESTIONS:
        a = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=lot.randrange(5 * 365 * 86_400))
        b = a + timedelta(seconds=int(days * 86_400 * lot.uniform(0.8, 1.2)))
        if amount := calendar.difference(a, b):
            asked.append((a, b, amount))
    return asked


def agreeing(peer: Peer, reference: Peer, asked: list[Question]) -> int:
    """How many of some answers agree with the reference's."""
    some = asked[:10]
    return sum(
        peer.difference(a, b) == amount and peer.add(a, amount) == reference.add(a, amount) for a, b, amount in some
    )


def rate(work: Callable[[], object], each: int) -> float:
    """Operations a second of ``work``, which does ``each`` of them, for as long as the budget lasts."""
    rounds, begun = 0, perf_counter()
    while (passed := perf_counter() - begun) < BUDGET:
        work()
        rounds += 1
    return rounds * each / passed


def add_all(peer: Peer, asked: list[Question]) -> None:
    add = peer.add
    for a, _, amount in asked:
        add(a, amount)


def difference_all(peer: Peer, asked: list[Question]) -> None:
    difference = peer.difference
    for a, b, _ in asked:
        difference(a, b)


def measure(turns: int) -> dict[tuple[str, str, str], list[float]]:
    """(span, peer, operation) -> operations a second, one for each turn."""
    everyone, figures = peers(), dict[tuple[str, str, str], list[float]]()
    for span, days in SPANS.items():
        asked = questions(days)
        for peer in everyone:
            if agreed := 10 - agreeing(peer, everyone[0], asked):
                print(f"{peer.name} answers {agreed} of 10 questions otherwise over {span}", file=sys.stderr)
        for turn in range(turns):
            for peer in everyone[turn % len(everyone) :] + everyone[: turn % len(everyone)]:
                slow = asked if peer is everyone[0] or days < 300 else asked[:5]
                for name, work in (("add", add_all), ("difference", difference_all)):
                    speed = rate(partial(work, peer, slow), len(slow))
                    figures.setdefault((span, peer.name, name), []).append(speed)
    return figures


def report(figures: dict[tuple[str, str, str], list[float]]) -> None:
    """One line for each span and peer."""
    print(f"{'span':10} {'':18} {'adds/s':>12} {'differences/s':>14} {'ours is faster by':>22}")
    own: dict[str, Any] = {}
    for span, name in dict.fromkeys((span, name) for span, name, _ in figures):
        adds, differences = (median(figures[span, name, operation]) for operation in ("add", "difference"))
        own.setdefault(span, (adds, differences))
        ratio = f"{own[span][0] / adds:,.1f} and {own[span][1] / differences:,.1f}" if name != "review_engine" else ""
        print(f"{span:10} {name:18} {adds:12,.0f} {differences:14,.0f} {ratio:>22}")
    slowest = min(min(pair) for pair in own.values())
    print(f"slowest of ours: {slowest:,.0f} a second; target {TARGET:,}: {'met' if slowest >= TARGET else 'missed'}")


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
