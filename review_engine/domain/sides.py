"""Which side somebody stands on, whatever their role: who belongs to the partner, or spoke for it, judges nothing.

A role says what somebody may do at all; whether they may do it here depends on whose subject it is. Roles change while
a round is open: whoever handed it in and has become a reviewer since is still the one who handed it in.
"""

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.subjects import Subject


def on_partners_side(subject: Subject, actor: Actor) -> bool:
    """Whether this person sees what a partner sees, whatever their role: what staff say among themselves is not it."""
    return actor.role is Role.PARTNER or actor.belongs_to(subject.partner)


def spoke_for(lifecycle: Lifecycle, subject: Subject, actor: Actor) -> bool:
    """Whether this person spoke for the partner in the current round, in whatever role they act now.

    They did when they took a step that is the partner's alone: they handed the round in, say, or appealed.
    """
    if subject.submission is None:
        return False
    taken = subject.submission.taken
    return any(
        actor.key in taken.get(name, ())
        for name, rule in lifecycle.transitions.items()
        if Role.PARTNER in rule.by and STAFF.isdisjoint(rule.by)
    )


def is_partial(lifecycle: Lifecycle, subject: Subject, actor: Actor) -> bool:
    """Whether somebody of the staff is too close to a subject to judge it: a member of its partner, or its advocate."""
    return actor.role in STAFF and (actor.belongs_to(subject.partner) or spoke_for(lifecycle, subject, actor))
