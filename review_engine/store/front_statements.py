"""The statements of the reception: what waits, what is on show, how it flowed, tokens.

Apart from ``statements``, as ``front`` is apart from ``reads``; they are spelled into the same files. They look into
JSON documents, where the two databases have few words in common, so they are written as text with those words left
open. What is not asked for is not computed: a condition begins with whether it applies.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Text, bindparam, cast, delete, func, or_, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from review_engine.domain.clocks import RUNNING
from review_engine.store import front_tables, tables  # noqa: F401 - importing them is what fills the metadata
from review_engine.store.layout import SUBJECT
from review_engine.store.spelling import Spelling, named

Named = Iterator[tuple[str, str]]

S, TOKENS = named("subject"), named("token")

TOKEN = ("id", "digest", "sort", "person", "role", "partner", "label", "created_at", "expires_at", "revoked_at")
"""The columns of a token, in the order of the value's fields."""

_SQLITE = {
    "places": """WITH place AS MATERIALIZED (SELECT key AS nth, json_extract(value, '$.kind') AS kind,
        json_extract(value, '$.state') AS state, json_extract(value, '$.workflow') AS workflow
        FROM json_each(:places))""",
    "name": "coalesce(json_extract(s.facts, '$.name'), '')",
    "tier": "json_extract(s.facts, '$.tier') = :tier",
    "type": "json_extract(child.facts, '$.type')",
    "decision": "json_extract(s.submission, '$.decision')",
    "claimed_by": "json_extract(s.submission, '$.claimed_by')",
    "round": "json_extract(s.submission, '$.round')",
    "day": "substr(m.at, 1, 10)",
    "marks": "group_concat(s.id)",
    "since": ":since",
}
_POSTGRES = {
    "places": """WITH place AS MATERIALIZED (SELECT row_number() OVER () - 1 AS nth, p.* FROM
        jsonb_to_recordset(CAST(:places AS jsonb)) AS p(kind text, state text, workflow text))""",
    "name": "coalesce(s.facts ->> 'name', '')",
    "tier": "s.facts -> 'tier' = to_jsonb(CAST(:tier AS text))",
    "type": "child.facts ->> 'type'",
    "decision": "s.submission ->> 'decision'",
    "claimed_by": "s.submission ->> 'claimed_by'",
    "round": "CAST(s.submission ->> 'round' AS integer)",
    "day": "CAST(CAST(m.at AT TIME ZONE 'UTC' AS date) AS text)",
    "marks": "string_agg(CAST(s.id AS text), ',')",
    "since": "CAST(:since AS timestamptz)",
}

_THERE = """s.kind = place.kind AND s.state = place.state AND (place.workflow = '' OR s.workflow = place.workflow)"""

_CLAIMED = "CASE WHEN coalesce({decision}, '-') <> '' THEN '' ELSE {claimed_by} END"
"""``Subject.held_by``, as a database says it."""

_WAITING = f"""{{places}}
SELECT s.id, s.kind, s.slug,
    (SELECT min(c.due_at) FROM review_clock AS c WHERE c.subject_id = s.id AND c.state = '{RUNNING}'),
    CASE WHEN CAST(:words AS integer) = 1 THEN {{name}} ELSE '' END,
    CASE WHEN CAST(:words AS integer) = 1 THEN s.partner ELSE '' END,
    CASE WHEN CAST(:words AS integer) = 1 THEN {_CLAIMED} ELSE '' END
FROM place CROSS JOIN review_subject AS s
WHERE {_THERE}
    AND (CAST(:again AS integer) < 0
        OR CASE WHEN coalesce({{round}}, 0) > 1 THEN 1 ELSE 0 END = CAST(:again AS integer))
    AND (CAST(:tier AS text) = '' OR {{tier}})
    AND (CAST(:component AS text) = '' OR EXISTS (SELECT 1 FROM review_subject AS child
        WHERE child.parent_id = s.id AND {{type}} = CAST(:component AS text)))
    AND (CAST(:unclaimed AS integer) = 0 OR {_CLAIMED} = '')
    AND (CAST(:claimed_by AS text) = '' OR {_CLAIMED} = CAST(:claimed_by AS text))"""

_COUNT = f"""{{places}}
SELECT count(*) FROM place CROSS JOIN review_subject AS s WHERE {_THERE}"""

