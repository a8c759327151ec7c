"""The socket of time: clocks that are due, ledgers of what clocks did, versions of calendars, heartbeats of workers.

Beside ``ports.store`` because only the watch needs it; the same plug serves both. Rows hold the time: nothing here is
scheduled, so nothing can be lost with a scheduler.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from review_engine.domain.clocks import ClockEvent
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Ask, Change, Dossier, Store

T = TypeVar("T")


class ClockLedger(NamedTuple):
    """What the clocks of one subject did, with the moves that tell who had a hand in it."""

    subject: Subject
    events: tuple[ClockEvent, ...]
    moves: tuple[Move, ...]


class Heartbeat(NamedTuple):
    """A worker's last sign of life.

    Args:
        name: the worker's.
        at: when it last finished a round (aware UTC).
        details: JSON-able values: what it did, when it looks next.
    """

    name: str
    at: datetime
    details: Mapping[str, object]


class Timers(Protocol):
    """What the watch needs beyond the store."""

    def ring(self, ask: Ask, decide: Callable[[Dossier], tuple[Change | None, T]], *, limit: int) -> list[T]:
        """Take up to ``limit`` subjects that have a clock with ``wakes_at <= ask.now``, earliest first; decide each;
        write all of it in one transaction. Subjects that another worker holds at this moment are passed over.

        A change must leave no clock with ``wakes_at <= ask.now``, or it is found again. Returns what ``decide``
        returned beside its changes; empty when nothing is due.
        """

    def next_ring(self) -> datetime | None:
        """The earliest ``wakes_at`` of all clocks (aware UTC); None when none is waiting."""

    def change_many(
        self, keys: Sequence[SubjectKey], ask: Ask, decide: Callable[[Dossier], tuple[Change | None, T]]
    ) -> list[T]:
        """``Store.change`` for many subjects in one transaction, in the order of ``keys``, each once; unknown keys are
        left out.

        When ``decide`` raises, nothing of the whole batch is written.
        """

    def clock_ledgers(self, kind: str | None = None) -> Iterator[ClockLedger]:
        """The ledger of every subject that ever had a clock, in key order, streamed."""

    def clock_events_of(self, keys: Sequence[SubjectKey]) -> dict[str, list[ClockEvent]]:
        """``Store.clock_events`` for many: key -> its events, oldest first; one query, unknown keys left out."""

    def open_clocks(self, calendar: str) -> list[SubjectKey]:
        """Subjects with an open clock that is counted by another version than ``calendar``, in key order."""

    def keep_calendar(self, name: str, version: str, document: str, at: datetime) -> None:
        """Keep a version of a calendar (JSON text); keeping it again changes nothing."""

    def calendar(self, version: str) -> tuple[str, str] | None:
        """(name, document) of a kept version of a calendar."""

    def beat(self, heartbeat: Heartbeat) -> None:
        """Write a worker's sign of life over its last one."""

    def heartbeats(self) -> list[Heartbeat]:
        """The last sign of life of every worker, by name."""


class Keeper(Store, Timers, Protocol):
    """A plug that serves both sockets; the three stores do."""
