"""A move is a transition that was taken: immutable, numbered, and chained to the move before it by a hash.

The chain (guarantee 11) covers everything a move says. It holds keys of people and partners, never names or addresses,
so that a person can be erased and the chain still verifies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from review_engine.domain.canonical import digest, instant
from review_engine.domain.verdicts import Verdict

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a subject's history.

    Args:
        subject: the subject's key, ``kind/slug``.
        number: 1 for the registration, then one more each time.
        transition: its name in the workflow; ``register``, ``imported`` and ``migrated`` are the engine's own.
        source: the state left; empty for a registration.
        target: the state entered.
        role: the actor's role.
        by: the actor's key.
        at: when (aware UTC).
        workflow: revision (content hash) of the workflow the move was judged by.
        round: the submission it belongs to; 0 before the first.
        facts_hash: hash of the facts the decision was bound to.
        comment: words the actor added.
        verdicts: what the guards answered.
        previous: hash of the move before, ``GENESIS`` for the first.
        hash: hash of all of the above.
    """

    subject: str
    number: int
    transition: str
    source: str
    target: str
    role: str
    by: str
    at: datetime
    workflow: str
    round: int
    facts_hash: str
    comment: str = ""
    verdicts: tuple[Verdict, ...] = ()
    previous: str = GENESIS
    hash: str = ""

    def content(self) -> list[object]:
        """What is hashed, in a fixed order."""
        return [
            self.previous, self.subject, self.number, self.transition, self.source, self.target, self.role, self.by,
            instant(self.at), self.workflow, self.round, self.facts_hash, self.comment, self.verdicts,
        ]  # fmt: skip

    def sealed(self) -> "Move":
        """The same move with its hash. Written in place, before anybody else has it: a copy costs as much again."""
        object.__setattr__(self, "hash", digest(self.content()))
        return self

    def as_dict(self) -> dict[str, object]:
        """The move as JSON-able values: a line of an export."""
        return {
            "subject": self.subject,
            "number": self.number,
            "transition": self.transition,
            "from": self.source,
            "to": self.target,
            "role": self.role,
            "by": self.by,
            "at": instant(self.at),
            "workflow": self.workflow,
            "round": self.round,
            "facts_hash": self.facts_hash,
            "comment": self.comment,
            "verdicts": [verdict._asdict() for verdict in self.verdicts],
            "previous": self.previous,
            "hash": self.hash,
        }


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not verify: the move's number and what is wrong there."""

    subject: str
    number: int
    what: str


def verify(subject: str, moves: Iterable[Move], head: str | None = None) -> list[Break]:
    """Every place where the chain of one subject is broken; empty when it verifies.

    Args:
        subject: the subject's key.
        moves: its history, oldest first.
        head: the hash the newest move must have (from the subject's row, or from an earlier export).
    """
    breaks: list[Break] = []
    previous, expected = GENESIS, 1
    for move in moves:
        if move.number != expected:
            breaks.append(Break(subject, move.number, f"move {expected} is missing or out of order"))
        if move.previous != previous:
            breaks.append(Break(subject, move.number, "it does not follow the move before it"))
        if move.subject != subject or digest(move.content()) != move.hash:
            breaks.append(Break(subject, move.number, "it was changed after it was written"))
        previous, expected = move.hash, move.number + 1
    if head is not None and previous != head:
        breaks.append(Break(subject, expected, "the newest move is not the one the head names"))
    return breaks
