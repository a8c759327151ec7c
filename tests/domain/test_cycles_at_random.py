"""The cycles of clocks under any order of moves, pauses, rings and edits, judged by a count the test keeps itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.clocks import PAUSED, RUNNING, Clock
from review_engine.domain.courses import courses
from review_engine.domain.cycles import reproject
from review_engine.domain.derivation import explain
from review_engine.domain.lifecycle import Sla
from review_engine.domain.measures import Measure
from tests.domain.clockwork import OFFICE, RENAMED, WEEK, Story, at, office, promise

HALF_DAYS = office(
    zone="Europe/London",
    hours={
        "monday": [["09:00", "12:00"], ["13:00", "17:00"]],
        "wednesday": [["22:00", "06:00"]],
        "saturday": [["09:00", "12:00"]],
    },
    holidays={"2026-03-30": "Holiday"},
)
MOMENT = timedelta(microseconds=1)


class Step(NamedTuple):
    """After a gap, the subject moves to a state, or (empty) a worker looks at the clock."""

    gap: timedelta
    target: str


gaps = st.one_of(
    st.sampled_from([timedelta(), MOMENT, timedelta(hours=1), timedelta(hours=8), timedelta(days=1)]),
    st.integers(0, 3 * 86_400 * 10**6).map(lambda ticks: MOMENT * ticks),
)
targets = st.sampled_from(["", "submitted", "changes_requested"] * 3 + ["in_review", "public_beta", "withdrawn"])
steps = st.lists(st.builds(Step, gaps, targets), min_size=1, max_size=14)
calendars = st.sampled_from([OFFICE, HALF_DAYS])
starts = st.integers(0, 300 * 1440).map(lambda minutes: at("01-01 00:00") + timedelta(minutes=minutes))
slas = st.sampled_from(
    [
        promise("2 business days", ("1 business day",)),
        promise("16 business hours", ("4 business hours", "15 business hours")),
        promise("3 days", ("1 day", "1 business day")),
        promise("1 business day"),
    ]
)


def told(sla: Sla, calendar: object, start: datetime, taken: Sequence[Step]) -> tuple[Story, datetime]:
    """The story that begins with a submission and goes on with the steps, and the time at its end."""
    story = Story(sla, calendar=calendar)  # type: ignore[arg-type]
    story.move("submitted", start)
    now = start
    for step in taken:
        now += step.gap
        if step.target:
            story.move(step.target, now)
        else:
            story.ring(now)
    return story, now


def runs(start: datetime, taken: Sequence[Step], end: datetime) -> list[list[tuple[datetime, datetime]]]:
    """When the clock ran, cycle by cycle, found from the steps alone."""
    cycles: list[list[tuple[datetime, datetime]]] = [[]]
    since: datetime | None = start
    open_cycle = True
    now = start
    for step in taken:
        now += step.gap
        running = step.target in ("submitted", "in_review")
        if not step.target or (running and since is not None):
            continue
        if since is not None:
            cycles[-1].append((since, now))
            since = None
        if running:
            if not open_cycle:
                cycles.append([])
            since, open_cycle = now, True
        elif step.target != "changes_requested":
            open_cycle = False
    if since is not None:
        cycles[-1].append((since, end))
    return cycles


@given(slas, calendars, starts, steps)
def test_the_time_used_is_the_sum_of_the_time_it_ran(
    sla: Sla, calendar: object, start: datetime, taken: list[Step]
) -> None:
    story, now = told(sla, calendar, start, taken)
    measure = Measure.of(sla.within, story.calendar)
    expected = [sum((measure.between(*run) for run in cycle), timedelta()) for cycle in runs(start, taken, now)]
    assert [course.used(measure) for course in courses(story.ledger, now)] == expected


@given(slas, calendars, starts, steps)
def test_used_and_left_make_up_the_promise_while_it_holds(
    sla: Sla, calendar: object, start: datetime, taken: list[Step]
) -> None:
    story, now = told(sla, calendar, start, taken)
    clock = story.clock
    found = explain(sla, clock, story.ledger, story.calendar, now)
    measure = Measure.of(sla.within, story.calendar)
    whole = measure.between(clock.started_at, sla.within.after(story.calendar, clock.started_at))
    if clock.open and not found.course.broken:
        assert found.used + found.left == whole
    if clock.state == RUNNING and not found.course.broken:
        counted = sum((measure.between(*interval) for interval in found.counted), timedelta())
        assert counted == whole
        assert found.left == measure.between(now, clock.due_at)


@given(slas, calendars, starts, steps)
def test_a_due_date_never_becomes_earlier_and_never_moves_after_the_breach(
    sla: Sla, calendar: object, start: datetime, taken: list[Step]
) -> None:
    story = Story(sla, calendar=calendar)  # type: ignore[arg-type]
    story.move("submitted", start)
    now = start
    for step in taken:
        before, now = story.clock, now + step.gap
        broken = before.state == RUNNING and now > before.due_at
        if step.target:
            story.move(step.target, now)
        else:
            story.ring(now)
        if story.clock.cycle == before.cycle:
            assert story.clock.due_at >= before.due_at
            assert story.clock.due_at == before.due_at or not (broken or before.breached_at)


@given(slas, calendars, starts, steps)
def test_a_clock_wakes_exactly_when_something_is_due(
    sla: Sla, calendar: object, start: datetime, taken: list[Step]
) -> None:
    story, now = told(sla, calendar, start, taken)
    told_so_far = 0
    while (wakes := story.clock.wakes_at) is not None:
        if wakes > now:
            assert story.ring(wakes - MOMENT).events == ()
            assert story.clock.wakes_at == wakes
        assert story.ring(max(wakes, now)).events
        assert story.ring(max(wakes, now)).events == ()
        told_so_far += 1
        assert told_so_far <= len(sla.warnings) + 1
    assert story.clock.breached_at or story.clock.state != RUNNING
    assert story.ring(now + timedelta(days=4000)).events == ()


@given(slas, calendars, starts, steps)
def test_a_worker_that_never_came_changes_no_date_and_no_outcome(
    sla: Sla, calendar: object, start: datetime, taken: list[Step]
) -> None:
    moves = [step for step in taken if step.target]
    absent, _ = told(sla, calendar, start, moves)
    eager = Story(sla, calendar=absent.calendar)
    eager.move("submitted", start)
    now = start
    for step in moves:
        now += step.gap
        while (wakes := eager.clock.wakes_at) is not None and wakes < now:
            eager.ring(wakes)
        eager.move(step.target, now)
    assert _fate(eager.clock) == _fate(absent.clock)
    assert [(course.state, course.due_at) for course in courses(eager.ledger, now)] == [
        (course.state, course.due_at) for course in courses(absent.ledger, now)
    ]


def _fate(clock: Clock) -> tuple[object, ...]:
    return clock.state, clock.cycle, clock.due_at, clock.rest, clock.paused_at, clock.stopped_at


@given(slas, starts, steps)
def test_a_version_that_opens_alike_moves_nothing(sla: Sla, start: datetime, taken: list[Step]) -> None:
    story, now = told(sla, OFFICE, start, taken)
    before = story.clock
    assert story.reproject(RENAMED, now).events == ()
    assert _fate(story.clock) == _fate(before)
    assert story.clock.wakes_at == before.wakes_at


@given(slas, starts, steps, st.sets(st.integers(1, 365), max_size=200), steps)
def test_an_edit_of_the_calendar_breaks_no_promise_and_can_be_undone(
    sla: Sla, start: datetime, taken: list[Step], closed: set[int], later: list[Step]
) -> None:
    story, now = told(sla, OFFICE, start, taken)
    before = story.clock
    days = sorted((at("01-01 00:00") + timedelta(days=day)).date().isoformat() for day in closed)
    edited = office(holidays=dict.fromkeys(days, ""), hours={**WEEK, "tuesday": [["10:00", "11:00"]]})
    story.reproject(edited, now)
    if before.state == RUNNING and now < before.due_at:
        assert now < story.clock.due_at
    if before.state == PAUSED and before.paused_at is not None and before.paused_at <= before.due_at:
        assert before.paused_at <= story.clock.due_at
    rung = story.ring(now)
    assert rung.breach is None or before.due_at <= now
    if not rung.events and before.open and now < before.due_at:
        undone = reproject(sla, story.clock, OFFICE, now, story.ledger)
        clock = undone.clocks[0]
        assert _fate(clock) == _fate(before)
    for step in later:
        now += step.gap
        story.move(step.target or "in_review", now)
    assert story.clock.due_at >= start
