"""The calendar's arithmetic against the oracle, on random calendars around the hardest hours of the hardest zones.

20,000 questions in an ordinary run; ``REVIEW_ENGINE_FUZZ=1000000`` asks a million. The same count asks the same
questions every time.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import overload
from zoneinfo import ZoneInfo

import pytest

from review_engine.domain.calendar import Calendar, DayMode, OutsideCalendar
from tests.domain.calendar_oracle import EDGE, NAMES, SECONDS, US, Oracle, Walk, walk

QUESTIONS = int(os.environ.get("REVIEW_ENGINE_FUZZ", "20000"))
QUESTIONS_A_CALENDAR = 25
CALENDARS_A_WINDOW = 16
DAYS = 32
DAY = SECONDS * US
MODES: list[DayMode] = ["end_of_day", "same_time", "hours"]

Question = tuple[str, object, Callable[[], object]]
"""What is asked, in words; the oracle's answer; how to get the calendar's."""

# zone -> dates the windows must include, beside changes of the clock and dates drawn by lot
ZONES = {
    "America/New_York": ["2007-11-04"],
    "America/Sao_Paulo": ["2018-11-04", "2018-02-18"],  # midnight itself is skipped, and shown twice
    "America/St_Johns": ["2010-11-07", "2010-03-14"],  # the date changes, and changes back
    "America/Toronto": ["1919-03-30"],  # the skipped hour lies across midnight
    "Africa/Casablanca": ["2023-03-19"],
    "Antarctica/Troll": ["2024-03-31"],  # two hours at once
    "Asia/Kathmandu": ["1986-01-01"],
    "Asia/Kolkata": [],
    "Australia/Lord_Howe": ["2024-04-07", "2024-10-06"],  # half an hour
    "Europe/London": [],
    "Pacific/Apia": ["2011-12-30", "2011-12-30", "2011-12-30"],  # a date that never was
    "Pacific/Kwajalein": ["1993-08-21", "1969-09-30"],  # another, and one that was twice
    "UTC": [],
}
CLOCKS = ["00:00", "00:01", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00", "06:00", "08:30", "09:00"]
CLOCKS += ["12:00", "12:30", "13:00", "17:00", "18:00", "22:00", "23:00", "23:30", "23:59", "09:00:30", "16:59:59"]


def changes(zone: str) -> list[date]:
    """The days since 1970 on which the zone's offset changed."""
    tz, found = ZoneInfo(zone), []
    day = Walk("UTC", date(1970, 1, 1), 0).begins
    before = day.astimezone(tz).utcoffset()
    for _ in range(70 * 365):
        day += timedelta(days=1)
        after = day.astimezone(tz).utcoffset()
        if after != before:
            found.append(day.date())
        before = after
    return found


def windows(zone: str, lot: Random) -> Iterator[date]:
    """Middles of windows without end: first the named ones, then mostly changes of the clock."""
    yield from map(date.fromisoformat, ZONES[zone])
    moved = changes(zone)
    while True:
        if moved and lot.random() < 0.7:
            yield lot.choice(moved)
        else:
            yield date(1972, 1, 1) + timedelta(days=lot.randrange(25_000))


def shifts(lot: Random) -> list[list[str]]:
    """The hours of one day: none, a full day, a half, a broken one, a night, all day, or anything at all."""
    plain = [[["09:00", "17:00"]], [["09:00", "12:00"], ["13:00", "17:00"]], [["09:00", "12:30"]]]
    nights = [
        [["22:00", "06:00"]],
        [["18:00", "02:30"]],
        [["00:00", "24:00"]],
        [["23:30", "23:30"]],
        [["16:00", "24:00"]],
    ]
    kind = lot.random()
    if kind < 0.2:
        return []
    if kind < 0.5:
        return lot.choice(plain)
    if kind < 0.75:
        return lot.choice(nights)
    return [[lot.choice(CLOCKS), lot.choice([*CLOCKS, "24:00"])] for _ in range(lot.randint(1, 3))]


def calendar(zone: str, middle: date, lot: Random) -> Calendar:
    """A random calendar with something special on and around the middle of the window."""
    hours = {day: shifts(lot) for day in NAMES}
    if lot.random() < 0.3:
        hours = dict.fromkeys(NAMES[:5], shifts(lot) or [["09:00", "17:00"]])
    near = [middle + timedelta(days=days) for days in range(-11, 12)] + [
        middle + timedelta(days=d) for d in (-1, 0, 1)
    ] * 5
    overrides = {lot.choice(near).isoformat(): shifts(lot) for _ in range(lot.randint(0, 4))}
    if not any(hours.values()):
        hours["tuesday"] = [["22:00", "06:00"]]
    return Calendar.of(
        "fuzzed",
        zone,
        hours,
        holidays=[lot.choice(near) for _ in range(lot.randint(0, 5))],
        overrides=overrides,
        holiday_rule=lot.choice(["start_date", "civil_date"]),
    )


