"""What people do not get to read: partners a round that is still being judged, staff the secrets of others' rounds.

A criterion that was confirmed or denied is part of a decision that has not been made; it may yet change, so the partner
learns of it with the decision. A comment on a move of which the partner is not told was written for colleagues. A test
login is for the one reviewer who has the round in hand.
"""

from dataclasses import replace

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.findings import criteria_of
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.domain.sides import is_partial, on_partners_side
from review_engine.domain.subjects import Subject


def as_read_by(subject: Subject, lifecycle: Lifecycle, by: Actor) -> Subject:
    """The subject as the actor may read it: the partner's side lacks the criteria of a round without a decision."""
    submission = subject.submission
    if not on_partners_side(subject, by) or submission is None or submission.decision:
        return subject
    judged = {str(guard.params["fact"]) for guard in criteria_of(lifecycle).values()}
    if judged.isdisjoint(subject.said):
        return subject
    facts = {name: value for name, value in subject.facts.items() if name not in judged}
    said = {name: who for name, who in subject.said.items() if name not in judged}
    return replace(subject, facts=facts, said=said)


def move_as_read_by(move: Move, subject: Subject, lifecycle: Lifecycle, by: Actor) -> Move:
    """The move as the actor may read it: on the partner's side without a comment that was meant for colleagues.

    Its hash is that of the whole move, so a move that was shortened does not verify by itself.
    """
    if not move.comment or not on_partners_side(subject, by) or meant_for_partner(lifecycle, move):
        return move
    return replace(move, comment="")


def may_read_secrets(subject: Subject, lifecycle: Lifecycle, by: Actor) -> bool:
    """Whether secrets are opened to the actor: the reviewer who has the round in hand, while staff is awaited."""
    holds = subject.held_by == by.key and lifecycle.state(subject.state).waits_for in STAFF
    return by.role is Role.REVIEWER and holds and not is_partial(lifecycle, subject, by)


def may_read_notice(notice: Notice, by: Actor) -> bool:
    """Whether the actor may know of a notice: on the partner's side what is told to it, and what it caused itself."""
    told = "partner" in notice.to or notice.context.get("role") == Role.PARTNER.value
    return told or not (by.role is Role.PARTNER or by.belongs_to(notice.partner))


def meant_for_partner(lifecycle: Lifecycle, move: Move) -> bool:
    """Whether the partner is told of this move, or made it."""
    if move.role == Role.PARTNER.value:
        return True
    rule = lifecycle.transitions.get(move.transition)
    plans = (lifecycle.notices.get(name) for name in (rule.notices if rule else ()))
    return any(plan is not None and "partner" in plan.to for plan in plans)
