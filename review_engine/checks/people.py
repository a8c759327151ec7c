"""Checks that look at people: who confirmed a fact, and who may not judge their own work.

Reasons name roles and deeds, never people: a reason is kept in the history for good.
"""

from review_engine.checks.parameters import FactName, Misfit, RoleName, TransitionName
from review_engine.domain.canonical import instant
from review_engine.domain.cases import Case
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import FAILED, PASSED, Verdict

_ATTESTABLE = ("bool", "date", "datetime")
_BY_STAFF = ("reviewer", "manager")


def attested(
    guard: Guard,
    declared: Lifecycle,
    *,
    fact: FactName,
    by: tuple[RoleName, ...] = _BY_STAFF,
    this_round: bool = False,
) -> Test:
    """Somebody in one of these roles has confirmed the fact: a yes, or a time that has come.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        fact: name of a bool, date or datetime fact.
        by: the roles whose word counts.
        this_round: whether the word must have been given since the subject was last submitted.
    """
    ruled = declared.facts[fact]
    if ruled.type not in _ATTESTABLE:
        raise Misfit("fact", f"fact '{fact}' is a {ruled.type}", "Name a bool, date or datetime fact.")
    if not any(role in by for role in ruled.by):
        raise Misfit("by", f"fact '{fact}' is never set by {' or '.join(by)}", "Add the role to the fact's own 'by'.")
    name, fix, roles, timed = guard.name, guard.fix, frozenset(by), ruled.type != "bool"
    whose = " or ".join(f"a {role}" if role in _BY_STAFF else f"the {role}" for role in by)
    unconfirmed = Verdict(name, FAILED, f"not confirmed by {whose} yet", fix)
    passed = Verdict(name, PASSED, f"confirmed by {whose}")

    def test(case: Case) -> Verdict:
        subject = case.subject
        value = subject.facts.get(fact)
        said = subject.said.get(fact) if value else None  # who said what is looked up only where something was said
        if said is None or said.role not in roles:
            return unconfirmed
        if timed and str(value) > instant(case.now):  # both ISO 8601 in UTC, so text order is time order
            return Verdict(name, FAILED, f"it holds from {value} on", fix)
        if this_round and subject.submission is not None and said.at < subject.submission.opened_at:
            return Verdict(name, FAILED, "confirmed for an earlier submission only", fix)
        return passed

    return test


def not_same_person(guard: Guard, declared: Lifecycle, *, transitions: list[TransitionName]) -> Test:
    """Whoever acts now took none of these transitions in this round.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        transitions: the deeds that disqualify.
    """
    if not transitions:
        raise Misfit("transitions", "no transition is named", 'Name at least one: transitions = ["submit"].')
    name, fix, deeds = guard.name, guard.fix, tuple(transitions)
    titles = {deed: declared.transitions[deed].title for deed in deeds}
    passed = Verdict(name, PASSED, f"another person than took: {', '.join(titles.values())}")

    def test(case: Case) -> Verdict:
        submission = case.subject.submission
        if submission is None:
            return passed
        taken, person = submission.taken, case.by.key
        for deed in deeds:
            if person in taken.get(deed, ()):
                return Verdict(name, FAILED, f"the same person took '{titles[deed]}' in this round", fix)
        return passed

    return test


def distinct_people(guard: Guard, declared: Lifecycle, *, transitions: list[TransitionName], at_least: int = 2) -> Test:
    """So many different people took part in this round, whoever acts now among them.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        transitions: the deeds that count.
        at_least: how many people.
    """
    if at_least < 1:
        raise Misfit("at_least", "at_least is below 1", "Write at_least = 2.")
    name, fix, deeds = guard.name, guard.fix, tuple(transitions)

    def test(case: Case) -> Verdict:
        submission = case.subject.submission
        before = submission.people(deeds) if submission is not None else frozenset()
        people = len(before) + (case.by.key not in before)
        outcome = PASSED if people >= at_least else FAILED
        return Verdict(name, outcome, f"{people} of {at_least} people", "" if outcome == PASSED else fix)

    return test
