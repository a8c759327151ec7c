"""Weeks by a calendar: their Monday by its own clock, and the first moment at which somebody is there."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.calendar import Calendar
from review_engine.domain.weeks import week_of
from review_engine.settings import shipped
from review_engine.workflow_files.calendars import read_calendar

BUSINESS: Calendar = read_calendar(shipped("workflows") / "calendars" / "business.toml")


def test_a_week_opens_on_monday_when_the_office_does() -> None:
    week = week_of(BUSINESS, datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert week.monday == date(2026, 3, 2)
    assert BUSINESS.is_open(week.opens_at)
    assert not BUSINESS.is_open(week.opens_at - timedelta(minutes=1))


def test_a_monday_on_which_nobody_works_moves_the_opening_to_tuesday() -> None:
    week = week_of(BUSINESS, datetime(2026, 5, 26, 18, tzinfo=UTC))  # Memorial Day is Monday 25 May 2026
    assert (week.monday, week.opens_at.date()) == (date(2026, 5, 25), date(2026, 5, 26))


@given(st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)))
def test_every_instant_of_a_week_finds_the_same_opening(now: datetime) -> None:
    week = week_of(BUSINESS, now)
    assert week.monday.weekday() == 0
    assert week_of(BUSINESS, week.opens_at).opens_at >= week.opens_at
