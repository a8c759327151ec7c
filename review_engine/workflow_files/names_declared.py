"""Rules on names: whatever a workflow refers to has to be declared, and what it declares has to be referred to."""

from collections.abc import Collection, Iterator

from review_engine.domain.errors import shown, suggestion
from review_engine.domain.lifecycle import IMPORTED, MIGRATED, REGISTER, Lifecycle, Sla
from review_engine.workflow_files.shapes import quoted

Finding = tuple[str, str, str]
"""A fault before it has a file and a line: place, what, cure."""

_RESERVED = (REGISTER, IMPORTED, MIGRATED)


def unknown_names(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Every reference to something that is not declared."""
    if lifecycle.starts:
        yield from _unknown("state", [lifecycle.starts], lifecycle.states, "lifecycle.starts")
    for transition in lifecycle.transitions.values():
        place = f"transitions.{transition.name}"
        yield from _unknown("state", transition.sources, lifecycle.states, f"{place}.from", listed=True)
        if transition.target:
            yield from _unknown("state", [transition.target], lifecycle.states, f"{place}.to")
        yield from _unknown("guard", transition.guards, lifecycle.guards, f"{place}.guards", listed=True)
        yield from _unknown("notice", transition.notices, lifecycle.notices, f"{place}.notices", listed=True)
    for sla in lifecycle.slas.values():
        yield from _in_sla(lifecycle, sla)
    yield from _unknown("notice", lifecycle.welcomes, lifecycle.notices, "lifecycle.welcomes", listed=True)
    for milestone in lifecycle.milestones.values():
        place = f"milestones.{milestone.name}"
        yield from _unknown("guard", [milestone.guard], lifecycle.guards, f"{place}.guard")
        yield from _unknown("state", milestone.states, lifecycle.states, f"{place}.in", listed=True)
        yield from _unknown("notice", milestone.notices, lifecycle.notices, f"{place}.notices", listed=True)
    for side, name in lifecycle.conversation.items():
        yield from _unknown("notice", [name], lifecycle.notices, f"conversation.{side}")
    for reply in lifecycle.replies.values():
        if reply.criterion:
            yield from _unknown("guard", [reply.criterion], lifecycle.guards, f"replies.{reply.name}.criterion")
    yield from _in_adoption(lifecycle)
    for gone, now in lifecycle.renamed.items():
        yield from _unknown("state", [now], lifecycle.states, f"renamed.{gone}")


def _unknown(
    sort: str, names: Collection[str], known: Collection[str], place: str, *, listed: bool = False
) -> Iterator[Finding]:
    for number, name in enumerate(names):
        if name not in known:
            where = f"{place}[{number}]" if listed else place
            yield where, f"there is no {sort} {shown(name)}", suggestion(name, sorted(known))


def _in_sla(lifecycle: Lifecycle, sla: Sla) -> Iterator[Finding]:
    place, breach = f"sla.{sla.name}", sla.breach
    yield from _unknown("state", sla.runs_in, lifecycle.states, f"{place}.runs_in", listed=True)
    yield from _unknown("state", sla.pauses_in, lifecycle.states, f"{place}.pauses_in", listed=True)
    for number, warning in enumerate(sla.warnings):
        where = f"{place}.warn[{number}].notices"
        yield from _unknown("notice", warning.notices, lifecycle.notices, where, listed=True)
    yield from _unknown("notice", breach.notices, lifecycle.notices, f"{place}.breach.notices", listed=True)
    if breach.move:
        yield from _unknown("transition", [breach.move], lifecycle.transitions, f"{place}.breach.move")
    if sla.tier_fact:
        yield from _unknown("fact", [sla.tier_fact], lifecycle.facts, f"{place}.tiers.fact")
        fact = lifecycle.facts.get(sla.tier_fact)
        for value in sla.tiers if fact and fact.among else ():
            where = f"{place}.tiers.within.{quoted(value)}"
            yield from _unknown(f"value of fact '{sla.tier_fact}'", [value], fact.among if fact else (), where)


def _in_adoption(lifecycle: Lifecycle) -> Iterator[Finding]:
    adoption = lifecycle.adoption
    if adoption is None:
        return
    for status, state in adoption.states.items():
        yield from _unknown("state", [state], lifecycle.states, f"adopt.states.{quoted(status)}")
    if adoption.delisted:
        yield from _unknown("state", [adoption.delisted], lifecycle.states, "adopt.delisted")
    for fact in adoption.facts:
        yield from _unknown("fact", [fact], lifecycle.facts, f"adopt.facts.{fact}")


def taken_names(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Names that are the engine's own, or that a renamed state still bears."""
    for name in lifecycle.transitions:
        if name in _RESERVED:
            yield (
                f"transitions.{name}",
                f"the engine itself makes moves called '{name}'",
                "Give the transition another name.",
            )
    for gone in lifecycle.renamed:
        if gone in lifecycle.states:
            yield f"renamed.{gone}", f"the state '{gone}' is still there", "Only states that are gone are renamed."


def unused_names(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Guards and notices that nothing refers to."""
    transitions, slas = lifecycle.transitions.values(), lifecycle.slas.values()
    guards = {name for transition in transitions for name in transition.guards}
    notices = {name for transition in transitions for name in transition.notices}
    notices |= {name for sla in slas for warning in sla.warnings for name in warning.notices}
    notices |= {name for sla in slas for name in sla.breach.notices}
    notices |= set(lifecycle.conversation.values()) | set(lifecycle.welcomes)
    notices |= {name for milestone in lifecycle.milestones.values() for name in milestone.notices}
    for name in lifecycle.guards:
        if name not in guards:
            yield f"guards.{name}", f"no transition asks for the guard '{name}'", "Name it under guards, or remove it."
    for name in lifecycle.notices:
        if name not in notices:
            yield f"notices.{name}", f"nothing sends the notice '{name}'", "Name it under notices, or remove it."
