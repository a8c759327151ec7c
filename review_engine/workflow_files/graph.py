"""Ways through a lifecycle: what can be reached, by the shortest path. The linter and the verifier walk here."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping

from review_engine.domain.lifecycle import Lifecycle, Transition

Path = tuple[str, ...]
"""Names in turn: a state, the transition taken, the next state, ..."""

Allowed = Callable[[Transition], bool]


def everything(transition: Transition) -> bool:
    """Every transition may be walked."""
    return True


def entrances(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The states that subjects come into without a transition: where they start, and where a catalog puts them."""
    adoption = lifecycle.adoption
    taken_in = (*adoption.states.values(), adoption.delisted) if adoption else ()
    return tuple(state for state in (lifecycle.starts, *taken_in) if state in lifecycle.states)


def shortest_paths(lifecycle: Lifecycle, starts: Iterable[str], allowed: Allowed = everything) -> Mapping[str, Path]:
    """Every state that can be reached from ``starts`` over allowed transitions, with a shortest path to it."""
    paths: dict[str, Path] = {start: (start,) for start in starts}
    waiting = deque(paths)
    while waiting:
        state = waiting.popleft()
        for transition in lifecycle.leaving(state):
            target = transition.target
            if target in lifecycle.states and target not in paths and allowed(transition):
                paths[target] = (*paths[state], transition.name, target)
                waiting.append(target)
    return paths


def circle(edges: Mapping[str, Collection[str]]) -> Path:
    """A circle among the edges, first and last the same; empty when there is none."""
    done: set[str] = set()
    for start in edges:
        if found := _circle_from(start, edges, done):
            return found
    return ()


def _circle_from(start: str, edges: Mapping[str, Collection[str]], done: set[str]) -> Path:
    trail: list[str] = []
    waiting = [(start, False)]
    while waiting:
        name, leaving = waiting.pop()
        if leaving:
            trail.pop()
            done.add(name)
        elif name in trail:
            return (*trail[trail.index(name) :], name)
        elif name not in done:
            trail.append(name)
            waiting.append((name, True))
            waiting.extend((other, False) for other in edges.get(name, ()))
    return ()
