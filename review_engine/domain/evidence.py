"""What a probe, a host or a reviewer saw: dated, expiring, kept. Guards rest on evidence; they never look for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation.

    Args:
        probe: what was looked at, by the name the guards use (``test_suite``).
        outcome: what was seen, a short word the guards compare (``green``).
        at: when it was seen (aware UTC).
        by: who recorded it, as ``role:key``.
        expires_at: from when on it no longer counts (aware UTC), None for never.
        note: one line for people.
        number: the how-manieth observation of this subject; verdicts refer to it.
    """

    probe: str
    outcome: str
    at: datetime
    by: str
    expires_at: datetime | None = None
    note: str = ""
    number: int = 0

    @property
    def reference(self) -> str:
        """How a verdict names this observation."""
        return f"{self.probe}#{self.number}"

    def fresh(self, now: datetime) -> bool:
        """Whether it still counts at ``now`` (aware UTC)."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Waiver:
    """A recorded exception to one guard: who, why, since when and until when (aware UTC)."""

    guard: str
    reason: str
    by: str
    at: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it excuses at ``now``."""
        return self.until is None or now < self.until


class Child(NamedTuple):
    """As much of a component as its app's guards read."""

    kind: str
    slug: str
    state: str
    evidence: dict[str, Evidence]
