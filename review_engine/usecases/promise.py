"""Say by when, and why: every promise that is counted for a subject, and how promises were kept, for a report.

Nothing is written here. A due date is derived each time from the ledger of its clock and the version of the calendar
it is counted by, so what the partner reads is what the audit finds.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import STARTED, Clock, ClockEvent
from review_engine.domain.cycles import turn
from review_engine.domain.derivation import Derivation, explain, suppose
from review_engine.domain.errors import InvalidInput, NotAllowed
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.domain.promises import Outcome, PromiseReport, outcomes
from review_engine.domain.promises import report as figures
from review_engine.domain.subjects import Subject
from review_engine.usecases.desk import Desk


def due(desk: Desk, key: SubjectKey, *, by: Actor, now: datetime) -> tuple[Derivation, ...]:
    """The derivation of every promise that is running or paused for the subject, the next one due first.

    Args:
        desk: the ports.
        key: the subject.
        by: who asks.
        now: the time of asking (aware UTC).

    Raises:
        NotFound: no such subject, or another partner's.
    """
    dossier = desk.dossier(key, by, now)
    lifecycle, calendar = _rules(desk, dossier.subject)
    return _explained(desk, lifecycle, calendar, dossier.clocks, desk.store.clock_events(key), now)


def due_if(desk: Desk, key: SubjectKey, transition: str, *, by: Actor, now: datetime) -> tuple[Derivation, ...]:
    """What would be due, and when, if the transition were taken now. Guards are not asked, and nothing is moved.

    A promise that the move would begin is ``supposed``; one that it would resume or leave running goes on.

    Args:
        desk: the ports.
        key: the subject.
        transition: its name in the subject's workflow.
        by: who asks.
        now: the time of asking (aware UTC).

    Raises:
        NotFound: no such subject, or another partner's.
        UnknownName: no such transition.
        InvalidInput: it does not start where the subject stands.
        CalendarNeverOpens: a due date would lie beyond ten closed years.
    """
    dossier = desk.dossier(key, by, now)
    subject = dossier.subject
    lifecycle, calendar = _rules(desk, subject)
    rule = lifecycle.transition(transition)
    if subject.state not in rule.sources:
        raise _elsewhere(lifecycle, rule, subject)
    _, move = subject.take(rule, rule.target, by=by, now=now)
    turned = turn(lifecycle, calendar, dossier.clocks, move, subject.facts)
    begun = {event.sla for event in turned.events if event.kind == STARTED}
    ongoing = {clock.sla: clock for clock in (*dossier.clocks, *turned.clocks) if clock.sla not in begun}
    ledger = [*desk.store.clock_events(key), *turned.events]
    opening = lifecycle.state(rule.target).title
    supposed = [suppose(lifecycle.slas[sla], calendar, subject.facts, now, opening) for sla in begun]
    known = _explained(desk, lifecycle, calendar, ongoing.values(), ledger, now)
    return _by_date([*supposed, *known])


def _elsewhere(lifecycle: Lifecycle, rule: Transition, subject: Subject) -> InvalidInput:
    here = lifecycle.states[subject.state].title if subject.state in lifecycle.states else subject.state
    names = ", ".join(each.name for each in lifecycle.leaving(subject.state)) or "none"
    return InvalidInput(
        f"'{rule.title}' does not start from {here}, where {subject.name} stands",
        where=subject.key,
        cure=f"The transitions that do: {names}.",
    )


def _rules(desk: Desk, subject: Subject) -> tuple[Lifecycle, Calendar | None]:
    lifecycle = desk.book(subject).lifecycle
    return lifecycle, desk.library.calendar(lifecycle.calendar) if lifecycle.slas else None


def _explained(
    desk: Desk,
    lifecycle: Lifecycle,
    calendar: Calendar | None,
    clocks: Iterable[Clock],
    ledger: Iterable[ClockEvent],
    now: datetime,
) -> tuple[Derivation, ...]:
    events = list(ledger)
    return _by_date(
        explain(lifecycle.slas[clock.sla], clock, events, desk.calendar_of(clock, calendar), now)
        for clock in clocks
        if clock.open and clock.sla in lifecycle.slas
    )


def _by_date(found: Iterable[Derivation]) -> tuple[Derivation, ...]:
    return tuple(sorted(found, key=lambda each: (each.due_at, each.sla)))


def report(
    desk: Desk,
    *,
    by: Actor,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    kind: str | None = None,
) -> PromiseReport:
    """How promises were kept, by workflow and promise, by reviewer, by week.

    Args:
        desk: the ports.
        by: who asks; staff or the host.
        now: up to when running cycles are counted (aware UTC).
        since: from when on (aware UTC); by when a cycle ended, or is due while it is open.
        until: up to when, not included (aware UTC).
        kind: one workflow only.

    Raises:
        NotAllowed: a partner asks.
        UnknownName: no workflow of that name.
    """
    _trusted(desk, by, kind)
    return figures(_outcomes(desk, kind, now), since, until)


def breaches(
    desk: Desk,
    *,
    by: Actor,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    kind: str | None = None,
) -> list[Outcome]:
    """Every promise that was broken, whether or not it was answered since; the latest first. Arguments and errors are
    those of ``report``, and so is the period: what its figures count as missed is what is listed here.
    """
    _trusted(desk, by, kind)
    broken = [
        outcome
        for outcome in _outcomes(desk, kind, now)
        if outcome.broken and (since is None or outcome.at >= since) and (until is None or outcome.at < until)
    ]
    return sorted(broken, key=lambda outcome: (outcome.at, outcome.subject, outcome.sla), reverse=True)


def _trusted(desk: Desk, by: Actor, kind: str | None) -> None:
    if by.role not in STAFF | {Role.HOST, Role.ENGINE}:
        raise NotAllowed(f"{by} may not see how all promises were kept", cure="Ask a manager.")
    if kind is not None:
        desk.library.current(kind)


def _outcomes(desk: Desk, kind: str | None, now: datetime) -> Iterator[Outcome]:
    for ledger in desk.store.clock_ledgers(kind):
        lifecycle, calendar = _rules(desk, ledger.subject)
        yield from outcomes(lifecycle, calendar, ledger.subject.key, ledger.events, ledger.moves, now)
