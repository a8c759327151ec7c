"""A service over an engine in memory, and a client of it."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from review_engine import Actor, ReviewEngine
from review_engine.service import asgi
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from review_engine.worker import Worker

HOST = Actor.host()
ANN = Actor.partner("p-ann", of="acme")


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def engine(clock: TurnableClock) -> Iterator[ReviewEngine]:
    engine = open_test_engine(clock=clock, secret_key=new_key())
    yield engine
    engine.close()


@pytest.fixture
def client(engine: ReviewEngine) -> TestClient:
    """A client of the service without a worker of its own; whoever needs a heartbeat makes a round."""
    return TestClient(asgi(engine, metrics=True, worker=False), follow_redirects=False)


@pytest.fixture
def round(engine: ReviewEngine) -> Callable[[], object]:
    """One round of a worker."""
    return Worker(engine, name="w", delivers=False).round
