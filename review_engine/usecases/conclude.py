"""Decide on a submission as a reviewer does: what was found and what follows from it, in one transaction.

``assess`` and ``move`` may also be called one after the other; then somebody may come in between, and findings stand
without the decision they were made for. Here both stand or neither does.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import Assessment
from review_engine.usecases.answers import Receipt, Request
from review_engine.usecases.decide import Decision
from review_engine.usecases.desk import Desk
from review_engine.usecases.edit import fingerprint, read_facts
from review_engine.usecases.review import note_findings
from review_engine.usecases.writing import write


def conclude(
    desk: Desk,
    key: SubjectKey,
    transition: str,
    assessments: Sequence[Assessment],
    *,
    facts: Mapping[str, object],
    by: Actor,
    now: datetime,
    comment: str = "",
    idempotency_key: str | None = None,
    expect: str | None = None,
    session: object | None = None,
) -> Receipt:
    """Record findings, set facts, and take ``transition`` on them: all of it or nothing.

    Args:
        desk: the ports.
        key: the subject.
        transition: its name in the workflow.
        assessments: what was found, as for ``assess``; may be empty.
        facts: name -> value, as for ``edit``: what the decision rests on beside the criteria.
        by: who decides.
        now: when (aware UTC).
        comment, idempotency_key, expect, session: as for ``move``.

    Raises:
        Refused: guards are unmet with these findings and facts; none of them is kept.
        NotAllowed, UnknownName, InvalidInput, InvalidFact: as for ``assess``, ``edit`` and ``move``.
        NotFound, MoveConflict, KeyReused: as for ``move``.
    """
    content = {
        "transition": transition,
        "assessments": [list(one) for one in assessments],
        "facts": fingerprint(desk.library.current(key.kind).lifecycle, facts),
        "comment": comment,
    }
    request = Request("conclude", str(key), by, content, idempotency_key, expect)

    def work(decision: Decision) -> None:
        decision.say(*read_facts(decision.book, decision.subject, facts, by=by, now=now, vault=desk.vault))
        if assessments:
            note_findings(desk, decision, assessments, by)  # a finding on a fact holds, whatever else was said of it
        decision.take(transition, by, comment)

    return write(desk, key, request, work, now=now, session=session, review=True)
