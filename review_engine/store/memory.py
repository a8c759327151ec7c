"""The store in memory: dictionaries and one lock. It keeps the contract to the letter and nothing beyond the process.

Tests and dry runs stand on it, and it is the plainest telling of what the two database plugs must do: they are held
against it by one suite, and by random commands that all of them must answer alike.
"""

from bisect import bisect_right
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from threading import RLock
from typing import TypeVar

from review_engine.domain.activity import Customer, Usage
from review_engine.domain.clocks import ClockEvent
from review_engine.domain.errors import InvalidInput, NotFound
from review_engine.domain.evidence import Child, Evidence, Waiver
from review_engine.domain.facts import FactChange
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.domain.subjects import Subject
from review_engine.ports.store import (
    Answer,
    AnswerKey,
    Ask,
    Change,
    Dossier,
    KeptNotice,
    Look,
    OddEvent,
    Query,
    SealedSecret,
    SubmissionRecord,
)
from review_engine.store.memory_files import NOBODY, File, active, fits
from review_engine.store.memory_front import MemoryFront, MemoryTokens
from review_engine.store.memory_outbox import MemoryOutbox
from review_engine.store.memory_people import MemoryRegister
from review_engine.store.memory_review import MemoryReviews, refuse_said_before
from review_engine.store.memory_timers import Hours, MemoryTimers
from review_engine.store.soundness import refuse_odd, refuse_query, refuse_unsound, refuse_usage
from review_engine.store.terms import Clash, apps_of, overtaken, refuse_repeated, slug_taken

__all__ = ["MemoryRegister", "MemoryStore"]

T = TypeVar("T")


