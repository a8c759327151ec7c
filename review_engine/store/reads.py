"""Everything that is read from a database: one SELECT a question, straight into frozen values."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Protocol, TypeVar

from review_engine.domain.activity import Customer
from review_engine.domain.clocks import Clock, ClockEvent
from review_engine.domain.errors import NotFound, SchemaBehind
from review_engine.domain.evidence import Child, Evidence, Waiver
from review_engine.domain.facts import FactChange
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.reviews import Drip, Finding, Remark
from review_engine.domain.subjects import Subject
from review_engine.ports.store import (
    Answer,
    AnswerKey,
    Ask,
    Dossier,
    KeptNotice,
    Look,
    OddEvent,
    Query,
    SealedSecret,
    SubmissionRecord,
)
from review_engine.store import mapping
from review_engine.store.codec import Codec, encode
from review_engine.store.mapping import Row, Written
from review_engine.store.runners import Joined, Runner, Speaking, Streaming
from review_engine.store.soundness import LARGEST, refuse_query
from review_engine.store.sql import REVISION, Given, Statement, all_of
from review_engine.store.terms import ALWAYS, behind, since

V = TypeVar("V")
CHUNK = 1_000
"""Subjects read at a time while streaming."""


class Readable(Speaking, Protocol):
    """What reading needs of a database."""

    @property
    def codec(self) -> Codec:
        """How its driver is handed values."""

    def reading(self, *, snapshot: bool = False) -> AbstractContextManager[Streaming]:
        """A connection to read with; with ``snapshot`` all that is read through it is of one instant."""

    def joining(self, session: object) -> AbstractContextManager[Joined]:
        """The host's connection."""

    def close(self) -> None:
        """Close all connections."""


