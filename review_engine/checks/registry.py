"""The register of checks: the built-in ones and a host's own, and the binding of a workflow's guards to them.

A built-in check is a factory: it takes a guard's parameters once and answers with a closure that is as quick as it can
be. A host's own check is a plain function of a case and named parameters (``own``). Either way parameters are held
against the signature when a workflow is loaded; a name with a dot is refused and nothing is ever imported by name.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import NamedTuple, TypeVar

from review_engine.checks.counts import CUSTOMERS, children_all, count_at_least, window_of
from review_engine.checks.evidence import evidence
from review_engine.checks.facts import accepted, fact_in, facts_present
from review_engine.checks.own import adapted
from review_engine.checks.parameters import Known, Misfit, Signature, fitted, signature_of
from review_engine.checks.people import attested, distinct_people, not_same_person
from review_engine.checks.time import stood_for
from review_engine.domain.actors import Role
from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidFile, InvalidInput, shown, suggestion
from review_engine.domain.faults import Fault
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.machine import Arbiter
from review_engine.domain.playbook import BoundGuard, Playbook, Test

ENTRY_POINTS = "review_engine.checks"
"""The group of entry points under which an installed package offers checks to every workflow."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")

Params = Mapping[str, object]
F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class _Check:
    """One registered check: how its parameters are judged, how it is bound, and what it has to be handed."""

    signature: Signature
    bind: Callable[[Guard, Lifecycle, Params], Test]
    windows: Callable[[Params], tuple[int, ...]]
    reads_children: Callable[[Params, Lifecycle], bool]


class _Bound(NamedTuple):
    test: Test
    windows: tuple[int, ...]
    reads_children: bool


def _built_in(factory: Callable[..., Test]) -> _Check:
    return _Check(
        signature_of(factory, given=2),
        lambda guard, declared, params: factory(guard, declared, **params),
        window_of if factory is count_at_least else lambda params: (),
        lambda params, declared: bool(params.get("of")) or params.get("count") in declared.children,
    )


_BUILT_IN: Mapping[str, _Check] = {
    factory.__name__: _built_in(factory)
    for factory in (
        facts_present, fact_in, accepted, attested, evidence, count_at_least, children_all, stood_for,
        not_same_person, distinct_people,
    )
}  # fmt: skip


