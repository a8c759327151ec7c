"""Calendars and moments the tests of calendars are about: an office in New York, times as its wall clock shows them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from review_engine.domain.calendar import WEEKDAYS, Calendar


def each(days: Iterable[str], start: str, end: str) -> dict[str, list[list[str]]]:
    """The same shift on each of the days."""
    return {day: [[start, end]] for day in days}


NINE_TO_FIVE = each(WEEKDAYS[:5], "09:00", "17:00")
NIGHTS = each(WEEKDAYS[:5], "22:00", "06:00")


def utc(text: str) -> datetime:
    """A moment written in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str = "America/New_York", fold: int = 0) -> datetime:
    """A moment written as a wall clock shows it, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def office(zone: str = "America/New_York", hours: Any = None, **more: Any) -> Calendar:
    return Calendar.of("office", zone, hours or NINE_TO_FIVE, **more)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def everything() -> Calendar:
    """A calendar with something of all there is."""
    return Calendar.of(
        "everything",
        "Europe/London",
        {**NINE_TO_FIVE, "saturday": [["22:00", "06:00:30"], ["00:00", "00:00"]]},
        holidays={"2026-12-25": "Christmas Day", "2026-12-28": ""},
        overrides={"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []},
        holiday_rule="civil_date",
    )
