"""The worker: it does what is due when it is due, says that it lives, and ends when it is asked to, not before."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from review_engine import ReviewEngine
from review_engine.ports.timers import Heartbeat
from review_engine.testing import A_MONDAY
from review_engine.usecases.watch import Tick
from review_engine.worker import FORGOTTEN, GRACE, REST, SETTLE_EVERY, Worker, standing
from tests.usecases.parcels import DELIVERY, HANDLING, Wrist, depot, sent, told

HOUR = timedelta(hours=1)
PATIENCE = 30.0
"""Seconds after which a test that waits for a thread gives up."""


@pytest.fixture
def wrist() -> Wrist:
    return Wrist()


@pytest.fixture
def engine(tmp_path: Path, wrist: Wrist) -> ReviewEngine:
    return depot(tmp_path, DELIVERY % "", HANDLING % "", clock=wrist)


def test_a_round_does_what_is_due_and_promises_the_next_one(engine: ReviewEngine, wrist: Wrist) -> None:
    sent(engine)
    wrist.now += 2 * HOUR
    assert Worker(engine, name="w").round().reminders == 1
    (beat,) = engine.desk.store.heartbeats()
    assert (beat.name, beat.at) == ("w", wrist.now)
    assert beat.details["next"] == (wrist.now + REST).isoformat()
    assert beat.details["last"] == {"reminders": 1, "breaches": 0, "moves": 0, "late_by": 0.0}


def test_the_next_look_is_when_the_next_clock_is_due_if_that_is_sooner(engine: ReviewEngine, wrist: Wrist) -> None:
    sent(engine)
    wrist.now += 2 * HOUR - timedelta(seconds=10)
    Worker(engine, name="w").round()
    assert engine.desk.store.heartbeats()[0].details["next"] == (A_MONDAY + 2 * HOUR).isoformat()


def test_counts_add_up_over_rounds(engine: ReviewEngine, wrist: Wrist) -> None:
    sent(engine)
    worker = Worker(engine, name="w")
    for hours in (2, 4, 12):
        wrist.now = A_MONDAY + hours * HOUR
        worker.round()
    details = engine.desk.store.heartbeats()[0].details
    assert {name: details[name] for name in ("rounds", "reminders", "breaches")} == {
        "rounds": 3,
        "reminders": 2,
        "breaches": 2,
    }


def test_the_engine_settles_at_the_first_round_and_every_few_minutes(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    at: list[datetime] = []
    monkeypatch.setattr(type(engine), "settle", noting(at))
    worker = Worker(engine, name="w")
    for _ in range(12):
        worker.round()
        wrist.now += timedelta(minutes=1)
    assert at == [A_MONDAY, A_MONDAY + SETTLE_EVERY, A_MONDAY + 2 * SETTLE_EVERY]


def test_a_wall_clock_set_back_does_not_keep_the_engine_from_settling(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[datetime] = []
    monkeypatch.setattr(type(engine), "settle", noting(settled))
    worker = Worker(engine, name="w")
    worker.round()
    wrist.now -= HOUR
    worker.round()
    assert len(settled) == 2


def noting(at: list[datetime]) -> Callable[[ReviewEngine], list[object]]:
    """Notes when it was asked, in place of settling."""

    def settle(engine: ReviewEngine) -> list[object]:
        at.append(engine.clock())
        return []

    return settle


# Alive or dead


def test_a_worker_is_alive_until_its_heartbeat_is_five_seconds_late(engine: ReviewEngine, wrist: Wrist) -> None:
    Worker(engine, name="w").round()
    wrist.now += REST + GRACE
    assert [one.alive for one in standing(engine)] == [True]
    wrist.now += timedelta(microseconds=1)
    (dead,) = standing(engine)
    assert (dead.name, dead.alive, dead.stopped, dead.seen_at) == ("w", False, False, A_MONDAY)


def test_a_worker_that_nobody_has_seen_for_a_day_is_no_longer_spoken_of(engine: ReviewEngine, wrist: Wrist) -> None:
    Worker(engine, name="old").round()
    wrist.now += FORGOTTEN
    Worker(engine, name="new").round()
    assert [one.name for one in standing(engine)] == ["new"]


def test_a_heartbeat_that_promises_nothing_is_no_sign_of_life(engine: ReviewEngine, wrist: Wrist) -> None:
    engine.desk.store.beat(Heartbeat("odd", wrist.now, {"next": 5}))
    assert [(one.name, one.alive, one.due_at) for one in standing(engine)] == [("odd", False, None)]


# Running


class Running:
    """A worker that runs in a thread, and the rounds it made."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.rounds = 0
        self._made = threading.Semaphore(0)
        self._thread = Thread(target=worker.run, daemon=True)

    def watch(self, monkeypatch: pytest.MonkeyPatch, before: Callable[[int], None] = lambda number: None) -> "Running":
        """Count rounds, and do something before each."""
        whole = Worker.round

        def counted(worker: Worker) -> Tick:
            self.rounds += 1
            try:
                before(self.rounds)
                return whole(worker)
            finally:
                self._made.release()

        monkeypatch.setattr(Worker, "round", counted)
        return self

    def start(self) -> "Running":
        self._thread.start()
        return self

    def wait(self, rounds: int = 1) -> None:
        """Wait until so many more rounds were made."""
        for _ in range(rounds):
            assert self._made.acquire(timeout=PATIENCE)

    def stop(self) -> None:
        self.worker.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def test_what_fell_due_while_it_was_down_is_done_at_its_first_round(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(engine)
    wrist.now += timedelta(days=3)
    running = Running(Worker(engine, name="w")).watch(monkeypatch).start()
    running.wait()
    running.stop()
    assert told(engine) == [("late", "handling 1 breach"), ("late", "delivery 1 breach")]


def test_it_comes_back_when_the_next_clock_is_due(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(engine)
    wrist.now += 2 * HOUR - timedelta(milliseconds=50)

    def later(number: int) -> None:
        if number == 2:
            wrist.now = A_MONDAY + 2 * HOUR

    running = Running(Worker(engine, name="w", rest=timedelta(hours=1))).watch(monkeypatch, later).start()
    running.wait(2)
    running.stop()
    assert told(engine) == [("hurry", "handling 1 remind 1")]


def test_a_round_that_raises_is_tried_again_and_said_in_the_heartbeat(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent(engine)
    wrist.now += 7 * HOUR
    troubles: list[object] = []

    def fails(number: int) -> None:
        if number == 2:
            troubles.append(engine.desk.store.heartbeats()[0].details["trouble"])
        if number == 1:
            raise OSError("the database is away")

    monkeypatch.setattr("review_engine.worker._RETRIES", (timedelta(),))
    running = Running(Worker(engine, name="w")).watch(monkeypatch, fails).start()
    running.wait(2)
    running.stop()
    assert troubles == ["the database is away"]
    assert ("late", "handling 1 breach") in told(engine)
    assert "the database is away" in caplog.text


def test_a_worker_without_a_database_goes_on_trying(
    engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OSError("the database is away")

    for name in ("ring", "beat", "next_ring"):
        monkeypatch.setattr(engine.desk.store, name, away)
    monkeypatch.setattr("review_engine.worker._RETRIES", (timedelta(),))
    with caplog.at_level(logging.WARNING):
        running = Running(Worker(engine, name="w")).watch(monkeypatch).start()
        running.wait(3)
        running.stop()
    assert "could not be written either" in caplog.text
    assert "left without a last heartbeat" in caplog.text


def test_a_worker_that_is_stopped_finishes_its_round_and_says_goodbye(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(engine)
    wrist.now += 7 * HOUR
    inside, go_on = Event(), Event()

    def slow(number: int) -> None:
        inside.set()
        assert go_on.wait(PATIENCE)

    running = Running(Worker(engine, name="w")).watch(monkeypatch, slow).start()
    assert inside.wait(PATIENCE)
    running.worker.stop()
    assert told(engine) == []
    go_on.set()
    running.stop()
    assert told(engine) == [("late", "handling 1 breach"), ("hurry", "delivery 1 remind 1")]
    (gone,) = standing(engine)
    assert (gone.alive, gone.stopped, gone.due_at) == (False, True, None)


@pytest.mark.skipif(sys.platform == "win32", reason="asks a process to end as POSIX does")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_asked_to_end_ends_after_its_round(
    engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("only the main thread is told of signals")
    before = signal.getsignal(number)
    worker = Worker(engine, name="w")
    Running(worker).watch(monkeypatch, lambda _: os.kill(os.getpid(), number))
    worker.run()
    assert standing(engine)[0].stopped
    assert engine.desk.store.heartbeats()[0].details["rounds"] == 1
    assert signal.getsignal(number) is before


def test_a_long_round_says_that_it_is_at_work(
    engine: ReviewEngine, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(3):
        sent(engine, f"box-{place}")
    wrist.now += 7 * HOUR
    said: list[object] = []
    monkeypatch.setattr(engine.desk.store, "beat", lambda one: said.append(one.details.get("doing")))
    Worker(engine, name="w").round()
    assert said == ["3 subjects of this round so far", None]
