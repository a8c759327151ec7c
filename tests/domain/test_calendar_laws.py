"""What holds for every calendar at every time, to the microsecond."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from review_engine.domain.calendar import (
    WEEKDAYS,
    Calendar,
)
from tests.domain.offices import NIGHTS, each, everything, hours, local, office

CALENDARS = [
    office(holidays=["2026-03-09", "2026-11-02"]),
    everything(),
    office("Pacific/Apia", NIGHTS),
    office("Australia/Lord_Howe", each(WEEKDAYS, "00:00", "24:00")),
    office(
        "America/Sao_Paulo", {"sunday": [["00:00", "00:00:01"]], "monday": [["09:00", "12:00"], ["13:00", "17:00"]]}
    ),
]
calendars = st.sampled_from(CALENDARS)
times = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
lengths = st.timedeltas(-timedelta(days=20), timedelta(days=20))


@settings(deadline=None)
@given(calendars, times, lengths)
def test_the_difference_to_a_sum_is_what_was_added(calendar: Calendar, t: datetime, n: timedelta) -> None:
    assert calendar.difference(t, calendar.add(t, n)) == n


@settings(deadline=None)
@given(calendars, times, lengths)
def test_one_tick_less_or_more_and_a_sum_would_not_be_it(calendar: Calendar, t: datetime, n: timedelta) -> None:
    tick, answer = timedelta(microseconds=1), calendar.add(t, n)
    if n > timedelta():
        assert calendar.difference(t, answer - tick) < n
    elif n < timedelta():
        assert calendar.difference(t, answer + tick) > n


@settings(deadline=None)
@given(calendars, times, times, times)
def test_differences_add_up(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.difference(a, b) + calendar.difference(b, c) == calendar.difference(a, c)


@settings(deadline=None)
@given(calendars, times, times)
def test_a_difference_is_the_sum_of_its_intervals(calendar: Calendar, a: datetime, b: datetime) -> None:
    a, b = min(a, b), max(a, b)
    b = min(b, a + timedelta(days=400))
    spans = calendar.intervals(a, b)
    assert sum((end - start for start, end in spans), timedelta()) == calendar.difference(a, b)
    assert all(one.end < two.start for one, two in pairwise(spans))


@settings(deadline=None)
@given(calendars, times, times, lengths)
def test_no_answer_hangs_on_what_was_asked_before(
    calendar: Calendar, t: datetime, other: datetime, n: timedelta
) -> None:
    fresh = Calendar.from_dict(calendar.to_dict())
    expected = fresh.add(t, n), fresh.difference(t, other), fresh.add_business_days(t, 3)
    asked = Calendar.from_dict(calendar.to_dict())
    asked.add(other, -n)
    asked.difference(other, t)
    assert (asked.add(t, n), asked.difference(t, other), asked.add_business_days(t, 3)) == expected


@settings(deadline=None)
@given(calendars, times, st.integers(0, 30))
def test_one_more_business_day_is_later(calendar: Calendar, t: datetime, n: int) -> None:
    assert calendar.add_business_days(t, n) < calendar.add_business_days(t, n + 1)


def test_ten_years_of_hours_are_the_hours_of_ten_years() -> None:
    calendar = office()
    a, b = local("2016-01-04 09:00"), local("2026-01-04 09:00")
    weekdays = sum((a + timedelta(days=day)).weekday() < 5 for day in range((b - a).days))
    assert calendar.difference(a, b) == weekdays * hours(8)
    assert calendar.add(a, weekdays * hours(8)) == local("2026-01-02 17:00")
