"""The tables. They are declared here once; statements, migrations and a host's own queries all start from them.

A subject's row holds everything its guards read (facts, observations, waivers, the current round) as JSON beside its
state, so that one row is one decision's truth and one version check guards it. The ledgers beside it are append-only.
Constraints do the last of the arbitration: one move of a number, one clock event of a mark, one notice of a cause.

No ``from __future__ import annotations`` here: the mapper reads the annotations.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from review_engine.store.columns import ID, Table, document, key, number, owner, text

CLUSTERED = {"sqlite_with_rowid": False}
"""SQLite keeps such a table in the order of its primary key: one tree, not two, and a page less for every write."""


class SubjectRow(Table, table=True):
    """What goes through a lifecycle, as it stands."""

    __tablename__ = "review_subject"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        ForeignKeyConstraint(["parent_id"], ["review_subject.id"], ondelete="RESTRICT"),
        Index(None, "kind", "state", "slug"),
        Index(None, "parent_id"),
        Index(None, "partner"),
    )

    id: int | None = Field(default=None, sa_column=number())
    kind: str = Field(sa_column=key())
    slug: str = Field(sa_column=key())
    partner: str = Field(sa_column=key())
    state: str
    since: datetime
    number: int
    revision: int = Field(sa_type=ID)
    workflow: str
    created_at: datetime
    facts: dict[str, Any] = Field(sa_column=document())
    said: dict[str, Any] = Field(sa_column=document())
    facts_hash: str
    evidence: dict[str, Any] = Field(sa_column=document())
    waivers: dict[str, Any] = Field(sa_column=document())
    submission: dict[str, Any] | None = Field(default=None, sa_column=document(nullable=True))
    parent: str = Field(sa_column=key())
    parent_id: int | None = Field(default=None, sa_type=ID)
    head: str


class MoveRow(Table, table=True):
    """The history. A subject that has moves cannot be deleted without them being deleted first, on purpose.

    The index is for what happened lately: how many wait day by day, who decided how much.
    """

    __tablename__ = "review_move"
    __table_args__ = (Index(None, "at"), CLUSTERED)

    subject_id: int = Field(sa_column=owner(primary_key=True, ondelete="RESTRICT"))
    number: int = Field(primary_key=True)
    transition: str
    source: str
    target: str
    role: str
    by: str
    at: datetime
    workflow: str
    round: int
    facts_hash: str
    comment: str = Field(sa_column=text())
    verdicts: list[Any] = Field(sa_column=document())
    previous: str
    hash: str


class FactChangeRow(Table, table=True):
    """Everything a fact ever was; no value means it was cleared."""

    __tablename__ = "review_fact_change"

    id: int | None = Field(default=None, sa_column=number())
    subject_id: int = Field(sa_column=owner(index=True))
    name: str
    value: Any = Field(default=None, sa_column=document(nullable=True))
    role: str
    by: str
    at: datetime


class EvidenceRow(Table, table=True):
    """Every observation."""

    __tablename__ = "review_evidence"

    id: int | None = Field(default=None, sa_column=number())
    subject_id: int = Field(sa_column=owner(index=True))
    probe: str
    outcome: str
    at: datetime
    by: str
    expires_at: datetime | None = None
    note: str = Field(sa_column=text())
    number: int


class WaiverRow(Table, table=True):
    """Every exception."""

    __tablename__ = "review_waiver"

    id: int | None = Field(default=None, sa_column=number())
    subject_id: int = Field(sa_column=owner(index=True))
    guard: str
    reason: str = Field(sa_column=text())
    by: str
    at: datetime
    until: datetime | None = None


class SubmissionRow(Table, table=True):
    """Every round, with the facts as they were when it was opened."""

    __tablename__ = "review_submission"
    __table_args__ = CLUSTERED

    subject_id: int = Field(sa_column=owner(primary_key=True))
    round: int = Field(primary_key=True)
    opened_at: datetime
    opened_by: str
    facts_hash: str
    claimed_by: str
    claimed_at: datetime | None = None
    decision: str
    taken: dict[str, Any] = Field(sa_column=document())
    facts: dict[str, Any] = Field(sa_column=document())


class ClockRow(Table, table=True):
    """The current cycle of each promise. The partial index is what a worker asks: which of them is next."""

    __tablename__ = "review_clock"
    __table_args__ = (
        Index(None, "wakes_at", postgresql_where=sql("wakes_at IS NOT NULL"), sqlite_where=sql("wakes_at IS NOT NULL")),
        CLUSTERED,
    )

    subject_id: int = Field(sa_column=owner(primary_key=True))
    sla: str = Field(primary_key=True)
    cycle: int
    round: int
    state: str
    started_at: datetime
    due_at: datetime
    within: str
    calendar: str
    rest: int | None = Field(default=None, sa_type=ID)
    paused_at: datetime | None = None
    reminded: int
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    wakes_at: datetime | None = None


class ClockEventRow(Table, table=True):
    """What clocks did. The constraint is why nothing fires twice."""

    __tablename__ = "review_clock_event"
    __table_args__ = (UniqueConstraint("subject_id", "sla", "cycle", "kind", "mark"),)

    id: int | None = Field(default=None, sa_column=number())
    subject_id: int = Field(sa_column=owner())
    sla: str
    cycle: int
    kind: str
    mark: int
    at: datetime
    due_at: datetime
    note: str = Field(sa_column=text())


class NoticeRow(Table, table=True):
    """The outbox. It names its subject by key and outlives it: what was told was told.

    ``idem_key`` begins with the subject's key, so its constraint finds the notices of a subject as well.
    """

    __tablename__ = "review_notice"
    __table_args__ = (
        UniqueConstraint("idem_key"),
        Index(
            "ix_review_notice_pending",
            "id",
            postgresql_where=sql("status = 'pending'"),
            sqlite_where=sql("status = 'pending'"),
        ),
    )

    id: int | None = Field(default=None, sa_column=number())
    name: str
    subject: str
    partner: str
    cause: str
    audience: list[str] = Field(sa_column=document())
    at: datetime
    context: dict[str, Any] = Field(sa_column=document())
    idem_key: str = Field(sa_column=key())
    status: str


class AnswerRow(Table, table=True):
    """What requests with an idempotency key were answered."""

    __tablename__ = "review_answer"
    __table_args__ = CLUSTERED

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str
    body: str = Field(sa_column=text())
    at: datetime


class ActivityRow(Table, table=True):
    """One customer's use of one app. The partial index alone answers how many are active."""

    __tablename__ = "review_activity"
    __table_args__ = (
        Index(
            "ix_review_activity_counted",
            "subject_id",
            "last_seen",
            postgresql_where=sql("excluded = ''"),
            sqlite_where=sql("excluded = ''"),
        ),
        CLUSTERED,
    )

    subject_id: int = Field(sa_column=owner(primary_key=True))
    customer: str = Field(sa_column=key(primary_key=True))
    first_seen: datetime
    last_seen: datetime
    source: str
    excluded: str


