"""Texts that no database can keep are refused before any of them is asked.

A lone surrogate cannot be written as UTF-8 and PostgreSQL's texts hold no NUL, while a dictionary in memory would take
both. One rule for all three plugs: what one of them cannot keep, none accepts. Keys and facts were checked by the
domain; this is for the free texts: comments, reasons, notes, what a letter may say, an answer's body.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from review_engine.domain.activity import Usage
from review_engine.domain.actors import check_key
from review_engine.domain.errors import InvalidInput, shown
from review_engine.ports.store import Change, OddEvent, Query

LARGEST = 2**63 - 1
"""The largest number a database column holds."""


def refuse_unsound(change: Change) -> None:
    """Look at every free text of a change.

    Raises:
        InvalidInput: one of them cannot be kept; the message shows it.
        InvalidKey: the idempotency key is empty, too long or not printable.
    """
    if change.answer is not None:
        check_key(change.answer.key, "an idempotency key")
    refuse_texts(_texts(change), where=change.subject.key)


def refuse_usage(batch: Iterable[Usage]) -> None:
    """Look at every text of a batch of activity.

    Raises:
        InvalidKey: a customer's key is empty, too long or not printable.
        InvalidInput: another text cannot be kept.
    """
    for usage in batch:
        check_key(usage.customer, "a customer's key")
        refuse_texts((usage.source, usage.excluded), where=usage.customer)


def refuse_odd(events: Iterable[OddEvent]) -> None:
    """Look at every text of events that are kept as odd.

    Raises:
        InvalidInput: one of them cannot be kept.
    """
    for event in events:
        refuse_texts(event[:4])


def refuse_query(query: Query) -> None:
    """Look at every text a query asks for.

    Raises:
        InvalidInput: one of them cannot be in any database.
    """
    refuse_texts([query.kind or "", *query.states, *(query.partners or ())])


def refuse_texts(texts: Iterable[str], *, where: str = "") -> None:
    """Refuse what cannot be kept.

    All texts are looked at as one first: nearly always that is the end of it.

    Raises:
        InvalidInput: a text holds NUL or half a surrogate pair.
    """
    kept = list(texts)
    if _sound("".join(kept)):
        return
    for text in kept:
        if not _sound(text):
            raise InvalidInput(
                f"{shown(text)} cannot be kept", where=where, cure="Leave out NUL characters and broken Unicode."
            )


def _sound(text: str) -> bool:
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(change: Change) -> Iterator[str]:
    yield change.subject.partner
    for move in change.moves:
        yield move.comment
        for verdict in move.verdicts:
            yield from verdict
    for evidence in change.evidence:
        yield from (evidence.outcome, evidence.by, evidence.note)
    for waiver in change.waivers:
        yield from (waiver.reason, waiver.by)
    for notice in change.notices:
        yield notice.cause
        yield from _within(notice.context)
    for event in change.clock_events:
        yield event.note
    for look in change.looks:
        yield look.by
    if change.enrolment is not None:
        yield from change.enrolment
    if change.answer is not None:
        yield from (change.answer.scope, change.answer.body)


def _within(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield str(name)
            yield from _within(entry)
    elif isinstance(value, Sequence):
        for entry in value:
            yield from _within(entry)
