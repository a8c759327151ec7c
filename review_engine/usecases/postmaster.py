"""What an operator does at the outbox: look, send again, hold, clear out, open a channel; and what a person chooses."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from review_engine.domain.actors import TRUSTED, Actor
from review_engine.domain.errors import InvalidInput, NotAllowed, NotFound, SecretKeyMissing
from review_engine.domain.preferences import Preference
from review_engine.ports.outbox import DEAD, HELD, PENDING, SUPPRESSED, UNKNOWN, Chosen, Outbox, Outgoing
from review_engine.ports.vault import Vault

REPLAYED = (DEAD, UNKNOWN, HELD, SUPPRESSED)
"""What can be sent once more as it is; what was sent goes again only by force."""

_SEAL = "unsubscribe"


def trusted(by: Actor) -> None:
    """Refuse whoever is not staff, host or engine.

    Raises:
        NotAllowed: a partner asks.
    """
    if by.role not in TRUSTED:
        raise NotAllowed("the outbox is not for a partner", cure="Act as staff or host.")


def one(outbox: Outbox, number: int) -> Outgoing:
    """One row.

    Raises:
        NotFound: there is none of that number.
    """
    found = outbox.rows(Chosen((number,)))
    if not found:
        raise NotFound("letter", str(number))
    return found[0]


def replay(outbox: Outbox, chosen: Chosen, *, now: datetime) -> int:
    """Let rows that came to an end without being sent begin afresh, under the same Message-ID; how many.

    Args:
        outbox: where they are.
        chosen: which; of those, the ones in ``REPLAYED``.
        now: from when on they may go (aware UTC).
    """
    statuses = tuple(status for status in chosen.statuses or REPLAYED if status in REPLAYED)
    found = outbox.rows(chosen._replace(statuses=statuses)) if statuses else []
    return outbox.turn([row.id for row in found], PENDING, of=REPLAYED, now=now)


def resend(outbox: Outbox, number: int, *, now: datetime, force: bool) -> Outgoing:
    """Send a letter again as a new one, under a Message-ID of its own.

    Raises:
        NotFound: there is none of that number.
        InvalidInput: not by force; or it is still under way.
    """
    row = one(outbox, number)
    if not force:
        cure = "Use replay for what was not sent, or --force for a second letter."
        raise InvalidInput("whoever got it once would get it twice", where=str(number), cure=cure)
    if row.status not in ("sent", "cancelled", *REPLAYED):
        raise InvalidInput(f"it is {row.status}", where=str(number), cure="Wait until it has come to an end.")
    base = row.idem_key.partition("#again ")[0]
    for times in count(row.resends + 1):
        again = _anew(row, f"{base}#again {times}", times, now)
        if outbox.put([again]):
            return next(kept for kept in reversed(_of(outbox, row)) if kept.idem_key == again.idem_key)
    raise AssertionError("counting never ends")


def hold(outbox: Outbox, numbers: Sequence[int], *, now: datetime, why: str = "held by an operator") -> int:
    """Hold rows that wait; how many."""
    return outbox.turn(numbers, HELD, of=(PENDING,), now=now, note=why)


def unsubscribe_token(vault: Vault, person: str, letter: str) -> str:
    """What ends a letter for a person; empty where there is no key to seal it with."""
    try:
        return vault.seal(json.dumps([_SEAL, person, letter])).decode("ascii")
    except SecretKeyMissing:
        return ""


def unsubscribe(outbox: Outbox, vault: Vault, token: str) -> Preference:
    """End a letter for the person that the token was made for. Meant for POST; a GET must not do this (RFC 8058).

    Raises:
        NotFound: nobody made the token.
    """
    try:
        seal, person, letter = json.loads(vault.open(token.encode("utf-8", "replace")))
    except (SecretKeyMissing, ValueError):
        raise NotFound("subscription", token[:20]) from None
    if seal != _SEAL:
        raise NotFound("subscription", token[:20])
    chosen = outbox.preferences([person]).get(person, Preference(person)).without(letter)
    outbox.prefer(chosen)
    return chosen


def _anew(row: Outgoing, idem_key: str, resends: int, now: datetime) -> Outgoing:
    return replace(
        row,
        id=0,
        idem_key=idem_key,
        resends=resends,
        status=PENDING,
        content=None,
        message_id="",
        bundle="",
        available_at=now,
        created_at=now,
        expires_at=None,
        attempts=0,
        unknowns=0,
        lease_token="",
        lease_until=None,
        data_started_at=None,
        last_stage="",
        last_code=None,
        last_enhanced="",
        last_error="",
        sent_at=None,
        remote_reply="",
    )


def _of(outbox: Outbox, row: Outgoing) -> list[Outgoing]:
    return outbox.rows(Chosen(subject=row.notice.subject, after=row.id, limit=100_000))
