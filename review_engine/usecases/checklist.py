"""Say what is missing: the checklist of a transition, dry, without moving anything; for one subject or for all."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.actors import Actor, Role
from review_engine.domain.cases import Case
from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import Playbook
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Checklist
from review_engine.ports.store import Query
from review_engine.usecases.desk import Desk


def checklist(desk: Desk, key: SubjectKey, transition: str | None, *, by: Actor, now: datetime) -> list[Checklist]:
    """The checklist of one transition, or of every transition that leaves where the subject stands.

    Args:
        desk: the ports.
        key: the subject.
        transition: its name; None for all that start here.
        by: who asks. Guards about people are judged as if this actor moved.
        now: the time of asking (aware UTC).

    Raises:
        NotFound: no such subject, or another partner's.
        UnknownName: no such transition.
    """
    dossier = desk.dossier(key, by, now)
    book = desk.book(dossier.subject)
    case = desk.case(dossier, by, now)
    if transition is not None:
        return [book.checklist(transition, case)]
    return [book.checklist(rule.name, case) for rule in book.leaving(dossier.subject.state)]


class Standing(NamedTuple):
    """One line of a survey: where a subject stands, and for each open transition the guards that are unmet."""

    subject: Subject
    open: tuple[tuple[str, tuple[str, ...]], ...]


def survey(desk: Desk, query: Query, *, by: Actor, now: datetime) -> Iterator[Standing]:
    """Which moves are open to everybody, and what is missing for each: one pass over the database.

    Args:
        desk: the ports.
        query: which subjects; narrowed to those the actor may see.
        by: who asks.
        now: the time of asking (aware UTC).
    """
    kinds = (query.kind,) if query.kind else desk.library.kinds()
    for kind in kinds:
        ask = desk.ask(kind, now, clocks=False)
        books: dict[str, Playbook] = {}
        for found in desk.store.scan(seen_by(query, by)._replace(kind=kind), ask):
            dossier = desk.as_read_by(found, by)
            subject = dossier.subject
            book = books.get(subject.workflow) or books.setdefault(subject.workflow, desk.book(subject))
            if book.windows == ask.windows:
                case = Case(subject, by, now, dossier.children, dossier.active)
            else:
                case = desk.case(dossier, by, now)
            yield Standing(subject, _open(book, case))


def _open(book: Playbook, case: Case) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        [
            (rule.name, tuple([v.guard for v in book.verdicts(rule.name, case) if not v.met]) if rule.guards else ())
            for rule in book.leaving(case.subject.state)
        ]
    )


def seen_by(query: Query, by: Actor) -> Query:
    """The query, narrowed to what the actor may know of."""
    if by.role is not Role.PARTNER:
        return query
    own = by.partners if query.partners is None else by.partners & query.partners
    return query._replace(partners=own)
