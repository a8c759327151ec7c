"""What comes back to those who run the desk: queue, letters, tokens, workflows. As ``documents``, for the reference."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from review_engine.api.documents import Next


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FindingTold(_Document):
    """What a reviewer found on one point."""

    round: int
    number: int
    criterion: str
    result: str
    comment: str
    about: str
    by: str
    at: datetime
    late: bool


class ReplyTold(_Document):
    """A canned reply."""

    name: str
    title: str
    text: str
    criterion: str


class DripTold(_Document):
    """How findings of one reviewer came after the first round."""

    by: str
    found: int
    late: int


class LateFindings(_Document):
    """How findings dripped in."""

    items: list[DripTold]


class CriterionTold(_Document):
    """One point a reviewer has to confirm."""

    name: str
    title: str
    fix: str
    fact: str
    current: FindingTold | None
    earlier: list[FindingTold]
    replies: list[ReplyTold]


class DifferenceTold(_Document):
    """One fact that is no longer what it was."""

    fact: str
    title: str
    before: Any
    after: Any


class ReviewTold(_Document):
    """Everything about the findings of a subject."""

    subject: str
    etag: str
    round: int
    open: bool
    claimed_by: str
    claimed_at: datetime | None
    criteria: list[CriterionTold]
    findings: list[FindingTold]
    changed: list[DifferenceTold]
    first_seen: dict[str, int] | None
    replies: list[ReplyTold]


class ChangesTold(_Document):
    """What happened to a subject since a page was drawn."""

    moves: list[str]
    facts: list[DifferenceTold]


class RemarkTold(_Document):
    """One message of the conversation about a subject."""

    number: int
    text: str
    role: str
    by: str
    at: datetime
    round: int
    internal: bool


class Remarks(_Document):
    """The conversation about a subject."""

    items: list[RemarkTold]


class QueueLine(_Document):
    """One line of the queue."""

    key: str
    name: str
    partner: str
    state: str
    since: datetime
    round: int
    reason: str
    tier: str
    components: list[str]
    due_at: datetime | None
    sla: str
    overdue: bool
    claimed_by: str
    claimed_at: datetime | None
    etag: str


class QueueTold(_Document):
    """A page of what waits for staff, due soonest first."""

    items: list[QueueLine]
    next: Next
    total: int
    overdue: int


class WaitingTold(_Document):
    """How many waited at the end of a day (UTC)."""

    day: date
    waiting: int


class QueueLengths(_Document):
    """How long the queue was, day by day."""

    items: list[WaitingTold]


class WorkloadTold(_Document):
    """What one reviewer has in hand."""

    reviewer: str
    claimed: int
    overdue: int
    decided: int


class Workloads(_Document):
    """What each reviewer has in hand."""

    items: list[WorkloadTold]


class FiguresTold(_Document):
    """One line of a report on promises."""

    workflow: str
    sla: str
    of: str
    met: int
    missed: int
    overdue: int
    open: int
    void: int
    percent_met: float | None
    median_seconds: float | None
    p90_seconds: float | None


class PromiseReportTold(_Document):
    """How promises were kept."""

    promises: list[FiguresTold]
    reviewers: list[FiguresTold]
    weeks: list[FiguresTold]


class EntryTold(_Document):
    """What everybody may know of a listed subject."""

    slug: str
    name: str
    description: str
    website: str
    docs_url: str
    logo_url: str
    mark_url: str
    categories: list[str]
    methods: list[str]
    platforms: list[str]
    badge: str
    listed_at: datetime
    noteworthy: bool


class CategoryTold(_Document):
    """A category, and how many entries it has."""

    category: str
    entries: int


class CatalogTold(_Document):
    """A page of the catalog."""

    items: list[EntryTold]
    next: Next
    total: int
    categories: list[CategoryTold]


class WorkflowLine(_Document):
    """A workflow, and the collection of its subjects."""

    kind: str
    title: str
    collection: str
    revision: str
    parent: str
    components: dict[str, str]


class Workflows(_Document):
    """The workflows of this installation."""

    items: list[WorkflowLine]


class WorkflowTold(WorkflowLine):
    """A workflow as declared."""

    starts: str
    calendar: str
    states: list[dict[str, Any]]
    transitions: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    guards: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    notices: list[dict[str, Any]]


class CensusLine(_Document):
    """How many subjects stand in a state."""

    kind: str
    state: str
    subjects: int


class Census(_Document):
    """How many subjects stand where."""

    items: list[CensusLine]


class DueDateTold(_Document):
    """A due date that moves."""

    subject: str
    sla: str
    before: datetime
    after: datetime


class ProjectionTold(_Document):
    """What a version of a calendar does to open promises."""

    calendar: str
    version: str
    clocks: int
    moved: list[DueDateTold]
    failed: dict[str, str]
