"""How lengths of time are said to people."""

from datetime import timedelta

import pytest

from review_engine.domain.wording import spoken


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (timedelta(days=3, hours=1, minutes=59), "3 days 1 hour"),
        (timedelta(days=1, minutes=59), "1 day"),
        (timedelta(hours=2, minutes=1, seconds=59), "2 hours 1 minute"),
        (timedelta(seconds=61), "1 minute 1 second"),
        (timedelta(seconds=1, microseconds=999_999), "1 second"),
        (timedelta(microseconds=999_999), "less than a second"),
        (-timedelta(hours=5), "5 hours"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units_rounded_down(amount: timedelta, told: str) -> None:
    assert spoken(amount) == told


def test_business_time_is_told_in_hours_because_a_day_has_no_fixed_length() -> None:
    assert spoken(timedelta(days=1, hours=3, minutes=30), days=False) == "27 hours 30 minutes"
