"""What a change appends, as rows by table: the same rows whether they go in one by one or in one statement."""

from datetime import datetime

from review_engine.domain.activity import Customer
from review_engine.domain.moves import Move
from review_engine.domain.notices import Notice
from review_engine.domain.submissions import Submission
from review_engine.ports.directory import Person
from review_engine.ports.store import Change, Enrolment, OddEvent
from review_engine.store.codec import Codec, document, encode
from review_engine.store.mapping import Written

Parts = dict[str, list[Written]]


def parts_of(change: Change, codec: Codec, owner: int | None = None) -> Parts:
    """The rows of a change by table, in the order of ``layout.PARTS``; tables without rows are left out.

    Args:
        change: what to write.
        codec: the database's.
        owner: the subject's number; None where the database fills it in itself.
    """
    parts: Parts = {}
    if change.moves:
        parts["move"] = [_move(move, codec) for move in change.moves]
    _append_ledgers(parts, change, codec)
    if change.submission is not None:
        parts["submission"] = [_submission(change.submission, change, codec)]
    _append_clocks(parts, change, codec)
    if owner is not None:
        for rows in parts.values():
            for row in rows:
                row["subject_id"] = owner
    if change.notices:
        parts["notice"] = [notice_row(notice, codec) for notice in change.notices]
    if change.enrolment is not None:
        _append_enrolment(parts, change.enrolment)
    if change.answer is not None:
        answer = change.answer
        parts["answer"] = [
            {
                "scope": answer.scope,
                "key": answer.key,
                "digest": answer.digest,
                "body": answer.body,
                "at": codec.stamp(answer.at),
            }
        ]
    if change.imported:
        parts["imported"] = [{"digest": digest} for digest in change.imported]
    return parts


def _move(move: Move, codec: Codec) -> Written:
    return {
        "number": move.number,
        "transition": move.transition,
        "source": move.source,
        "target": move.target,
        "role": move.role,
        "by": move.by,
        "at": codec.stamp(move.at),
        "workflow": move.workflow,
        "round": move.round,
        "facts_hash": move.facts_hash,
        "comment": move.comment,
        "verdicts": encode(move.verdicts) if move.verdicts else "[]",
        "previous": move.previous,
        "hash": move.hash,
    }


def _append_ledgers(parts: Parts, change: Change, codec: Codec) -> None:
    stamp = codec.stamp
    if change.facts:
        parts["fact_change"] = [
            {
                "name": name,
                "value": None if value is None else encode(value),
                "role": said.role,
                "by": said.by,
                "at": stamp(said.at),
            }
            for name, value, said in change.facts
        ]
    if change.evidence:
        parts["evidence"] = [
            {
                "probe": one.probe,
                "outcome": one.outcome,
                "at": stamp(one.at),
                "by": one.by,
                "expires_at": _stamped(one.expires_at, codec),
                "note": one.note,
                "number": one.number,
            }
            for one in change.evidence
        ]
    if change.waivers:
        parts["waiver"] = [
            {
                "guard": one.guard,
                "reason": one.reason,
                "by": one.by,
                "at": stamp(one.at),
                "until": _stamped(one.until, codec),
            }
            for one in change.waivers
        ]
    if change.findings:
        parts["finding"] = [{**one._asdict(), "at": stamp(one.at)} for one in change.findings]
    if change.remarks:
        parts["remark"] = [{**one._asdict(), "at": stamp(one.at)} for one in change.remarks]


def _append_clocks(parts: Parts, change: Change, codec: Codec) -> None:
    stamp = codec.stamp
    if change.clocks:
        parts["clock"] = [
            {
                "sla": one.sla,
                "cycle": one.cycle,
                "round": one.round,
                "state": one.state,
                "started_at": stamp(one.started_at),
                "due_at": stamp(one.due_at),
                "within": one.within,
                "calendar": one.calendar,
                "rest": one.rest,
                "paused_at": _stamped(one.paused_at, codec),
                "reminded": one.reminded,
                "breached_at": _stamped(one.breached_at, codec),
                "stopped_at": _stamped(one.stopped_at, codec),
                "wakes_at": _stamped(one.wakes_at, codec),
            }
            for one in change.clocks
        ]
    if change.clock_events:
        parts["clock_event"] = [
            {
                "sla": one.sla,
                "cycle": one.cycle,
                "kind": one.kind,
                "mark": one.mark,
                "at": stamp(one.at),
                "due_at": stamp(one.due_at),
                "note": one.note,
            }
            for one in change.clock_events
        ]
    if change.secrets:
        parts["secret"] = [
            {"fact": one.fact, "version": one.version, "sealed": codec.blob(one.sealed)} for one in change.secrets
        ]
    if change.looks:
        parts["secret_look"] = [{"fact": one.fact, "by": one.by, "at": stamp(one.at)} for one in change.looks]


def _submission(one: Submission, change: Change, codec: Codec) -> Written:
    return {
        "round": one.round,
        "opened_at": codec.stamp(one.opened_at),
        "opened_by": one.opened_by,
        "facts_hash": one.facts_hash,
        "claimed_by": one.claimed_by,
        "claimed_at": _stamped(one.claimed_at, codec),
        "decision": one.decision,
        "taken": document(one.taken),
        "facts": document(change.subject.facts),
    }


def notice_row(one: Notice, codec: Codec) -> Written:
    """A notice as it is inserted."""
    return {
        "name": one.name,
        "subject": one.subject,
        "partner": one.partner,
        "cause": one.cause,
        "audience": encode(one.to),
        "at": codec.stamp(one.at),
        "context": document(one.context),
        "idem_key": one.idem_key,
        "status": "pending",
    }


def _append_enrolment(parts: Parts, one: Enrolment) -> None:
    parts["partner"] = [{"key": one.partner, "name": one.name}]
    if one.person:
        mailbox = mailbox_of(one.address)
        parts["person"] = [person_row(Person(one.person, one.person_name, one.address))]
        parts["person_partner"] = [{"person": one.person, "partner": one.partner, "mailbox": mailbox}]


def person_row(person: Person) -> Written:
    """A person, without memberships."""
    return {
        "key": person.key,
        "name": person.name,
        "address": person.address,
        "mailbox": mailbox_of(person.address),
        "roles": encode(sorted(role.value for role in person.roles)),
    }


def mailbox_of(address: str) -> str | None:
    """The one spelling of an address that tells people apart; None without an address."""
    return address.lower() or None


def activity_row(owner: int, one: Customer, codec: Codec) -> Written:
    """One customer of one app."""
    return {
        "subject_id": owner,
        "customer": one.customer,
        "first_seen": codec.stamp(one.first_seen),
        "last_seen": codec.stamp(one.last_seen),
        "source": one.source,
        "excluded": one.excluded,
    }


def odd_row(one: OddEvent, codec: Codec) -> Written:
    """An imported event that could not become a move."""
    return {**one._asdict(), "at": codec.stamp(one.at)}


def _stamped(moment: datetime | None, codec: Codec) -> str | None:
    return None if moment is None else codec.stamp(moment)
