"""Take a transition: one dossier read, one decision, one transaction."""

from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import see
from review_engine.ports.store import Change, Dossier
from review_engine.usecases.answers import Receipt, Request, receipt
from review_engine.usecases.desk import Desk
from review_engine.usecases.settle import settle_parent


def move(
    desk: Desk,
    key: SubjectKey,
    transition: str,
    *,
    by: Actor,
    now: datetime,
    comment: str = "",
    idempotency_key: str | None = None,
    expect: str | None = None,
    session: object | None = None,
) -> Receipt:
    """Take ``transition``; the engine's own moves that become possible by it are taken with it.

    Args:
        desk: the ports.
        key: the subject.
        transition: its name in the workflow.
        by: who moves it.
        now: when (aware UTC).
        comment: the actor's words.
        idempotency_key: the same key and request gets the same receipt again, without a second effect.
        expect: the ``etag`` the caller's page was drawn from.
        session: the host's SQLAlchemy session to join; nothing is committed then.

    Raises:
        Refused: guards are unmet, or it does not start where the subject stands; carries all of them.
        NotAllowed: not for this role or person.
        NotFound: no such subject, or another partner's.
        MoveConflict: ``expect`` is stale.
        KeyReused: the idempotency key belongs to another request.
        UnknownName, InvalidInput: what was asked cannot be understood.
    """
    request = Request("move", str(key), by, {"transition": transition, "comment": comment}, idempotency_key, expect)

    def decide(dossier: Dossier) -> tuple[Change | None, tuple[Receipt, str]]:
        see(dossier.subject, by)
        given = request.replay(dossier.answer)
        if given:
            return None, (given, "")
        request.compare(dossier.subject)
        decision = desk.decision(dossier, now)
        decision.take(transition, by, comment)
        decision.settle()
        given = receipt(decision.subject, decision.moves, now)
        return decision.change(answer=request.answered(given, now)), (given, dossier.subject.parent)

    decides = desk.library.current(key.kind).lifecycle.transitions.get(transition)
    review = decides is not None and decides.decides and not decides.guards  # its letter tells what was found
    given, parent = desk.change(key, decide, now=now, answer=request.answer_key, session=session, review=review)
    settle_parent(desk, parent, now, session)
    return given
