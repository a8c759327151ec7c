"""What commands about time answer to people: derivations, charts, opening hours, heartbeats, a simulated year.

Charts are drawn in plain ASCII, so that they read the same in a log, in a mail and in a terminal of any kind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from review_engine.assembly import machine_clock
from review_engine.cli.screen import DIM, STRONG, TITLE, rows, said, table
from review_engine.domain.calendar import WEEKDAYS, Calendar
from review_engine.domain.derivation import Derivation
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.hours import Shift, open_seconds, zone_named
from review_engine.domain.promises import Figures, PromiseReport
from review_engine.domain.wording import spoken
from review_engine.simulation.account import Account, Week
from review_engine.usecases.recalendar import Projection
from review_engine.worker import Standing

_BAR = 20
_DAYS = 10
_SEARCHED = 366
_HOURS, _HOUR = 24, 3600
_SHOWN = 20
_GOOD, _FAIR = 95.0, 80.0
_DUE = ("Due", "It would be due", "It was due")


def derivations(found: Sequence[Derivation], app: str) -> Iterator[object]:
    """By when, and why."""
    if not found:
        yield said(f"Nothing is promised for {app} as it stands.", DIM)
    for each in found:
        first, *rest = each.lines()
        yield Text.assemble(said(first, STRONG), said("  as if" if each.supposed else f"  {each.state}", DIM))
        for line in rest:
            yield Padding(said(line, "yellow" if line.startswith(_DUE) else ""), (0, 0, 0, 2))


# Reports


def report(found: PromiseReport) -> Iterator[object]:
    """How promises were kept: in all, by reviewer, and week by week as a chart."""
    if not found.promises:
        yield said("Nothing was promised in that time.", DIM)
        return
    yield from _figures("promise", found.promises)
    if found.reviewers:
        yield said("\nBy the reviewer who had the last hand in it", STRONG)
        yield from _figures("reviewer", found.reviewers)
    for promise in sorted({(line.workflow, line.sla) for line in found.weeks}):
        yield said(f"\n{promise[0]} {_words(promise[1])}: kept, week by week", STRONG)
        yield _weeks([line for line in found.weeks if (line.workflow, line.sla) == promise])


def _figures(of: str, lines: Sequence[Figures]) -> Iterator[object]:
    """Counts, and the time used in hours and minutes of the promise's own kind."""
    drawn = table(of, "met", "missed", "overdue", "open", "void", "kept", "median", "p90")
    for column in drawn.columns[1:]:
        column.justify, column.ratio = "right", None
    for line in lines:
        promise = f"{line.workflow} {_words(line.sla)}"
        name = f"{line.of}: {promise}" if line.of else promise
        cells = (name, line.met, line.missed, line.overdue, line.open, line.void, _percent(line.percent_met))
        rows(drawn, [(*cells, _length(line.median), _length(line.p90))])
    yield drawn


def _weeks(lines: Sequence[Figures]) -> Table:
    drawn = table("", "", "", "")
    drawn.show_header = False
    for line in lines:
        judged = f"{line.met} of {line.met + line.missed}" if line.met + line.missed else f"{line.open} open"
        rows(drawn, [(line.of, _bar(line.percent_met), _percent(line.percent_met), said(judged, DIM))])
    return drawn


def _bar(percent: float | None) -> Text:
    filled = round((percent or 0) * _BAR / 100)
    return Text("#" * filled + "." * (_BAR - filled), _colour(percent))


def _percent(percent: float | None) -> Text:
    return Text("-" if percent is None else f"{percent:.1f}%", _colour(percent), justify="right")


def _colour(percent: float | None) -> str:
    if percent is None:
        return DIM
    return "green" if percent >= _GOOD else "yellow" if percent >= _FAIR else "red"


def _length(length: timedelta | None) -> str:
    """Hours and minutes, ``39:07``."""
    if length is None:
        return "-"
    hours, rest = divmod(length, timedelta(hours=1))
    return f"{hours}:{rest // timedelta(minutes=1):02}"


def _words(name: str) -> str:
    return name.replace("_", " ")


# Calendars


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """A date that has hours, and the holidays since the one before it.

    Args:
        on: the local date on which its shifts start.
        shifts: its hours.
        skipped: dates before it that would have been open, each with the name of the holiday.
    """

    on: date
    shifts: tuple[Shift, ...]
    skipped: tuple[tuple[date, str], ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "date": self.on.isoformat(),
            "hours": [list(shift.texts) for shift in self.shifts],
            "closed_before": [{"date": on.isoformat(), "name": name} for on, name in self.skipped],
        }


