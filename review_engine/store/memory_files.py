"""Everything the memory store keeps of one subject, in one file; and what is counted and chosen by it.

Apart from ``memory``, which takes files out, asks ``decide`` about them and puts them back.
"""

from dataclasses import dataclass, field

from review_engine.domain.activity import Customer
from review_engine.domain.clocks import Clock, ClockEvent
from review_engine.domain.evidence import Evidence, Waiver
from review_engine.domain.facts import FactChange
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.reviews import Finding, Remark
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Ask, Look, Query, SealedSecret, SubmissionRecord
from review_engine.store.terms import ALWAYS, since


@dataclass(slots=True)
class File:
    """Everything kept of one subject."""

    subject: Subject
    moves: list[Move] = field(default_factory=list)
    facts: list[FactChange] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rounds: dict[int, SubmissionRecord] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    clock_events: list[ClockEvent] = field(default_factory=list)
    secrets: list[SealedSecret] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    customers: dict[str, Customer] = field(default_factory=dict)
    children: list[SubjectKey] = field(default_factory=list)


NOBODY = File(Subject("", "", "", "", ALWAYS, 0, 0, "", ALWAYS))
"""What is known of a subject that does not exist: nothing."""


def active(file: File, ask: Ask, window: int) -> int:
    """How many customers were active within a window and are not excluded."""
    start = since(ask.now, window)
    return sum(not customer.excluded and customer.last_seen >= start for customer in file.customers.values())


def fits(subject: Subject, query: Query) -> bool:
    """Whether a query asks for the subject."""
    return (
        query.kind in (None, subject.kind)
        and (not query.states or subject.state in query.states)
        and (query.partners is None or subject.partner in query.partners)
        and query.parent in (None, subject.parent)
    )
