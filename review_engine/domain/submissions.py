"""One round of review: the facts as they were, who took it, who did what in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """One round.

    Args:
        round: 1 for the first.
        opened_at: when it was handed in (aware UTC).
        opened_by: key of the person who handed it in.
        facts_hash: hash of the partner's facts as they were; decisions are bound to it.
        claimed_by: key of the reviewer who took it; empty while nobody has, and when it was given back. Stays with a
            decided round, as the reviewer it had.
        claimed_at: when (aware UTC).
        decision: the transition that ended it; empty while it is open.
        taken: transition -> keys of the people who took it in this round.
    """

    round: int
    opened_at: datetime
    opened_by: str
    facts_hash: str
    claimed_by: str = ""
    claimed_at: datetime | None = None
    decision: str = ""
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def noting(self, transition: str, person: str) -> "Submission":
        """The round with one more deed in it."""
        before = self.taken.get(transition, ())
        return replace(self, taken={**self.taken, transition: (*before, person)})

    def people(self, transitions: tuple[str, ...]) -> frozenset[str]:
        """Keys of everybody who took one of these transitions in this round."""
        return frozenset(person for name in transitions for person in self.taken.get(name, ()))