class SecretRow(Table, table=True):
    """Secret facts, encrypted."""

    __tablename__ = "review_secret"
    __table_args__ = CLUSTERED

    subject_id: int = Field(sa_column=owner(primary_key=True))
    fact: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SecretLookRow(Table, table=True):
    """Who looked at a secret."""

    __tablename__ = "review_secret_look"

    id: int | None = Field(default=None, sa_column=number())
    subject_id: int = Field(sa_column=owner(index=True))
    fact: str
    by: str
    at: datetime


class WorkflowRow(Table, table=True):
    """Every workflow revision that subjects were promised."""

    __tablename__ = "review_workflow"

    revision: str = Field(primary_key=True)
    kind: str
    document: str = Field(sa_column=text())


class ImportedRow(Table, table=True):
    """Digests of the imported events that became moves."""

    __tablename__ = "review_imported"
    __table_args__ = CLUSTERED

    digest: str = Field(primary_key=True)


class OddEventRow(Table, table=True):
    """Imported events that could not become moves, kept with the reason."""

    __tablename__ = "review_odd_event"
    __table_args__ = (UniqueConstraint("digest"),)

    id: int | None = Field(default=None, sa_column=number())
    digest: str
    subject: str
    reason: str = Field(sa_column=text())
    event: str = Field(sa_column=text())
    at: datetime


class PartnerRow(Table, table=True):
    """Organisations that own subjects."""

    __tablename__ = "review_partner"

    key: str = Field(sa_column=key(primary_key=True))
    name: str


class PersonRow(Table, table=True):
    """People. ``mailbox`` is the address in small letters, so that two spellings of one address stay one person."""

    __tablename__ = "review_person"
    __table_args__ = (UniqueConstraint("mailbox"),)

    key: str = Field(sa_column=key(primary_key=True))
    name: str
    address: str
    mailbox: str | None = None
    roles: list[str] = Field(sa_column=document())


class PersonPartnerRow(Table, table=True):
    """Who is a member of which partner. A partner may be a key only, as a host's own partners are."""

    __tablename__ = "review_person_partner"
    __table_args__ = (
        ForeignKeyConstraint(["person"], ["review_person.key"], ondelete="CASCADE"),
        Index(None, "partner"),
        CLUSTERED,
    )

    person: str = Field(sa_column=key(primary_key=True))
    partner: str = Field(sa_column=key(primary_key=True))


class HeartbeatRow(Table, table=True):
    """When a worker was last seen at work."""

    __tablename__ = "review_heartbeat"

    name: str = Field(primary_key=True)
    at: datetime
    details: dict[str, Any] = Field(sa_column=document())


class CalendarVersionRow(Table, table=True):
    """Every version of a calendar that clocks were counted by."""

    __tablename__ = "review_calendar_version"

    name: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=document())
    at: datetime
