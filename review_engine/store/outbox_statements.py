"""The statements of the outbox's second half: addressing, bundling, claims with leases, fenced marks, sweeps.

Apart from ``statements``, as ``outbox`` is apart from ``writes``; they are spelled into the same files. On PostgreSQL a
claim picks its rows in a common table expression, which is never run twice, and passes over what others hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel.sql.sqltypes import UTCDateTime

from review_engine.ports.outbox import UNKNOWN_RESENT
from review_engine.store import outbox_tables, tables  # noqa: F401 - importing them is what fills the metadata
from review_engine.store.layout import NOTICE
from review_engine.store.outbox_rows import COLUMNS, ENDED, INTENT, LEFT_BEHIND, OVERTAXED
from review_engine.store.spelling import Spelling, named

Named = Iterator[tuple[str, str]]

D, NOTICES, CONTENTS = named("delivery"), named("notice"), named("delivery_content")
PAUSES, SUPPRESSIONS, PREFERENCES = named("channel_pause"), named("suppression"), named("preference")

NONE: ColumnElement[str] = literal_column("''")
ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")
NULL: ColumnElement[None] = literal_column("NULL")


def storage(spell: Spelling, table: str) -> Named:
    """How PostgreSQL keeps two of the tables.

    A letter is read once at most: compressing it costs more than it saves. A delivery is written three times on its
    way: with half a page left to it, it stays on its page, which is then logged once and not three times.
    """
    if spell.postgres and table == CONTENTS.name:
        yield f"schema.{table}.storage", f"ALTER TABLE {table} ALTER COLUMN content SET STORAGE EXTERNAL"
    if spell.postgres and table == D.name:
        yield f"schema.{table}.storage", f"ALTER TABLE {table} SET (fillfactor = 50)"


def outbox(spell: Spelling) -> Named:
    """Every statement of ``store.outbox``, by name."""
    yield from _addressing(spell)
    yield from _bundling(spell)
    yield from _claiming(spell)
    yield from _marking(spell)
    yield from _sweeping(spell)
    yield from _beside(spell)
    yield from _operating(spell)


def _is(status: str) -> ColumnElement[bool]:
    """A status as a literal, so that the partial indexes serve prepared statements too."""
    return D.c.status == literal_column(f"'{status}'")


def _at(spell: Spelling, name: str) -> ColumnElement[Any]:
    given: ColumnElement[Any] = bindparam(name, type_=Text)
    return cast(given, D.c.available_at.type) if spell.postgres else given


def _addressing(spell: Spelling) -> Named:
    waiting = NOTICES.c.status == literal_column("'pending'")
    left_out = spell.among(NOTICES.c.name, "but")
    read = select(*spell.read(NOTICES, NOTICE)).where(waiting, NOTICES.c.id > bindparam("after"), ~left_out)
    yield "outbox.unaddressed", spell.text(read.order_by(NOTICES.c.id), tail="LIMIT")
    one = NOTICES.c.id == bindparam("number")
    yield "outbox.addressed", spell.text(update(NOTICES).where(one, waiting).values(status=bindparam("stands")))
    nobody = NOTICES.c.status == literal_column("'nobody'")
    yield "outbox.readdress", spell.text(update(NOTICES).where(nobody).values(status=literal_column("'pending'")))
    yield "insert.delivery", spell.text(*_put(spell))
    yield "insert.announced", spell.text(*_put(spell, "notice"))
    yield "outbox.known", spell.text(select(D.c.id).where(spell.among(D.c.idem_key, "keys")))


def _put(spell: Spelling, name: str = "delivery") -> tuple[Any, Sequence[str]]:
    statement, names = spell.insert(name)
    return statement.on_conflict_do_nothing(index_elements=["idem_key"]), names


def _bundling(spell: Spelling) -> Named:
    due = and_(_is("pending"), D.c.bundle != NONE, D.c.available_at <= _at(spell, "now"))
    found = select(*_read(spell)).where(due).order_by(D.c.bundle, D.c.id)
    yield "outbox.bundles", spell.text(found, tail="LIMIT")
    members = and_(spell.among(D.c.id, "ids"), _is("pending"))
    waiting = select(D.c.id).where(members).order_by(D.c.id)
    yield "outbox.waiting", spell.text(waiting.with_for_update() if spell.postgres else waiting)
    yield "outbox.loosen", spell.text(update(D).where(members).values(bundle=NONE))
    told = update(D).where(members).values(status=literal_column("'cancelled'"), last_error=bindparam("why"))
    yield "outbox.merge", spell.text(told)


def _claiming(spell: Spelling) -> Named:
    now = _at(spell, "now")
    due = and_(
        _is("pending"),
        D.c.bundle == NONE,
        D.c.channel == bindparam("by_channel"),
        D.c.priority == bindparam("of_priority", type_=Integer),
        D.c.available_at <= now,
    )
    point = D.c.expires_at.is_(None) | (D.c.expires_at > now)
    picked: Any = select(D.c.id).where(due, point).order_by(D.c.available_at, D.c.id)
    picked = picked.limit(bindparam("limit", type_=Integer)).offset(ZERO)
    chosen = (picked.with_for_update(skip_locked=True) if spell.postgres else picked).cte("picked")
    taken = update(D).where(D.c.id.in_(select(chosen.c.id)))
    taken = taken.values(
        status=literal_column("'sending'"),
        lease_token=bindparam("new_token"),
        lease_until=_at(spell, "until"),
        attempts=D.c.attempts + ONE,
        data_started_at=NULL,
    )
    yield "outbox.claim", spell.text(taken.returning(*_read(spell)))
    held = and_(_is("sending"), spell.among(D.c.lease_token, "tokens"))
    yield "outbox.renew", spell.text(update(D).where(held).values(lease_until=_at(spell, "until")))
    unbegun = update(D).where(held, D.c.data_started_at.is_(None))
    freed = unbegun.values(
        status=literal_column("'pending'"),
        lease_token=NONE,
        lease_until=NULL,
        attempts=D.c.attempts - ONE,
    )
    yield "outbox.release", spell.text(freed)
    yield "outbox.abandon", spell.text(update(D).where(held).values(lease_until=_at(spell, "now")))


def _marking(spell: Spelling) -> Named:
    """All marks of a kind in one statement, which answers the numbers of the rows whose claim still held."""
    for name, columns in (("intent", INTENT), ("ended", ENDED)):
        given = _opened(spell, {one: D.c[one].type if one in D.c else Boolean() for one in (*_FENCE, *columns)})
        values: dict[str, Any] = {one: given[one] for one in columns if one in D.c}
        if name == "intent":
            for one in ("message_id", "thread_root", "letter_version"):
                values[one] = case((given["anew"], given[one]), else_=D.c[one])
        else:
            values |= {"lease_token": NONE, "lease_until": NULL}
        held = and_(D.c.id == given["id"], D.c.lease_token == given["lease_token"])  # it is sending: see release, sweep
        yield f"outbox.{name}", spell.text(update(D).where(held).values(values).returning(D.c.id))
    yield "outbox.keep", spell.text(_keeping(spell))
    if spell.postgres:
        # A plan made when the table was small would go through all of it, or through what claims left behind.
        settings = (f"set_config('enable_{way}', 'off', true)" for way in ("seqscan", "hashjoin", "mergejoin"))
        yield "outbox.by_number", f"SELECT {', '.join(settings)}"


_FENCE = ("id", "lease_token")


def _keeping(spell: Spelling) -> Any:
    """Messages cross as they are, end to end in one value, with the places where each begins: JSON would spell out
    every character of them twice. Fenced by the token of the claim, like all marks."""
    sorts = {"delivery_id": CONTENTS.c.delivery_id.type, "lease_token": D.c.lease_token.type}
    given = _opened(spell, {**sorts, "start": Integer(), "size": Integer()})
    whole: ColumnElement[Any] = bindparam("contents", type_=LargeBinary)
    one: ColumnElement[Any] = func.substr(cast(whole, LargeBinary), given["start"], given["size"])
    content = func.convert_from(one, literal_column("'UTF8'")) if spell.postgres else cast(one, Text)
    held = and_(D.c.id == given["delivery_id"], D.c.lease_token == given["lease_token"])
    rows = select(given["delivery_id"], content).where(held)
    statement: Any = (postgresql if spell.postgres else sqlite).insert(CONTENTS).from_select(list(CONTENTS.c), rows)
    written = {"content": statement.excluded.content}
    return statement.on_conflict_do_update(index_elements=["delivery_id"], set_=written)


def _opened(spell: Spelling, columns: Mapping[str, Any]) -> dict[str, ColumnElement[Any]]:
    """Rows, opened from the JSON array they crossed in. As JSON and not JSONB: messages are long, and read once."""
    if not spell.postgres:
        value = spell.open("delivery_rows").c.value
        return {one: func.json_extract(value, literal_column(f"'$.{one}'")) for one in columns}
    carried: list[Any] = [
        column(one, DateTime(timezone=True) if isinstance(sort, UTCDateTime) else sort) for one, sort in columns.items()
    ]
    given = cast(bindparam("delivery_rows", type_=Text), JSON)
    opened = func.json_to_recordset(given).table_valued(*carried).render_derived(name="r", with_types=True)
    return {one: opened.c[one] for one in columns}


def _read(spell: Spelling) -> list[ColumnElement[Any]]:
    """A delivery as it is read, with its message if there is one."""
    content = select(CONTENTS.c.content).where(CONTENTS.c.delivery_id == D.c.id).correlate(D).scalar_subquery()
    own = dict(zip(_OWN, spell.read(D, _OWN), strict=True))
    return [own.get(name, content) for name in COLUMNS]


_OWN = tuple(name for name in COLUMNS if name in D.c)


def _sweeping(spell: Spelling) -> Named:
    over = and_(_is("sending"), D.c.lease_until <= _at(spell, "now"))
    unbegun = D.c.data_started_at.is_(None)
    again = and_(~D.c.once, D.c.unknowns < literal_column(str(UNKNOWN_RESENT)))
    few = D.c.attempts < bindparam("most", type_=Integer)
    swept = update(D).where(over)
    swept = swept.values(
        status=case(
            (and_(unbegun, few), literal_column("'pending'")),
            (unbegun, literal_column("'dead'")),
            (again, literal_column("'pending'")),
            else_=literal_column("'unknown'"),
        ),
        last_error=case(
            (and_(unbegun, ~few), literal_column(f"'{OVERTAXED}'")), else_=literal_column(f"'{LEFT_BEHIND}'")
        ),
        last_stage=case((unbegun, D.c.last_stage), else_=literal_column("'content'")),
        unknowns=D.c.unknowns + case((unbegun, ZERO), else_=ONE),
        available_at=_at(spell, "now"),
        lease_token=NONE,
        lease_until=NULL,
        data_started_at=NULL,
    )
    yield "outbox.sweep", spell.text(swept.returning(D.c.status))
    past = and_(_is("pending"), D.c.expires_at.is_not(None), D.c.expires_at <= _at(spell, "now"))
    yield "outbox.over", spell.text(union_all(select(ONE).where(over), select(ONE).where(past)))
    gone = update(D).where(past).values(status=literal_column("'cancelled'"), last_error=bindparam("why"))
    yield "outbox.expire", spell.text(gone)


def _beside(spell: Spelling) -> Named:
    paused = spell.read(PAUSES, ("channel", "since", "until", "failures", "reason"))
    yield "outbox.pauses", spell.text(select(*paused).order_by(PAUSES.c.channel))
    yield "insert.channel_pause", spell.text(*_rewritten(spell, "channel_pause", "channel"))
    yield "outbox.resume", spell.text(delete(PAUSES).where(PAUSES.c.channel == bindparam("by_channel")))
    found = select(*spell.read(SUPPRESSIONS, ("address", "reason", "at"))).order_by(SUPPRESSIONS.c.address)
    yield "outbox.suppressions", spell.text(found)
    yield "outbox.suppressed", spell.text(found.where(spell.among(SUPPRESSIONS.c.address, "addresses")))
    yield "insert.suppression", spell.text(*_rewritten(spell, "suppression", "address"))
    yield "outbox.restore", spell.text(delete(SUPPRESSIONS).where(SUPPRESSIONS.c.address == bindparam("of_address")))
    waiting = and_(_is("pending"), func.lower(D.c.recipient) == bindparam("of_address"))
    stopped = update(D).where(waiting).values(status=bindparam("stands"), last_error=bindparam("why"))
    yield "outbox.stop", spell.text(stopped)
    choices = spell.read(PREFERENCES, ("person", "mode", "letters", "quiet_from", "quiet_until", "zone"))
    chosen = select(*choices).where(spell.among(PREFERENCES.c.person, "people"))
    yield "outbox.preferences", spell.text(chosen)
    yield "insert.preference", spell.text(*_rewritten(spell, "preference", "person"))


def _rewritten(spell: Spelling, name: str, told_by: str) -> tuple[Any, Sequence[str]]:
    """An insert that writes over what is there."""
    target = named(name)
    names = [one.name for one in target.columns]
    statement: Any
    if spell.postgres:
        statement, _ = spell.insert(name)
    else:
        statement = sqlite.insert(target)
    assert isinstance(statement, sqlite.Insert | postgresql.Insert)
    written = {one: statement.excluded[one] for one in names if one != told_by}
    return statement.on_conflict_do_update(index_elements=[told_by], set_=written), names


def _operating(spell: Spelling) -> Named:
    counted = select(D.c.channel, D.c.status, func.count()).group_by(D.c.channel, D.c.status)
    yield "outbox.census", spell.text(counted.order_by(D.c.channel, D.c.status))
    chosen = select(*_read(spell))
    yield "outbox.rows", spell.text(chosen)
    yield "outbox.page", spell.text(literal_column(f"ORDER BY {D.c.id}"), tail="LIMIT")
    yield "where.outbox.after", spell.text(D.c.id > bindparam("after"))
    yield "where.outbox.ids", spell.text(spell.among(D.c.id, "ids"))
    yield "where.outbox.statuses", spell.text(spell.among(D.c.status, "statuses"))
    yield "where.outbox.channel", spell.text(D.c.channel == bindparam("by_channel"))
    yield "where.outbox.subject", spell.text(D.c.subject == bindparam("of_subject"))
    yield "where.outbox.message_id", spell.text(D.c.message_id == bindparam("of_message"))
    standing = and_(spell.among(D.c.id, "ids"), spell.among(D.c.status, "statuses"))
    turned = update(D).where(standing)
    plain = turned.values(status=bindparam("stands"), last_error=bindparam("why"), bundle=NONE)
    yield "outbox.turn", spell.text(plain)
    afresh = {"attempts": ZERO, "unknowns": ZERO, "data_started_at": NULL, "expires_at": NULL, "bundle": NONE}
    begun = turned.values(status=literal_column("'pending'"), available_at=_at(spell, "now"), **afresh)
    yield "outbox.afresh", spell.text(begun)
    ended = D.c.status.in_([literal_column("'sent'"), literal_column("'cancelled'")])
    yield "outbox.purge", spell.text(delete(D).where(ended, D.c.created_at < _at(spell, "before")))
