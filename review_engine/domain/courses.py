"""The course of one cycle, read from the ledger of its clock: when it ran, when it was halted, how it ended.

Derivations and reports rest on the ledger alone, not on the clock's row: the row says how the present cycle stands, the
ledger says how every cycle came to what it came to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
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
)
from review_engine.domain.errors import InvalidInput
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
