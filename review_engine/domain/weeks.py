"""When a week begins by a calendar: what a weekly letter is sent at, and told apart from last week's by.

Pure, and a room of its own because it is the one rule about weeks; promises know days and hours only.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from review_engine.domain.calendar import Calendar
from review_engine.domain.hours import zone_named


class Week(NamedTuple):
    """A week: its Monday by the calendar's clock, and its first opening (aware UTC)."""

    monday: date
    opens_at: datetime


def week_of(calendar: Calendar, now: datetime) -> Week:
    """The week that ``now`` (aware UTC) lies in. Where its Monday is a holiday, it opens on the first open day."""
    zone = zone_named(calendar.zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    midnight = datetime.combine(monday, time(0), zone).astimezone(UTC)
    return Week(monday, calendar.next_opening(midnight))
