"""What happens to a clock: started, paused, resumed, stopped by moves; reminding and breaking as time goes by.

All of it is pure: a clock goes in with what happened, a clock comes out with the lines for its ledger. A worker that was
down, a second worker, a wall clock set back: none of them can change the answer, because nothing here remembers and
nothing here reads a clock.

    A promise is kept when it ends at its due date or before; from the due date on, ``ring`` finds it broken.
    What is left at a pause is kept as the promise's own time (R6) and added at the resumption (R7).
    A pause that begins after the breach moves nothing; no pause ever moves a due date forwards in time.
    A promise that is broken stays broken: withdrawing the subject later does not make it void.
    A breach on record before the due date as it stands now was taken back by an edit of the calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from review_engine.domain.calendar import Calendar
from review_engine.domain.canonical import digest, instant
from review_engine.domain.clocks import (
    BREACHED,
    HALTED,
    MET,
    MISSED,
    PAUSED,
    REMINDED,
    REPROJECTED,
    RESUMED,
    RUNNING,
    STARTED,
    STOPPED,
    VOID,
    VOIDED,
    Clock,
    ClockEvent,
    ClockTurn,
)
from review_engine.domain.instants import TICK
from review_engine.domain.lifecycle import MIGRATED, BreachPlan, Lifecycle, Reminder, Sla, State
from review_engine.domain.measures import Measure, promised, spoken, ticks
from review_engine.domain.moves import Move

_NOTHING = timedelta()
_BEYOND_MOVES = 1 << 28


class Ring(NamedTuple):
    """What is due for one clock at one moment.

    Args:
        clock: the clock after it.
        events: the lines for its ledger, in order.
        reminders: the reminders to be told, earliest first.
        breach: what to do about the breach; None when the promise was not found broken at this moment.
        late_by: how long after the breach (or the first of the reminders) was due it was seen; plain time.
    """

    clock: Clock
    events: tuple[ClockEvent, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    breach: BreachPlan | None = None
    late_by: timedelta = _NOTHING


def turn(
    lifecycle: Lifecycle,
    calendar: Calendar | None,
    clocks: Iterable[Clock],
    move: Move,
    facts: Mapping[str, object],
) -> ClockTurn:
    """What a move does to its subject's clocks; a registration is a move from nowhere.

    Entering ``runs_in`` starts a cycle, or goes on with a paused one; entering ``pauses_in`` pauses; a state with
    ``voids_clocks`` voids; any other state stops. A pause that no move made (``hold``) is not ended by a move from one
    running state to another.

    Args:
        lifecycle: the workflow as the subject is pinned to it after the move.
        calendar: the workflow's calendar as it stands; None when all its promises are made in plain time.
        clocks: the current cycle of each promise, as kept.
        move: what happened.
        facts: the subject's facts, of which one may choose the tier of a new cycle.

    Returns:
        The clocks that changed, and their events, in the order in which the workflow declares the promises.

    Raises:
        UnknownName: the move leads to a state that the workflow does not declare.
        CalendarNeverOpens: a due date would lie beyond ten closed years.
    """
    state = lifecycle.state(move.target)
    standing = {clock.sla: clock for clock in sorted(clocks, key=lambda clock: clock.cycle)}
    turned: list[Clock] = []
    events: list[ClockEvent] = []
    for sla in lifecycle.slas.values():
        clock = standing.pop(sla.name, None)
        after, event = _step(sla, calendar, clock, state, move, facts)
        if after is not None and after != clock:
            turned.append(after)
        if event is not None:
            events.append(event)
    for clock in standing.values():
        if clock.open:
            after, event = _void(clock, move.at, move.number, "the workflow no longer makes this promise")
            turned.append(after)
            events.append(event)
    return ClockTurn(tuple(turned), tuple(events))


def _step(
    sla: Sla, calendar: Calendar | None, clock: Clock | None, state: State, move: Move, facts: Mapping[str, object]
) -> tuple[Clock | None, ClockEvent | None]:
    if clock is None or not clock.open:
        if state.name in sla.runs_in and not state.voids_clocks:
            return _start(sla, calendar, clock, state, move, facts)
        return clock, None
    if state.voids_clocks:
        return _void(clock, move.at, move.number, state.title)
    if state.name in sla.runs_in:
        clock = replace(clock, round=move.round)
        held = move.source in sla.runs_in and move.transition != MIGRATED
        if clock.state == RUNNING or held:
            return clock, None
        return _resume(sla, calendar, clock, move.at, move.number, state.title)
    if state.name in sla.pauses_in:
        if clock.state == PAUSED:
            return clock, None
        return _pause(clock, calendar, move.at, move.number, state.title)
    return _stop(clock, move.at, move.number, state.title)


def _start(
    sla: Sla, calendar: Calendar | None, last: Clock | None, state: State, move: Move, facts: Mapping[str, object]
) -> tuple[Clock, ClockEvent]:
    within = sla.duration(facts)
    clock = Clock(
        sla=sla.name,
        cycle=last.cycle + 1 if last else 1,
        round=move.round,
        state=RUNNING,
        started_at=move.at,
        due_at=within.after(calendar, move.at),
        within=str(within),
        calendar=calendar.version if calendar else "",
    )
    return _waking(sla, calendar, clock), _event(clock, STARTED, move.number, move.at, state.title)


def _pause(clock: Clock, calendar: Calendar | None, at: datetime, mark: int, note: str) -> tuple[Clock, ClockEvent]:
    at = max(at, clock.started_at)
    late = broken(clock, at)
    rest = _NOTHING if late else max(_NOTHING, _measure(clock, calendar).between(at, clock.due_at))
    unseen = late and clock.breached_at is None  # the breach came first and is still to be recorded
    paused = replace(clock, state=PAUSED, paused_at=at, rest=ticks(rest), wakes_at=clock.due_at if unseen else None)
    return paused, _event(paused, HALTED, mark, at, note)


def _resume(
    sla: Sla, calendar: Calendar | None, clock: Clock, at: datetime, mark: int, note: str
) -> tuple[Clock, ClockEvent]:
    paused_at = clock.paused_at or clock.started_at
    at = max(at, paused_at)
    due = clock.due_at
    if not broken(clock, paused_at):
        due = _resumed_due(_measure(clock, calendar), due, at, TICK * (clock.rest or 0))
    running = replace(clock, state=RUNNING, paused_at=None, rest=None, due_at=due)
    return _waking(sla, calendar, running), _event(running, RESUMED, mark, at, note)


def _resumed_due(measure: Measure, due: datetime, at: datetime, rest: timedelta) -> datetime:
    """Received plus rest (R9: a resumption outside business hours is received at the next opening)."""
    return max(due, measure.after(measure.opening(at), rest))


def _stop(clock: Clock, at: datetime, mark: int, note: str) -> tuple[Clock, ClockEvent]:
    at = max(at, clock.paused_at or clock.started_at)
    missed = broken(clock, clock.paused_at or at)
    stopped = replace(_closed(clock, at), state=MISSED if missed else MET)
    return stopped, _event(stopped, STOPPED, mark, at, f"{stopped.state}: {note}")


def _void(clock: Clock, at: datetime, mark: int, note: str) -> tuple[Clock, ClockEvent]:
    at = max(at, clock.paused_at or clock.started_at)
    if broken(clock, clock.paused_at or at):
        return _stop(clock, at, mark, note)
    voided = replace(_closed(clock, at), state=VOID)
    return voided, _event(voided, VOIDED, mark, at, note)


def _closed(clock: Clock, at: datetime) -> Clock:
    return replace(clock, stopped_at=at, rest=None, paused_at=None, wakes_at=None)


def broken(clock: Clock, at: datetime) -> bool:
    """Whether the promise, last counted at ``at``, was broken by then: past due, or breached on record.

    A breach that was recorded before the due date as it stands now does not count: an edit of the calendar has moved
    the due date behind it since.
    """
    return at > clock.due_at or (clock.breached_at is not None and clock.breached_at >= clock.due_at)


def marks(sla: Sla, clock: Clock, calendar: Calendar | None) -> list[tuple[datetime, Reminder]]:
    """When each reminder of this cycle is due, earliest first; those that would come with the breach are left out.

    A reminder is declared from the start of the promise ("1 business day"). After pauses it keeps its distance to the
    due date, in the promise's own time.
    """
    if not sla.warnings:
        return []
    within, measure = promised(clock.within), _measure(clock, calendar)
    declared = within.after(calendar, clock.started_at)
    shift = measure.between(clock.started_at, clock.due_at) - measure.between(clock.started_at, declared)
    found = []
    for reminder in sla.warnings:
        at = reminder.at.after(calendar, clock.started_at)
        if at < declared and clock.due_at != declared:
            at = measure.after(clock.started_at, measure.between(clock.started_at, at) + shift)
        if at < min(declared, clock.due_at) or (at < clock.due_at and clock.due_at != declared):
            found.append((at, reminder))
    return sorted(found, key=lambda mark: mark[0])
