"""Tell a partner that an app is in the catalog only once the catalog is seen serving it.

A move into a listed state and the catalog that customers see are two things, and between them lie caches, deployments
and mistakes. A notice that its workflow declares ``once_listed`` waits in the outbox, for the partner only: the host
must hear of the move to do something about it. Waiting costs no attempt; it is asked again less and less often, and
after a day the operator is told. If the subject leaves the catalog meanwhile, there is nothing to tell any more.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.keys import SubjectKey
from review_engine.domain.listings import OVERDUE, next_look
from review_engine.domain.subjects import Subject
from review_engine.ports.catalog import Catalog
from review_engine.ports.channels import Exchange
from review_engine.ports.library import Library
from review_engine.ports.outbox import CANCELLED, PENDING, Ended, Outbox, Outgoing
from review_engine.usecases.alerts import alert

_LEFT = "it left the catalog before the catalog was seen serving it"
_WAITS = "it waits until the catalog is seen serving it"

_log = logging.getLogger("review_engine.deliver")

Serves = Callable[[str], bool]


class Subjects(Protocol):
    """Where it is read how subjects stand."""

    def subjects(self, keys: Sequence[SubjectKey]) -> Mapping[str, Subject]:
        """key -> subject, for those that exist."""


class OwnCatalog:
    """The catalog that customers see: the engine's own, which serves whatever stands in a listed state, until a host
    says how its own is asked. See ``ports.catalog.Catalog``."""

    def __init__(self, serves: Serves | None = None) -> None:
        self._serves = serves

    def ask(self, serves: Serves) -> None:
        """Ask this function from now on."""
        self._serves = serves

    def serves(self, subject: str) -> bool:
        """Whether the catalog shows the subject. Only asked for what stands in a listed state."""
        return self._serves is None or bool(self._serves(subject))


@dataclass(frozen=True, slots=True)
class Listing:
    """Keeps back what may only be told of what is in the catalog.

    Args:
        subjects: how subjects stand.
        library: their workflows.
        catalog: what customers see.
        outbox: where the operator is told.
        exchange: routes to the operator.
        operator: the operator's e-mail address; may be empty.
    """

    subjects: Subjects
    library: Library
    catalog: Catalog
    outbox: Outbox
    exchange: Exchange
    operator: str = ""

    def concerns(self, row: Outgoing) -> bool:
        """Whether the row has to wait for the catalog at all; a look at the workflow, nothing slow."""
        if not row.letter or row.recipient.staff or row.told:
            return False
        try:
            lifecycle = self.library.current(SubjectKey.parse(row.notice.subject).kind).lifecycle
        except ReviewEngineError:
            return False  # a workflow that is gone: then it is better told than not
        plan = lifecycle.notices.get(row.notice.name)
        return plan is not None and plan.once_listed

    def kept_back(self, row: Outgoing, now: datetime) -> Ended | None:
        """How the row stands if it may not go yet, or not at all; None when the catalog serves its subject.

        It may take as long as the catalog takes to answer, so it is for a thread of its own.

        Args:
            row: as it was claimed.
            now: when (aware UTC).
        """
        key = SubjectKey.parse(row.notice.subject)
        subject = self.subjects.subjects([key]).get(str(key))
        state = (
            self.library.pinned(subject.kind, subject.workflow).lifecycle.states.get(subject.state) if subject else None
        )
        if state is None or not state.listed:
            return _ended(row, CANCELLED, now, _LEFT)
        if self._is_served(str(key)):
            return None
        since = row.created_at
        if now - since >= OVERDUE:
            self._tell(row, since, now)
        return _ended(row, PENDING, next_look(since, now), _WAITS)

    def _is_served(self, key: str) -> bool:
        try:
            return self.catalog.serves(key)
        except Exception as error:  # a host's code may fail like any program; then nobody has seen it served
            _log.warning("the catalog cannot be asked for %s: %s", key, error)
            return False

    def _tell(self, row: Outgoing, since: datetime, now: datetime) -> None:
        subject = row.notice.subject
        says = (
            f"{subject} is to be in the catalog since {since:%Y-%m-%d %H:%M} UTC, and the catalog does not serve it. "
            f"Until it does, the partner is not told ({row.notice.name})."
        )
        alert(
            self.outbox, self.exchange, "listing_overdue", subject,
            says=says, mark=row.notice.cause, now=now, to=self.operator,
        )  # fmt: skip


def _ended(row: Outgoing, status: str, at: datetime, why: str) -> Ended:
    attempts = row.attempts - (status == PENDING)  # waiting is no attempt
    return Ended(row.id, row.lease_token, status, at, attempts, row.unknowns, "listing", error=why)
