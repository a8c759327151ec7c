"""Checks that look at time: how long a subject has stood where it stands. Plain time; promises run in business time."""

from datetime import timedelta

from review_engine.checks.parameters import Misfit, StateName
from review_engine.domain.cases import Case
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import FAILED, PASSED, Verdict


def stood_for(guard: Guard, declared: Lifecycle, *, within: timedelta, state: StateName = "") -> Test:
    """The subject has stood so long where it stands.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        within: how long, in plain time ("14 days").
        state: the state it must stand in; when left out, whichever it is in.
    """
    if not within:
        raise Misfit("within", "the time is zero", 'Write within = "14 days", say.')
    name, fix, wanted = guard.name, guard.fix, span(within)
    titles = {one.name: one.title for one in declared.states.values()}
    there = Verdict(name, PASSED, f"{wanted} have passed")

    def test(case: Case) -> Verdict:
        subject = case.subject
        if state and subject.state != state:
            return Verdict(name, FAILED, f"it does not stand in {titles[state]}", fix)
        if case.now - subject.since >= within:
            return there
        where = titles.get(subject.state, subject.state)
        return Verdict(name, FAILED, f"in {where} since {subject.since:%Y-%m-%d}; {wanted} are asked for", fix)

    return test


def span(length: timedelta) -> str:
    """A length of plain time in words, in the largest unit that divides it: "28 days", "1 hour"."""
    seconds = int(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}{'s' if seconds != size else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