_FLOW = """SELECT {day} AS day, s.kind, m.workflow, m.target, coalesce(b.workflow, ''), coalesce(b.target, ''), count(*)
FROM review_move AS m JOIN review_subject AS s ON s.id = m.subject_id
LEFT JOIN review_move AS b ON b.subject_id = m.subject_id AND b.number = m.number - 1
WHERE m.at > {since}
GROUP BY 1, 2, 3, 4, 5, 6"""

_DECIDED = """{places}
SELECT made.by, CAST(sum(made.times) AS integer) FROM (
    SELECT m.by, s.kind, m.transition, count(*) AS times
    FROM review_move AS m JOIN review_subject AS s ON s.id = m.subject_id
    WHERE m.at >= {since} AND m.role IN ('reviewer', 'manager')
    GROUP BY m.by, s.kind, m.transition) AS made
JOIN place ON place.kind = made.kind AND place.state = made.transition
GROUP BY made.by"""

_STANDING = f"""{{places}}
SELECT place.nth, (SELECT {{marks}} FROM review_subject AS s WHERE {_THERE}) FROM place ORDER BY place.nth"""

_VERSIONS = f"""{{places}}
SELECT s.id, s.revision FROM place CROSS JOIN review_subject AS s WHERE {_THERE}"""


def front(spell: Spelling) -> Named:
    """Every statement of ``store.front`` and ``store.tokens``, by name."""
    words = _POSTGRES if spell.postgres else _SQLITE
    for name, body in (
        ("waiting", _WAITING),
        ("count", _COUNT),
        ("flow", _FLOW),
        ("decided", _DECIDED),
        ("standing", _STANDING),
        ("versions", _VERSIONS),
    ):
        yield f"front.{name}", spell.text(text(body.format_map(words)))
    yield from _beside(spell)
    yield from _tokens(spell)


def _beside(spell: Spelling) -> Named:
    kept, changes, moves, clocks = named("workflow"), named("fact_change"), named("move"), named("clock")
    yield "front.revisions", spell.text(select(kept.c.kind, kept.c.revision).order_by(kept.c.kind, kept.c.revision))
    yield "front.newest", spell.text(select(func.max(changes.c.id)))
    touched = select(changes.c.subject_id).where(changes.c.id > bindparam("seen"))
    yield "front.touched", spell.text(touched)
    subjects = select(*spell.read(S, SUBJECT)).where(spell.among(S.c.id, "ids"))
    yield "front.subjects", spell.text(subjects)
    steps = select(moves.c.subject_id, moves.c.workflow, moves.c.target, moves.c.at)
    steps = steps.where(spell.among(moves.c.subject_id, "ids")).order_by(moves.c.subject_id, moves.c.number)
    yield "front.steps", spell.text(steps)
    running = select(clocks.c.subject_id, clocks.c.due_at, clocks.c.sla).where(
        spell.among(clocks.c.subject_id, "ids"), text(f"state = '{RUNNING}'")
    )
    yield "front.promises", spell.text(running.order_by(clocks.c.due_at, clocks.c.sla))
    children = S.alias("child")
    types = select(children.c.parent_id, *spell.read(children, ("facts",)))
    yield "front.components", spell.text(types.where(spell.among(children.c.parent_id, "ids")))


def _tokens(spell: Spelling) -> Named:
    read = select(*spell.read(TOKENS, TOKEN))
    by_id = TOKENS.c.id == bindparam("its_id")
    yield "token", spell.text(read.where(by_id))
    newest_first = TOKENS.c.created_at.desc(), TOKENS.c.id
    yield "tokens", spell.text(read.where(TOKENS.c.sort == bindparam("of_sort")).order_by(*newest_first))
    yield "insert.token", spell.text(*spell.insert("token"))
    revoked = update(TOKENS).where(by_id, TOKENS.c.revoked_at.is_(None))
    yield "token.revoke", spell.text(revoked.values(revoked_at=_instant(spell, "at")))
    over = or_(*(column < _instant(spell, "before") for column in (TOKENS.c.expires_at, TOKENS.c.revoked_at)))
    yield "token.forget", spell.text(delete(TOKENS).where(over))


def _instant(spell: Spelling, name: str) -> ColumnElement[Any]:
    given: ColumnElement[Any] = bindparam(name, type_=Text)
    return cast(given, TOKENS.c.created_at.type) if spell.postgres else given
