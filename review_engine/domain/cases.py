"""What a check looks at: a subject, who asks, when, its components, its counts. Gathered first, then judged."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.actors import Actor
from review_engine.domain.evidence import Child, Evidence
from review_engine.domain.facts import Facts
from review_engine.domain.subjects import Subject


class Case(NamedTuple):
    """Everything a check may read.

    Args:
        subject: the subject as it stands.
        by: who asks.
        now: the time of asking (aware UTC).
        children: its components.
        active: window in seconds -> customers active within it (0: ever).
    """

    subject: Subject
    by: Actor
    now: datetime
    children: tuple[Child, ...] = ()
    active: Mapping[int, int] = {}

    @property
    def key(self) -> str:
        """The subject's key, ``kind/slug``."""
        return self.subject.key

    @property
    def facts(self) -> Facts:
        """The subject's facts."""
        return self.subject.facts

    @property
    def evidence(self) -> Mapping[str, Evidence]:
        """The newest observation of each probe."""
        return self.subject.evidence
