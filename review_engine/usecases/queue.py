"""Look at the queue: what waits for staff, due soonest first; how long it was day by day; who has how much in hand."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter

from review_engine.domain.actors import TRUSTED, Actor, Role
from review_engine.domain.canonical import aware
from review_engine.domain.errors import InvalidInput, NotAllowed, UnknownName
from review_engine.ports.reception import (
    AGAIN,
    APPEAL,
    FIRST,
    REASONS,
    Asked,
    Awaiting,
    Flow,
    Front,
    Place,
    QueueEntry,
    QueuePage,
    QueueQuery,
    Spot,
    Waiting,
    Workload,
)
from review_engine.usecases.pages import behind, check_limit, elsewhere, folded, place_of
from review_engine.usecases.places import Atlas, Meaning

DECIDED_WITHIN = timedelta(days=28)
"""How far back a reviewer's decisions are counted."""

_MOST_DAYS = 3_660
_NEVER = datetime.max.replace(tzinfo=UTC)
"""What has no due date comes last."""

Order = tuple[datetime, str, str]


def queue(front: Front, atlas: Atlas, wanted: QueueQuery, *, by: Actor, now: datetime) -> QueuePage:
    """One page of what waits for staff: what is overdue or due soonest first, without a due date last, then by key.

    Args:
        front: of the store.
        atlas: the meaning of states.
        wanted: which of it.
        by: who asks; staff, host or engine.
        now: the time of asking (aware UTC).

    Raises:
        NotAllowed: a partner asks.
        UnknownName: no such kind, state or reason; a state where staff is never awaited is none.
        InvalidInput: the limit, or ``after``, cannot be used.
    """
    staffed(by)
    check_limit(wanted.limit)
    place = _order_of(wanted.after)
    total = overdue = 0
    following = ""

    def choose(spots: Sequence[Spot]) -> list[int]:
        nonlocal total, overdue, following
        fitting = sorted(
            ((spot.due_at or _NEVER, spot.kind, spot.slug), spot.id) for spot in _fitting(spots, wanted, now)
        )
        total, overdue = len(fitting), bisect_left(fitting, ((now, "", ""), 0))
        start = bisect_right(fitting, place, key=itemgetter(0)) if place else 0
        page = fitting[start : start + wanted.limit]
        following = _behind(page[-1][0]) if total > start + len(page) else ""
        return [number for _, number in page]

    found = front.waiting(_asked(atlas, wanted), choose)
    return QueuePage(tuple([_entry(atlas, one, now) for one in found]), following, total, overdue)


def lengths(
    front: Front, atlas: Atlas, *, by: Actor, now: datetime, since: datetime, until: datetime, kind: str | None
) -> list[Waiting]:
    """How many waited for staff at the end of each day (UTC) that lies between, oldest first; today's as it is now.

    Counted back from how many wait now, by the ledger of moves.

    Args:
        front, atlas, by, now: as in ``queue``.
        since: the first day is the one this lies in (aware).
        until: up to when, not included (aware); days to come are left out.
        kind: one workflow only; None for all.

    Raises:
        NotAllowed: a partner asks.
        UnknownName: no workflow of that name.
        InvalidInput: a time has no zone, or they are the wrong way round or more than ten years apart.
    """
    staffed(by)
    _known(atlas, kind)
    since, until = aware(since, "since"), min(aware(until, "until"), now + timedelta(microseconds=1))
    if until - since > timedelta(days=_MOST_DAYS):
        raise InvalidInput("the time between is more than ten years", cure="Ask for less.")
    if since >= until:
        return []
    first, last = since.date(), (until - timedelta(microseconds=1)).date()
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    count, flows = front.flow(_awaited(atlas, kind), midnight - timedelta(microseconds=1))
    changes: dict[date, int] = {}
    for flow in flows:
        if kind in (None, flow.kind):
            changes[flow.day] = changes.get(flow.day, 0) + flow.times * _change(atlas, flow)
    found: list[Waiting] = []
    for day in sorted(
        {*changes, *(first + timedelta(days=nth) for nth in range((last - first).days + 1))}, reverse=True
    ):
        if first <= day <= last:
            found.append(Waiting(day, count))
        count -= changes.get(day, 0)
    return found[::-1]


