"""Watch the clocks: remind, break, escalate and move by itself, once each, however many workers ask and however late.

Whatever rings is decided and written in one transaction with its notices and moves, so a worker that dies leaves
nothing half done and a second worker finds nothing to do again. A subject that cannot be decided is put off and named
in the log; it never holds up those behind it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from review_engine.domain.actors import ENGINE
from review_engine.domain.canonical import instant
from review_engine.domain.clocks import Clock
from review_engine.domain.cycles import Ring, ring
from review_engine.domain.errors import ReviewEngineError, StoreError
from review_engine.domain.lifecycle import Sla
from review_engine.ports.store import Change, Dossier
from review_engine.usecases.decide import Decision, bearings
from review_engine.usecases.desk import Desk
from review_engine.usecases.settle import settle_parent

BATCH = 500
"""Subjects rung in one transaction."""

PUT_OFF = timedelta(minutes=15)
"""When a subject that could not be decided is tried again."""

_RINGS_MAX = 100
"""More rings of one subject at one moment than any sane workflow causes."""

_log = logging.getLogger("review_engine.watch")
_AUDIENCES = {"manager": "managers", "reviewer": "reviewers"}


class Rung(NamedTuple):
    """What one subject's clocks did.

    Args:
        subject: its key.
        reminders: reminders that fired.
        broken: promises that were found broken, by name.
        moves: transitions the engine took because of it.
        refused: transitions it was to take at a breach, and could not.
        late_by: seconds between the earliest of these and the moment it was seen.
        trouble: why nothing could be decided, so that it was put off; empty when all went well.
        parent: key of the subject this one is a component of; empty for none.
    """

    subject: str
    reminders: int = 0
    broken: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    late_by: float = 0.0
    trouble: str = ""
    parent: str = ""


class Tick(NamedTuple):
    """What one round of the worker did: when, and subject by subject, in the order in which they were due."""

    at: datetime
    rung: tuple[Rung, ...]

    @property
    def reminders(self) -> int:
        """Reminders that fired."""
        return sum(one.reminders for one in self.rung)

    @property
    def breaches(self) -> int:
        """Promises that were found broken."""
        return sum(len(one.broken) for one in self.rung)

    @property
    def moves(self) -> int:
        """Moves the engine made."""
        return sum(len(one.moves) for one in self.rung)

    @property
    def put_off(self) -> int:
        """Subjects that could not be decided and are tried again later."""
        return sum(bool(one.trouble) for one in self.rung)

    @property
    def late_by(self) -> float:
        """The longest delay, in seconds."""
        return max((one.late_by for one in self.rung), default=0.0)


def watch(desk: Desk, *, now: datetime, batch: int = BATCH, progress: Callable[[int], None] | None = None) -> Tick:
    """Do everything that is due at ``now`` (aware UTC), oldest first, until nothing is left.

    Args:
        desk: the ports.
        now: the time of this round.
        batch: subjects in one transaction.
        progress: told after each transaction how many subjects have been seen to.
    """
    rung: list[Rung] = []
    while found := _round(desk, now, batch):
        rung.extend(found)
        for parent in sorted({one.parent for one in found if one.moves}):
            settle_parent(desk, parent, now)
        if progress is not None:
            progress(len(rung))
    return Tick(now, tuple(rung))


def _round(desk: Desk, now: datetime, batch: int) -> list[Rung]:
    """One transaction, or, when it cannot be written, one for each subject, so that the one at fault stands alone."""
    try:
        return desk.ring(lambda dossier: _rung(desk, dossier, now), now=now, limit=batch)
    except StoreError:
        raise  # the database itself: whatever is tried now fails too
    except ReviewEngineError as error:
        _log.warning("%s; the subjects of this round are tried one by one", error)
    return _one_by_one(desk, now, batch)


def _one_by_one(desk: Desk, now: datetime, batch: int) -> list[Rung]:
    found: list[Rung] = []
    for _ in range(batch):
        met: list[Dossier] = []

        def ring_one(dossier: Dossier, met: list[Dossier] = met) -> tuple[Change, Rung]:
            met.append(dossier)
            return _rung(desk, dossier, now)

        try:
            rang = desk.ring(ring_one, now=now, limit=1)
        except StoreError:
            raise
        except ReviewEngineError as error:
            if not met:
                raise
            rang = desk.ring(_putting_off(now, error), now=now, limit=1)
        if not rang:
            break
        found += rang
    return found


def _putting_off(now: datetime, error: Exception) -> Callable[[Dossier], tuple[Change, Rung]]:
    return lambda dossier: _put_off(dossier, now, error)


def _rung(desk: Desk, dossier: Dossier, now: datetime) -> tuple[Change, Rung]:
    subject = dossier.subject
    try:
        decision = desk.decision(dossier, now)
    except StoreError:
        raise
    except ReviewEngineError as error:
        return _put_off(dossier, now, error)
    bell = _Bell(desk, decision)
    try:
        bell.ring_all()
    except StoreError:
        raise
    except Exception as error:  # whatever else it is, it is about this subject alone
        return _put_off(dossier, now, error)
    moves = tuple(move.transition for move in decision.moves)
    told = Rung(
        subject.key, bell.reminders, tuple(bell.broken), moves, tuple(bell.refused), bell.late_by, parent=subject.parent
    )
    return decision.change(), told


def _put_off(dossier: Dossier, now: datetime, error: Exception) -> tuple[Change, Rung]:
    """Nothing is decided; what was due is looked at again later."""
    subject, later = dossier.subject, now + PUT_OFF
    _log.error("%s: its clocks could not be rung and are tried again: %s", subject.key, error, exc_info=error)
    clocks = tuple(replace(clock, wakes_at=later) for clock in dossier.clocks if _is_due(clock, now))
    change = Change(replace(subject, revision=subject.revision + 1), clocks=clocks)
    return change, Rung(subject.key, trouble=str(error) or type(error).__name__)


def _is_due(clock: Clock, now: datetime) -> bool:
    return clock.wakes_at is not None and clock.wakes_at <= now


class _Bell:
    """Rings the clocks of one subject, and counts what rang."""

    def __init__(self, desk: Desk, decision: Decision) -> None:
        self._desk, self._decision = desk, decision
        self.reminders = 0
        self.broken: list[str] = []
        self.refused: list[str] = []
        self.late_by = 0.0

    def ring_all(self) -> None:
        """Ring until no clock is due: what one of them causes may make another one due at once.

        Raises:
            RuntimeError: there is no end to it.
        """
        decision = self._decision
        for _ in range(_RINGS_MAX):
            due = [clock for clock in decision.clocks.values() if _is_due(clock, decision.now)]
            if not due:
                decision.settle()
                if not any(_is_due(clock, decision.now) for clock in decision.clocks.values()):
                    return
                continue
            self._ring(min(due, key=lambda clock: (clock.wakes_at, clock.sla)))
        raise RuntimeError(f"its clocks rang {_RINGS_MAX} times at one moment")

    def _ring(self, clock: Clock) -> None:
        decision = self._decision
        sla = decision.book.lifecycle.slas.get(clock.sla)
        if sla is None:  # a promise that is no longer made; the next move makes it void
            decision.turned(replace(clock, wakes_at=None), ())
            return
        rang = ring(sla, clock, self._desk.calendar_of(clock, decision.calendar), decision.now)
        decision.turned(rang.clock, rang.events)
        context = _context(decision, sla, rang)
        for place, reminder in enumerate(rang.reminders, start=clock.reminded + 1):
            for name in reminder.notices:
                decision.tell(name, f"{sla.name} {clock.cycle} remind {place}", context)
        self.reminders += len(rang.reminders)
        self.late_by = max(self.late_by, rang.late_by.total_seconds())
        if rang.breach is not None:
            self.broken.append(sla.name)
            self._break(sla, rang, context)

    def _break(self, sla: Sla, rang: Ring, context: Mapping[str, object]) -> None:
        decision, plan = self._decision, sla.breach
        for name in plan.notices:
            cause = f"{sla.name} {rang.clock.cycle} breach"
            decision.tell(name, cause, context, also=_AUDIENCES.get(plan.escalate_to, ""))
        if not plan.move:
            return
        try:
            decision.take(
                plan.move, ENGINE, f"{sla.title}: the time was over on {rang.clock.due_at:%Y-%m-%d %H:%M} UTC."
            )
        except ReviewEngineError as error:
            self._refuse(sla, error)

    def _refuse(self, sla: Sla, error: ReviewEngineError) -> None:
        """The breach stands, and the ledger says what could not be done about it."""
        decision = self._decision
        what = f"'{sla.breach.move}' could not be taken: {error.what}"
        _log.warning("%s: at the breach of %s, %s", decision.subject.key, sla.name, what)
        breach = decision.events[-1]
        decision.events[-1] = breach._replace(note=f"{breach.note}; {what}")
        self.refused.append(sla.breach.move)


def _context(decision: Decision, sla: Sla, rang: Ring) -> dict[str, object]:
    """What a letter about a promise may say. Letters of one ``tick`` to one person are put together."""
    lifecycle, subject = decision.book.lifecycle, decision.subject
    return {
        **bearings(decision),
        "state": lifecycle.states[subject.state].title,
        "promise": sla.title,
        "within": rang.clock.within,
        "due_at": instant(rang.clock.due_at),
        "late_by": rang.late_by.total_seconds(),
        "round": rang.clock.round,
        "tick": instant(decision.now),
    }
