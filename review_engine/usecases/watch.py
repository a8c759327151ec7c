"""Watch the clocks: remind, break, escalate and move by itself, once each, however many workers ask and however late.

Whatever rings is decided and written in one transaction with its notices and moves, so a worker that dies leaves
nothing half done and a second worker finds nothing to do again.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.actors import ENGINE
from review_engine.domain.canonical import instant
from review_engine.domain.clocks import Clock
from review_engine.domain.cycles import Ring, ring
from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.lifecycle import Sla
from review_engine.ports.store import Change, Dossier
from review_engine.usecases.decide import Decision
from review_engine.usecases.desk import Desk

BATCH = 500
"""Subjects rung in one transaction."""

_log = logging.getLogger("review_engine.watch")
_AUDIENCES = {"manager": "managers", "reviewer": "reviewers"}


class Rung(NamedTuple):
    """What one subject's clocks did.

    Args:
        subject: its key.
        reminders: reminders that fired.
        breaches: promises that were found broken.
        moves: transitions the engine took because of it.
        late_by: seconds between the earliest of these and the moment it was seen.
    """

    subject: str
    reminders: int
    breaches: int
    moves: tuple[str, ...]
    late_by: float


class Tick(NamedTuple):
    """What one round of the worker did."""

    at: datetime
    rung: tuple[Rung, ...]

    @property
    def reminders(self) -> int:
        """Reminders that fired."""
        return sum(one.reminders for one in self.rung)

    @property
    def breaches(self) -> int:
        """Promises that were found broken."""
        return sum(one.breaches for one in self.rung)

    @property
    def moves(self) -> int:
        """Moves the engine made."""
        return sum(len(one.moves) for one in self.rung)

    @property
    def late_by(self) -> float:
        """The longest delay, in seconds."""
        return max((one.late_by for one in self.rung), default=0.0)


def watch(desk: Desk, *, now: datetime, batch: int = BATCH) -> Tick:
    """Do everything that is due at ``now`` (aware UTC), oldest first, until nothing is left.

    Args:
        desk: the ports.
        now: the time of this round.
        batch: subjects in one transaction.
    """
    rung: list[Rung] = []
    while found := desk.ring(lambda dossier: _rung(desk, dossier, now), now=now, limit=batch):
        rung.extend(found)
    return Tick(now, tuple(rung))


def _rung(desk: Desk, dossier: Dossier, now: datetime) -> tuple[Change | None, Rung]:
    decision = desk.decision(dossier, now)
    told = _Told()
    slas = decision.book.lifecycle.slas
    for clock in sorted(dossier.clocks, key=lambda clock: (clock.wakes_at or now, clock.sla)):
        if clock.sla in slas and clock.wakes_at is not None:
            _ring_one(decision, slas[clock.sla], told)
    decision.settle()
    moves = tuple(move.transition for move in decision.moves)
    return decision.change(), Rung(dossier.subject.key, told.reminders, told.breaches, moves, told.late_by)


class _Told:
    """The count of what rang for one subject."""

    def __init__(self) -> None:
        self.reminders = self.breaches = 0
        self.late_by = 0.0


def _ring_one(decision: Decision, sla: Sla, told: _Told) -> None:
    """Ring one clock, as it stands after what the others caused."""
    clock = decision.clocks[sla.name]
    rang = ring(sla, clock, decision.calendar, decision.now)
    decision.turned(rang.clock, rang.events)
    context = _context(decision, sla, rang)
    for place, reminder in enumerate(rang.reminders, start=clock.reminded + 1):
        for name in reminder.notices:
            decision.tell(name, f"{sla.name} {clock.cycle} remind {place}", context)
    told.reminders += len(rang.reminders)
    told.late_by = max(told.late_by, rang.late_by.total_seconds())
    if rang.breach is not None:
        told.breaches += 1
        _break(decision, sla, clock, rang, context)


def _break(decision: Decision, sla: Sla, clock: Clock, rang: Ring, context: Mapping[str, object]) -> None:
    plan = sla.breach
    cause = f"{sla.name} {clock.cycle} breach"
    for name in plan.notices:
        decision.tell(name, cause, context, also=_AUDIENCES.get(plan.escalate_to, ""))
    if plan.move:
        try:
            decision.take(
                plan.move, ENGINE, f"{sla.title}: the time was over on {rang.clock.due_at:%Y-%m-%d %H:%M} UTC."
            )
        except ReviewEngineError as refused:
            _log.warning("%s: '%s' could not be taken at the breach of %s: %s", *_told_of(decision, sla, refused))


def _told_of(decision: Decision, sla: Sla, refused: ReviewEngineError) -> tuple[str, str, str, ReviewEngineError]:
    return decision.subject.key, sla.breach.move, sla.name, refused


def _context(decision: Decision, sla: Sla, rang: Ring) -> dict[str, object]:
    """What a letter about a promise may say. Letters of one ``tick`` to one person are put together."""
    lifecycle, subject = decision.book.lifecycle, decision.subject
    return {
        "kind": lifecycle.title,
        "name": subject.name,
        "key": subject.key,
        "state": lifecycle.states[subject.state].title,
        "promise": sla.title,
        "within": rang.clock.within,
        "due_at": instant(rang.clock.due_at),
        "late_by": rang.late_by.total_seconds(),
        "round": rang.clock.round,
        "reviewer": subject.submission.claimed_by if subject.submission else "",
        "tick": instant(decision.now),
    }
