"""Values for tests of the reception's socket: subjects that wait, and subjects that are on show."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from review_engine.domain.actors import Actor
from review_engine.domain.clocks import Clock
from review_engine.domain.facts import FactChange, FactValue, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Transition
from review_engine.domain.subjects import Subject
from review_engine.ports.reception import Asked, Awaiting, Front, Place, Spot, Tokens
from review_engine.ports.store import Change, Store
from tests.contracts.builders import ANN, NOW, subject_in, transition

QUEUED, TAKEN, SHOWN = Place("app", "queued"), Place("app", "taken"), Place("app", "shown")
RITA = Actor.reviewer("r-rita")

SUBMIT = replace(transition("submit", "queued"), opens="submission")
CLAIM = replace(transition("claim", "taken"), claims=True)
RELEASE = transition("release", "queued")
DECIDE = replace(transition("decide", "shown"), decides=True)


def front_of(store: Store) -> Front:
    """The front of a store."""
    return cast(Front, store.front)  # type: ignore[attr-defined]


def tokens_of(store: Store) -> Tokens:
    """The tokens of a store."""
    return cast(Tokens, store.tokens)  # type: ignore[attr-defined]


def put(
    store: Store,
    slug: str,
    *steps: tuple[Transition, Actor],
    kind: str = "app",
    partner: str = "acme",
    parent: str = "",
    workflow: str = "r1",
    at: datetime = NOW,
    clocks: Sequence[Clock] = (),
    **facts: FactValue,
) -> Subject:
    """A new subject that has taken these steps; ``release`` gives a claimed round back."""
    changes = tuple(FactChange(name, value, Said("partner", "p-ann", at)) for name, value in facts.items())
    subject = Subject(kind, slug, partner, "", at, 0, 0, workflow, at, parent=parent).edited({}, changes)
    moves = []
    for rule, by in ((transition("register", "draft"), ANN), *steps):
        subject, move = subject.take(rule, rule.target, by=by, now=at, frees=rule.name == RELEASE.name)
        moves.append(move)
    change = Change(subject, tuple(moves), facts=changes, submission=subject.submission, clocks=tuple(clocks))
    store.add(change)
    return subject_in(store, SubjectKey(kind, slug))


def queued(store: Store, slug: str, **more: Any) -> Subject:
    """A subject that waits for somebody to take it."""
    return put(store, slug, (SUBMIT, ANN), **more)


def taken(store: Store, slug: str, by: Actor = RITA, **more: Any) -> Subject:
    """A subject that a reviewer has taken."""
    return put(store, slug, (SUBMIT, ANN), (CLAIM, by), **more)


def shown(store: Store, slug: str, **more: Any) -> Subject:
    """A subject that was decided on, and is on show."""
    return put(store, slug, (SUBMIT, ANN), (CLAIM, RITA), (DECIDE, RITA), **more)


def waiting(front: Front, *places: Place, **asked: Any) -> dict[str, tuple[Spot, Awaiting]]:
    """Everything that waits: slug -> what was handed to choose from, and what was read in full."""
    spots: dict[int, Spot] = {}

    def choose(found: Sequence[Spot]) -> list[int]:
        spots.update({spot.id: spot for spot in found})
        return sorted(spots, reverse=True)

    full = front.waiting(Asked(places or (QUEUED, TAKEN), **asked), choose)
    assert [one.subject.id for one in full] == sorted(spots, reverse=True)
    return {one.subject.slug: (spots[one.subject.id], one) for one in full}
