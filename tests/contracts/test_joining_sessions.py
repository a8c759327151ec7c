"""A host's transaction can be joined: both commit or neither, by every sort of SQLAlchemy session."""

import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlmodel
from sqlalchemy import NullPool, create_engine, event, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from review_engine.domain.errors import Conflict, InvalidInput, NotFound, SlugTaken
from review_engine.domain.moves import verify
from review_engine.ports.store import Change, Dossier, Query, Store
from review_engine.store.memory import MemoryStore
from tests.contracts.builders import (
    ASK,
    KEY,
    answer,
    answer_key,
    clock,
    clock_event,
    fresh,
    moved,
    moving,
    notice,
    registered,
    subject_in,
)

on_databases = pytest.mark.parametrize("plug", ["sqlite", "postgres"])
PARTS: dict[str, Any] = {"clocks": (clock(),), "clock_events": (clock_event(),), "notices": (notice(),)}


@pytest.fixture(params=[Session, sqlmodel.Session], ids=["sqlalchemy", "sqlmodel"])
def session(request: pytest.FixtureRequest, url: str, store: Store) -> Iterator[Session]:
    """A host's session on the store's database, with a table of the host's own."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
    with request.param(engine) as session:
        yield session


def orders(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM orders")).scalar_one())


@on_databases
def test_a_hosts_commit_commits_the_move(store: Store, session: Session) -> None:
    registered(store)
    session.execute(text("INSERT INTO orders VALUES (1)"))
    store.change(KEY, ASK, moving("review", **PARTS), session=session)
    assert store.dossier(KEY, ASK, session=session).subject.state == "review"
    assert subject_in(store).state == "draft"
    session.commit()
    assert subject_in(store).state == "review"
    assert verify(str(KEY), store.history(KEY), subject_in(store).head) == []
    assert len(store.notices()) == 1
    assert orders(session) == 1


@on_databases
def test_a_hosts_rollback_takes_the_move_back(store: Store, session: Session) -> None:
    before = registered(store)
    session.execute(text("INSERT INTO orders VALUES (1)"))
    store.change(KEY, ASK, moving("review", **PARTS), session=session)
    store.add(fresh("other"), session=session)
    session.rollback()
    assert subject_in(store) == before
    assert store.notices() == []
    assert store.census(Query()) == {("app", "draft"): 1}
    assert orders(session) == 0


@on_databases
def test_the_first_statement_of_a_hosts_transaction_may_be_ours(store: Store, session: Session) -> None:
    store.add(replace(fresh(), answer=answer()), answer=answer_key(), session=session)
    assert store.add(fresh("other"), answer=answer_key(), session=session) == answer()
    store.change(KEY, ASK, moving("review"), session=session)
    session.rollback()
    assert store.census(Query()) == {}
    store.add(fresh(), session=session)
    session.commit()
    assert subject_in(store).state == "draft"


@on_databases
def test_a_refused_change_leaves_the_hosts_transaction_alive_and_clean(store: Store, session: Session) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review", **PARTS))
    session.execute(text("INSERT INTO orders VALUES (1)"))
    with pytest.raises(Conflict):
        store.change(KEY, ASK, moving("beta", **PARTS), session=session)
    with pytest.raises(SlugTaken):
        store.add(fresh(), session=session)
    with pytest.raises(NotFound):
        store.change(KEY._replace(slug="nobody"), ASK, moving("beta"), session=session)
    store.change(KEY, ASK, moving("public"), session=session)
    session.commit()
    assert [move.target for move in store.history(KEY)] == ["draft", "review", "public"]
    assert orders(session) == 1


@on_databases
def test_a_decision_that_raises_leaves_the_hosts_transaction_alive(store: Store, session: Session) -> None:
    registered(store)

    def refuse(dossier: Dossier) -> tuple[Change | None, None]:
        raise ValueError("no")

    session.execute(text("INSERT INTO orders VALUES (1)"))
    with pytest.raises(ValueError, match="no"):
        store.change(KEY, ASK, refuse, session=session)
    session.commit()
    assert orders(session) == 1


@on_databases
def test_a_subject_is_locked_until_the_host_is_done(store: Store, session: Session) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review"), session=session)
    seen: list[str] = []
    started = threading.Event()

    def other() -> None:
        def decide(dossier: Dossier) -> tuple[Change | None, None]:
            seen.append(dossier.subject.state)
            subject, move = moved(dossier.subject, "beta")
            return Change(subject, (move,)), None

        started.set()
        store.change(KEY, ASK, decide)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other)
        started.wait()
        session.commit()
        waiting.result()
    assert seen[-1] == "review"
    assert [move.target for move in store.history(KEY)] == ["draft", "review", "beta"]


@on_databases
def test_what_is_no_session_of_this_database_is_refused(store: Store, url: str) -> None:
    other = "sqlite://" if url.startswith("postgres") else "postgresql+psycopg://localhost/none"
    with pytest.raises(InvalidInput, match="str cannot be joined"):
        store.change(KEY, ASK, moving("review"), session="session")
    if other == "sqlite://":
        with Session(create_engine(other, poolclass=NullPool)) as stranger, pytest.raises(InvalidInput, match="sqlite"):
            store.change(KEY, ASK, moving("review"), session=stranger)


def test_the_memory_store_joins_nobody() -> None:
    store = MemoryStore()
    for join in (
        lambda: store.change(KEY, ASK, moving("review"), session=object()),
        lambda: store.add(fresh(), session=object()),
        lambda: store.dossier(KEY, ASK, session=object()),
    ):
        with pytest.raises(InvalidInput, match="memory"):
            join()


@pytest.fixture
async def async_session(url: str, store: Store) -> AsyncIterator[AsyncSession]:
    """A host's asynchronous session on the store's database."""
    pytest.importorskip("aiosqlite", reason="asynchronous sessions on SQLite come through aiosqlite")
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


@on_databases
async def test_an_asynchronous_hosts_transaction_can_be_joined(store: Store, async_session: AsyncSession) -> None:
    registered(store)
    await async_session.execute(text("INSERT INTO orders VALUES (1)"))
    await async_session.run_sync(lambda session: store.change(KEY, ASK, moving("review", **PARTS), session=session))
    with pytest.raises(Conflict):
        await async_session.run_sync(lambda session: store.change(KEY, ASK, moving("beta", **PARTS), session=session))
    assert subject_in(store).state == "draft"
    await async_session.commit()
    assert subject_in(store).state == "review"
    assert (await async_session.execute(text("SELECT count(*) FROM orders"))).scalar_one() == 1


@on_databases
async def test_an_asynchronous_hosts_rollback_takes_everything_back(store: Store, async_session: AsyncSession) -> None:
    before = registered(store)
    await async_session.run_sync(lambda session: store.change(KEY, ASK, moving("review", **PARTS), session=session))
    await async_session.run_sync(lambda session: store.add(fresh("other"), session=session))
    await async_session.rollback()
    assert subject_in(store) == before
    assert store.notices() == []
    assert store.census(Query()) == {("app", "draft"): 1}


@pytest.mark.parametrize("plug", ["sqlite"])
def test_a_host_that_begins_its_own_transactions_is_joined_as_well(store: Store, url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def plain(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    registered(store)
    with Session(engine) as session:
        store.change(KEY, ASK, moving("review", **PARTS), session=session)
        with pytest.raises(Conflict):
            store.change(KEY, ASK, moving("beta", **PARTS), session=session)
        session.rollback()
    assert subject_in(store).state == "draft"


@pytest.mark.parametrize("plug", ["postgres"])
def test_a_host_in_another_time_zone_reads_and_writes_the_same_instants(store: Store, url: str) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review", **PARTS))
    with Session(create_engine(url, poolclass=NullPool)) as session:
        session.execute(text("SET TimeZone = 'Asia/Kathmandu'"))
        ask = ASK._replace(clocks=True)
        found = store.dossier(KEY, ask, session=session)
        assert found == store.dossier(KEY, ask)
        assert found.subject.since.utcoffset() == found.clocks[0].due_at.utcoffset() == ASK.now.utcoffset()
        store.change(KEY, ASK, moving("beta"), session=session)
        session.commit()
    assert verify(str(KEY), store.history(KEY), subject_in(store).head) == []
