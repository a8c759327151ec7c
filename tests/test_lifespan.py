"""The lifespan of a service: clocks are turned and letters leave while it lasts, and nothing is left half done."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from review_engine import Actor, ReviewEngine, open_engine
from review_engine.channels.memory import MemoryChannel
from review_engine.domain.notices import Notice
from review_engine.ports.channels import BeforeData, Delivery
from review_engine.ports.outbox import PENDING, SENDING, SENT, Outgoing, Recipient
from review_engine.settings import RouteSettings, Settings
from review_engine.store.vault import new_key
from review_engine.testing import A_MONDAY, TurnableClock, open_test_engine
from review_engine.usecases.account import Pace
from review_engine.worker import STOP_SECONDS, Hands, Worker, standing
from tests.usecases.conftest import ready

PATIENCE = 30.0
"""Seconds after which a test that waits for a thread gives up."""

ANN, HOST = Actor.partner("p-ann", of="acme"), Actor.host()


class Bell(MemoryChannel):
    """Rings whenever it was handed something."""

    def __init__(self) -> None:
        super().__init__()
        self.rung = Event()

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        delivery = await super().deliver(outgoing, content, before_data)
        self.rung.set()
        return delivery


def awaited(true: Callable[[], bool]) -> bool:
    """Whether it becomes true; looked at every now and then."""
    waiting = Event()
    return any(true() or waiting.wait(0.02) for _ in range(int(PATIENCE / 0.02)))


def at_work() -> int:
    """How many threads of ours are alive."""
    return sum(thread.name in ("hands", "delivery") for thread in threading.enumerate())


def submitted(engine: ReviewEngine, slug: str = "sync") -> None:
    ready(engine, slug)
    engine.move(slug, "submit", by=ANN)


@pytest.fixture
def log() -> Bell:
    return Bell()


@pytest.fixture
def engine(log: Bell) -> ReviewEngine:
    return open_test_engine(channels={"email": MemoryChannel(), "log": log}, secret_key=new_key())


def turned(engine: ReviewEngine, by: str) -> None:
    assert isinstance(engine.clock, TurnableClock)
    engine.clock.turn(by)


async def test_what_falls_due_while_it_lasts_is_done(engine: ReviewEngine) -> None:
    submitted(engine)
    async with engine.lifespan(object()):
        turned(engine, "14 days")
        assert awaited(lambda: any(notice.notice.name == "decision_overdue" for notice in engine.notices(by=HOST)))
    assert at_work() == 0


def test_an_application_may_have_it_as_its_lifespan_twice_in_a_row_and_within_itself(engine: ReviewEngine) -> None:
    app, other = FastAPI(lifespan=engine.lifespan), FastAPI(lifespan=engine.lifespan)
    for _ in range(2):
        with TestClient(app):
            assert awaited(lambda: [one.alive for one in standing(engine)] == [True])
            with TestClient(other):
                assert at_work() == 2
            assert at_work() == 2
        assert at_work() == 0
        assert [one.stopped for one in standing(engine)] == [True]
    assert engine.list(by=ANN) == []


async def test_an_engine_without_hands_has_a_lifespan_that_does_nothing(engine: ReviewEngine) -> None:
    async with replace(engine, hands=None).lifespan():
        assert at_work() == 0


async def test_letters_leave_while_it_lasts_and_none_is_left_claimed(tmp_path: Path) -> None:
    routes = RouteSettings(partner=("log",), reviewer=("log",), manager=("log",))
    settings = Settings(routes=routes, secret_key=SecretStr(new_key()))
    engine = open_engine(settings, url=f"sqlite:///{tmp_path / 'reviews.db'}")
    submitted(engine)
    async with engine.lifespan():
        assert engine.post is not None
        outbox = engine.post.outbox
        assert awaited(lambda: any(status == SENT for _, status in outbox.census()))
    assert SENDING not in {status for _, status in outbox.census()}
    assert engine.subject("sync", by=ANN).state == "submitted"
    engine.close()


async def test_what_a_relay_does_not_answer_is_given_back_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Bell):
        async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
            self.rung.set()
            await asyncio.Event().wait()
            raise AssertionError("it never answers")

    log = Hanging()
    engine = open_test_engine(channels={"email": MemoryChannel(), "log": log})
    assert engine.post is not None
    notice = Notice("submitted", "app/sync", "acme", "move 1", ("partner",), A_MONDAY, {})
    to = Recipient("p-ann", "ann@acme.example")
    engine.post.outbox.put([Outgoing("key", "log", to, "submitted", notice, A_MONDAY, A_MONDAY)])
    monkeypatch.setattr("review_engine.worker._BRISK", Pace(idle=0.01, grace=0.05))
    async with engine.lifespan():
        assert awaited(log.rung.is_set)
    assert at_work() == 0
    assert engine.post.outbox.census() == {("log", PENDING): 1}


def test_a_round_under_way_ends_after_its_transaction(engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(engine)
    turned(engine, "14 days")
    worker = Worker(engine, name="w", delivers=False)
    worker.stop(hurry=True)
    worker.run()
    assert [one.stopped for one in standing(engine)] == [True]
    Worker(engine, name="next").round()
    assert [notice.notice.name for notice in engine.notices(by=HOST)].count("decision_overdue") == 1


def test_hands_that_do_not_end_in_time_are_left_alone(
    engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go_on, inside = Event(), Event()

    def stuck(worker: Worker) -> None:
        inside.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(Worker, "run", stuck)
    monkeypatch.setattr("review_engine.worker.STOP_SECONDS", 0.01)
    with Hands(timedelta(seconds=1))(engine):
        assert inside.wait(PATIENCE)
    assert "did not end in time" in caplog.text
    go_on.set()
    assert STOP_SECONDS == 10.0
