"""Whatever people do and however the wall clock jumps, a round of the watch ends, and ends with nothing left to do."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review_engine import ReviewEngine, ReviewEngineError
from review_engine.domain.clocks import BREACHED, REMINDED
from review_engine.domain.keys import SubjectKey
from review_engine.store.memory import MemoryStore
from review_engine.testing import A_MONDAY
from tests.usecases.parcels import (
    ANN,
    DELIVERY,
    HANDLING,
    RITA,
    WEEKDAYS,
    Wrist,
    depot,
    nothing_is_due,
    sent,
    told,
)

BUSINESS = HANDLING.replace(" hours", " business hours") % ', move = "hold"'
PROMISES = {
    "plain time, broken by a move that pauses the other": (DELIVERY % "", HANDLING % ', move = "hold"'),
    "business time and plain time": (DELIVERY % ', move = "send_back"', BUSINESS),
    "reminders close together": (DELIVERY.replace("8 hours", "5 hours") % "", BUSINESS),
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["nothing", "send", "hold", "weigh", "arrive", "tick", "tick"]),
        st.integers(-90, 2000),
    ),
    max_size=25,
)


@pytest.fixture(scope="module", params=PROMISES, ids=lambda name: str(name).replace(" ", "_"))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ReviewEngine:
    folder: Path = tmp_path_factory.mktemp("depot")
    return depot(folder, *PROMISES[request.param], clock=Wrist(), calendar=WEEKDAYS)


def emptied(engine: ReviewEngine) -> tuple[ReviewEngine, Wrist]:
    """The same workflows over an empty store, with a watch of its own."""
    wrist = Wrist()
    return replace(engine, desk=replace(engine.desk, store=MemoryStore()), clock=wrist), wrist


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, last=st.integers(0, 20_000))
def test_every_round_ends_with_nothing_left_and_nothing_is_told_twice(
    engine: ReviewEngine, steps: list[tuple[str, int]], last: int
) -> None:
    engine, wrist = emptied(engine)
    names = count()
    slug = sent(engine, f"box-{next(names)}")
    for action, minutes in [*steps, ("tick", last)]:
        wrist.now += timedelta(minutes=minutes)
        if action == "tick":
            engine.tick()
            assert nothing_is_due(engine.desk.store, wrist.now)
            assert engine.tick().rung == ()
        else:
            with suppress(ReviewEngineError):
                act(engine, slug, action)
    causes = told(engine)
    assert len(causes) == len(set(causes))
    events = engine.desk.store.clock_events(SubjectKey.parse(slug))
    fired = [event[:4] for event in events if event.kind in (REMINDED, BREACHED)]
    assert len(fired) == len(set(fired))
    assert engine.verify_history().breaks == ()


def act(engine: ReviewEngine, slug: str, action: str) -> None:
    """Somebody does something, if they may."""
    if action == "weigh":
        engine.edit(slug, {"weighed": True}, by=RITA)
    elif action != "nothing":
        engine.move(slug, action, by=ANN if action == "send" else RITA)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gaps=st.lists(st.integers(1, 600), min_size=1, max_size=6),
    looks=st.lists(st.integers(1, 900), min_size=1, max_size=12),
)
def test_it_does_not_matter_when_the_watch_comes_by_for_what_is_broken(
    engine: ReviewEngine, gaps: list[int], looks: list[int]
) -> None:
    often, first = emptied(engine)
    once, second = emptied(engine)
    for other, wrist in ((often, first), (once, second)):
        for place, gap in enumerate(gaps):
            wrist.now += timedelta(minutes=gap)
            sent(other, f"box-{place}")
    for minutes in looks:
        first.now += timedelta(minutes=minutes)
        often.tick()
    end = A_MONDAY + timedelta(days=30)
    first.now = second.now = end
    often.tick()
    once.tick()
    assert broken(often) == broken(once)


def broken(engine: ReviewEngine) -> set[tuple[str, str, int]]:
    """Every breach on record of the plain promise: subject, promise, cycle."""
    return {
        (ledger.subject.key, event.sla, event.cycle)
        for ledger in engine.desk.store.clock_ledgers()
        for event in ledger.events
        if event.kind == BREACHED and event.sla == "handling"
    }
