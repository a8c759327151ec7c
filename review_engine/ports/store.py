"""The socket of the store: one decision reads a Dossier and writes a Change, together or not at all.

``change`` is the heart: the store gathers the dossier, calls ``decide`` (pure, and possibly called again: when another
writer came first, the store reads anew under the row's lock and asks once more), and writes what it answered in one
transaction. Three plugs hold this contract to the letter: memory, SQLite, PostgreSQL (``tests/contracts``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from review_engine.domain.activity import Customer, Usage
from review_engine.domain.clocks import Clock, ClockEvent
from review_engine.domain.evidence import Child, Evidence, Waiver
from review_engine.domain.facts import FactChange, FactValue
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.domain.reviews import Drip, Finding, Remark
from review_engine.domain.subjects import Subject
from review_engine.domain.submissions import Submission

T = TypeVar("T")


class AnswerKey(NamedTuple):
    """Whose idempotency key: ``scope`` is the actor, so that two callers may pick the same key."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request with an idempotency key was answered.

    Args:
        scope: who asked, as ``role:key``.
        key: the caller's key.
        digest: hash of the request; another request under the same key is refused.
        body: the answer as JSON text, byte for byte what the first caller got.
        at: when (aware UTC).
    """

    scope: str
    key: str
    digest: str
    body: str
    at: datetime


class Ask(NamedTuple):
    """What a dossier has to hold.

    Args:
        now: the time of asking (aware UTC); counts are taken as of it.
        windows: windows in seconds for which active customers are counted; 0 for ever.
        children: whether components are wanted.
        clocks: whether clocks are wanted.
        answer: the idempotency key to look for.
        review: whether what was said in reviews is wanted: findings, rounds, remarks. ``scan`` never reads it.
    """

    now: datetime
    windows: tuple[int, ...] = ()
    children: bool = False
    clocks: bool = False
    answer: AnswerKey | None = None
    review: bool = False


class SubmissionRecord(NamedTuple):
    """One round as it is kept: the submission and the facts as they were."""

    submission: Submission
    facts: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that one decision looks at, read in one round trip.

    Args:
        subject: the subject as it stands.
        children: its components, by slug; empty unless asked for.
        active: window -> customers active within it and not excluded; empty unless asked for.
        clocks: the current cycle of each promise; empty unless asked for.
        answer: the answer already given under the asked idempotency key.
        findings: what reviewers found, oldest first; empty unless the review was asked for, as are the next two.
        rounds: every round, oldest first.
        remarks: the conversation, oldest first.
    """

    subject: Subject
    children: tuple[Child, ...] = ()
    active: Mapping[int, int] = field(default_factory=dict)
    clocks: tuple[Clock, ...] = ()
    answer: Answer | None = None
    findings: tuple[Finding, ...] = ()
    rounds: tuple[SubmissionRecord, ...] = ()
    remarks: tuple[Remark, ...] = ()


class SealedSecret(NamedTuple):
    """A secret fact as it is kept: encrypted, with the version that stands in the subject's facts."""

    fact: str
    version: int
    sealed: bytes


class Look(NamedTuple):
    """Somebody looked at a secret: which, who (``role:key``), when (aware UTC)."""

    fact: str
    by: str
    at: datetime


class Enrolment(NamedTuple):
    """A partner that comes into being with a move, and its first member (``person`` empty for none)."""

    partner: str
    name: str
    person: str = ""
    person_name: str = ""
    address: str = ""


