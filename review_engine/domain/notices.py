"""Something to tell someone, written in the same transaction as what it tells of. Channels carry it later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

MOVED: Final = "move.taken"
"""The notice of every move, told to a host's own functions; the dot keeps it apart from what workflows declare."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told.

    Args:
        name: as the workflow declares it; the letter of the same name holds the words.
        subject: the subject's key.
        partner: key of the subject's owner.
        cause: what it tells of, unique within the subject: ``move 7``, ``round 2`` for the move that opened a round,
            ``first_response 2 breach``.
        to: audiences (``lifecycle.AUDIENCES``).
        at: when it was caused (aware UTC).
        context: what the letter may say, as JSON-able values, frozen at that moment.
    """

    name: str
    subject: str
    partner: str
    cause: str
    to: tuple[str, ...]
    at: datetime
    context: Mapping[str, object] = field(default_factory=dict)

    @property
    def idem_key(self) -> str:
        """Unique for ever: the same cause never tells the same thing twice."""
        return idem_key(self.subject, self.cause, self.name)


def idem_key(subject: str, cause: str, name: str) -> str:
    """The idempotency key of a notice, from its subject's key, its cause and its name."""
    return f"{subject}#{cause}#{name}"