class MemoryStore(MemoryTimers, MemoryReviews):
    """A store without a database.

    Args:
        register: the people an enrolment is written to; a new one if none is given.
    """

    def __init__(self, register: MemoryRegister | None = None) -> None:
        self.register = register or MemoryRegister()
        self._lock = RLock()
        self._files: dict[SubjectKey, File] = {}
        self._order: list[SubjectKey] = []
        self._notices: list[KeptNotice] = []
        self._caused: set[str] = set()
        self._answers: dict[AnswerKey, Answer] = {}
        self._workflows: dict[str, tuple[str, str]] = {}
        self._odd: dict[str, OddEvent] = {}
        self._imported: set[str] = set()
        self._hours = Hours()
        self.outbox = MemoryOutbox(self._notices, self._lock)
        self.front = MemoryFront(self._files, self._workflows, self._lock)
        self.tokens = MemoryTokens()

    # One decision

    def change(
        self,
        key: SubjectKey,
        ask: Ask,
        decide: Callable[[Dossier], tuple[Change | None, T]],
        *,
        session: object | None = None,
    ) -> T:
        """See ``ports.store.Store.change``; other writers wait, so ``decide`` is asked once."""
        _refuse_session(session)
        with self._lock:
            dossier = self._dossier(self._file(key), ask)
            change, result = decide(dossier)
            if change is not None:
                self._refuse(change, dossier.subject)
                self._write(change)
            return result

    def add(self, change: Change, *, answer: AnswerKey | None = None, session: object | None = None) -> Answer | None:
        """See ``ports.store.Store.add``."""
        _refuse_session(session)
        with self._lock:
            if answer is not None and answer in self._answers:
                return self._answers[answer]
            self._refuse(change, None)
            self._write(change)
            return None

    def adopt(self, changes: Sequence[Change], odd: Sequence[OddEvent]) -> None:
        """See ``ports.store.Store.adopt``."""
        refuse_odd(odd)
        with self._lock:
            self._refuse_adoption(changes, odd)
            for change in changes:
                self._write(change)
            self._odd.update((event.digest, event) for event in odd)

    def merge_activity(self, batch: Sequence[Usage], kind: str) -> tuple[dict[str, int], list[str]]:
        """See ``ports.store.Store.merge_activity``."""
        refuse_usage(batch)
        with self._lock:
            apps = apps_of(batch, kind)
            for app in apps.values():
                if app.key in self._files:
                    self._merge(self._files[app.key], app.usages)
            known = {label: len(app.usages) for label, app in apps.items() if app.key in self._files}
            return known, [label for label in apps if label not in known]

    def keep_workflow(self, kind: str, revision: str, document: str) -> None:
        """See ``ports.store.Store.keep_workflow``."""
        with self._lock:
            self._workflows.setdefault(revision, (kind, document))

    # What was kept

    def dossier(self, key: SubjectKey, ask: Ask, *, session: object | None = None) -> Dossier:
        """See ``ports.store.Store.dossier``."""
        _refuse_session(session)
        with self._lock:
            return self._dossier(self._file(key), ask)

    def scan(self, query: Query, ask: Ask) -> Iterator[Dossier]:
        """See ``ports.store.Store.scan``; the snapshot is taken when it is asked for."""
        asked = ask._replace(answer=None)
        with self._lock:
            return iter([self._dossier(file, asked) for file in self._chosen(query)])

    def census(self, query: Query) -> dict[tuple[str, str], int]:
        """See ``ports.store.Store.census``."""
        counted: dict[tuple[str, str], int] = {}
        with self._lock:
            for file in self._chosen(query._replace(after="", limit=None)):
                place = file.subject.kind, file.subject.state
                counted[place] = counted.get(place, 0) + 1
        return counted

    def subjects(self, keys: Sequence[SubjectKey]) -> dict[str, Subject]:
        """See ``ports.store.Store.subjects``."""
        with self._lock:
            return {str(key): self._files[key].subject for key in keys if key in self._files}

    def history(self, key: SubjectKey) -> list[Move]:
        """See ``ports.store.Store.history``."""
        return list(self._known(key).moves)

    def histories(self, kind: str | None = None) -> Iterator[tuple[str, str, list[Move]]]:
        """See ``ports.store.Store.histories``."""
        with self._lock:
            chosen = [(file.subject.key, file.subject.head, list(file.moves)) for file in self._chosen(Query(kind))]
        return iter(chosen)

    def facts_ledger(self, key: SubjectKey) -> list[FactChange]:
        """See ``ports.store.Store.facts_ledger``."""
        return list(self._known(key).facts)

    def evidence_ledger(self, key: SubjectKey) -> list[Evidence]:
        """See ``ports.store.Store.evidence_ledger``."""
        return list(self._known(key).evidence)

    def waivers_ledger(self, key: SubjectKey) -> list[Waiver]:
        """See ``ports.store.Store.waivers_ledger``."""
        return list(self._known(key).waivers)

    def submissions(self, key: SubjectKey) -> list[SubmissionRecord]:
        """See ``ports.store.Store.submissions``."""
        rounds = self._known(key).rounds
        return [rounds[number] for number in sorted(rounds)]

    def clock_events(self, key: SubjectKey) -> list[ClockEvent]:
        """See ``ports.store.Store.clock_events``."""
        return list(self._known(key).clock_events)

    def customers(self, key: SubjectKey) -> list[Customer]:
        """See ``ports.store.Store.customers``."""
        customers = self._known(key).customers
        return [customers[name] for name in sorted(customers)]

    def sealed(self, key: SubjectKey, fact: str) -> SealedSecret | None:
        """See ``ports.store.Store.sealed``."""
        versions = [secret for secret in self._known(key).secrets if secret.fact == fact]
        return max(versions, key=lambda secret: secret.version, default=None)

    def looks(self, key: SubjectKey) -> list[Look]:
        """See ``ports.store.Store.looks``."""
        return list(self._known(key).looks)

    def notices(self, subject: str | None = None, *, after: int = 0, limit: int | None = None) -> list[KeptNotice]:
        """See ``ports.store.Store.notices``."""
        kept = [one for one in self._notices if one.number > after and subject in (None, one.notice.subject)]
        return kept[:limit]

    def announce(self, notices: Sequence[Notice]) -> None:
        """See ``ports.store.Store.announce``."""
        with self._lock:
            for notice in notices:
                if notice.idem_key not in self._caused:
                    self._notices.append(KeptNotice(len(self._notices) + 1, "pending", notice))
                    self._caused.add(notice.idem_key)

    def adopted(self, digests: Sequence[str]) -> frozenset[str]:
        """See ``ports.store.Store.adopted``."""
        return frozenset(one for one in digests if one in self._imported or one in self._odd)

    def odd_events(self) -> list[OddEvent]:
        """See ``ports.store.Store.odd_events``."""
        return list(self._odd.values())

    def workflow(self, revision: str) -> tuple[str, str] | None:
        """See ``ports.store.Store.workflow``."""
        return self._workflows.get(revision)

    def check_schema(self) -> None:
        """Dictionaries have no schema to fall behind."""

    def close(self) -> None:
        """There is nothing to give back."""

    # Reading

    def _file(self, key: SubjectKey) -> File:
        file = self._files.get(key)
        if file is None:
            raise NotFound(key.kind, str(key))
        return file

    def _known(self, key: SubjectKey) -> File:
        return self._files.get(key, NOBODY)

    def _dossier(self, file: File, ask: Ask) -> Dossier:
        return Dossier(
            subject=file.subject,
            children=self._children(file) if ask.children else (),
            active={window: active(file, ask, window) for window in ask.windows},
            clocks=tuple(file.clocks[sla] for sla in sorted(file.clocks)) if ask.clocks else (),
            answer=self._answers.get(ask.answer) if ask.answer else None,
            findings=tuple(self.findings(file.subject.subject_key)) if ask.review else (),
            rounds=tuple(self.submissions(file.subject.subject_key)) if ask.review else (),
            remarks=tuple(self.remarks(file.subject.subject_key)) if ask.review else (),
        )

    def _children(self, file: File) -> tuple[Child, ...]:
        children = (self._files[key].subject for key in sorted(file.children, key=lambda key: (key.slug, key.kind)))
        return tuple(Child(child.kind, child.slug, child.state, dict(child.evidence)) for child in children)

    def _chosen(self, query: Query) -> list[File]:
        refuse_query(query)
        start = bisect_right(self._order, SubjectKey.parse(query.after)) if query.after else 0
        fitting = (self._files[key] for key in self._order[start:])
        return [file for file in fitting if fits(file.subject, query)][: query.limit]

    # Writing: first everything that could go wrong, then everything at once

    def _refuse(self, change: Change, before: Subject | None, coming: Set[str] = frozenset()) -> None:
        refuse_unsound(change)
        subject = change.subject
        file = self._files.get(subject.subject_key)
        if before is not None and subject.revision <= before.revision:
            raise overtaken(subject.key)
        parent = SubjectKey.parse(subject.parent) if subject.parent else None
        if parent is not None and parent not in self._files and str(parent) not in coming:
            raise NotFound(parent.kind, str(parent))
        if before is None and file is not None:
            raise slug_taken(subject.key)
        self._refuse_doubles(change, file or NOBODY)

    def _refuse_doubles(self, change: Change, file: File) -> None:
        where = change.subject.key
        _refuse_repeats("move", where, range(1, len(file.moves) + 1), [move.number for move in change.moves])
        refuse_said_before(change, file)
        if change.clock_events:
            fired = {event[:4] for event in file.clock_events}
            _refuse_repeats("clock_event", where, fired, [event[:4] for event in change.clock_events])
        _refuse_repeats("notice", where, self._caused, [notice.idem_key for notice in change.notices])
        if change.secrets:
            _refuse_repeats("secret", where, {kept[:2] for kept in file.secrets}, [one[:2] for one in change.secrets])
        if change.answer is not None and AnswerKey(change.answer.scope, change.answer.key) in self._answers:
            raise Clash("answer", where)
        _refuse_repeats("imported", where, self._imported, change.imported)

    def _refuse_adoption(self, changes: Sequence[Change], odd: Sequence[OddEvent]) -> None:
        refuse_repeated(changes)
        coming = frozenset(change.subject.key for change in changes if not change.subject.id)
        for subject in (change.subject for change in changes if change.subject.id):
            file = self._files.get(subject.subject_key)
            if file is None or file.subject.revision != subject.revision - 1:
                raise overtaken(subject.key)
        for change in changes:
            self._refuse(change, self._file(change.subject.subject_key).subject if change.subject.id else None, coming)
        _refuse_repeats("odd_event", "", self._odd.keys(), [event.digest for event in odd])
        _refuse_repeats("imported", "", set(), [digest for change in changes for digest in change.imported])

    def _write(self, change: Change) -> None:
        file = self._kept(change.subject)
        file.moves += change.moves
        file.facts += change.facts
        file.evidence += change.evidence
        file.waivers += change.waivers
        file.findings += change.findings
        file.remarks += change.remarks
        file.clocks.update((clock.sla, clock) for clock in change.clocks)
        file.clock_events += change.clock_events
        file.secrets += change.secrets
        file.looks += change.looks
        if change.submission is not None:
            number = change.submission.round
            facts = file.rounds[number].facts if number in file.rounds else dict(change.subject.facts)
            file.rounds[number] = SubmissionRecord(change.submission, facts)
        if change.touches_parent and change.subject.parent:
            self._bump(self._files[SubjectKey.parse(change.subject.parent)])
        self._write_beside(change)
        self._turned(change)

    def _write_beside(self, change: Change) -> None:
        for notice in change.notices:
            self._notices.append(KeptNotice(len(self._notices) + 1, "pending", notice))
            self._caused.add(notice.idem_key)
        if change.answer is not None:
            self._answers[AnswerKey(change.answer.scope, change.answer.key)] = change.answer
        if change.enrolment is not None:
            self.register.enrol(change.enrolment)
        self._imported.update(change.imported)

    def _kept(self, subject: Subject) -> File:
        key = subject.subject_key
        file = self._files.get(key)
        if file is not None:
            file.subject = subject if subject.id == file.subject.id else replace(subject, id=file.subject.id)
            return file
        file = self._files[key] = File(replace(subject, id=len(self._files) + 1))
        self._order.insert(bisect_right(self._order, key), key)
        if subject.parent:
            self._files[SubjectKey.parse(subject.parent)].children.append(key)
        return file

    def _merge(self, file: File, usages: Sequence[Usage]) -> None:
        for usage in usages:
            first = Customer(usage.customer, usage.at, usage.at, usage.source, usage.excluded)
            known = file.customers.get(usage.customer)
            file.customers[usage.customer] = known.merged(usage) if known else first
        self._bump(file)

    @staticmethod
    def _bump(file: File) -> None:
        file.subject = replace(file.subject, revision=file.subject.revision + 1)


def _refuse_repeats(sort: str, where: str, known: Container[object], new: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for one in new:
        if one in known or one in seen:
            raise Clash(sort, where)
        seen.add(one)


def _refuse_session(session: object | None) -> None:
    if session is not None:
        raise InvalidInput(
            "the memory store cannot join a database session", cure="Open a store on the database the session is of."
        )
