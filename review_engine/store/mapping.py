"""Rows to values and back. Nothing above the store sees a row, nothing below it sees a value.

A row that is read is a tuple in the order of ``layout``; a row that is written is a dictionary by column, its JSON
documents and instants already spelled for the driver.
"""

from collections.abc import Mapping
from typing import Any

from review_engine.domain.activity import Customer
from review_engine.domain.actors import Role
from review_engine.domain.clocks import Clock, ClockEvent
from review_engine.domain.evidence import Child, Evidence, Waiver
from review_engine.domain.facts import FactChange, Said
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.domain.reviews import Finding, Remark
from review_engine.domain.subjects import Subject
from review_engine.domain.submissions import Submission
from review_engine.domain.verdicts import Verdict
from review_engine.ports.directory import Person
from review_engine.ports.store import Answer, KeptNotice, Look, OddEvent, SealedSecret, SubmissionRecord
from review_engine.store.codec import Codec, Later, decode, document, encode, iso, mapping, moment, moment_if
from review_engine.store.layout import SUBJECT

Row = tuple[Any, ...]
Written = dict[str, object]

_FACTS, _SAID, _EVIDENCE, _WAIVERS, _SUBMISSION = (
    SUBJECT.index(name) for name in ("facts", "said", "evidence", "waivers", "submission")
)
PARENT_ID = SUBJECT.index("parent_id")


# Subjects


def subject_of(row: Row) -> Subject:
    """A subject, from a row that begins with the columns of ``layout.SUBJECT``."""
    (
        number_given, kind, slug, partner, state, since, number, revision, workflow, created_at, facts, said,
        facts_hash, evidence, waivers, submission, parent, head,
    ) = row[:18]  # fmt: skip
    return Subject(
        kind, slug, partner, state, moment(since), number, revision, workflow, moment(created_at),
        {} if facts == "{}" else decode(facts),
        {} if said == "{}" else Later(said, _said_of),
        facts_hash,
        {} if evidence == "{}" else evidence_of(decode(evidence)),
        {} if waivers == "{}" else {guard: _waiver_of(guard, entry) for guard, entry in decode(waivers).items()},
        None if submission is None else _round_of(decode(submission)),
        parent, head, number_given,
    )  # fmt: skip


def subject_row(subject: Subject, codec: Codec, before: Subject | None = None, read: Row | None = None) -> Written:
    """The columns of ``layout.SUBJECT_UPDATED`` for a subject.

    Args:
        subject: as it shall stand.
        codec: the database's.
        before: as it stood; documents that are the very same value are not spelled again.
        read: the row ``before`` was made of.
    """
    row: Written = {
        "state": subject.state,
        "since": codec.stamp(subject.since),
        "number": subject.number,
        "revision": subject.revision,
        "workflow": subject.workflow,
        "facts_hash": subject.facts_hash,
        "head": subject.head,
    }
    same = before is not None and read is not None
    for name, place, spell in _DOCUMENTS:
        value = getattr(subject, name)
        row[name] = read[place] if same and value is getattr(before, name) else spell(value)  # type: ignore[index]
    return row


def new_subject_row(subject: Subject, codec: Codec, parent_id: int | None) -> Written:
    """The columns of a subject that is new, without its number."""
    row = subject_row(subject, codec)
    row["kind"], row["slug"], row["partner"] = subject.kind, subject.slug, subject.partner
    row["created_at"] = codec.stamp(subject.created_at)
    row["parent"], row["parent_id"] = subject.parent, parent_id
    return row


def _said_of(entry: list[str]) -> Said:
    role, by, at = entry
    return Said(role, by, moment(at))


def _said_text(said: Mapping[str, Said]) -> str:
    return encode({name: [one.role, one.by, iso(one.at)] for name, one in said.items()}) if said else "{}"


def evidence_of(entries: Mapping[str, Any]) -> dict[str, Evidence]:
    """The newest observation of each probe, from a subject's document."""
    return {
        probe: Evidence(
            probe,
            one["outcome"],
            moment(one["at"]),
            one["by"],
            moment_if(one["expires_at"]),
            one["note"],
            one["number"],
        )
        for probe, one in entries.items()
    }


def _evidence_text(evidence: Mapping[str, Evidence]) -> str:
    if not evidence:
        return "{}"
    return encode(
        {
            probe: {
                "outcome": one.outcome,
                "at": iso(one.at),
                "by": one.by,
                "expires_at": iso(one.expires_at) if one.expires_at else None,
                "note": one.note,
                "number": one.number,
            }
            for probe, one in evidence.items()
        }
    )


def _waiver_of(guard: str, one: Mapping[str, Any]) -> Waiver:
    return Waiver(guard, one["reason"], one["by"], moment(one["at"]), moment_if(one["until"]))


def _waivers_text(waivers: Mapping[str, Waiver]) -> str:
    if not waivers:
        return "{}"
    return encode(
        {
            guard: {
                "reason": one.reason,
                "by": one.by,
                "at": iso(one.at),
                "until": iso(one.until) if one.until else None,
            }
            for guard, one in waivers.items()
        }
    )


def _round_of(one: Mapping[str, Any]) -> Submission:
    return Submission(
        one["round"], moment(one["opened_at"]), one["opened_by"], one["facts_hash"], one["claimed_by"],
        moment_if(one["claimed_at"]), one["decision"],
        {name: tuple(people) for name, people in one["taken"].items()},
    )  # fmt: skip


