"""The watch: whatever falls due is done once, in order, however late and however often it is asked."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from review_engine import ReviewEngine
from review_engine.domain.actors import Role
from review_engine.domain.clocks import BREACHED, MISSED, PAUSED, REMINDED, RUNNING, Clock
from review_engine.domain.cycles import Ring, ring
from review_engine.domain.errors import Conflict
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.store.memory import MemoryStore
from review_engine.testing import A_MONDAY, TurnableClock
from review_engine.usecases.watch import PUT_OFF, watch
from tests.usecases.parcels import (
    ANN,
    DELIVERY,
    HANDLING,
    HOST,
    MO,
    RITA,
    WEEKDAYS,
    Wrist,
    depot,
    nothing_is_due,
    sent,
    told,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def wrist() -> Wrist:
    return Wrist()


def clocks_of(engine: ReviewEngine, slug: str = "box") -> dict[str, Clock]:
    """The clocks of a subject."""
    key = SubjectKey.parse(slug)
    return {clock.sla: clock for clock in engine.desk.store.dossier(key, Ask(engine.clock(), clocks=True)).clocks}


def ledger(engine: ReviewEngine, kind: str, slug: str = "box") -> list[tuple[str, int, datetime]]:
    """The lines of one kind: promise, mark, when."""
    events = engine.desk.store.clock_events(SubjectKey.parse(slug))
    return [(event.sla, event.mark, event.at) for event in events if event.kind == kind]


def test_a_reminder_is_told_when_it_is_due_and_not_before(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 4 * HOUR - timedelta(microseconds=1)
    assert engine.tick().rung == ()
    wrist.now += timedelta(microseconds=1)
    tick = engine.tick()
    assert (tick.reminders, tick.breaches, tick.late_by) == (1, 0, 0.0)
    assert told(engine) == [("hurry", "delivery 1 remind 1")]
    assert engine.desk.store.next_ring() == A_MONDAY + 8 * HOUR


def test_what_rang_does_not_ring_again(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    for hours in (4, 4, 10, 10, 100):
        wrist.now = A_MONDAY + hours * HOUR
        engine.tick()
        assert engine.tick().rung == ()
    assert told(engine) == [("hurry", "delivery 1 remind 1"), ("late", "delivery 1 breach")]
    assert engine.desk.store.next_ring() is None


def test_two_reminders_that_came_due_while_nobody_looked_are_both_told(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 9 * HOUR
    tick = engine.tick()
    assert told(engine) == [("hurry", "delivery 1 remind 1"), ("hurry_2", "delivery 1 remind 2")]
    assert tick.late_by == 5 * 3600


def test_a_breach_silences_the_reminders_before_it(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 11 * HOUR
    tick = engine.tick()
    assert (tick.reminders, tick.breaches, tick.late_by) == (0, 1, 3600.0)
    assert told(engine) == [("late", "delivery 1 breach")]
    assert ledger(engine, REMINDED) == []


def test_a_breach_reaches_those_it_escalates_to(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 10 * HOUR
    engine.tick()
    (kept,) = engine.notices(by=HOST)
    assert kept.notice.to == ("reviewers", "managers")
    assert kept.notice.context["promise"] == "Delivered within 10 hours"
    assert kept.notice.context["due_at"] == "2026-03-03T04:00:00.000000Z"
    assert ledger(engine, BREACHED) == [("delivery", 1, A_MONDAY + 10 * HOUR)]


def test_a_breach_moves_by_itself_in_the_engines_name(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % ', move = "send_back"', clock=wrist)
    sent(engine)
    engine.edit("box", {"weighed": True}, by=RITA)
    wrist.now += 10 * HOUR
    tick = engine.tick()
    move = engine.history("box", by=HOST)[-1]
    assert (move.transition, move.role, move.at) == ("send_back", Role.ENGINE.value, wrist.now)
    assert tick.rung[0].moves == ("send_back",)
    assert "2026-03-03 04:00 UTC" in move.comment
    assert clocks_of(engine)["delivery"].state == MISSED
    assert engine.verify_history().breaks == ()


def test_a_breach_move_that_is_refused_leaves_the_breach_and_says_why(
    tmp_path: Path, wrist: Wrist, caplog: pytest.LogCaptureFixture
) -> None:
    engine = depot(tmp_path, DELIVERY % ', move = "send_back"', clock=wrist)
    sent(engine)
    wrist.now += 10 * HOUR
    with caplog.at_level(logging.WARNING):
        tick = engine.tick()
    assert (tick.breaches, tick.moves, tick.rung[0].refused) == (1, 0, ("send_back",))
    assert engine.subject("box", by=HOST).state == "sent"
    assert len(engine.history("box", by=HOST)) == 2
    note = next(
        event.note for event in engine.desk.store.clock_events(SubjectKey.parse("box")) if event.kind == BREACHED
    )
    assert "'send_back' could not be taken" in note
    assert "send_back" in caplog.text
    assert engine.tick().rung == ()


def test_clocks_of_one_subject_ring_in_the_order_in_which_they_are_due(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", HANDLING % "", clock=wrist)
    sent(engine)
    wrist.now += 9 * HOUR
    tick = engine.tick()
    assert len(tick.rung) == 1
    assert told(engine) == [
        ("late", "handling 1 breach"),
        ("hurry", "delivery 1 remind 1"),
        ("hurry_2", "delivery 1 remind 2"),
    ]


def test_a_move_at_one_breach_voids_the_other_clocks_of_its_subject(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", HANDLING % ', move = "send_back"', clock=wrist)
    sent(engine)
    engine.edit("box", {"weighed": True}, by=RITA)
    wrist.now += 7 * HOUR
    engine.tick()
    assert {name: clock.state for name, clock in clocks_of(engine).items()} == {"delivery": "void", "handling": MISSED}
    assert told(engine) == [("late", "handling 1 breach")]
    assert nothing_is_due(engine.desk.store, wrist.now + timedelta(days=400))


def test_a_move_at_one_breach_that_pauses_a_broken_clock_still_tells_of_it(tmp_path: Path, wrist: Wrist) -> None:
    handling = HANDLING.replace("6 hours", "10 hours") % ', move = "hold"'
    engine = depot(tmp_path, handling, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 30 * HOUR
    tick = engine.tick()
    assert tick.breaches == 2
    assert clocks_of(engine)["delivery"].state == PAUSED
    assert nothing_is_due(engine.desk.store, wrist.now)


def test_a_promise_ends_in_time_only_if_it_ends_before_the_watch_comes_by(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 10 * HOUR
    engine.move("box", "arrive", by=RITA)
    assert engine.tick().rung == ()
    assert told(engine) == []


def test_a_paused_promise_does_not_ring(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)
    wrist.now += 3 * HOUR
    engine.move("box", "hold", by=RITA)
    wrist.now += 300 * HOUR
    assert engine.tick().rung == ()
    engine.move("box", "send", by=ANN)
    wrist.now += HOUR
    assert engine.tick().reminders == 1


def test_a_wall_clock_set_back_an_hour_fires_nothing_twice(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", HANDLING % "", clock=wrist)
    sent(engine)
    for minutes in range(0, 12 * 60, 30):
        wrist.now = A_MONDAY + timedelta(minutes=minutes)
        engine.tick()
        wrist.now -= HOUR
        engine.tick()
    causes = [cause for _, cause in told(engine)]
    assert sorted(causes) == sorted(set(causes))
    assert len(causes) == 5


def test_three_days_down_everything_is_done_once_and_the_oldest_first(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    for number in (3, 1, 2):
        sent(engine, f"box-{number}")
        wrist.now += timedelta(minutes=10)
    wrist.now += timedelta(days=3)
    tick = engine.tick()
    assert [rung.subject for rung in tick.rung] == ["app/box-3", "app/box-1", "app/box-2"]
    assert tick.breaches == 3
    assert len(told(engine)) == 3
    assert engine.tick().rung == ()


def test_more_is_due_than_fits_one_transaction(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    for number in range(7):
        sent(engine, f"box-{number}")
    wrist.now += 11 * HOUR
    seen: list[int] = []
    tick = watch(engine.desk, now=wrist.now, batch=3, progress=seen.append)
    assert [rung.subject for rung in tick.rung] == [f"app/box-{number}" for number in range(7)]
    assert seen == [3, 6, 7]


def test_a_subject_is_watched_by_the_workflow_it_entered_with(tmp_path: Path, wrist: Wrist) -> None:
    before = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(before)
    after = depot(tmp_path, HANDLING % "", clock=wrist)
    store = before.desk.store
    for kind in before.desk.library.kinds():
        book = before.desk.library.current(kind)
        kept = store.workflow(book.lifecycle.revision)
        assert kept is not None
        after.desk.store.keep_workflow(kind, book.lifecycle.revision, kept[1])
    moved_house(store.dossier(SubjectKey.parse("box"), Ask(wrist.now, clocks=True)), after)
    wrist.now += 4 * HOUR
    assert after.tick().reminders == 1
    assert told(after) == [("hurry", "delivery 1 remind 1")]


def moved_house(dossier: Dossier, engine: ReviewEngine) -> None:
    """Bring a subject and its clocks into another engine's store, as they are."""
    engine.desk.store.add(Change(dossier.subject, clocks=dossier.clocks))


