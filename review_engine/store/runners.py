"""Who runs a statement: a connection of our own, or the one a host's session stands on.

Both take the same finished text, so a change means the same in our transaction and in somebody else's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from review_engine.domain.errors import InvalidInput, ReviewEngineError
from review_engine.store.mapping import Row, Written
from review_engine.store.sql import Given, Statement


class Runner(Protocol):
    """One connection, in one transaction."""

    def rows(self, name: str, given: Given) -> list[Row]:
        """What the statement of that name answers."""

    def run(self, name: str, given: Given) -> int:
        """Run a statement that writes; how many rows it wrote."""

    def insert(self, part: str, rows: Sequence[Written]) -> None:
        """Write rows into a table.

        Raises:
            Clash: one of them is there already.
        """

    def savepoint(self) -> AbstractContextManager[object]:
        """A part of the transaction that can fail by itself."""


class Streaming(Runner, Protocol):
    """One connection of ours that reads."""

    def answers(self, statement: Statement, given: Given) -> list[Row]:
        """What a statement put together by the caller answers."""

    def chunks(self, statement: Statement, given: Given, size: int) -> Iterator[list[Row]]:
        """What a statement answers, so many rows at a time."""


class Joined:
    """A host's SQLAlchemy connection. Nothing is committed here, and nothing left half-done in the host's transaction.

    Args:
        connection: the session's connection.
        database: ours, for its statements and the words for its errors.
    """

    def __init__(self, connection: Any, database: "Speaking") -> None:
        from sqlalchemy.exc import DBAPIError

        self._connection = connection
        self._database = database
        self._failure = DBAPIError

    def rows(self, name: str, given: Given) -> list[Row]:
        """As ``Runner.rows``."""
        return self.answers(self._database.sql[name], given)

    def answers(self, statement: Statement, given: Given) -> list[Row]:
        """What a statement put together by the caller answers."""
        return [tuple(row) for row in self._driven(statement.text, statement.hosted(given)).fetchall()]

    def run(self, name: str, given: Given) -> int:
        """As ``Runner.run``."""
        statement = self._database.sql[name]
        written: int = self._driven(statement.text, statement.hosted(given)).rowcount
        return written

    def insert(self, part: str, rows: Sequence[Written]) -> None:
        """As ``Runner.insert``."""
        statement = self._database.sql[f"insert.{part}"]
        self._driven(statement.text, self._database.packed(part, rows))

    def savepoint(self) -> AbstractContextManager[object]:
        """As ``Runner.savepoint``."""
        point: AbstractContextManager[object] = self._connection.begin_nested()
        return point

    def _driven(self, text: str, given: object) -> Any:
        try:
            return self._connection.exec_driver_sql(text, given)
        except self._failure as error:
            cause = getattr(error.orig, "driver_exception", None) or error.orig
            raise self._database.told(cause or error) from error


class Speaking(Protocol):
    """What a joined connection has to know of a database."""

    @property
    def sql(self) -> Mapping[str, Statement]:
        """Its statements by name."""

    def packed(self, part: str, rows: Sequence[Written]) -> object:
        """Rows as the insert of ``part`` takes them."""

    def told(self, error: BaseException) -> ReviewEngineError:
        """A driver's error in our words."""


def connection_of(session: object, dialect: str) -> Any:
    """The connection a host's session stands on.

    Args:
        session: a SQLAlchemy or SQLModel ``Session`` (for an ``AsyncSession``: what ``run_sync`` hands over).
        dialect: SQLAlchemy's name of the store's database.

    Raises:
        InvalidInput: it is no session, or one of another sort of database.
    """
    from sqlalchemy.orm import Session

    if not isinstance(session, Session):
        raise InvalidInput(
            f"a {type(session).__name__} cannot be joined",
            cure="Pass a SQLAlchemy or SQLModel Session; from an AsyncSession, go through run_sync.",
        )
    connection = session.connection()
    if connection.dialect.name != dialect or connection.dialect.driver not in _DRIVERS:
        raise InvalidInput(
            f"the session is of {connection.dialect.name}+{connection.dialect.driver}, the store of {dialect}",
            cure=f"Use a session of the store's own database, by one of the drivers {', '.join(_DRIVERS)}.",
        )
    return connection


_DRIVERS = ("pysqlite", "aiosqlite", "psycopg", "psycopg_async", "psycopg2")
