"""Checks that look at facts."""

import pytest

from review_engine.checks.facts import accepted, fact_in, facts_present
from review_engine.checks.parameters import Misfit
from review_engine.domain.facts import FactValue
from review_engine.domain.verdicts import Verdict
from tests.checks.samples import LIFECYCLE, case, guard

DOCS = {"docs_url": "https://acme.example/docs"}
POST = {"launch_post_url": "https://acme.example/launch"}


def test_all_facts_given_pass_with_their_titles() -> None:
    test = facts_present(guard(), LIFECYCLE, facts=["docs_url", "launch_post_url"])

    assert test(case({**DOCS, **POST})) == Verdict("truth", "passed", "given: Your documentation, Launch post")


def test_missing_facts_are_named_by_their_titles_with_the_cure() -> None:
    test = facts_present(guard(), LIFECYCLE, facts=["docs_url", "launch_post_url", "name"])

    assert test(case(POST)) == Verdict("truth", "failed", "missing: Your documentation, Name", "Make it true.")


def test_an_answer_of_no_is_a_fact_that_was_given() -> None:
    test = facts_present(guard(), LIFECYCLE, facts=["sound"])

    assert test(case({"sound": False})).met


def test_a_guard_on_no_fact_at_all_is_refused() -> None:
    with pytest.raises(Misfit, match="no fact is named"):
        facts_present(guard(), LIFECYCLE, facts=[])


@pytest.mark.parametrize(
    ("facts", "outcome", "reason"),
    [
        ({"tier": "priority"}, "passed", "Tier: priority"),
        ({"tier": "standard"}, "failed", "Tier: standard; it must be priority"),
        ({}, "failed", "missing: Tier"),
    ],
)
def test_a_choice_is_held_against_the_values(facts: dict[str, FactValue], outcome: str, reason: str) -> None:
    verdict = fact_in(guard(), LIFECYCLE, fact="tier", among=["priority"])(case(facts))

    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    assert verdict.cure == ("" if verdict.met else "Make it true.")


def test_choices_may_hold_nothing_but_the_values() -> None:
    test = fact_in(guard(), LIFECYCLE, fact="categories", among=["CRM", "Analytics"])

    assert test(case({"categories": ["Analytics", "CRM"]})).met
    verdict = test(case({"categories": ["Analytics", "Surveys"]}))
    assert verdict.reason == "Categories: Analytics, Surveys; it must be CRM or Analytics"


@pytest.mark.parametrize("held", [True, False])
def test_a_yes_is_not_a_no(held: bool) -> None:
    test = fact_in(guard(), LIFECYCLE, fact="sound", among=[True])

    assert test(case({"sound": held})).met is held
    assert test(case({"sound": held})).reason == ("It is sound: yes" if held else "It is sound: no; it must be yes")


def test_a_count_is_not_taken_for_a_yes() -> None:
    with pytest.raises(Misfit, match=r"does not fit fact 'seats'"):
        fact_in(guard(), LIFECYCLE, fact="seats", among=[True])


def test_a_value_the_fact_never_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(Misfit, match="Did you mean 'priority'"):
        fact_in(guard(), LIFECYCLE, fact="tier", among=["priorty"])


@pytest.mark.parametrize(
    ("facts", "version", "reason"),
    [
        ({"agreement_version": "2026-01"}, "2026-01", "2026-01 was accepted"),
        ({"agreement_version": "2025-06"}, "", "accepted"),
        ({"agreement_version": "2025-06"}, "2026-01", "2025-06 was accepted, 2026-01 is in force"),
        ({}, "2026-01", "not accepted yet"),
    ],
)
def test_an_agreement_counts_in_the_version_in_force(facts: dict[str, FactValue], version: str, reason: str) -> None:
    verdict = accepted(guard(), LIFECYCLE, fact="agreement_version", version=version)(case(facts))

    assert verdict.reason == reason
    assert verdict.met is reason.endswith("accepted")
