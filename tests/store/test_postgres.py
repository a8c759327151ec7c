"""What only the PostgreSQL plug has to show: one row that everybody wants, processes, forks, a server that hung up."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.errors import AdminShutdown

from review_engine.domain.activity import Usage
from review_engine.domain.errors import StoreBusy, StoreError
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import verify
from review_engine.ports.store import Change, Dossier, Query
from review_engine.store import postgres_database
from review_engine.store.opening import conninfo, open_store
from review_engine.store.postgres import PostgresStore
from tests.contracts.builders import ASK, KEY, NOW, fresh, moved, moving, registered, subject_in, untouched
from tests.postgres import open_connection
from tests.store.many import move_often


@pytest.fixture
def store(postgres_database: str) -> Iterator[PostgresStore]:
    """A store with one subject."""
    store = open_store(postgres_database)
    assert isinstance(store, PostgresStore)
    registered(store)
    yield store
    store.close()


def test_a_connection_is_durable_and_in_utc(store: PostgresStore) -> None:
    with store.database.lent() as run:
        for setting, value in (("synchronous_commit", "on"), ("TimeZone", "UTC"), ("client_encoding", "UTF8")):
            assert run.driver.execute(f"SHOW {setting}").fetchone() == (value,)


def test_a_hosts_own_options_are_kept(postgres_database: str) -> None:
    open_store(postgres_database).close()
    store = open_store(
        f"{postgres_database}&options=-cwork_mem%3D7MB"
        if "?" in postgres_database
        else f"{postgres_database}?options=-cwork_mem%3D7MB"
    )
    assert isinstance(store, PostgresStore)
    with store.database.lent() as run:
        assert run.driver.execute("SHOW work_mem").fetchone() == ("7MB",)
        assert run.driver.execute("SHOW TimeZone").fetchone() == ("UTC",)
    store.close()


def test_an_uncontested_change_is_two_statements_and_no_transaction(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    driven = postgres_database.PostgresConnection._driven

    def listening(self: postgres_database.PostgresConnection, text: str, *rest: object) -> object:
        told.append(text.split(maxsplit=1)[0])
        return driven(self, text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(postgres_database.PostgresConnection, "_driven", listening)
    store.change(KEY, ASK, moving("review"))
    assert told == ["SELECT", "WITH"]


def test_eight_threads_on_one_row_lose_and_double_nothing_and_see_no_conflict(store: PostgresStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(lambda: [store.change(KEY, ASK, moving("s")) for _ in range(25)]) for _ in range(8)]:
            done.result()
    moves = store.history(KEY)
    assert [move.number for move in moves] == list(range(1, 202))
    assert verify(str(KEY), moves, subject_in(store).head) == []


def test_eight_processes_on_one_row_lose_and_double_nothing(store: PostgresStore, postgres_database: str) -> None:
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=move_often, args=(postgres_database, number, 20)) for number in range(4)]
    for process in others:
        process.start()
    for process in others:
        process.join()
    assert [process.exitcode for process in others] == [0] * 4
    moves = store.history(KEY)
    assert len(moves) == 81
    assert verify(str(KEY), moves, subject_in(store).head) == []


def test_the_loser_of_a_race_is_asked_again_with_what_the_winner_left(store: PostgresStore) -> None:
    seen: list[str] = []

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        seen.append(dossier.subject.state)
        if len(seen) == 1:
            store.change(KEY, ASK, moving("review"))
        return moving("beta")(dossier)

    store.change(KEY, ASK, decide)
    assert seen == ["draft", "review"]
    assert [move.target for move in store.history(KEY)] == ["draft", "review", "beta"]


def test_a_count_that_changed_before_the_write_is_counted_again(store: PostgresStore) -> None:
    seen: list[int] = []
    ask = ASK._replace(windows=(0,))

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        seen.append(dossier.active[0])
        if len(seen) == 1:
            store.merge_activity([Usage(str(KEY), "c1", NOW)], "app")
        return moving("beta")(dossier)

    store.change(KEY, ask, decide)
    assert seen == [0, 1]


def test_activity_of_many_apps_and_moves_of_them_never_wait_in_a_circle(store: PostgresStore) -> None:
    slugs = [f"app-{number}" for number in range(6)]
    for slug in slugs:
        registered(store, slug)
    store.add(fresh("part", kind="component", parent="app/app-0"))

    def work(number: int) -> None:
        for turn in range(15):
            if number < 2:
                batch = [Usage(slug, f"c{turn}", NOW) for slug in (slugs if number else slugs[::-1])]
                store.merge_activity([*batch, Usage("component/part", "c", NOW)], "app")
            elif number == 2:
                store.change(SubjectKey("component", "part"), ASK, moving("s", touches_parent=True))
            else:
                store.change(SubjectKey("app", slugs[turn % 6]), ASK, moving("s"))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, number) for number in range(4)]:
            done.result()
    assert len(store.customers(SubjectKey("app", "app-3"))) == 15
    assert subject_in(store, SubjectKey("component", "part")).number == 16


def test_an_idle_connection_the_server_ended_is_replaced_unseen(store: PostgresStore, postgres_database: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        barrier = threading.Barrier(3)
        list(pool.map(lambda _: store.change(KEY, ASK, lambda dossier: (barrier.wait(), untouched(dossier))[1]), "abc"))
    with open_connection(postgres_database) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    assert subject_in(store).state == "draft"
    store.change(KEY, ASK, moving("review"))
    assert subject_in(store).state == "review"


def test_a_connection_that_ends_in_the_middle_is_an_error_and_writes_nothing(
    store: PostgresStore, postgres_database: str
) -> None:
    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        with open_connection(postgres_database) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        return moving("review")(dossier)

    with pytest.raises(StoreError) as caught:
        store.change(KEY, ASK, decide)
    assert isinstance(caught.value.__cause__, AdminShutdown)
    assert subject_in(store).state == "draft"


def test_more_callers_than_connections_wait_for_one(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PostgresStore(conninfo(postgres_database), connections=2)
    registered_in = open_store(postgres_database)
    registered(registered_in)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: store.change(KEY, ASK, moving("s")), range(12)))
    assert subject_in(store).number == 13
    monkeypatch.setattr(postgres_database_module(), "WAIT_SECONDS", 0.01)
    with store.database.lent(), store.database.lent(), pytest.raises(StoreBusy, match="in use"):
        store.history(KEY)
    store.close()
    registered_in.close()


def postgres_database_module() -> object:
    """The room of connections."""
    return postgres_database


def test_a_forked_child_leaves_its_parents_connections_alone(store: PostgresStore) -> None:
    store.change(KEY, ASK, moving("parent"))
    child = os.fork()
    if child == 0:
        done = 1
        try:
            store.change(KEY, ASK, moving("child"))
            done = 0
        finally:
            os._exit(done)
    assert os.waitpid(child, 0)[1] == 0
    store.change(KEY, ASK, moving("parent"))
    assert [move.target for move in store.history(KEY)] == ["draft", "parent", "child", "parent"]


def test_a_server_that_is_not_there_is_told(unused_tcp_port: int) -> None:
    with pytest.raises(StoreError, match="database failed"):
        open_store(f"postgresql+psycopg://nobody@127.0.0.1:{unused_tcp_port}/none")


def test_a_closed_store_says_so(store: PostgresStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.history(KEY)


def test_a_scan_sees_one_instant_however_slowly_it_is_read(store: PostgresStore) -> None:
    registered(store, "other")
    scan = store.scan(Query(), ASK)
    assert next(scan).subject.slug == "acme-sync"
    store.change(SubjectKey("app", "other"), ASK, moving("review"))
    assert [dossier.subject.state for dossier in scan] == ["draft"]


def test_a_move_made_after_a_change_of_plan_keeps_the_chain(store: PostgresStore) -> None:
    first = subject_in(store)

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        if dossier.subject == first:
            store.change(KEY, ASK, moving("review"))
        subject, move = moved(dossier.subject, "beta")
        return Change(subject, (move,)), move.previous

    assert store.change(KEY, ASK, decide) == store.history(KEY)[1].hash