class Reads:
    """The reading half of a store on a database."""

    def __init__(self, database: Readable) -> None:
        self._reading = database

    # Dossiers

    def dossier(self, key: SubjectKey, ask: Ask, *, session: object | None = None) -> Dossier:
        """See ``ports.store.Store.dossier``."""
        if session is not None:
            with self._reading.joining(session) as joined:
                return self._gathered(joined, key, ask)[0]
        with self._reading.reading(snapshot=True) as run:
            return self._gathered(run, key, ask)[0]

    def scan(self, query: Query, ask: Ask) -> Iterator[Dossier]:
        """See ``ports.store.Store.scan``."""
        chosen, given = self._chosen("scan", query)
        page = self._reading.sql["scan.page"]
        given["limit"] = LARGEST if query.limit is None else min(query.limit, LARGEST)
        with self._reading.reading(snapshot=True) as run:
            for rows in run.chunks(chosen + page, given, CHUNK):
                yield from self._dossiers(run, rows, ask)

    def census(self, query: Query) -> dict[tuple[str, str], int]:
        """See ``ports.store.Store.census``."""
        chosen, given = self._chosen("census", query._replace(after="", limit=None))
        with self._reading.reading() as run:
            rows = run.answers(chosen + self._reading.sql["census.group"], given)
        return {(kind, state): count for kind, state, count in rows}

    def subjects(self, keys: Sequence[SubjectKey]) -> dict[str, Subject]:
        """See ``ports.store.Store.subjects``; one query for each kind."""
        found: dict[str, Subject] = {}
        with self._reading.reading(snapshot=True) as run:
            for kind in sorted({key.kind for key in keys}):
                slugs = encode([key.slug for key in keys if key.kind == kind])
                for row in run.rows("subjects", {"kind": kind, "slugs": slugs}):
                    subject = mapping.subject_of(row)
                    found[subject.key] = subject
        return found

    # Ledgers

    def history(self, key: SubjectKey) -> list[Move]:
        """See ``ports.store.Store.history``."""
        name = str(key)
        return self._ledger("move", key, lambda row: mapping.move_of(name, row))

    def histories(self, kind: str | None = None) -> Iterator[tuple[str, str, list[Move]]]:
        """See ``ports.store.Store.histories``."""
        name, given = ("histories", {}) if kind is None else ("histories.kind", {"kind": kind})
        with self._reading.reading(snapshot=True) as run:
            chunks = run.chunks(self._reading.sql[name], given, CHUNK)
            lines = (row for rows in chunks for row in rows)
            for (of, slug, head), moves in groupby(lines, key=lambda row: tuple(row[:3])):
                key = f"{of}/{slug}"
                yield key, head, [mapping.move_of(key, row[3:]) for row in moves if row[3] is not None]

    def facts_ledger(self, key: SubjectKey) -> list[FactChange]:
        """See ``ports.store.Store.facts_ledger``."""
        return self._ledger("fact_change", key, mapping.fact_change_of)

    def evidence_ledger(self, key: SubjectKey) -> list[Evidence]:
        """See ``ports.store.Store.evidence_ledger``."""
        return self._ledger("evidence", key, mapping.evidence_line)

    def waivers_ledger(self, key: SubjectKey) -> list[Waiver]:
        """See ``ports.store.Store.waivers_ledger``."""
        return self._ledger("waiver", key, mapping.waiver_line)

    def findings(self, key: SubjectKey) -> list[Finding]:
        """See ``ports.store.Store.findings``."""
        return self._ledger("finding", key, mapping.finding_of)

    def remarks(self, key: SubjectKey) -> list[Remark]:
        """See ``ports.store.Store.remarks``."""
        return self._ledger("remark", key, mapping.remark_of)

    def drips(self, since: datetime | None = None) -> list[Drip]:
        """See ``ports.store.Store.drips``."""
        given = {"since": self._reading.codec.stamp(since or ALWAYS)}
        return [Drip(by, found, late) for by, found, late in self._rows("drips", given)]

    def submissions(self, key: SubjectKey) -> list[SubmissionRecord]:
        """See ``ports.store.Store.submissions``."""
        return self._ledger("submission", key, mapping.submission_of)

    def clock_events(self, key: SubjectKey) -> list[ClockEvent]:
        """See ``ports.store.Store.clock_events``."""
        return self._ledger("clock_event", key, mapping.clock_event_of)

    def customers(self, key: SubjectKey) -> list[Customer]:
        """See ``ports.store.Store.customers``."""
        return self._ledger("activity", key, mapping.customer_of)

    def looks(self, key: SubjectKey) -> list[Look]:
        """See ``ports.store.Store.looks``."""
        return self._ledger("secret_look", key, mapping.look_of)

    def sealed(self, key: SubjectKey, fact: str) -> SealedSecret | None:
        """See ``ports.store.Store.sealed``."""
        rows = self._rows("sealed", {**key._asdict(), "fact": fact})
        return mapping.secret_of(rows[0]) if rows else None

    # Beside subjects

    def notices(self, subject: str | None = None, *, after: int = 0, limit: int | None = None) -> list[KeptNotice]:
        """See ``ports.store.Store.notices``."""
        given: Written = {"after": min(after, LARGEST), "limit": LARGEST if limit is None else min(limit, LARGEST)}
        if subject is None:
            return [mapping.notice_of(row) for row in self._rows("notices", given)]
        given["first"], given["behind"] = f"{subject}#", f"{subject}$"  # its keys begin so; $ comes right behind #
        return [mapping.notice_of(row) for row in self._rows("notices.of", given)]

    def adopted(self, digests: Sequence[str]) -> frozenset[str]:
        """See ``ports.store.Store.adopted``."""
        return frozenset(digest for (digest,) in self._rows("adopted", {"digests": encode(list(digests))}))

    def odd_events(self) -> list[OddEvent]:
        """See ``ports.store.Store.odd_events``."""
        return [mapping.odd_event_of(row) for row in self._rows("odd_events", {})]

    def workflow(self, revision: str) -> tuple[str, str] | None:
        """See ``ports.store.Store.workflow``."""
        rows = self._rows("workflow", {"revision": revision})
        return (rows[0][0], rows[0][1]) if rows else None

    def check_schema(self) -> None:
        """See ``ports.store.Store.check_schema``."""
        try:
            found = [version for (version,) in self._rows("version", {})]
        except SchemaBehind:
            raise behind("there are none") from None
        if found != [REVISION]:
            raise behind(f"they are of {', '.join(found) or 'none'}, this engine writes {REVISION}")

    def close(self) -> None:
        """See ``ports.store.Store.close``."""
        self._reading.close()

    # How it is read

    def _rows(self, name: str, given: Given) -> list[Row]:
        with self._reading.reading() as run:
            return run.rows(name, given)

    def _ledger(self, table: str, key: SubjectKey, value: Callable[[Row], V]) -> list[V]:
        return [value(row) for row in self._rows(f"ledger.{table}", {"kind": key.kind, "slug": key.slug})]

    def _gathered(self, run: Runner, key: SubjectKey, ask: Ask) -> tuple[Dossier, Row]:
        """One dossier and the row of its subject. The smallest statements are the quickest on SQLite."""
        rows = run.rows("subject", {"kind": key.kind, "slug": key.slug})
        if not rows:
            raise NotFound(key.kind, str(key))
        row = rows[0]
        mine = {"id": row[0]}
        active: dict[int, int] = {}
        for window in ask.windows:
            given = {"id": row[0], "since": self._reading.codec.stamp(since(ask.now, window))}
            active[window] = run.rows("active", given)[0][0]
        dossier = Dossier(
            mapping.subject_of(row),
            children_of(run.rows("children", mine)) if ask.children else (),
            active,
            clocks_of(run.rows("clocks", mine)) if ask.clocks else (),
            self._answered(run, ask.answer) if ask.answer else None,
        )
        return (reviewed(run, dossier) if ask.review else dossier), row

    def _answered(self, run: Runner, answer: AnswerKey) -> Answer | None:
        rows = run.rows("answer", {"scope": answer.scope, "key": answer.key})
        return mapping.answer_of(rows[0]) if rows else None

    def _dossiers(self, run: Runner, rows: list[Row], ask: Ask) -> Iterator[Dossier]:
        """Dossiers of many subjects: what lies beside them is read with one statement of each sort."""
        if not (ask.windows or ask.children or ask.clocks):
            for row in rows:
                yield Dossier(mapping.subject_of(row))
            return
        ids = encode([row[0] for row in rows])
        children = grouped(run.rows("children.many", {"ids": ids})) if ask.children else {}
        clocks = grouped(run.rows("clocks.many", {"ids": ids})) if ask.clocks else {}
        active = self._active(run, ids, ask) if ask.windows else {}
        none = dict.fromkeys(ask.windows, 0)
        for row in rows:
            number = row[0]
            yield Dossier(
                mapping.subject_of(row),
                children_of(children[number]) if number in children else (),
                active.get(number) or dict(none),
                clocks_of(clocks[number]) if number in clocks else (),
            )

    def _active(self, run: Runner, ids: str, ask: Ask) -> dict[int, dict[int, int]]:
        stamp = self._reading.codec.stamp
        starts = {window: stamp(since(ask.now, window)) for window in ask.windows}
        counted: dict[int, dict[str, int]] = {}
        for number, start, count in run.rows("active.many", {"ids": ids, "windows": encode([*{*starts.values()}])}):
            counted.setdefault(number, {})[start] = count
        return {
            number: {window: by_start.get(start, 0) for window, start in starts.items()}
            for number, by_start in counted.items()
        }

    def _chosen(self, name: str, query: Query) -> tuple[Statement, dict[str, object]]:
        """The statement of that name with the query's conditions, and what it is given."""
        refuse_query(query)
        conditions: list[Statement] = []
        given: dict[str, object] = {}
        for condition, values in _conditions(query):
            conditions.append(self._reading.sql[f"where.{condition}"])
            given.update(values)
        statement = self._reading.sql[name]
        return (statement + all_of(conditions) if conditions else statement), given


