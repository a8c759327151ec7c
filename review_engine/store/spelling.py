"""How the two databases differ in spelling: one place, so that ``statements`` reads as one list for both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import TextWrapper
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    LargeBinary,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    select,
    table,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.schema import Column, Table
from sqlalchemy.sql.elements import BindParameter, ClauseElement, ColumnElement
from sqlalchemy.sql.selectable import FromClause, TableValuedAlias
from sqlmodel.sql.sqltypes import UTCDateTime

from review_engine.store.columns import DOCUMENT, ID, PREFIX, metadata
from review_engine.store.layout import FROZEN, REWRITTEN
from review_engine.store.sql import GIVEN

Insert = sqlite.Insert | postgresql.Insert

_WIDTH = TextWrapper(116, break_long_words=False, break_on_hyphens=False, subsequent_indent="    ", tabsize=4)

HIT = table("hit", column("id"), column("parent_id"))
"""The subject's row that was written, inside the one statement of a change on PostgreSQL; empty if it was not."""


def named(name: str) -> Table:
    """Our table of that name, without its prefix."""
    return metadata.tables[PREFIX + name]


@dataclass(frozen=True, slots=True)
class Spelling:
    """One database's way of writing.

    Args:
        name: of its file of statements.
        dialect: spells a statement for its driver, with parameters by name.
        entries: the function that opens a JSON array into rows.
        lesser, greater: the functions that answer the lesser and the greater of two values.
    """

    name: str
    dialect: Dialect
    entries: str
    lesser: str
    greater: str

    @property
    def postgres(self) -> bool:
        """Whether this is PostgreSQL's."""
        return self.name == "postgres"

    def text(self, statement: ClauseElement, columns: Sequence[str] | None = None, *, tail: str = "") -> str:
        """The statement as the driver takes it, and the order of its values where the driver wants one.

        Args:
            statement: built from the tables.
            columns: those an insert or update sets.
            tail: ``LIMIT`` for a last clause that takes the value ``limit``.
        """
        setting: dict[str, Any] = {} if columns is None else {"column_keys": list(columns)}
        compiled: Any = statement.compile(dialect=self.dialect, **setting)
        lines = [wrapped for line in str(compiled).splitlines() for wrapped in _WIDTH.wrap(line.strip("\n"))]
        order = list(getattr(compiled, "positiontup", None) or ())
        if tail:
            lines.append(f"{tail} {'%(limit)s' if self.postgres else '?'}")
            order.append("limit")
        given = [f"{GIVEN}{', '.join(order)}"] if order and not self.postgres else []
        return "\n".join([*given, *lines])

    def read(self, of: FromClause, names: Sequence[str]) -> list[ColumnElement[object]]:
        """Columns as they are read: JSON as its text, everything else as it is."""
        documents = self.postgres
        return [cast(of.c[name], Text) if documents and of.c[name].type is DOCUMENT else of.c[name] for name in names]

    def open(self, array: ColumnElement[object] | str) -> TableValuedAlias:
        """The entries of a JSON array (a column, or the parameter of that name) as rows with one text, ``value``."""
        given = self.document(array) if isinstance(array, str) else array
        opened: TableValuedAlias = getattr(func, self.entries)(given).table_valued("value")
        return opened.render_derived(name="entry") if self.postgres else opened

    def among(self, given: ColumnElement[object], array: str) -> ColumnElement[bool]:
        """Whether a column is one of the entries of the JSON array in the parameter ``array``."""
        value: ColumnElement[object] = self.open(array).c.value
        return given.in_(select(cast(value, BigInteger) if self.postgres and given.type is ID else value))

    def document(self, parameter: str) -> ColumnElement[object]:
        """A parameter that is a JSON text."""
        given: ColumnElement[object] = bindparam(parameter, type_=Text)
        return cast(given, postgresql.JSONB) if self.postgres else given

    def insert(self, name: str, *, hit: bool = False) -> tuple[Insert, list[str]]:
        """The insert of rows into a table, and the columns it takes.

        SQLite is handed one row after the other; PostgreSQL all of them as one JSON array in the parameter
        ``<table>_rows``.

        Args:
            name: the table.
            hit: inside the one statement of a change, where the subject's number comes from the row that was hit.
        """
        target = named(name)
        given = [one for one in target.columns if one.autoincrement is not True or name == "subject"]
        names = [one.name for one in given]
        if not self.postgres:
            return _rewriting(name, sqlite.insert(target)), names
        source = self.rows(name, [one for one in given if not (hit and one.name == "subject_id")])
        chosen = [HIT.c.id if hit and one.name == "subject_id" else taken(source, one) for one in given]
        rows = select(*chosen).select_from(HIT.join(source, true()) if hit else source)
        return _rewriting(name, postgresql.insert(target).from_select(names, rows)), names

    def insert_one(self, name: str) -> Insert:
        """The insert of one row inside the one statement of a change (PostgreSQL): its values as ``<table>_<column>``.

        Most parts of a change are one row; values taken one by one cost the server less than opening a JSON array.
        """
        target = named(name)
        given = [one for one in target.columns if one.autoincrement is not True]
        values = {one.name: bindparam(f"{name}_{one.name}", type_=one.type) for one in given}
        chosen: list[Any] = [HIT.c.id if one.name == "subject_id" else _typed(values[one.name]) for one in given]
        rows = select(*chosen).select_from(HIT)
        return _rewriting(name, postgresql.insert(target).from_select([one.name for one in given], rows))

    def rows(self, name: str, columns: Sequence[Column[object]]) -> TableValuedAlias:
        """The rows of a table, opened from the JSON array they crossed in (PostgreSQL)."""
        carried: list[Any] = [column(one.name, _carried(one)) for one in columns]
        opened = func.jsonb_to_recordset(self.document(f"{name}_rows")).table_valued(*carried)
        return opened.render_derived(name="r", with_types=True)

    def merge_activity(self) -> tuple[Insert, list[str]]:
        """The insert of activity, merged into the rows that are there as ``domain.activity.Customer.merged`` does."""
        statement, names = self.insert("activity")
        kept, new = named("activity").c, statement.excluded
        newest = new["last_seen"] >= kept.last_seen
        written = {
            "first_seen": getattr(func, self.lesser)(kept.first_seen, new["first_seen"]),
            "last_seen": getattr(func, self.greater)(kept.last_seen, new["last_seen"]),
            "source": case((newest, new["source"]), else_=kept.source),
            "excluded": case((newest, new["excluded"]), else_=kept.excluded),
        }
        return statement.on_conflict_do_update(index_elements=["subject_id", "customer"], set_=written), names


