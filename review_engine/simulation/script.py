"""What a round consists of, read off a workflow: who hands what in, who takes it up, how it can be decided.

Nothing is known here of one platform's states or guards, so that an edited workflow can be simulated as it is. What no
simulated person could bring about (a manager's ruling, say) is left to the moves that the workflow offers besides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from review_engine.domain.actors import Role
from review_engine.domain.errors import InvalidInput
from review_engine.domain.facts import Fact
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.ports.library import Library

_ADDRESS = "https://acme.example/page?utm_source=acme&utm_medium=web&utm_campaign=launch"


@dataclass(frozen=True, slots=True)
class Part:
    """A component that comes with a submission.

    Args:
        kind: its workflow.
        facts: what its partner says of it.
        seen: probe -> the outcome that lets it pass.
    """

    kind: str
    facts: Mapping[str, object]
    seen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """The moves of a round, by what they are for.

    Args:
        kind: the workflow.
        submit: the partner hands it in.
        claim: a reviewer takes it up; empty if there is no such move.
        approve: it is let through.
        send_back: it goes back to the partner, who may hand it in again; empty if there is no such move.
        reject: it ends without success; empty if there is no such move.
        facts: what the partner says of it before handing it in.
        criteria: what the reviewer confirms before letting it through.
        parts: the components that come with it.
        waiting: the states in which it waits for a reviewer, or is looked at by one.
    """

    kind: str
    submit: str
    claim: str
    approve: str
    send_back: str
    reject: str
    facts: Mapping[str, object]
    criteria: Mapping[str, object]
    parts: tuple[Part, ...]
    waiting: frozenset[str]


def script_of(library: Library, kind: str) -> Script:
    """The script of a workflow.

    Raises:
        UnknownName: no such workflow.
        InvalidInput: nobody hands anything in or lets it through there.
    """
    lifecycle = library.current(kind).lifecycle
    rules = lifecycle.transitions.values()
    submit = _one(kind, "hands it in", (rule for rule in rules if rule.opens and Role.PARTNER in rule.by))
    claims = [rule for rule in rules if rule.claims and submit.target in rule.sources]
    waiting = {submit.target, *(rule.target for rule in claims[:1])}
    decisions = [rule for rule in rules if rule.decides and waiting.intersection(rule.sources)]
    approve = _one(kind, "lets it through", (rule for rule in decisions if rule.guards))
    back = [rule for rule in decisions if rule is not approve and rule.target in submit.sources]
    other = [rule for rule in decisions if rule is not approve and rule not in back]
    read = [lifecycle.guards[name] for name in submit.guards]
    return Script(
        kind=kind,
        submit=submit.name,
        claim=claims[0].name if claims else "",
        approve=approve.name,
        send_back=back[0].name if back else "",
        reject=other[0].name if other else "",
        facts=_facts(lifecycle, read, Role.PARTNER),
        criteria=_facts(lifecycle, [lifecycle.guards[name] for name in approve.guards], Role.REVIEWER),
        parts=tuple(_parts(library, lifecycle, read)),
        waiting=frozenset(waiting),
    )


def _one(kind: str, what: str, rules: Iterable[Transition]) -> Transition:
    for rule in rules:
        return rule
    raise InvalidInput(
        f"nobody {what} in workflow '{kind}'",
        cure="Simulate a workflow in which a partner submits and a reviewer decides.",
    )


def _facts(lifecycle: Lifecycle, guards: Iterable[Guard], role: Role) -> dict[str, object]:
    """A sound value for every fact that the guards read and the role may say."""
    facts: dict[str, object] = {}
    for guard in guards:
        named = [guard.params.get("fact"), *_list(guard.params.get("facts"))]
        for fact in (lifecycle.facts[name] for name in named if isinstance(name, str) and name in lifecycle.facts):
            if role in fact.by:
                facts[fact.name] = guard.params.get("version", _sample(fact))
    return facts


def _parts(library: Library, lifecycle: Lifecycle, guards: list[Guard]) -> Iterable[Part]:
    probes = {
        str(guard.params["probe"]): str(_list(guard.params.get("among"))[0])
        for guard in guards
        if guard.check == "evidence" and guard.params.get("among")
    }
    for kind in lifecycle.children.values():
        yield Part(kind, _part_facts(library.current(kind).lifecycle), probes)


def _part_facts(part: Lifecycle) -> dict[str, object]:
    """What a component needs to become ready by itself; all that its partner may say when nothing does that."""
    for rule in part.leaving(part.starts):
        if rule.auto:
            return _facts(part, [part.guards[name] for name in rule.guards], Role.PARTNER)
    return {fact.name: _sample(fact) for fact in part.facts.values() if Role.PARTNER in fact.by}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _sample(fact: Fact) -> object:
    """A value that fits the fact's declaration."""
    samples: dict[str, object] = {
        "text": "Acme"[: fact.max],
        "url": _ADDRESS,
        "email": "support@acme.example",
        "choice": next(iter(fact.among), ""),
        "choices": list(fact.among[:1]),
        "bool": True,
        "count": 1,
        "date": "2026-01-05",
        "datetime": "2026-01-05T00:00:00Z",
        "secret": "correct horse",
    }
    return samples[fact.type]
