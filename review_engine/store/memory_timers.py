"""The memory store's half of the time socket: who wakes next, what clocks did, versions of calendars, heartbeats.

Apart from ``memory``, as ``ports.timers`` is apart from ``ports.store``: the watch needs it, a move does not. Who wakes
next is a heap; a clock that was turned meanwhile leaves a stale entry behind, which is passed over when it comes up.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from threading import RLock
from typing import Any, Protocol, TypeVar

from review_engine.domain.clocks import Clock, ClockEvent
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.ports.timers import ClockLedger, Heartbeat

T = TypeVar("T")
Decide = Callable[[Dossier], tuple[Change | None, T]]


class KeptFile(Protocol):
    """What is read here of everything kept of one subject."""

    subject: Subject
    moves: list[Move]
    clocks: dict[str, Clock]
    clock_events: list[ClockEvent]


@dataclass(slots=True)
class Hours:
    """What is kept of time beside the subjects: who wakes next, calendars by version, heartbeats by name."""

    waking: list[tuple[datetime, SubjectKey]] = field(default_factory=list)
    calendars: dict[str, tuple[str, str]] = field(default_factory=dict)
    beats: dict[str, Heartbeat] = field(default_factory=dict)


class MemoryTimers(ABC):
    """The methods of ``ports.timers`` over the memory store's dictionaries; a base of ``MemoryStore``."""

    _lock: RLock
    _files: Mapping[SubjectKey, KeptFile]
    _order: list[SubjectKey]
    _hours: Hours

    @abstractmethod
    def _dossier(self, file: Any, ask: Ask) -> Dossier:
        """All that one decision looks at."""

    @abstractmethod
    def _refuse(self, change: Change, before: Subject | None) -> None:
        """Raise what a change cannot be written for."""

    @abstractmethod
    def _write(self, change: Change) -> None:
        """Write a change that was not refused."""

    # The socket

    def ring(self, ask: Ask, decide: Decide[T], *, limit: int) -> list[T]:
        """See ``ports.timers.Timers.ring``; other writers wait meanwhile."""
        with self._lock:
            return self._decided(self._due(ask.now, limit), ask, decide)

    def next_ring(self) -> datetime | None:
        """See ``ports.timers.Timers.next_ring``."""
        with self._lock:
            self._pass_over()
            return self._hours.waking[0][0] if self._hours.waking else None

    def change_many(self, keys: Sequence[SubjectKey], ask: Ask, decide: Decide[T]) -> list[T]:
        """See ``ports.timers.Timers.change_many``."""
        with self._lock:
            known = [key for key in dict.fromkeys(keys) if key in self._files]
            return self._decided(known, ask, decide)

    def clock_ledgers(self, kind: str | None = None) -> Iterator[ClockLedger]:
        """See ``ports.timers.Timers.clock_ledgers``; the snapshot is taken when it is asked for."""
        with self._lock:
            files = (self._files[key] for key in self._order if kind in (None, key.kind))
            found = [
                ClockLedger(file.subject, tuple(file.clock_events), tuple(file.moves))
                for file in files
                if file.clock_events
            ]
        return iter(found)

    def clock_events_of(self, keys: Sequence[SubjectKey]) -> dict[str, list[ClockEvent]]:
        """See ``ports.timers.Timers.clock_events_of``."""
        with self._lock:
            files = self._files
            return {str(key): list(files[key].clock_events) for key in keys if key in files}

    def open_clocks(self, calendar: str) -> list[SubjectKey]:
        """See ``ports.timers.Timers.open_clocks``."""
        with self._lock:
            return [key for key in self._order if _counted_otherwise(self._files[key], calendar)]

    def keep_calendar(self, name: str, version: str, document: str, at: datetime) -> None:
        """See ``ports.timers.Timers.keep_calendar``; when it was kept is of no use to a dictionary."""
        with self._lock:
            self._hours.calendars.setdefault(version, (name, document))

    def calendar(self, version: str) -> tuple[str, str] | None:
        """See ``ports.timers.Timers.calendar``."""
        return self._hours.calendars.get(version)

    def beat(self, heartbeat: Heartbeat) -> None:
        """See ``ports.timers.Timers.beat``."""
        with self._lock:
            self._hours.beats[heartbeat.name] = heartbeat._replace(details=dict(heartbeat.details))

    def heartbeats(self) -> list[Heartbeat]:
        """See ``ports.timers.Timers.heartbeats``."""
        with self._lock:
            return [self._hours.beats[name] for name in sorted(self._hours.beats)]

    # Behind it

    def _decided(self, keys: Sequence[SubjectKey], ask: Ask, decide: Decide[T]) -> list[T]:
        """Decide on all before anything is written, so that a decision that fails leaves nothing behind."""
        results: list[T] = []
        changes: list[Change] = []
        for key in keys:
            dossier = self._dossier(self._files[key], ask)
            change, result = decide(dossier)
            results.append(result)
            if change is not None:
                self._refuse(change, dossier.subject)
                changes.append(change)
        for change in changes:
            self._write(change)
        return results

    def _turned(self, change: Change) -> None:
        """Clocks were written: note when they wake."""
        key = change.subject.subject_key
        for clock in change.clocks:
            if clock.wakes_at is not None:
                heappush(self._hours.waking, (clock.wakes_at, key))

    def _due(self, now: datetime, limit: int) -> list[SubjectKey]:
        """The subjects that are due, earliest first. What is found stays on the heap until its clock is turned."""
        found: dict[SubjectKey, datetime] = {}
        waking = self._hours.waking
        while waking and waking[0][0] <= now and len(found) < limit:
            at, key = heappop(waking)
            if self._wakes(key, at):
                found.setdefault(key, at)
        for key, at in found.items():
            for clock in self._files[key].clocks.values():
                if clock.wakes_at is not None and at <= clock.wakes_at <= now:
                    heappush(waking, (clock.wakes_at, key))
        return list(found)

    def _pass_over(self) -> None:
        waking = self._hours.waking
        while waking and not self._wakes(waking[0][1], waking[0][0]):
            heappop(waking)

    def _wakes(self, key: SubjectKey, at: datetime) -> bool:
        """Whether a clock of the subject still wakes then."""
        file = self._files.get(key)
        return file is not None and any(clock.wakes_at == at for clock in file.clocks.values())


def _counted_otherwise(file: KeptFile, calendar: str) -> bool:
    return any(clock.open and clock.calendar != calendar for clock in file.clocks.values())
