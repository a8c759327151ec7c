"""Checks that look at people."""

from datetime import timedelta

import pytest

from review_engine.checks.parameters import Misfit
from review_engine.checks.people import attested, distinct_people, not_same_person
from review_engine.domain.canonical import instant
from tests.checks.samples import ANN, LIFECYCLE, NOW, REX, case, guard, round_of


def test_a_yes_counts_when_somebody_in_the_role_said_it() -> None:
    test = attested(guard(), LIFECYCLE, fact="sound", by=("reviewer", "manager"))

    assert test(case({"sound": True}, said="reviewer")).met
    assert test(case({"sound": True}, said="manager")).reason == "confirmed by a reviewer or a manager"


@pytest.mark.parametrize(("value", "said"), [(True, "partner"), (False, "reviewer"), (None, "")])
def test_a_yes_from_others_a_no_and_silence_do_not_count(value: bool | None, said: str) -> None:
    test = attested(guard(), LIFECYCLE, fact="sound", by=("reviewer",))

    verdict = test(case({} if value is None else {"sound": value}, said=said))

    assert (verdict.met, verdict.reason) == (False, "not confirmed by a reviewer yet")
    assert verdict.cure == "Make it true."


def test_a_time_counts_once_it_has_come() -> None:
    test = attested(guard(), LIFECYCLE, fact="live_at", by=("host",))

    assert test(case({"live_at": instant(NOW)}, said="host")).met
    later = test(case({"live_at": instant(NOW + timedelta(hours=1))}, said="host"))
    assert (later.met, later.reason) == (False, "it holds from 2026-03-02T11:00:00.000000Z on")


def test_a_date_counts_from_its_first_moment() -> None:
    test = attested(guard(), LIFECYCLE, fact="beta_since", by=("manager",))

    assert test(case({"beta_since": "2026-03-02"}, said="manager")).met
    assert not test(case({"beta_since": "2026-03-03"}, said="manager")).met


def test_a_word_given_before_the_round_does_not_count_for_it_when_it_must_not() -> None:
    test = attested(guard(), LIFECYCLE, fact="sound", by=("reviewer",), this_round=True)
    early, late = round_of(), round_of()
    object.__setattr__(late, "opened_at", NOW - timedelta(hours=1))

    assert test(case({"sound": True}, said="reviewer")).met
    assert test(case({"sound": True}, said="reviewer", submission=early)).met
    verdict = test(case({"sound": True}, said="reviewer", submission=late))
    assert (verdict.met, verdict.reason) == (False, "confirmed for an earlier submission only")


def test_only_a_yes_or_a_time_can_be_confirmed() -> None:
    with pytest.raises(Misfit, match="fact 'name' is a text"):
        attested(guard(), LIFECYCLE, fact="name")


def test_a_role_that_may_never_set_the_fact_is_refused() -> None:
    with pytest.raises(Misfit, match="fact 'sound' is never set by host"):
        attested(guard(), LIFECYCLE, fact="sound", by=("host",))


def test_whoever_submitted_may_not_decide() -> None:
    test = not_same_person(guard(), LIFECYCLE, transitions=["submit"])
    submitted = round_of(submit=("ann",))

    assert test(case(by=REX, submission=submitted)).met
    verdict = test(case(by=ANN, submission=submitted))
    assert (verdict.met, verdict.reason) == (False, "the same person took 'Submit for review' in this round")
    assert "ann" not in verdict.reason


def test_without_a_round_nobody_took_anything() -> None:
    assert not_same_person(guard(), LIFECYCLE, transitions=["submit"])(case()).met


def test_two_people_are_the_one_before_and_the_one_who_acts() -> None:
    test = distinct_people(guard(), LIFECYCLE, transitions=["approve"], at_least=2)

    assert test(case(by=REX, submission=round_of(approve=("ann",)))).met
    verdict = test(case(by=REX, submission=round_of(approve=("rex", "rex"))))
    assert (verdict.met, verdict.reason, verdict.cure) == (False, "1 of 2 people", "Make it true.")
    assert test(case(by=REX)).reason == "1 of 2 people"


def test_fewer_than_one_person_is_refused() -> None:
    with pytest.raises(Misfit, match="at_least is below 1"):
        distinct_people(guard(), LIFECYCLE, transitions=["approve"], at_least=0)
    with pytest.raises(Misfit, match="no transition is named"):
        not_same_person(guard(), LIFECYCLE, transitions=[])
