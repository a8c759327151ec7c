"""The figures: how promises were kept, what is overdue, how long the queue was, who has how much in hand.

Reviewers read them too. Nothing is added up here: each number is one that the engine answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console import charts
from review_engine.console.names import Names
from review_engine.console.places import zone_of
from review_engine.console.queue import REASONS
from review_engine.console.visits import Visit, Visitors, staff_only
from review_engine.domain.actors import Role
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle, Sla
from review_engine.domain.promises import Figures, Outcome
from review_engine.engine import ReviewEngine
from review_engine.ports.reception import QueueEntry, QueueQuery, Workload

PERIODS = {"28": "28 days", "91": "13 weeks", "365": "A year"}
USUAL = 28
GOOD, FAIR = 95.0, 80.0
"""Percent of promises kept from which on a figure reads well, and from which on it reads fair."""

_LISTED = 100
_TABLE_ROWS = 31
_LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """From a day up to a day, both meant; in UTC, as the ledgers count days.

    Args:
        first, last: the days.
        wrong: why what was asked for could not be used; empty when it could.
    """

    first: date
    last: date
    wrong: str = ""

    @property
    def since(self) -> datetime:
        """Its beginning (aware UTC)."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def until(self) -> datetime:
        """Its end, not included (aware UTC)."""
        return datetime.combine(self.last, time.min, UTC) + timedelta(days=1)

    @classmethod
    def of(cls, since: str, until: str, now: datetime) -> "Period":
        """The period that two texts name, ``YYYY-MM-DD``; the usual one where they name none."""
        today = now.astimezone(UTC).date()
        try:
            last = min(date.fromisoformat(until), today) if until else today
            first = date.fromisoformat(since) if since else last - timedelta(days=USUAL - 1)
        except (ValueError, OverflowError):
            return cls(today - timedelta(days=USUAL - 1), today, "A day is written as YYYY-MM-DD.")
        if first > last or last - first > _LONGEST:
            wrong = "The period has to end after it begins, and to span three years at most."
            return cls(today - timedelta(days=USUAL - 1), today, wrong)
        return cls(first, last)


class Line(NamedTuple):
    """One line of a table of promises, with words: whose it is, what is promised, how well that reads, who keeps it."""

    figures: Figures
    workflow: str
    title: str
    name: str
    reads: str
    ours: bool


class Hand(NamedTuple):
    """What one reviewer has in hand, and which it is."""

    load: Workload
    entries: tuple[QueueEntry, ...]


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/figures", name="console_figures")
    def figures(visit: Visit = visitors.signed_in) -> Response:
        staff_only(visit)
        return _figures(visit)


def _figures(visit: Visit) -> Response:
    engine, by, given = visit.engine, visit.by, visit.request.query_params
    kinds = {kind: engine.lifecycle(kind) for kind in engine.desk.library.kinds()}
    kind = given.get("kind") if given.get("kind") in kinds else None
    period = Period.of(given.get("since", "").strip(), given.get("until", "").strip(), engine.clock())
    report = engine.promise_report(by=by, since=period.since, until=period.until, kind=kind)
    lengths = engine.queue_lengths(by=by, since=period.since, until=period.until, kind=kind)
    points = [charts.Point(waiting.day, waiting.waiting) for waiting in lengths]
    names = Names(engine.directory)
    broken = engine.breaches(by=by, since=period.since, until=period.until, kind=kind)[:_LISTED]
    return visit.page(
        "figures.html",
        422 if period.wrong else 200,
        period=period,
        periods={title: _link(visit, int(days), kind) for days, title in PERIODS.items()},
        kinds=kinds,
        kind=kind or "",
        promises=_lines(report.promises, kinds, names),
        reviewers=_lines([each for each in report.reviewers if _ours(each, kinds)], kinds, names),
        weeks=_lines([each for each in report.weeks if _ours(each, kinds)], kinds, names),
        overdue=engine.queue(QueueQuery(kind=kind, overdue=True, limit=_LISTED), by=by),
        breaches=broken,
        called=_called(engine, broken),
        chart=charts.line(points, "How many waited for us at the end of each day"),
        points=charts.spread(points, _TABLE_ROWS),
        hands=_hands(engine, visit, kind),
        drips=engine.late_findings(by=by, since=period.since),
        reasons=REASONS,
        names=names,
        zone=zone_of(engine, engine.lifecycle(kind)),
        zones={name: ZoneInfo(zone_of(engine, lifecycle)).key for name, lifecycle in kinds.items()},
    )


def _called(engine: ReviewEngine, broken: Sequence[Outcome]) -> dict[str, str]:
    """Subject's key -> its name."""
    keys = sorted({SubjectKey.parse(each.subject) for each in broken})
    return {key: subject.name for key, subject in engine.desk.store.subjects(keys).items()} if keys else {}


def _link(visit: Visit, days: int, kind: str | None) -> str:
    first = visit.engine.clock().astimezone(UTC).date() - timedelta(days=days - 1)
    return visit.link("figures", q_since=first.isoformat(), q_kind=kind or "")


def _lines(found: Sequence[Figures], kinds: dict[str, Lifecycle], names: Names) -> list[Line]:
    return [
        Line(
            each,
            kinds[each.workflow].title if each.workflow in kinds else each.workflow,
            sla.title if (sla := _sla(each, kinds)) else each.sla.replace("_", " "),
            names.person(each.of),
            _reads(each.percent_met),
            _ours(each, kinds),
        )
        for each in found
    ]


def _sla(figures: Figures, kinds: dict[str, Lifecycle]) -> Sla | None:
    lifecycle = kinds.get(figures.workflow)
    return lifecycle.slas.get(figures.sla) if lifecycle else None


def _ours(figures: Figures, kinds: dict[str, Lifecycle]) -> bool:
    """Whether it is a promise of the staff's, and not one that a partner has to keep."""
    sla = _sla(figures, kinds)
    if sla is None:
        return True
    states = kinds[figures.workflow].states
    return any(states[name].waits_for in (Role.REVIEWER, Role.MANAGER) for name in sla.runs_in if name in states)


def _reads(percent: float | None) -> str:
    if percent is None:
        return "none"
    return "good" if percent >= GOOD else "fair" if percent >= FAIR else "poor"


def _hands(engine: ReviewEngine, visit: Visit, kind: str | None) -> list[Hand]:
    return [
        Hand(
            load,
            engine.queue(QueueQuery(kind=kind, claimed_by=load.reviewer, limit=_LISTED), by=visit.by).entries
            if load.claimed
            else (),
        )
        for load in engine.workload(by=visit.by, kind=kind)
    ]
