"""The desk a use case works at: the ports within reach of its hand, and the one way to read and to change at it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from review_engine.domain.actors import Actor
from review_engine.domain.calendar import Calendar
from review_engine.domain.cases import Case
from review_engine.domain.clocks import Clock
from review_engine.domain.discretion import as_read_by
from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import Playbook, see
from review_engine.domain.sides import on_partners_side
from review_engine.domain.subjects import Subject
from review_engine.ports.library import Library
from review_engine.ports.store import AnswerKey, Ask, Change, Dossier
from review_engine.ports.timers import Keeper
from review_engine.ports.vault import Vault
from review_engine.usecases.decide import Decision

T = TypeVar("T")
Decide = Callable[[Dossier], tuple[Change | None, T]]


class _CountsMissing(Exception):
    """The subject is pinned to a revision that counts within a window nobody had asked for yet."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports of a use case.

    Args:
        store: where everything is kept.
        library: workflows and calendars.
        vault: seals secrets.
        tells_moves: whether somebody in this process is to be told of every move.
    """

    store: Keeper
    library: Library
    vault: Vault
    tells_moves: Callable[[], bool] = lambda: False
    _versions: dict[str, Calendar] = field(default_factory=dict, init=False, repr=False, compare=False)

    def change(
        self,
        key: SubjectKey,
        decide: Decide[T],
        *,
        now: datetime,
        answer: AnswerKey | None = None,
        session: object | None = None,
        review: bool = False,
    ) -> T:
        """Read a dossier, decide on it, write the change. Raises what ``Store.change`` and ``decide`` raise."""

        def ask() -> Ask:
            return self.ask(key.kind, now, answer)._replace(review=review)

        try:
            return self.store.change(key, ask(), decide, session=session)
        except _CountsMissing:  # the library has met the revision now, so the second question is complete
            return self.store.change(key, ask(), decide, session=session)

    def ring(self, decide: Decide[T], *, now: datetime, limit: int) -> list[T]:
        """Decide on the subjects whose clocks are due at ``now``, in one transaction; empty when none is."""
        windows = tuple(sorted({window for kind in self.library.kinds() for window in self.library.windows(kind)}))
        ask = Ask(now, windows, children=True, clocks=True)
        try:
            return self.store.ring(ask, decide, limit=limit)
        except _CountsMissing:
            return self.ring(decide, now=now, limit=limit)

    def dossier(self, key: SubjectKey, by: Actor, now: datetime, *, review: bool = False) -> Dossier:
        """The dossier as the actor may read it, if they may know of it; with what was said in reviews if wanted.

        Raises:
            NotFound: no such subject, or another partner's.
        """
        dossier = self.store.dossier(key, self.ask(key.kind, now)._replace(review=review))
        see(dossier.subject, by)
        if not self._complete(dossier):
            dossier = self.store.dossier(key, self.ask(key.kind, now)._replace(review=review))
        return self.as_read_by(dossier, by)

    def as_read_by(self, dossier: Dossier, by: Actor) -> Dossier:
        """The dossier as the actor may read it. Nothing is decided on such a one: it may lack something."""
        if not on_partners_side(dossier.subject, by):
            return dossier
        read = as_read_by(dossier.subject, self.book(dossier.subject).lifecycle, by)
        return dossier if read is dossier.subject else replace(dossier, subject=read)

    def decision(self, dossier: Dossier, now: datetime) -> Decision:
        """A decision about to be made on a dossier, by the playbook and the calendar of its subject."""
        if not self._complete(dossier):
            raise _CountsMissing
        book = self.book(dossier.subject)
        calendar = self.library.calendar(book.lifecycle.calendar) if book.lifecycle.slas else None
        return Decision(book, calendar, dossier, now, tells_moves=self.tells_moves())

    def case(self, dossier: Dossier, by: Actor, now: datetime) -> Case:
        """What checks look at, for a checklist that moves nothing."""
        if not self._complete(dossier):
            dossier = self.dossier(dossier.subject.subject_key, by, now)
        return Case(dossier.subject, by, now, dossier.children, dossier.active)

    def book(self, subject: Subject) -> Playbook:
        """The playbook the subject is pinned to."""
        return self.library.pinned(subject.kind, subject.workflow)

    def calendar_of(self, clock: Clock, current: Calendar | None) -> Calendar | None:
        """The version of its calendar that a clock is counted by, which may be an older one than the files declare.

        Args:
            clock: of a subject whose workflow counts by ``current``.
            current: the calendar as the files declare it; the answer also for a version that was never kept.
        """
        version = clock.calendar
        if current is None or version in ("", current.version):
            return current
        if version not in self._versions:
            kept = self.store.calendar(version)
            if kept is None:
                return current
            self._versions[version] = Calendar.from_dict(json.loads(kept[1]))
        return self._versions[version]

    def ask(self, kind: str, now: datetime, answer: AnswerKey | None = None, *, clocks: bool = True) -> Ask:
        """What a decision on a subject of this kind has to look at."""
        book = self.library.current(kind)
        return Ask(now, self.library.windows(kind), bool(book.lifecycle.children), clocks, answer)

    def _complete(self, dossier: Dossier) -> bool:
        """Whether everything that the subject's own revision counts has been counted."""
        windows = self.book(dossier.subject).windows
        return not windows or all(window in dossier.active for window in windows)
