"""Connections to one SQLite file: one that writes, some that read, and a gate so that processes queue.

SQLite lets one connection write at a time. Eight processes that ask it again and again wait up to five seconds; eight
that queue at a lock beside the database wait their turn. Writers say BEGIN IMMEDIATE, so that nothing read in a
transaction can have changed when it writes; readers use connections of their own, which never wait for a writer (WAL).

A forked child must not touch its parent's connections: SQLite would take the child's for the parent's and lose the
log of whoever closes last. They are closed before a fork and opened anew when next needed, in either process.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import RLock, local
from weakref import WeakSet

from review_engine.domain.errors import InvalidInput, ReviewEngineError, StoreBusy, StoreError
from review_engine.store.codec import SQLITE
from review_engine.store.mapping import Row, Written
from review_engine.store.runners import Joined, connection_of
from review_engine.store.sql import Given, Statement, statements
from review_engine.store.terms import Clash, behind, unreachable

try:
    from fcntl import LOCK_EX, LOCK_UN, flock
except ImportError:  # no such lock on this platform: writers poll instead of queueing
    flock = None  # type: ignore[assignment]

SYNCHRONOUS = ("full", "normal")
BUSY_SECONDS = 5.0
CACHE_KIB = 8 * 1024
"""What a connection may keep of the file, if it needs to: a queue of 1,000 touches more than SQLite's own 2 MiB."""
_READERS_KEPT = 8
_NOTHING: AbstractContextManager[object] = nullcontext()


class SQLiteConnection:
    """One connection as a runner."""

    __slots__ = ("driver", "pid", "sql")

    def __init__(self, driver: sqlite3.Connection, sql: dict[str, Statement]) -> None:
        self.driver = driver
        self.sql = sql
        self.pid = os.getpid()

    def rows(self, name: str, given: Given) -> list[Row]:
        """As ``Runner.rows``."""
        statement = self.sql[name]
        try:
            return self.driver.execute(statement.own, statement.bound(given)).fetchall()
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def answers(self, statement: Statement, given: Given) -> list[Row]:
        """What a statement put together by the caller answers."""
        try:
            return self.driver.execute(statement.own, statement.bound(given)).fetchall()
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def run(self, name: str, given: Given) -> int:
        """As ``Runner.run``."""
        statement = self.sql[name]
        try:
            return self.driver.execute(statement.own, statement.bound(given)).rowcount
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def run_many(self, name: str, given: Sequence[Given]) -> int:
        """Run a statement that writes once for each; how many rows were written in all."""
        statement = self.sql[name]
        try:
            return self.driver.executemany(statement.own, map(statement.bound, given)).rowcount
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def insert(self, part: str, rows: Sequence[Written]) -> None:
        """As ``Runner.insert``."""
        statement = self.sql[f"insert.{part}"]
        try:
            if len(rows) == 1:
                self.driver.execute(statement.own, statement.bound(rows[0]))
            else:
                self.driver.executemany(statement.own, map(statement.bound, rows))
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def execute(self, text: str) -> None:
        """Run a statement that answers nothing."""
        try:
            self.driver.execute(text)
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def savepoint(self) -> AbstractContextManager[object]:
        """The whole transaction is ours: it fails as one."""
        return _NOTHING

    def chunks(self, statement: Statement, given: Given, size: int) -> Iterator[list[Row]]:
        """As ``Streaming.chunks``."""
        try:
            cursor = self.driver.execute(statement.own, statement.bound(given))
            while rows := cursor.fetchmany(size):
                yield rows
        except _DRIVER_ERRORS as error:
            raise told(error) from error


