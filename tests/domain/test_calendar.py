"""Business calendars: open time, sums and differences, business days (R5-R9), and what is refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from review_engine.domain.calendar import (
    Calendar,
    CalendarNeverOpens,
    Holiday,
    NaiveDatetime,
    OutsideCalendar,
)
from review_engine.domain.errors import InvalidInput
from tests.domain.offices import NIGHTS, NINE_TO_FIVE, hours, local, office, utc

# R5, R6: overlaps count once, differences


def test_overlapping_shifts_count_once() -> None:
    calendar = office(hours={"monday": [["22:00", "06:00"]], "tuesday": [["05:00", "13:00"], ["09:00", "10:00"]]})
    assert calendar.difference(local("2026-01-05 12:00"), local("2026-01-06 20:00")) == hours(15)


def test_a_difference_the_other_way_round_is_negative() -> None:
    calendar = office()
    a, b = local("2026-01-05 16:00"), local("2026-01-06 10:30")
    assert (calendar.difference(a, b), calendar.difference(b, a)) == (hours(2.5), -hours(2.5))


# R7: adding


def test_filling_a_day_exactly_ends_at_closing_and_not_at_the_next_opening() -> None:
    assert office().add(local("2026-01-05 09:00"), hours(8)) == local("2026-01-05 17:00")


def test_taking_a_day_away_exactly_ends_at_its_opening_and_not_at_the_closing_before() -> None:
    assert office().add(local("2026-01-06 17:00"), -hours(8)) == local("2026-01-06 09:00")


def test_adding_nothing_gives_the_same_instant_even_when_closed() -> None:
    midnight = local("2026-01-05 00:00")
    assert office().add(midnight, timedelta()) == midnight


def test_adding_counts_over_weekends_holidays_and_a_change_of_the_clock() -> None:
    calendar = office(holidays=["2026-03-09"])
    assert calendar.add(local("2026-03-06 16:00"), hours(2)) == local("2026-03-10 10:00")


def test_any_zone_may_be_passed_and_utc_comes_back() -> None:
    moscow = local("2026-01-05 09:00").astimezone(timezone(hours(3)))
    answer = office().add(moscow, hours(1))
    assert answer == local("2026-01-05 10:00")
    assert answer.tzinfo is UTC


# R8, R9: business days


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-01-05 10:00", "2026-01-07 17:00"),  # Monday in hours
        ("2026-01-05 06:00", "2026-01-07 17:00"),  # Monday before hours
        ("2026-01-02 18:00", "2026-01-07 17:00"),  # Friday after hours counts from Monday
        ("2026-01-03 12:00", "2026-01-07 17:00"),  # so does Saturday
        ("2026-01-05 17:00", "2026-01-08 17:00"),  # at closing the day is over
        ("2026-01-08 16:59", "2026-01-12 17:00"),  # Thursday, over the weekend
    ],
)
def test_two_business_days_end_with_the_second_day_after_the_one_of_receipt(received: str, due: str) -> None:
    assert office().add_business_days(local(received), 2) == local(due)


def test_business_days_pass_over_holidays_and_end_when_a_half_day_ends() -> None:
    calendar = office(holidays=["2026-12-25"], overrides={"2026-12-24": [["09:00", "12:00"]]})
    assert calendar.add_business_days(local("2026-12-23 10:00"), 1) == local("2026-12-24 12:00")
    assert calendar.add_business_days(local("2026-12-23 10:00"), 2) == local("2026-12-28 17:00")


def test_a_business_day_of_nights_ends_in_the_morning_after() -> None:
    calendar = office(hours=NIGHTS)
    assert calendar.business_date(local("2026-01-06 03:00")) == date(2026, 1, 5)
    assert calendar.add_business_days(local("2026-01-06 03:00"), 1) == local("2026-01-07 06:00")


def test_where_shifts_of_two_dates_overlap_the_earlier_date_holds_the_instant() -> None:
    calendar = office(hours={"monday": [["22:00", "06:00"]], "tuesday": [["05:00", "13:00"]]})
    assert calendar.business_date(local("2026-01-06 05:30")) == date(2026, 1, 5)


def test_the_same_time_some_business_days_later_is_the_wall_clocks() -> None:
    calendar = office()
    friday = local("2026-03-06 10:15:30")
    assert calendar.add_business_days(friday, 1, "same_time") == local("2026-03-09 10:15:30")


def test_the_same_time_on_a_half_day_that_is_over_is_the_next_opening() -> None:
    calendar = office(overrides={"2026-01-06": [["09:00", "12:00"]]})
    assert calendar.add_business_days(local("2026-01-05 15:00"), 1, "same_time") == local("2026-01-07 09:00")


def test_business_days_counted_in_hours_are_nominal_days_of_open_time() -> None:
    calendar = office(overrides={"2026-01-06": [["09:00", "12:00"]]})
    assert calendar.add_business_days(local("2026-01-05 13:00"), 1, "hours") == local("2026-01-07 10:00")


@pytest.mark.parametrize(
    ("week", "nominal"),
    [
        ({**NINE_TO_FIVE, "friday": [["09:00", "12:00"]]}, 8),
        ({"monday": [["09:00", "12:00"]], "tuesday": [["09:00", "14:00"]]}, 5),  # a tie goes to the longer
        ({"monday": [["22:00", "06:00"], ["05:00", "07:00"], ["00:00", "02:00"]]}, 12),
        ({"monday": [["09:00", "17:00"], ["12:00", "18:00"]]}, 9),
    ],
)
def test_a_nominal_day_is_the_commonest_open_weekday(week: Any, nominal: int) -> None:
    assert office(hours=week).nominal_day == hours(nominal)


def test_no_business_days_are_the_rest_of_the_day_itself() -> None:
    assert office().add_business_days(local("2026-01-05 10:00"), 0) == local("2026-01-05 17:00")


def test_business_days_are_not_counted_backwards_or_in_unknown_ways() -> None:
    with pytest.raises(InvalidInput, match="-1 business days"):
        office().add_business_days(local("2026-01-05 10:00"), -1)
    with pytest.raises(InvalidInput, match="end_of_day, same_time, hours"):
        office().add_business_days(local("2026-01-05 10:00"), 1, "lunch")  # type: ignore[arg-type]


# What a derivation shows


def test_holidays_between_are_those_whose_date_is_met_with_their_names() -> None:
    calendar = office(holidays={"2026-01-05": "Founders' Day", "2026-01-07": "", "2026-01-09": "Too late"})
    found = calendar.holidays_between(local("2026-01-05 23:59"), local("2026-01-09 00:00"))
    assert found == (Holiday(date(2026, 1, 5), "Founders' Day"), Holiday(date(2026, 1, 7)))


def test_a_holiday_is_met_in_the_one_minute_before_the_clock_returns_to_the_day_before() -> None:
    # on 2010-11-07 at 00:01 the clock of St. John's was set back to 23:01 of the sixth
    calendar = office("America/St_Johns", holidays=["2010-11-07"])
    first_minute, returned = utc("2010-11-07 02:30"), utc("2010-11-07 02:31")
    tick = timedelta(microseconds=1)
    assert calendar.holidays_between(first_minute - tick, returned + tick) == (Holiday(date(2010, 11, 7)),)
    assert calendar.holidays_between(returned, returned + hours(0.9)) == ()


def test_nothing_lies_between_a_time_and_an_earlier_one() -> None:
    calendar = office(holidays=["2026-01-05"])
    a, b = local("2026-01-06 12:00"), local("2026-01-05 12:00")
    assert (calendar.intervals(a, b), calendar.holidays_between(a, b)) == ((), ())


# Refusals


@pytest.mark.parametrize("ask", ["is_open", "next_opening", "business_date"])
def test_a_time_without_a_zone_is_refused_with_the_cure(ask: str) -> None:
    with pytest.raises(NaiveDatetime, match="aware datetime"):
        getattr(office(), ask)(datetime(2026, 1, 5, 9))


def test_arithmetic_refuses_a_time_without_a_zone_on_either_side() -> None:
    aware, naive = local("2026-01-05 09:00"), datetime(2026, 1, 5, 9)
    for a, b in ((aware, naive), (naive, aware)):
        with pytest.raises(NaiveDatetime):
            office().difference(a, b)
    with pytest.raises(NaiveDatetime):
        office().add(naive, hours(1))


def ends_in(year: int) -> Calendar:
    return Calendar.of(
        "pop-up", "UTC", {}, overrides={"2024-05-01": [["09:00", "17:00"]], f"{year}-05-01": [["09:00", "17:00"]]}
    )


def test_a_calendar_that_does_not_open_again_says_so_and_why() -> None:
    calendar = ends_in(2025)
    with pytest.raises(CalendarNeverOpens, match=r"'pop-up' is closed for more than ten years .* no weekly hours"):
        calendar.next_opening(utc("2026-01-01 00:00"))
    with pytest.raises(CalendarNeverOpens):
        calendar.add(utc("2024-01-01 00:00"), hours(17))
    with pytest.raises(CalendarNeverOpens):
        calendar.add(utc("2026-01-01 00:00"), -hours(17))
    with pytest.raises(CalendarNeverOpens):
        calendar.add_business_days(utc("2024-05-01 10:00"), 2)
    assert calendar.add(utc("2024-01-01 00:00"), hours(16)) == utc("2025-05-01 17:00")


def test_ten_closed_years_are_passed_over_and_more_are_not_whatever_was_asked_before() -> None:
    for fresh in (ends_in(2034), ends_in(2035)):
        fresh.difference(utc("1990-01-01 00:00"), utc("2080-01-01 00:00"))
    near, far = ends_in(2034), ends_in(2035)
    warmed = ends_in(2035)
    warmed.difference(utc("1990-01-01 00:00"), utc("2080-01-01 00:00"))
    t = utc("2024-05-01 16:00")
    assert near.add(t, hours(2)) == utc("2034-05-01 10:00")
    assert near.add_business_days(t, 1) == utc("2034-05-01 17:00")
    for calendar in (far, warmed):
        with pytest.raises(CalendarNeverOpens):
            calendar.add(t, hours(2))
        with pytest.raises(CalendarNeverOpens):
            calendar.add_business_days(t, 1)
        with pytest.raises(CalendarNeverOpens):
            calendar.add(utc("2035-05-01 10:00"), -hours(2))
        with pytest.raises(CalendarNeverOpens):
            calendar.next_opening(utc("2024-05-01 17:00"))


def test_holidays_that_close_every_day_are_named_as_the_reason() -> None:
    mondays = [date(2024, 1, 1) + timedelta(weeks=week) for week in range(600)]
    calendar = office(hours={"monday": [["09:00", "17:00"]]}, holidays=mondays)
    with pytest.raises(CalendarNeverOpens, match="holidays and overrides close every date"):
        calendar.next_opening(utc("2024-01-01 00:00"))


def test_years_beyond_the_calendars_are_refused_both_as_question_and_as_answer() -> None:
    with pytest.raises(OutsideCalendar, match="1900 to 2199"):
        office().is_open(utc("1850-01-01 00:00"))
    with pytest.raises(OutsideCalendar):
        office().add(utc("2190-01-01 00:00"), timedelta(days=10_000))
    with pytest.raises(OutsideCalendar):
        office().add(utc("1901-01-01 00:00"), -timedelta(days=10_000))
