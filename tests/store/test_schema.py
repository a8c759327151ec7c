"""The tables: the finished text, the migrations and the declared tables must be one and the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from review_engine.domain.errors import SchemaBehind
from review_engine.store.columns import PREFIX, metadata
from review_engine.store.opening import check_tables, open_store, upgrade_tables
from review_engine.store.schema import MIGRATIONS, VERSION_TABLE, migrate
from review_engine.store.spelling import POSTGRES, SQLITE, Spelling
from review_engine.store.sql import FOLDER, REVISION
from review_engine.store.statements import document

DATABASES = ("sqlite", "postgres")
SHAPES = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
"""


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/reviews.db"


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def differences(url: str) -> list[object]:
    """What Alembic would change to make the database what the tables declare."""
    with connected(url) as connection:
        options = {
            "version_table": VERSION_TABLE,
            "include_name": lambda name, sort, _: sort != "table" or name.startswith(PREFIX),
            "compare_type": True,
            "compare_server_default": True,
        }
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def shape(url: str) -> list[object]:
    """Everything the database says of its tables."""
    with connected(url) as connection:
        if url.startswith("sqlite"):
            tables = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
            ).scalars()
            pragmas = ("table_xinfo", "index_list", "foreign_key_list")
            found: list[object] = [
                (table, pragma, sorted(map(str, connection.execute(text(f"PRAGMA {pragma}({table})")).fetchall())))
                for table in tables
                for pragma in pragmas
            ]
            indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1"
            return [*found, *((name, " ".join(sql.split())) for name, sql in connection.execute(text(indexes)))]
        return [tuple(row) for question in (SHAPES, INDEXES, CONSTRAINTS) for row in connection.execute(text(question))]


def emptied(url: str, tmp_path: Path) -> str:
    """Another empty database of the same sort."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/other.db"
    with connected(url) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()
    return url


@pytest.mark.parametrize("spelling", [SQLITE, POSTGRES], ids=lambda one: one.name)
def test_the_finished_statements_are_those_built_from_the_tables(spelling: Spelling) -> None:
    finished = (FOLDER / f"{spelling.name}.sql").read_text(encoding="utf-8")
    assert finished == document(spelling), "run: python -m review_engine.store.statements"


def test_a_new_database_has_exactly_the_declared_tables(url: str) -> None:
    open_store(url).close()
    assert differences(url) == []


def test_migrations_make_exactly_the_declared_tables(url: str) -> None:
    migrate(url)
    assert differences(url) == []
    open_store(url, create=False).close()


def test_a_new_database_and_a_migrated_one_are_the_same(url: str, tmp_path: Path) -> None:
    upgrade_tables(url)
    made = shape(url)
    other = emptied(url, tmp_path)
    migrate(other)
    assert shape(other) == made


def test_the_statements_are_for_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_migrations_leave_a_hosts_tables_and_versions_alone(url: str) -> None:
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("CREATE TABLE move (id INTEGER PRIMARY KEY)"))
        connection.commit()
    migrate(url)
    assert differences(url) == []
    with connected(url) as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM move")).scalar_one() == 0


def test_an_upgrade_of_an_up_to_date_database_changes_nothing(url: str) -> None:
    assert upgrade_tables(url) == REVISION
    made = shape(url)
    assert upgrade_tables(url) == REVISION
    assert shape(url) == made
    check_tables(url)


def test_a_database_without_tables_is_behind_and_told_the_cure(url: str) -> None:
    with pytest.raises(SchemaBehind, match=r"Run review-engine db upgrade\."):
        open_store(url, create=False)
    with pytest.raises(SchemaBehind):
        check_tables(url)


def test_asking_for_a_file_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SchemaBehind):
        check_tables(f"sqlite:///{tmp_path}/nothing.db")
    assert list(tmp_path.iterdir()) == []


def test_an_older_database_is_behind_and_never_changed_by_opening(url: str) -> None:
    open_store(url).close()
    with connected(url) as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0000'"))
        connection.commit()
    with pytest.raises(SchemaBehind, match="0000"):
        open_store(url)


def test_a_downgrade_takes_everything_back(url: str) -> None:
    from alembic import command

    migrate(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.downgrade(config, "base")
    with connected(url) as connection:
        assert [one for one in shape(url) if "review_" in str(one) and VERSION_TABLE not in str(one)] == []
        assert connection.execute(text(f"SELECT count(*) FROM {VERSION_TABLE}")).scalar_one() == 0
