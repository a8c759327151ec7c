"""The desk a use case works at: the ports within reach of its hand, and the one way to read a dossier at it."""

from dataclasses import dataclass
from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import Playbook, see
from review_engine.domain.subjects import Subject
from review_engine.ports.library import Library
from review_engine.ports.store import AnswerKey, Ask, Dossier, Store
from review_engine.ports.vault import Vault
from review_engine.usecases.decide import Decision


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports of a use case."""

    store: Store
    library: Library
    vault: Vault

    def ask(self, kind: str, now: datetime, answer: AnswerKey | None = None, *, clocks: bool = True) -> Ask:
        """What a decision on a subject of this kind has to look at."""
        book = self.library.current(kind)
        children = bool(book.lifecycle.children)
        return Ask(now, self.library.windows(kind), children, clocks and bool(book.lifecycle.slas), answer)

    def book(self, subject: Subject) -> Playbook:
        """The playbook the subject is pinned to."""
        return self.library.pinned(subject.kind, subject.workflow)

    def decision(self, dossier: Dossier, now: datetime) -> Decision:
        """A decision about to be made on a dossier, by the playbook and the calendar of its subject."""
        book = self.book(dossier.subject)
        calendar = self.library.calendar(book.lifecycle.calendar) if book.lifecycle.slas else None
        return Decision(book, calendar, dossier, now)

    def dossier(self, key: SubjectKey, by: Actor, now: datetime) -> Dossier:
        """The dossier, if the actor may know that it exists.

        Raises:
            NotFound: no such subject, or another partner's.
        """
        dossier = self.store.dossier(key, self.ask(key.kind, now))
        see(dossier.subject, by)
        return dossier