def test_a_clock_whose_promise_is_no_longer_made_is_let_go(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    sent(engine)

    def orphan(dossier: Dossier) -> tuple[Change | None, None]:
        (clock,) = dossier.clocks
        due = wrist.now + HOUR
        stray = Clock("forgotten", 1, 0, RUNNING, wrist.now, due, "1 hour", clock.calendar, wakes_at=due)
        subject = replace(dossier.subject, revision=dossier.subject.revision + 1)
        return Change(subject, clocks=(stray,)), None

    engine.desk.store.change(SubjectKey.parse("box"), Ask(wrist.now, clocks=True), orphan)
    wrist.now += 2 * HOUR
    assert engine.tick().breaches == 0
    assert clocks_of(engine)["forgotten"].wakes_at is None


def test_one_subject_that_cannot_be_written_keeps_back_itself_only(
    tmp_path: Path, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    for slug in ("bad", "fine", "good"):
        sent(engine, slug)
    wrist.now += 5 * HOUR
    whole = MemoryStore._refuse

    def fragile(store: MemoryStore, change: Change, *given: Any) -> None:
        if change.subject.key == "app/bad" and change.notices:
            raise Conflict("it is there already")
        whole(store, change, *given)

    monkeypatch.setattr(MemoryStore, "_refuse", fragile)
    tick = engine.tick()
    assert sorted((rung.subject, bool(rung.trouble), rung.reminders) for rung in tick.rung) == [
        ("app/bad", True, 0),
        ("app/fine", False, 1),
        ("app/good", False, 1),
    ]
    assert engine.tick().rung == ()


def test_a_subject_that_cannot_be_decided_is_put_off_and_holds_nobody_up(
    tmp_path: Path, wrist: Wrist, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = depot(tmp_path, DELIVERY % "", clock=wrist)
    for slug in ("bad", "good"):
        sent(engine, slug)
    wrist.now += 5 * HOUR
    failures = iter([ValueError("a broken spring")])

    def fragile(*given: Any) -> Ring:
        for failure in failures:
            raise failure
        return ring(*given)

    monkeypatch.setattr("review_engine.usecases.watch.ring", fragile)
    tick = engine.tick()
    assert [(rung.subject, rung.trouble, rung.reminders) for rung in tick.rung] == [
        ("app/bad", "a broken spring", 0),
        ("app/good", "", 1),
    ]
    assert tick.put_off == 1
    assert engine.tick().rung == ()
    wrist.now += PUT_OFF
    assert [(rung.subject, rung.reminders) for rung in engine.tick().rung] == [("app/bad", 1)]
    assert "a broken spring" in caplog.text


def test_business_time_stands_still_over_the_weekend(tmp_path: Path) -> None:
    clock = TurnableClock(datetime.fromisoformat("2026-03-06T16:00:00+00:00"))
    promise = DELIVERY.replace(" hours", " business hours") % ""
    engine = depot(tmp_path, promise, clock=clock, calendar=WEEKDAYS)
    sent(engine)
    clock.turn("2 days")
    assert engine.tick().rung == ()
    clock.turn(datetime.fromisoformat("2026-03-09T12:00:00+00:00"))
    assert engine.tick().reminders == 1


def test_a_manager_can_still_do_by_hand_what_the_engine_was_refused(tmp_path: Path, wrist: Wrist) -> None:
    engine = depot(tmp_path, DELIVERY % ', move = "send_back"', clock=wrist)
    sent(engine)
    wrist.now += 10 * HOUR
    engine.tick()
    engine.edit("box", {"weighed": True}, by=RITA)
    assert engine.move("box", "send_back", by=MO).state == "returned"
    assert clocks_of(engine)["delivery"].state == MISSED
