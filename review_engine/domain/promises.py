"""How promises were kept, for a report: by workflow and promise, by reviewer, by week, from the ledgers.

A report is only worth reading when it cannot be flattered. A broken promise counts as missed from the day it broke, not
from the day somebody got round to closing it; what was withdrawn before it broke counts for neither side; and the time
used is business time while the clock ran, so nobody's figures suffer from weekends or from a partner's own pauses.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from review_engine.domain.actors import STAFF
from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import MET, MISSED, PAUSED, RUNNING, VOID, ClockEvent
from review_engine.domain.courses import Course, courses
from review_engine.domain.hours import zone_named
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.measures import Measure
from review_engine.domain.moves import Move

NOBODY = ""
"""The reviewer of a cycle that no reviewer had a hand in."""

_STAFF = frozenset(role.value for role in STAFF)
_OPEN = (RUNNING, PAUSED)


class Outcome(NamedTuple):
    """What became of one cycle of one promise.

    Args:
        workflow: the workflow's name.
        sla: the promise's name.
        subject: the subject's key.
        cycle: which cycle of the subject's.
        state: met, missed, void, running or paused.
        broken: the promise was not kept, whether or not the cycle is over.
        used: time of the promise's own kind that went by while it ran.
        at: when it ended; while open, when it is due (aware UTC). A report's period and weeks go by this.
        week: the ISO week of ``at`` in the calendar's zone, ``2026-W03``.
        reviewer: key of the reviewer or manager who made the last move of it; ``NOBODY`` if none did.
    """

    workflow: str
    sla: str
    subject: str
    cycle: int
    state: str
    broken: bool
    used: timedelta
    at: datetime
    week: str
    reviewer: str = NOBODY


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of a report.

    Args:
        workflow: the workflow's name.
        sla: the promise's name.
        of: the reviewer or the week it is about; empty for the whole promise.
        met: cycles that ended in time.
        missed: promises that were broken, ended or not.
        overdue: of the missed, those that are still open.
        open: cycles that are open and not broken.
        void: cycles that were withdrawn, suspended or removed before they were due.
        median: of the time used by the cycles that ended met or missed; None without any.
        p90: nine in ten of them used no more than this; None without any.
    """

    workflow: str
    sla: str
    of: str
    met: int
    missed: int
    overdue: int
    open: int
    void: int
    median: timedelta | None
    p90: timedelta | None

    @property
    def percent_met(self) -> float | None:
        """Of the promises that were either kept or broken, how many in a hundred were kept; None without any."""
        judged = self.met + self.missed
        return 100 * self.met / judged if judged else None

    def as_dict(self) -> dict[str, object]:
        """The line as JSON-able values; lengths in seconds of the promise's own time."""
        return {
            "workflow": self.workflow,
            "sla": self.sla,
            "of": self.of,
            "met": self.met,
            "missed": self.missed,
            "overdue": self.overdue,
            "open": self.open,
            "void": self.void,
            "percent_met": self.percent_met,
            "median_seconds": None if self.median is None else self.median.total_seconds(),
            "p90_seconds": None if self.p90 is None else self.p90.total_seconds(),
        }


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """How promises were kept in a period; each part in the order of its names.

    Args:
        promises: one line for each promise of each workflow.
        reviewers: one for each reviewer who had a hand in it.
        weeks: one for each ISO week, oldest first.
    """

    promises: tuple[Figures, ...]
    reviewers: tuple[Figures, ...]
    weeks: tuple[Figures, ...]

    def as_dict(self) -> dict[str, object]:
        """The report as JSON-able values."""
        return {
            "promises": [line.as_dict() for line in self.promises],
            "reviewers": [line.as_dict() for line in self.reviewers],
            "weeks": [line.as_dict() for line in self.weeks],
        }


