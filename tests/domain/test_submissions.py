"""Who has a round in hand, from its opening to its decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from review_engine.domain.actors import Actor
from review_engine.domain.lifecycle import Lifecycle, State, Transition
from review_engine.domain.subjects import Subject
from tests.domain.sample import ANN, NOW, RITA, subject

STAFF = (RITA.role,)
SUBMIT = Transition("submit", "Submit", ("draft",), "queue", (ANN.role,), opens="submission")
CLAIM = Transition("claim", "Start", ("queue",), "review", STAFF, claims=True)
TAKE_OVER = Transition("take_over", "Take over", ("review",), "review", STAFF, claims=True)
RELEASE = Transition("release", "Give back", ("review",), "queue", STAFF)
APPROVE = Transition("approve", "Approve", ("review",), "beta", STAFF, decides=True)
SECOND_STAGE = Transition("second_stage", "Pass on", ("review",), "queue", STAFF, decides=True)
WITHDRAW = Transition("withdraw", "Withdraw", ("queue", "review"), "withdrawn", (ANN.role,))
RULES = (SUBMIT, CLAIM, TAKE_OVER, RELEASE, APPROVE, SECOND_STAGE, WITHDRAW)
STATES = {name: State(name, name.title()) for name in ("draft", "queue", "review", "beta", "withdrawn")}
LIFECYCLE = Lifecycle("app", "App", "draft", "r1", "", STATES, {rule.name: rule for rule in RULES})


def after(*rules: Transition, by: Actor = RITA) -> Subject:
    """A subject that took these steps, an hour each."""
    found = replace(subject(), state="draft")
    for hour, rule in enumerate(rules):
        frees = LIFECYCLE.awaits_claim(rule.target)
        found, _ = found.take(rule, rule.target, by=by, now=NOW + timedelta(hours=hour), frees=frees)
    return found


def test_a_round_waits_to_be_taken_where_a_claim_leads_on() -> None:
    assert [name for name in STATES if LIFECYCLE.awaits_claim(name)] == ["queue"]


def test_nobody_holds_what_was_not_handed_in() -> None:
    assert after().held_by == ""


def test_a_round_is_held_by_whoever_took_it_and_by_nobody_once_it_is_given_back() -> None:
    assert after(SUBMIT).held_by == ""
    assert after(SUBMIT, CLAIM).held_by == RITA.key
    given_back = after(SUBMIT, CLAIM, RELEASE)
    assert given_back.submission is not None
    assert (given_back.held_by, given_back.submission.claimed_by, given_back.submission.claimed_at) == ("", "", None)
    assert given_back.submission.people(("claim",)) == {RITA.key}
    assert after(SUBMIT, CLAIM, RELEASE, CLAIM).held_by == RITA.key


@pytest.mark.parametrize("decision", [APPROVE, SECOND_STAGE])
def test_a_decided_round_is_in_nobodys_hand_and_remembers_its_reviewer(decision: Transition) -> None:
    decided = after(SUBMIT, CLAIM, decision)
    assert decided.submission is not None
    assert (decided.held_by, decided.submission.claimed_by) == ("", RITA.key)


def test_what_is_withdrawn_keeps_its_reviewer_who_is_told_of_it() -> None:
    assert after(SUBMIT, CLAIM, WITHDRAW).held_by == RITA.key


def test_a_new_round_is_nobodys() -> None:
    assert after(SUBMIT, CLAIM, APPROVE, SUBMIT).held_by == ""
