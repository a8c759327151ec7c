"""Workers that are killed at random, several on one database: every clock does what it should, once, and none is lost.

The measure is an engine in memory that was told the same times and that nobody killed: whatever the workers left behind
must be what it has, clock by clock, line by line, move by move, letter by letter.
REVIEW_CRASH=full runs 20,000 clocks and 50 kills on each database.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from review_engine import ReviewEngine
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.ports.store import Ask, Change, Dossier, Query, Store
from review_engine.testing import A_MONDAY
from tests.crash.crew import FULL, Crew, crew
from tests.crash.hands import IDLE, engine_on, ring
from tests.usecases.parcels import DELIVERY, HANDLING, RITA, Wrist, depot, sent

PARCELS = 10_000 if FULL else 1_000
"""Each has two clocks."""

KILLS = 50 if FULL else 10
HOURS = (2, 4, 6, 8, 10)
"""When clocks are due: reminders at 2, 4 and 8 hours, a breach at 6, and at 10 one that moves the parcel."""

LARGEST = 25
WORKERS = 3


@pytest.fixture
def unharmed(tmp_path: Path, wrist: Wrist) -> ReviewEngine:
    """The engine nobody kills, with parcels on their way; some are weighed, and so are sent back when they are late."""
    engine = depot(tmp_path / "flows", HANDLING % "", DELIVERY % ', move = "send_back"', clock=wrist)
    for place in range(PARCELS):
        slug = sent(engine, f"box-{place:05}")
        if place % 3 == 0:
            engine.edit(slug, {"weighed": True}, by=RITA)
    return engine


@pytest.fixture
def wrist() -> Wrist:
    return Wrist()


def test_every_clock_rings_once_whoever_is_killed(
    url: str, unharmed: ReviewEngine, wrist: Wrist, tmp_path: Path
) -> None:
    engine = engine_on(url, tmp_path / "flows", wrist)
    assert engine.desk.library.kinds() == ("app",)
    engine.desk.store.adopt(copies(unharmed.desk.store), [])
    with crew(WORKERS, ring, url, tmp_path / "flows", LARGEST) as workers:
        for hours in HOURS:
            wrist.now = A_MONDAY + timedelta(hours=hours)
            ring_all(workers, engine, KILLS // len(HOURS))
            assert unharmed.tick().put_off == 0
        assert workers.killed == KILLS
    assert engine.desk.store.next_ring() is None
    assert dossiers(engine) == dossiers(unharmed)
    assert lines(engine) == lines(unharmed)
    assert moves(engine) == moves(unharmed)
    assert letters(engine) == letters(unharmed)
    assert engine.verify_history().breaks == ()
    engine.close()


def ring_all(workers: Crew, engine: ReviewEngine, kills: int) -> None:
    """Have the crew do what is due, and kill ``kills`` of them at it, each replaced at once."""
    now, store = engine.clock(), engine.desk.store
    reports_at_least = PARCELS // LARGEST
    for worker in workers.workers:
        worker.line.send(now)
    patience = workers.dice.randint(1, reports_at_least // (kills + 1))
    while kills or _due(engine):
        for worker, word in list(workers.heard()):
            patience -= word != IDLE
            if word == IDLE and worker in workers.workers and _due(engine):
                worker.line.send(now)
        if kills and patience <= 0:
            workers.kill_one()
            workers.hire().line.send(now)
            kills -= 1
            patience = workers.dice.randint(1, reports_at_least // (kills + 2))
    assert store.ring(Ask(now, clocks=True), lambda dossier: (None, dossier.subject.key), limit=1) == []


def _due(engine: ReviewEngine) -> bool:
    wakes = engine.desk.store.next_ring()
    return wakes is not None and wakes <= engine.clock()


def copies(store: Store) -> list[Change]:
    """Everything a store holds, as changes that another one adopts."""
    return [_copy(store, dossier) for dossier in store.scan(Query(), Ask(A_MONDAY, clocks=True))]


def _copy(store: Store, dossier: Dossier) -> Change:
    key = dossier.subject.subject_key
    return Change(
        replace(dossier.subject, id=0),
        moves=tuple(store.history(key)),
        facts=tuple(store.facts_ledger(key)),
        clocks=dossier.clocks,
        clock_events=tuple(store.clock_events(key)),
    )


def dossiers(engine: ReviewEngine) -> list[Dossier]:
    """Every subject with its clocks, whatever number its row has."""
    found = engine.desk.store.scan(Query(), Ask(engine.clock(), clocks=True))
    return [replace(dossier, subject=replace(dossier.subject, id=0, said={})) for dossier in found]


def lines(engine: ReviewEngine) -> list[tuple[object, ...]]:
    """Every line of every clock."""
    return [(ledger.subject.key, *sorted(ledger.events)) for ledger in engine.desk.store.clock_ledgers()]


def moves(engine: ReviewEngine) -> list[tuple[str, str, Sequence[Move]]]:
    """Every move of every subject."""
    return list(engine.desk.store.histories())


def letters(engine: ReviewEngine) -> list[Notice]:
    """Every letter, whoever came to write it first."""
    return sorted((kept.notice for kept in engine.desk.store.notices()), key=lambda notice: notice.idem_key)
