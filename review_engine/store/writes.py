"""Everything that is written to a database, one row after the other, in one transaction of ours or in a host's.

No object-relational flush: a change is a handful of finished statements. SQLite takes it so; PostgreSQL overrides
``change`` and ``add``, which it takes in one statement, and shares the rest.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Protocol, TypeVar

from review_engine.domain.activity import Usage
from review_engine.domain.errors import NotFound
from review_engine.domain.keys import SubjectKey
from review_engine.domain.notices import Notice
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Answer, AnswerKey, Ask, Change, Dossier, OddEvent
from review_engine.store import mapping
from review_engine.store.codec import encode
from review_engine.store.layout import PARTS
from review_engine.store.mapping import Row, Written
from review_engine.store.parts import Parts, activity_row, notice_row, odd_row, parts_of
from review_engine.store.reads import Readable, Reads
from review_engine.store.runners import Runner
from review_engine.store.soundness import refuse_odd, refuse_unsound, refuse_unsound_rows, refuse_usage
from review_engine.store.sql import Given
from review_engine.store.terms import App, Clash, apps_of, merged, overtaken, refuse_repeated, slug_taken

T = TypeVar("T")
CHUNK = 2_000
"""Rows handed to the driver at a time."""


class Writing(Runner, Protocol):
    """One connection of ours, in a transaction of ours."""

    def run_many(self, name: str, given: Sequence[Given]) -> int:
        """Run a statement that writes once for each; how many rows were written in all."""


class Database(Readable, Protocol):
    """What writing needs of a database."""

    def writing(self) -> AbstractContextManager[Writing]:
        """A transaction that writes; committed at the end, rolled back if the caller raises."""

    def written(self, asked: Sequence[tuple[str, Given]]) -> list[list[Row]]:
        """What several statements answer that are a whole transaction, sent at once where that costs fewer waits."""


class Writes(Reads):
    """A store on a database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    def change(
        self,
        key: SubjectKey,
        ask: Ask,
        decide: Callable[[Dossier], tuple[Change | None, T]],
        *,
        session: object | None = None,
    ) -> T:
        """See ``ports.store.Store.change``. The write lock is taken first, so ``decide`` is asked once."""
        if session is not None:
            with self._database.joining(session) as joined:
                return self._changed(joined, key, ask, decide)
        with self._database.writing() as run:
            return self._changed(run, key, ask, decide)

    def _changed(
        self, run: Runner, key: SubjectKey, ask: Ask, decide: Callable[[Dossier], tuple[Change | None, T]]
    ) -> T:
        dossier, row = self._gathered(run, key, ask)
        change, result = decide(dossier)
        if change is not None:
            with run.savepoint():
                self._write(run, change, dossier.subject, row)
        return result

    def _write(self, run: Runner, change: Change, before: Subject, row: Row) -> None:
        codec = self._database.codec
        parts = parts_of(change, codec, before.id)
        refuse_unsound_rows(change, parts.values())
        written = mapping.subject_row(change.subject, codec, before, row)
        written["its_id"], written["read_revision"] = before.id, before.revision
        if change.subject.revision <= before.revision or run.run("subject.update", written) != 1:
            raise overtaken(before.key)
        try:
            for part, rows in parts.items():
                run.insert(part, rows)
        except Clash as clash:
            raise Clash(clash.sort, before.key) from clash
        parent = row[mapping.PARENT_ID]
        if change.touches_parent and parent is not None:
            run.run("subject.bump", {"its_id": parent})

    def add(self, change: Change, *, answer: AnswerKey | None = None, session: object | None = None) -> Answer | None:
        """See ``ports.store.Store.add``."""
        refuse_unsound(change)
        if session is not None:
            with self._database.joining(session) as joined:
                return self._added(joined, change, answer)
        with self._database.writing() as run:
            return self._added(run, change, answer)

    def _added(self, run: Runner, change: Change, answer: AnswerKey | None) -> Answer | None:
        given = self._answered(run, answer) if answer else None
        if given is not None:
            return given
        parent = self._parent(run, change.subject)
        try:
            with run.savepoint():
                self._insert(run, change, parent)
        except Clash as clash:
            raise slug_taken(change.subject.key) if clash.sort == "subject" else clash from None
        return None

    def _insert(self, run: Runner, change: Change, parent: int | None) -> None:
        codec = self._database.codec
        run.insert("subject", [{**mapping.new_subject_row(change.subject, codec, parent), "id": None}])
        owner = self._id(run, change.subject.subject_key)
        for part, rows in parts_of(change, codec, owner).items():
            run.insert(part, rows)
        if change.touches_parent and parent is not None:
            run.run("subject.bump", {"its_id": parent})

    def announce(self, notices: Sequence[Notice]) -> None:
        """See ``ports.store.Store.announce``."""
        if notices:
            with self._database.writing() as run:
                run.insert("announced", [notice_row(notice, self._database.codec) for notice in notices])

    def merge_activity(self, batch: Sequence[Usage], kind: str) -> tuple[dict[str, int], list[str]]:
        """See ``ports.store.Store.merge_activity``."""
        refuse_usage(batch)
        apps = apps_of(batch, kind)
        with self._database.writing() as run:
            known = self._known(run, apps)
            self._lock(run, known.values())
            codec = self._database.codec
            rows = [
                activity_row(known[label], customer, codec)
                for label, app in apps.items()
                if label in known
                for customer in merged(app.usages).values()
            ]
            insert_many(run, "activity", rows)
            if known:
                run.run("subjects.bump", {"ids": encode(sorted(known.values()))})
        counted = {label: len(app.usages) for label, app in apps.items() if label in known}
        return counted, [label for label in apps if label not in known]

    def _known(self, run: Runner, apps: dict[str, App]) -> dict[str, int]:
        """Numbers of the apps that exist, by label."""
        labels = {app.key: label for label, app in apps.items() if app.key is not None}
        known: dict[str, int] = {}
        for kind in sorted({key.kind for key in labels}):
            slugs = encode([key.slug for key in labels if key.kind == kind])
            for number, slug in run.rows("apps", {"kind": kind, "slugs": slugs}):
                known[labels[SubjectKey(kind, slug)]] = number
        return known

    def _lock(self, run: Runner, ids: Collection[int]) -> None:
        """Keep others from writing these subjects. Where the whole database is locked, there is nothing to do."""

    def adopt(self, changes: Sequence[Change], odd: Sequence[OddEvent]) -> None:
        """See ``ports.store.Store.adopt``. A change of a subject that was written since it was read is refused."""
        refuse_odd(odd)
        refuse_repeated(changes)
        with self._database.writing() as run:
            self._adopted(run, changes)
            insert_many(run, "odd_event", [odd_row(event, self._database.codec) for event in odd])

    def _adopted(self, run: Writing, changes: Sequence[Change]) -> None:
        known = [change for change in changes if change.subject.id]
        new = [change for change in changes if not change.subject.id]
        self._adopt_known(run, known)
        numbered = list(zip(new, self._new_ids(run, len(new)), strict=True))
        self._adopt_new(run, numbered)
        owned = [*((change, change.subject.id) for change in known), *numbered]
        codec = self._database.codec
        parts: list[Parts] = []
        for change, owner in owned:
            parts.append(parts_of(change, codec, owner))
            refuse_unsound_rows(change, parts[-1].values())
        for part in PARTS:
            insert_many(run, part, list(chain.from_iterable(rows[part] for rows in parts if part in rows)))
        for key in {change.subject.parent for change in changes if change.touches_parent and change.subject.parent}:
            run.run("subject.bump", {"its_id": self._id(run, SubjectKey.parse(key))})

    def _adopt_known(self, run: Writing, changes: Sequence[Change]) -> None:
        codec = self._database.codec
        rows: list[Written] = []
        for subject in sorted((change.subject for change in changes), key=lambda one: -one.id):
            row = mapping.subject_row(subject, codec)
            row["its_id"], row["read_revision"] = subject.id, subject.revision - 1
            rows.append(row)
        if rows and run.run_many("subject.update", rows) != len(rows):
            stand = self.subjects([change.subject.subject_key for change in changes])
            late = [one.subject.key for one in changes if _revision(stand, one.subject) != one.subject.revision - 1]
            raise overtaken((late or [changes[0].subject.key])[0])

    def _adopt_new(self, run: Writing, numbered: Sequence[tuple[Change, int]]) -> None:
        codec = self._database.codec
        numbers = {change.subject.key: number for change, number in numbered}
        rows: list[Written] = []
        for change, number in numbered:
            above = change.subject.parent
            parent = numbers.get(above) if above in numbers else self._parent(run, change.subject)
            rows.append({**mapping.new_subject_row(change.subject, codec, parent), "id": number})
        try:
            insert_many(run, "subject", rows)
        except Clash as clash:
            taken = next((key for key in numbers if self._taken(key)), numbered[0][0].subject.key)
            raise slug_taken(taken) from clash

    def _taken(self, key: str) -> bool:
        return bool(self._rows("subject.id", SubjectKey.parse(key)._asdict()))

    def _new_ids(self, run: Runner, count: int) -> Sequence[int]:
        """Numbers for new subjects. Nobody else can be given them: on SQLite we hold the only write lock."""
        if not count:
            return ()
        rows = run.rows("subjects.new", {"count": count})
        return [number for (number,) in rows]

    def keep_workflow(self, kind: str, revision: str, document: str) -> None:
        """See ``ports.store.Store.keep_workflow``."""
        with self._database.writing() as run:
            run.insert("workflow", [{"kind": kind, "revision": revision, "document": document}])

    def _parent(self, run: Runner, subject: Subject) -> int | None:
        return self._id(run, SubjectKey.parse(subject.parent)) if subject.parent else None

    def _id(self, run: Runner, key: SubjectKey) -> int:
        rows = run.rows("subject.id", key._asdict())
        if not rows:
            raise NotFound(key.kind, str(key))
        number: int = rows[0][0]
        return number


def _revision(stand: dict[str, Subject], subject: Subject) -> int:
    return stand[subject.key].revision if subject.key in stand else -1


def insert_many(run: Runner, part: str, rows: Sequence[Written]) -> None:
    """Write rows into a table, some thousands at a time."""
    for start in range(0, len(rows), CHUNK):
        run.insert(part, rows[start : start + CHUNK])