def _round_text(one: Submission | None) -> str | None:
    if one is None:
        return None
    return encode(
        {
            "round": one.round,
            "opened_at": iso(one.opened_at),
            "opened_by": one.opened_by,
            "facts_hash": one.facts_hash,
            "claimed_by": one.claimed_by,
            "claimed_at": iso(one.claimed_at) if one.claimed_at else None,
            "decision": one.decision,
            "taken": {**one.taken},
        }
    )


_DOCUMENTS = (
    ("facts", _FACTS, document),
    ("said", _SAID, _said_text),
    ("evidence", _EVIDENCE, _evidence_text),
    ("waivers", _WAIVERS, _waivers_text),
    ("submission", _SUBMISSION, _round_text),
)


# What is kept beside a subject


def child_of(row: Row) -> Child:
    """A component, from the columns of ``layout.CHILD`` (its evidence as text, or decoded already)."""
    kind, slug, state, evidence = row[:4]
    entries = mapping(evidence) if isinstance(evidence, str) else evidence
    return Child(kind, slug, state, evidence_of(entries))


def clock_of(row: Row) -> Clock:
    """A clock, from the columns of ``layout.CLOCK``."""
    (
        sla, cycle, number, state, started_at, due_at, within, calendar, rest, paused_at, reminded, breached_at,
        stopped_at, wakes_at,
    ) = row[:14]  # fmt: skip
    return Clock(
        sla, cycle, number, state, moment(started_at), moment(due_at), within, calendar, rest, moment_if(paused_at),
        reminded, moment_if(breached_at), moment_if(stopped_at), moment_if(wakes_at),
    )  # fmt: skip


def answer_of(row: Row) -> Answer:
    """An answer, from the columns of ``layout.ANSWER``."""
    scope, key, digest, body, at = row
    return Answer(scope, key, digest, body, moment(at))


def move_of(key: str, row: Row) -> Move:
    """A move of the subject ``key``, from the columns of ``layout.MOVE``."""
    (
        number, transition, source, target, role, by, at, workflow, number_of_round, facts_hash, comment, verdicts,
        previous, sealed,
    ) = row  # fmt: skip
    return Move(
        key, number, transition, source, target, role, by, moment(at), workflow, number_of_round, facts_hash, comment,
        () if verdicts == "[]" else tuple([Verdict(*one) for one in decode(verdicts)]),
        previous, sealed,
    )  # fmt: skip


def fact_change_of(row: Row) -> FactChange:
    """A line of the ledger of facts. SQLite hands a number in a JSON column back as a number."""
    name, value, role, by, at = row
    return FactChange(name, decode(value) if isinstance(value, str) else value, Said(role, by, moment(at)))


def evidence_line(row: Row) -> Evidence:
    """A line of the ledger of evidence."""
    probe, outcome, at, by, expires_at, note, number = row
    return Evidence(probe, outcome, moment(at), by, moment_if(expires_at), note, number)


def waiver_line(row: Row) -> Waiver:
    """A line of the ledger of waivers."""
    guard, reason, by, at, until = row
    return Waiver(guard, reason, by, moment(at), moment_if(until))


def finding_of(row: Row) -> Finding:
    """A finding. SQLite keeps yes and no as numbers."""
    number_of_round, number, criterion, result, comment, about, by, at, late = row
    return Finding(number_of_round, number, criterion, result, comment, about, by, moment(at), bool(late))


def remark_of(row: Row) -> Remark:
    """A remark."""
    number, text, role, by, at, number_of_round, internal = row
    return Remark(number, text, role, by, moment(at), number_of_round, bool(internal))


def submission_of(row: Row) -> SubmissionRecord:
    """A round, and the facts as they were."""
    number, opened_at, opened_by, facts_hash, claimed_by, claimed_at, decision, taken, facts = row
    people = {name: tuple(keys) for name, keys in mapping(taken).items()}
    submission = Submission(
        number, moment(opened_at), opened_by, facts_hash, claimed_by, moment_if(claimed_at), decision, people
    )
    return SubmissionRecord(submission, mapping(facts))


def clock_event_of(row: Row) -> ClockEvent:
    """A line of a clock's ledger."""
    sla, cycle, kind, mark, at, due_at, note = row
    return ClockEvent(sla, cycle, kind, mark, moment(at), moment(due_at), note)


def notice_of(row: Row) -> KeptNotice:
    """A notice, from the columns of ``layout.NOTICE``."""
    number, status, name, subject, partner, cause, audience, at, context = row
    notice = Notice(name, subject, partner, cause, tuple(decode(audience)), moment(at), mapping(context))
    return KeptNotice(number, status, notice)


def customer_of(row: Row) -> Customer:
    """A row of activity."""
    customer, first_seen, last_seen, source, excluded = row
    return Customer(customer, moment(first_seen), moment(last_seen), source, excluded)


def look_of(row: Row) -> Look:
    """A look at a secret."""
    fact, by, at = row
    return Look(fact, by, moment(at))


def secret_of(row: Row) -> SealedSecret:
    """A secret, still sealed."""
    fact, version, sealed = row
    return SealedSecret(fact, version, bytes(sealed))


def odd_event_of(row: Row) -> OddEvent:
    """An imported event that could not become a move."""
    digest, subject, reason, event, at = row
    return OddEvent(digest, subject, reason, event, moment(at))


def people_of(rows: list[Row]) -> list[Person]:
    """People, from a row per person and membership, sorted by person."""
    people: dict[str, Person] = {}
    for key, name, address, roles, partner in rows:
        person = people.get(key) or Person(key, name, address, frozenset(Role(role) for role in decode(roles)))
        people[key] = person._replace(partners=person.partners | {partner}) if partner is not None else person
    return list(people.values())
