"""Connections to one PostgreSQL: a few long-lived ones, lent out one caller at a time.

They stand in autocommit, so that a statement that is a whole change needs no BEGIN and no COMMIT; they are given UTC,
durable commits and no surprises (no just-in-time compiling of statements that take a tenth of a millisecond). A forked
child leaves its parent's connections alone and opens its own.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from select import select
from threading import BoundedSemaphore

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from review_engine.domain.errors import InvalidInput, ReviewEngineError, StoreBusy, StoreError
from review_engine.store.codec import POSTGRES, encode
from review_engine.store.mapping import Row, Written
from review_engine.store.runners import Joined, connection_of
from review_engine.store.sql import Given, Statement, statements
from review_engine.store.terms import Clash, behind, unreachable

Driver = psycopg.Connection[Row]

BEGIN, COMMIT = Statement("BEGIN", ()), Statement("COMMIT", ())

WAIT_SECONDS = 30.0
"""How long a caller waits for a connection to be given back."""

ATTEMPTS = 5
"""How often a transaction of ours is begun anew when the server broke a tie against it."""

_SETTINGS = (
    "-c TimeZone=UTC -c synchronous_commit=on -c jit=off -c client_encoding=UTF8 -c plan_cache_mode=force_generic_plan"
)
_BROKEN_TIES = (errors.SerializationFailure, errors.DeadlockDetected)


class PostgresConnection:
    """One connection as a runner."""

    __slots__ = ("driver", "pid", "prepared", "sql")

    def __init__(self, driver: Driver, sql: dict[str, Statement], prepared: bool) -> None:
        self.driver = driver
        self.sql = sql
        self.prepared = prepared or None
        self.pid = os.getpid()

    def rows(self, name: str, given: Given) -> list[Row]:
        """As ``Runner.rows``."""
        return self.answers(self.sql[name], given)

    def answers(self, statement: Statement, given: Given) -> list[Row]:
        """What a statement put together by the caller answers."""
        return self._driven(statement.own, statement.bound(given), self.prepared).fetchall()

    def run(self, name: str, given: Given) -> int:
        """As ``Runner.run``."""
        statement = self.sql[name]
        return self._driven(statement.own, statement.bound(given), self.prepared).rowcount

    def together(self, *asked: tuple[Statement, Given]) -> list[list[Row]]:
        """What several statements answer that are sent at once, so that they cost one wait.

        When one of them fails, those behind it are not run.
        """
        try:
            with self.driver.pipeline():
                cursors = [self._sent(statement, given) for statement, given in asked]
            return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
        except psycopg.Error as error:
            raise told(error) from error

    def _sent(self, statement: Statement, given: Given) -> psycopg.Cursor[Row]:
        return self._driven(statement.own, statement.bound(given), self.prepared if given else False)

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """At the end, take back what was begun and not committed."""
        try:
            yield
        finally:
            if not self.driver.closed and self.driver.info.transaction_status is not TransactionStatus.IDLE:
                self.driver.execute("ROLLBACK", prepare=False)

    def execute(self, text: str) -> None:
        """Run a statement that answers nothing."""
        self._driven(text, (), False)

    def run_many(self, name: str, given: Sequence[Given]) -> int:
        """Run a statement that writes once for each; how many rows were written in all."""
        statement = self.sql[name]
        try:
            with self.driver.cursor() as cursor:
                cursor.executemany(statement.own, list(map(statement.bound, given)))
                return cursor.rowcount
        except psycopg.Error as error:
            raise told(error) from error

    def insert(self, part: str, rows: Sequence[Written]) -> None:
        """As ``Runner.insert``."""
        self._driven(self.sql[f"insert.{part}"].own, (encode(rows),), self.prepared)

    def savepoint(self) -> AbstractContextManager[object]:
        """A part of our transaction that can fail by itself."""
        return self.driver.transaction()

    def chunks(self, statement: Statement, given: Given, size: int) -> Iterator[list[Row]]:
        """As ``Streaming.chunks``, through a cursor on the server: the whole is never in memory."""
        try:
            with psycopg.RawServerCursor(self.driver, "review_chunks") as cursor:
                cursor.execute(statement.own, statement.bound(given))
                while rows := cursor.fetchmany(size):
                    yield rows
        except psycopg.Error as error:
            raise told(error) from error

    def _driven(self, text: str, given: Sequence[object], prepare: bool | None) -> psycopg.Cursor[Row]:
        try:
            return self.driver.execute(text, given, prepare=prepare)
        except psycopg.Error as error:
            raise told(error) from error
        except UnicodeEncodeError as error:
            raise InvalidInput(f"a text cannot be kept: {error}", cure="Leave out broken Unicode.") from error


class PostgresDatabase:
    """One database.

    Args:
        conninfo: as libpq takes it, ``postgresql://...``.
        connections: how many are opened at most; further callers wait.
        prepared: whether statements are prepared once for each connection.
    """

    name = "postgres"
    dialect = "postgresql"
    codec = POSTGRES

    def __init__(self, conninfo: str, *, connections: int = 10, prepared: bool = True) -> None:
        self.sql = statements("postgres")
        self._conninfo = conninfo
        self._options = f"{conninfo_to_dict(conninfo).get('options') or ''} {_SETTINGS}".strip()
        self._prepared = prepared
        self._room = BoundedSemaphore(connections)
        self._size = connections
        self._idle: deque[PostgresConnection] = deque()
        self._left_behind: list[PostgresConnection] = []
        self._pid = os.getpid()
        self._closed = False

    @property
    def address(self) -> str:
        """The URL, as SQLAlchemy writes it."""
        return self._conninfo.replace("postgresql://", "postgresql+psycopg://", 1)

    @contextmanager
    def lent(self) -> Iterator[PostgresConnection]:
        """A connection in autocommit.

        Raises:
            StoreBusy: all are in use, for too long.
            StoreError: the database cannot be reached.
        """
        if self._pid != os.getpid():
            self._start_anew()
        room = self._room
        if not room.acquire(timeout=WAIT_SECONDS):
            raise StoreBusy("all connections are in use", cure="Try again, or open the store with more of them.")
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            room.release()

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """A transaction that writes; committed at the end, rolled back if the caller raises."""
        with self.lent() as connection:
            driver = connection.driver
            try:
                with driver.transaction():
                    yield connection
            except psycopg.Error as error:
                raise told(error) from error

    def written(self, asked: Sequence[tuple[str, Given]]) -> list[list[Row]]:
        """As ``Database.written``: one wait for all of it, the commit included."""
        with self.lent() as run, run.undoing():
            stated = [(self.sql[name], given) for name, given in asked]
            _, *answers, _ = run.together((BEGIN, {}), *stated, (COMMIT, {}))
        return answers

    @contextmanager
    def reading(self, *, snapshot: bool = False) -> Iterator[PostgresConnection]:
        """A connection to read with; with ``snapshot`` all that is read through it is of one instant."""
        with self.lent() as connection:
            if not snapshot:
                yield connection
                return
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection
            finally:
                with suppress(psycopg.Error):
                    connection.driver.execute("ROLLBACK")

    @contextmanager
    def joining(self, session: object) -> Iterator[Joined]:
        """The host's transaction. The subject's row is locked when it is looked for."""
        yield Joined(connection_of(session, self.dialect), self)

    def packed(self, part: str, rows: Sequence[Written]) -> object:
        """Rows as the driver takes them: all in one JSON array."""
        return {f"{part}_rows": encode(rows)}

    def told(self, error: BaseException) -> ReviewEngineError:
        """A driver's error in our words."""
        return told(error)

    def close(self) -> None:
        """Close every connection that is not in use this moment; those are closed when they come back."""
        self._closed = True
        self._forget_idle()

    # Connections

    def _take(self) -> PostgresConnection:
        if self._closed:
            raise StoreError("the store was closed", cure="Open it again.")
        with suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if not _ended(connection.driver):
                    return connection
                connection.driver.close()
        try:
            driver = psycopg.connect(
                self._conninfo, autocommit=True, options=self._options, cursor_factory=psycopg.RawCursor
            )
        except psycopg.Error as error:
            raise unreachable(error) from error
        driver.prepare_threshold = 0 if self._prepared else None
        return PostgresConnection(driver, self.sql, self._prepared)

    def _give_back(self, connection: PostgresConnection) -> None:
        driver = connection.driver
        if connection.pid != os.getpid():
            self._left_behind.append(connection)
        elif self._closed or driver.closed:
            driver.close()
            if not self._closed:
                self._forget_idle()  # the others were most likely lost with it
        elif driver.info.transaction_status is TransactionStatus.IDLE:
            self._idle.append(connection)
        else:
            driver.close()

    def _forget_idle(self) -> None:
        with suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if connection.pid == os.getpid():
                    connection.driver.close()
                else:
                    self._left_behind.append(connection)

    def _start_anew(self) -> None:
        """After a fork: leave the parent's connections unused (closing them would end the parent's sessions)."""
        self._left_behind.extend(self._idle)
        self._idle = deque()
        self._room = BoundedSemaphore(self._size)
        self._pid = os.getpid()


def _ended(driver: Driver) -> bool:
    """Whether the server has hung up (it restarted, say): an idle connection has nothing to say otherwise."""
    try:
        return bool(select([driver.fileno()], [], [], 0)[0])
    except (OSError, ValueError, psycopg.Error):
        return True


def told(error: BaseException) -> ReviewEngineError:
    """An error of PostgreSQL's driver in our words."""
    if isinstance(error, _BROKEN_TIES):
        return Tied()
    if isinstance(error, errors.UniqueViolation | errors.ForeignKeyViolation):
        return Clash((error.diag.table_name or "row").removeprefix("review_"))
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return behind(error.diag.message_primary)
    if isinstance(error, psycopg.DataError):
        said = error.diag.message_primary or str(error)
        return InvalidInput(f"a value cannot be kept: {said}", cure="Leave out NUL and numbers beyond 2^63.")
    return unreachable(error)


class Tied(StoreBusy):
    """The server ended this transaction so that another one could go on."""

    def __init__(self) -> None:
        super().__init__("another transaction went first", cure="Try again; nothing was written.")
