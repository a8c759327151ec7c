"""A notice as JSON-able values: what machines are told, over whichever channel."""

from hashlib import sha256

from review_engine.domain.canonical import instant
from review_engine.domain.notices import Notice
from review_engine.ports.outbox import Outgoing


def payload(outgoing: Outgoing) -> dict[str, object]:
    """The event as Standard Webhooks has it: its type, when it happened, and its own values."""
    return {"type": outgoing.notice.name, "timestamp": instant(outgoing.notice.at), "data": _told(outgoing.notice)}


def message_name(outgoing: Outgoing) -> str:
    """What a receiver tells a message by, the same on every attempt."""
    return f"msg_{sha256(outgoing.idem_key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _told(notice: Notice) -> dict[str, object]:
    return {
        "subject": notice.subject,
        "partner": notice.partner,
        "cause": notice.cause,
        "to": list(notice.to),
        "context": {name: value for name, value in notice.context.items() if name != "thread"},
    }