def workload(front: Front, atlas: Atlas, *, by: Actor, now: datetime, kind: str | None) -> list[Workload]:
    """What each reviewer has in hand, by key: whoever holds a claim, or decided something in the last 28 days.

    Raises:
        NotAllowed: a partner asks.
        UnknownName: no workflow of that name.
    """
    staffed(by)
    _known(atlas, kind)
    claimed: dict[str, int] = {}
    overdue: dict[str, int] = {}

    def choose(spots: Sequence[Spot]) -> list[int]:
        for spot in spots:
            if spot.claimed_by:
                claimed[spot.claimed_by] = claimed.get(spot.claimed_by, 0) + 1
                overdue[spot.claimed_by] = overdue.get(spot.claimed_by, 0) + _late(spot.due_at, now)
        return []

    front.waiting(Asked(_awaited(atlas, kind), words=True), choose)
    decided = front.decided(atlas.deciding(kind), now - DECIDED_WITHIN)
    people = sorted({*claimed, *decided})
    return [Workload(key, claimed.get(key, 0), overdue.get(key, 0), decided.get(key, 0)) for key in people]


def staffed(by: Actor) -> None:
    """Refuse whoever is not staff, host or engine.

    Raises:
        NotAllowed: a partner asks.
    """
    if by.role not in TRUSTED:
        raise NotAllowed("the queue is not for a partner", cure="Look at your own Apps, or act as staff.")


def reason_of(meaning: Meaning, round: int) -> str:
    """Why something waits; one of ``REASONS``."""
    if meaning.awaits is Role.MANAGER:
        return APPEAL
    return AGAIN if round > 1 else FIRST


def _asked(atlas: Atlas, wanted: QueueQuery) -> Asked:
    _known(atlas, wanted.kind)
    if wanted.reason and wanted.reason not in REASONS:
        raise UnknownName("reason", wanted.reason, REASONS)
    _refuse_states(atlas, wanted.states)
    appeals = None if not wanted.reason else wanted.reason == APPEAL
    return Asked(
        tuple(
            place
            for place in _awaited(atlas, wanted.kind, appeals)
            if not wanted.states or place.state in wanted.states
        ),
        again=None if appeals is not False else wanted.reason == AGAIN,
        tier=wanted.tier,
        component=wanted.component,
        claimed_by=wanted.claimed_by,
        unclaimed=wanted.unclaimed,
        words=bool(wanted.search.strip()),
    )


def _refuse_states(atlas: Atlas, states: Sequence[str]) -> None:
    known = {place.state for place in _awaited(atlas, None)}
    for state in states:
        if state not in known:
            raise UnknownName("state that waits for staff", state, known)


def _known(atlas: Atlas, kind: str | None) -> None:
    if kind is not None and kind not in atlas.lifecycles:
        raise UnknownName("workflow", kind, atlas.lifecycles)


def _awaited(atlas: Atlas, kind: str | None, appeals: bool | None = None) -> tuple[Place, ...]:
    return atlas.places(_awaiting(appeals), kind)


def _awaiting(appeals: bool | None) -> Callable[[Meaning], bool]:
    return lambda meaning: meaning.awaits is not None and appeals in (None, meaning.awaits is Role.MANAGER)


def _fitting(spots: Sequence[Spot], wanted: QueueQuery, now: datetime) -> Sequence[Spot]:
    if wanted.overdue:
        spots = [spot for spot in spots if _late(spot.due_at, now)]
    words = folded(wanted.search.strip())
    if not words:
        return spots
    return [spot for spot in spots if any(words in folded(text) for text in (spot.name, spot.slug, spot.partner))]


def _late(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def _behind(order: Order) -> str:
    due, kind, slug = order
    return behind(("" if due == _NEVER else due.isoformat(), kind, slug))


def _order_of(after: str) -> Order | None:
    if not after:
        return None
    due, kind, slug = place_of(after, 3)
    try:
        return aware(datetime.fromisoformat(due)) if due else _NEVER, kind, slug
    except (ValueError, OverflowError, InvalidInput):
        raise elsewhere(after) from None


def _entry(atlas: Atlas, one: Awaiting, now: datetime) -> QueueEntry:
    subject, round_ = one.subject, one.subject.submission
    meaning = atlas.of(subject.kind, subject.workflow, subject.state)
    tier = subject.facts.get("tier")
    return QueueEntry(
        subject.key,
        subject.name,
        subject.partner,
        subject.state,
        subject.since,
        subject.round,
        reason_of(meaning, subject.round),
        tier if isinstance(tier, str) else "",
        one.components,
        one.due_at,
        one.sla,
        _late(one.due_at, now),
        subject.held_by,
        round_.claimed_at if round_ and subject.held_by else None,
        subject.etag,
    )


def _change(atlas: Atlas, flow: Flow) -> int:
    after = atlas.of(flow.kind, flow.workflow, flow.target).awaits is not None
    before = bool(flow.source) and atlas.of(flow.kind, flow.before, flow.source).awaits is not None
    return after - before
