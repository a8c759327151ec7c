"""Proofs about a workflow: every way through it is looked at, and what does not hold is shown by a shortest way there.

Guards are taken to be able to hold and not to hold, so a property that is proved here holds whatever the facts are.
What a catalog already held when it was adopted is taken for granted: ways begin where a subject starts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from review_engine.domain.actors import STAFF, Role
from review_engine.domain.lifecycle import Lifecycle, State, Transition
from review_engine.workflow_files.graph import Path, shortest_paths

_REACHED_BY = {
    Role.PARTNER: frozenset({"partner"}),
    Role.REVIEWER: frozenset({"reviewer", "reviewers"}),
    Role.MANAGER: frozenset({"managers"}),
    Role.HOST: frozenset({"host"}),
}
"""Who must act -> the audiences of a notice that reach them."""


class Counterexample(NamedTuple):
    """One way in which a property fails: what is wrong at its end, and the shortest path there."""

    what: str
    path: Path

    def __str__(self) -> str:
        return f"{self.what}: {shown_path(self.path)}"


@dataclass(frozen=True, slots=True)
class Proof:
    """A property in words, and every way in which it fails; proved when there is none."""

    says: str
    counterexamples: tuple[Counterexample, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it is proved."""
        return not self.counterexamples


def verify(lifecycle: Lifecycle) -> list[Proof]:
    """Every property of ``PROPERTIES``, proved or refuted for this workflow.

    Args:
        lifecycle: a workflow that lints clean; names that are not declared are passed over.
    """
    return [Proof(says, tuple(search(lifecycle))) for says, search in PROPERTIES.items()]


def shown_path(path: Path) -> str:
    """A path as people read it: ``preview -(submit)-> submitted``."""
    steps = [path[0]] if path else []
    steps += [f"-({taken})-> {state}" for taken, state in zip(path[1::2], path[2::2], strict=True)]
    return " ".join(steps)


def _reached(lifecycle: Lifecycle) -> dict[str, Path]:
    starts = [lifecycle.starts] if lifecycle.starts in lifecycle.states else []
    return dict(shortest_paths(lifecycle, starts))


def is_approval(rule: Transition) -> bool:
    """Whether only staff can take it: the partner cannot, and neither can the engine nor the host."""
    return bool(rule.by) and STAFF.issuperset(rule.by)


def _listed_unapproved(lifecycle: Lifecycle) -> Iterator[Counterexample]:
    starts = [lifecycle.starts] if lifecycle.starts in lifecycle.states else []
    paths = shortest_paths(lifecycle, starts, lambda rule: not is_approval(rule))
    for name, path in paths.items():
        if lifecycle.states[name].listed:
            yield Counterexample(f"'{name}' is in the catalog without anybody's approval", path)


def _undecidable(lifecycle: Lifecycle) -> Iterator[Counterexample]:
    starts = [lifecycle.starts] if lifecycle.starts in lifecycle.states else []
    paths = shortest_paths(lifecycle, starts, lambda rule: not rule.opens)
    for rule in lifecycle.transitions.values():
        for source in rule.sources if rule.decides and not rule.opens else ():
            if source in paths:
                way = (*paths[source], rule.name, rule.target)
                yield Counterexample(f"'{rule.name}' decides what nobody has submitted", way)


def _unpromised(lifecycle: Lifecycle) -> Iterator[Counterexample]:
    promised = {state for sla in lifecycle.slas.values() for state in sla.runs_in}
    for name, path in _reached(lifecycle).items():
        turn = lifecycle.states[name].waits_for
        if turn in STAFF and name not in promised:
            yield Counterexample(f"'{name}' waits for a {turn}, and no SLA runs there", path)


def _untold(lifecycle: Lifecycle) -> Iterator[Counterexample]:
    paths = _reached(lifecycle)
    for rule in lifecycle.transitions.values():
        target = lifecycle.states.get(rule.target)
        source = next((source for source in rule.sources if source in paths), None)
        if target is None or source is None or _tells(lifecycle, rule, target):
            continue
        what = f"'{rule.name}' tells no {target.waits_for}, whose turn it is then"
        yield Counterexample(what, (*paths[source], rule.name, rule.target))


def _tells(lifecycle: Lifecycle, rule: Transition, target: State) -> bool:
    turn = target.waits_for
    if turn is None or turn is Role.ENGINE or set(rule.by) == {turn} == {Role.PARTNER} or rule.claims:
        return True  # nobody to tell, or whoever acts next has just acted
    told = {audience for name in rule.notices if name in lifecycle.notices for audience in lifecycle.notices[name].to}
    nobodys = rule.opens or lifecycle.awaits_claim(rule.target)  # the round has no reviewer yet, or not any longer
    reached = _REACHED_BY[turn] - {"reviewer"} if nobodys else _REACHED_BY[turn]
    return bool(told & reached)


def _stuck(lifecycle: Lifecycle) -> Iterator[Counterexample]:
    for name, path in _reached(lifecycle).items():
        ends = (lifecycle.states[state] for state in shortest_paths(lifecycle, [name]))
        if not any(state.final or state.listed for state in ends):
            yield Counterexample(f"from '{name}' neither the catalog nor an end can be reached", path)


PROPERTIES: dict[str, Callable[[Lifecycle], Iterator[Counterexample]]] = {
    "Nothing is listed without an approval by a reviewer or manager, which the partner cannot give": _listed_unapproved,
    "Nothing is decided that was not submitted": _undecidable,
    "Every state that waits for a reviewer or manager has an SLA": _unpromised,
    "Every transition tells whoever must act next": _untold,
    "From every state the catalog or an end can be reached": _stuck,
}
"""What is proved, as people read it, and the search for what refutes it."""
