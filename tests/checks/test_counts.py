"""Checks that count."""

from datetime import timedelta

import pytest

from review_engine.checks.counts import children_all, count_at_least
from review_engine.checks.parameters import Misfit
from review_engine.domain.verdicts import Verdict
from tests.checks.samples import LIFECYCLE, case, child, guard

MONTH = timedelta(days=28)


@pytest.mark.parametrize(("active", "outcome"), [(0, "failed"), (2, "failed"), (3, "passed"), (4, "passed")])
def test_customers_are_counted_within_the_window(active: int, outcome: str) -> None:
    test = count_at_least(guard(), LIFECYCLE, count="active_customers", at_least=3, within=MONTH)

    verdict = test(case()._replace(active={2_419_200: active, 0: 99}))

    assert verdict.outcome == outcome
    assert verdict.reason == f"{active} of 3 customers active in the last 28 days"
    assert verdict.cure == ("" if verdict.met else "Make it true.")


def test_without_a_window_every_customer_counts() -> None:
    test = count_at_least(guard(), LIFECYCLE, count="active_customers", at_least=3)

    assert test(case()._replace(active={0: 5})).reason == "5 of 3 active customers"


def test_what_nobody_counted_is_unknown_and_unmet() -> None:
    test = count_at_least(guard(), LIFECYCLE, count="active_customers", at_least=3, within=MONTH)

    verdict = test(case()._replace(active={0: 5}))

    assert verdict == Verdict("truth", "unknown", "nobody has counted yet", "Make it true.")
    assert not verdict.met


def test_a_large_count_is_told_as_it_is() -> None:
    test = count_at_least(guard(), LIFECYCLE, count="active_customers", at_least=3)

    for _ in range(2):
        assert test(case()._replace(active={0: 123_456})).reason == "123456 of 3 active customers"


def test_components_of_the_group_are_counted_and_no_others() -> None:
    test = count_at_least(guard(), LIFECYCLE, count="components", at_least=2)
    children = (child("hook", None), child("other", None, kind="sample"))

    assert test(case()._replace(children=children)).reason == "1 of 2 components"
    assert test(case()._replace(children=(*children, child("stream", None)))).met


def test_a_count_fact_is_compared() -> None:
    test = count_at_least(guard(), LIFECYCLE, count="seats", at_least=10)

    assert test(case({"seats": 10})).met
    assert test(case({"seats": 9})).reason == "9 of 10 (Seats)"
    assert test(case()).reason == "0 of 10 (Seats)"


@pytest.mark.parametrize(
    ("params", "what"),
    [
        ({"count": "seats", "at_least": 0}, "at least 0 is always true"),
        ({"count": "seats", "at_least": 1, "within": MONTH}, "only active customers are counted within a time"),
        ({"count": "name", "at_least": 1}, "fact 'name' is a text"),
    ],
)
def test_counts_that_mean_nothing_are_refused(params: dict[str, object], what: str) -> None:
    with pytest.raises(Misfit, match=what):
        count_at_least(guard(), LIFECYCLE, **params)  # type: ignore[arg-type]


def test_all_components_have_to_stand_in_the_states() -> None:
    test = children_all(guard(), LIFECYCLE, of="components", states=["ready", "retired"])
    ready, building = child("hook", None), child("stream", None, state="being_built")

    assert test(case()._replace(children=(ready,))).reason == "1 of 1 components are ready or retired"
    verdict = test(case()._replace(children=(ready, building)))
    assert verdict == Verdict("truth", "failed", "stream is being built; must be ready or retired", "Make it true.")


def test_there_has_to_be_a_component_unless_it_may_do_without() -> None:
    stranger = child("other", None, kind="sample", state="broken")
    one = children_all(guard(), LIFECYCLE, of="components", states=["ready"])
    none = children_all(guard(), LIFECYCLE, of="components", states=["ready"], at_least=0)

    assert one(case()._replace(children=(stranger,))).reason == "0 of 1 components"
    assert none(case()._replace(children=(stranger,))).met
    with pytest.raises(Misfit, match="at_least is below 0"):
        children_all(guard(), LIFECYCLE, of="components", states=["ready"], at_least=-1)
