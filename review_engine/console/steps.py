"""What is missing for the next steps: checklists as a person reads them, each line with its cure and the place to mend.

A workflow may offer several ways out of a state, of which only one can be meant (a plugin is never marked ready as a
subscription). A way is ruled out by a choice that was already made: a guard that wants another value of a fact.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from review_engine.console.ink import sentence
from review_engine.domain.actors import Role
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import FAILED, PASSED, UNKNOWN, WAIVED, Checklist, Item

WORDS = {PASSED: "Met", WAIVED: "Waived", FAILED: "Missing", UNKNOWN: "Not known yet"}
"""Outcome of a verdict -> the word a person reads; never colour alone."""

CUSTOMERS = "active_customers"
"""What a guard counts when it counts customers."""


class Need(NamedTuple):
    """One line of a checklist.

    Args:
        guard: its name.
        title, reason, cure: as people read them.
        outcome: of the verdict.
        word: the outcome as a word.
        met: whether it lets the step through.
        waivable: whether staff may record an exception.
        links: where it is mended: (anchor on the page, words).
    """

    guard: str
    title: str
    reason: str
    cure: str
    outcome: str
    word: str
    met: bool
    waivable: bool
    links: tuple[tuple[str, str], ...]


class Step(NamedTuple):
    """One way out of where a subject stands.

    Args:
        rule: the transition.
        needs: the lines of its checklist.
        unmet: how many of them are missing.
        ready: it would be taken now.
        note: why it cannot be taken beside its guards; empty if it can.
        ruled_out: a choice already made speaks against it.
    """

    rule: Transition
    needs: tuple[Need, ...]
    unmet: int
    ready: bool
    note: str
    ruled_out: bool


def concerns(rule: Transition, role: Role) -> bool:
    """Whether a step is shown to that role: what it takes itself, what partners take, and what comes by itself."""
    return rule.auto or role in rule.by or (role is not Role.PARTNER and Role.PARTNER in rule.by)


def ruled_out(lifecycle: Lifecycle, subject: Subject, unmet: Iterable[str]) -> bool:
    """Whether one of the unmet guards wants another value of a fact that was given already."""
    for name in unmet:
        guard = lifecycle.guards.get(name)
        if guard and guard.check == "fact_in" and str(guard.params.get("fact")) in subject.facts:
            return True
    return False


def next_step(lifecycle: Lifecycle, subject: Subject, open_: Sequence[tuple[str, tuple[str, ...]]]) -> Step | None:
    """The first step with guards that partners wait for, from one line of a survey; None where nothing is missing."""
    for name, unmet in open_:
        rule = lifecycle.transition(name)
        if rule.guards and concerns(rule, Role.PARTNER) and not ruled_out(lifecycle, subject, unmet):
            needs = tuple(_bare(lifecycle, guard) for guard in unmet)
            return Step(rule, needs, len(unmet), not unmet, "", ruled_out=False)
    return None


def _bare(lifecycle: Lifecycle, name: str) -> Need:
    guard = lifecycle.guard(name)
    return Need(name, guard.title, "", guard.fix, FAILED, WORDS[FAILED], False, guard.waivable, ())


def steps(lifecycle: Lifecycle, subject: Subject, checklists: Sequence[Checklist], role: Role) -> tuple[Step, ...]:
    """The checklists that have lines and are the role's business; those ruled out by a choice come last."""
    found = [
        step(lifecycle, subject, checklist, role)
        for checklist in checklists
        if checklist.items and concerns(lifecycle.transition(checklist.transition), role)
    ]
    return tuple(sorted(found, key=lambda each: each.ruled_out))


def step(lifecycle: Lifecycle, subject: Subject, checklist: Checklist, role: Role) -> Step:
    """One checklist as a person in that role reads it."""
    unmet = [item.verdict.guard for item in checklist.unmet]
    return Step(
        rule=lifecycle.transition(checklist.transition),
        needs=tuple(_need(lifecycle, subject, item, role) for item in checklist.items),
        unmet=len(unmet),
        ready=checklist.ready,
        note=checklist.note,
        ruled_out=ruled_out(lifecycle, subject, unmet),
    )


def _need(lifecycle: Lifecycle, subject: Subject, item: Item, role: Role) -> Need:
    verdict = item.verdict
    return Need(
        guard=verdict.guard,
        title=item.title,
        reason=sentence(_reason(subject, item)),
        cure="" if verdict.met else verdict.cure,
        outcome=verdict.outcome,
        word=WORDS[verdict.outcome],
        met=verdict.met,
        waivable=item.waivable,
        links=() if verdict.met else _links(lifecycle, subject, verdict.guard, role),
    )


def _reason(subject: Subject, item: Item) -> str:
    waiver = subject.waivers.get(item.verdict.guard) if item.verdict.outcome == WAIVED else None
    return f"an exception was made: {waiver.reason}" if waiver else item.verdict.reason


def _links(lifecycle: Lifecycle, subject: Subject, name: str, role: Role) -> tuple[tuple[str, str], ...]:
    """Where on the page a guard's missing facts are given, if that role gives them there."""
    guard = lifecycle.guards.get(name)
    if guard is None or guard.params.get("this_round"):
        return ()
    if guard.params.get("of") or guard.params.get("count") in lifecycle.children:
        return (("components", "To the components"),)
    if guard.params.get("count") == CUSTOMERS:
        return (("customers", "To the customers"),)
    named = guard.params.get("facts") or [guard.params.get("fact") or guard.params.get("count")]
    declared = [lifecycle.facts[fact] for fact in named if fact in lifecycle.facts] if isinstance(named, list) else []
    given = [fact for fact in declared if role in fact.by]
    missing = [fact for fact in given if fact.name not in subject.facts] or given
    return tuple((f"fact-{fact.name}", fact.title) for fact in missing)