class SQLiteDatabase:
    """One file.

    Args:
        path: of the file.
        synchronous: ``full`` (what is acknowledged survives a power cut) or ``normal`` (it survives a crash).
    """

    name = dialect = "sqlite"
    codec = SQLITE

    def __init__(self, path: str, synchronous: str = "full") -> None:
        if synchronous not in SYNCHRONOUS:
            raise InvalidInput(f"synchronous cannot be '{synchronous}'", cure=f"Use {' or '.join(SYNCHRONOUS)}.")
        self.path = path
        self.sql = statements("sqlite")
        self._synchronous = synchronous
        self._lock = RLock()
        self._writer: SQLiteConnection | None = None
        self._readers: deque[SQLiteConnection] = deque()
        self._gate: int | None = None
        self._left_behind: list[SQLiteConnection] = []
        self._closed = False
        _OPEN.add(self)

    @property
    def address(self) -> str:
        """The URL, as SQLAlchemy writes it."""
        return f"sqlite:///{self.path}"

    @contextmanager
    def writing(self) -> Iterator[SQLiteConnection]:
        """A transaction that writes; committed at the end, rolled back if the caller raises.

        Raises:
            StoreBusy: somebody outside the queue holds the database.
        """
        with self._lock:
            connection = self._writer
            if connection is None or connection.pid != os.getpid():
                connection = self._open_writer()
            gate = self._gate
            if gate is not None:
                flock(gate, LOCK_EX)
            try:
                driver = connection.driver
                try:
                    driver.execute("BEGIN IMMEDIATE")
                except _DRIVER_ERRORS as error:
                    raise told(error) from error
                try:
                    yield connection
                    driver.execute("COMMIT")
                except BaseException as error:
                    if driver.in_transaction:
                        driver.execute("ROLLBACK")
                    if isinstance(error, sqlite3.Error):
                        raise told(error) from error
                    raise
            finally:
                if gate is not None:
                    flock(gate, LOCK_UN)

    def written(self, asked: Sequence[tuple[str, Given]]) -> list[list[Row]]:
        """As ``Database.written``."""
        with self.writing() as run:
            return [run.rows(name, given) for name, given in asked]

    @contextmanager
    def reading(self, *, snapshot: bool = False) -> Iterator[SQLiteConnection]:
        """A connection to read with; with ``snapshot`` all that is read through it is of one instant."""
        connection = self._reader()
        try:
            if snapshot:
                connection.driver.execute("BEGIN")
            yield connection
        finally:
            if snapshot and connection.driver.in_transaction:
                connection.driver.execute("ROLLBACK")
            self._give_back(connection)

    @contextmanager
    def joining(self, session: object) -> Iterator[Joined]:
        """The host's transaction, holding the database's one write lock from here on."""
        joined = Joined(connection_of(session, self.dialect), self)
        joined.run("subject.lock", {})
        yield joined

    def packed(self, part: str, rows: Sequence[Written]) -> object:
        """Rows as the driver takes them: one, or a list for one statement run many times."""
        bound = self.sql[f"insert.{part}"].bound
        return bound(rows[0]) if len(rows) == 1 else [bound(row) for row in rows]

    def told(self, error: BaseException) -> ReviewEngineError:
        """A driver's error in our words."""
        return told(error)

    def close(self) -> None:
        """Close every connection that is not in use this moment; those are closed when they come back."""
        self._closed = True
        with self._lock:
            self._release()

    # Connections

    def _open_writer(self) -> SQLiteConnection:
        self._refuse_closed()
        self._abandon()
        self._writer = self._connect()
        if flock is not None:
            self._gate = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        return self._writer

    def _abandon(self) -> None:
        """Leave to the parent process what is the parent's, when a fork went past ``before_fork``."""
        if self._writer is not None:
            self._left_behind.append(self._writer)
            self._writer = self._gate = None

    def _reader(self) -> SQLiteConnection:
        self._refuse_closed()
        pid = os.getpid()
        with suppress(IndexError):
            while True:
                connection = self._readers.pop()
                if connection.pid == pid:
                    return connection
                self._left_behind.append(connection)
        connection = self._connect()
        connection.driver.execute("PRAGMA query_only=ON")
        return connection

    def _give_back(self, connection: SQLiteConnection) -> None:
        if connection.pid != os.getpid():
            self._left_behind.append(connection)
        elif self._closed or len(self._readers) >= _READERS_KEPT:
            connection.driver.close()
        else:
            self._readers.append(connection)

    def _connect(self) -> SQLiteConnection:
        try:
            driver = sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            for pragma in (
                "journal_mode=WAL",
                f"synchronous={self._synchronous.upper()}",
                "foreign_keys=ON",
                f"cache_size=-{CACHE_KIB}",
            ):
                driver.execute(f"PRAGMA {pragma}")
        except _DRIVER_ERRORS as error:
            raise StoreError(
                f"the database cannot be opened: {error}", where=self.path, cure="Check the path and its permissions."
            ) from error
        return SQLiteConnection(driver, self.sql)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError("the store was closed", where=self.path, cure="Open it again.")

    def _release(self) -> None:
        """Close what is idle. Whoever is in the middle of a transaction keeps its connection."""
        writer = self._writer
        if writer is not None and writer.pid == os.getpid() and not writer.driver.in_transaction:
            writer.driver.close()
            self._writer = None
            if self._gate is not None:
                os.close(self._gate)
                self._gate = None
        with suppress(IndexError):
            while True:
                reader = self._readers.pop()
                if reader.pid == os.getpid():
                    reader.driver.close()

    def before_fork(self) -> None:
        """Wait for the writer and close what is idle, so that a child inherits no connection."""
        self._lock.acquire()
        self._release()

    def after_fork(self) -> None:
        """Let writers on, in the parent and in the child."""
        self._lock.release()


def told(error: BaseException) -> ReviewEngineError:
    """An error of SQLite's driver in our words."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        return Clash(_table(text))
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return InvalidInput(f"a value cannot be kept: {text}", cure="Use smaller numbers and whole characters.")
    if isinstance(error, sqlite3.OperationalError):
        if "locked" in text or "busy" in text:
            return StoreBusy("the write lock was not to be had in time", cure="Try again; nothing was written.")
        if "no such table" in text or "no such column" in text or "has no column" in text:
            return behind(text)
    return unreachable(error)


def _table(text: str) -> str:
    """Which table a constraint belongs to: ``UNIQUE constraint failed: review_move.subject_id, ...``."""
    _, _, columns = text.partition(": ")
    table, _, _ = columns.partition(".")
    return table.removeprefix("review_") or "row"


_DRIVER_ERRORS = (sqlite3.Error, OverflowError, UnicodeEncodeError)
_OPEN: "WeakSet[SQLiteDatabase]" = WeakSet()
_FORKING = local()


def _before_fork() -> None:
    _FORKING.databases = list(_OPEN)
    for database in _FORKING.databases:
        database.before_fork()


def _after_fork() -> None:
    for database in _FORKING.__dict__.pop("databases", ()):
        database.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
