"""Lengths of time as workflow files say them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_engine.domain.calendar import WEEKDAYS, Calendar, NaiveDatetime
from review_engine.domain.durations import Duration, InvalidDuration, Unit

OFFICE = Calendar.of("office", "UTC", {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]})
MONDAY_TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
UNITS: list[Unit] = ["minute", "hour", "day", "week", "business minute", "business hour", "business day"]


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2 business days", 2, "business day"),
        ("1 business day", 1, "business day"),
        ("16 business hours", 16, "business hour"),
        ("90 minutes", 90, "minute"),
        ("28 days", 28, "day"),
        ("2 weeks", 2, "week"),
        ("  1   Business  Hour ", 1, "business hour"),
        ("30 business minutes", 30, "business minute"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, amount: int, unit: Unit) -> None:
    assert Duration.parse(text) == Duration(amount, unit)


@settings(deadline=None)
@given(st.integers(1, 3000), st.sampled_from(UNITS))
def test_a_duration_reads_back_what_it_prints(amount: int, unit: Unit) -> None:
    assert Duration.parse(str(Duration(amount, unit))) == Duration(amount, unit)


@pytest.mark.parametrize(("text", "printed"), [("1 days", "1 day"), ("2 business day", "2 business days")])
def test_a_duration_prints_in_good_grammar(text: str, printed: str) -> None:
    assert str(Duration.parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 days", 'Write at least "1 day"'),
        ("-2 business days", 'Write at least "1 business day"'),
        ("1.5 hours", '"90 minutes"'),
        ("1,5 hours", '"90 minutes"'),
        ("2 fortnights", "The units are minute, hour"),
        ("3 months", '"28 days"'),
        ("1 business week", '"5 business days"'),
        ("two days", "Write a whole number and a unit"),
        ("2", "Write a whole number and a unit"),
        ("2days later", "The units are"),
        ("", "is not a duration"),
        ("999999999999 weeks", "more than a century"),
        ("37000 days", "more than a century"),
        (2, "'2' is not a duration"),
        (None, "is not a duration"),
    ],
)
def test_what_is_no_duration_is_refused_with_the_cure(text: object, message: str) -> None:
    with pytest.raises(InvalidDuration, match=message):
        Duration.parse(text)


def test_a_duration_made_by_hand_is_held_to_the_same_rules() -> None:
    with pytest.raises(InvalidDuration, match="no unit of time 'moon'"):
        Duration(1, "moon")  # type: ignore[arg-type]
    with pytest.raises(InvalidDuration, match="over before it begins"):
        Duration(0, "day")


@pytest.mark.parametrize(("text", "seconds"), [("90 minutes", 5400), ("2 hours", 7200), ("28 days", 2_419_200)])
def test_a_plain_duration_has_a_length(text: str, seconds: int) -> None:
    duration = Duration.parse(text)
    assert (duration.is_business, duration.seconds) == (False, seconds)


@pytest.mark.parametrize("text", ["1 business day", "8 business hours", "30 business minutes"])
def test_a_business_duration_has_a_length_only_on_a_calendar(text: str) -> None:
    duration = Duration.parse(text)
    assert duration.is_business
    with pytest.raises(InvalidDuration, match=r"Duration\.after"):
        _ = duration.seconds
    with pytest.raises(InvalidDuration, match="Name the workflow's calendar"):
        duration.after(None, MONDAY_TEN)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2 business days", datetime(2026, 1, 7, 17, tzinfo=UTC)),
        ("16 business hours", datetime(2026, 1, 7, 10, tzinfo=UTC)),
        ("30 business minutes", datetime(2026, 1, 5, 10, 30, tzinfo=UTC)),
        ("90 minutes", datetime(2026, 1, 5, 11, 30, tzinfo=UTC)),
        ("1 day", datetime(2026, 1, 6, 10, tzinfo=UTC)),
        ("2 weeks", datetime(2026, 1, 19, 10, tzinfo=UTC)),
    ],
)
def test_a_duration_is_over_when_its_own_kind_of_time_has_passed(text: str, due: datetime) -> None:
    assert Duration.parse(text).after(OFFICE, MONDAY_TEN) == due


def test_business_days_may_be_counted_in_the_other_ways() -> None:
    duration = Duration.parse("2 business days")
    assert duration.after(OFFICE, MONDAY_TEN, "same_time") == datetime(2026, 1, 7, 10, tzinfo=UTC)
    assert duration.after(OFFICE, MONDAY_TEN, "hours") == datetime(2026, 1, 7, 10, tzinfo=UTC)


def test_plain_time_passes_on_every_calendar_and_on_none() -> None:
    duration = Duration.parse("3 days")
    assert duration.after(None, MONDAY_TEN) == duration.after(OFFICE, MONDAY_TEN) == MONDAY_TEN + timedelta(days=3)


@pytest.mark.parametrize("text", ["3 days", "3 business days", "3 business hours"])
def test_a_start_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(NaiveDatetime):
        Duration.parse(text).after(OFFICE, datetime(2026, 1, 5, 10))
