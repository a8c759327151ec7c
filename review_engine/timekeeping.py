"""The verbs of the engine that are about time: by when and why, what is due now, how promises were kept, calendars.

A room beneath ``engine`` because they are one subject and the engine has many: ``ReviewEngine`` is a ``Timekeeping``
and hands them out beside its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.calendar import Calendar
from review_engine.domain.derivation import Derivation
from review_engine.domain.keys import SubjectKey
from review_engine.domain.promises import Outcome, PromiseReport
from review_engine.usecases import promise, recalendar, watch
from review_engine.usecases.desk import Desk

Key = str | SubjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Timekeeping:
    """What the engine needs to speak of time.

    Args:
        desk: the ports of the use cases.
        clock: answers the present instant (aware UTC).
        default_kind: the kind a bare slug means.
    """

    desk: Desk
    clock: Callable[[], datetime]
    default_kind: str = "app"

    def tick(self, *, progress: Callable[[int], None] | None = None) -> watch.Tick:
        """Do everything that is due: remind, break, escalate, move. The worker calls it; so may a test, or a cron job.

        ``progress`` is told after each transaction how many subjects have been seen to.
        """
        return watch.watch(self.desk, now=self.clock(), progress=progress)

    def due(self, key: Key, *, by: Actor) -> tuple[Derivation, ...]:
        """By when, and why: every promise that is counted for a subject. See ``usecases.promise``."""
        return promise.due(self.desk, self._key(key), by=by, now=self.clock())

    def due_if(self, key: Key, transition: str, *, by: Actor) -> tuple[Derivation, ...]:
        """By when, if the transition were taken now; nothing is moved. See ``usecases.promise``."""
        return promise.due_if(self.desk, self._key(key), transition, by=by, now=self.clock())

    def promise_report(
        self, *, by: Actor, since: datetime | None = None, until: datetime | None = None, kind: str | None = None
    ) -> PromiseReport:
        """How promises were kept, by promise, reviewer and week; for staff and host. See ``usecases.promise``."""
        return promise.report(self.desk, by=by, now=self.clock(), since=since, until=until, kind=kind)

    def breaches(
        self, *, by: Actor, since: datetime | None = None, until: datetime | None = None, kind: str | None = None
    ) -> list[Outcome]:
        """Every promise that was broken in a period, the latest first; for staff and host. See ``usecases.promise``."""
        return promise.breaches(self.desk, by=by, now=self.clock(), since=since, until=until, kind=kind)

    def preview_calendar(self, calendar: str | Calendar, *, by: Actor) -> recalendar.Projection:
        """Which open due dates would move under a calendar: one of the files, by name, or one only thought of.

        Raises:
            UnknownName: no calendar of that name.
            NotAllowed: a partner asks.
        """
        return recalendar.preview(self.desk, self._calendar(calendar), by=by, now=self.clock())

    def apply_calendar(
        self, name: str, *, by: Actor, progress: Callable[[int], None] | None = None
    ) -> recalendar.Projection:
        """Count every open clock by a calendar as its file declares it now. See ``usecases.recalendar``.

        Raises:
            UnknownName: no calendar of that name.
            NotAllowed: neither a manager nor the host asks.
        """
        return recalendar.apply(self.desk, self._calendar(name), by=by, now=self.clock(), progress=progress)

    def _calendar(self, calendar: str | Calendar) -> Calendar:
        return calendar if isinstance(calendar, Calendar) else self.desk.library.calendar(calendar)

    def _key(self, key: Key) -> SubjectKey:
        return SubjectKey.parse(key, self.default_kind)
