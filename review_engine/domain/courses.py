"""The course of one cycle, read from the ledger of its clock: when it ran, when it was halted, how it ended.

Derivations and reports rest on the ledger alone, not on the clock's row: the row says how the present cycle stands, the
ledger says how every cycle came to what it came to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from review_engine.domain.clocks import (
    BREACHED,
    HALTED,
    MET,
    MISSED,
    PAUSED,
    REPROJECTED,
    RESUMED,
    RUNNING,
    STARTED,
    STOPPED,
    VOID,
    VOIDED,
    ClockEvent,
    broken,
)
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.measures import Measure


class Halt(NamedTuple):
    """A pause.

    Args:
        start: when it began (aware UTC).
        end: when the clock ran again, or the cycle ended; None while it lasts.
        why: one line for people.
        late: it began after the breach, so it moved nothing.
    """

    start: datetime
    end: datetime | None
    why: str
    late: bool


class Shift(NamedTuple):
    """A new due date under another version of the calendar."""

    at: datetime
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """What a ledger says of one cycle.

    Args:
        sla: the promise.
        cycle: which cycle.
        state: running, paused, met, missed or void.
        started_at: when it began (aware UTC, as all times here).
        opening: what began it, one line for people.
        move: number of the move that began it.
        runs: the stretches in which it ran, the last one up to the end or the time of asking.
        halts: the pauses.
        shifts: the due dates that an edit of the calendar moved.
        due_at: as it stands, or stood at the end.
        breached_at: when the breach was recorded; None if it was not.
        stopped_at: when it ended; None while open.
        closing: what ended it, one line for people.
        last_move: number of the move that ended it; None while open.
    """

    sla: str
    cycle: int
    state: str
    started_at: datetime
    opening: str
    move: int
    runs: tuple[tuple[datetime, datetime], ...]
    halts: tuple[Halt, ...]
    shifts: tuple[Shift, ...]
    due_at: datetime
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    closing: str = ""
    last_move: int | None = None

    @property
    def open(self) -> bool:
        """Whether the cycle is still being counted."""
        return self.stopped_at is None

    @property
    def paused(self) -> Halt | None:
        """The pause that lasts; None when there is none."""
        return self.halts[-1] if self.open and self.halts and self.halts[-1].end is None else None

    @property
    def counted_to(self) -> datetime:
        """Up to when it was counted: the last instant at which it ran."""
        return self.runs[-1][1]

    @property
    def broken(self) -> bool:
        """Whether the promise was broken when it was last counted."""
        return broken(self.due_at, self.breached_at, self.counted_to)

    def used(self, measure: Measure) -> timedelta:
        """How much time of the promise's own kind has gone by while it ran."""
        return sum((measure.between(start, end) for start, end in self.runs), timedelta())


def courses(ledger: Iterable[ClockEvent], now: datetime) -> tuple[Course, ...]:
    """The course of every cycle of one subject's clocks, in the order in which they began.

    Args:
        ledger: the events of one subject's clocks, oldest first.
        now: up to when a running cycle is counted (aware UTC).

    Raises:
        InvalidInput: a cycle's events do not begin with its start.
    """
    cycles: dict[tuple[str, int], list[ClockEvent]] = {}
    for event in ledger:
        cycles.setdefault((event.sla, event.cycle), []).append(event)
    return tuple(_course(events, now) for events in cycles.values())


def course_of(ledger: Iterable[ClockEvent], sla: str, cycle: int, now: datetime) -> Course:
    """The course of one cycle.

    Raises:
        InvalidInput: the ledger does not hold the start of that cycle.
    """
    found = courses((event for event in ledger if (event.sla, event.cycle) == (sla, cycle)), now)
    if not found:
        raise _incomplete(sla, cycle)
    return found[0]


def _course(events: list[ClockEvent], now: datetime) -> Course:
    first = events[0]
    if first.kind != STARTED:
        raise _incomplete(first.sla, first.cycle)
    since: datetime | None = first.at
    due, breached = first.due_at, None
    runs: list[tuple[datetime, datetime]] = []
    halts: list[Halt] = []
    shifts: list[Shift] = []
    end: ClockEvent | None = None
    for event in events[1:]:
        if event.kind == BREACHED:
            breached = event.at
        elif event.kind == REPROJECTED and event.due_at != due:
            shifts.append(Shift(event.at, due, event.due_at))
        elif event.kind == HALTED and since is not None:
            at = max(since, event.at)
            runs.append((since, at))
            halts.append(Halt(at, None, event.note, broken(due, breached, at)))
            since = None
        elif event.kind == RESUMED and since is None:
            since = max(halts[-1].start, event.at)
            halts[-1] = halts[-1]._replace(end=since)
        elif event.kind in (STOPPED, VOIDED):
            end = event
        due = event.due_at
    if since is not None:
        runs.append((since, max(since, end.at if end else now)))
    elif end:
        halts[-1] = halts[-1]._replace(end=max(halts[-1].start, end.at))
    course = Course(
        sla=first.sla,
        cycle=first.cycle,
        state=RUNNING if since is not None else PAUSED,
        started_at=first.at,
        opening=first.note,
        move=first.mark,
        runs=tuple(runs),
        halts=tuple(halts),
        shifts=tuple(shifts),
        due_at=due,
        breached_at=breached,
    )
    return _ended(course, end) if end else course


def _ended(course: Course, end: ClockEvent) -> Course:
    state = VOID if end.kind == VOIDED else MISSED if course.broken else MET
    return replace(course, state=state, stopped_at=end.at, closing=end.note, last_move=end.mark)


def _incomplete(sla: str, cycle: int) -> InvalidInput:
    return InvalidInput(
        f"the ledger does not hold the start of cycle {cycle} of promise {shown(sla)}",
        cure="Pass all events of the subject's clocks, oldest first.",
    )
