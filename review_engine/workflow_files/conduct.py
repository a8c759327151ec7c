"""Rules on conduct: a workflow has to lead somewhere, by the right hands, and its promises have to be ones to keep."""

from collections.abc import Iterator

from review_engine.domain.actors import Role
from review_engine.domain.durations import Duration
from review_engine.domain.facts import Fact
from review_engine.domain.findings import criteria_of
from review_engine.domain.lifecycle import Lifecycle, Sla, Transition
from review_engine.workflow_files.graph import circle, entrances, shortest_paths
from review_engine.workflow_files.names_declared import Finding

_WITH_AMONG = ("choice", "choices")
_WITHOUT_MAX = ("bool", "choice", "date", "datetime")
_NOMINAL = {
    "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
    "business minute": 60, "business hour": 3_600, "business day": 28_800,
}  # fmt: skip
"""Seconds of a unit, to compare two durations of one sort; a business day counts as 8 business hours."""


def ways(lifecycle: Lifecycle) -> Iterator[Finding]:
    """States that cannot be reached or left, and final ones that are."""
    reached = shortest_paths(lifecycle, entrances(lifecycle)) if _whole(lifecycle) else lifecycle.states
    for state in lifecycle.states.values():
        place = f"states.{state.name}"
        if state.name not in reached:
            yield (
                place,
                f"the state '{state.name}' is never reached",
                "Add a transition that leads to it, or remove it.",
            )
        away = [rule for rule in lifecycle.leaving(state.name) if rule.target != state.name]
        if not state.final and not away:
            yield (
                place,
                f"nothing leaves the state '{state.name}'",
                "Add a transition from it, or mark it final = true.",
            )
    for transition in lifecycle.transitions.values():
        for number, source in enumerate(transition.sources):
            if source in lifecycle.states and lifecycle.states[source].final:
                yield (
                    f"transitions.{transition.name}.from[{number}]",
                    f"the state '{source}' is final, and this leaves it",
                    "Take it out of 'from', or take final = true off the state.",
                )


def _whole(lifecycle: Lifecycle) -> bool:
    """Whether every state a way goes through is declared; else whatever lies behind it would seem out of reach."""
    rules = lifecycle.transitions.values()
    named = {lifecycle.starts, *(rule.target for rule in rules), *(state for rule in rules for state in rule.sources)}
    return named <= lifecycle.states.keys()


