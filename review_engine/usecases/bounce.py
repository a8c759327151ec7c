"""A letter came back: the address is marked, what waits for it is held, the operator is told, and a clock that was
paused because the partner had the word runs on, for the partner never got it.

Anybody can write a report that looks like a relay's. So a report is believed only about a letter that was sent, by its
Message-ID, to the very address it names.
"""

import re
from datetime import datetime
from email.message import Message
from typing import NamedTuple

from review_engine.domain.clocks import PAUSED, ClockTurn
from review_engine.domain.cycles import release
from review_engine.domain.errors import InvalidInput, NotFound, ReviewEngineError, shown
from review_engine.domain.keys import SubjectKey
from review_engine.ports.channels import Exchange, safe_text
from review_engine.ports.outbox import DEAD, HELD, SENT, UNKNOWN, Chosen, Outbox, Outgoing, Suppression
from review_engine.ports.store import Change, Dossier
from review_engine.usecases.alerts import alert
from review_engine.usecases.desk import Desk

FAILED = "failed"
_PARTS_MAX = 50
_SAME_NOTICE = 1_000
_FIELD_MAX = 4_096
_TYPED = re.compile(rb"^content-[a-z-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"boundary[*0-9]*\s*=", re.IGNORECASE)


class Report(NamedTuple):
    """What a delivery status notification (RFC 3464) says of one letter.

    Args:
        action: ``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``.
        recipient: the address it is about.
        status: the enhanced status code, such as ``5.1.1``.
        says: what the other side said.
        message_id: of the letter.
    """

    action: str
    recipient: str
    status: str
    says: str
    message_id: str


class Bounced(NamedTuple):
    """What a report led to.

    Args:
        report: as it was read.
        believed: False when the letter did not fail (it was only delayed, say): then nothing was done.
        held: rows that now wait for an operator.
        resumed: promises of the subject that run on.
    """

    report: Report
    believed: bool
    held: int = 0
    resumed: tuple[str, ...] = ()


def read_report(document: bytes) -> Report:
    """The report a relay sent back.

    Raises:
        InvalidInput: it is not such a report, or does not say which letter it is about.
    """
    parts = _parts(document)
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    found = [block for block in _blocks(status) if block["Final-Recipient"]] if status is not None else []
    message_id = next((name for part in parts if (name := _original(part))), "")
    if not found or not message_id:
        missing = "the Message-ID of the letter" if found else "a recipient's delivery status"
        cure = "Give the whole message as it came back, headers included."
        raise InvalidInput(f"this is no report on a letter: it lacks {missing}", cure=cure)
    block = found[0]
    return Report(
        safe_text(str(block["Action"] or "")).lower(),
        _address(block["Final-Recipient"]),
        safe_text(str(block["Status"] or "")),
        safe_text(str(block["Diagnostic-Code"] or "").partition(";")[2].strip()),
        message_id,
    )


def _parts(document: bytes) -> list[Message]:
    """The first parts of a message.

    Anybody can write one, and the parser takes minutes over a field of many parameters, or over parts in parts in
    parts, and does not survive letters in letters in letters; no relay sends any of these.
    """
    from email.parser import BytesParser

    cure = "Give the whole message as it came back, headers included."
    if any(len(field[0]) > _FIELD_MAX for field in _TYPED.finditer(document)):
        raise InvalidInput("this is no report on a letter: it has a field without end", cure=cure)
    if sum(1 for _ in _BOUNDARY.finditer(document)) > _PARTS_MAX:
        raise InvalidInput("this is no report on a letter: it has too many parts", cure=cure)
    try:
        return [part for part, _ in zip(BytesParser().parsebytes(document).walk(), range(_PARTS_MAX), strict=False)]
    except RecursionError:
        raise InvalidInput("this is no report on a letter: it is nested too deeply", cure=cure) from None


def bounce(desk: Desk, outbox: Outbox, exchange: Exchange, document: bytes, *, now: datetime, to: str = "") -> Bounced:
    """Act on a report.

    Args:
        desk: the ports.
        outbox: where the letter is.
        exchange: knows how the operator is told.
        document: the message that came back, whole.
        now: the time of this (aware UTC).
        to: the operator's e-mail address; may be empty.

    Raises:
        InvalidInput: it is no such report.
        NotFound: no letter of that Message-ID was sent to that address.
    """
    report = read_report(document)
    sent = outbox.rows(Chosen(statuses=(SENT, UNKNOWN, DEAD), message_id=report.message_id))
    row = next((row for row in sent if row.recipient.address.lower() == report.recipient.lower()), None)
    if row is None:
        raise NotFound("letter", f"{report.message_id} to {report.recipient}")
    if report.action != FAILED:
        return Bounced(report, False)
    reason = safe_text(f"bounced: {report.status} {report.says}")
    held = outbox.suppress(Suppression(row.recipient.address, reason, now), HELD)
    outbox.turn([row.id], DEAD, of=(SENT, UNKNOWN), now=now, note=reason)
    resumed = _resumed(desk, outbox, row, now)
    _tell(outbox, exchange, row, reason, held, resumed, now, to)
    return Bounced(report, True, held, resumed)


def _resumed(desk: Desk, outbox: Outbox, row: Outgoing, now: datetime) -> tuple[str, ...]:
    """Let clocks run on that the letter's own move had paused, unless another of its readers got it."""
    if row.recipient.staff or row.told or _reached_another(outbox, row):
        return ()
    try:
        return desk.change(
            SubjectKey.parse(row.notice.subject), lambda dossier: _released(desk, dossier, row, now), now=now
        )
    except ReviewEngineError:
        return ()  # the subject is gone, or its workflow: there is no clock left to resume


def _reached_another(outbox: Outbox, row: Outgoing) -> bool:
    others = outbox.rows(Chosen(statuses=(SENT,), subject=row.notice.subject, limit=_SAME_NOTICE))
    return any(one.notice.idem_key == row.notice.idem_key and not one.recipient.staff for one in others)


def _released(desk: Desk, dossier: Dossier, row: Outgoing, now: datetime) -> tuple[Change | None, tuple[str, ...]]:
    decision = desk.decision(dossier, now)
    for clock in dossier.clocks:
        sla = decision.book.lifecycle.slas.get(clock.sla)
        if sla is None or clock.state != PAUSED or clock.paused_at != row.notice.at:
            continue
        calendar = desk.calendar_of(clock, decision.calendar)
        turned: ClockTurn = release(sla, clock, calendar, row.notice.at, "the letter could not be delivered")
        for after in turned.clocks:
            decision.turned(after, turned.events)
    resumed = tuple(sorted(decision.touched))
    return (decision.change() if resumed else None), resumed


def _tell(
    outbox: Outbox,
    exchange: Exchange,
    row: Outgoing,
    reason: str,
    held: int,
    resumed: tuple[str, ...],
    now: datetime,
    to: str,
) -> None:
    where = shown(row.recipient.address)
    says = f"The letter '{row.letter}' about {row.notice.subject} came back from {where}: {reason}."
    says += f" {held} more to that address are held." if held else ""
    says += f" Running again: {', '.join(resumed)}." if resumed else ""
    alert(outbox, exchange, "letter_bounced", row.notice.subject, says=says, mark=row.idem_key, now=now, to=to)


def _blocks(status: Message) -> list[Message]:
    payload = status.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _original(part: Message) -> str:
    """The Message-ID of the letter that a part of the report holds, whole or its headers alone."""
    from email.parser import BytesParser

    inner: object = None
    if part.get_content_type() == "message/rfc822":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
    elif part.get_content_type() == "text/rfc822-headers":
        payload = part.get_payload(decode=True)
        inner = BytesParser().parsebytes(payload, headersonly=True) if isinstance(payload, bytes) else None
    return safe_text(str(inner["Message-ID"] or "")) if isinstance(inner, Message) else ""


def _address(field: object) -> str:
    _, _, address = str(field).partition(";")
    return safe_text(address).strip("<> ")
