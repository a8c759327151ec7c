"""The store on PostgreSQL. This module is the fast path: one decision is one SELECT and one statement that writes.

A move that goes BEGIN, SELECT, UPDATE, INSERT, INSERT, INSERT, INSERT, COMMIT waits eight times for the network and
holds its locks all the while. Here the dossier is read in one SELECT, without a lock; the change is written in one
data-modifying CTE whose first part updates the subject only if its revision is still the one that was read, and whose
other parts insert only if that update hit. The statement is its own transaction. When it hits nothing, somebody else
was first: then, and only then, the row is locked, read again, decided again and written. So a contested subject makes
callers queue at its lock instead of colliding over and over, and no conflict is ever seen by a caller. A subject that
was contested a moment ago is locked at once.

Locks are taken in one order everywhere, from the highest number to the lowest: a component is always younger than its
parent, so it is locked before it. Nobody waits in a circle then; should the server break a tie all the same (a host may
lock as it likes), the transaction is begun anew.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TypeVar

from review_engine.domain.activity import Usage
from review_engine.domain.errors import Conflict, NotFound
from review_engine.domain.keys import SubjectKey
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Answer, AnswerKey, Ask, Change, Dossier, OddEvent
from review_engine.store import mapping
from review_engine.store.codec import decode, encode
from review_engine.store.front import DatabaseFront
from review_engine.store.layout import ANSWER, SUBJECT
from review_engine.store.mapping import Row, Written
from review_engine.store.outbox import DatabaseOutbox
from review_engine.store.parts import parts_of
from review_engine.store.people import DatabaseRegister
from review_engine.store.postgres_database import ATTEMPTS, BEGIN, COMMIT, PostgresConnection, PostgresDatabase, Tied
from review_engine.store.postgres_timers import PostgresTimers
from review_engine.store.reads import children_of, clocks_of, reviewed
from review_engine.store.runners import Joined, Runner
from review_engine.store.soundness import refuse_unsound_rows
from review_engine.store.sql import Statement
from review_engine.store.terms import Clash, overtaken, since, slug_taken
from review_engine.store.tokens import DatabaseTokens

T = TypeVar("T")
Decide = Callable[[Dossier], tuple[Change | None, T]]
Run = PostgresConnection | Joined

_ANSWER = slice(len(SUBJECT), len(SUBJECT) + len(ANSWER))
_LOCKED_TURNS = 32
"""How many times a contested subject is locked before it is read, until that is tried without again."""

_CONTESTED_MAX = 1_000
"""How many contested subjects are remembered."""


class PostgresStore(PostgresTimers):
    """A store on a PostgreSQL database.

    Args:
        conninfo: as libpq takes it, ``postgresql://...``.
        connections: how many are opened at most.
        prepared: whether statements are prepared once for each connection.
    """

    def __init__(self, conninfo: str, *, connections: int = 10, prepared: bool = True) -> None:
        self.database = PostgresDatabase(conninfo, connections=connections, prepared=prepared)
        super().__init__(self.database)
        self.register = DatabaseRegister(self.database)
        self.outbox = DatabaseOutbox(self.database)
        self.front = DatabaseFront(self.database)
        self.tokens = DatabaseTokens(self.database)
        self._statements: dict[tuple[str, ...], Statement] = {}
        self._contested: dict[SubjectKey, int] = {}

    def change(self, key: SubjectKey, ask: Ask, decide: Decide[T], *, session: object | None = None) -> T:
        """See ``ports.store.Store.change``; ``decide`` is asked again whenever somebody else was first."""
        if session is not None:
            with self.database.joining(session) as joined:
                return _again(lambda: self._joined(joined, key, ask, decide))
        if not self._is_contested(key):
            done = self._unlocked(key, ask, decide)
            if done:
                return done[0]
            if len(self._contested) >= _CONTESTED_MAX:
                self._contested.clear()
            self._contested[key] = _LOCKED_TURNS
        return _again(lambda: self._queued(key, ask, decide))

    def _unlocked(self, key: SubjectKey, ask: Ask, decide: Decide[T]) -> tuple[T] | None:
        """Two statements and no lock; None when somebody else was first."""
        with self.database.lent() as run:
            dossier, row = self._gathered(run, key, ask)
            change, result = decide(dossier)
            if change is None:
                return (result,)
            try:
                return (result,) if self._written(run, change, dossier.subject, row) else None
            except (Clash, Tied):
                return None

    def _queued(self, key: SubjectKey, ask: Ask, decide: Decide[T]) -> T:
        """Lock, read, decide, write, in two trips: while the lock is held, others wait for each of them."""
        sql = self.database.sql
        with self.database.lent() as run, run.undoing():
            lock, read = (sql["subject.lock"], key._asdict()), (sql["dossier"], self._wanted(key, ask))
            *_, rows = run.together((BEGIN, {}), lock, read)
            dossier, row = self._dossier_of(rows, key, ask)
            change, result = decide(reviewed(run, dossier) if ask.review else dossier)
            if change is None:
                return result
            written = self._update(change, dossier.subject, row)
            with _clashes_of(key):
                if run.together(written, (COMMIT, {}))[0] != [(1,)]:
                    raise overtaken(str(key))
        return result

    def _joined(self, run: Joined, key: SubjectKey, ask: Ask, decide: Decide[T]) -> T:
        """The same in a host's transaction. The dossier is read behind the lock: it must see what that waited for."""
        if not run.rows("subject.lock", key._asdict()):
            raise NotFound(key.kind, str(key))
        dossier, row = self._gathered(run, key, ask)
        change, result = decide(dossier)
        if change is not None:
            with run.savepoint():
                if not self._written(run, change, dossier.subject, row):
                    raise overtaken(str(key))
        return result

    def _gathered(self, run: Runner, key: SubjectKey, ask: Ask) -> tuple[Dossier, Row]:
        dossier, row = self._dossier_of(run.rows("dossier", self._wanted(key, ask)), key, ask)
        return (reviewed(run, dossier) if ask.review else dossier), row

    def _wanted(self, key: SubjectKey, ask: Ask) -> Written:
        starts = self._starts(ask)
        scope, asked = ask.answer or (None, None)
        return {
            "kind": key.kind,
            "slug": key.slug,
            "scope": scope,
            "key": asked,
            "windows": encode([*{*starts.values()}]) if starts else None,
            "wants_clocks": ask.clocks,
            "wants_children": ask.children,
        }

    def _starts(self, ask: Ask) -> dict[int, str]:
        """From when on a use counts, for each window."""
        return {window: self.database.codec.stamp(since(ask.now, window)) for window in ask.windows}

    def _dossier_of(self, rows: list[Row], key: SubjectKey, ask: Ask) -> tuple[Dossier, Row]:
        if not rows:
            raise NotFound(key.kind, str(key))
        row = rows[0]
        counts: dict[str, int]
        counts, clocks, children = (decode(text) if text else {} for text in row[_ANSWER.stop :])
        return Dossier(
            mapping.subject_of(row),
            children_of(children),
            {window: counts[start] for window, start in self._starts(ask).items()},
            clocks_of(clocks),
            mapping.answer_of(row[_ANSWER]) if row[_ANSWER.start] is not None else None,
        ), row

    def _written(self, run: Run, change: Change, before: Subject, row: Row) -> bool:
        """Write a change in one statement; whether the subject was still as it was read."""
        with _clashes_of(before.subject_key):
            return run.answers(*self._update(change, before, row)) == [(1,)]

    def _update(self, change: Change, before: Subject, row: Row) -> tuple[Statement, Written]:
        """The one statement that writes a change of a known subject, and what it is given."""
        if change.subject.revision <= before.revision:
            raise overtaken(before.key)
        given = mapping.subject_row(change.subject, self.database.codec, before, row)
        given["its_id"], given["read_revision"] = before.id, before.revision
        return self._one("hit.update", change, given)

    def _one(self, hit: str, change: Change, given: Written) -> tuple[Statement, Written]:
        """One statement for all of a change: its subject's row, and what depends on that being hit."""
        parts = parts_of(change, self.database.codec)
        refuse_unsound_rows(change, parts.values())
        names = [hit]
        for part, rows in parts.items():
            if len(rows) == 1 and part != "person_partner":
                names.append(f"{part}.one")
                given.update((f"{part}_{column}", value) for column, value in rows[0].items())
            else:
                names.append(part)
                given[f"{part}_rows"] = encode(rows)
        if change.touches_parent and change.subject.parent:
            names.append("parent")
        return self._statement(tuple(names)), given

    def _statement(self, names: tuple[str, ...]) -> Statement:
        """The one statement of a change with these parts, put together when it is first needed."""
        statement = self._statements.get(names)
        if statement is None:
            sql, (hit, *parts) = self.database.sql, names
            written = "".join(
                f",\npart_{number} AS (\n{sql[f'part.{part}'].text}\n)" for number, part in enumerate(parts)
            )
            text = f"WITH hit AS (\n{sql[hit].text}\n){written}\nSELECT count(*) FROM hit"
            statement = self._statements[names] = Statement(text)
        return statement

    def _is_contested(self, key: SubjectKey) -> bool:
        turns = self._contested.pop(key, 0)
        if turns > 1:
            self._contested[key] = turns - 1
        return turns > 0

    def add(self, change: Change, *, answer: AnswerKey | None = None, session: object | None = None) -> Answer | None:
        """See ``ports.store.Store.add``."""
        if session is not None:
            with self.database.joining(session) as joined:
                return _again(lambda: self._put(joined, change, answer))
        return _again(lambda: self._put_alone(change, answer))

    def _put_alone(self, change: Change, answer: AnswerKey | None) -> Answer | None:
        with self.database.lent() as run:
            return self._put(run, change, answer)

    def _put(self, run: Run, change: Change, answer: AnswerKey | None) -> Answer | None:
        given = self._answered(run, answer) if answer else None
        if given is not None:
            return given
        new = mapping.new_subject_row(change.subject, self.database.codec, self._parent(run, change.subject))
        try:
            with run.savepoint() if isinstance(run, Joined) else nullcontext():
                run.answers(*self._one("hit.insert", change, new))
        except Clash as clash:
            given = self._answered(run, answer) if answer else None
            if given is None and clash.sort == "subject":
                raise slug_taken(change.subject.key) from None
            if given is None:
                raise
            return given
        return None

    def _lock(self, run: Runner, ids: Collection[int]) -> None:
        """Lock subjects, the youngest first."""
        if ids:
            run.rows("subjects.lock", {"ids": encode([*ids])})

    def merge_activity(self, batch: Sequence[Usage], kind: str) -> tuple[dict[str, int], list[str]]:
        """See ``ports.store.Store.merge_activity``."""
        merge = super().merge_activity
        return _again(lambda: merge(batch, kind))

    def adopt(self, changes: Sequence[Change], odd: Sequence[OddEvent]) -> None:
        """See ``ports.store.Store.adopt``."""
        write = super().adopt
        _again(lambda: write(changes, odd), Tied)

    def ring(self, ask: Ask, decide: Decide[T], *, limit: int) -> list[T]:
        """See ``ports.timers.Timers.ring``."""
        ring = super().ring
        return _again(lambda: ring(ask, decide, limit=limit), Tied)

    def change_many(self, keys: Sequence[SubjectKey], ask: Ask, decide: Decide[T]) -> list[T]:
        """See ``ports.timers.Timers.change_many``."""
        change = super().change_many
        return _again(lambda: change(keys, ask, decide), Tied)


@contextmanager
def _clashes_of(key: SubjectKey) -> Iterator[None]:
    """Say whose part was there already: the server knows it by a number only."""
    try:
        yield
    except Clash as clash:
        raise Clash(clash.sort, str(key)) from clash


def _again(work: Callable[[], T], *ties: type[Conflict] | type[Tied]) -> T:
    """Do it again when somebody else was first, a few times. What cannot be done then can never be done."""
    for _ in range(ATTEMPTS - 1):
        with suppress(*(ties or (Clash, Tied))):
            return work()
    return work()
