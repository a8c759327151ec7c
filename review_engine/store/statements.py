"""Every statement the database plugs run, built from the tables and spelled for one database.

Statements are built here and nowhere else, so that a column renamed in a table is renamed everywhere. They are not
built at run time: importing SQLModel and spelling them takes several hundred milliseconds, while a bare driver takes
finished text as it is. So they are spelled when the tables change, into ``sql/sqlite.sql`` and ``sql/postgres.sql``
(``python -m review_engine.store.statements``); a test holds those files equal to what is built here.

Everything crosses as plain text, numbers and bytes: JSON documents as their text, instants as text on the way in.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import Select

from review_engine.domain.reviews import WANTING
from review_engine.store import review_tables, tables  # noqa: F401 - importing them is what fills the metadata
from review_engine.store.columns import metadata
from review_engine.store.front_statements import front
from review_engine.store.layout import ANSWER, CHILD, CLOCK, LEDGERS, MOVE, NOTICE, PARTS, SUBJECT, SUBJECT_UPDATED
from review_engine.store.outbox_statements import outbox, storage
from review_engine.store.spelling import HIT, POSTGRES, SQLITE, Spelling, named
from review_engine.store.sql import FOLDER, NAME
from review_engine.store.timer_statements import timers

Named = Iterator[tuple[str, str]]
Rows = Select[Any]

S = named("subject")
ABOVE, CHILDREN = S.alias("above"), S.alias("child")
ACTIVITY, CLOCKS, ANSWERS = named("activity"), named("clock"), named("answer")
PERSON, MEMBERSHIP, PARTNER = named("person"), named("person_partner"), named("partner")

BY_KEY = and_(S.c.kind == bindparam("kind"), S.c.slug == bindparam("slug"))
NEXT = S.c.revision + literal_column("1")
COUNTED = ACTIVITY.c.excluded == literal_column("''")

VERSIONS = """CREATE TABLE review_alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT review_alembic_version_pkc PRIMARY KEY (version_num)
)"""
"""As Alembic makes it."""


def statements(spell: Spelling) -> Named:
    """Every statement by name, in the order of the file."""
    yield from _subjects(spell)
    yield from _dossiers(spell)
    yield from _ledgers(spell)
    yield from _writes(spell)
    yield from _one_statement(spell)
    yield from _activity(spell)
    yield from _people(spell)
    yield from _beside(spell)
    yield from timers(spell)
    yield from outbox(spell)
    yield from front(spell)
    yield from _schema(spell)


def _subjects(spell: Spelling) -> Named:
    read = select(*spell.read(S, SUBJECT))
    yield "subject", spell.text(read.where(BY_KEY))
    yield "subjects", spell.text(read.where(S.c.kind == bindparam("kind"), spell.among(S.c.slug, "slugs")))
    yield "scan", spell.text(read)
    yield "scan.page", spell.text(text(f"ORDER BY {S.c.kind}, {S.c.slug}"), tail="LIMIT")
    yield "census", spell.text(select(S.c.kind, S.c.state, func.count()))
    yield "census.group", f"GROUP BY {S.c.kind}, {S.c.state}"
    above = select(ABOVE.c.id).where(ABOVE.c.kind == bindparam("above_kind"), ABOVE.c.slug == bindparam("above_slug"))
    place = tuple_(bindparam("after_kind", type_=Text), bindparam("after_slug", type_=Text))
    yield "where.kind", spell.text(S.c.kind == bindparam("kind"))
    yield "where.states", spell.text(spell.among(S.c.state, "states"))
    yield "where.partners", spell.text(spell.among(S.c.partner, "partners"))
    yield "where.parent", spell.text(S.c.parent_id == above.scalar_subquery())
    yield "where.after", spell.text(tuple_(S.c.kind, S.c.slug) > place)


def _dossiers(spell: Spelling) -> Named:
    mine, recent = ACTIVITY.c.subject_id == bindparam("id"), ACTIVITY.c.last_seen >= bindparam("since")
    yield "active", spell.text(select(func.count()).select_from(ACTIVITY).where(mine, COUNTED, recent))
    clocks, children = select(*spell.read(CLOCKS, CLOCK)), select(*spell.read(CHILDREN, CHILD))
    yield "clocks", spell.text(clocks.where(CLOCKS.c.subject_id == bindparam("id")))
    yield "children", spell.text(children.where(CHILDREN.c.parent_id == bindparam("id")))
    asked = and_(ANSWERS.c.scope == bindparam("scope"), ANSWERS.c.key == bindparam("key"))
    yield "answer", spell.text(select(*spell.read(ANSWERS, ANSWER)).where(asked))
    yield "active.many", spell.text(_active_of_many(spell))
    clocks, children = clocks.add_columns(CLOCKS.c.subject_id), children.add_columns(CHILDREN.c.parent_id)
    yield "clocks.many", spell.text(clocks.where(spell.among(CLOCKS.c.subject_id, "ids")))
    yield "children.many", spell.text(children.where(spell.among(CHILDREN.c.parent_id, "ids")))


def _active_of_many(spell: Spelling) -> Rows:
    start = spell.open("windows").c.value
    asked = and_(spell.among(ACTIVITY.c.subject_id, "ids"), COUNTED, ACTIVITY.c.last_seen >= _instant(spell, start))
    return select(ACTIVITY.c.subject_id, start, func.count()).where(asked).group_by(ACTIVITY.c.subject_id, start)


def _ledgers(spell: Spelling) -> Named:
    for name, (columns, order) in LEDGERS.items():
        table = named(name)
        read = select(*spell.read(table, columns)).join(S, S.c.id == table.c.subject_id).where(BY_KEY)
        yield f"ledger.{name}", spell.text(read.order_by(*(table.c[one] for one in order)))
    moves = named("move")
    beside = S.outerjoin(moves, moves.c.subject_id == S.c.id)
    chains = select(S.c.kind, S.c.slug, S.c.head, *spell.read(moves, MOVE)).select_from(beside)
    chains = chains.order_by(S.c.kind, S.c.slug, moves.c.number)
    yield "histories", spell.text(chains)
    yield "histories.kind", spell.text(chains.where(S.c.kind == bindparam("kind")))
    yield "drips", spell.text(_drips())
    secrets = named("secret")
    newest = select(secrets.c.fact, secrets.c.version, secrets.c.sealed).join(S, S.c.id == secrets.c.subject_id)
    newest = newest.where(BY_KEY, secrets.c.fact == bindparam("fact")).order_by(secrets.c.version.desc())
    yield "sealed", spell.text(newest)
    notices = named("notice")
    told = select(*spell.read(notices, NOTICE)).where(notices.c.id > bindparam("after"))
    yield "notices", spell.text(told.order_by(notices.c.id), tail="LIMIT")
    told = told.where(notices.c.idem_key >= bindparam("first"), notices.c.idem_key < bindparam("behind"))
    told = told.order_by(notices.c.id)
    yield "notices.of", spell.text(told, tail="LIMIT")


def _drips() -> Rows:
    """Per reviewer, what was found wanting after the first round, and how much of it late."""
    found = named("finding").c
    late = func.sum(case((found.late.is_(true()), literal_column("1")), else_=literal_column("0")))
    wanting = found.result.in_([literal_column(f"'{result}'") for result in WANTING])
    asked = and_(found.round > literal_column("1"), wanting, found.at >= bindparam("since"))
    return select(found.by, func.count(), late).where(asked).group_by(found.by).order_by(found.by)


def _writes(spell: Spelling) -> Named:
    yield "subject.id", spell.text(select(S.c.id).where(BY_KEY))
    yield "subject.lock", spell.text(_lock(spell))
    yield "subject.update", spell.text(_update(), SUBJECT_UPDATED)
    bump = update(S).values(revision=NEXT)
    yield "subject.bump", spell.text(bump.where(S.c.id == bindparam("its_id")))
    yield "subjects.bump", spell.text(bump.where(spell.among(S.c.id, "ids")))
    yield "subjects.new", spell.text(_new_ids(spell))
    for name in ("subject", *PARTS, "odd_event", "workflow"):
        if name != "person_partner":
            yield f"insert.{name}", spell.text(*spell.insert(name))
    yield "insert.person_partner", spell.text(_membership(spell, hit=False))


def _lock(spell: Spelling) -> Any:
    """Take the lock a decision is made under: the subject's row, or on SQLite the whole database."""
    if spell.postgres:
        return select(S.c.id).where(BY_KEY).with_for_update(key_share=True)
    return update(S).values(revision=S.c.revision).where(S.c.id == literal_column("0"))


