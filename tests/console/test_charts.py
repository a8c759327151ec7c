"""Charts: what is drawn is what was counted, and it is said in words beside the picture."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from review_engine.console.charts import HEIGHT, WIDTH, Point, line, nice_top, spread

A_DAY = date(2026, 3, 2)


def days(*values: int) -> list[Point]:
    return [Point(A_DAY + timedelta(days=place), value) for place, value in enumerate(values)]


def test_a_line_needs_two_days() -> None:
    assert line([], "Apps") is None
    assert line(days(3), "Apps") is None


def test_a_line_goes_from_the_left_edge_to_the_right_and_says_what_it_shows() -> None:
    chart = line(days(0, 5, 10), "Apps that waited")
    assert chart is not None
    assert 'points="0.0,160.0 300.0,80.0 600.0,0.0"' in chart.svg
    assert chart.says == (
        "Apps that waited, from 2 Mar 2026 to 4 Mar 2026: 0 at first, 10 at last, at most 10 on 4 Mar 2026."
    )
    assert (chart.top, chart.first, chart.last) == (10, A_DAY, A_DAY + timedelta(days=2))


def test_what_is_counted_is_never_markup() -> None:
    chart = line(days(1, 2), "<script>")
    assert chart is not None
    assert "<script>" not in chart.svg


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=400))
def test_every_day_lies_within_the_picture(values: list[int]) -> None:
    chart = line(days(*values), "Apps")
    assert chart is not None
    curve = re.search(r'class="curve" points="([^"]+)"', chart.svg)
    assert curve is not None
    spots = [tuple(map(float, spot.split(","))) for spot in curve[1].split()]
    assert len(spots) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in spots)
    assert [x for x, _ in spots] == sorted(x for x, _ in spots)


@given(st.integers(0, 10**12))
def test_the_scale_is_round_and_not_much_too_high(most: int) -> None:
    top = nice_top(most)
    assert top >= max(most, 4)
    assert top <= max(5, 2.5 * most)
    assert str(top).rstrip("0") in ("1", "2", "5")


@given(st.lists(st.integers(0, 9), max_size=200), st.integers(1, 40))
def test_a_table_of_some_days_ends_with_the_last(values: list[int], most: int) -> None:
    points = days(*values)
    some = spread(points, most)
    assert len(some) <= most
    assert some == sorted(some)
    assert not points or some[-1] == points[-1]
