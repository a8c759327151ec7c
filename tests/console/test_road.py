"""The drawn road: generic for any workflow."""

from datetime import UTC, datetime, timedelta

import pytest

from review_engine import ReviewEngine
from review_engine.console.road import AHEAD, DONE, HERE, drawn, main_road
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.moves import Move

START = datetime(2026, 3, 2, 18, tzinfo=UTC)

ROADS = {
    "app": ("preview", "submitted", "in_review", "public_beta", "public"),
    "component": ("building", "ready"),
    "access_request": ("draft", "received", "approved"),
    "membership": ("prepared", "invited", "member"),
}


def walked(*states: str) -> list[Move]:
    """A history through these states, an hour apart."""
    sources = ("", *states)
    return [
        Move("app/x", n, "t", sources[n - 1], state, "partner", "p", START + timedelta(hours=n), "w", 0, "h")
        for n, state in enumerate(states, start=1)
    ]


def marks(lifecycle: Lifecycle, state: str, *states: str) -> list[tuple[str, str]]:
    return [(place.state.name, place.mark) for place in drawn(lifecycle, state, walked(*states))]


@pytest.mark.parametrize("kind", ROADS)
def test_the_road_of_each_shipped_workflow_leads_to_its_goal(engine: ReviewEngine, kind: str) -> None:
    assert main_road(engine.lifecycle(kind)) == ROADS[kind]


def test_every_workflow_and_every_state_can_be_drawn(engine: ReviewEngine) -> None:
    for kind in engine.desk.library.kinds():
        lifecycle = engine.lifecycle(kind)
        for state in lifecycle.states:
            places = drawn(lifecycle, state, walked(lifecycle.starts, state))
            assert [place.state.name for place in places if place.mark == HERE] == [state]


def test_what_lies_behind_is_done_and_dated(engine: ReviewEngine) -> None:
    lifecycle = engine.lifecycle("app")
    places = drawn(lifecycle, "in_review", walked("preview", "submitted", "in_review"))
    assert [place.mark for place in places] == [DONE, DONE, HERE, AHEAD, AHEAD]
    assert [place.since is not None for place in places] == [True, True, True, False, False]


def test_a_state_beside_the_road_stands_behind_where_it_was_left(engine: ReviewEngine) -> None:
    lifecycle = engine.lifecycle("app")
    found = marks(lifecycle, "changes_requested", "preview", "submitted", "in_review", "changes_requested")
    assert found[2:4] == [("in_review", DONE), ("changes_requested", HERE)]
    assert [mark for _, mark in found[4:]] == [AHEAD, AHEAD]


def test_somebody_who_came_back_is_drawn_where_they_stand_now(engine: ReviewEngine) -> None:
    lifecycle = engine.lifecycle("app")
    found = marks(lifecycle, "preview", "preview", "submitted", "in_review", "rejected", "preview")
    assert [mark for _, mark in found] == [HERE, AHEAD, AHEAD, AHEAD, AHEAD]


def test_a_subject_that_was_taken_in_beside_the_road_is_drawn_too(engine: ReviewEngine) -> None:
    found = marks(engine.lifecycle("app"), "removed", "removed")
    assert ("removed", HERE) in found
