"""After a calendar was edited: show which open due dates would move, then move them, recorded, in batches.

Open clocks are counted by the version of the calendar they began with until somebody says otherwise here. What is
closed stays as it is, what was reminded or broken is not told again, and no edit ever breaks a promise (``reproject``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import HALTED, PAUSED, RESUMED, STARTED, Clock, ClockEvent
from review_engine.domain.cycles import reproject
from review_engine.domain.errors import NotAllowed, ReviewEngineError, StoreError
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.usecases.desk import Desk

BATCH = 500
"""Subjects in one transaction."""

_TRIES = 3


class DueDate(NamedTuple):
    """A due date that moves.

    Args:
        subject: the subject's key.
        sla: the promise.
        before: when it was due (aware UTC).
        after: when it is due by the calendar as it is now.
    """

    subject: str
    sla: str
    before: datetime
    after: datetime


class Projection(NamedTuple):
    """What a version of a calendar does, or did, to open clocks.

    Args:
        calendar: its name.
        version: the version that holds from now on.
        clocks: open clocks that were counted by another version.
        moved: the due dates that move, in the order of the subjects' keys.
        failed: key of a subject that is left as it was -> why.
    """

    calendar: str
    version: str
    clocks: int
    moved: tuple[DueDate, ...]
    failed: Mapping[str, str]

    def as_dict(self) -> dict[str, object]:
        """The projection as JSON-able values."""
        return {
            "calendar": self.calendar,
            "version": self.version,
            "clocks": self.clocks,
            "moved": [
                {**each._asdict(), "before": each.before.isoformat(), "after": each.after.isoformat()}
                for each in self.moved
            ],
            "failed": dict(self.failed),
        }


def preview(desk: Desk, calendar: Calendar, *, by: Actor, now: datetime) -> Projection:
    """Which open due dates would move under this version of the calendar; nothing is written.

    Args:
        desk: the ports.
        calendar: as the files declare it, or one that is only thought of; its name says whose clocks are meant.
        by: staff or the host.
        now: the time of asking (aware UTC).

    Raises:
        NotAllowed: a partner asks.
    """
    if by.role not in STAFF | {Role.HOST, Role.ENGINE}:
        raise NotAllowed(f"{by} may not look at everybody's due dates", cure="Ask a manager.")
    return _Recount(desk, calendar, now, writes=False).all()


def apply(
    desk: Desk, calendar: Calendar, *, by: Actor, now: datetime, progress: Callable[[int], None] | None = None
) -> Projection:
    """Count every open clock by this version of the calendar from now on; recorded in each clock's ledger.

    Asked again it finds nothing to do, so it may be stopped and started at will.

    Args:
        desk: the ports.
        calendar: as the files declare it.
        by: a manager or the host.
        now: aware UTC.
        progress: told after each transaction how many subjects have been seen to.

    Raises:
        NotAllowed: somebody else asks.
    """
    if by.role not in (Role.MANAGER, Role.HOST, Role.ENGINE):
        raise NotAllowed(f"{by} may not move everybody's due dates", cure="Ask a manager.")
    return _Recount(desk, calendar, now, writes=True).all(progress)


class _Seen(NamedTuple):
    """What became of one subject: clocks that were counted otherwise, due dates that move, or why nothing was done."""

    key: SubjectKey
    clocks: int = 0
    moved: tuple[DueDate, ...] = ()
    trouble: str = ""
    overtaken: bool = False


class _Recount:
    """One pass over the open clocks that are counted by another version."""

    def __init__(self, desk: Desk, calendar: Calendar, now: datetime, *, writes: bool) -> None:
        self._desk, self._calendar, self._now, self._writes = desk, calendar, now, writes

    def all(self, progress: Callable[[int], None] | None = None) -> Projection:
        """Every subject once; those that somebody moved meanwhile are read again at the end."""
        self._desk.library.kinds()  # read now: within a transaction there is no reading of files
        seen: dict[SubjectKey, _Seen] = {}
        keys = self._desk.store.open_clocks(self._calendar.version)
        for _ in range(_TRIES):
            for start in range(0, len(keys), BATCH):
                seen.update((each.key, each) for each in self._batch(keys[start : start + BATCH]))
                if progress is not None:
                    progress(len(seen))
            keys = [each.key for each in seen.values() if each.overtaken]
        found = [seen[key] for key in sorted(seen)]
        return Projection(
            calendar=self._calendar.name,
            version=self._calendar.version,
            clocks=sum(each.clocks for each in found),
            moved=tuple(due for each in found for due in each.moved),
            failed={str(each.key): each.trouble for each in found if each.trouble},
        )

    def _batch(self, keys: Sequence[SubjectKey]) -> list[_Seen]:
        """Read the ledgers, then decide on the batch in one transaction."""
        ledgers = self._desk.store.clock_events_of(keys)
        ask = Ask(self._now, clocks=True)
        return self._desk.store.change_many(keys, ask, lambda dossier: self._subject(dossier, ledgers))

    def _subject(self, dossier: Dossier, ledgers: Mapping[str, Sequence[ClockEvent]]) -> tuple[Change | None, _Seen]:
        subject = dossier.subject
        try:
            lifecycle = self._desk.book(subject).lifecycle
            if lifecycle.calendar != self._calendar.name:
                return None, _Seen(subject.subject_key)
            return self._counted(dossier, lifecycle, ledgers.get(subject.key, ()))
        except StoreError:
            raise
        except ReviewEngineError as error:
            return None, _Seen(subject.subject_key, trouble=error.what)

    def _counted(
        self, dossier: Dossier, lifecycle: Lifecycle, ledger: Sequence[ClockEvent]
    ) -> tuple[Change | None, _Seen]:
        subject = dossier.subject
        clocks: list[Clock] = []
        events: list[ClockEvent] = []
        moved: list[DueDate] = []
        for clock in dossier.clocks:
            if not clock.open or clock.sla not in lifecycle.slas or clock.calendar == self._calendar.version:
                continue
            if not _agree(clock, ledger):
                what = "it was moved again and again meanwhile"
                return None, _Seen(subject.subject_key, trouble=what, overtaken=True)
            turned = reproject(lifecycle.slas[clock.sla], clock, self._calendar, self._now, ledger)
            clocks += turned.clocks
            events += turned.events
            moved += [
                DueDate(subject.key, clock.sla, clock.due_at, after.due_at)
                for after in turned.clocks
                if after.due_at != clock.due_at
            ]
        seen = _Seen(subject.subject_key, len(clocks), tuple(moved))
        if not clocks or not self._writes:
            return None, seen
        after = replace(subject, revision=subject.revision + 1)
        return Change(after, clocks=tuple(clocks), clock_events=tuple(events)), seen


def _agree(clock: Clock, ledger: Sequence[ClockEvent]) -> bool:
    """Whether the ledger, read a moment before the clock, is of the same time."""
    own = [event for event in ledger if event.sla == clock.sla and event.cycle == clock.cycle]
    if not own or own[-1].due_at != clock.due_at:
        return False
    turns = [event for event in own if event.kind in (STARTED, HALTED, RESUMED)]
    return (turns[-1].kind == HALTED) == (clock.state == PAUSED)
