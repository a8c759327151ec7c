"""The running clocks of a subject: one hand for each declared promise, and a ledger of what it did.

Values only at first sight; the cycle rules (start, pause, resume, stop, remind, breach) are pure functions beside them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

RUNNING, PAUSED, MET, MISSED, VOID = "running", "paused", "met", "missed", "void"
"""The states of a clock."""

STARTED, HALTED, RESUMED, REMINDED = "start", "pause", "resume", "remind"
BREACHED, STOPPED, VOIDED, REPROJECTED = "breach", "stop", "void", "reproject"
"""The kinds of a ledger's lines."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The current cycle of one promise for one subject.

    Args:
        sla: the promise's name in the workflow.
        cycle: 1 for the first time it ran; one more after each stop.
        round: the submission it belongs to.
        state: running, paused, met (stopped in time), missed (stopped late) or void (withdrawn, suspended, removed).
        started_at: when the subject entered a running state (aware UTC, as all times here).
        due_at: when the promise is due, as projected now; while paused, as it was at the pause.
        within: the promise that holds for this cycle, as declared ("2 business days").
        calendar: version of the calendar it is counted by.
        rest: microseconds of business time (or plain time) left, kept while paused; None otherwise.
        paused_at: since when it is paused; None otherwise.
        reminded: how many reminders have fired in this cycle.
        breached_at: when the breach was recorded; None if it was not.
        stopped_at: when the cycle ended; None while open.
        wakes_at: when a worker must look at it next; None for never.
    """

    sla: str
    cycle: int
    round: int
    state: str
    started_at: datetime
    due_at: datetime
    within: str
    calendar: str
    rest: int | None = None
    paused_at: datetime | None = None
    reminded: int = 0
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    wakes_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether this cycle is still being counted."""
        return self.state in (RUNNING, PAUSED)


class ClockEvent(NamedTuple):
    """One line of a clock's ledger. (sla, cycle, kind, mark) is unique within a subject, so nothing fires twice.

    Args:
        sla: the promise.
        cycle: which cycle.
        kind: start, pause, resume, remind, breach, stop, void or reproject.
        mark: tells repeated events of one kind apart: the number of the move that caused it, the how-manieth reminder,
            1 for a breach; 2**28 and above for what no move caused.
        at: when (aware UTC).
        due_at: the due date after the event.
        note: one line for people.
    """

    sla: str
    cycle: int
    kind: str
    mark: int
    at: datetime
    due_at: datetime
    note: str = ""


class ClockTurn(NamedTuple):
    """What a move did to a subject's clocks."""

    clocks: tuple[Clock, ...] = ()
    events: tuple[ClockEvent, ...] = ()


def broken(due_at: datetime, breached_at: datetime | None, at: datetime) -> bool:
    """Whether a promise that was last counted at ``at`` was broken by then: past due, or breached on record.

    Ending on the due date keeps a promise. A breach that was recorded before the due date as it stands now does not
    count: an edit of the calendar has moved the due date behind it since.
    """
    return at > due_at or (breached_at is not None and breached_at >= due_at)
