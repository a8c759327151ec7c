"""Rules on findings: what may be found, what stands in place of what, and which finding comes late.

Pure, like everything here: what a reviewer hands in is held against the workflow, and a finding against the rounds that
went before it.
"""

from collections.abc import Iterable, Mapping, Sequence

from review_engine.domain.actors import STAFF
from review_engine.domain.errors import InvalidInput, UnknownName
from review_engine.domain.facts import Fact, Facts, check_text
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.reviews import (
    FAILED,
    NOT_APPLICABLE,
    NOTED,
    PASSED,
    RESULTS,
    WANTING,
    Assessment,
    Difference,
    Finding,
)
from review_engine.domain.submissions import Submission

Rounds = Sequence[tuple[Submission, Facts]]
"""Rounds, oldest first, each with the facts as they were submitted."""

ASSESSMENTS_MAX = 100
"""Points handed in at once."""

ATTESTED = "attested"
"""The check whose guards a reviewer confirms."""

_COMMENT_MAX = 5_000
_CONFIRMS = {PASSED: True, NOT_APPLICABLE: True, FAILED: False}


def criteria_of(lifecycle: Lifecycle) -> dict[str, Guard]:
    """What a reviewer confirms for each round before it is decided, by name, in the order of the workflow file.

    These are the guards of deciding transitions that ask for a staff member's word, given in this round, on a fact of
    yes or no that staff alone may set.
    """
    named = [name for rule in lifecycle.transitions.values() if rule.decides for name in rule.guards]
    guards = [lifecycle.guards[name] for name in dict.fromkeys(named)]
    return {guard.name: guard for guard in guards if _is_criterion(guard, lifecycle.facts)}


def _is_criterion(guard: Guard, facts: Mapping[str, Fact]) -> bool:
    if guard.check != ATTESTED or guard.params.get("this_round") is not True:
        return False
    fact = facts.get(str(guard.params.get("fact", "")))
    return fact is not None and fact.type == "bool" and STAFF.issuperset(fact.by)


def checked(lifecycle: Lifecycle, given: Iterable[Assessment], *, where: str) -> tuple[Assessment, ...]:
    """What a reviewer hands in, when it can be kept: each criterion once, with words where words are wanted.

    Args:
        lifecycle: the workflow that the subject is pinned to.
        given: the points.
        where: the subject's key.

    Raises:
        UnknownName: no such criterion, result or fact.
        InvalidInput: nothing or too much is handed in, a criterion stands twice, a comment is missing or cannot be
            kept, or the result is none for such a point.
    """
    points = tuple(_checked(lifecycle, Assessment(*one), where) for one in given)
    if not 0 < len(points) <= ASSESSMENTS_MAX:
        raise InvalidInput(
            f"{len(points)} points were handed in", where=where, cure=f"Hand in 1 to {ASSESSMENTS_MAX} at once."
        )
    named = [point.criterion for point in points if point.criterion]
    for name in named:
        if named.count(name) > 1:
            raise InvalidInput(f"'{name}' is assessed twice", where=where, cure="Say one thing about each criterion.")
    return points


def _checked(lifecycle: Lifecycle, point: Assessment, where: str) -> Assessment:
    if point.result not in RESULTS:
        raise UnknownName("result", str(point.result), RESULTS, where=where)
    criteria = criteria_of(lifecycle)
    if point.criterion and point.criterion not in criteria:
        raise UnknownName("criterion", str(point.criterion), criteria, where=where)
    if point.about and point.about not in lifecycle.facts:
        raise UnknownName("fact", str(point.about), lifecycle.facts, where=where)
    if point.criterion and point.result == NOTED:
        cure = f"Say {PASSED}, {FAILED} or {NOT_APPLICABLE}, or leave the criterion out."
        raise InvalidInput(f"'{point.criterion}' was neither confirmed nor denied", where=where, cure=cure)
    if not point.criterion and point.result not in WANTING:
        cure = f"Name a criterion, or say {FAILED} or {NOTED}."
        raise InvalidInput(f"'{point.result}' says nothing without a criterion", where=where, cure=cure)
    comment = check_text(point.comment, "the comment", most=_COMMENT_MAX, where=where)
    if not comment and point.result != PASSED:
        what = f"'{point.criterion or point.about or point.result}' needs a comment"
        raise InvalidInput(what, where=where, cure="Say what is wanting, or why it does not apply.")
    return point._replace(comment=comment)


def confirmed(lifecycle: Lifecycle, points: Iterable[Assessment]) -> dict[str, bool]:
    """Fact -> what these points say of it; where two criteria rest on one fact, both have to be met."""
    criteria, facts = criteria_of(lifecycle), dict[str, bool]()
    for point in points:
        if point.criterion:
            fact = str(criteria[point.criterion].params["fact"])
            facts[fact] = facts.get(fact, True) and _CONFIRMS[point.result]
    return facts


def standing(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stand, oldest first: of a criterion the last one in each round, and all points of their own."""
    last: dict[object, Finding] = {}
    for one in findings:
        place: object = (one.round, one.criterion) if one.criterion else one.number
        last.pop(place, None)
        last[place] = one
    return tuple(last.values())


def is_late(point: Assessment, round_: int, findings: Iterable[Finding], rounds: Rounds) -> bool:
    """Whether what is found wanting in a round could have been said in an earlier one.

    It could when an earlier round was decided, nothing was found wanting on the same point in any decided round, and
    what it is about is since the last of them as it was: the fact it names, or without one all the partner's facts.
    A round that ended without a decision (withdrawn) was no chance to say it.

    Args:
        point: what is found.
        round_: in which round.
        findings: what was found in earlier rounds (those of this round do not matter).
        rounds: all rounds, this one among them.
    """
    before = [(submission, facts) for submission, facts in rounds if submission.round < round_ and submission.decision]
    here = [(submission, facts) for submission, facts in rounds if submission.round == round_]
    if point.result not in WANTING or not before or not here:
        return False
    told = {submission.round for submission, _ in before}
    if any(one.round in told and one.result in WANTING and _same(one, point) for one in standing(findings)):
        return False
    (then, facts_then), (now, facts_now) = before[-1], here[0]
    if point.about:
        return facts_then.get(point.about) == facts_now.get(point.about)
    return then.facts_hash == now.facts_hash


def _same(one: Finding, point: Assessment) -> bool:
    """Whether both speak of one point: one criterion or one fact, and nothing they name differs.

    A remark that names neither is known by its words alone.
    """
    if not (one.criterion or one.about) or not (point.criterion or point.about):
        return (one.criterion, one.about, one.comment) == (point.criterion, point.about, point.comment)
    pairs = ((one.criterion, point.criterion), (one.about, point.about))
    return any(here and here == there for here, there in pairs) and all(
        here == there or not (here and there) for here, there in pairs
    )


def first_seen(findings: Iterable[Finding]) -> dict[str, int]:
    """Criterion or fact -> the first round in which it was found wanting."""
    seen: dict[str, int] = {}
    for one in standing(findings):
        for name in (one.criterion, one.about) if one.result in WANTING else ():
            if name:
                seen.setdefault(name, one.round)
    return seen


def differences(declared: Mapping[str, Fact], before: Facts, after: Facts) -> tuple[Difference, ...]:
    """The declared facts that are not the same, in the order of the workflow file."""
    return tuple(
        Difference(name, fact.title, before.get(name), after.get(name))
        for name, fact in declared.items()
        if before.get(name) != after.get(name)
    )
