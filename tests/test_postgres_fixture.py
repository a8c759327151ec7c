"""The PostgreSQL fixtures are ground other tests stand on, so they are held to what they promise."""

from collections.abc import Iterator

import pytest
from psycopg import Connection
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.postgres import open_connection, sqlalchemy_url

TABLES = r"SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname !~ '^pg_'"


def relations_in(url: str) -> int:
    """Count what lies in the database outside PostgreSQL's own schemas and the information schema."""
    with open_connection(url) as connection:
        row = connection.execute(f"{TABLES} AND nspname <> 'information_schema'").fetchone()
    assert row is not None
    return int(row[0])


def test_the_server_is_a_recent_postgresql(postgres_url: str) -> None:
    with open_connection(postgres_url) as connection:
        assert connection.info.server_version >= 140000


@pytest.mark.parametrize("attempt", range(4))
def test_every_test_gets_an_empty_database_whatever_the_last_one_left(postgres_database: str, attempt: int) -> None:
    assert relations_in(postgres_database) == 0
    with open_connection(postgres_database) as connection:
        connection.execute("CREATE SCHEMA other; CREATE TABLE other.left_over (id int primary key)")
        connection.execute("CREATE TABLE left_over (id int primary key, name text unique)")
    assert relations_in(postgres_database) > 0


def test_the_address_is_sqlalchemys_and_work_is_committed(postgres_database: str) -> None:
    assert make_url(postgres_database).drivername == "postgresql+psycopg"
    engine = create_engine(postgres_database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE apps AS SELECT 'cartwheel' AS slug"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT slug FROM apps")).scalar_one() == "cartwheel"
    engine.dispose()


@pytest.mark.parametrize("attempt", range(2))
def test_a_connection_a_test_forgot_does_not_block_the_next_test(
    postgres_database: str, attempt: int, forgotten: list[Connection]
) -> None:
    connection = open_connection(postgres_database)
    connection.autocommit = False
    connection.execute("CREATE TABLE held (id int)")
    forgotten.append(connection)


@pytest.fixture(scope="module")
def forgotten() -> Iterator[list[Connection]]:
    """Connections kept open, in a transaction, from one test to the next."""
    connections: list[Connection] = []
    yield connections
    for connection in connections:
        connection.close()


def test_the_servers_own_database_is_not_the_one_tests_write_to(postgres_url: str, postgres_database: str) -> None:
    assert make_url(postgres_url).database != make_url(postgres_database).database


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_a_developers_address_is_taken_in_any_spelling(scheme: str) -> None:
    taken = sqlalchemy_url(f"{scheme}://ann:secret@db.example.com:5433/reviews")
    assert taken == "postgresql+psycopg://ann:secret@db.example.com:5433/reviews"
