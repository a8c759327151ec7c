"""Drawings of a workflow: Mermaid text, the JSON of statechart editors, and with an extra SVG, PNG and a terminal.

Text and JSON need nothing; what renders them is imported where it is used and asked for politely when it is missing.
"""

import json
from types import ModuleType

from review_engine.domain.errors import InvalidInput, UnknownName
from review_engine.domain.lifecycle import Lifecycle, State, Transition

_MEANT_OTHERWISE = str.maketrans({'"': "'", ":": " -", ";": ",", "#": "no. ", "\n": " ", "\t": " ", "<": "(", ">": ")"})
_EXTRA = "pip install 'review-engine[diagrams]'"
_WIDEST = 28


def mermaid(lifecycle: Lifecycle, here: str = "") -> str:
    """The workflow as a Mermaid state diagram.

    Args:
        lifecycle: what to draw.
        here: a state to mark, where a subject stands; empty for none.

    Raises:
        UnknownName: there is no such state.
    """
    _known(lifecycle, here)
    lines = ["stateDiagram-v2", f"    [*] --> {_id(lifecycle.starts)}"]
    lines += [f'    state "{_label(state.title)}" as {_id(state.name)}' for state in lifecycle.states.values()]
    for (source, target), rules in _bundled(lifecycle).items():
        label = " / ".join(f"{_label(rule.title)} ({', '.join(role.value for role in rule.by)})" for rule in rules)
        lines.append(f"    {_id(source)} --> {_id(target)} : {label}")
    lines += [f"    {_id(state.name)} --> [*]" for state in lifecycle.states.values() if state.final]
    return "\n".join([*lines, *_classes(lifecycle, here)]) + "\n"


def _classes(lifecycle: Lifecycle, here: str) -> list[str]:
    lines = [
        "    classDef listed fill:#d9f2e3,stroke:#1d7a46,color:#0b3d22",
        "    classDef ours fill:#fdf1d3,stroke:#a66f00,color:#4d3400",
        "    classDef here fill:#1f4fd8,stroke:#0f2a78,color:#ffffff,stroke-width:3px",
    ]
    for state in lifecycle.states.values():
        ours = state.waits_for is not None and state.waits_for.value in ("reviewer", "manager")
        name = "here" if state.name == here else "listed" if state.listed else "ours" if ours else ""
        if name:
            lines.append(f"    class {_id(state.name)} {name}")
    return lines


def _id(name: str) -> str:
    """A state's name as Mermaid takes it: words of its own language, such as ``end``, are left to it."""
    return f"s_{name}"


def _label(text: str) -> str:
    return text.translate(_MEANT_OTHERWISE).strip()


def _known(lifecycle: Lifecycle, here: str) -> None:
    if here and here not in lifecycle.states:
        raise UnknownName("state", here, lifecycle.states, where=f"workflow {lifecycle.name}")


def xstate(lifecycle: Lifecycle, here: str = "") -> str:
    """The workflow as JSON that statechart editors open (XState 5): guards by name, promises as named delays.

    Args:
        lifecycle: what to draw.
        here: a state to mark, where a subject stands; empty for none.

    Raises:
        UnknownName: there is no such state.
    """
    _known(lifecycle, here)
    config = {
        "id": lifecycle.name,
        "description": lifecycle.title,
        "initial": lifecycle.starts,
        "states": {name: _node(lifecycle, state, here) for name, state in lifecycle.states.items()},
    }
    return json.dumps(config, indent=2) + "\n"


def _node(lifecycle: Lifecycle, state: State, here: str) -> dict[str, object]:
    meta = {
        "title": state.title,
        "waits_for": state.waits_for.value if state.waits_for else None,
        "listed": state.listed,
        "milestone": state.milestone,
        **({"here": True} if state.name == here else {}),
    }
    node: dict[str, object] = {"description": state.says or state.title, "meta": meta}
    if state.final:
        return {"type": "final", **node}
    node["on"] = {rule.name: [_arrow(rule)] for rule in lifecycle.leaving(state.name)}
    delays = {
        sla.name: [{"target": lifecycle.transitions[sla.breach.move].target, "description": sla.title}]
        for sla in lifecycle.slas.values()
        if sla.breach.move in lifecycle.transitions and state.name in sla.runs_in
    }
    return {**node, "after": delays} if delays else node


def _arrow(rule: Transition) -> dict[str, object]:
    arrow: dict[str, object] = {
        "target": rule.target,
        "description": rule.title,
        "meta": {"by": [role.value for role in rule.by]},
    }
    if len(rule.guards) == 1:
        arrow["guard"] = rule.guards[0]
    elif rule.guards:
        arrow["guard"] = {"type": "all", "params": {"guards": list(rule.guards)}}
    if rule.notices:
        arrow["actions"] = [{"type": "notify", "params": {"notice": notice}} for notice in rule.notices]
    return arrow


def svg(lifecycle: Lifecycle, here: str = "") -> str:
    """The diagram as SVG text.

    Raises:
        UnknownName: there is no such state.
        InvalidInput: the extra that renders it is not installed.
    """
    return str(_extra("mermaidx").render(mermaid(lifecycle, here)).svg())


def png(lifecycle: Lifecycle, here: str = "") -> bytes:
    """The diagram as a PNG image; raises as ``svg`` does."""
    return bytes(_extra("mermaidx").render(mermaid(lifecycle, here)).png())


def terminal(lifecycle: Lifecycle, here: str = "") -> str:
    """The diagram drawn with characters; raises as ``svg`` does. The marked state stands between >> and <<."""
    _known(lifecycle, here)
    lines = ["flowchart TD"]
    for state in lifecycle.states.values():
        title = f">> {_label(state.title)} <<" if state.name == here else _label(state.title)
        lines.append(f'    {_id(state.name)}["{title}"]')
    for (source, target), rules in _bundled(lifecycle).items():
        if source != target:
            label = _label(" / ".join(rule.title for rule in rules))
            lines.append(f'    {_id(source)} -->|"{label}"| {_id(target)}')
    return str(_extra("termaid").render("\n".join(lines), max_label_width=_WIDEST))


def _bundled(lifecycle: Lifecycle) -> dict[tuple[str, str], list[Transition]]:
    """All transitions between two states together: several arrows would be drawn one upon the other."""
    bundles: dict[tuple[str, str], list[Transition]] = {}
    for rule in lifecycle.transitions.values():
        for source in rule.sources:
            bundles.setdefault((source, rule.target), []).append(rule)
    return bundles


def _extra(name: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise InvalidInput(
            "drawing this needs a library that is not installed",
            where=name,
            cure=f"Install it: {_EXTRA}. Mermaid text and XState JSON need nothing.",
        ) from None
