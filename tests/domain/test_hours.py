"""From wall clocks to absolute time (R1-R4), with the hours that make people argue."""

from datetime import date, timedelta

import pytest

from review_engine.domain.calendar import (
    WEEKDAYS,
)
from tests.domain.offices import NIGHTS, each, hours, local, office, utc

# R1: half open, midnight, over midnight


def test_a_shift_holds_its_first_instant_and_not_its_last() -> None:
    calendar = office()
    opening, closing, tick = local("2026-01-05 09:00"), local("2026-01-05 17:00"), timedelta(microseconds=1)
    assert [calendar.is_open(t) for t in (opening - tick, opening, closing - tick, closing)] == [
        False,
        True,
        True,
        False,
    ]


def test_24_00_is_the_next_midnight() -> None:
    calendar = office(hours={"monday": [["16:00", "24:00"]]})
    day = calendar.intervals(local("2026-01-05 00:00"), local("2026-01-07 00:00"))
    assert day == ((local("2026-01-05 16:00"), local("2026-01-06 00:00")),)


@pytest.mark.parametrize(("end", "closes"), [("06:00", "2026-01-06 06:00"), ("22:00", "2026-01-06 22:00")])
def test_an_end_at_or_before_its_start_is_on_the_next_date(end: str, closes: str) -> None:
    calendar = office(hours={"monday": [["22:00", end]]})
    spans = calendar.intervals(local("2026-01-05 00:00"), local("2026-01-08 00:00"))
    assert spans == ((local("2026-01-05 22:00"), local(closes)),)


def test_shifts_that_touch_read_as_one_interval() -> None:
    calendar = office(hours=each(WEEKDAYS, "00:00", "24:00"))
    a, b = local("2026-03-01 13:00"), local("2026-04-01 04:30")
    assert calendar.intervals(a, b) == ((a, b),)


# R2: whose a night shift is, and what a holiday takes away


def test_under_start_date_a_holiday_leaves_the_tail_of_yesterdays_night_shift() -> None:
    calendar = office(hours=NIGHTS, holidays=["2026-01-06"])
    spans = calendar.intervals(local("2026-01-05 12:00"), local("2026-01-08 12:00"))
    assert [span.start for span in spans] == [local("2026-01-05 22:00"), local("2026-01-07 22:00")]
    assert spans[0].end == local("2026-01-06 06:00")


def test_under_civil_date_a_holiday_closes_every_minute_of_its_date() -> None:
    calendar = office(hours=NIGHTS, holidays=["2026-01-06"], holiday_rule="civil_date")
    spans = calendar.intervals(local("2026-01-05 12:00"), local("2026-01-08 00:00"))
    assert spans == (
        (local("2026-01-05 22:00"), local("2026-01-06 00:00")),
        (local("2026-01-07 22:00"), local("2026-01-08 00:00")),
    )


def test_an_override_replaces_the_dates_hours_and_under_civil_date_the_tail_on_it_too() -> None:
    half_day = {"2026-01-06": [["09:00", "12:00"]]}
    a, b = local("2026-01-05 12:00"), local("2026-01-07 12:00")
    tail = office(hours=NIGHTS, overrides=half_day)
    cut = office(hours=NIGHTS, overrides=half_day, holiday_rule="civil_date")
    assert [span.end for span in tail.intervals(a, b)] == [local("2026-01-06 06:00"), local("2026-01-06 12:00")]
    assert [span.end for span in cut.intervals(a, b)] == [local("2026-01-06 00:00"), local("2026-01-06 12:00")]


def test_a_night_shift_of_an_override_ends_where_a_civil_holiday_begins() -> None:
    calendar = office(
        overrides={"2026-01-05": [["20:00", "04:00"]]}, holidays=["2026-01-06"], holiday_rule="civil_date"
    )
    assert calendar.intervals(local("2026-01-05 00:00"), local("2026-01-07 00:00")) == (
        (local("2026-01-05 20:00"), local("2026-01-06 00:00")),
    )


