"""Values for tests of stores: a subject, its moves, and changes that follow from a dossier as a use case's would."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from review_engine.domain.activity import Usage
from review_engine.domain.actors import Actor, Role
from review_engine.domain.clocks import RUNNING, Clock, ClockEvent
from review_engine.domain.evidence import Evidence, Waiver
from review_engine.domain.facts import FactChange, FactValue, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Transition
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import PASSED, Verdict
from review_engine.ports.store import Answer, AnswerKey, Ask, Change, Dossier, Store

NOW = datetime(2026, 3, 2, 18, 0, 0, 123456, tzinfo=UTC)
ANN = Actor.partner("p-ann", of="acme")
ASK = Ask(NOW)
KEY = SubjectKey("app", "acme-sync")
DAY = 86_400

Decide = Callable[[Dossier], tuple[Change | None, str]]


def transition(name: str, target: str) -> Transition:
    """A rule that leads to a state."""
    return Transition(name, name.title(), (), target, tuple(Role))


def fresh(slug: str = "acme-sync", *, kind: str = "app", partner: str = "acme", parent: str = "") -> Change:
    """The change that registers a subject."""
    blank = Subject(kind, slug, partner, "", NOW, 0, 0, "r1", NOW, parent=parent)
    subject, move = blank.take(transition("register", "draft"), "draft", by=ANN, now=NOW)
    return Change(subject, (move,))


def registered(store: Store, slug: str = "acme-sync", *, kind: str = "app", partner: str = "acme") -> Subject:
    """A subject that is in the store."""
    store.add(fresh(slug, kind=kind, partner=partner))
    return subject_in(store, SubjectKey(kind, slug))


def subject_in(store: Store, key: SubjectKey = KEY) -> Subject:
    """A subject as the store has it."""
    return store.dossier(key, ASK).subject


def moved(
    subject: Subject, target: str, *, comment: str = "", verdicts: tuple[Verdict, ...] = ()
) -> tuple[Subject, Move]:
    """The subject after one more move."""
    rule = transition(f"to-{target}", target)
    return subject.take(rule, target, by=ANN, now=NOW, verdicts=verdicts, comment=comment)


def moving(target: str, *, comment: str = "", verdicts: tuple[Verdict, ...] = (), **parts: Any) -> Decide:
    """A decision that takes one move and writes ``parts`` with it."""

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        subject, move = moved(dossier.subject, target, comment=comment, verdicts=verdicts)
        return replace(Change(subject, (move,)), **parts), move.hash

    return decide


def stating(**facts: FactValue | None) -> Decide:
    """A decision that sets facts."""

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        changes = tuple(FactChange(name, value, Said("partner", "p-ann", NOW)) for name, value in facts.items())
        return Change(dossier.subject.edited({}, changes), facts=changes), "stated"

    return decide


def seeing(evidence: Evidence) -> Decide:
    """A decision that keeps an observation."""
    return lambda dossier: (Change(dossier.subject.seeing(evidence), evidence=(evidence,)), "seen")


def waiving(waiver: Waiver) -> Decide:
    """A decision that keeps an exception."""
    return lambda dossier: (Change(dossier.subject.waiving(waiver), waivers=(waiver,)), "waived")


def untouched(dossier: Dossier) -> tuple[Change | None, str]:
    """A decision to write nothing."""
    return None, dossier.subject.state


def clock(sla: str = "first_response", **fields: Any) -> Clock:
    """A clock that runs."""
    due = NOW + timedelta(days=2)
    running = Clock(sla, 1, 1, RUNNING, NOW, due, "2 business days", "business@1", wakes_at=due)
    return replace(running, **fields)


def clock_event(sla: str = "first_response", kind: str = "start", mark: int = 1) -> ClockEvent:
    """A line of a clock's ledger."""
    return ClockEvent(sla, 1, kind, mark, NOW, NOW + timedelta(days=2), "began")


def notice(name: str = "submitted", cause: str = "move 2", subject: str = "app/acme-sync") -> Notice:
    """Something to tell."""
    return Notice(name, subject, "acme", cause, ("partner", "managers"), NOW, {"name": "Acme Sync", "round": 1})


def answer(key: str = "k1", body: str = '{"number":2}', scope: str = "partner:p-ann") -> Answer:
    """What a request was answered."""
    return Answer(scope, key, "d" * 64, body, NOW)


def answer_key(key: str = "k1", scope: str = "partner:p-ann") -> AnswerKey:
    """Whose idempotency key."""
    return AnswerKey(scope, key)


def verdicts() -> tuple[Verdict, ...]:
    """Two answers of guards."""
    return (
        Verdict("docs", PASSED, "docs is there", "Add docs.", "test_suite#3"),
        Verdict("logo", PASSED, 'it says "hello"', "Schöne Grüße, 😀"),
    )


def use(customer: str, days: float = 0, app: str = "acme-sync", excluded: str = "", source: str = "") -> Usage:
    """A use of an app, some days ago."""
    return Usage(app, customer, NOW - timedelta(days=days), source, excluded)


def component(store: Store, slug: str) -> SubjectKey:
    """A registered component of the usual app."""
    store.add(fresh(slug, kind="component", parent=str(KEY)))
    return SubjectKey("component", slug)