def hands(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Transitions that the engine shall take and may not, and decisions of a round that nothing begins."""
    for transition in lifecycle.transitions.values():
        yield from _automatic(transition)
    automatic = [rule for rule in lifecycle.transitions.values() if rule.auto]
    found = circle({state: [rule.target for rule in automatic if state in rule.sources] for state in lifecycle.states})
    if found:
        rule = next(rule for rule in automatic if found[0] in rule.sources and rule.target == found[1])
        way = " to ".join(found)
        yield f"transitions.{rule.name}.auto", f"the engine would go in a circle: {way}", "Take auto off one of them."
    if any(rule.opens for rule in lifecycle.transitions.values()):
        return
    for rule in lifecycle.transitions.values():
        for key in ("claims", "decides"):
            if getattr(rule, key):
                yield (
                    f"transitions.{rule.name}.{key}",
                    f"'{rule.name}' {key} a round, and no transition begins one",
                    'Add opens = "submission" to the transition that hands the subject in.',
                )


def remarks(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Remarks that would be told to who wrote them, and canned replies that nobody is offered."""
    for side, name in lifecycle.conversation.items():
        plan = lifecycle.notices.get(name)
        if plan is None:
            continue
        if side == "partner" and "partner" not in plan.to:
            what = f"the notice '{name}' does not reach the partner"
            yield f"conversation.{side}", what, f'Add "partner" to its to, under [notices].{name}.'
        if side != "partner" and "partner" in plan.to:
            what = f"the notice '{name}' would tell the partner what the partner wrote"
            yield f"conversation.{side}", what, f'Take "partner" out of its to, under [notices].{name}.'
    criteria = criteria_of(lifecycle) if _guarded(lifecycle) else lifecycle.guards
    for reply in lifecycle.replies.values():
        if reply.criterion in lifecycle.guards and reply.criterion not in criteria:
            yield (
                f"replies.{reply.name}.criterion",
                f"the guard '{reply.criterion}' is not one that reviewers confirm for each round",
                "Name one whose check is attested with this_round = true, or leave the criterion out.",
            )


def _guarded(lifecycle: Lifecycle) -> bool:
    """Whether every guard that a transition names is declared."""
    return all(name in lifecycle.guards for rule in lifecycle.transitions.values() for name in rule.guards)


def _automatic(rule: Transition) -> Iterator[Finding]:
    place = f"transitions.{rule.name}"
    if rule.auto and rule.by and Role.ENGINE not in rule.by:
        yield f"{place}.auto", f"the engine may not take '{rule.name}'", 'Add "engine" to its by, or take auto off.'
    if rule.auto and rule.needs:
        yield f"{place}.needs", "the engine has no comment to give", "Take auto off, or needs."


def forms(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Facts whose declaration contradicts itself."""
    for fact in lifecycle.facts.values():
        yield from _form(fact, f"facts.{fact.name}")


def _form(fact: Fact, place: str) -> Iterator[Finding]:
    if fact.type in _WITH_AMONG and not fact.among:
        yield place, f"a fact of type {fact.type} needs its values", 'Add them: among = ["...", "..."].'
    if fact.type not in _WITH_AMONG and fact.among:
        yield f"{place}.among", f"a {fact.type} has no list of values", "Remove it, or make the type choice or choices."
    if fact.type in _WITHOUT_MAX and fact.max is not None:
        yield f"{place}.max", f"a {fact.type} has no max", "Remove it."


def promises(lifecycle: Lifecycle) -> Iterator[Finding]:
    """SLAs that cannot be counted, kept or acted upon."""
    if lifecycle.slas and not lifecycle.calendar:
        yield "lifecycle", "there are SLAs, and no calendar to count them by", 'Add a calendar, such as "business".'
    for sla in lifecycle.slas.values():
        place = f"sla.{sla.name}"
        yield from _states_of(lifecycle, sla, place)
        yield from _reminders(sla, place)
        yield from _breach(lifecycle, sla, place)
        fact = lifecycle.facts.get(sla.tier_fact)
        if fact is not None and fact.type != "choice":
            yield f"{place}.tiers.fact", f"fact '{fact.name}' is a {fact.type}", "Tiers go by a choice fact."


def _states_of(lifecycle: Lifecycle, sla: Sla, place: str) -> Iterator[Finding]:
    for number, state in enumerate(sla.pauses_in):
        if state in sla.runs_in:
            yield (
                f"{place}.pauses_in[{number}]",
                f"in '{state}' the clock both runs and halts",
                "Take it out of runs_in or pauses_in.",
            )
    for number, name in enumerate(sla.runs_in):
        if name in lifecycle.states and lifecycle.states[name].final:
            yield f"{place}.runs_in[{number}]", f"in '{name}', a final state, the clock never stops", "Take it out."


def _reminders(sla: Sla, place: str) -> Iterator[Finding]:
    before: Duration | None = None
    for number, warning in enumerate(sla.warnings):
        where = f"{place}.warn[{number}].at"
        if not _earlier(warning.at, sla.within):
            yield (
                where,
                f"a reminder after {warning.at} comes too late",
                f"It is due after {sla.within}; remind sooner.",
            )
        elif before is not None and not _earlier(before, warning.at):
            yield where, f"the reminder after {warning.at} stands behind a later one", "Put the earliest first."
        before = warning.at


def _earlier(one: Duration, two: Duration) -> bool:
    """Whether ``one`` is the shorter; taken for granted between business and plain time, which depends on the day."""
    if one.is_business != two.is_business:
        return True
    return one.amount * _NOMINAL[one.unit] < two.amount * _NOMINAL[two.unit]


def _breach(lifecycle: Lifecycle, sla: Sla, place: str) -> Iterator[Finding]:
    rule = lifecycle.transitions.get(sla.breach.move)
    if rule is None:
        return
    where = f"{place}.breach.move"
    if Role.ENGINE not in rule.by:
        yield where, f"the engine may not take '{rule.name}'", f'Add "engine" to by of transitions.{rule.name}.'
    if rule.needs:
        yield where, f"'{rule.name}' needs a comment, and the engine has none to give", "Name another transition."
    for state in sla.runs_in:
        if state in lifecycle.states and state not in rule.sources:
            yield where, f"'{rule.name}' does not start from '{state}', where the clock runs", "Add it to its from."
