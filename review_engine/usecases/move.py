"""Take a transition: one dossier read, one decision, one transaction."""

from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.keys import SubjectKey
from review_engine.usecases.answers import Receipt, Request
from review_engine.usecases.desk import Desk
from review_engine.usecases.writing import write


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

    review = _tells_what_was_found(desk, key, transition)
    return write(
        desk, key, request, lambda decision: decision.take(transition, by, comment),
        now=now, session=session, review=review,
    )  # fmt: skip


def _tells_what_was_found(desk: Desk, key: SubjectKey, transition: str) -> bool:
    """Whether the letter about a move needs the findings of its round: a decision against the subject does."""
    rule = desk.library.current(key.kind).lifecycle.transitions.get(transition)
    return rule is not None and rule.decides and not rule.guards
