"""Why a promise is due when it is: the partner's answer to "by when, and why that date", and the audit's.

A due date that nobody can check is a due date that nobody trusts. So each one can be taken apart: when the request came
and as which opening it counts, the hours that count, the pauses and whose they are, the holidays met, what is left.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from review_engine.domain.calendar import WEEKDAYS, Calendar, Holiday, Interval
from review_engine.domain.canonical import instant
from review_engine.domain.clocks import MET, RUNNING, STARTED, VOID, Clock, ClockEvent
from review_engine.domain.courses import Course, Halt, course_of
from review_engine.domain.instants import TICK
from review_engine.domain.lifecycle import Sla
from review_engine.domain.measures import Measure, promised
from review_engine.domain.wording import Wall, day, spoken

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one promise came to its due date. Times are aware UTC; ``lines`` speaks in the calendar's zone.

    Args:
        sla: the promise's name.
        title: as people read it.
        within: how long was promised ("2 business days").
        zone: the time zone in which people read it.
        calendar: version of the calendar it was counted by; empty for plain time.
        course: when it ran, paused and ended.
        received_at: the opening as which its start counts; the start itself when that was open.
        counted: the stretches of time that counted, up to the due date; to the pause or the end, if that came before.
        holidays: dates that would have been open and were not, while it ran.
        now: when it was asked.
        used: time of the promise's own kind that has gone by while it ran.
        left: what remains of it; zero when it is overdue or over.
        late_by: plain time past the due date, at ``now`` or when it was last counted; zero when it is not late.
        resumed_due_at: while paused in time, when it would be due if it resumed now; None otherwise.
        supposed: nothing has happened: this is what would hold if it started now.
    """

    sla: str
    title: str
    within: str
    zone: str
    calendar: str
    course: Course
    received_at: datetime
    counted: tuple[Interval, ...]
    holidays: tuple[Holiday, ...]
    now: datetime
    used: timedelta
    left: timedelta
    late_by: timedelta
    resumed_due_at: datetime | None = None
    supposed: bool = False

    @property
    def due_at(self) -> datetime:
        """When it is due; while paused, as it was at the pause."""
        return self.course.due_at

    @property
    def state(self) -> str:
        """running, paused, met, missed or void."""
        return self.course.state

    @property
    def paused_because(self) -> str:
        """Why it is paused, one line for people; empty when it is not."""
        return self.course.paused.why if self.course.paused else ""

    @property
    def in_hours(self) -> bool:
        """Whether it was received within the hours that count."""
        return self.received_at == self.course.started_at

    def as_dict(self) -> dict[str, object]:
        """The derivation as JSON-able values, instants as text in UTC, lengths in seconds."""
        course = self.course
        return {
            "sla": self.sla,
            "title": self.title,
            "within": self.within,
            "cycle": course.cycle,
            "state": course.state,
            "supposed": self.supposed,
            "zone": self.zone,
            "calendar": self.calendar,
            "asked_at": instant(self.now),
            "started_at": instant(course.started_at),
            "received_at": instant(self.received_at),
            "in_hours": self.in_hours,
            "due_at": instant(course.due_at),
            "resumed_due_at": _text(self.resumed_due_at),
            "breached_at": _text(course.breached_at),
            "stopped_at": _text(course.stopped_at),
            "used_seconds": self.used.total_seconds(),
            "left_seconds": self.left.total_seconds(),
            "late_by_seconds": self.late_by.total_seconds(),
            "paused_because": self.paused_because,
            "counted": [[instant(start), instant(end)] for start, end in self.counted],
            "pauses": [
                {"from": instant(halt.start), "to": _text(halt.end), "why": halt.why, "after_breach": halt.late}
                for halt in course.halts
            ],
            "holidays": [{"date": holiday.date.isoformat(), "name": holiday.name} for holiday in self.holidays],
            "moved": [
                {"at": instant(shift.at), "from": instant(shift.before), "to": instant(shift.after)}
                for shift in course.shifts
            ],
            "says": list(self.lines()),
        }

    def lines(self) -> tuple[str, ...]:
        """The derivation as sentences for the partner, in the calendar's zone, which the last one names."""
        return tuple(_told(self))


def explain(
    sla: Sla, clock: Clock, ledger: Iterable[ClockEvent], calendar: Calendar | None, now: datetime
) -> Derivation:
    """The derivation of a clock's present due date, or of the one it had when it ended.

    Args:
        sla: the promise.
        clock: its current cycle.
        ledger: the events of the subject's clocks, oldest first; those of other cycles are skipped.
        calendar: the version that the clock is counted by; None for plain time on no calendar.
        now: aware UTC.

    Raises:
        InvalidInput: the ledger does not hold the start of the clock's cycle.
        CalendarNeverOpens: the calendar is closed for more than ten years on the way.
    """
    course = course_of(ledger, clock.sla, clock.cycle, now)
    return _derived(sla, clock, course, calendar, now)


def suppose(
    sla: Sla, calendar: Calendar | None, facts: Mapping[str, object], now: datetime, opening: str = ""
) -> Derivation:
    """What would hold if the promise started now ("what if I submitted now").

    Args:
        sla: the promise.
        calendar: the workflow's calendar.
        facts: the subject's facts, of which one may choose the tier.
        now: aware UTC.
        opening: the title of the state that would start it, such as ``Submitted``.

    Raises:
        CalendarNeverOpens: the calendar is closed for more than ten years on the way.
    """
    within = sla.duration(facts)
    version = calendar.version if calendar else ""
    clock = Clock(sla.name, 1, 0, RUNNING, now, within.after(calendar, now), str(within), version)
    start = ClockEvent(sla.name, 1, STARTED, 1, now, clock.due_at, opening)
    return _derived(sla, clock, course_of([start], sla.name, 1, now), calendar, now, supposed=True)