def _rewriting(name: str, statement: Insert) -> Insert:
    if name not in REWRITTEN:
        return statement.on_conflict_do_nothing() if name in ("person", "workflow", "calendar_version") else statement
    kept = {*REWRITTEN[name], *(column for table, column in FROZEN if table == name)}
    written = {one.name: statement.excluded[one.name] for one in named(name).columns if one.name not in kept}
    return statement.on_conflict_do_update(index_elements=list(REWRITTEN[name]), set_=written)


def _typed(value: BindParameter[Any]) -> ColumnElement[Any]:
    """A parameter with its type spelled out. The driver spells out all types but these."""
    return cast(value, value.type) if isinstance(value.type, LargeBinary | Boolean) else value


def _carried(given: Column[Any]) -> Any:
    """The type a value has while it crosses inside JSON."""
    if given.type is DOCUMENT:
        return Text()
    return DateTime(timezone=True) if isinstance(given.type, UTCDateTime) else given.type


def taken(source: TableValuedAlias, given: Column[object]) -> ColumnElement[object]:
    """A value taken out of the JSON it crossed in."""
    taken: ColumnElement[object] = source.c[given.name]
    return cast(taken, postgresql.JSONB) if given.type is DOCUMENT else taken


_psycopg: Callable[[], Dialect] = PGDialect_psycopg

SQLITE = Spelling("sqlite", sqlite.dialect(paramstyle="qmark"), "json_each", "min", "max")
POSTGRES = Spelling("postgres", _psycopg(), "jsonb_array_elements_text", "least", "greatest")
