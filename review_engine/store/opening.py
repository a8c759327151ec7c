"""Opening a store by its address. Only what that database needs is imported."""

from pathlib import Path

from review_engine.domain.errors import InvalidConfiguration, InvalidInput, SchemaBehind, shown
from review_engine.ports.directory import Register
from review_engine.ports.outbox import Outbox
from review_engine.ports.reception import Front, Tokens
from review_engine.ports.store import Store
from review_engine.ports.timers import Keeper
from review_engine.store.schema import Shapeable, prepare, upgrade
from review_engine.store.writes import Writes

CONNECTIONS = 10
_POSTGRES = ("postgresql+psycopg://", "postgresql://", "postgres://")


def open_store(
    url: str,
    *,
    synchronous: str = "full",
    create: bool = True,
    connections: int = CONNECTIONS,
    prepared: bool = True,
) -> Keeper:
    """The store at an address.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://...`` (``postgresql://`` and ``postgres://`` as well).
        synchronous: SQLite only: ``full`` (what is acknowledged survives a power cut) or ``normal``.
        create: set up the tables when there are none.
        connections: PostgreSQL only: how many are opened at most.
        prepared: PostgreSQL only: prepare statements; not through a proxy that shares connections by transaction.

    Raises:
        InvalidConfiguration: no database of ours is at such an address.
        SchemaBehind: the tables are of another version; or there are none, and ``create`` is False.
        StoreError: the database cannot be reached.
    """
    if url.startswith("sqlite:"):
        return _open_sqlite(_path(url), synchronous, create)
    from review_engine.store.postgres import PostgresStore

    store = PostgresStore(conninfo(url), connections=connections, prepared=prepared)
    _prepare(store, store.database, create)
    return store


def _open_sqlite(path: str, synchronous: str, create: bool) -> Keeper:
    from review_engine.store.sqlite import SQLiteStore

    if not create and not Path(path).exists():
        cure = "Run review-engine db upgrade. Where one should be already, check the path."
        raise SchemaBehind("there is no database here", where=path, cure=cure)
    store = SQLiteStore(path, synchronous)
    _prepare(store, store.database, create)
    return store


def _prepare(store: Writes, database: Shapeable, create: bool) -> None:
    try:
        prepare(database, create=create)
    except BaseException:
        store.close()
        raise


def open_register(store: Store) -> Register:
    """The people and partners that are kept in a store.

    Raises:
        InvalidInput: this sort of store keeps none.
    """
    register: Register | None = getattr(store, "register", None)
    if register is None:
        raise InvalidInput(f"a {type(store).__name__} keeps no people", cure="Pass a directory of your own.")
    return register


def open_outbox(store: Store) -> Outbox:
    """The outbox that is kept in a store.

    Raises:
        InvalidInput: this sort of store keeps none.
    """
    outbox: Outbox | None = getattr(store, "outbox", None)
    if outbox is None:
        raise InvalidInput(f"a {type(store).__name__} keeps no outbox", cure="Open one of the engine's own stores.")
    return outbox


def open_front(store: Store) -> tuple[Front, Tokens]:
    """What the reception asks of a store, and the tokens that are kept in it.

    Raises:
        InvalidInput: this sort of store answers no such questions.
    """
    front: Front | None = getattr(store, "front", None)
    tokens: Tokens | None = getattr(store, "tokens", None)
    if front is None or tokens is None:
        raise InvalidInput(f"a {type(store).__name__} has no reception", cure="Open one of the engine's own stores.")
    return front, tokens


def upgrade_tables(url: str) -> str:
    """Bring the tables at an address up to date; returns their version then.

    Raises:
        InvalidConfiguration: no database of ours is at such an address.
        StoreError: the database cannot be reached.
    """
    database = _database(url)
    try:
        return upgrade(database)
    finally:
        database.close()


def check_tables(url: str) -> None:
    """Whether the tables at an address are those this engine writes.

    Raises:
        InvalidConfiguration, StoreError: as for ``upgrade_tables``.
        SchemaBehind: they are not; with the command that mends it.
    """
    open_store(url, create=False).close()


def _database(url: str) -> Shapeable:
    if url.startswith("sqlite:"):
        from review_engine.store.sqlite_database import SQLiteDatabase

        return SQLiteDatabase(_path(url))
    from review_engine.store.postgres_database import PostgresDatabase

    return PostgresDatabase(conninfo(url))


def _path(url: str) -> str:
    path = url.removeprefix("sqlite:///")
    if path == url or not path or path.startswith(":memory:"):
        raise InvalidConfiguration(
            f"{shown(url)} names no file", cure="Write sqlite:///reviews.db; for tests, open a MemoryStore."
        )
    return path


def conninfo(url: str) -> str:
    """A PostgreSQL address as its own library takes it.

    Raises:
        InvalidConfiguration: it is not PostgreSQL's.
    """
    for prefix in _POSTGRES:
        if url.startswith(prefix):
            return f"postgresql://{url.removeprefix(prefix)}"
    scheme = url.partition(":")[0]
    raise InvalidConfiguration(
        f"{shown(scheme)} is no database the engine knows", cure="Use sqlite:///path or postgresql+psycopg://..."
    )
