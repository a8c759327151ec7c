"""An engine in memory with data behind the interface, and a caller."""

from collections.abc import Iterator

import pytest

from review_engine import ReviewEngine
from review_engine.testing import TurnableClock
from tests.api.desk import ANN, Caller, caller, opened


@pytest.fixture
def clock() -> TurnableClock:
    """Time that stands still."""
    return TurnableClock()


@pytest.fixture
def engine(clock: TurnableClock) -> Iterator[ReviewEngine]:
    """An engine with people and apps."""
    furnished = opened(clock)
    yield furnished
    furnished.close()


@pytest.fixture
def ann(engine: ReviewEngine) -> Caller:
    """A partner, whose apps they are."""
    return caller(engine, ANN)
