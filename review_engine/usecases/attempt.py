"""Where a row of the outbox stands after an attempt: the pure half of delivering."""

from datetime import datetime

from review_engine.domain.backoff import next_attempt
from review_engine.ports.channels import Delivery
from review_engine.ports.outbox import DEAD, PENDING, SENT, UNKNOWN, UNKNOWN_RESENT, Ended, Outgoing


def after(row: Outgoing, delivery: Delivery, *, now: datetime, chance: float) -> Ended:
    """How the row stands now.

    Args:
        row: as it was claimed; its ``attempts`` count this one.
        delivery: how the attempt ended.
        now: when it did (aware UTC).
        chance: a random number in [0, 1), for the time of the next one.
    """
    match delivery.outcome:
        case "sent":
            return _ended(row, delivery, SENT, now)
        case "dead":
            return _ended(row, delivery, DEAD, now)
        case "channel_down":  # not this message's fault: it costs no attempt
            return _ended(row, delivery, PENDING, row.available_at, attempts=row.attempts - 1)
        case "retry":
            return _again(row, delivery, now, chance, spent=DEAD)
    unknowns = row.unknowns + 1
    if row.once or unknowns > UNKNOWN_RESENT:
        return _ended(row, delivery, UNKNOWN, now, unknowns=unknowns)
    return _again(row, delivery, now, chance, spent=UNKNOWN, unknowns=unknowns)


def _again(
    row: Outgoing, delivery: Delivery, now: datetime, chance: float, *, spent: str, unknowns: int | None = None
) -> Ended:
    """Another attempt later; ``spent`` once there have been enough, or the message would come too late."""
    at = next_attempt(row.attempts, now=now, chance=chance, expires_at=row.expires_at)
    return _ended(row, delivery, spent if at is None else PENDING, at or now, unknowns=unknowns)


def _ended(
    row: Outgoing,
    delivery: Delivery,
    status: str,
    at: datetime,
    *,
    attempts: int | None = None,
    unknowns: int | None = None,
) -> Ended:
    sent = status == SENT
    return Ended(
        id=row.id,
        token=row.lease_token,
        status=status,
        available_at=at,
        attempts=row.attempts if attempts is None else attempts,
        unknowns=row.unknowns if unknowns is None else unknowns,
        stage=delivery.stage,
        code=delivery.code,
        enhanced=delivery.enhanced,
        error="" if sent else delivery.text,
        sent_at=at if sent else None,
        reply=delivery.text if sent else "",
    )
