"""What happens to a clock: started, paused, resumed, stopped by moves; reminding and breaking as time goes by.

All of it is pure: a clock goes in with what happened, a clock comes out with the lines for its ledger. A worker that
was down, a second worker, a wall clock set back: none of them can change the answer, because nothing here remembers
and nothing here reads the time.

    A promise is kept when it ends at its due date or before; from the due date on, ``ring`` finds it broken.
    What is left at a pause is kept as the promise's own time (R6) and added at the resumption (R7).
    A pause that begins after the breach moves nothing, and no pause ever makes a due date earlier.
    A promise that is broken stays broken: withdrawing the subject later does not make it void.
    A breach on record before the due date as it stands now was taken back by an edit of the calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
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
    broken,
)
from review_engine.domain.instants import TICK
from review_engine.domain.lifecycle import MIGRATED, BreachPlan, Lifecycle, Reminder, Sla, State
from review_engine.domain.measures import Measure, promised, ticks
from review_engine.domain.moves import Move
from review_engine.domain.wording import spoken

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
    standing = {clock.sla: clock for clock in clocks}
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
    runs = state.name in sla.runs_in and not state.voids_clocks
    if clock is None or not clock.open:
        return _start(sla, calendar, clock, state, move, facts) if runs else (clock, None)
    if runs:
        return _go_on(sla, calendar, clock, state, move)
    if state.name in sla.pauses_in and not state.voids_clocks:
        return (clock, None) if clock.state == PAUSED else _pause(clock, calendar, move.at, move.number, state.title)
    end = _void if state.voids_clocks else _stop
    return end(clock, move.at, move.number, state.title)


def _go_on(
    sla: Sla, calendar: Calendar | None, clock: Clock, state: State, move: Move
) -> tuple[Clock, ClockEvent | None]:
    if clock.round != move.round:
        clock = replace(clock, round=move.round)
    held = move.source in sla.runs_in and move.transition != MIGRATED
    if clock.state == PAUSED and not held:
        return _resume(sla, calendar, clock, move.at, move.number, state.title)
    if move.transition == MIGRATED:
        clock = replace(clock, wakes_at=_wakes(sla, calendar, clock, clock.due_at, clock.paused_at))
    return clock, None


def _start(
    sla: Sla, calendar: Calendar | None, last: Clock | None, state: State, move: Move, facts: Mapping[str, object]
) -> tuple[Clock, ClockEvent]:
    within = sla.duration(facts)
    due = within.after(calendar, move.at)
    clock = Clock(
        sla=sla.name,
        cycle=last.cycle + 1 if last else 1,
        round=move.round,
        state=RUNNING,
        started_at=move.at,
        due_at=due,
        within=str(within),
        calendar=calendar.version if calendar else "",
        wakes_at=min([due, *(reminder.at.after(calendar, move.at) for reminder in sla.warnings)]),
    )
    return clock, _event(clock, STARTED, move.number, move.at, state.title)


def _pause(clock: Clock, calendar: Calendar | None, at: datetime, mark: int, note: str) -> tuple[Clock, ClockEvent]:
    at = max(at, clock.started_at)
    rest = max(_NOTHING, _measure(clock, calendar).between(at, clock.due_at))
    unseen = _broken(clock, at) and clock.breached_at is None  # the breach came first and is still to be recorded
    paused = replace(clock, state=PAUSED, paused_at=at, rest=ticks(rest), wakes_at=clock.due_at if unseen else None)
    return paused, _event(paused, HALTED, mark, at, note)


def _resume(
    sla: Sla, calendar: Calendar | None, clock: Clock, at: datetime, mark: int, note: str
) -> tuple[Clock, ClockEvent]:
    paused_at = clock.paused_at or clock.started_at
    at = max(at, paused_at)
    due = clock.due_at
    if not _broken(clock, paused_at):
        due = _resumed_due(_measure(clock, calendar), due, at, TICK * (clock.rest or 0))
    wakes = _wakes(sla, calendar, clock, due)
    running = replace(clock, state=RUNNING, paused_at=None, rest=None, due_at=due, wakes_at=wakes)
    return running, _event(running, RESUMED, mark, at, note)


def _resumed_due(measure: Measure, due: datetime, at: datetime, rest: timedelta) -> datetime:
    """Received plus rest (R9: a resumption outside business hours is received at the next opening)."""
    return max(due, measure.after(measure.opening(at), rest))


def _stop(clock: Clock, at: datetime, mark: int, note: str) -> tuple[Clock, ClockEvent]:
    at = max(at, clock.paused_at or clock.started_at)
    missed = _broken(clock, clock.paused_at or at)
    stopped = _closed(clock, MISSED if missed else MET, at)
    return stopped, _event(stopped, STOPPED, mark, at, f"{stopped.state}: {note}")


def _void(clock: Clock, at: datetime, mark: int, note: str) -> tuple[Clock, ClockEvent]:
    at = max(at, clock.paused_at or clock.started_at)
    if _broken(clock, clock.paused_at or at):
        return _stop(clock, at, mark, note)
    voided = _closed(clock, VOID, at)
    return voided, _event(voided, VOIDED, mark, at, note)


def _closed(clock: Clock, state: str, at: datetime) -> Clock:
    return replace(clock, state=state, stopped_at=at, rest=None, paused_at=None, wakes_at=None)


def _broken(clock: Clock, at: datetime) -> bool:
    return broken(clock.due_at, clock.breached_at, at)


def marks(sla: Sla, clock: Clock, calendar: Calendar | None) -> list[tuple[datetime, Reminder]]:
    """When each reminder of this cycle is due, earliest first; one that is not due before the promise is never told.

    A reminder is declared from the start of the promise ("1 business day"). After pauses it keeps its distance to the
    due date, in the promise's own time.
    """
    return _marks(sla, clock, calendar, clock.due_at) if sla.warnings else []


def _marks(sla: Sla, clock: Clock, calendar: Calendar | None, due: datetime) -> list[tuple[datetime, Reminder]]:
    within, measure = promised(clock.within), _measure(clock, calendar)
    start, declared = clock.started_at, within.after(calendar, clock.started_at)
    found = [(reminder.at.after(calendar, start), reminder) for reminder in sla.warnings]
    if due != declared:
        shift = measure.between(start, due) - measure.between(start, declared)
        found = [
            (measure.after(start, max(_NOTHING, measure.between(start, at) + shift)), reminder)
            for at, reminder in found
        ]
    return sorted(found, key=lambda mark: mark[0])


def ring(sla: Sla, clock: Clock, calendar: Calendar | None, now: datetime) -> Ring:
    """What is due for one clock at ``now``: the reminders that have not fired, or the breach, which silences them.

    Asked again with the clock it answered, it answers nothing, whatever the wall clock has done in between. The clock's
    ``wakes_at`` is not read, so a store may use the column for its leases.

    Args:
        sla: the promise, as the subject's workflow declares it.
        clock: one of its clocks; a closed or paused one is left alone, unless it was paused after its due date before
            anybody recorded the breach.
        calendar: the workflow's calendar.
        now: aware UTC.
    """
    if not clock.open or clock.breached_at is not None:
        return Ring(replace(clock, wakes_at=None))
    if clock.paused_at is not None:
        return _breach(sla, clock, now) if _broken(clock, clock.paused_at) else Ring(replace(clock, wakes_at=None))
    return _breach(sla, clock, now) if now >= clock.due_at else _remind(sla, clock, calendar, now)


def _breach(sla: Sla, clock: Clock, now: datetime) -> Ring:
    at = max(now, clock.due_at)
    broke = replace(clock, breached_at=at, reminded=len(sla.warnings), wakes_at=None)
    late = at - clock.due_at
    return Ring(broke, (_event(broke, BREACHED, 1, at, _late(late)),), breach=sla.breach, late_by=late)


def _remind(sla: Sla, clock: Clock, calendar: Calendar | None, now: datetime) -> Ring:
    found = marks(sla, clock, calendar)
    due = [mark for mark in found if mark[0] <= now][clock.reminded :]
    unfired = found[clock.reminded + len(due) :]
    wakes = min(clock.due_at, unfired[0][0]) if unfired else clock.due_at
    after = replace(clock, reminded=clock.reminded + len(due), wakes_at=wakes)
    events = tuple(
        _event(after, REMINDED, clock.reminded + place, now, _late(now - at)) for place, (at, _) in enumerate(due, 1)
    )
    return Ring(after, events, tuple(reminder for _, reminder in due), late_by=now - due[0][0] if due else _NOTHING)


def _late(late: timedelta) -> str:
    return f"late by {spoken(late)}" if late else "on time"


def hold(sla: Sla, clock: Clock, calendar: Calendar | None, at: datetime, why: str) -> ClockTurn:
    """Pause a running clock although its subject has not moved: the letter it waits for could not be delivered.

    Args:
        sla: the promise.
        clock: left alone unless it is running.
        calendar: the workflow's calendar.
        at: from when on it is held (aware UTC), which may lie in the past.
        why: one line for people; with ``at`` it identifies the hold, so that the same bounce never counts twice.
    """
    if clock.sla != sla.name or clock.state != RUNNING:
        return ClockTurn()
    paused, event = _pause(clock, calendar, at, _mark("hold", why, instant(at)), why)
    return ClockTurn((paused,), (event,))


def release(sla: Sla, clock: Clock, calendar: Calendar | None, at: datetime, why: str) -> ClockTurn:
    """Resume a paused clock although its subject has not moved, counting from ``at``, which may lie in the past.

    A partner's answer that came while the clock was paused by a bounce counts from the answer, not from the moment at
    which somebody found it; and a letter that was never accepted ends the pause that had counted on it.

    Args:
        sla: the promise.
        clock: left alone unless it is paused.
        calendar: the workflow's calendar.
        at: from when on it counts again (aware UTC); never before the pause began.
        why: one line for people.

    Raises:
        CalendarNeverOpens: the due date would lie beyond ten closed years.
    """
    if clock.sla != sla.name or clock.state != PAUSED:
        return ClockTurn()
    running, event = _resume(sla, calendar, clock, at, _mark("release", why, instant(at)), why)
    return ClockTurn((running,), (event,))


def reproject(sla: Sla, clock: Clock, calendar: Calendar, now: datetime, ledger: Iterable[ClockEvent]) -> ClockTurn:
    """An open clock under another version of its calendar: the whole cycle counted again, from its ledger.

    Closed clocks are untouched. Reminders and breaches that fired do not fire again. An edit never breaks a promise:
    where the new due date is past already, the later of the two stands, which is the one that was told unless that is
    past as well. The event is left out when nothing moves.

    Args:
        sla: the promise.
        clock: as kept, projected by an earlier version.
        calendar: the version that holds from now on.
        now: aware UTC.
        ledger: the events of the subject's clocks; those of other promises and cycles are skipped.

    Raises:
        CalendarNeverOpens: the due date would lie beyond ten closed years.
    """
    if not clock.open or clock.calendar == calendar.version:
        return ClockTurn()
    if not promised(clock.within).is_business:
        return ClockTurn((replace(clock, calendar=calendar.version),))
    due, rest = _replayed(clock, calendar, ledger)
    if due < clock.paused_at if clock.paused_at else due <= now:
        due, rest = max(due, clock.due_at), clock.rest
    wakes = _wakes(sla, calendar, clock, due, clock.paused_at)
    moved = replace(clock, calendar=calendar.version, due_at=due, rest=rest, wakes_at=wakes)
    if (due, rest) == (clock.due_at, clock.rest):
        return ClockTurn((moved,))
    mark = _mark(REPROJECTED, calendar.version, instant(now))
    return ClockTurn((moved,), (_event(moved, REPROJECTED, mark, now, "the calendar was changed"),))


def _replayed(clock: Clock, calendar: Calendar, ledger: Iterable[ClockEvent]) -> tuple[datetime, int | None]:
    """The due date of an open cycle, and its rest if it is paused, as this calendar would have had them."""
    measure = Measure(calendar)
    due = promised(clock.within).after(calendar, clock.started_at)
    paused_at: datetime | None = None
    rest = _NOTHING
    for event in ledger:
        if (event.sla, event.cycle) != (clock.sla, clock.cycle):
            continue
        if event.kind == HALTED:
            paused_at, rest = event.at, measure.between(event.at, due)
        elif event.kind == RESUMED and paused_at is not None:
            if paused_at <= due:
                due = _resumed_due(measure, due, event.at, rest)
            paused_at = None
    return due, ticks(rest) if clock.state == PAUSED else None


def _wakes(
    sla: Sla, calendar: Calendar | None, clock: Clock, due: datetime, paused_at: datetime | None = None
) -> datetime | None:
    """When a worker must look at the clock next, given its due date and since when it is paused."""
    if clock.breached_at is not None:
        return None
    if paused_at is not None:
        return due if broken(due, None, paused_at) else None
    unfired = _marks(sla, clock, calendar, due)[clock.reminded :] if clock.reminded < len(sla.warnings) else []
    return min(due, unfired[0][0]) if unfired else due


def _measure(clock: Clock, calendar: Calendar | None) -> Measure:
    return Measure.of(promised(clock.within), calendar)


def _event(clock: Clock, kind: str, mark: int, at: datetime, note: str) -> ClockEvent:
    return ClockEvent(clock.sla, clock.cycle, kind, mark, at, clock.due_at, note)


@lru_cache(64)
def _mark(*said: str) -> int:
    """A mark for what no move caused: the same for the same words, and never the number of a move."""
    return _BEYOND_MOVES + int(digest(list(said))[:7], 16)
