"""The road of a lifecycle, for drawing: the straight way from the first state to the goal, and where a subject stands.

Any workflow has such a road; states beside it are shown where the subject left it. Pure: values in, values out.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.lifecycle import Lifecycle, State
from review_engine.domain.moves import Move

DONE, HERE, AHEAD = "done", "here", "ahead"


class Place(NamedTuple):
    """One place of the drawing.

    Args:
        state: the state.
        mark: ``done``, ``here`` or ``ahead``.
        since: when it was last entered (aware UTC); None if it never was.
        aside: it lies beside the road.
    """

    state: State
    mark: str
    since: datetime | None = None
    aside: bool = False


def main_road(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The shortest way from the start to the goal: the last milestone, else what is listed, else what is final."""
    reached = _ways(lifecycle)
    states = [state for state in lifecycle.states.values() if state.name in reached]
    for worth in ("milestone", "listed", "final"):
        goals = [state.name for state in states if getattr(state, worth)]
        if goals:
            return reached[goals[-1]]
    return reached[states[-1].name]


def _ways(lifecycle: Lifecycle) -> dict[str, tuple[str, ...]]:
    """state -> the states on the shortest way to it, itself included."""
    ways: dict[str, tuple[str, ...]] = {lifecycle.starts: (lifecycle.starts,)}
    waiting = deque([lifecycle.starts])
    while waiting:
        here = waiting.popleft()
        for rule in lifecycle.leaving(here):
            if rule.target not in ways:
                ways[rule.target] = (*ways[here], rule.target)
                waiting.append(rule.target)
    return ways


def drawn(lifecycle: Lifecycle, state: str, moves: Iterable[Move]) -> tuple[Place, ...]:
    """The road with the place of a subject marked; a state beside the road stands behind the place it was left at.

    Args:
        lifecycle: the map.
        state: where the subject stands.
        moves: its history, oldest first.
    """
    road = main_road(lifecycle)
    entered = {move.target: move.at for move in moves if move.target != move.source}
    if state in road:
        return tuple(_place(lifecycle, road, place, road.index(state), entered) for place in range(len(road)))
    left = max((road.index(name) for name in _visited_last(road, entered)), default=0)
    places = [_place(lifecycle, road, place, left + 1, entered) for place in range(len(road))]
    places = [place._replace(mark=AHEAD) if place.mark == HERE else place for place in places]
    places.insert(left + 1, Place(lifecycle.state(state), HERE, entered.get(state), aside=True))
    return tuple(places)


def _visited_last(road: tuple[str, ...], entered: dict[str, datetime]) -> list[str]:
    """The place of the road that was entered last, if any."""
    visited = [name for name in road if name in entered]
    return [max(visited, key=lambda name: (entered[name], road.index(name)))] if visited else []


def _place(lifecycle: Lifecycle, road: tuple[str, ...], place: int, here: int, entered: dict[str, datetime]) -> Place:
    mark = DONE if place < here else HERE if place == here else AHEAD
    name = road[place]
    return Place(lifecycle.state(name), mark, entered.get(name) if mark != AHEAD else None)
