"""How a person's write of one subject goes, whatever it writes: seen before? stale page? work, settle, one change.

Each verb that writes brings its work, which notes on a ``Decision`` what is to be kept, or raises. All that verbs have
in common stands here, so that none of them forgets an answer kept for a retry, or the App its component belongs to.
"""

from collections.abc import Callable
from datetime import datetime

from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import see
from review_engine.ports.store import Change, Dossier
from review_engine.usecases.answers import Receipt, Request, receipt
from review_engine.usecases.decide import Decision
from review_engine.usecases.desk import Desk
from review_engine.usecases.settle import settle_parent

Work = Callable[[Decision], object]
"""Notes what is to be written; what it answers does not matter. A store may have it done twice."""


def write(
    desk: Desk,
    key: SubjectKey,
    request: Request,
    work: Work,
    *,
    now: datetime,
    session: object | None = None,
    review: bool = False,
) -> Receipt:
    """Do the work on the subject's dossier and write what it noted; nothing is written when it noted nothing.

    Args:
        desk: the ports.
        key: the subject.
        request: what is asked for, by whom, under which idempotency key, from which page.
        work: what this verb does.
        now: when (aware UTC).
        session: the host's SQLAlchemy session to join; nothing is committed then.
        review: whether the work looks at what was said in reviews.

    Raises:
        NotFound: no such subject, or another partner's.
        MoveConflict: the page is stale.
        KeyReused: the idempotency key belongs to another request.
        ReviewEngineError: whatever the work raises; nothing is kept then.
    """

    def decide(dossier: Dossier) -> tuple[Change | None, tuple[Receipt, str]]:
        see(dossier.subject, request.by)
        given = request.replay(dossier.answer)
        if given:
            return None, (given, "")
        request.compare(dossier.subject)
        decision = desk.decision(dossier, now)
        work(decision)
        if not decision.noted:
            return None, (receipt(dossier.subject, (), now), "")
        decision.settle()
        given = receipt(decision.subject, decision.moves, now)
        change = decision.change(answer=request.answered(given, now))
        return change, (given, dossier.subject.parent if change.touches_parent else "")

    given, parent = desk.change(key, decide, now=now, answer=request.answer_key, session=session, review=review)
    settle_parent(desk, parent, now, session)
    return given
