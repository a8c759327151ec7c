"""Texts that no database can keep are refused before any of them is asked.

A lone surrogate cannot be written as UTF-8 and PostgreSQL's texts hold no NUL, while a dictionary in memory would take
both. One rule for all three plugs: what one of them cannot keep, none accepts. Keys and facts were checked by the
domain; this is for the free texts: comments, reasons, notes, what a letter may say, an answer's body.
"""

from collections.abc import Iterable, Mapping, Sequence

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


def refuse_unsound_rows(change: Change, rows: Iterable[Sequence[Mapping[str, object]]]) -> None:
    """Look at every text of a change as it is about to be written: all of them at once, which is nearly always enough.

    A JSON document spells NUL as an escape, so only what looks suspicious is looked at word by word.

    Args:
        change: what the rows are of.
        rows: of each table.

    Raises:
        InvalidInput, InvalidKey: as ``refuse_unsound``.
    """
    if change.answer is not None:
        check_key(change.answer.key, "an idempotency key")
    texts = "".join([text for some in rows for row in some for text in row.values() if isinstance(text, str)])
    if not _sound(texts) or "\\u0000" in texts:
        refuse_unsound(change)


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


def refuse_texts(texts: Sequence[str], *, where: str = "") -> None:
    """Refuse what cannot be kept.

    All texts are looked at as one first: nearly always that is the end of it.

    Raises:
        InvalidInput: a text holds NUL or half a surrogate pair.
    """
    if _sound("".join(texts)):
        return
    for text in texts:
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


def _texts(change: Change) -> list[str]:
    texts = [change.subject.partner]
    for move in change.moves:
        texts.append(move.comment)
        for verdict in move.verdicts:
            texts += verdict
    for evidence in change.evidence:
        texts += (evidence.outcome, evidence.by, evidence.note)
    for waiver in change.waivers:
        texts += (waiver.reason, waiver.by)
    for finding in change.findings:
        texts += (finding.criterion, finding.comment, finding.about, finding.by)
    for remark in change.remarks:
        texts += (remark.text, remark.by)
    for notice in change.notices:
        texts.append(notice.cause)
        _collect(notice.context, texts)
    texts += [event.note for event in change.clock_events]
    texts += [look.by for look in change.looks]
    texts += change.enrolment or ()
    if change.answer is not None:
        texts += (change.answer.scope, change.answer.body)
    return texts


def _collect(value: object, texts: list[str]) -> None:
    """Every text within a JSON-able value."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        texts += value
        for entry in value.values():
            _collect(entry, texts)
    elif isinstance(value, list | tuple):
        for entry in value:
            _collect(entry, texts)
