"""Checks that count: active customers, components, a number that was given; and components that all stand somewhere."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

from review_engine.checks.parameters import GroupName, GroupState, Misfit, Names
from review_engine.checks.time import span
from review_engine.domain.cases import Case
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import FAILED, PASSED, UNKNOWN, Verdict

_REMEMBERED = 1_000
CUSTOMERS = "active_customers"
"""What the engine counts itself: customers of the subject that used it and are not excluded."""


def count_at_least(
    guard: Guard,
    declared: Lifecycle,
    *,
    count: Annotated[str, Names("thing to count")],
    at_least: int,
    within: timedelta = timedelta(0),
) -> Test:
    """There are at least so many of them.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        count: ``active_customers``, a group of components, or a count fact.
        at_least: how many.
        within: how recently a customer must have been active, in plain time ("28 days"); when left out, ever.
    """
    if at_least < 1:
        raise Misfit("at_least", f"at least {at_least} is always true", "Write at_least = 1 or more.")
    if within and count != CUSTOMERS:
        raise Misfit("within", "only active customers are counted within a time", "Leave 'within' out.")
    number, words = _counter(declared, count, within)
    name, fix = guard.name, guard.fix

    unknown = Verdict(name, UNKNOWN, "nobody has counted yet", fix)
    answers: dict[int | None, Verdict] = {None: unknown}  # verdicts are values, and most subjects have small numbers

    def test(case: Case) -> Verdict:
        found = number(case)
        answer = answers.get(found)
        if answer is None and found is not None:
            passed = found >= at_least
            answer = Verdict(
                name, PASSED if passed else FAILED, f"{found} of {at_least} {words}", "" if passed else fix
            )
            if found < _REMEMBERED:
                answers[found] = answer
        return answer or unknown

    return test


def _counter(declared: Lifecycle, count: str, within: timedelta) -> tuple[Callable[[Case], int | None], str]:
    if count == CUSTOMERS:
        window = _window(within)
        words = f"customers active in the last {span(within)}" if window else "active customers"
        return lambda case: case.active.get(window), words
    kind = declared.children.get(count)
    if kind is not None:
        return lambda case: sum([child.kind == kind for child in case.children]), count.replace("_", " ")
    fact = declared.facts[count]
    if fact.type != "count":
        raise Misfit("count", f"fact '{count}' is a {fact.type}", "Name a count fact.")

    def given(case: Case) -> int:
        value = case.subject.facts.get(count, 0)
        return value if isinstance(value, int) else 0

    return given, f"({fact.title})"


def _window(within: timedelta) -> int:
    return int(within.total_seconds())


def window_of(params: Mapping[str, object]) -> tuple[int, ...]:
    """The window (seconds; 0 for ever) in which these parameters of ``count_at_least`` count customers, if they do."""
    within = params.get("within", timedelta(0))
    return (_window(within),) if params["count"] == CUSTOMERS and isinstance(within, timedelta) else ()


def children_all(
    guard: Guard,
    declared: Lifecycle,
    *,
    of: GroupName,
    states: list[GroupState],
    at_least: int = 1,
) -> Test:
    """Every component of the group stands in one of these states, and there are enough of them.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        of: the group, as the workflow's ``[lifecycle.children]`` names it.
        states: states of the component's own workflow.
        at_least: how many components there must be; 0 when it may do without.
    """
    if at_least < 0:
        raise Misfit("at_least", "at_least is below 0", "Write at_least = 1.")
    name, fix, kind, good = guard.name, guard.fix, declared.children[of], frozenset(states)
    words, there = of.replace("_", " "), " or ".join(state.replace("_", " ") for state in states)

    def test(case: Case) -> Verdict:
        found, elsewhere = 0, []
        for child in case.children:
            if child.kind == kind:
                found += 1
                if child.state not in good:
                    elsewhere.append(f"{child.slug} is {child.state.replace('_', ' ')}")
        if elsewhere:
            return Verdict(name, FAILED, f"{', '.join(elsewhere)}; must be {there}", fix)
        if found < at_least:
            return Verdict(name, FAILED, f"{found} of {at_least} {words}", fix)
        return Verdict(name, PASSED, f"{found} of {found} {words} are {there}")

    return test
