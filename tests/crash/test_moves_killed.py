"""Processes that move subjects, against each other, and are killed at it: what was acknowledged stays, all of it.

A move is a row of history, the subject's state, a letter and a turn of its clock: all of them or none.
REVIEW_CRASH=full kills 500 on each database.
"""

from pathlib import Path

from review_engine import Actor, ReviewEngine
from review_engine.domain.moves import Move
from review_engine.testing import A_MONDAY
from tests.crash.crew import FULL, crew
from tests.crash.hands import ANN, engine_on, move
from tests.usecases.parcels import ALWAYS

KILLS = 500 if FULL else 12
WORKERS = 3
SLUGS = tuple(f"ferry-{place}" for place in range(6))
"""Few, so that the processes contend for them."""

FERRY = """
[lifecycle]
name     = "app"
title    = "Ferry"
starts   = "here"
calendar = "office"

[states.here]
title     = "Here"
waits_for = "partner"

[states.there]
title     = "There"
waits_for = "reviewer"

[transitions.go]
title   = "Go"
from    = ["here"]
to      = "there"
by      = ["partner"]
notices = ["went"]

[transitions.return]
title   = "Return"
from    = ["there"]
to      = "here"
by      = ["partner"]
notices = ["went"]

[sla.crossing]
title   = "There within 2 days"
runs_in = ["there"]
within  = "2 days"
breach  = { notices = ["went"] }

[notices]
went = { to = ["partner", "reviewers"] }
"""


def test_what_was_acknowledged_is_kept_whole_and_nothing_else_is_told(url: str, tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    (flows / "calendars").mkdir(parents=True)
    (flows / "calendars" / "office.toml").write_text(ALWAYS, encoding="utf-8")
    (flows / "app.toml").write_text(FERRY, encoding="utf-8")
    engine = engine_on(url, flows, lambda: A_MONDAY)
    for slug in SLUGS:
        engine.register(slug, partner="acme", by=ANN)
    acknowledged = moved_and_killed(url, flows)
    assert len(acknowledged) == len(set(acknowledged)) >= KILLS
    kept = {(key, one.number, one.hash) for key, _, chain in engine.desk.store.histories() for one in chain}
    assert set(acknowledged) <= kept
    assert engine.verify_history().breaks == ()
    for slug in SLUGS:
        assert_whole(engine, slug)
    engine.close()


def moved_and_killed(url: str, flows: Path) -> list[tuple[str, int, str]]:
    """Have them move until enough of them were killed; every move that one of them held a receipt of."""
    acknowledged: list[tuple[str, int, str]] = []
    with crew(WORKERS, move, url, flows, SLUGS, A_MONDAY) as workers:
        while workers.killed < KILLS:
            for _ in range(workers.dice.randint(1, 25)):
                acknowledged += [word for _, word in workers.heard()]
            acknowledged += workers.kill_one()[1]
            workers.hire()
        acknowledged += workers.dismiss()
    return [(f"app/{slug}", number, sealed) for slug, number, sealed in acknowledged]


def assert_whole(engine: ReviewEngine, slug: str) -> None:
    """Whatever one move writes is there for each move, and for nothing else."""
    subject = engine.subject(slug, by=Actor.host())
    chain = engine.history(slug, by=Actor.host())
    crossings = [one for one in chain if one.transition != "register"]
    assert [one.number for one in chain] == list(range(1, subject.number + 1))
    assert (subject.state, subject.head) == (chain[-1].target, chain[-1].hash)
    told = [kept.notice.cause for kept in engine.notices(slug, by=Actor.host())]
    assert sorted(told) == sorted(f"move {one.number}" for one in crossings)
    lines = engine.desk.store.clock_events(subject.subject_key)
    assert [(line.kind, line.cycle, line.mark) for line in lines] == [_turn(one) for one in crossings]


def _turn(one: Move) -> tuple[str, int, int]:
    """The line that a move leaves in the ledger of the clock."""
    return ("start" if one.transition == "go" else "stop", one.number // 2, one.number)