def _new_ids(spell: Spelling) -> Rows:
    """Numbers for new subjects: the next of the sequence, or on SQLite those behind the last."""
    count = bindparam("count", type_=Integer)
    if spell.postgres:
        sequence = func.pg_get_serial_sequence(literal_column(f"'{S.name}'"), literal_column("'id'"))
        each = func.generate_series(literal_column("1"), count).alias("one")
        return select(func.nextval(sequence)).select_from(each)
    last = select(func.coalesce(func.max(S.c.id), literal_column("0")) + literal_column("1"))
    ids = last.add_columns(literal_column("1").label("nth")).cte("ids", recursive=True)
    first, nth = ids.columns
    ids = ids.union_all(select(first + literal_column("1"), nth + literal_column("1")).where(nth < count))
    return select(next(iter(ids.columns)))


def _update() -> Any:
    """Write a subject over what was read, and nothing if somebody else wrote it since."""
    return update(S).where(S.c.id == bindparam("its_id"), S.c.revision == bindparam("read_revision"))


def _membership(spell: Spelling, *, hit: bool) -> Any:
    """Make somebody a member: who has the key already, else who has the address, else the person just added."""
    source = spell.rows("person_partner", [*MEMBERSHIP.columns, PERSON.c.mailbox]) if spell.postgres else None
    given: Any = (
        source.c if source is not None else {name: bindparam(name) for name in ("person", "partner", "mailbox")}
    )
    same = select(PERSON.c.key).where(PERSON.c.key == given["person"]).scalar_subquery()
    reached = select(PERSON.c.key).where(PERSON.c.mailbox == given["mailbox"]).scalar_subquery()
    chosen: Rows = select(func.coalesce(same, reached, given["person"]), given["partner"])
    if source is None:
        rows = chosen.where(literal_column("1"))
        return sqlite.insert(MEMBERSHIP).from_select(["person", "partner"], rows).on_conflict_do_nothing()
    rows = chosen.select_from(HIT.join(source, true()) if hit else source)
    return postgresql.insert(MEMBERSHIP).from_select(["person", "partner"], rows).on_conflict_do_nothing()


