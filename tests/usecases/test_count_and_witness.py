"""Counting customers, recording evidence, waiving guards: who may, what counts, and what is kept of it."""

from datetime import timedelta

import pytest

from review_engine import Actor, InvalidInput, NotAllowed, ReviewEngine, Role, UnknownName, Usage
from review_engine.testing import TurnableClock
from tests.usecases.conftest import ANN, HOST, MO, RITA, in_beta


def uses(app: str, clock: TurnableClock, *customers: str, excluded: str = "") -> list[Usage]:
    return [Usage(app, customer, clock(), "billing", excluded) for customer in customers]


def test_a_batch_says_what_became_of_its_rows(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    counted = engine.record_activity([*uses(app, clock, "c-1", "c-2"), *uses("nobody", clock, "c-1")], by=HOST)
    assert (counted.merged, counted.apps, counted.unknown) == (2, 1, ("nobody",))


def test_the_same_batch_again_changes_no_count(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    batch = uses(app, clock, "c-1", "c-2")
    engine.record_activity(batch, by=HOST)
    engine.record_activity(batch, by=HOST)
    assert len(engine.activity(app, by=ANN)) == 2


def test_the_ledger_tells_a_partner_which_customers_count(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    engine.record_activity(uses(app, clock, "c-old"), by=HOST)
    clock.turn("30 days")
    engine.record_activity([*uses(app, clock, "c-new"), *uses(app, clock, "c-own", excluded="partner's own")], by=HOST)
    lines = {line.customer: line for line in engine.activity(app, by=ANN)}
    assert [name for name, line in lines.items() if line.counts] == ["c-new"]
    assert "28 days" in lines["c-old"].why
    assert "partner's own" in lines["c-own"].why


def test_excluded_customers_do_not_launch_an_app(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    in_beta(engine, app)
    engine.edit(app, {"oauth_enabled_at": clock()}, by=HOST)
    engine.record_activity(uses(app, clock, "c-1", "c-2"), by=HOST)
    counted = engine.record_activity(uses(app, clock, "c-3", excluded="test workspace"), by=HOST)
    assert counted.moves == ()


def test_a_partner_counts_no_customers_of_its_own(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    with pytest.raises(NotAllowed):
        engine.record_activity(uses(app, clock, "c-1"), by=ANN)


@pytest.mark.parametrize("customer", ["", "nul\x00", "broken \ud800", "x" * 201])
def test_one_row_that_cannot_be_kept_keeps_the_batch_out(
    engine: ReviewEngine, app: str, clock: TurnableClock, customer: str
) -> None:
    with pytest.raises(InvalidInput):
        engine.record_activity(uses(app, clock, "c-1", customer), by=HOST)
    assert engine.activity(app, by=ANN) == []


def test_a_use_in_the_future_is_refused(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    with pytest.raises(InvalidInput, match="future"):
        engine.record_activity([Usage(app, "c-1", clock() + timedelta(seconds=1))], by=HOST)


def test_a_batch_has_a_largest_size(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    with pytest.raises(InvalidInput, match="too many"):
        engine.record_activity([Usage(app, "c", clock())] * 10_001, by=HOST)


def test_evidence_expires(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    hook = f"component/{app}.hook"
    engine.record_evidence(hook, "test_suite", "green", by=HOST, lasts=timedelta(days=2))
    clock.turn("3 days")
    (submit,) = engine.checklist(app, "submit", by=ANN)
    assert [item.verdict.guard for item in submit.unmet] == ["components_tested"]


def test_every_observation_is_kept_and_the_newest_counts(engine: ReviewEngine, app: str) -> None:
    hook = f"component/{app}.hook"
    engine.record_evidence(hook, "test_suite", "red", by=RITA, note="401 on identify")
    engine.record_evidence(hook, "test_suite", "yellow", by=RITA)
    ledger = engine.desk.store.evidence_ledger(engine.subject(hook, by=ANN).subject_key)
    assert [(seen.outcome, seen.number) for seen in ledger] == [("green", 1), ("red", 2), ("yellow", 3)]
    assert engine.checklist(app, "submit", by=ANN)[0].ready


def test_an_observation_in_the_future_is_refused(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    with pytest.raises(InvalidInput, match="future"):
        engine.record_evidence(
            f"component/{app}.hook", "test_suite", "green", by=HOST, seen_at=clock() + timedelta(minutes=1)
        )


def test_a_waiver_is_recorded_with_its_reason_and_shows_on_the_checklist(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    engine.waive(app, "active_customers", reason="a launch partner", by=MO)
    (launch,) = engine.checklist(app, "launch", by=ANN)
    verdicts = {item.verdict.guard: item.verdict for item in launch.items}
    assert verdicts["active_customers"].outcome == "waived"
    assert "a launch partner" in verdicts["active_customers"].reason


def test_what_is_not_waivable_is_not_waived(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotAllowed, match="cannot be waived"):
        engine.waive(app, "oauth_button", reason="in a hurry", by=MO)


def test_a_partner_waives_nothing(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotAllowed, match="may not waive"):
        engine.waive(app, "active_customers", reason="we are sure", by=ANN)


@pytest.mark.parametrize("reason", ["", "  ", "nul\x00", "x" * 1001])
def test_a_waiver_needs_a_reason_that_can_be_kept(engine: ReviewEngine, app: str, reason: str) -> None:
    with pytest.raises(InvalidInput):
        engine.waive(app, "active_customers", reason=reason, by=MO)


def test_an_unknown_guard_is_answered_with_the_nearest(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'active_customers'"):
        engine.waive(app, "active_customer", reason="why not", by=MO)


def test_a_member_of_the_partner_does_not_count_its_customers_in_another_role(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    insider = Actor(Role.REVIEWER, "r-rita", frozenset({"acme"}))
    with pytest.raises(NotAllowed, match="a member of its partner"):
        engine.record_activity(uses(app, clock, "c-1"), by=insider)
    assert engine.activity(app, by=ANN) == []
