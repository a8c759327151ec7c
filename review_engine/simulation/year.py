"""The year itself: whatever happens next, be it a person's doing or a clock's ringing, happens at its time.

Partners hand in, wait, withdraw, mend or fall silent. Reviewers work in the calendar's hours, one review at a time, the
one that is due first; each is away for some weeks. The watch comes by the moment a clock is due, as a worker would.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from pathlib import Path

from review_engine.domain.actors import Actor, Role
from review_engine.domain.canonical import digest
from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.hours import zone_named
from review_engine.domain.keys import SubjectKey
from review_engine.domain.verdicts import Refused
from review_engine.engine import ReviewEngine
from review_engine.ports.store import Ask, Query
from review_engine.simulation.account import Account, Week, kept
from review_engine.simulation.repromised import Repromised
from review_engine.simulation.scenario import Fate, Lots, Scenario
from review_engine.simulation.script import Script, script_of
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine

_HOST = Actor.host()
_COMMENT = "Please mend what is named above, and hand it in again."
_EVIDENCE_LASTS = timedelta(days=30)

Happening = Callable[[], None]


def simulate(
    scenario: Scenario,
    *,
    workflows: str | Path | None = None,
    calendars: str | Path | None = None,
    progress: Callable[[datetime], None] | None = None,
) -> Account:
    """Play a year.

    Args:
        scenario: what is assumed.
        workflows: a folder of workflow files; None for the shipped ones.
        calendars: a folder of calendars; None for the one beside the workflow files.
        progress: told the time of the year, week by week.

    Raises:
        UnknownName: no such workflow or promise.
        InvalidInput: the workflow has no rounds to play, or a promise no length.
        InvalidFile: the files have faults.
    """
    clock = TurnableClock(datetime(1970, 1, 1, tzinfo=UTC))
    engine = open_test_engine(clock=clock, workflows=workflows, calendars=calendars, secret_key=new_key())
    library = Repromised.of(engine.desk.library, scenario.kind, scenario.promises)
    engine = replace(engine, desk=replace(engine.desk, library=library), default_kind=scenario.kind)
    return _Year(scenario, engine, clock, script_of(library, scenario.kind), progress).play()


class _Year:
    """Everything that goes on in it."""

    def __init__(
        self,
        scenario: Scenario,
        engine: ReviewEngine,
        clock: TurnableClock,
        script: Script,
        progress: Callable[[datetime], None] | None,
    ) -> None:
        self._scenario, self._engine, self._clock, self._script = scenario, engine, clock, script
        self._progress = progress
        self._calendar = engine.desk.library.calendar(engine.lifecycle(scenario.kind).calendar)
        self._zone = zone_named(self._calendar.zone)
        start = (scenario.start or datetime(2026, 1, 5, tzinfo=self._zone)).astimezone(self._zone)
        self._start = start.astimezone(UTC)
        self._end = (start + timedelta(days=scenario.days)).astimezone(UTC)  # by the wall clock
        self._lots = Lots(scenario)
        self._away = [self._lots.weeks_off(reviewer) for reviewer in range(scenario.staff)]
        self._ahead: list[tuple[datetime, int, Happening]] = []
        self._count = 0
        self._queue: list[tuple[datetime, int, str]] = []
        self._idle: list[int] = []
        self._waiting: set[str] = set()
        self._rounds: dict[str, int] = {}
        self._weeks: list[Week] = []
        self._reminders = self._breaches = 0

    def play(self) -> Account:
        """Play it to its end, and say what it came to."""
        self._clock.turn(self._start)
        self._open_week()
        for number, at in enumerate(self._lots.arrivals(self._start, self._end)):
            self._later(at, partial(self._arrive, number))
        for reviewer in range(self._scenario.staff):
            self._later(self._start, partial(self._look, reviewer))
        with _undisturbed():
            going_on = True
            while going_on:
                going_on = self._goes_on()
        self._clock.turn(self._end)
        self._close_week()
        return self._account()

    # Time

    def _goes_on(self) -> bool:
        """The next thing happens, a person's doing before a clock's ringing at the same moment; False at the end."""
        wakes = self._engine.desk.store.next_ring()
        if self._ahead and (wakes is None or self._ahead[0][0] <= wakes):
            at, _, happening = self._ahead[0]
            if at < self._end:
                heappop(self._ahead)
                self._turn(at)
                happening()
                return True
        elif wakes is not None and wakes < self._end:
            self._ring(wakes)
            return True
        return False

    def _turn(self, at: datetime) -> None:
        if at > self._clock():
            self._clock.turn(at)

    def _later(self, at: datetime, happening: Happening) -> None:
        self._count += 1
        heappush(self._ahead, (at, self._count, happening))

    def _ring(self, at: datetime) -> None:
        self._turn(at)
        tick = self._engine.tick()
        self._reminders += tick.reminders
        self._breaches += tick.breaches
        for rung in tick.rung:
            for name in rung.broken:
                breaches = self._weeks[-1].breaches
                breaches[name] = breaches.get(name, 0) + 1

    def _open_week(self) -> None:
        local = self._clock().astimezone(self._zone)
        year, week, weekday = local.isocalendar()
        self._weeks.append(Week(f"{year}-W{week:02}", most=len(self._waiting)))
        monday = local.date() + timedelta(days=8 - weekday)
        self._later(datetime(monday.year, monday.month, monday.day, tzinfo=self._zone).astimezone(UTC), self._turn_week)

    def _turn_week(self) -> None:
        self._close_week()
        self._open_week()
        if self._progress is not None:
            self._progress(self._clock())

    def _close_week(self) -> None:
        self._weeks[-1].waiting = len(self._waiting)

    # Partners

    def _arrive(self, number: int) -> None:
        engine, script = self._engine, self._script
        key, partner = f"{script.kind}/app-{number}", f"partner-{number}"
        by = Actor.partner(f"p-{number}", of=partner)
        engine.register(key, partner=partner, by=by, facts=script.facts)
        for part in script.parts:
            engine.register(self._part(part.kind, number), partner=partner, by=by, parent=key, facts=part.facts)
        self._submit(number, key, by)
        patience = self._lots.patience(number)
        if patience is not None:
            self._later(self._clock() + patience, partial(self._withdraw, key, by))

    def _part(self, kind: str, number: int) -> str:
        return f"{kind}/part-{number}"

    def _submit(self, number: int, key: str, by: Actor) -> None:
        engine, script = self._engine, self._script
        for part in script.parts:
            for probe, outcome in part.seen.items():
                engine.record_evidence(self._part(part.kind, number), probe, outcome, by=_HOST, lasts=_EVIDENCE_LASTS)
        try:
            engine.move(key, script.submit, by=by)
        except ReviewEngineError as error:
            if number == 0:
                raise  # the workflow asks for what no simulated partner has
            if not isinstance(error, Refused):
                raise
            return
        self._rounds[key] = self._rounds.get(key, 0) + 1
        self._weeks[-1].arrived += 1
        self._waiting.add(key)
        self._weeks[-1].most = max(self._weeks[-1].most, len(self._waiting))
        self._count += 1
        heappush(self._queue, (self._due(key), self._count, key))
        if self._idle:
            self._later(self._clock(), partial(self._look, heappop(self._idle)))

    def _due(self, key: str) -> datetime:
        """When the first promise to the partner is due; by that, a submission has its place in the queue."""
        now = self._clock()
        dossier = self._engine.desk.store.dossier(SubjectKey.parse(key), Ask(now, clocks=True))
        return min((clock.due_at for clock in dossier.clocks if clock.open), default=now)

    def _withdraw(self, key: str, by: Actor) -> None:
        if key not in self._waiting:
            return
        for rule in self._engine.lifecycle(self._script.kind).leaving(self._engine.subject(key, by=_HOST).state):
            if Role.PARTNER in rule.by and not rule.guards and not rule.needs and not rule.opens:
                self._engine.move(key, rule.name, by=by)
                self._waiting.discard(key)
                return

    def _answer(self, key: str) -> None:
        subject = self._engine.subject(key, by=_HOST)
        lifecycle = self._engine.lifecycle(self._script.kind)
        if subject.state in lifecycle.transition(self._script.submit).sources:
            number = _number(key)
            self._submit(number, key, Actor.partner(f"p-{number}", of=subject.partner))

    # Reviewers

    def _look(self, reviewer: int) -> None:
        """A reviewer who is free looks for work."""
        now = self._clock()
        opening = self._calendar.next_opening(now)
        week = (now - self._start).days // 7
        if week in self._away[reviewer]:
            self._later(max(opening, self._start + timedelta(days=7 * (week + 1))), partial(self._look, reviewer))
        elif opening > now:
            self._later(opening, partial(self._look, reviewer))
        else:
            self._take_up(reviewer)

    def _take_up(self, reviewer: int) -> None:
        while self._queue:
            _, _, key = heappop(self._queue)
            if key in self._waiting:
                if self._script.claim:
                    self._engine.move(key, self._script.claim, by=_reviewer(reviewer))
                number, rounds = _number(key), self._rounds[key]
                fate = self._lots.fate(number, rounds)
                ends = self._calendar.add(self._clock(), fate.effort)
                self._later(ends, partial(self._decide, reviewer, key, fate))
                return
        heappush(self._idle, reviewer)

    def _decide(self, reviewer: int, key: str, fate: Fate) -> None:
        if key in self._waiting:
            self._waiting.discard(key)
            self._weeks[-1].decided += 1
            self._rule(key, fate, _reviewer(reviewer))
        self._look(reviewer)

    def _rule(self, key: str, fate: Fate, by: Actor) -> None:
        engine, script = self._engine, self._script
        if fate.decision == "reject" and script.reject:
            engine.move(key, script.reject, by=by, comment=_COMMENT)
            return
        if fate.decision == "approve" or not script.send_back:
            engine.edit(key, script.criteria, by=by)
            try:
                engine.move(key, script.approve, by=by)
                return
            except Refused:
                if not script.send_back:
                    raise
        engine.move(key, script.send_back, by=by, comment=_COMMENT)
        if fate.answer is not None:
            self._later(self._clock() + fate.answer, partial(self._answer, key))

    # The end

    def _account(self) -> Account:
        engine, kind = self._engine, self._script.kind
        report = engine.promise_report(by=_HOST, kind=kind)
        kept(self._weeks, report, kind)
        heads: list[tuple[str, str]] = []
        moves = by_itself = 0
        for key, head, chain in engine.desk.store.histories():
            heads.append((key, head))
            moves += len(chain)
            by_itself += sum(move.role == Role.ENGINE.value for move in chain)
        census = engine.census(Query(kind), by=_HOST)
        weeks = tuple(self._weeks)
        return Account(
            weeks=weeks,
            promises=report.promises,
            reviewers=self._scenario.staff,
            subjects=len(heads),
            moves=moves,
            by_itself=by_itself,
            reminders=self._reminders,
            breaches=self._breaches,
            states={state: count for (_, state), count in sorted(census.items())},
            digest=digest([heads, report.as_dict(), [week.as_dict() for week in weeks]]),
        )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the collector of circular garbage: nothing here makes any, and all that is made is kept to the end."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _number(key: str) -> int:
    return int(key.rpartition("-")[2])


def _reviewer(number: int) -> Actor:
    return Actor.reviewer(f"r-{number}")
