"""The check that looks at evidence: what probes, the host or a reviewer observed, while it is fresh.

A guard never looks for evidence; it rests on what was recorded, and its verdict names the observation.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from review_engine.checks.parameters import GroupName, GroupState, Misfit
from review_engine.checks.time import span
from review_engine.domain.cases import Case
from review_engine.domain.evidence import Evidence
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import FAILED, PASSED, Verdict

Fault = Callable[[Evidence | None, datetime], str]
"""What is wrong with an observation at a time, in words; empty for nothing."""


def evidence(
    guard: Guard,
    declared: Lifecycle,
    *,
    probe: str,
    among: list[str],
    of: GroupName = "",
    within: timedelta = timedelta(0),
    leaving_out: tuple[GroupState, ...] = (),
) -> Test:
    """The newest observation is fresh and good; with ``of``, for every component of the group, and there is one.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        probe: what was looked at.
        among: outcomes that are good.
        of: the group of components it is asked of; when left out, the subject itself.
        within: how old the observation may be, in plain time ("30 days"); when left out, until it expires.
        leaving_out: states of components that are not asked, such as a retired one.
    """
    if not among:
        raise Misfit("among", "no outcome is named", 'Name at least one: among = ["green"].')
    fault = _fault(probe, frozenset(among), within)
    if of:
        return _of_children(guard, declared.children[of], of, probe, fault, frozenset(leaving_out))
    if leaving_out:
        raise Misfit("leaving_out", "there is no group to leave any out of", "Name the group: of = ...")
    return _of_subject(guard, probe, fault)


def _fault(probe: str, good: frozenset[str], within: timedelta) -> Fault:
    label, old = probe.replace("_", " "), f"older than {span(within)}"

    def fault(seen: Evidence | None, now: datetime) -> str:
        if seen is None:
            return f"no {label} result yet"
        if seen.outcome not in good:
            return f"{label} is {seen.outcome}" + (f" ({seen.note})" if seen.note else "")
        if seen.expires_at is not None and now >= seen.expires_at:
            return f"{label} result of {seen.at:%Y-%m-%d} has expired"
        if within and now - seen.at > within:
            return f"{label} result of {seen.at:%Y-%m-%d} is {old}"
        return ""

    return fault


def _of_subject(guard: Guard, probe: str, fault: Fault) -> Test:
    name, fix, label = guard.name, guard.fix, probe.replace("_", " ")

    def test(case: Case) -> Verdict:
        seen = case.subject.evidence.get(probe)
        wrong = fault(seen, case.now)
        if wrong or seen is None:
            return Verdict(name, FAILED, wrong, fix, seen.reference if seen else "")
        return Verdict(name, PASSED, f"{label} is {seen.outcome}", "", seen.reference)

    return test


def _of_children(guard: Guard, kind: str, group: str, probe: str, fault: Fault, absent: frozenset[str]) -> Test:
    name, fix, words, label = guard.name, guard.fix, group.replace("_", " "), probe.replace("_", " ")

    def test(case: Case) -> Verdict:
        now, wrongs, references = case.now, [], []
        for child in case.children:
            if child.kind == kind and child.state not in absent:
                seen = child.evidence.get(probe)
                if wrong := fault(seen, now):
                    wrongs.append(f"{child.slug}: {wrong}")
                elif seen is not None:
                    references.append(f"{child.slug}/{seen.reference}")
        if wrongs:
            return Verdict(name, FAILED, "; ".join(wrongs), fix, ", ".join(references))
        if not references:
            return Verdict(name, FAILED, f"there are no {words} yet", fix)
        reason = f"{label} is good for all {words} ({len(references)})"
        return Verdict(name, PASSED, reason, "", ", ".join(references))

    return test
