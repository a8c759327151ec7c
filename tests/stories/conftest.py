"""Every story is told twice: over the memory engine, and on an SQLite file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from review_engine.assembly import open_engine
from review_engine.settings import Settings
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from tests.stories.world import World

KEY = new_key()


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world in which nothing has happened yet; its clock stands on a Monday morning."""
    clock = TurnableClock()
    if request.param == "memory":
        engine = open_test_engine(clock=clock, secret_key=KEY)
    else:
        settings = Settings(secret_key=SecretStr(KEY))
        engine = open_engine(settings, url=f"sqlite:///{tmp_path / 'story.db'}", clock=clock)
    clock.calendar = engine.desk.library.calendar("business")
    yield World(engine, clock)
    engine.close()
