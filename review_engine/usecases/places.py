"""Which states mean something: where staff is awaited, what the catalog shows. Read from every kept revision.

A subject keeps the rules it entered with, so a state's name alone does not say whose turn it is: two revisions of a
workflow may give it different meanings. Where all kept revisions that have the state agree, which is nearly always so,
the name does; else each revision has a place of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from review_engine.domain.actors import STAFF, Role
from review_engine.domain.errors import InvalidInput
from review_engine.domain.lifecycle import Lifecycle
from review_engine.ports.library import Library
from review_engine.ports.reception import Place

Revisions = tuple[tuple[str, str], ...]


class Meaning(NamedTuple):
    """What a state means to the reception.

    Args:
        awaits: which staff is awaited; None for none.
        listed: whether the catalog shows what stands here.
        badge: the catalog's badge; empty for none.
    """

    awaits: Role | None = None
    listed: bool = False
    badge: str = ""


NOTHING = Meaning()


@dataclass(frozen=True, slots=True)
class Atlas:
    """The meaning of every state of every kept revision.

    Args:
        lifecycles: kind -> revision -> lifecycle, the current one first.
    """

    lifecycles: dict[str, dict[str, Lifecycle]]
    _meanings: dict[tuple[str, str], dict[str, Meaning]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for kind, revisions in self.lifecycles.items():
            for revision, lifecycle in revisions.items():
                for state in lifecycle.states:
                    self._meanings.setdefault((kind, state), {})[revision] = meaning_of(lifecycle, state)

    def of(self, kind: str, workflow: str, state: str) -> Meaning:
        """What a state means to a subject pinned to a revision; where that was not kept, what it means today."""
        meanings = self._meanings.get((kind, state))
        if not meanings:
            return NOTHING
        return meanings[workflow] if workflow in meanings else next(iter(meanings.values()))

    def lifecycle(self, kind: str, workflow: str) -> Lifecycle:
        """The lifecycle a subject is pinned to; the current one where that was not kept."""
        revisions = self.lifecycles[kind]
        return revisions[workflow] if workflow in revisions else next(iter(revisions.values()))

    def places(self, means: Callable[[Meaning], bool], kind: str | None = None) -> tuple[Place, ...]:
        """The places whose meaning fits, of one kind or of all."""
        return tuple(
            place
            for (of, state), meanings in self._meanings.items()
            if kind in (None, of)
            for place in _places(of, state, meanings, means)
        )

    def deciding(self, kind: str | None = None) -> tuple[tuple[str, str], ...]:
        """(kind, transition) of every transition that decides a round in some revision."""
        return tuple(
            dict.fromkeys(
                (of, rule.name)
                for of, revisions in self.lifecycles.items()
                if kind in (None, of)
                for lifecycle in revisions.values()
                for rule in lifecycle.transitions.values()
                if rule.decides
            )
        )


def meaning_of(lifecycle: Lifecycle, state: str) -> Meaning:
    """What a state of a workflow means."""
    here = lifecycle.states[state]
    awaits = here.waits_for if here.waits_for in STAFF else None
    return Meaning(awaits, here.listed, here.badge)


def atlas(library: Library, kept: Iterable[tuple[str, str]]) -> Atlas:
    """The atlas of the workflows as they are, and of every revision that was kept of them.

    A revision that cannot be read any longer (a check that it names is gone) is left out: its subjects are taken as
    the workflow of today has it.
    """
    lifecycles = {kind: {book.revision: book} for kind in library.kinds() for book in [library.current(kind).lifecycle]}
    for kind, revision in kept:
        known = lifecycles.get(kind)
        if known is not None and revision not in known:
            try:
                known[revision] = library.pinned(kind, revision).lifecycle
            except InvalidInput:
                continue
    return Atlas(lifecycles)


def _places(kind: str, state: str, meanings: dict[str, Meaning], means: Callable[[Meaning], bool]) -> Iterator[Place]:
    distinct = set(meanings.values())
    if len(distinct) == 1:
        (meaning,) = distinct
        if means(meaning):
            yield Place(kind, state)
        return
    for revision, meaning in meanings.items():
        if means(meaning):
            yield Place(kind, state, revision)
