"""The databases' half of the time socket: who is due, what clocks did, versions of calendars, heartbeats.

Between ``writes`` and a store, as ``ports.timers`` stands beside ``ports.store``. A ring or a batch is one transaction:
subjects are taken, what lies beside all of them is read with one statement of each sort, each is decided, and what was
decided is written table by table. What is here suits a database with one write lock, which the transaction holds from
its first word; ``postgres_timers`` adds what it takes where many write at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple, TypeVar

from review_engine.domain.clocks import ClockEvent
from review_engine.domain.keys import SubjectKey
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.ports.timers import ClockLedger, Heartbeat
from review_engine.store import mapping
from review_engine.store.codec import decode, document, encode, moment
from review_engine.store.layout import PARTS, REWRITTEN
from review_engine.store.mapping import Row, Written
from review_engine.store.parts import Parts, parts_of
from review_engine.store.reads import CHUNK, grouped
from review_engine.store.runners import Runner
from review_engine.store.soundness import refuse_unsound
from review_engine.store.terms import overtaken
from review_engine.store.writes import Writes, Writing, insert_many

T = TypeVar("T")
Decide = Callable[[Dossier], tuple[Change | None, T]]


class Decided(NamedTuple):
    """A change to be written, the subject as it was read, and the row it was read from."""

    change: Change
    before: Subject
    row: Row


class TimedStore(Writes):
    """A store on a database that serves the time socket as well."""

    # Ringing

    def ring(self, ask: Ask, decide: Decide[T], *, limit: int) -> list[T]:
        """See ``ports.timers.Timers.ring``. When nothing is due, no lock is taken to find that out."""
        wakes = self.next_ring()
        if wakes is None or wakes > ask.now:
            return []
        with self._database.writing() as run:
            return self._decided(run, self._due(run, ask, limit), decide)

    def next_ring(self) -> datetime | None:
        """See ``ports.timers.Timers.next_ring``."""
        ((wakes,),) = self._rows("next_ring", {})
        return None if wakes is None else moment(wakes)

    def change_many(self, keys: Sequence[SubjectKey], ask: Ask, decide: Decide[T]) -> list[T]:
        """See ``ports.timers.Timers.change_many``."""
        if not keys:
            return []
        with self._database.writing() as run:
            return self._decided(run, self._asked(run, self._held(run, keys), ask, keys), decide)

    def _due(self, run: Runner, ask: Ask, limit: int) -> "list[tuple[Row, Dossier]]":
        """The subjects that are due, earliest first. One with several clocks that are due is found once."""
        found = run.rows("due", {"now": self._database.codec.stamp(ask.now), "limit": limit})
        rows = list({row[0]: row for row in reversed(found)}.values())[::-1]
        return list(zip(rows, self._dossiers(run, rows, ask), strict=True))

    def _held(self, run: Runner, keys: Sequence[SubjectKey]) -> list[Row]:
        """The rows of subjects, which nobody else can write until the transaction ends."""
        return list(chain.from_iterable(run.rows("subjects", given) for given in by_kind(keys)))

    def _asked(self, run: Runner, rows: list[Row], ask: Ask, keys: Sequence[SubjectKey]) -> "list[tuple[Row, Dossier]]":
        """Dossiers in the order of the keys."""
        found = {(row[1], row[2]): row for row in rows}
        ordered = [found[key] for key in dict.fromkeys(keys) if key in found]
        return list(zip(ordered, self._dossiers(run, ordered, ask), strict=True))

    def _decided(self, run: Writing, asked: "list[tuple[Row, Dossier]]", decide: Decide[T]) -> list[T]:
        """Decide on all before anything is written."""
        results: list[T] = []
        decided: list[Decided] = []
        for row, dossier in asked:
            change, result = decide(dossier)
            results.append(result)
            if change is not None:
                refuse_unsound(change)
                decided.append(Decided(change, dossier.subject, row))
        if decided:
            self._write_many(run, decided)
        return results

    def _write_many(self, run: Writing, decided: Sequence[Decided]) -> None:
        """Write changes table by table."""
        self._update_many(run, decided)
        codec = self._database.codec
        parts: list[Parts] = [parts_of(one.change, codec, one.before.id) for one in decided]
        for part in PARTS:
            insert_many(run, part, _once(part, chain.from_iterable(rows[part] for rows in parts if part in rows)))
        parents = {one.row[mapping.PARENT_ID] for one in decided if one.change.touches_parent} - {None}
        if parents:
            run.run("subjects.bump", {"ids": encode(sorted(parents))})

    def _update_many(self, run: Writing, decided: Sequence[Decided]) -> None:
        rows = [self._updated(one) for one in decided]
        if run.run_many("subject.update", rows) != len(rows):
            raise overtaken(decided[0].before.key if len(decided) == 1 else "one of the subjects")

    def _updated(self, one: Decided) -> Written:
        """A subject over what was read."""
        change, before = one.change, one.before
        if change.subject.revision <= before.revision:
            raise overtaken(before.key)
        row = mapping.subject_row(change.subject, self._database.codec, before, one.row)
        row["its_id"], row["read_revision"] = before.id, before.revision
        return row

    # Ledgers

    def clock_ledgers(self, kind: str | None = None) -> Iterator[ClockLedger]:
        """See ``ports.timers.Timers.clock_ledgers``."""
        name, given = ("timed", {}) if kind is None else ("timed.kind", {"kind": kind})
        with self._database.reading(snapshot=True) as run:
            for rows in run.chunks(self._database.sql[name], given, CHUNK):
                yield from _ledgers(run, rows)

    def clock_events_of(self, keys: Sequence[SubjectKey]) -> dict[str, list[ClockEvent]]:
        """See ``ports.timers.Timers.clock_events_of``; one query for each kind."""
        found: dict[str, list[ClockEvent]] = {}
        with self._database.reading(snapshot=True) as run:
            for given in by_kind(keys):
                for slug, *line in run.rows("clock_events.of", given):
                    lines = found.setdefault(f"{given['kind']}/{slug}", [])
                    if line[0] is not None:
                        lines.append(mapping.clock_event_of(tuple(line)))
        return found

    # Calendars and heartbeats

    def open_clocks(self, calendar: str) -> list[SubjectKey]:
        """See ``ports.timers.Timers.open_clocks``."""
        return [SubjectKey(kind, slug) for kind, slug in self._rows("open_clocks", {"calendar": calendar})]

    def keep_calendar(self, name: str, version: str, document: str, at: datetime) -> None:
        """See ``ports.timers.Timers.keep_calendar``."""
        stamp = self._database.codec.stamp
        with self._database.writing() as run:
            kept: Written = {"name": name, "version": version, "document": document, "at": stamp(at)}
            run.insert("calendar_version", [kept])

    def calendar(self, version: str) -> tuple[str, str] | None:
        """See ``ports.timers.Timers.calendar``."""
        for name, kept in self._rows("calendar", {"version": version}):
            return name, kept
        return None

    def beat(self, heartbeat: Heartbeat) -> None:
        """See ``ports.timers.Timers.beat``."""
        at, details = self._database.codec.stamp(heartbeat.at), document(heartbeat.details)
        with self._database.writing() as run:
            run.insert("heartbeat", [{"name": heartbeat.name, "at": at, "details": details}])

    def heartbeats(self) -> list[Heartbeat]:
        """See ``ports.timers.Timers.heartbeats``."""
        beats = (Heartbeat(name, moment(at), decode(details)) for name, at, details in self._rows("heartbeats", {}))
        return sorted(beats, key=lambda beat: beat.name)


def by_kind(keys: Sequence[SubjectKey]) -> Iterator[dict[str, str]]:
    """What statements that find subjects by kind and slugs are given."""
    slugs: dict[str, list[str]] = {}
    for kind, slug in dict.fromkeys(keys):
        slugs.setdefault(kind, []).append(slug)
    for kind in sorted(slugs):
        yield {"kind": kind, "slugs": encode(slugs[kind])}


def _once(part: str, rows: Iterable[Written]) -> list[Written]:
    """Rows to be written; of those that are written over each other, the last."""
    if part not in REWRITTEN:
        return list(rows)
    names = REWRITTEN[part]
    return list({tuple(row[name] for name in names): row for row in rows}.values())


def _ledgers(run: Runner, rows: list[Row]) -> Iterator[ClockLedger]:
    ids = {"ids": encode([row[0] for row in rows])}
    events = grouped(run.rows("clock_events.many", ids))
    moves = grouped(run.rows("moves.many", ids))
    for row in rows:
        subject = mapping.subject_of(row)
        lines = tuple(mapping.clock_event_of(line[:-1]) for line in events.get(row[0], ()))
        made = tuple(mapping.move_of(subject.key, line[:-1]) for line in moves.get(row[0], ()))
        yield ClockLedger(subject, lines, made)
