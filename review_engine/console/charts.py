"""Charts drawn on the server as SVG: no script, colours from the style sheet, and a table beneath that says the same.

The plot is stretched to the width of its place, so it holds no letters, which would be stretched with it; scale and
dates stand beside it as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

WIDTH, HEIGHT = 600, 160


class Point(NamedTuple):
    """One value of a day."""

    day: date
    value: int


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line over days.

    Args:
        svg: the plot, without letters.
        top: the value at its upper edge.
        first, last: the days at its sides.
        says: the whole in one sentence, for those who do not see it.
    """

    svg: Markup
    top: int
    first: date
    last: date
    says: str


def line(points: Sequence[Point], what: str) -> LineChart | None:
    """A line chart; None for fewer than two points, which make no line.

    Args:
        points: by day, oldest first.
        what: what is counted, such as ``Apps that waited``.
    """
    if len(points) < 2:  # noqa: PLR2004 - two ends of a line
        return None
    top = nice_top(max(point.value for point in points))
    spots = [
        (round(place * WIDTH / (len(points) - 1), 1), round(HEIGHT - point.value * HEIGHT / top, 1))
        for place, point in enumerate(points)
    ]
    says = _sentence(points, what)
    return LineChart(_drawn(spots, says), top, points[0].day, points[-1].day, says)


def nice_top(most: int) -> int:
    """A round number that is not below ``most``: 1, 2, 5 or 10 times a power of ten, at least 4."""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if scale * step >= max(most, 4):
                return scale * step
        scale *= 10


def spread(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many of the points, evenly spread, the last among them: for a table that can be read."""
    step = -(-len(points) // most) if points else 1
    return list(points[::-1][::step][::-1])


def _drawn(spots: Sequence[tuple[float, float]], says: str) -> Markup:
    path = " ".join(f"{x},{y}" for x, y in spots)
    grid = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}" vector-effect="non-scaling-stroke"/>').format(
            WIDTH, y, y
        )
        for y in (0, HEIGHT // 2, HEIGHT)
    )
    return Markup(
        '<svg class="plot" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{says}" '
        'xmlns="http://www.w3.org/2000/svg">{grid}<polygon class="area" points="0,{h} {path} {w},{h}"/>'
        '<polyline class="curve" points="{path}" fill="none" vector-effect="non-scaling-stroke"/></svg>'
    ).format(w=WIDTH, h=HEIGHT, says=says, grid=grid, path=path)


def _sentence(points: Sequence[Point], what: str) -> str:
    most = max(points, key=lambda point: point.value)
    return (
        f"{what}, from {_day(points[0].day)} to {_day(points[-1].day)}: {points[0].value} at first, {points[-1].value} "
        f"at last, at most {most.value} on {_day(most.day)}."
    )


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
