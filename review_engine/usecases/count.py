"""Count customers: merge what they did, set-wise, and say which of them counted and why the others did not."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from review_engine.domain.activity import LedgerLine, Usage, ledger
from review_engine.domain.actors import STAFF, TRUSTED, Actor, check_key
from review_engine.domain.canonical import aware
from review_engine.domain.errors import InvalidInput, NotAllowed
from review_engine.domain.facts import check_text
from review_engine.domain.keys import SubjectKey
from review_engine.domain.sides import is_partial
from review_engine.usecases.answers import Receipt
from review_engine.usecases.desk import Desk
from review_engine.usecases.milestones import tell_milestones
from review_engine.usecases.settle import settle_all, waiting_states

BATCH_MAX = 10_000
"""Rows in one batch; more are handed in as more batches."""

_TEXT_MAX = 200


class Counted(NamedTuple):
    """What became of a batch.

    Args:
        merged: rows that were merged.
        apps: how many apps they touched.
        unknown: slugs that do not exist; their rows were left out.
        moves: the moves the engine took because of it.
    """

    merged: int
    apps: int
    unknown: tuple[str, ...]
    moves: tuple[Receipt, ...]


def record_activity(desk: Desk, batch: Sequence[Usage], *, kind: str, by: Actor, now: datetime) -> Counted:
    """Merge a batch of customers' uses; merging it again changes nothing.

    Args:
        desk: the ports.
        batch: at most ``BATCH_MAX`` rows, in any order.
        kind: the kind a bare slug means.
        by: the host, a reviewer, a manager or the engine; never a partner.
        now: when it is recorded (aware UTC).

    Raises:
        NotAllowed: partners do not count their own customers, nor do those of the staff who are members of one, or who
            handed the app in.
        InvalidInput: too many rows, a use in the future, or a row that cannot be kept; nothing is merged then.
    """
    if by.role not in TRUSTED:
        raise NotAllowed(f"{by} may not record activity", cure="Activity comes from the host.")
    if len(batch) > BATCH_MAX:
        raise InvalidInput(f"{len(batch)} rows are too many for one batch", cure=f"Send at most {BATCH_MAX}.")
    merged: dict[str, int] = {}
    unknown: list[str] = []
    sorted_out = _by_kind(batch, kind, now)
    _impartial(desk, sorted_out, by)
    for of_kind, rows in sorted_out.items():
        counts, strangers = desk.store.merge_activity(rows, of_kind)
        merged.update({f"{of_kind}/{slug}": count for slug, count in counts.items()})
        unknown.extend(strangers)
    keys = [SubjectKey.parse(key) for key in merged]
    moves = settle_all(desk, _to_settle(desk, keys), now=now)
    tell_milestones(desk, keys, now=now)
    return Counted(sum(merged.values()), len(merged), tuple(unknown), tuple(moves))


def _to_settle(desk: Desk, keys: Sequence[SubjectKey]) -> list[SubjectKey]:
    """Those that stand where the engine may move them. What comes there later is settled by the move it comes by."""
    standing = desk.store.subjects(keys)
    states: dict[tuple[str, str], tuple[str, ...]] = {}
    found = []
    for key in keys:
        subject = standing[str(key)]
        book = (subject.kind, subject.workflow)
        if book not in states:
            states[book] = waiting_states(desk.book(subject).lifecycle)
        if subject.state in states[book]:
            found.append(key)
    return found


def _impartial(desk: Desk, rows: Mapping[str, Sequence[Usage]], by: Actor) -> None:
    """Nobody counts customers for an organisation they belong to, nor staff for an app that they handed in."""
    if not by.partners and by.role not in STAFF:
        return
    keys = sorted({SubjectKey(kind, usage.app) for kind, batch in rows.items() for usage in batch})
    found = desk.store.subjects(keys)
    own = [
        key
        for key, subject in found.items()
        if by.belongs_to(subject.partner) or is_partial(desk.book(subject).lifecycle, subject, by)
    ]
    if own:
        what = f"{by} may not record activity for '{min(own)}', being a member of its partner or having handed it in"
        raise NotAllowed(what, cure="Activity comes from the host, or from a colleague.")


def _by_kind(batch: Sequence[Usage], kind: str, now: datetime) -> dict[str, list[Usage]]:
    rows: dict[str, list[Usage]] = {}
    keys: dict[str, SubjectKey] = {}
    for place, usage in enumerate(batch, start=1):
        app, customer, at, source, excluded = usage
        key = keys.get(app) or keys.setdefault(app, SubjectKey.parse(app, kind))
        check_key(customer, "a customer's key")
        if at.tzinfo is not UTC:
            at = aware(at, f"row {place}")
        if at > now:
            raise InvalidInput("the use lies in the future", where=f"row {place}", cure="Check the clock it came from.")
        for what, text in (("the source", source), ("the reason", excluded)):
            if text:
                check_text(text, what, most=_TEXT_MAX, where=f"row {place}")
        rows.setdefault(key.kind, []).append(Usage(key.slug, customer, at, source, excluded))
    return rows


def activity_ledger(
    desk: Desk, key: SubjectKey, *, by: Actor, now: datetime, window: timedelta | None = None
) -> list[LedgerLine]:
    """Which customers count, and why the others do not.

    Args:
        desk: the ports.
        key: the app.
        by: who asks.
        now: the time of asking (aware UTC).
        window: how recent a use must be; None for the widest window the app's workflow counts by.

    Raises:
        NotFound: no such subject, or another partner's.
    """
    subject = desk.dossier(key, by, now).subject
    windows = desk.book(subject).windows
    if window is None and windows and 0 not in windows:
        window = timedelta(seconds=max(windows))
    return ledger(desk.store.customers(key), now, window)