def _one_statement(spell: Spelling) -> Named:
    """The two statements of a change on PostgreSQL: the read, and the parts the write is put together from."""
    if not spell.postgres:
        return
    yield "dossier", spell.text(_whole_dossier(spell))
    back = S.c.id, S.c.parent_id
    new = [one.name for one in S.columns if one.name != "id"]
    yield "hit.update", spell.text(_update().returning(*back), SUBJECT_UPDATED)
    yield "hit.insert", spell.text(insert(S).returning(*back), new)
    yield "part.parent", spell.text(update(S).values(revision=NEXT).where(S.c.id == HIT.c.parent_id))
    for name in PARTS:
        if name == "person_partner":
            yield f"part.{name}", spell.text(_membership(spell, hit=True))
        else:
            yield f"part.{name}", spell.text(*spell.insert(name, hit=True))
            yield f"part.{name}.one", spell.text(spell.insert_one(name))


def _whole_dossier(spell: Spelling) -> Any:
    """A dossier in one round trip: what was not asked for is not computed and comes as NULL."""
    entry = spell.open("windows")
    recent = ACTIVITY.c.last_seen >= _instant(spell, entry.c.value)
    active = select(func.count()).select_from(ACTIVITY).where(ACTIVITY.c.subject_id == S.c.id, COUNTED, recent)
    counts = select(func.json_object_agg(entry.c.value, active.correlate(S, entry).scalar_subquery()))
    clocks = select(func.json_agg(func.json_build_array(*(CLOCKS.c[name] for name in CLOCK))))
    children = select(func.json_agg(func.json_build_array(*(CHILDREN.c[name] for name in CHILD))))
    beside = S.outerjoin(
        ANSWERS, and_(ANSWERS.c.scope == bindparam("scope"), ANSWERS.c.key == bindparam("key"))
    )  # fmt: skip
    return (
        select(
            *spell.read(S, SUBJECT),
            *spell.read(ANSWERS, ANSWER),
            _asked(bindparam("windows", type_=Text).is_not(None), counts.select_from(entry)),
            _asked(bindparam("wants_clocks", type_=Boolean), clocks.where(CLOCKS.c.subject_id == S.c.id)),
            _asked(bindparam("wants_children", type_=Boolean), children.where(CHILDREN.c.parent_id == S.c.id)),
        )
        .select_from(beside)
        .where(BY_KEY)
    )


