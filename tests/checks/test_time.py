"""Checks that look at time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.checks.parameters import Misfit
from review_engine.checks.time import span, stood_for
from tests.checks.samples import LIFECYCLE, NOW, case, guard


@given(st.timedeltas(timedelta(0), timedelta(days=40)))
def test_it_has_stood_long_enough_from_the_very_moment_on(stood: timedelta) -> None:
    test = stood_for(guard(), LIFECYCLE, within=timedelta(days=14))

    assert test(case(since=NOW - stood)).met is (stood >= timedelta(days=14))


def test_the_reason_says_since_when_and_how_long_is_asked_for() -> None:
    verdict = stood_for(guard(), LIFECYCLE, within=timedelta(days=28))(case())

    assert (verdict.outcome, verdict.reason) == ("failed", "in Preview since 2026-02-10; 28 days are asked for")
    assert verdict.cure == "Make it true."


def test_time_in_another_state_does_not_count() -> None:
    test = stood_for(guard(), LIFECYCLE, within=timedelta(days=14), state="public_beta")

    assert test(case()).reason == "it does not stand in Public Beta"
    assert test(case(state="public_beta")).met


def test_no_time_at_all_is_refused() -> None:
    with pytest.raises(Misfit, match="the time is zero"):
        stood_for(guard(), LIFECYCLE, within=timedelta(0))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=28), "28 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=1), "1 second"),
    ],
)
def test_a_span_is_told_in_its_largest_whole_unit(length: timedelta, words: str) -> None:
    assert span(length) == words
