"""The check that looks at evidence."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.checks.evidence import evidence
from review_engine.checks.parameters import Misfit
from review_engine.domain.evidence import Evidence
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import Verdict
from tests.checks.samples import LIFECYCLE, case, child, guard, seen

GOOD = ["green", "yellow"]


def own() -> Test:
    return evidence(guard(), LIFECYCLE, probe="test_suite", among=GOOD, within=timedelta(days=30))


def of_components(**more: object) -> Test:
    return evidence(guard(), LIFECYCLE, probe="test_suite", among=GOOD, of="components", **more)  # type: ignore[arg-type]


def test_a_good_fresh_result_passes_and_is_named() -> None:
    verdict = own()(case(evidence={"test_suite": seen("yellow")}))

    assert verdict == Verdict("truth", "passed", "test suite is yellow", "", "test_suite#7")


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (None, "no test suite result yet"),
        (seen("red"), "test suite is red"),
        (seen("green", days_ago=31), "test suite result of 2026-01-30 is older than 30 days"),
        (seen("green", days_ago=9, expires_in=-1), "test suite result of 2026-02-21 has expired"),
        (seen("green", expires_in=0), "test suite result of 2026-03-01 has expired"),
    ],
)
def test_anything_else_fails_with_what_was_seen(result: Evidence | None, reason: str) -> None:
    verdict = own()(case(evidence={"test_suite": result} if result else {}))

    assert (verdict.outcome, verdict.reason, verdict.cure) == ("failed", reason, "Make it true.")
    assert verdict.evidence == ("test_suite#7" if result else "")


@given(st.integers(0, 60))
def test_evidence_counts_up_to_the_last_moment_of_its_time(days: int) -> None:
    assert own()(case(evidence={"test_suite": seen("green", days_ago=days)})).met is (days <= 30)


def test_every_component_has_to_be_good() -> None:
    children = (child("hook", seen("green", number=1)), child("stream", seen("yellow", number=2)))

    verdict = of_components()(case()._replace(children=children))

    assert verdict.met
    assert verdict.reason == "test suite is good for all components (2)"
    assert verdict.evidence == "hook/test_suite#1, stream/test_suite#2"


def test_the_reason_names_each_component_that_is_not() -> None:
    children = (child("hook", seen("green")), child("stream", seen("red")), child("plugin", None))

    verdict = of_components()(case()._replace(children=children))

    assert verdict.reason == "stream: test suite is red; plugin: no test suite result yet"
    assert verdict.cure == "Make it true."


def test_without_components_it_fails() -> None:
    assert of_components()(case()).reason == "there are no components yet"


def test_components_of_other_groups_and_retired_ones_are_not_asked() -> None:
    test = of_components(leaving_out=("retired",))
    good = child("hook", seen("green"))
    others = (child("old", seen("red"), state="retired"), child("other", None, kind="sample"))

    assert test(case()._replace(children=(good, *others))).met
    assert test(case()._replace(children=others)).reason == "there are no components yet"


def test_what_was_noted_is_told() -> None:
    noted = Evidence("test_suite", "red", seen("red").at, "host:host", note="identify answered 500")

    assert own()(case(evidence={"test_suite": noted})).reason == "test suite is red (identify answered 500)"


def test_evidence_that_can_never_be_good_is_refused() -> None:
    with pytest.raises(Misfit, match="no outcome is named"):
        evidence(guard(), LIFECYCLE, probe="test_suite", among=[])
    with pytest.raises(Misfit, match="no group"):
        evidence(guard(), LIFECYCLE, probe="test_suite", among=GOOD, leaving_out=("retired",))