def _asked(wanted: ColumnElement[bool], rows: Rows) -> ColumnElement[Any]:
    return case((wanted, cast(rows.correlate(S).scalar_subquery(), Text)))


def _activity(spell: Spelling) -> Named:
    apps = select(S.c.id, S.c.slug).where(S.c.kind == bindparam("kind"), spell.among(S.c.slug, "slugs"))
    yield "apps", spell.text(apps)
    if spell.postgres:
        locked = select(S.c.id).where(spell.among(S.c.id, "ids")).order_by(S.c.id.desc())
        yield "subjects.lock", spell.text(locked.with_for_update(key_share=True))
    yield "insert.activity", spell.text(*spell.merge_activity())


def _people(spell: Spelling) -> Named:
    read = select(*spell.read(PERSON, ("key", "name", "address", "roles")), MEMBERSHIP.c.partner)
    read = read.select_from(PERSON.outerjoin(MEMBERSHIP, MEMBERSHIP.c.person == PERSON.c.key)).order_by(PERSON.c.key)
    of = select(MEMBERSHIP.alias("other").c.person).where(text("other.partner = :partner"))
    role: Rows = select(literal_column("1")).select_from(spell.open(PERSON.c.roles)).where(text("value = :role"))
    yield "people", spell.text(read)
    yield "person", spell.text(read.where(PERSON.c.key == bindparam("key")))
    yield "person_at", spell.text(read.where(PERSON.c.mailbox == bindparam("mailbox")))
    yield "members", spell.text(read.where(PERSON.c.key.in_(of)))
    yield "staff", spell.text(read.where(role.correlate(PERSON).exists()))
    partners = select(PARTNER.c.key, PARTNER.c.name).order_by(PARTNER.c.key)
    yield "partners", spell.text(partners)
    yield "partner", spell.text(partners.where(PARTNER.c.key == bindparam("key")))
    yield "person.save", spell.text(*_save_person(spell))
    yield "person.leave", spell.text(delete(MEMBERSHIP).where(MEMBERSHIP.c.person == bindparam("key")))
    yield "person.erase", spell.text(delete(PERSON).where(PERSON.c.key == bindparam("key")))


def _save_person(spell: Spelling) -> tuple[Any, list[str]]:
    names = [one.name for one in PERSON.columns]
    statement = postgresql.insert(PERSON) if spell.postgres else sqlite.insert(PERSON)
    written = {name: statement.excluded[name] for name in names if name != "key"}
    return statement.on_conflict_do_update(index_elements=["key"], set_=written), names


def _beside(spell: Spelling) -> Named:
    kept = named("workflow")
    revision = kept.c.revision == bindparam("revision")
    yield "workflow", spell.text(select(kept.c.kind, kept.c.document).where(revision))
    odd, imported = named("odd_event"), named("imported")
    columns = spell.read(odd, ("digest", "subject", "reason", "event", "at"))
    yield "odd_events", spell.text(select(*columns).order_by(odd.c.id))
    known = (select(table.c.digest).where(spell.among(table.c.digest, "digests")) for table in (imported, odd))
    yield "adopted", spell.text(union_all(*known))


def _schema(spell: Spelling) -> Named:
    yield "version", "SELECT version_num FROM review_alembic_version"
    if spell.postgres:
        yield "version.known", "SELECT count(to_regclass('review_alembic_version'))"
        yield "before.schema", "SELECT pg_advisory_xact_lock(hashtext('review_alembic_version'))"
    else:
        yield "version.known", "SELECT count(*) FROM sqlite_master WHERE name = 'review_alembic_version'"
    yield "schema.version", VERSIONS
    for table in metadata.sorted_tables:
        yield f"schema.{table.name}", spell.text(CreateTable(table))
        yield from storage(spell, table.name)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield f"schema.{index.name}", spell.text(CreateIndex(index))


def _instant(spell: Spelling, given: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(given, ACTIVITY.c.last_seen.type) if spell.postgres else given


def document(spell: Spelling) -> str:
    """The whole file of one database."""
    return "\n\n".join(f"{NAME}{name}\n{body}" for name, body in statements(spell)) + "\n"


if __name__ == "__main__":
    for spelling in (SQLITE, POSTGRES):
        (FOLDER / f"{spelling.name}.sql").write_text(document(spelling), encoding="utf-8")
