"""One suite, three plugs: every test that asks for a ``store`` is run on each of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review_engine.ports.directory import Register
from review_engine.ports.store import Store
from review_engine.store.memory import MemoryStore
from review_engine.store.opening import open_register, open_store

PLUGS = ("memory", "sqlite", "postgres")
DATABASES = ("sqlite", "postgres")


@pytest.fixture
def url(plug: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the plug's sort; the memory store has none."""
    if plug == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/reviews.db" if plug == "sqlite" else ""


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], Store]]:
    """Opens further stores on the same database; they are closed when the test ends."""
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(open_store(url) if url else MemoryStore())
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    """An empty store."""
    return opened()


@pytest.fixture
def register(store: Store) -> Register:
    """The people of an empty store."""
    return open_register(store)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a plug on all of them; what is marked ``databases`` only where there is a database."""
    if "plug" in metafunc.fixturenames and not _given(metafunc):
        metafunc.parametrize("plug", PLUGS)


def _given(metafunc: pytest.Metafunc) -> bool:
    marks = metafunc.definition.iter_markers("parametrize")
    return any("plug" in str(mark.args[0]).split(",") for mark in marks)