class OddEvent(NamedTuple):
    """An imported event that could not become a move, kept with the reason. ``digest`` identifies the event."""

    digest: str
    subject: str
    reason: str
    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Everything one decision writes, in one transaction.

    ``subject`` is how the subject shall stand; its ``revision`` is one more than the dossier's, which is what the store
    compares at commit. ``clocks`` are written over the current ones, ``submission`` over its round (which keeps the
    facts it was opened with); every other part is appended.
    """

    subject: Subject
    moves: tuple[Move, ...] = ()
    facts: tuple[FactChange, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Remark, ...] = ()
    submission: Submission | None = None
    clocks: tuple[Clock, ...] = ()
    clock_events: tuple[ClockEvent, ...] = ()
    notices: tuple[Notice, ...] = ()
    secrets: tuple[SealedSecret, ...] = ()
    looks: tuple[Look, ...] = ()
    enrolment: Enrolment | None = None
    answer: Answer | None = None
    touches_parent: bool = False
    imported: tuple[str, ...] = ()


class Query(NamedTuple):
    """Which subjects.

    Args:
        kind: the workflow's name; None for all.
        states: any of these; empty for all.
        partners: owned by any of these; None for all.
        parent: components of this key; None for all.
        after: continue behind this ``kind/slug`` (pages are in key order); empty from the start.
        limit: how many at most; None for all.
    """

    kind: str | None = None
    states: tuple[str, ...] = ()
    partners: frozenset[str] | None = None
    parent: str | None = None
    after: str = ""
    limit: int | None = None


class KeptNotice(NamedTuple):
    """A notice as the outbox holds it: its number, its status and the notice."""

    number: int
    status: str
    notice: Notice


class Store(Protocol):
    """Where everything is kept. Each method is one transaction of its own unless it is given the host's ``session``."""

    def change(
        self,
        key: SubjectKey,
        ask: Ask,
        decide: Callable[[Dossier], tuple[Change | None, T]],
        *,
        session: object | None = None,
    ) -> T:
        """Read, decide, write; returns what ``decide`` returned beside its change (None for the change: write nothing).

        With ``session`` (a SQLAlchemy or SQLModel ``Session``) everything happens in the host's transaction, the
        subject's row locked, and nothing is committed here.

        Raises:
            NotFound: no such subject.
            Conflict: a part that may exist once (the number of a move, finding or remark, a clock event, a notice's
                cause) is there already.
            InvalidInput: a text holds what no database keeps (NUL, broken Unicode).
            whatever ``decide`` raises; nothing is written in any of these cases.
        """

    def add(self, change: Change, *, answer: AnswerKey | None = None, session: object | None = None) -> Answer | None:
        """Write a subject that is new. When ``answer`` was answered before, writes nothing and returns that answer.

        Raises:
            SlugTaken: kind and slug are in use.
            NotFound: the parent that ``change.subject.parent`` names does not exist.
        """

    def dossier(self, key: SubjectKey, ask: Ask, *, session: object | None = None) -> Dossier:
        """One dossier, read only.

        Raises:
            NotFound: no such subject.
        """

    def scan(self, query: Query, ask: Ask) -> Iterator[Dossier]:
        """Dossiers in key order, streamed; a consistent snapshot as far as the database gives one."""

    def census(self, query: Query) -> dict[tuple[str, str], int]:
        """(kind, state) -> how many subjects, counted by the database. ``after`` and ``limit`` are for pages only."""

    def history(self, key: SubjectKey) -> list[Move]:
        """All moves of one subject, oldest first; empty for an unknown subject."""

    def histories(self, kind: str | None = None) -> Iterator[tuple[str, str, list[Move]]]:
        """(key, head, moves) of every subject, in key order, streamed."""

    def facts_ledger(self, key: SubjectKey) -> list[FactChange]:
        """Everything the facts of one subject ever were, oldest first. Secrets appear as versions."""

    def evidence_ledger(self, key: SubjectKey) -> list[Evidence]:
        """Every observation of one subject, oldest first."""

    def waivers_ledger(self, key: SubjectKey) -> list[Waiver]:
        """Every waiver of one subject, oldest first."""

    def submissions(self, key: SubjectKey) -> list[SubmissionRecord]:
        """Every round of one subject, oldest first."""

    def findings(self, key: SubjectKey) -> list[Finding]:
        """Everything that reviewers found on one subject, oldest first."""

    def remarks(self, key: SubjectKey) -> list[Remark]:
        """The conversation about one subject, internal remarks included, oldest first."""

    def drips(self, since: datetime | None = None) -> list[Drip]:
        """Per reviewer, what was found wanting in a later round than the first, and how much of it late."""

    def clock_events(self, key: SubjectKey) -> list[ClockEvent]:
        """The ledger of one subject's clocks, oldest first."""

    def notices(self, subject: str | None = None, *, after: int = 0, limit: int | None = None) -> list[KeptNotice]:
        """The outbox, oldest first."""

    def announce(self, notices: Sequence[Notice]) -> None:
        """Put notices into the outbox that no change of a subject caused; those that are there already are left out."""

    def merge_activity(self, batch: Sequence[Usage], kind: str) -> tuple[dict[str, int], list[str]]:
        """Merge a batch set-wise into one row per app and customer; bump the revision of each app touched.

        Returns:
            (slug -> rows of the batch for it, slugs that do not exist, in order). Rows for unknown apps are left out,
            all others are merged, in one transaction.
        """

    def customers(self, key: SubjectKey) -> list[Customer]:
        """The activity rows of one app, by customer."""

    def sealed(self, key: SubjectKey, fact: str) -> SealedSecret | None:
        """The newest version of a secret fact, still encrypted."""

    def looks(self, key: SubjectKey) -> list[Look]:
        """Who looked at the subject's secrets, oldest first."""

    def adopt(self, changes: Sequence[Change], odd: Sequence[OddEvent]) -> None:
        """Write many imported changes (new subjects have id 0) and odd events in one transaction.

        Each change's ``imported`` holds the digests of the events it accounts for; there is one change for a subject.

        Raises:
            MoveConflict: a known subject was written since it was read. Nothing is adopted then, nor in these cases:
            SlugTaken: a new subject's key is in use.
            NotFound: a new subject's parent does not exist.
            Conflict: an event is accounted for already.
        """

    def adopted(self, digests: Sequence[str]) -> frozenset[str]:
        """Which of these events are accounted for already, as moves or as odd events."""

    def odd_events(self) -> list[OddEvent]:
        """Every imported event that could not become a move, oldest first."""

    def subjects(self, keys: Sequence[SubjectKey]) -> dict[str, Subject]:
        """key -> subject, for those that exist; one query for many."""

    def keep_workflow(self, kind: str, revision: str, document: str) -> None:
        """Keep the text of a workflow revision (JSON); keeping it again changes nothing."""

    def workflow(self, revision: str) -> tuple[str, str] | None:
        """(kind, document) of a kept revision."""

    def check_schema(self) -> None:
        """Whether the tables are there and of the version this engine writes.

        Raises:
            SchemaBehind: with the command that mends it.
        """

    def close(self) -> None:
        """Give back connections. Further use is an error."""