@dataclass
class Examination:
    """One calendar, its oracle, and the questions both are asked; times are microseconds from the window's first."""

    subject: Calendar
    oracle: Oracle
    lot: Random

    def __post_init__(self) -> None:
        self.first, self.last = EDGE * DAY, (self.oracle.walk.days - EDGE) * DAY
        edges = {edge * US for runs in self.oracle.runs.values() for run in runs for edge in run}
        self.edges = sorted(edge for edge in edges if self.first < edge < self.last)

    def when(self) -> int:
        """A time to ask about: any, one near the middle of the window, or one at or beside an edge of a shift."""
        kind = self.lot.random()
        if kind < 0.5 and self.edges:
            return self.lot.choice(self.edges) + self.lot.choice([-US, -1, 0, 0, 1, US])
        part = self.lot.choice([0, 0, 0, self.lot.randrange(US)])
        if kind < 0.75:
            return self.oracle.walk.days * DAY // 2 + self.lot.randrange(-2 * SECONDS, 2 * SECONDS) * US + part
        return self.lot.randrange(self.first // US, self.last // US) * US + part

    def amount(self, t: int) -> int:
        """Open time to add: up to another time worth asking about, or any."""
        kind = self.lot.random()
        if kind < 0.5:
            return self.oracle.difference(t, self.when())
        return self.lot.randint(-40, 80) * 1800 * US if kind < 0.8 else self.lot.randint(-40_000_000, 40_000_000)

    def ask(self) -> tuple[str, object, object] | None:
        """One question with the oracle's answer and the calendar's; None when the window is too small to tell."""
        questions = [self.is_open, self.next_opening, self.business_date, self.intervals, self.holidays]
        questions += [self.difference, self.add, self.business_days] * 3
        asked, expected, answer = self.lot.choice(questions)()
        if expected is None or (
            isinstance(expected, datetime) and not self.at(self.first) <= expected <= self.at(self.last)
        ):
            return None
        try:
            return asked, expected, answer()
        except OutsideCalendar as outside:
            return asked, expected, outside

    def is_open(self) -> Question:
        t = self.when()
        return f"is_open {t}", self.oracle.is_open(t), lambda: self.subject.is_open(self.at(t))

    def next_opening(self) -> Question:
        t = self.when()
        expected = self.oracle.next_opening(t)
        return f"next_opening {t}", self.at(expected), lambda: self.subject.next_opening(self.at(t))

    def difference(self) -> Question:
        a, b = self.when(), self.when()
        expected = timedelta(microseconds=self.oracle.difference(a, b))
        return f"difference {a} {b}", expected, lambda: self.subject.difference(self.at(a), self.at(b))

    def add(self) -> Question:
        t = self.when()
        n = self.amount(t)
        expected = self.at(self.oracle.add(t, n))
        return f"add {t} {n}", expected, lambda: self.subject.add(self.at(t), timedelta(microseconds=n))

    def business_date(self) -> Question:
        t = self.when()
        day = self.oracle.business_date(t)
        expected = None if day is None else date.fromordinal(day)
        return f"business_date {t}", expected, lambda: self.subject.business_date(self.at(t))

    def business_days(self) -> Question:
        t, n, mode = self.when(), self.lot.randint(0, 6), self.lot.choice(MODES)
        expected = self.at(self.oracle.add_business_days(t, n, mode))
        return f"{mode} {n} after {t}", expected, lambda: self.subject.add_business_days(self.at(t), n, mode)

    def intervals(self) -> Question:
        a = self.when()
        b = min(self.last, a + self.lot.randrange(4 * DAY))
        expected = tuple((self.at(start), self.at(end)) for start, end in self.oracle.intervals(a, b))
        return f"intervals {a} {b}", expected, lambda: self.subject.intervals(self.at(a), self.at(b))

    def holidays(self) -> Question:
        a = self.when()
        b = min(self.last, a + self.lot.randrange(9 * DAY))
        expected = [(day, "") for day in self.oracle.holidays(a, b)]
        return f"holidays_between {a} {b}", expected, lambda: [*self.subject.holidays_between(self.at(a), self.at(b))]

    @overload
    def at(self, time: int) -> datetime: ...
    @overload
    def at(self, time: None) -> None: ...
    def at(self, time: int | None) -> datetime | None:
        """The time as a datetime."""
        return None if time is None else self.oracle.walk.begins + timedelta(microseconds=time)


def examine(zone: str, questions: int) -> list[str]:
    """Ask so many questions about calendars in the zone; the mismatches, each with all it takes to repeat it."""
    lot = Random(zone)
    asked, mismatches = 0, []
    for middle in windows(zone, lot):
        walked = walk(zone, middle - timedelta(days=DAYS // 2), DAYS)
        for _ in range(CALENDARS_A_WINDOW):
            subject = calendar(zone, middle, lot)
            exam = Examination(subject, Oracle(subject.to_dict(), walked), lot)
            for _ in range(QUESTIONS_A_CALENDAR):
                answered = exam.ask()
                if answered is None:
                    continue
                asked += 1
                if answered[1] != answered[2]:
                    mismatches.append(f"{answered} from {walked.begins} on {subject.to_dict()}")
            if asked >= questions:
                return mismatches
    raise AssertionError("windows never run out")


@pytest.mark.parametrize("zone", ZONES)
def test_every_answer_is_the_oracles(zone: str) -> None:
    mismatches = examine(zone, -(-QUESTIONS // len(ZONES)))
    assert not mismatches, "\n".join([f"{len(mismatches)} mismatches", *mismatches[:5]])