def first_day(found: Calendar, text: str | None) -> date:
    """The day from which a calendar is drawn: as written, or today in its zone.

    Raises:
        InvalidInput: the text is no date.
    """
    if text is None:
        return machine_clock().astimezone(zone_named(found.zone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{shown(text)} is not a date", cure="Write it as 2026-03-02.") from None


def business_days(found: Calendar, start: date) -> list[BusinessDay]:
    """The next ten dates that have hours, or as many as a year holds."""
    days: list[BusinessDay] = []
    skipped: list[tuple[date, str]] = []
    for place in range(_SEARCHED):
        on = start + timedelta(days=place)
        usual = tuple(found.hours.get(WEEKDAYS[on.weekday()], ()))
        shifts = found.overrides.get(on, () if on in found.holidays else usual)
        if shifts:
            days.append(BusinessDay(on, tuple(shifts), tuple(skipped)))
            skipped = []
        elif usual:
            skipped.append((on, found.holidays.get(on, "") or "closed"))
        if len(days) == _DAYS:
            break
    return days


def calendar(found: Calendar, days: Sequence[BusinessDay]) -> Iterator[object]:
    """Hours, drawn from midnight to midnight."""
    yield Text.assemble(said(found.name, TITLE), said(f"  {found.zone}, no faults", DIM))
    drawn = table("", "0  3  6  9  12 15 18 21", "")
    drawn.columns[1].no_wrap = True
    for each in days:
        for on, name in each.skipped:
            rows(drawn, [(_short(on), said("", DIM), said(name, "yellow"))])
        hours = ", ".join(str(shift) for shift in each.shifts)
        rows(drawn, [(_short(each.on), _strip(each.shifts), hours)])
    yield drawn
    if len(days) < _DAYS:
        yield said(f"Only {len(days)} business days within a year.", "yellow")


def _short(on: date) -> str:
    return f"{on:%a} {on.day:>2} {on:%b}"


def _strip(shifts: Sequence[Shift]) -> Text:
    """A day from midnight to midnight: ``#`` for an open hour, ``+`` for one that is open in part, ``>`` for beyond."""
    cells = [open_seconds(_within(shifts, hour * _HOUR, (hour + 1) * _HOUR)) for hour in range(_HOURS)]
    drawn = "".join("." if not cell else "#" if cell == _HOUR else "+" for cell in cells)
    return Text(drawn + (">" if any(end > _HOURS * _HOUR for _, end in shifts) else ""), "green")


def _within(shifts: Sequence[Shift], first: int, last: int) -> list[Shift]:
    return [Shift(max(start, first), min(end, last)) for start, end in shifts if start < last and end > first]


def projections(found: Sequence[Projection], verb: str) -> Iterator[object]:
    """Which due dates move, calendar by calendar."""
    for each in found:
        count = len(each.moved)
        dates = f"{count} due date{'' if count == 1 else 's'} {verb}"
        clocks = f"{each.clocks} open clock{'' if each.clocks == 1 else 's'} of another version"
        yield Text.assemble(said(each.calendar, STRONG), said(f"  {clocks}; {dates}."))
        drawn = table("subject", "promise", "from", "to")
        for due in each.moved[:_SHOWN]:
            rows(drawn, [(due.subject, due.sla, _when(due.before), _when(due.after))])
        if each.moved:
            yield Padding(drawn, (0, 0, 0, 2))
        if count > _SHOWN:
            yield said(f"  ... and {count - _SHOWN} more; --json lists them all.", DIM)
        for subject, why in each.failed.items():
            yield said(f"  {subject} is left as it was: {why}.", "red")


def _when(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M} UTC"


# Workers


def workers(found: Sequence[Standing], now: datetime) -> Iterator[object]:
    """Who is alive."""
    if not found:
        yield said("No worker was seen within a day. Start one: review-engine worker", "red")
        return
    drawn = table("worker", "", "last seen", "its rounds so far")
    for each in found:
        state = said("alive", "green") if each.alive else said("stopped", DIM) if each.stopped else said("dead", "red")
        ago = f"{spoken(now - each.seen_at)} ago" if now > each.seen_at else "just now"
        rows(drawn, [(each.name, state, ago, _rounds(each))])
    yield drawn


def _rounds(each: Standing) -> str:
    if "trouble" in each.details:
        return f"in trouble: {each.details['trouble']}"
    names = ("rounds", "reminders", "breaches", "moves", "settled")
    return ", ".join(f"{each.details[name]} {name}" for name in names if name in each.details)


# A simulated year


def account(found: Account) -> Iterator[object]:
    """Week by week: what came, what was decided, how long the queue was, what was kept."""
    names = [line.sla for line in found.promises]
    drawn = table("week", "in", "out", "waiting", "", "broken", *(_words(name) for name in names))
    for place, column in enumerate(drawn.columns):
        column.ratio = None
        column.justify = "right" if place not in (0, 4) else "left"
    most = max((week.most for week in found.weeks), default=0)
    for week in found.weeks:
        rows(drawn, [_week(week, names, most)])
    yield drawn
    yield said("\nThe whole time", STRONG)
    yield from _figures("promise", found.promises)
    states = ", ".join(f"{count} {state}" for state, count in found.states.items())
    yield said(
        f"\n{found.subjects:,} subjects, {found.moves:,} moves ({found.by_itself:,} by the engine), "
        f"{found.reviewers} reviewer{'' if found.reviewers == 1 else 's'}, {found.reminders:,} reminders, "
        f"{found.breaches:,} breaches.\nAt the end: {states}."
    )
    yield said(f"Digest {found.digest}", DIM)


def _week(week: Week, names: Sequence[str], most: int) -> tuple[object, ...]:
    bar = "#" * (week.waiting * 10 // most if most else 0)
    broken = sum(week.breaches.values())
    kept = [_percent(week.percent_met.get(name)) for name in names]
    return week.name, week.arrived, week.decided, week.waiting, Text(bar, "cyan"), broken or said("", DIM), *kept
