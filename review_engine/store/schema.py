"""The tables themselves: set up when a database is new, brought up to date by migrations, checked when it is opened.

A new database is given all tables at once from the finished text, in a few milliseconds; loading Alembic would take a
hundred times as long. A test holds both ways to the same tables.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from review_engine.domain.errors import SchemaBehind
from review_engine.store.reads import Reads
from review_engine.store.sql import REVISION, starting
from review_engine.store.writes import Database, Writing

VERSION_TABLE = "review_alembic_version"
MIGRATIONS = Path(__file__).parent / "migrations"


class Shaping(Writing, Protocol):
    """A connection that may be handed any statement."""

    def execute(self, text: str) -> None:
        """Run a statement that answers nothing."""


class Shapeable(Database, Protocol):
    """What setting up tables needs of a database."""

    @property
    def name(self) -> str:
        """Of its file of statements."""

    @property
    def address(self) -> str:
        """Its URL, as SQLAlchemy writes it."""

    def writing(self) -> AbstractContextManager[Shaping]:
        """A transaction that writes."""


def prepare(database: Shapeable, *, create: bool) -> None:
    """Make sure the tables are those this engine writes.

    Args:
        database: to look at.
        create: set them up if there are none.

    Raises:
        SchemaBehind: they are of another version, or there are none.
    """
    try:
        Reads(database).check_schema()
    except SchemaBehind:
        if not (create and set_up(database)):
            raise


def set_up(database: Shapeable) -> bool:
    """Give a new database its tables; False when it has some already. Two that come at once set them up once."""
    with database.writing() as run:
        for lock in starting(database.name, "before.schema"):
            run.execute(lock)
        if run.rows("version.known", {}) != [(0,)]:
            return run.rows("version", {}) == [(REVISION,)]
        for text in starting(database.name, "schema."):
            run.execute(text)
        run.execute(f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{REVISION}')")
    return True


def upgrade(database: Shapeable) -> str:
    """Bring the tables up to date; returns the version they are of then."""
    if not set_up(database):
        migrate(database.address)
    return REVISION


def migrate(address: str, target: str = "head") -> None:
    """Run the migrations up to ``target`` on the database at ``address`` (a SQLAlchemy URL)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = address
    command.upgrade(config, target)
