"""When the catalog is looked at again: soon at first, never more than an hour later, and never in the past."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.listings import next_look

SINCE = datetime(2026, 3, 2, 18, tzinfo=UTC)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400)))
def test_the_next_look_comes_after_15_seconds_at_least_and_an_hour_at_most(waited: timedelta) -> None:
    pause = next_look(SINCE, SINCE + waited) - (SINCE + waited)
    assert timedelta(seconds=15) <= pause <= timedelta(hours=1)


def test_the_longer_it_waits_the_longer_it_is_left_alone() -> None:
    pauses = [next_look(SINCE, SINCE + timedelta(minutes=n)) - SINCE - timedelta(minutes=n) for n in (0, 2, 20, 200)]
    assert pauses == sorted(pauses)
    assert pauses[2] == timedelta(minutes=5)
