"""What is said in a review: findings on criteria and on facts, remarks between partner and reviewer, canned replies.

A finding is bound to its round and never changed: a later one on the same criterion in the same round takes its place.
One that could have been said in an earlier round, because what it is about has not changed since, is *late*: findings
that drip out round by round are what partners of review desks complain about, so they are marked and counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.canonical import instant
from review_engine.domain.facts import FactValue

PASSED, FAILED, NOT_APPLICABLE, NOTED = "passed", "failed", "not_applicable", "noted"
RESULTS = (PASSED, FAILED, NOT_APPLICABLE, NOTED)
"""What a reviewer may find; ``noted`` is for what no criterion asks."""

WANTING = (FAILED, NOTED)
"""What the partner is asked to mend."""


class Assessment(NamedTuple):
    """What a reviewer hands in on one point.

    Args:
        result: one of ``RESULTS``.
        criterion: name of the guard that is confirmed or not; empty for a point of its own (then ``noted`` or
            ``failed``).
        comment: the reviewer's words, which the partner reads; wanted for everything but ``passed``.
        about: name of the fact it is about; empty for the whole.
    """

    result: str
    criterion: str = ""
    comment: str = ""
    about: str = ""


class Finding(NamedTuple):
    """An assessment as it is kept.

    Args:
        round: the submission it belongs to.
        number: counts the findings of a subject from 1.
        criterion, result, comment, about: as in ``Assessment``.
        by: who found it, as ``role:key``.
        at: when (aware UTC).
        late: it could have been said in an earlier round.
    """

    round: int
    number: int
    criterion: str
    result: str
    comment: str
    about: str
    by: str
    at: datetime
    late: bool = False

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {**self._asdict(), "at": instant(self.at)}


class Remark(NamedTuple):
    """One message of the conversation about a subject.

    Args:
        number: counts the remarks of a subject from 1.
        text: the words.
        role: in which role they were written.
        by: key of the person.
        at: when (aware UTC).
        round: the submission at that time; 0 before the first.
        internal: for staff only; a partner never learns that it exists.
    """

    number: int
    text: str
    role: str
    by: str
    at: datetime
    round: int = 0
    internal: bool = False

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {**self._asdict(), "at": instant(self.at)}


class Reply(NamedTuple):
    """A canned reply, declared in the workflow file.

    Args:
        name: its name.
        title: what reviewers pick it by.
        text: the words that are put into the comment.
        criterion: the guard it is offered for; empty for all.
    """

    name: str
    title: str
    text: str
    criterion: str = ""


class Difference(NamedTuple):
    """One fact that is no longer what it was; None for absent. Secrets show as versions."""

    fact: str
    title: str
    before: FactValue | None
    after: FactValue | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One point a reviewer has to confirm before a decision.

    Args:
        name: of the guard.
        title: as people read it.
        fix: the cure the partner is told.
        fact: the fact that confirming it sets.
        current: what was found in this round; None while nothing was.
        earlier: what was found in earlier rounds, oldest first.
        replies: canned replies offered for it.
    """

    name: str
    title: str
    fix: str
    fact: str
    current: Finding | None = None
    earlier: tuple[Finding, ...] = ()
    replies: tuple[Reply, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "name": self.name,
            "title": self.title,
            "fix": self.fix,
            "fact": self.fact,
            "current": self.current.as_dict() if self.current else None,
            "earlier": [one.as_dict() for one in self.earlier],
            "replies": [one._asdict() for one in self.replies],
        }


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """Everything about the findings of a subject that a page needs.

    Args:
        subject: the subject's key.
        etag: the page it was drawn from; pass it as ``expect`` with every decision.
        round: the current round; 0 before the first submission.
        open: the round has no decision yet.
        claimed_by: key of the reviewer who took it; empty while nobody has.
        claimed_at: when (aware UTC).
        criteria: what is to be confirmed, in the order of the workflow file. Empty for those who may not assess.
        findings: what the actor may see of all rounds, oldest first. A partner sees a round's once it is decided.
        changed: what the partner changed between the last decided round and this one.
        first_seen: fact or criterion -> first round in which it was found wanting.
        replies: canned replies that belong to no criterion.
    """

    subject: str
    etag: str
    round: int
    open: bool
    claimed_by: str = ""
    claimed_at: datetime | None = None
    criteria: tuple[Criterion, ...] = ()
    findings: tuple[Finding, ...] = ()
    changed: tuple[Difference, ...] = ()
    first_seen: Mapping[str, int] | None = None
    replies: tuple[Reply, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "subject": self.subject,
            "etag": self.etag,
            "round": self.round,
            "open": self.open,
            "claimed_by": self.claimed_by,
            "claimed_at": instant(self.claimed_at) if self.claimed_at else None,
            "criteria": [one.as_dict() for one in self.criteria],
            "findings": [one.as_dict() for one in self.findings],
            "changed": [one._asdict() for one in self.changed],
            "first_seen": dict(self.first_seen or {}),
            "replies": [one._asdict() for one in self.replies],
        }


class Drip(NamedTuple):
    """How findings of one reviewer came after the first round.

    Args:
        by: who found them, as ``role:key``.
        found: how many were found wanting in a second or later round.
        late: how many of these could have been said in an earlier one.
    """

    by: str
    found: int
    late: int


class Changes(NamedTuple):
    """What happened to a subject since a page was drawn: transitions taken (titles) and facts changed."""

    moves: tuple[str, ...]
    facts: tuple[Difference, ...]
