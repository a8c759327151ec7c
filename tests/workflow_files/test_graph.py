"""Ways through a lifecycle, against a search that tries them all."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.actors import Role
from review_engine.domain.lifecycle import Lifecycle, State, Transition
from review_engine.workflow_files.graph import circle, shortest_paths

NAMES = ("a", "b", "c", "d", "e", "f")
EDGES = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3), max_size=6)


def drawn(edges: dict[str, list[str]]) -> Lifecycle:
    rules = [
        Transition(f"{source}{target}{number}", "", (source,), target, (Role.PARTNER,))
        for source, targets in edges.items()
        for number, target in enumerate(targets)
    ]
    return Lifecycle(
        "k", "K", "a", "r", "", {name: State(name, name) for name in NAMES}, {rule.name: rule for rule in rules}
    )


def distances(edges: dict[str, list[str]]) -> dict[str, int]:
    """Steps from ``a`` by widening rings."""
    found, ring, steps = {"a": 0}, {"a"}, 0
    while ring:
        steps += 1
        ring = {target for state in ring for target in edges.get(state, ())} - found.keys()
        found |= dict.fromkeys(ring, steps)
    return found


@given(EDGES)
def test_a_path_is_a_shortest_one_and_can_be_walked(edges: dict[str, list[str]]) -> None:
    lifecycle = drawn(edges)
    paths = shortest_paths(lifecycle, ["a"])

    assert {name: len(path) // 2 for name, path in paths.items()} == distances(edges)
    for name, path in paths.items():
        assert path[-1] == name
        for source, taken, target in zip(path[::2], path[1::2], path[2::2], strict=False):
            rule = lifecycle.transitions[taken]
            assert source in rule.sources
            assert rule.target == target


@given(EDGES)
def test_a_circle_is_found_when_there_is_one_and_only_then(edges: dict[str, list[str]]) -> None:
    found = circle(edges)
    returns = any(name in {end for target in edges[name] for end in distances_from(target, edges)} for name in edges)

    assert bool(found) is returns
    assert all(target in edges[source] for source, target in pairwise(found))
    assert not found or found[0] == found[-1]


def distances_from(start: str, edges: dict[str, list[str]]) -> set[str]:
    """Everything within reach, the start among it."""
    found, ring = {start}, {start}
    while ring:
        ring = {target for state in ring for target in edges.get(state, ())} - found
        found |= ring
    return found


def test_ways_that_are_not_allowed_are_not_walked() -> None:
    lifecycle = drawn({"a": ["b"], "b": ["c"]})

    assert list(shortest_paths(lifecycle, ["a"], lambda rule: rule.target != "c")) == ["a", "b"]
