"""Review a submission: hand in findings, see everything found so far, see what has changed since.

What a reviewer finds is kept with its round and never changed; what it says of a criterion is set as the criterion's
fact in the same transaction, so that no checklist disagrees with the findings it rests on.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.canonical import aware
from review_engine.domain.errors import NotAllowed
from review_engine.domain.findings import checked, confirmed, criteria_of, differences, first_seen, is_late, standing
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.reviews import (
    Assessment,
    Changes,
    Criterion,
    Difference,
    Drip,
    Finding,
    Reply,
    ReviewSheet,
)
from review_engine.domain.sides import is_partial, on_partners_side
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Dossier
from review_engine.usecases.answers import Receipt, Request
from review_engine.usecases.decide import Decision
from review_engine.usecases.desk import Desk
from review_engine.usecases.edit import read_facts
from review_engine.usecases.writing import write


def assess(
    desk: Desk,
    key: SubjectKey,
    assessments: Sequence[Assessment],
    *,
    by: Actor,
    now: datetime,
    idempotency_key: str | None = None,
    expect: str | None = None,
    session: object | None = None,
) -> Receipt:
    """Record findings of the current round, and set the facts of their criteria: all of them or none.

    Args:
        desk: the ports.
        key: the subject.
        assessments: what was found, each criterion once.
        by: the reviewer who took the round, or a manager; no member of the partner.
        now: when (aware UTC).
        idempotency_key, expect, session: as for ``move``.

    Raises:
        NotAllowed: the round is not open, nobody took it, or somebody else did.
        UnknownName: no such criterion, result or fact.
        InvalidInput: a comment is missing, or what was handed in cannot be used.
        NotFound, MoveConflict, KeyReused: as for ``move``.
    """
    content = {"assessments": [list(one) for one in assessments]}
    request = Request("assess", str(key), by, content, idempotency_key, expect)

    def work(decision: Decision) -> None:
        note_findings(desk, decision, assessments, by)

    return write(desk, key, request, work, now=now, session=session, review=True)


def note_findings(desk: Desk, decision: Decision, assessments: Sequence[Assessment], by: Actor) -> None:
    """Note what was found, and the facts it confirms or denies.

    Raises:
        NotAllowed, UnknownName, InvalidInput: as for ``assess``.
    """
    book, subject = decision.book, decision.subject
    _permit(book.lifecycle, subject, by)
    points = checked(book.lifecycle, assessments, where=subject.key)
    said = confirmed(book.lifecycle, points)
    changes, _ = read_facts(book, subject, said, by=by, now=decision.now, vault=desk.vault)
    decision.say(changes)
    decision.findings.extend(_numbered(points, decision.dossier, by, decision.now))


def _permit(lifecycle: Lifecycle, subject: Subject, by: Actor) -> None:
    """Who may assess: staff from outside, the one who took the round or a manager, while there is something to decide.

    Raises:
        NotAllowed: somebody else, or another time.
    """
    if not assesses(lifecycle, subject, by):
        cure = "Findings come from a reviewer who is no member of that partner and did not hand it in."
        raise NotAllowed(f"{by} may not assess {subject.name}", where=subject.key, cure=cure)
    taking = [rule.title for rule in lifecycle.leaving(subject.state) if rule.claims]
    cure = f"'{taking[0]}' makes you its reviewer." if taking else "Wait until it is in review."
    if not in_review(lifecycle, subject):
        raise NotAllowed(f"no round of {subject.name} is in review", where=subject.key, cure=cure)
    if not any(rule.claims for rule in lifecycle.transitions.values()):
        return
    if not subject.held_by:
        raise NotAllowed(f"nobody has taken round {subject.round} of {subject.name}", where=subject.key, cure=cure)
    if subject.held_by != by.key and by.role is not Role.MANAGER:
        what = f"somebody else reviews round {subject.round} of {subject.name}"
        raise NotAllowed(what, where=subject.key, cure=cure)


def assesses(lifecycle: Lifecycle, subject: Subject, actor: Actor) -> bool:
    """Whether this person is staff who are neither members of the partner nor handed the round in for it."""
    return actor.role in STAFF and not is_partial(lifecycle, subject, actor)


def in_review(lifecycle: Lifecycle, subject: Subject) -> bool:
    """Whether the round has no decision yet, and stands where one is made."""
    round_ = subject.submission
    decides = any(rule.decides for rule in lifecycle.leaving(subject.state))
    return round_ is not None and not round_.decision and decides


def _numbered(points: Iterable[Assessment], dossier: Dossier, by: Actor, now: datetime) -> tuple[Finding, ...]:
    round_ = dossier.subject.round
    return tuple(
        Finding(
            round=round_,
            number=number,
            criterion=point.criterion,
            result=point.result,
            comment=point.comment,
            about=point.about,
            by=str(by),
            at=now,
            late=is_late(point, round_, dossier.findings, dossier.rounds),
        )
        for number, point in enumerate(points, start=len(dossier.findings) + 1)
    )


def sheet(desk: Desk, key: SubjectKey, *, by: Actor, now: datetime) -> ReviewSheet:
    """Everything about the findings of a subject that a page needs, as far as the actor may see it.

    Args:
        desk: the ports.
        key: the subject.
        by: who asks. Partners see what was found in a round once it is decided, and only what stands.
        now: the time of asking (aware UTC).

    Raises:
        NotFound: no such subject, or another partner's.
    """
    dossier = desk.dossier(key, by, now, review=True)
    subject, lifecycle = dossier.subject, desk.book(dossier.subject).lifecycle
    round_ = subject.submission
    findings = _visible(dossier, by)
    own = assesses(lifecycle, subject, by)
    return ReviewSheet(
        subject=subject.key,
        etag=subject.etag,
        round=subject.round,
        open=in_review(lifecycle, subject),
        claimed_by=round_.claimed_by if round_ else "",
        claimed_at=round_.claimed_at if round_ else None,
        criteria=_criteria(lifecycle, subject.round, findings) if own else (),
        findings=findings,
        changed=_changed(lifecycle, dossier),
        first_seen=first_seen(findings),
        replies=_replies(lifecycle, "") if own else (),
    )


def _visible(dossier: Dossier, by: Actor) -> tuple[Finding, ...]:
    if not on_partners_side(dossier.subject, by):
        return dossier.findings
    decided = {record.submission.round for record in dossier.rounds if record.submission.decision}
    return tuple(one for one in standing(dossier.findings) if one.round in decided)


def _criteria(lifecycle: Lifecycle, round_: int, findings: tuple[Finding, ...]) -> tuple[Criterion, ...]:
    found: dict[str, list[Finding]] = {}
    for one in standing(findings):
        found.setdefault(one.criterion, []).append(one)
    return tuple(
        Criterion(
            name=name,
            title=guard.title,
            fix=guard.fix,
            fact=str(guard.params["fact"]),
            current=next((one for one in found.get(name, ()) if one.round == round_), None),
            earlier=tuple(one for one in found.get(name, ()) if one.round < round_),
            replies=_replies(lifecycle, name),
        )
        for name, guard in criteria_of(lifecycle).items()
    )


def _replies(lifecycle: Lifecycle, criterion: str) -> tuple[Reply, ...]:
    return tuple(reply for reply in lifecycle.replies.values() if reply.criterion == criterion)


def _changed(lifecycle: Lifecycle, dossier: Dossier) -> tuple[Difference, ...]:
    """What the partner changed between the last decided round before this one, and this one."""
    here = [record for record in dossier.rounds if record.submission.round == dossier.subject.round]
    before = [record for record in dossier.rounds if record not in here and record.submission.decision]
    if not here or not before:
        return ()
    facts = {name: fact for name, fact in lifecycle.facts.items() if Role.PARTNER in fact.by}
    return differences(facts, before[-1].facts, here[0].facts)


def changes_since(desk: Desk, key: SubjectKey, since: datetime, *, by: Actor, now: datetime) -> Changes:
    """What happened to a subject since a page was drawn: what to tell somebody whose decision came too late.

    Args:
        desk: the ports.
        key: the subject.
        since: when the page was drawn (aware).
        by: who asks. Partners are told nothing of the criteria a reviewer is at work on.
        now: the time of asking (aware UTC).

    Raises:
        NotFound: no such subject, or another partner's.
        InvalidInput: ``since`` has no zone.
    """
    start = aware(since, "the time the page was drawn")
    subject = desk.dossier(key, by, now).subject
    lifecycle = desk.book(subject).lifecycle
    moves = [move.transition for move in desk.store.history(key) if move.at > start]
    titles = tuple(lifecycle.transitions[name].title if name in lifecycle.transitions else name for name in moves)
    facts = lifecycle.facts
    if on_partners_side(subject, by):
        own = {str(guard.params["fact"]) for guard in criteria_of(lifecycle).values()}
        facts = {name: fact for name, fact in facts.items() if name not in own}
    before = {change.name: change.value for change in desk.store.facts_ledger(key) if change.said.at <= start}
    known = {name: value for name, value in before.items() if value is not None}
    return Changes(titles, differences(facts, known, subject.facts))


def drips(desk: Desk, *, by: Actor, since: datetime | None = None) -> list[Drip]:
    """Per reviewer, how much was found wanting after the first round, and how much of that could have been said before.

    Args:
        desk: the ports.
        by: who asks; staff or the host.
        since: counts findings from then on (aware); None for all.

    Raises:
        NotAllowed: a partner asks.
        InvalidInput: ``since`` has no zone.
    """
    if by.role is Role.PARTNER:
        raise NotAllowed(f"{by} may not see how reviewers work", cure="Ask a reviewer or a manager.")
    return desk.store.drips(aware(since, "the beginning") if since else None)
