"""Moving: one winner, one answer, everything or nothing, and the engine's own moves along with it."""

import pytest

from review_engine import KeyReused, MoveConflict, NotAllowed, NotFound, Refused, ReviewEngine, UnknownName, Usage
from review_engine.testing import TurnableClock
from tests.usecases.conftest import ANN, CRITERIA, EVE, HOST, MO, RITA, in_beta


def test_a_submission_opens_a_round_and_starts_both_promises(engine: ReviewEngine, app: str) -> None:
    receipt = engine.move(app, "submit", by=ANN)
    assert (receipt.state, receipt.moves) == ("submitted", ("submit",))
    events = engine.desk.store.clock_events(engine.subject(app, by=ANN).subject_key)
    assert {(event.sla, event.kind) for event in events} == {("first_response", "start"), ("decision", "start")}


def test_a_move_and_what_is_told_of_it_are_written_together(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    told = [kept.notice for kept in engine.notices(app, by=ANN) if kept.notice.cause != "move 1"]
    assert [notice.name for notice in told] == ["submission_received", "review_wanted"]
    assert told[0].to == ("partner",)
    assert "first_response" in str(told[0].context["due"])


def test_the_same_idempotency_key_gets_the_same_receipt_and_no_second_effect(engine: ReviewEngine, app: str) -> None:
    first = engine.move(app, "submit", by=ANN, idempotency_key="k-1")
    again = engine.move(app, "submit", by=ANN, idempotency_key="k-1")
    assert again == first
    assert len(engine.history(app, by=ANN)) == 2


def test_an_idempotency_key_is_not_lent_to_another_request(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN, idempotency_key="k-1")
    with pytest.raises(KeyReused):
        engine.move(app, "withdraw", by=ANN, idempotency_key="k-1")


def test_two_actors_may_pick_the_same_idempotency_key(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN, idempotency_key="k-1")
    assert engine.move(app, "claim", by=RITA, idempotency_key="k-1").state == "in_review"


def test_a_stale_page_is_refused_and_a_fresh_one_is_not(engine: ReviewEngine, app: str) -> None:
    page = engine.subject(app, by=ANN).etag
    engine.edit(app, {"description": "Better words."}, by=ANN)
    with pytest.raises(MoveConflict, match="no longer as you saw it"):
        engine.move(app, "submit", by=ANN, expect=page)
    assert engine.move(app, "submit", by=ANN, expect=engine.subject(app, by=ANN).etag).state == "submitted"


def test_a_customers_activity_never_makes_a_reviewers_page_stale(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    page = engine.subject(app, by=RITA).etag
    engine.record_activity([Usage(app, "c-1", engine.clock())], by=HOST)
    assert engine.move(app, "claim", by=RITA, expect=page).state == "in_review"


def test_the_second_of_two_submissions_is_judged_against_the_new_state(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    with pytest.raises(Refused, match="stands in Submitted"):
        engine.move(app, "submit", by=ANN)


def test_an_approval_waits_for_every_criterion_of_this_round(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    engine.edit(app, CRITERIA, by=RITA)
    engine.move(app, "request_changes", by=RITA, comment="The logo does not render.")
    clock.turn("1 hour")
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    with pytest.raises(Refused) as refused:
        engine.move(app, "approve", by=RITA)
    assert len(refused.value.unmet) == len(CRITERIA)
    engine.edit(app, CRITERIA, by=RITA)
    assert engine.move(app, "approve", by=RITA).state == "public_beta"


def test_requested_changes_are_told_with_everything_that_approval_still_lacks(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    engine.edit(app, {**CRITERIA, "entry_renders": False}, by=RITA)
    engine.move(app, "request_changes", by=RITA, comment="The logo does not render.")
    told = engine.notices(app, by=ANN)[-1].notice
    unmet = told.context["unmet"]
    assert told.name == "changes_requested"
    assert isinstance(unmet, list)
    assert [point["title"] for point in unmet] == ["The catalog entry is accurate and renders"]


def test_the_engine_launches_by_itself_at_the_third_customer(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    engine.edit(app, {"oauth_enabled_at": engine.clock()}, by=HOST)
    for number in (1, 2):
        assert engine.record_activity([Usage(app, f"c-{number}", engine.clock())], by=HOST).moves == ()
    launched = engine.record_activity([Usage(app, "c-3", engine.clock())], by=HOST).moves
    assert [receipt.state for receipt in launched] == ["public"]
    last = engine.history(app, by=ANN)[-1]
    assert (last.transition, last.role, last.by) == ("launch", "engine", "engine")


def test_a_fact_may_be_the_last_thing_a_launch_waits_for(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    engine.record_activity([Usage(app, f"c-{n}", engine.clock()) for n in range(3)], by=HOST)
    receipt = engine.edit(app, {"oauth_enabled_at": engine.clock()}, by=HOST)
    assert (receipt.state, receipt.moves) == ("public", ("launch",))


def test_a_waiver_may_be_the_last_thing_a_launch_waits_for(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    engine.edit(app, {"oauth_enabled_at": engine.clock()}, by=HOST)
    assert engine.waive(app, "active_customers", reason="a launch partner", by=MO).state == "public"


def test_customers_that_left_do_not_launch_an_app(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    in_beta(engine, app)
    engine.record_activity([Usage(app, f"c-{n}", clock()) for n in range(3)], by=HOST)
    clock.turn("40 days")
    assert engine.edit(app, {"oauth_enabled_at": clock()}, by=HOST).state == "public_beta"
    assert engine.settle() == []


def test_another_partner_cannot_tell_an_app_from_one_that_does_not_exist(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotFound) as foreign:
        engine.move(app, "submit", by=EVE)
    with pytest.raises(NotFound) as absent:
        engine.move("no-such-app", "submit", by=EVE)
    assert str(foreign.value).replace(app, "X") == str(absent.value).replace("no-such-app", "X")


def test_the_wrong_role_hears_so_before_any_guard_speaks(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotAllowed, match="is not for a manager"):
        engine.move(app, "submit", by=MO)


def test_an_unknown_transition_leaves_nothing_behind(engine: ReviewEngine, app: str) -> None:
    before = engine.subject(app, by=ANN)
    with pytest.raises(UnknownName, match="Did you mean 'submit'"):
        engine.move(app, "submitt", by=ANN)
    assert engine.subject(app, by=ANN) == before