def outcomes(
    lifecycle: Lifecycle,
    calendar: Calendar | None,
    subject: str,
    ledger: Iterable[ClockEvent],
    moves: Iterable[Move],
    now: datetime,
) -> tuple[Outcome, ...]:
    """What became of every cycle of one subject's promises; those the workflow does not declare are left out.

    Args:
        lifecycle: its workflow.
        calendar: the workflow's calendar; None when all promises are made in plain time.
        subject: its key.
        ledger: the events of its clocks, oldest first.
        moves: its history, oldest first, for who had a hand in what.
        now: up to when running cycles are counted (aware UTC).

    Raises:
        InvalidInput: a cycle's events do not begin with its start.
    """
    staff = [(move.number, move.by) for move in moves if move.role in _STAFF]
    return tuple(
        _outcome(lifecycle, calendar, subject, course, _reviewer(course, staff))
        for course in courses(ledger, now)
        if course.sla in lifecycle.slas
    )


def _outcome(lifecycle: Lifecycle, calendar: Calendar | None, subject: str, course: Course, reviewer: str) -> Outcome:
    at = course.stopped_at or course.due_at
    local = at.astimezone(zone_named(calendar.zone)) if calendar else at
    year, week, _ = local.isocalendar()
    measure = Measure.of(lifecycle.slas[course.sla].within, calendar)
    return Outcome(
        workflow=lifecycle.name,
        sla=course.sla,
        subject=subject,
        cycle=course.cycle,
        state=course.state,
        broken=course.state == MISSED or (course.state in _OPEN and course.broken),
        used=course.used(measure),
        at=at,
        week=f"{year}-W{week:02}",
        reviewer=reviewer,
    )


def _reviewer(course: Course, staff: Iterable[tuple[int, str]]) -> str:
    """Who of the staff made the last move after the one that began the cycle, up to the one that ended it."""
    last = course.last_move
    found = [who for number, who in staff if number > course.move and (last is None or number <= last)]
    return found[-1] if found else NOBODY


def report(found: Iterable[Outcome], since: datetime | None = None, until: datetime | None = None) -> PromiseReport:
    """The figures of all outcomes whose ``at`` lies in [since, until), bounds left out being open.

    Args:
        found: what became of the cycles, of any number of subjects.
        since: from when on (aware UTC).
        until: up to when (aware UTC).
    """
    whole: dict[tuple[str, str, str], list[Outcome]] = {}
    reviewers: dict[tuple[str, str, str], list[Outcome]] = {}
    weeks: dict[tuple[str, str, str], list[Outcome]] = {}
    for outcome in found:
        if (since and outcome.at < since) or (until and outcome.at >= until):
            continue
        promise = outcome.workflow, outcome.sla
        whole.setdefault((*promise, ""), []).append(outcome)
        weeks.setdefault((*promise, outcome.week), []).append(outcome)
        if outcome.reviewer != NOBODY:
            reviewers.setdefault((*promise, outcome.reviewer), []).append(outcome)
    return PromiseReport(_lines(whole), _lines(reviewers), _lines(weeks))


def _lines(groups: dict[tuple[str, str, str], list[Outcome]]) -> tuple[Figures, ...]:
    return tuple(_figures(*names, group) for names, group in sorted(groups.items()))


def _figures(workflow: str, sla: str, of: str, group: list[Outcome]) -> Figures:
    states = Counter(outcome.state for outcome in group)
    overdue = sum(outcome.broken and outcome.state in _OPEN for outcome in group)
    used = sorted(outcome.used for outcome in group if outcome.state in (MET, MISSED))
    return Figures(
        workflow=workflow,
        sla=sla,
        of=of,
        met=states[MET],
        missed=states[MISSED] + overdue,
        overdue=overdue,
        open=states[RUNNING] + states[PAUSED] - overdue,
        void=states[VOID],
        median=percentile(used, 50),
        p90=percentile(used, 90),
    )


def percentile(ordered: list[timedelta], percent: int) -> timedelta | None:
    """The smallest value that is not below ``percent`` in a hundred of them (nearest rank); None without values.

    Args:
        ordered: ascending.
        percent: from 1 to 100.
    """
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None
