"""Rows of the outbox to values and back. Nothing above the store sees a row, nothing below it sees a value."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from review_engine.domain.canonical import instant
from review_engine.domain.notices import Notice
from review_engine.domain.preferences import Preference
from review_engine.ports.outbox import Ended, Intent, Outgoing, Pause, Recipient, Suppression
from review_engine.store.codec import Codec, decode, document, encode, mapping, moment, moment_if
from review_engine.store.mapping import Row, Written
from review_engine.store.soundness import refuse_texts

COLUMNS = (
    "id", "idem_key", "channel", "event", "subject", "partner", "cause", "caused_at", "recipient", "reader", "letter",
    "letter_version", "locale", "context", "message_id", "thread_root", "content", "resends", "bundle", "once",
    "created_at", "status", "priority", "available_at", "expires_at", "attempts", "unknowns", "lease_token",
    "lease_until", "data_started_at", "last_stage", "last_code", "last_enhanced", "last_error", "sent_at",
    "remote_reply",
)  # fmt: skip
"""The columns of a delivery as it is read."""

INTENT = ("data_started_at", "anew", "message_id", "thread_root", "letter_version")
"""What is written of a delivery when its message is about to leave; the last three only if it was written ``anew``."""

ENDED = (
    "status", "available_at", "attempts", "unknowns", "last_stage", "last_code", "last_enhanced", "last_error",
    "sent_at", "remote_reply", "data_started_at",
)  # fmt: skip
"""What is written when an attempt ended."""

TOLD_IN = "told in a digest"
PAST = "it had lost its point"
LEFT_BEHIND = "the worker that held it did not come back"
OVERTAXED = "no attempt came to an end"
"""What a row says of itself where nobody else says anything."""

_TOLD, _TO = "told", "to"
"""Where a digest keeps what it holds, and every row whom its notice was for; no letter knows these names."""


def outgoing_of(row: Row) -> Outgoing:
    """A delivery, from the columns of ``COLUMNS``."""
    (
        number, idem_key, channel, event, subject, partner, cause, caused_at, recipient, reader, letter, version,
        locale, context, message_id, thread_root, content, resends, bundle, once, created_at, status, priority,
        available_at, expires_at, attempts, unknowns, lease_token, lease_until, data_started_at, last_stage, last_code,
        last_enhanced, last_error, sent_at, remote_reply,
    ) = row  # fmt: skip
    kept = mapping(context)
    return Outgoing(
        idem_key=idem_key,
        channel=channel,
        recipient=recipient_of(recipient, decode(reader)),
        letter=letter,
        notice=Notice(event, subject, partner, cause, tuple(kept[_TO]), moment(caused_at), kept["context"]),
        told=tuple(_notice_of(each) for each in kept.get(_TOLD, ())),
        available_at=moment(available_at),
        created_at=moment(created_at),
        id=number,
        locale=locale,
        letter_version=version,
        message_id=message_id,
        thread_root=thread_root,
        content=content,
        resends=resends,
        bundle=bundle,
        once=bool(once),
        status=status,
        priority=priority,
        expires_at=moment_if(expires_at),
        attempts=attempts,
        unknowns=unknowns,
        lease_token=lease_token,
        lease_until=moment_if(lease_until),
        data_started_at=moment_if(data_started_at),
        last_stage=last_stage,
        last_code=last_code,
        last_enhanced=last_enhanced,
        last_error=last_error,
        sent_at=moment_if(sent_at),
        remote_reply=remote_reply,
    )


def outgoing_row(one: Outgoing, codec: Codec) -> Written:
    """A delivery as it is inserted: every column but its number."""
    notice, stamp = one.notice, codec.stamp
    kept: dict[str, object] = {_TO: list(notice.to), "context": dict(notice.context)}
    if one.told:
        kept[_TOLD] = [_notice_document(each) for each in one.told]
    return {
        "idem_key": one.idem_key,
        "channel": one.channel,
        "event": notice.name,
        "subject": notice.subject,
        "partner": notice.partner,
        "cause": notice.cause,
        "caused_at": stamp(notice.at),
        "recipient": one.recipient.address,
        "reader": document(_reader(one.recipient)),
        "letter": one.letter,
        "letter_version": one.letter_version,
        "locale": one.locale,
        "context": document(kept),
        "message_id": one.message_id,
        "thread_root": one.thread_root,
        "resends": one.resends,
        "bundle": one.bundle,
        "once": one.once,
        "created_at": stamp(one.created_at),
        "status": one.status,
        "priority": one.priority,
        "available_at": stamp(one.available_at),
        "expires_at": _stamped(one.expires_at, codec),
        "attempts": one.attempts,
        "unknowns": one.unknowns,
        "lease_token": one.lease_token,
        "lease_until": _stamped(one.lease_until, codec),
        "data_started_at": _stamped(one.data_started_at, codec),
        "last_stage": one.last_stage,
        "last_code": one.last_code,
        "last_enhanced": one.last_enhanced,
        "last_error": one.last_error,
        "sent_at": _stamped(one.sent_at, codec),
        "remote_reply": one.remote_reply,
    }


def intent_row(mark: Intent, codec: Codec) -> Written:
    """What an intent writes, with the number and the token it is fenced by."""
    return {
        "id": mark.id,
        "lease_token": mark.token,
        "data_started_at": codec.stamp(mark.at),
        "anew": mark.content is not None,
        "message_id": mark.message_id,
        "thread_root": mark.thread_root,
        "letter_version": mark.version,
    }


def contents_given(contents: Iterable[tuple[int, str, str]]) -> Written:
    """Messages as they are kept: end to end, and where each begins (from 1).

    Args:
        contents: number and token of a delivery, and its message.
    """
    start, places, raw = 1, list[dict[str, object]](), list[bytes]()
    for number, token, text in contents:
        raw.append(text.encode("utf-8"))
        places.append({"delivery_id": number, "lease_token": token, "start": start, "size": len(raw[-1])})
        start += len(raw[-1])
    return {"delivery_rows": encode(places), "contents": b"".join(raw)}


def ended_row(mark: Ended, codec: Codec) -> Written:
    """What the end of an attempt writes, with the number and the token it is fenced by."""
    return {
        "id": mark.id,
        "lease_token": mark.token,
        "status": mark.status,
        "available_at": codec.stamp(mark.available_at),
        "attempts": mark.attempts,
        "unknowns": mark.unknowns,
        "last_stage": mark.stage,
        "last_code": mark.code,
        "last_enhanced": mark.enhanced,
        "last_error": mark.error,
        "sent_at": _stamped(mark.sent_at, codec),
        "remote_reply": mark.reply,
        "data_started_at": None,
    }


def recipient_of(address: str, reader: Mapping[str, Any]) -> Recipient:
    """Whom a row is for."""
    return Recipient(
        reader["key"],
        address,
        reader["name"],
        reader["zone"],
        reader["staff"],
        reader["unsubscribe"],
        reader["people"],
    )


def _reader(one: Recipient) -> dict[str, object]:
    return {
        "key": one.key,
        "name": one.name,
        "zone": one.zone,
        "staff": one.staff,
        "unsubscribe": one.unsubscribe,
        "people": dict(one.people),
    }


def _notice_of(each: Mapping[str, Any]) -> Notice:
    return Notice(
        each["name"],
        each["subject"],
        each["partner"],
        each["cause"],
        tuple(each[_TO]),
        moment(each["at"]),
        each["context"],
    )


def _notice_document(one: Notice) -> dict[str, object]:
    return {
        "name": one.name,
        "subject": one.subject,
        "partner": one.partner,
        "cause": one.cause,
        _TO: list(one.to),
        "at": instant(one.at),
        "context": dict(one.context),
    }


def pause_of(row: Row) -> Pause:
    """A paused channel."""
    channel, since, until, failures, reason = row
    return Pause(channel, moment(since), moment_if(until), failures, reason)


def pause_row(one: Pause, codec: Codec) -> Written:
    """A paused channel, as it is kept."""
    return {**one._asdict(), "since": codec.stamp(one.since), "until": _stamped(one.until, codec)}


def suppression_of(row: Row) -> Suppression:
    """An address that is written to no more."""
    address, reason, at = row
    return Suppression(address, reason, moment(at))


def suppression_row(one: Suppression, codec: Codec) -> Written:
    """An address that is written to no more, as it is kept."""
    return {"address": one.address.lower(), "reason": one.reason, "at": codec.stamp(one.at)}


def preference_of(row: Row) -> Preference:
    """What a person chose."""
    person, mode, letters, quiet_from, quiet_until, zone = row
    hours = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    return Preference(person, mode, mapping(letters), *hours, zone)


def preference_row(one: Preference) -> Written:
    """What a person chose, as it is kept."""
    return {
        "person": one.person,
        "mode": one.mode,
        "letters": document(one.letters),
        "quiet_from": one.quiet_from.isoformat("minutes"),
        "quiet_until": one.quiet_until.isoformat("minutes"),
        "zone": one.zone,
    }


def refuse_rows(new: Iterable[Outgoing]) -> None:
    """Refuse rows with texts that no database can keep.

    Raises:
        InvalidInput: one of them has such a text.
    """
    for row in new:
        reader = row.recipient
        texts = (row.idem_key, reader.key, reader.address, reader.name, reader.unsubscribe, *reader.people.values())
        refuse_texts((*texts, row.last_error, row.content or ""), where=row.notice.subject)


def _stamped(moment: datetime | None, codec: Codec) -> str | None:
    return None if moment is None else codec.stamp(moment)