class Checks:
    """Every check a workflow may name."""

    def __init__(self) -> None:
        self._checks = dict(_BUILT_IN)

    def add(self, name: str, function: F, *, windows: tuple[str, ...] = ()) -> F:
        """Register a host's own check: a plain function ``(case, **parameters) -> Verdict``.

        Args:
            name: as workflows will name it.
            function: pure and quick; what is slow belongs into a probe.
            windows: times in which the check counts active customers (``case.active``), such as "28 days".

        Returns:
            The function itself, so that a decorator can hand it on.

        Raises:
            InvalidInput: the name is taken or not of the form, or the function cannot be called that way.
        """
        if not _NAME.match(name):
            raise InvalidInput(f"{shown(name)} cannot name a check", cure="Use small letters, digits and underscores.")
        if name in self._checks:
            raise InvalidInput(f"there is a check '{name}' already", cure="Choose another name.")
        counted = tuple(Duration.parse(window).seconds for window in windows)
        self._checks[name] = _Check(
            signature_of(function, given=1),
            lambda guard, declared, params: adapted(guard, function, params),
            lambda params: counted,
            lambda params, declared: bool(declared.children),
        )
        return function

    def names(self) -> tuple[str, ...]:
        """The names of all checks, sorted."""
        return tuple(sorted(self._checks))

    def signatures(self) -> Mapping[str, Signature]:
        """What each check may be called with, for documentation."""
        return {name: self._checks[name].signature for name in self.names()}

    def faults(self, lifecycle: Lifecycle, kin: Mapping[str, Lifecycle] | None = None) -> list[Fault]:
        """Everything that is wrong with the checks and parameters that the guards name; without path and line.

        Args:
            lifecycle: the workflow.
            kin: the workflows of its components, by kind, so that guards about their states can be judged.
        """
        faults = []
        for guard in lifecycle.guards.values():
            if not guard.check:  # the reader has said that it is missing
                continue
            child = (kin or {}).get(lifecycle.children.get(str(guard.params.get("of")), ""))
            known = _known(lifecycle) | ({"state of the group": child.states.keys()} if child else {})
            faults += self._attempt(guard, lifecycle, known)[1]
        return faults

    def bind(self, lifecycle: Lifecycle) -> Playbook:
        """The lifecycle, playable.

        Raises:
            InvalidFile: guards name checks or parameters that do not fit; holds every fault.
            UnknownName: a transition names a guard that is not declared.
        """
        known = _known(lifecycle)
        bound: dict[str, _Bound] = {}
        faults: list[Fault] = []
        for guard in lifecycle.guards.values():
            made, found = self._attempt(guard, lifecycle, known)
            faults += found
            if made is not None:
                bound[guard.name] = made
        if faults:
            raise InvalidFile("the guards cannot be bound to checks", faults, where=f"workflow {lifecycle.name}")
        used = {name for transition in lifecycle.transitions.values() for name in transition.guards}
        return Playbook(
            lifecycle,
            Arbiter(lifecycle),
            {
                transition.name: tuple(
                    BoundGuard(lifecycle.guard(name), bound[lifecycle.guard(name).name].test)
                    for name in transition.guards
                )
                for transition in lifecycle.transitions.values()
            },
            windows=tuple(sorted({window for name in used for window in bound[name].windows})),
            reads_children=any(bound[name].reads_children for name in used),
        )

    def _installed(self, name: str) -> _Check | None:
        """A check that an installed package offers under the entry point group ``review_engine.checks``.

        Looked for only when a workflow names what nobody has registered. A package is installed by whoever runs the
        engine; a workflow file alone never makes anything be imported.
        """
        if not _NAME.match(name):
            return None
        for offered in entry_points(group=ENTRY_POINTS, name=name):
            self.add(name, offered.load())
            return self._checks[name]
        return None

    def _attempt(self, guard: Guard, lifecycle: Lifecycle, known: Known) -> tuple[_Bound | None, list[Fault]]:
        place = f"guards.{guard.name}"
        check = self._checks.get(guard.check) or self._installed(guard.check)
        if check is None:
            return None, [Fault("", 0, f"{place}.check", *_unknown(guard.check, self.names()))]
        params, misfits = fitted(check.signature, guard.params, known)
        if not misfits:
            try:
                test = check.bind(guard, lifecycle, params)
                return _Bound(test, check.windows(params), check.reads_children(params, lifecycle)), []
            except Misfit as misfit:
                misfits = [misfit]
        return None, list(_as_faults(place, misfits))


def _as_faults(place: str, misfits: list[Misfit]) -> Iterator[Fault]:
    for misfit in misfits:
        yield Fault("", 0, f"{place}.{misfit.parameter}" if misfit.parameter else place, misfit.what, misfit.cure)


def _unknown(name: str, known: tuple[str, ...]) -> tuple[str, str]:
    if "." in name or ":" in name:
        return (
            f"{shown(name)} is a path to code, and nothing is imported by name from a workflow file",
            "Register the function with the engine under a plain name, and write that name here.",
        )
    return f"there is no check {shown(name)}", suggestion(name, list(known))


def _known(lifecycle: Lifecycle) -> dict[str, Collection[str]]:
    counts = [fact.name for fact in lifecycle.facts.values() if fact.type == "count"]
    return {
        "fact": lifecycle.facts.keys(),
        "state": lifecycle.states.keys(),
        "transition": lifecycle.transitions.keys(),
        "role": [role.value for role in Role],
        "group of components": lifecycle.children.keys(),
        "thing to count": {CUSTOMERS, *lifecycle.children, *counts},
    }
