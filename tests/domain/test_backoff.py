"""When a delivery that failed is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.backoff import PAUSES, next_attempt
from review_engine.domain.errors import InvalidInput

NOW = datetime(2025, 3, 3, 10, 0, tzinfo=UTC)
FAILURES = st.integers(1, len(PAUSES))
CHANCES = st.floats(0, 1, exclude_max=True)


def test_the_pauses_grow_from_a_minute_to_a_day_and_then_there_are_no_more() -> None:
    pauses = [next_attempt(failures, now=NOW, chance=0.5) for failures in range(1, 9)]
    minutes = [1, 5, 15, 60, 180, 360, 720, 1440]
    assert pauses == [NOW + timedelta(minutes=each) for each in minutes]
    assert next_attempt(9, now=NOW, chance=0.5) is None
    assert next_attempt(1_000_000, now=NOW, chance=0.5) is None


def test_chance_moves_a_pause_by_a_fifth_to_either_side() -> None:
    assert next_attempt(4, now=NOW, chance=0.0) == NOW + timedelta(minutes=48)
    assert next_attempt(4, now=NOW, chance=0.25) == NOW + timedelta(minutes=54)
    almost = next_attempt(4, now=NOW, chance=0.999999)
    assert almost is not None
    assert NOW + timedelta(minutes=71, seconds=59) < almost < NOW + timedelta(minutes=72)


@given(failures=FAILURES, chance=CHANCES)
def test_every_next_attempt_is_later_and_within_a_fifth_of_its_pause(failures: int, chance: float) -> None:
    again = next_attempt(failures, now=NOW, chance=chance)
    assert again is not None
    share = (again - NOW) / PAUSES[failures - 1]
    assert 0.8 - 1e-9 <= share <= 1.2 + 1e-9


@given(failures=FAILURES, chance=CHANCES, life=st.timedeltas(timedelta(0), timedelta(days=2)))
def test_no_attempt_is_planned_at_or_after_the_expiry(failures: int, chance: float, life: timedelta) -> None:
    unbounded = next_attempt(failures, now=NOW, chance=chance)
    bounded = next_attempt(failures, now=NOW, chance=chance, expires_at=NOW + life)
    assert unbounded is not None
    assert bounded == (unbounded if unbounded < NOW + life else None)


def test_a_pause_that_ends_with_the_expiry_is_not_taken() -> None:
    assert next_attempt(1, now=NOW, chance=0.5, expires_at=NOW + timedelta(minutes=1)) is None
    assert next_attempt(1, now=NOW, chance=0.5, expires_at=NOW + timedelta(minutes=1, seconds=1)) is not None


@pytest.mark.parametrize("failures", [0, -1])
def test_attempts_are_counted_from_one(failures: int) -> None:
    with pytest.raises(InvalidInput, match="failures"):
        next_attempt(failures, now=NOW, chance=0.5)


@pytest.mark.parametrize("chance", [-0.1, 1.0, 7.0, float("nan")])
def test_chance_lies_between_nought_and_one(chance: float) -> None:
    with pytest.raises(InvalidInput, match="chance"):
        next_attempt(1, now=NOW, chance=chance)


def test_naive_times_are_refused() -> None:
    naive = datetime(2025, 3, 3)
    with pytest.raises(InvalidInput, match="time zone"):
        next_attempt(1, now=naive, chance=0.5)
    with pytest.raises(InvalidInput, match="time zone"):
        next_attempt(1, now=NOW, chance=0.5, expires_at=naive)
