"""What parameters may be, read from signatures."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Literal

import pytest

from review_engine.checks.parameters import FactName, Fitting, Names, example, fit, fitted, signature_of
from review_engine.domain.durations import Duration


class Region(Enum):
    """Where."""

    EU = "eu"
    US = "us"


def tried(annotation: object, value: object) -> tuple[object, list[str]]:
    fitting = Fitting({"fact": ["docs_url"]}, [])
    return fit("p", annotation, value, fitting), [misfit.what for misfit in fitting.misfits]


@pytest.mark.parametrize(
    ("annotation", "value", "read"),
    [
        (str, "text", "text"),
        (int, 3, 3),
        (float, 3, 3),
        (float, 0.5, 0.5),
        (bool, False, False),
        (list[int], [1, 2], [1, 2]),
        (tuple[str, ...], ["a"], ("a",)),
        (frozenset[str], ["a", "a"], frozenset({"a"})),
        (list, [1, "a"], [1, "a"]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (timedelta, "2 weeks", timedelta(days=14)),
        (Duration, "2 business days", Duration(2, "business day")),
        (Literal["eu", "us"], "us", "us"),
        (Region, "eu", Region.EU),
        (int | None, 3, 3),
        (str | int, 3, 3),
        (FactName, "docs_url", "docs_url"),
        (Annotated[str, Names("planet")], "mars", "mars"),
        (Any, {"a": [1]}, {"a": [1]}),
        ("an annotation nobody resolved", 3, 3),
    ],
)
def test_what_fits_is_read_as_the_annotation_says(annotation: object, value: object, read: object) -> None:
    assert tried(annotation, value) == (read, [])


@pytest.mark.parametrize(
    ("annotation", "value", "what"),
    [
        (str, 3, "the parameter 'p' must be text"),
        (int, True, "the parameter 'p' must be a whole number"),
        (int, 3.0, "the parameter 'p' must be a whole number"),
        (float, "3", "the parameter 'p' must be a number"),
        (bool, 1, "the parameter 'p' must be true or false"),
        (list[int], "1", "the parameter 'p' must be a list"),
        (list[int], [1, "2"], "the parameter 'p[1]' must be a whole number"),
        (dict[str, int], {"a": "1"}, "the parameter 'p.a' must be a whole number"),
        (dict[str, int], [1], "the parameter 'p' must be a table"),
        (timedelta, 28, "the parameter 'p' must be a length of time"),
        (timedelta, "9" * 5000 + " days", "the parameter 'p' must be a length of time"),
        (timedelta, "2 business days", "the parameter 'p' is counted in plain time"),
        (timedelta, "soon", "'soon' is not a duration"),
        (Literal["eu", "us"], "uk", "the parameter 'p' cannot be 'uk'"),
        (Region, "uk", "the parameter 'p' cannot be 'uk'"),
        (int | None, "3", "the parameter 'p' must be a whole number"),
        (str | int, [3], "the parameter 'p' must be text or a whole number"),
        (FactName, "docs_ur", "there is no fact 'docs_ur'"),
        (FactName, 3, "the parameter 'p' must be text"),
    ],
)
def test_what_does_not_fit_is_said_once(annotation: object, value: object, what: str) -> None:
    assert tried(annotation, value)[1] == [what]


def test_a_check_that_takes_anything_takes_anything() -> None:
    def check(case: object, **params: object) -> None:
        """Anything."""

    assert fitted(signature_of(check, given=1), {"a": 1, "b": "x"}, {}) == ({"a": 1, "b": "x"}, [])


def test_annotations_that_cannot_be_resolved_go_unchecked() -> None:
    def check(case: "Nowhere", *, at_least: "Nothing") -> None:  # type: ignore[name-defined]  # noqa: F821
        """Says names that nobody defined."""

    assert fitted(signature_of(check, given=1), {"at_least": "x"}, {}) == ({"at_least": "x"}, [])


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (str, '"..."'),
        (list[int], "[1]"),
        (bool, "true"),
        (timedelta, '"14 days"'),
        (int | None, "1"),
        (FactName, '"<fact>"'),
    ],
)
def test_an_example_stands_as_it_would_in_a_file(annotation: object, shown: str) -> None:
    assert example(annotation) == shown
