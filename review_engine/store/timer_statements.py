"""The statements of the time socket: who is due, who wakes next, what clocks did, calendars and heartbeats.

Apart from ``statements``, as ``timers`` is apart from ``writes``; they are spelled into the same files.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Text, and_, bindparam, cast, func, literal_column, select, update
from sqlalchemy.schema import Column

from review_engine.domain.clocks import PAUSED, RUNNING
from review_engine.store import tables  # noqa: F401 - importing them is what fills the metadata
from review_engine.store.layout import LEDGERS, MOVE, SELDOM_UPDATED, SUBJECT, SUBJECT_UPDATED
from review_engine.store.spelling import Spelling, named, taken

Named = Iterator[tuple[str, str]]

S, CLOCKS, EVENTS, MOVES = named("subject"), named("clock"), named("clock_event"), named("move")
CALENDARS, BEATS = named("calendar_version"), named("heartbeat")
EVENT, _ = LEDGERS["clock_event"]


def timers(spell: Spelling) -> Named:
    """Every statement of ``store.timers``, by name."""
    yield from _waking(spell)
    yield from _many(spell)
    yield from _lines(spell)
    yield from _calendars(spell)


def _waking(spell: Spelling) -> Named:
    now = bindparam("now", type_=Text)
    due: Any = select(*spell.read(S, SUBJECT))
    due = due.select_from(CLOCKS.join(S, S.c.id == CLOCKS.c.subject_id)).order_by(CLOCKS.c.wakes_at)
    due = due.where(CLOCKS.c.wakes_at <= (cast(now, CLOCKS.c.wakes_at.type) if spell.postgres else now))
    if spell.postgres:
        due = due.with_for_update(key_share=True, skip_locked=True, of=S)
    yield "due", spell.text(due, tail="LIMIT")
    yield "next_ring", spell.text(select(func.min(CLOCKS.c.wakes_at)).where(CLOCKS.c.wakes_at.is_not(None)))


def _many(spell: Spelling) -> Named:
    if not spell.postgres:
        return
    yield "replanned", "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"
    yield "subjects.ids", spell.text(select(S.c.id).where(_by_keys(spell)))
    mine = spell.among(S.c.id, "ids")
    components_first = S.c.parent_id.is_(None), S.c.id
    held = select(*spell.read(S, SUBJECT)).where(mine).order_by(*components_first)
    yield "subjects.held", spell.text(held.with_for_update(key_share=True))
    free = select(S.c.id).where(mine).order_by(S.c.id)
    yield "subjects.free", spell.text(free.with_for_update(key_share=True, skip_locked=True))
    yield "subjects.update", spell.text(_update_many(spell))


def _update_many(spell: Spelling) -> Any:
    """Write subjects over what was read, and none that somebody else wrote since."""
    read: list[Column[Any]] = [Column("its_id", BigInteger), Column("read_revision", BigInteger)]
    rows = spell.rows("subject", [*(S.c[name] for name in SUBJECT_UPDATED), *read])
    written = {name: taken(rows, S.c[name]) for name in SUBJECT_UPDATED}
    written |= {name: func.coalesce(written[name], S.c[name]) for name in SELDOM_UPDATED}
    hit = and_(S.c.id == rows.c.its_id, S.c.revision == rows.c.read_revision)
    return update(S).values(written).where(hit)


def _lines(spell: Spelling) -> Named:
    beside = S.outerjoin(EVENTS, EVENTS.c.subject_id == S.c.id)
    lines = select(S.c.slug, *spell.read(EVENTS, EVENT)).select_from(beside).where(_by_keys(spell))
    yield "clock_events.of", spell.text(lines.order_by(EVENTS.c.id))
    ran = select(literal_column("1")).where(EVENTS.c.subject_id == S.c.id).exists()
    timed = select(*spell.read(S, SUBJECT)).where(ran)
    in_order = S.c.kind, S.c.slug
    yield "timed", spell.text(timed.order_by(*in_order))
    yield "timed.kind", spell.text(timed.where(S.c.kind == bindparam("kind")).order_by(*in_order))
    for name, table, columns, order in (("clock_events", EVENTS, EVENT, "id"), ("moves", MOVES, MOVE, "number")):
        many = select(*spell.read(table, columns), table.c.subject_id)
        many = many.where(spell.among(table.c.subject_id, "ids")).order_by(table.c[order])
        yield f"{name}.many", spell.text(many)
    counted_otherwise = and_(
        CLOCKS.c.state.in_([literal_column(f"'{RUNNING}'"), literal_column(f"'{PAUSED}'")]),
        CLOCKS.c.calendar != bindparam("calendar"),
    )
    found = select(S.c.kind, S.c.slug).join(CLOCKS, CLOCKS.c.subject_id == S.c.id).where(counted_otherwise)
    yield "open_clocks", spell.text(found.distinct().order_by(*in_order))


def _calendars(spell: Spelling) -> Named:
    kept = select(*spell.read(CALENDARS, ("name", "document"))).where(CALENDARS.c.version == bindparam("version"))
    yield "calendar", spell.text(kept)
    yield "insert.calendar_version", spell.text(*spell.insert("calendar_version"))
    yield "heartbeats", spell.text(select(*spell.read(BEATS, ("name", "at", "details"))))
    yield "insert.heartbeat", spell.text(*spell.insert("heartbeat"))


def _by_keys(spell: Spelling) -> Any:
    return and_(S.c.kind == bindparam("kind"), spell.among(S.c.slug, "slugs"))