def _titled(sla: Sla, within: str) -> str:
    """The promise as people read it; where another length was promised than to most, such as to a tier, with that."""
    return sla.title if within == str(sla.within) else f"{sla.title} (here: {within})"


def _derived(
    sla: Sla, clock: Clock, course: Course, calendar: Calendar | None, now: datetime, supposed: bool = False
) -> Derivation:
    measure = Measure.of(promised(clock.within), calendar)
    left, resumed = _left(clock, course, measure, now)
    spans = [*course.runs]
    if course.state == RUNNING:
        spans[-1] = spans[-1][0], max(spans[-1][0], course.due_at)
    spans = [(start, min(end, course.due_at)) for start, end in spans]
    return Derivation(
        sla=sla.name,
        title=_titled(sla, clock.within),
        within=clock.within,
        zone=calendar.zone if calendar else "UTC",
        calendar=clock.calendar if measure.calendar else "",
        course=course,
        received_at=measure.opening(course.started_at),
        counted=tuple(interval for start, end in spans for interval in measure.intervals(start, end)),
        holidays=_holidays(measure.calendar, spans),
        now=now,
        used=course.used(measure),
        left=left,
        late_by=max(_NOTHING, (now if course.state == RUNNING else course.counted_to) - course.due_at),
        resumed_due_at=resumed,
        supposed=supposed,
    )


def _left(clock: Clock, course: Course, measure: Measure, now: datetime) -> tuple[timedelta, datetime | None]:
    """What remains, and while paused in time also when it would be due if it resumed now."""
    if course.state == RUNNING:
        return max(_NOTHING, measure.between(now, course.due_at)), None
    if course.paused and not course.broken:
        rest = TICK * (clock.rest or 0)
        return rest, max(course.due_at, measure.after(measure.opening(now), rest))
    return _NOTHING, None


def _holidays(calendar: Calendar | None, spans: Iterable[tuple[datetime, datetime]]) -> tuple[Holiday, ...]:
    """The holidays met while it ran, less those on weekdays that are closed anyhow."""
    if calendar is None:
        return ()
    met = {holiday for start, end in spans for holiday in calendar.holidays_between(start, end)}
    return tuple(sorted(holiday for holiday in met if calendar.hours.get(WEEKDAYS[holiday.date.weekday()])))


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def _told(found: Derivation) -> Iterator[str]:
    wall = Wall.of(found.zone)
    yield f"{found.title}." if found.within in found.title else f"{found.title}: {found.within}."
    yield _reception(found, wall)
    if promised(found.within).unit == "business day":
        yield "Business days are counted after the day of receipt, and end at closing time."
    if found.calendar and found.counted:
        yield f"The hours that count: {wall.hours(found.counted)}."
    for holiday in found.holidays:
        yield f"{day(holiday.date)} is a holiday{f' ({holiday.name})' if holiday.name else ''} and does not count."
    for halt in found.course.halts:
        yield _pause(halt, wall)
    for shift in found.course.shifts:
        yield (
            f"The calendar was changed on {wall.moment(shift.at)}: "
            f"the due date was {wall.moment(shift.before)} and became {wall.moment(shift.after)}."
        )
    yield _due(found, wall)
    yield f"All times are in the time zone {found.zone}."


def _reception(found: Derivation, wall: Wall) -> str:
    began, counts = found.course.opening or "Started", wall.moment(found.received_at)
    on = f"{began} {'now, ' if found.supposed else ''}on {wall.moment(found.course.started_at)}"
    if not found.calendar:
        return f"{on}; every hour of every day counts."
    verb = "it would be counted" if found.supposed else "counted"
    if found.in_hours:
        return f"{on}, within business hours; {verb} from then."
    return f"{on}, outside business hours; {verb} from {counts}."


def _pause(halt: Halt, wall: Wall) -> str:
    since = wall.moment(halt.start)
    if halt.late:
        lasts = f"to {wall.moment(halt.end)}" if halt.end else "on"
        return f"Paused from {since} {lasts} ({halt.why}); that was after the due date and did not move it."
    if halt.end is None:
        return f"Paused since {since} ({halt.why}); the time until it resumes does not count."
    return f"Paused from {since} to {wall.moment(halt.end)} ({halt.why}); that time did not count."


def _due(found: Derivation, wall: Wall) -> str:
    course, due = found.course, wall.moment(found.due_at)
    if found.supposed:
        return f"It would be due on {due}."
    if course.stopped_at:
        return _ending(found, wall.moment(course.stopped_at), due)
    if found.late_by:
        return f"It was due on {due}, {spoken(found.late_by)} ago." if not course.paused else f"It was due on {due}."
    if found.resumed_due_at:
        left = _business(found, found.left)
        return f"{left} left; if it resumed now, it would be due on {wall.moment(found.resumed_due_at)}."
    return f"Due on {due}; {_business(found, found.left)} left."


def _ending(found: Derivation, ended: str, due: str) -> str:
    if found.state == VOID:
        return f"No longer counted since {ended} ({found.course.closing}); it had been due on {due}."
    if found.state == MET:
        return f"Kept: it ended on {ended}, after {_business(found, found.used)}, and was due on {due}."
    return f"Not kept: it ended on {ended}, {spoken(found.late_by)} after it was due on {due}."


def _business(found: Derivation, amount: timedelta) -> str:
    if found.calendar:
        return f"{spoken(amount, days=False)} of business time"
    return spoken(amount)
