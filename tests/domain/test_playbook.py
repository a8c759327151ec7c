"""A move is decided in this order: whose subject, which role, which state, which guards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from review_engine.domain.actors import ENGINE, Actor
from review_engine.domain.cases import Case
from review_engine.domain.errors import InvalidInput, NotAllowed, NotFound, UnknownName
from review_engine.domain.evidence import Waiver
from review_engine.domain.facts import FactChange, Said
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Refused
from tests.domain.sample import ANN, BOOK, FACTS, NOW, RITA, TURNCOAT, subject

SAID = Said("partner", "p-ann", NOW)


def ready() -> Subject:
    changes = (FactChange("name", "Acme Sync", SAID), FactChange("docs", "https://acme.example/docs", SAID))
    return subject().edited(FACTS, changes)


def submitted() -> Subject:
    return BOOK.take("submit", Case(ready(), ANN, NOW))[0]


def test_a_refusal_names_every_unmet_guard_with_its_cure() -> None:
    with pytest.raises(Refused) as refused:
        BOOK.take("submit", Case(subject(), ANN, NOW))
    assert [item.verdict.guard for item in refused.value.unmet] == ["has_docs", "has_name"]
    assert "Add docs." in str(refused.value)
    assert "Add name." in str(refused.value)


def test_a_met_checklist_moves_the_subject_and_says_on_which_verdicts() -> None:
    moved, move = BOOK.take("submit", Case(ready(), ANN, NOW))
    assert (moved.state, moved.number, move.source, move.target) == ("review", 2, "draft", "review")
    assert [verdict.outcome for verdict in move.verdicts] == ["passed", "passed"]
    assert moved.head == move.hash


def test_a_foreign_subject_reads_exactly_like_an_absent_one() -> None:
    stranger = Actor.partner("p-eve", of="eve-corp")
    with pytest.raises(NotFound) as refused:
        BOOK.take("submit", Case(ready(), stranger, NOW))
    assert str(refused.value) == str(NotFound("app", "app/acme-sync"))


def test_the_wrong_role_is_refused_before_any_guard_speaks() -> None:
    with pytest.raises(NotAllowed, match="is not for a reviewer"):
        BOOK.take("submit", Case(subject(), RITA, NOW))


def test_nobody_decides_over_an_app_of_their_own_partner() -> None:
    with pytest.raises(NotAllowed, match="member of the partner"):
        BOOK.take("approve", Case(submitted(), TURNCOAT, NOW))


def test_a_transition_from_another_state_is_refused_with_where_it_starts() -> None:
    with pytest.raises(Refused, match="'Submit' starts from Draft; Acme Sync stands in In review"):
        BOOK.take("submit", Case(submitted(), ANN, NOW))


def test_an_unknown_transition_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'approve'"):
        BOOK.take("aprove", Case(submitted(), RITA, NOW))


@pytest.mark.parametrize("comment", ["", "   "])
def test_a_transition_that_needs_a_comment_is_not_taken_without(comment: str) -> None:
    with pytest.raises(InvalidInput, match="needs a comment"):
        BOOK.take("reject", Case(submitted(), RITA, NOW), comment)


def test_a_decision_is_refused_when_the_facts_are_not_those_that_were_submitted() -> None:
    changed = submitted().edited(FACTS, (FactChange("docs", "https://acme.example/other", SAID),))
    with pytest.raises(Refused, match="no longer those of round 1"):
        BOOK.take("approve", Case(changed, RITA, NOW))


def test_a_fact_that_is_not_the_partners_does_not_make_a_decision_stale() -> None:
    changed = submitted().edited(FACTS, (FactChange("oauth", True, Said("host", "host", NOW)),))
    assert BOOK.take("approve", Case(changed, RITA, NOW))[0].state == "beta"


def test_a_waiver_lets_through_and_stays_visible() -> None:
    waiver = Waiver("has_docs", "docs follow next week", "manager:m-mo", NOW, NOW + timedelta(days=7))
    case = Case(replace(subject(), facts={"name": "Acme"}).waiving(waiver), ANN, NOW)
    _, move = BOOK.take("submit", case)
    assert move.verdicts[0].outcome == "waived"
    assert "docs follow next week" in move.verdicts[0].reason


def test_a_waiver_that_has_ended_excuses_nothing() -> None:
    waiver = Waiver("has_docs", "docs follow next week", "manager:m-mo", NOW, NOW + timedelta(days=7))
    late = Case(replace(subject(), facts={"name": "Acme"}).waiving(waiver), ANN, NOW + timedelta(days=7))
    with pytest.raises(Refused):
        BOOK.take("submit", late)


def test_the_engine_is_an_actor_like_any_other() -> None:
    beta = replace(submitted(), state="beta", facts={"oauth": True})
    moved, move = BOOK.take("launch", Case(beta, ENGINE, NOW))
    assert (moved.state, move.role, move.by) == ("public", "engine", "engine")


def test_a_round_remembers_who_opened_it_who_claimed_it_and_how_it_ended() -> None:
    claimed, _ = BOOK.take("claim", Case(submitted(), RITA, NOW))
    ended, _ = BOOK.take("approve", Case(claimed, RITA, NOW))
    assert ended.submission is not None
    assert (ended.submission.opened_by, ended.submission.claimed_by, ended.submission.decision) == (
        "p-ann", "r-rita", "approve",
    )  # fmt: skip
    assert ended.submission.people(("submit", "claim")) == {"p-ann", "r-rita"}


def test_a_claim_does_not_reset_since_when_the_subject_stands_there() -> None:
    later = NOW + timedelta(hours=3)
    assert BOOK.take("claim", Case(submitted(), RITA, later))[0].since == NOW
