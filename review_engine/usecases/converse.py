"""Talk about a subject: remarks between partner and staff, and among staff. No remark moves anything.

A remark counts as a write of the subject, but not as one that a page is bound to: no decision is refused because
somebody said something meanwhile.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from review_engine.domain.actors import Actor, Role
from review_engine.domain.canonical import instant
from review_engine.domain.errors import InvalidInput, NotAllowed
from review_engine.domain.facts import check_text
from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import see
from review_engine.domain.reviews import Remark
from review_engine.domain.sides import on_partners_side
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Change, Dossier
from review_engine.usecases.answers import Request
from review_engine.usecases.decide import Decision, bearings, due_dates
from review_engine.usecases.desk import Desk

TEXT_MAX = 5_000
"""Characters of one remark."""


def remark(
    desk: Desk,
    key: SubjectKey,
    text: str,
    *,
    by: Actor,
    now: datetime,
    internal: bool = False,
    idempotency_key: str | None = None,
    session: object | None = None,
) -> Remark:
    """Say something to the other side, or with ``internal`` to staff alone. The other side is told.

    Args:
        desk: the ports.
        key: the subject.
        text: the words, 1 to ``TEXT_MAX`` characters.
        by: a member of the partner, staff, or the host.
        now: when (aware UTC).
        internal: for staff only; the partner never learns of it.
        idempotency_key, session: as for ``move``.

    Raises:
        InvalidInput: no words, or words that cannot be kept.
        NotAllowed: a member of the partner writes as staff, or wants to write an internal remark.
        NotFound, KeyReused: as for ``move``.
    """
    words = check_text(text, "the remark", most=TEXT_MAX, where=str(key))
    if not words:
        raise InvalidInput("a remark needs words", where=str(key), cure=f"Write 1 to {TEXT_MAX} characters.")
    request = Request("remark", str(key), by, {"text": words, "internal": internal}, idempotency_key)

    def decide(dossier: Dossier) -> tuple[Change | None, Remark]:
        subject = dossier.subject
        see(subject, by)
        given = request.recall(dossier.answer)
        if given:
            return None, _remark_of(given)
        _permit(subject, by, internal)
        said = Remark(len(dossier.remarks) + 1, words, by.role.value, by.key, now, subject.round, internal)
        decision = desk.decision(dossier, now)
        decision.subject = replace(subject, revision=subject.revision + 1)
        if not internal:
            _tell(decision, said, len(_open(dossier.remarks)) + 1)
        seen = _seen((*dossier.remarks, said), subject, by)[-1]
        change = decision.change(answer=request.answered(seen.as_dict(), now))
        return replace(change, remarks=(said,)), seen

    return desk.change(key, decide, now=now, answer=request.answer_key, session=session, review=True)


def remarks(desk: Desk, key: SubjectKey, *, by: Actor, now: datetime) -> tuple[Remark, ...]:
    """The conversation, oldest first. On the partner's side it is counted without what is internal.

    Args:
        desk: the ports.
        key: the subject.
        by: who asks.
        now: the time of asking (aware UTC).

    Raises:
        NotFound: no such subject, or another partner's.
    """
    dossier = desk.dossier(key, by, now, review=True)
    return _seen(dossier.remarks, dossier.subject, by)


def _permit(subject: Subject, by: Actor, internal: bool) -> None:
    if internal and on_partners_side(subject, by):
        raise NotAllowed("internal remarks are for staff", where=subject.key, cure="Write it to the reviewers instead.")
    if by.role is not Role.PARTNER and by.belongs_to(subject.partner):
        what = f"a member of the partner may not write as {by.role.value}"
        raise NotAllowed(what, where=subject.key, cure="Write as a member of the partner.")


def _seen(said: tuple[Remark, ...], subject: Subject, by: Actor) -> tuple[Remark, ...]:
    if not on_partners_side(subject, by):
        return said
    return tuple(one._replace(number=number) for number, one in enumerate(_open(said), start=1))


def _open(said: tuple[Remark, ...]) -> list[Remark]:
    return [one for one in said if not one.internal]


def _tell(decision: Decision, said: Remark, number: int) -> None:
    """Put the words into the outbox for the other side; counted as the partner counts, who may see the cause."""
    lifecycle, subject = decision.book.lifecycle, decision.subject
    notice = lifecycle.conversation.get("reviewer" if said.role == Role.PARTNER.value else "partner")
    if notice is None:
        return
    context = {
        **bearings(decision),
        "state": lifecycle.states[subject.state].title,
        "role": said.role,
        "by": said.by,
        "comment": said.text,
        "number": number,
        "at": instant(said.at),
        "due": due_dates(lifecycle, decision.clocks.values()),
    }
    decision.tell(notice, f"remark {number}", context)


def _remark_of(body: dict[str, Any]) -> Remark:
    return Remark(**{**body, "at": datetime.fromisoformat(body["at"])})