def _conditions(query: Query) -> Iterator[tuple[str, Written]]:
    if query.kind is not None:
        yield "kind", {"kind": query.kind}
    if query.states:
        yield "states", {"states": encode(query.states)}
    if query.partners is not None:
        yield "partners", {"partners": encode(sorted(query.partners))}
    if query.parent is not None:
        above = SubjectKey.parse(query.parent)
        yield "parent", {"above_kind": above.kind, "above_slug": above.slug}
    if query.after:
        place = SubjectKey.parse(query.after)
        yield "after", {"after_kind": place.kind, "after_slug": place.slug}


def reviewed(run: Runner, dossier: Dossier) -> Dossier:
    """The dossier with what was said in reviews. Who writes upon it is held to the revision that was read before."""
    mine = dossier.subject.subject_key._asdict()
    return replace(
        dossier,
        findings=tuple(map(mapping.finding_of, run.rows("ledger.finding", mine))),
        rounds=tuple(map(mapping.submission_of, run.rows("ledger.submission", mine))),
        remarks=tuple(map(mapping.remark_of, run.rows("ledger.remark", mine))),
    )


def children_of(rows: list[Row]) -> tuple[Child, ...]:
    """Components by slug."""
    children = [mapping.child_of(row) for row in rows]
    if len(children) > 1:
        children.sort(key=lambda child: (child.slug, child.kind))
    return tuple(children)


def clocks_of(rows: list[Row]) -> tuple[Clock, ...]:
    """Clocks by the name of their promise."""
    clocks = [mapping.clock_of(row) for row in rows]
    if len(clocks) > 1:
        clocks.sort(key=lambda clock: clock.sla)
    return tuple(clocks)


def grouped(rows: list[Row]) -> dict[int, list[Row]]:
    """Rows by the subject they belong to, whose number comes last."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[-1], []).append(row)
    return found
