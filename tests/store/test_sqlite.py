"""What only the SQLite plug has to show: its settings, many threads and processes, forks, and a busy file."""

import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from review_engine.domain.errors import InvalidConfiguration, InvalidInput, StoreBusy, StoreError
from review_engine.domain.moves import verify
from review_engine.ports.store import Change, Dossier, Query
from review_engine.store import sqlite_database
from review_engine.store.opening import open_store
from review_engine.store.sqlite import SQLiteStore
from review_engine.store.sqlite_database import SQLiteDatabase
from tests.contracts.builders import ASK, KEY, fresh, moving, registered, subject_in, untouched
from tests.store.many import move_often


@pytest.fixture
def path(tmp_path: Path) -> str:
    """The path of a new database."""
    store = open_store(f"sqlite:///{tmp_path}/reviews.db")
    registered(store)
    store.close()
    return f"{tmp_path}/reviews.db"


@pytest.fixture
def store(path: str) -> Iterator[SQLiteStore]:
    """A store on it."""
    store = SQLiteStore(path)
    yield store
    store.close()


@pytest.mark.parametrize(("synchronous", "level"), [("full", 2), ("normal", 1)])
def test_a_database_is_durable_keeps_a_log_and_minds_its_references(path: str, synchronous: str, level: int) -> None:
    database = SQLiteDatabase(path, synchronous)
    with database.writing() as writer, database.reading() as reader:
        for connection in (writer, reader):
            for pragma, value in (("journal_mode", "wal"), ("synchronous", level), ("foreign_keys", 1)):
                assert connection.driver.execute(f"PRAGMA {pragma}").fetchone() == (value,)
            assert connection.driver.execute("PRAGMA busy_timeout").fetchone()[0] >= 1000
        assert reader.driver.execute("PRAGMA query_only").fetchone() == (1,)
    database.close()


def test_a_sloppier_durability_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="off"):
        SQLiteStore(path, "off")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///", "mysql://x/y"])
def test_an_address_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(InvalidConfiguration):
        open_store(url)


def test_a_file_that_cannot_be_opened_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="missing"):
        open_store(f"sqlite:///{tmp_path}/missing/reviews.db")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are notes, not a database, and there are many of them" * 50)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/notes.txt")


def test_readers_do_not_wait_for_a_writer_and_see_what_was_committed(store: SQLiteStore) -> None:
    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        assert subject_in(store).state == "draft"
        return moving("review")(dossier)

    store.change(KEY, ASK, decide)
    assert subject_in(store).state == "review"


def test_a_scan_sees_one_instant_however_slowly_it_is_read(store: SQLiteStore) -> None:
    registered(store, "other")
    scan = store.scan(Query(), ASK)
    assert next(scan).subject.slug == "acme-sync"
    store.change(KEY._replace(slug="other"), ASK, moving("review"))
    assert [dossier.subject.state for dossier in scan] == ["draft"]


def test_a_scan_that_is_left_gives_its_connection_back(store: SQLiteStore) -> None:
    for _ in range(30):
        scan = store.scan(Query(), ASK)
        next(scan)
        scan.close()  # type: ignore[attr-defined]
    assert len(store.database._readers) <= 2


def test_somebody_outside_the_queue_who_holds_the_file_makes_it_busy(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.05)
    store = SQLiteStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="Try again"):
        store.change(KEY, ASK, moving("review"))
    other.execute("ROLLBACK")
    other.close()
    store.change(KEY, ASK, moving("review"))
    store.close()


def test_a_closed_store_says_so(store: SQLiteStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.change(KEY, ASK, untouched)
    with pytest.raises(StoreError, match="closed"):
        store.history(KEY)


def test_a_connection_may_be_used_on_any_thread(store: SQLiteStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda n: store.change(KEY, ASK, moving(f"s{n}")), range(20)))) == 20
        assert {len(moves) for moves in pool.map(lambda _: store.history(KEY), range(8))} == {21}


def test_two_processes_on_one_file_lose_and_double_nothing(path: str, store: SQLiteStore) -> None:
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=move_often, args=(f"sqlite:///{path}", number, 50)) for number in range(2)]
    for process in others:
        process.start()
    move_often(f"sqlite:///{path}", 9, 50)
    for process in others:
        process.join()
    assert [process.exitcode for process in others] == [0, 0]
    moves = store.history(KEY)
    assert len(moves) == 151
    assert verify(str(KEY), moves, subject_in(store).head) == []


def test_a_forked_child_and_its_parent_both_go_on_writing(store: SQLiteStore) -> None:
    store.change(KEY, ASK, moving("parent"))
    scan = store.scan(Query(), ASK)
    next(scan)
    child = os.fork()
    if child == 0:
        try:
            for _ in range(10):
                store.change(KEY, ASK, moving("child"))
            store.close()
        finally:
            os._exit(0 if subject_or_none(store) is None else 1)
    for _ in range(10):
        store.change(KEY, ASK, moving("parent"))
    assert os.waitpid(child, 0)[1] == 0
    scan.close()  # type: ignore[attr-defined]
    assert len(store.history(KEY)) == 22
    store.close()
    again = SQLiteStore(store.database.path)
    assert verify(str(KEY), again.history(KEY), subject_in(again).head) == []
    assert len(again.history(KEY)) == 22
    again.close()


def subject_or_none(store: SQLiteStore) -> object:
    """None once the store was closed."""
    try:
        return subject_in(store)
    except StoreError:
        return None


def test_a_child_forked_while_another_thread_writes_can_write(store: SQLiteStore) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            store.change(KEY, ASK, moving("parent"))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        children = []
        for _ in range(5):
            child = os.fork()
            if child == 0:
                done = 1
                try:
                    store.change(KEY, ASK, moving("child"))
                    done = 0
                finally:
                    os._exit(done)
            children.append(child)
        codes = [os.waitpid(child, 0)[1] for child in children]
        stop.set()
        writing.result()
    assert codes == [0] * 5
    moves = store.history(KEY)
    assert sum(move.target == "child" for move in moves) == 5
    assert verify(str(KEY), moves, subject_in(store).head) == []


def test_a_nested_write_is_refused_and_nothing_is_half_written(store: SQLiteStore) -> None:
    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        store.add(fresh("inner"))
        return moving("review")(dossier)

    with pytest.raises(StoreError):
        store.change(KEY, ASK, decide)
    assert subject_in(store).state == "draft"
    assert store.census(Query()) == {("app", "draft"): 1}
    store.change(KEY, ASK, moving("review"))