def test_an_override_on_a_holiday_wins() -> None:
    calendar = office(holidays=["2026-01-05"], overrides={"2026-01-05": [["09:00", "12:00"]]})
    assert calendar.is_open(local("2026-01-05 10:00"))
    assert calendar.holidays_between(local("2026-01-05 00:00"), local("2026-01-06 00:00")) == ()


def test_a_civil_holiday_closes_both_halves_of_a_date_the_clock_returned_to() -> None:
    # on 2010-11-07 at 00:01 the clock of St. John's was set back to 23:01 of the sixth
    calendar = office(
        "America/St_Johns",
        each(WEEKDAYS, "00:00", "24:00"),
        holidays=["2010-11-06"],
        holiday_rule="civil_date",
    )
    spans = calendar.intervals(utc("2010-11-06 00:00"), utc("2010-11-07 12:00"))
    assert [span.start for span in spans] == [
        utc("2010-11-06 00:00"),
        utc("2010-11-07 02:30"),  # one minute of the seventh ...
        utc("2010-11-07 03:30"),  # ... and after 59 more of the sixth, the rest
    ]
    assert spans[1].end == utc("2010-11-07 02:31")


# R3: wall-clock times that exist twice, or never


def test_a_repeated_wall_time_is_the_first_of_the_two() -> None:
    calendar = office(hours={"sunday": [["01:30", "04:00"]]})
    spans = calendar.intervals(local("2026-11-01 00:00"), local("2026-11-02 00:00"))
    assert spans == ((local("2026-11-01 01:30", fold=0), local("2026-11-01 04:00")),)
    assert calendar.difference(*spans[0]) == hours(3.5)


def test_a_skipped_wall_time_is_read_with_the_offset_before_the_gap() -> None:
    calendar = office(hours={"sunday": [["02:30", "05:00"]]})
    spans = calendar.intervals(utc("2026-03-08 00:00"), utc("2026-03-09 00:00"))
    assert spans == ((utc("2026-03-08 07:30"), utc("2026-03-08 09:00")),)


def test_a_shift_swallowed_by_the_gap_is_no_shift() -> None:
    calendar = office(hours={"sunday": [["02:30", "03:00"]], "monday": [["09:00", "17:00"]]})
    assert calendar.business_date(local("2026-03-08 01:00")) == date(2026, 3, 9)


def test_a_midnight_that_was_skipped_still_ends_the_day_before() -> None:
    calendar = office("America/Sao_Paulo", each(WEEKDAYS, "18:00", "24:00"))
    assert calendar.intervals(utc("2018-11-03 12:00"), utc("2018-11-04 12:00")) == (
        (utc("2018-11-03 21:00"), utc("2018-11-04 03:00")),
    )


def test_half_an_hour_on_lord_howe_island_is_half_an_hour() -> None:
    calendar = office("Australia/Lord_Howe", each(WEEKDAYS, "00:00", "24:00"))
    day = timedelta(days=1)
    days = [calendar.add_business_days(utc(f"2024-10-0{n} 00:00"), 0) for n in (5, 6)]
    assert days[1] - days[0] == day - hours(0.5)


# R4: a date that never was


def test_a_skipped_date_has_no_shifts_and_counts_for_nothing() -> None:
    calendar = office("Pacific/Apia", holidays=["2011-12-30"])
    friday = local("2011-12-29 10:00", "Pacific/Apia")
    assert calendar.business_date(friday) == date(2011, 12, 29)
    assert calendar.add_business_days(friday, 1) == local("2012-01-02 17:00", "Pacific/Apia")
    assert calendar.holidays_between(friday, friday + timedelta(days=9)) == ()


def test_a_night_shift_runs_over_the_skipped_date_into_the_next() -> None:
    calendar = office("Pacific/Apia", each(WEEKDAYS, "22:00", "06:00"))
    night = calendar.intervals(utc("2011-12-30 05:00"), utc("2011-12-31 00:00"))
    assert night == ((utc("2011-12-30 08:00"), utc("2011-12-30 16:00")),)  # 22:00 on the 29th to 06:00 on the 31st
