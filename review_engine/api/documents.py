"""What comes back, for the reference: the shape of each answer. Answers themselves are written by ``told``.

A test reads real answers against these models, so the reference cannot say what the interface does not.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from review_engine.domain.verdicts import OUTCOMES

Outcome = Literal[OUTCOMES]  # type: ignore[valid-type]
Etag = Annotated[str, Field(description="Names the page; send it as `If-Match`.", examples=["2-9f86d081884c7d65"])]
Next = Annotated[str | None, Field(description="Send it as `after` for the next page; null on the last.")]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Fault(_Document):
    """One part of a request that cannot be used."""

    in_: str = Field(alias="in", description="body, query, path or header.")
    pointer: str = Field(description="JSON Pointer to the part.", examples=["/facts/name"])
    detail: str


class Unmet(_Document):
    """One guard that stands in the way."""

    guard: str
    title: str
    outcome: Outcome
    reason: str
    cure: str
    waivable: bool


class ReviewProblem(BaseModel):
    """What went wrong, as a problem document of RFC 9457."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:review-engine:not-found",
                    "title": "There is no such thing",
                    "status": 404,
                    "detail": "there is no app 'app/acme-sync'",
                    "code": "not_found",
                    "cure": "Check the spelling.",
                }
            ]
        },
    )

    type: str = Field(description="Names the sort of problem.")
    title: str = Field(description="The sort of problem, in words.")
    status: int
    detail: str = Field(description="What happened this time.")
    code: str = Field(description="The sort of problem, as a word for programs.")
    where: str | None = Field(None, description="The place it happened at.")
    cure: str | None = Field(None, description="What can be done about it.")
    errors: list[Fault] | None = Field(None, description="Every part of the request that cannot be used.")
    unmet: list[Unmet] | None = Field(None, description="Every guard that stands in the way, of a move refused.")


class Problems(_Document):
    """The sorts of problems there are."""

    items: list[ReviewProblem]


class ReceiptTold(_Document):
    """The acknowledgement of a write. Once you hold it, it is durable."""

    subject: str
    state: str
    number: int
    etag: Etag
    hash: str
    at: datetime
    moves: list[str]


class SubjectLine(_Document):
    """A subject as a line of a list."""

    key: str
    kind: str
    slug: str
    name: str
    partner: str
    parent: str
    state: str
    since: datetime
    number: int
    round: int
    etag: Etag
    created_at: datetime


class SubjectPage(SubjectLine):
    """A subject as its page shows it. A secret stands among the facts as its version only."""

    title: str
    says: str
    waits_for: str | None
    workflow: str
    head: str
    facts: dict[str, Any]
    evidence: dict[str, dict[str, Any]]
    waivers: dict[str, dict[str, Any]]
    submission: dict[str, Any] | None


class SubjectLines(_Document):
    """A page of a list."""

    items: list[SubjectLine]
    next: Next


class SaidTold(_Document):
    """Who set a fact, and when."""

    role: str
    by: str
    at: datetime


class FactsTold(_Document):
    """What is known of a subject."""

    subject: str
    etag: Etag
    facts: dict[str, Any]
    said: dict[str, SaidTold]


class ItemTold(_Document):
    """One guard and what it answered."""

    title: str
    waivable: bool
    guard: str
    outcome: Outcome
    reason: str
    cure: str
    evidence: str


class ChecklistTold(_Document):
    """All guards of one transition."""

    subject: str
    transition: str
    title: str
    ready: bool
    note: str
    items: list[ItemTold]


class Checklists(_Document):
    """The checklists of a subject."""

    items: list[ChecklistTold]


class VerdictTold(_Document):
    """What a guard answered when a move was made."""

    guard: str
    outcome: Outcome
    reason: str
    cure: str
    evidence: str


class MoveTold(_Document):
    """One line of a subject's history."""

    subject: str
    number: int
    transition: str
    from_: str = Field(alias="from")
    to: str
    role: str
    by: str
    at: datetime
    workflow: str
    round: int
    facts_hash: str
    comment: str
    verdicts: list[VerdictTold]
    previous: str
    hash: str


class Moves(_Document):
    """Moves of a subject, oldest first."""

    items: list[MoveTold]
    next: Next


class BreakTold(_Document):
    """A place where a history does not verify."""

    subject: str
    number: int
    what: str


class HistoryTold(_Document):
    """A subject's whole history, and whether it verifies. Keep the head: it proves later that nothing was changed."""

    subject: str
    head: str
    verified: bool
    breaks: list[BreakTold]
    moves: list[MoveTold]


class PromiseTold(BaseModel):
    """How one promise came to its due date."""

    sla: str
    title: str
    within: str
    state: str
    supposed: bool
    started_at: datetime
    due_at: datetime
    left_seconds: float
    late_by_seconds: float
    says: list[str] = Field(description="The derivation in sentences.")


class Promises(_Document):
    """The promises that are counted for a subject."""

    items: list[PromiseTold]


class CustomerTold(_Document):
    """One customer: did it count, and why."""

    customer: str
    counts: bool
    why: str
    first_seen: datetime
    last_seen: datetime
    source: str


class Customers(_Document):
    """The evidence behind "active customers"."""

    items: list[CustomerTold]


class CountedTold(_Document):
    """What became of a batch."""

    merged: int
    apps: int
    unknown: list[str]
    moves: list[ReceiptTold]


class NoticeTold(_Document):
    """Something that is to be told of a subject."""

    number: int
    status: str
    name: str
    subject: str
    cause: str
    to: list[str]
    at: datetime
    context: dict[str, Any]


class Notices(_Document):
    """What is to be told, oldest first."""

    items: list[NoticeTold]


class SecretTold(_Document):
    """A secret, for the reviewer of the round."""

    fact: str
    text: str


class Items(_Document):
    """A list."""

    items: list[dict[str, Any]]


class Page(_Document):
    """A page of a list."""

    items: list[dict[str, Any]]
    next: Next
