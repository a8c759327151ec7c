"""The cycles of clocks: what moves, time, bounces and edits of the calendar do to a promise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from review_engine.domain.calendar import Calendar, CalendarNeverOpens
from review_engine.domain.clocks import MET, MISSED, PAUSED, RUNNING, VOID
from review_engine.domain.cycles import turn
from review_engine.domain.durations import Duration, InvalidDuration
from review_engine.domain.errors import UnknownName
from tests.domain.clockwork import (
    FIRST_RESPONSE,
    OFFICE,
    Story,
    at,
    promise,
    workflow,
)

TWO_DAYS = promise("2 business days")
SIXTEEN_HOURS = promise("16 business hours")
BREACH = TWO_DAYS.breach
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("01-05 10:00", "01-07 17:00"),  # Monday: Wednesday evening
        ("01-09 18:00", "01-14 17:00"),  # Friday evening counts as Monday: Wednesday evening
        ("01-05 08:59:59", "01-07 17:00"),
        ("01-05 17:00", "01-08 17:00"),  # closing time is closed
    ],
)
def test_two_business_days_are_due_at_closing_of_the_second_day_after_the_day_of_receipt(
    submitted: str, due: str
) -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", submitted)
    assert story.clock.due_at == at(due)
    assert story.clock.wakes_at == at(due)
    assert (story.clock.state, story.clock.cycle, story.clock.within) == (RUNNING, 1, "2 business days")
    assert story.clock.calendar == OFFICE.version


def test_a_registration_into_a_running_state_starts_the_clock_and_another_one_does_not() -> None:
    story = Story(promise("1 business day", runs_in=("preview",)), FIRST_RESPONSE)
    story.move("preview", "01-05 10:00")
    assert list(story.clocks) == ["decision"]
    assert story.ledger[0][:5] == ("decision", 1, "start", 1, at("01-05 10:00"))


def test_a_fact_chooses_the_tier_and_an_unknown_value_the_usual_promise() -> None:
    tiers = {"gold": Duration.parse("4 business hours")}
    sla = promise("2 business days", tier_fact="tier", tiers=tiers)
    for tier, due in (("gold", "01-05 14:00"), ("tin", "01-07 17:00")):
        story = Story(sla, facts={"tier": tier})
        story.move("submitted", "01-05 10:00")
        assert story.clock.due_at == at(due)


def test_a_tier_set_later_holds_from_the_next_cycle_on() -> None:
    sla = promise("2 business days", tier_fact="tier", tiers={"gold": Duration.parse("4 business hours")})
    story = Story(sla)
    story.move("submitted", "01-05 10:00")
    story.facts = {"tier": "gold"}
    story.move("changes_requested", "01-05 11:00")
    story.move("submitted", "01-05 12:00")
    assert (story.clock.within, story.clock.due_at) == ("2 business days", at("01-08 10:00"))
    story.move("preview", "01-06 10:00")
    story.move("submitted", "01-07 10:00")
    assert (story.clock.within, story.clock.due_at) == ("4 business hours", at("01-07 14:00"))


def test_a_claim_meets_the_first_response_and_the_decision_runs_on() -> None:
    story = Story(FIRST_RESPONSE, SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    turned = story.move("in_review", "01-06 11:00")
    assert [clock.sla for clock in turned.clocks] == ["first_response"], "only the clocks that changed are handed back"
    assert story.clocks["first_response"].state == MET
    assert story.clocks["first_response"].stopped_at == at("01-06 11:00")
    assert story.clocks["first_response"].wakes_at is None
    assert story.clocks["decision"].state == RUNNING


def test_a_pause_keeps_the_rest_and_the_due_date_is_receipt_plus_rest() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    assert story.clock.due_at == at("01-07 10:00")
    story.move("changes_requested", "01-06 12:00")
    assert story.clock.state == PAUSED
    assert story.clock.rest == 6 * 3600 * 1_000_000
    assert story.clock.wakes_at is None
    story.move("submitted", "01-08 18:00")  # outside hours: received on Friday at 09:00
    assert story.clock.due_at == at("01-09 15:00")
    resumed = story.clock
    assert (resumed.rest, resumed.paused_at) == (None, None)
    assert resumed.cycle == 1


def test_what_is_paused_at_its_last_moment_is_due_at_the_next_opening_after_it_resumes() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-07 17:00")
    assert (story.clock.rest, story.clock.wakes_at) == (0, None)
    story.move("submitted", "01-08 03:00")
    assert story.clock.due_at == at("01-08 09:00")


def test_a_promise_in_plain_time_needs_no_calendar_and_counts_nights() -> None:
    story = Story(promise("36 hours", ("24 hours",)), calendar=None)
    story.move("submitted", "01-05 22:00")
    assert story.clock.due_at == at("01-07 10:00")
    story.move("changes_requested", "01-06 22:00")
    story.move("submitted", "01-10 03:00")
    assert story.clock.due_at == at("01-10 15:00")
    assert story.clock.calendar == ""


def test_business_time_without_a_calendar_is_refused() -> None:
    with pytest.raises(InvalidDuration, match="calendar"):
        Story(TWO_DAYS, calendar=None).move("submitted", "01-05 10:00")


def test_a_resubmission_keeps_its_place_before_whoever_came_while_the_partner_had_the_word() -> None:
    returning, newcomer = Story(SIXTEEN_HOURS), Story(SIXTEEN_HOURS)
    returning.move("submitted", "01-05 10:00")
    returning.move("changes_requested", "01-05 16:00")
    newcomer.move("submitted", "01-14 09:00")
    returning.move("submitted", "01-14 12:00")
    assert returning.clock.due_at < newcomer.clock.due_at
    assert (returning.clock.cycle, returning.clock.round) == (1, 2)


def test_coming_back_from_a_stopped_state_opens_a_new_cycle_for_the_new_round() -> None:
    story = Story(FIRST_RESPONSE)
    story.move("submitted", "01-05 10:00")
    story.move("in_review", "01-05 11:00")
    story.move("changes_requested", "01-05 12:00")
    story.move("submitted", "01-08 10:00")
    assert (story.clock.cycle, story.clock.round, story.clock.due_at) == (2, 2, at("01-12 17:00"))
    assert [(event.cycle, event.kind) for event in story.ledger] == [(1, "start"), (1, "stop"), (2, "start")]


def test_a_resubmission_from_a_running_state_goes_on_and_only_its_round_changes() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    turned = story.move("submitted", "01-06 10:00")
    assert turned.events == ()
    assert (story.clock.cycle, story.clock.round, story.clock.due_at) == (1, 2, at("01-07 17:00"))


def test_withdrawing_voids_a_promise_that_was_not_broken_running_or_paused() -> None:
    for states in (["submitted"], ["submitted", "changes_requested"]):
        story = Story(TWO_DAYS)
        for state in states:
            story.move(state, "01-05 10:00")
        story.move("withdrawn", "01-06 10:00")
        assert (story.clock.state, story.kinds[-1], story.clock.wakes_at) == (VOID, "void", None)


def test_withdrawing_does_not_hide_a_promise_that_was_broken() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("withdrawn", "01-08 10:00")
    assert (story.clock.state, story.kinds[-1]) == (MISSED, "stop")


def test_ending_on_the_due_date_keeps_the_promise_and_a_moment_later_does_not() -> None:
    for late, state in ((timedelta(), MET), (MOMENT, MISSED)):
        story = Story(TWO_DAYS)
        story.move("submitted", "01-05 10:00")
        story.move("public_beta", at("01-07 17:00") + late)
        assert story.clock.state == state
        assert story.ledger[-1].note == f"{state}: Public beta"


def test_a_breach_on_record_in_the_same_instant_stands() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.ring("01-07 17:00")
    story.move("public_beta", "01-07 17:00")
    assert story.clock.state == MISSED


def test_what_ends_while_paused_is_judged_by_the_pause() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 10:00")
    story.move("preview", "03-06 10:00")
    assert story.clock.state == MET


def test_a_pause_after_the_breach_moves_nothing() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.ring("01-07 17:00:02")
    story.move("changes_requested", "01-08 10:00")
    assert (story.clock.due_at, story.clock.rest, story.clock.wakes_at) == (at("01-07 17:00"), 0, None)
    story.move("submitted", "01-12 10:00")
    assert (story.clock.due_at, story.clock.state, story.clock.wakes_at) == (at("01-07 17:00"), RUNNING, None)
    story.move("public_beta", "01-12 11:00")
    assert story.clock.state == MISSED


def test_a_breach_that_nobody_recorded_before_the_pause_is_recorded_during_it() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-08 10:00")
    assert story.clock.wakes_at == at("01-07 17:00")
    rung = story.ring("01-08 10:05")
    assert rung.breach == BREACH
    assert rung.late_by == timedelta(hours=17, minutes=5)
    assert story.ring("01-08 10:06").events == ()


def test_a_breach_is_rung_once_with_how_late_it_was_seen() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    assert story.ring(at("01-07 17:00") - MOMENT).events == ()
    rung = story.ring("01-10 17:00")
    assert (rung.breach, rung.late_by) == (BREACH, timedelta(days=3))
    assert [(event.kind, event.mark, event.note) for event in rung.events] == [("breach", 1, "late by 3 days")]
    assert (story.clock.breached_at, story.clock.wakes_at) == (at("01-10 17:00"), None)
    assert story.ring("01-10 17:01").breach is None


def test_reminders_fire_once_each_and_in_order() -> None:
    story = Story(promise("3 business days", ("1 business day", "2 business days")))
    story.move("submitted", "01-05 10:00")
    assert story.clock.wakes_at == at("01-06 17:00")
    first = story.ring("01-06 17:00")
    assert [reminder.notices for reminder in first.reminders] == [("reminder_1_business_day",)]
    assert [event.note for event in first.events] == ["on time"]
    assert story.clock.wakes_at == at("01-07 17:00")
    assert story.ring("01-07 16:59").events == ()
    assert [event.mark for event in story.ring("01-07 17:00:01").events] == [2]
    assert story.clock.wakes_at == story.clock.due_at == at("01-08 17:00")


def test_a_worker_that_was_down_tells_every_reminder_that_fell_due_and_how_late() -> None:
    story = Story(promise("3 business days", ("1 business day", "2 business days")))
    story.move("submitted", "01-05 10:00")
    rung = story.ring("01-07 18:00")
    assert [event.note for event in rung.events] == ["late by 1 day 1 hour", "late by 1 hour"]
    assert rung.late_by == timedelta(days=1, hours=1)


def test_reminders_are_silent_when_the_breach_is_due_already() -> None:
    story = Story(promise("3 business days", ("1 business day", "2 business days")))
    story.move("submitted", "01-05 10:00")
    rung = story.ring("01-20 10:00")
    assert [event.kind for event in rung.events] == ["breach"]
    assert rung.reminders == ()
    assert story.clock.reminded == 2


def test_a_reminder_that_a_shorter_tier_never_reaches_does_not_wake_anybody() -> None:
    tiers = {"gold": Duration.parse("4 business hours")}
    sla = promise("2 business days", ("1 business day",), tier_fact="tier", tiers=tiers)
    story = Story(sla, facts={"tier": "gold"})
    story.move("submitted", "01-05 10:00")
    assert story.clock.wakes_at == story.clock.due_at
    assert story.ring("01-05 13:59").events == ()


def test_a_reminder_keeps_its_distance_to_the_due_date_over_a_pause() -> None:
    story = Story(promise("16 business hours", ("12 business hours",)))
    story.move("submitted", "01-05 10:00")
    assert story.clock.wakes_at == at("01-06 14:00")
    story.move("changes_requested", "01-06 12:00")
    story.move("submitted", "01-08 16:00")
    assert story.clock.due_at == at("01-09 14:00")
    assert story.clock.wakes_at == at("01-09 10:00")


def test_a_reminder_missed_before_a_pause_fires_when_the_clock_runs_again() -> None:
    story = Story(promise("16 business hours", ("8 business hours",)))
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    assert story.ring("01-06 12:01").events == ()
    story.move("submitted", "01-08 10:00")
    assert story.clock.wakes_at is not None
    assert story.clock.wakes_at <= at("01-08 10:00")
    assert len(story.ring("01-08 10:00").reminders) == 1


def test_a_wall_clock_set_back_fires_nothing_twice() -> None:
    story = Story(promise("2 business days", ("1 business day",)))
    story.move("submitted", "01-05 10:00")
    story.ring("01-06 17:00")
    assert story.ring("01-06 16:00").events == ()
    assert story.ring("01-06 17:00").events == ()
    story.ring("01-07 17:00")
    assert story.ring("01-07 16:00").events == ()
    assert story.kinds == ["start", "remind", "breach"]


def test_a_move_dated_before_the_pause_it_ends_counts_from_the_pause() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    story.move("submitted", "01-06 11:00")
    assert story.clock.due_at == at("01-07 10:00")
    assert story.ledger[-1].at == at("01-06 12:00")


def test_closed_and_paused_clocks_are_left_alone_by_the_worker() -> None:
    story = Story(promise("2 business days", ("1 business day",)))
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-05 11:00")
    assert story.ring("02-05 10:00").events == ()
    story.move("public_beta", "02-06 10:00")
    assert story.ring("02-07 10:00").events == ()


def test_a_migration_voids_promises_that_the_new_workflow_no_longer_makes() -> None:
    story = Story(TWO_DAYS, FIRST_RESPONSE)
    story.move("submitted", "01-05 10:00")
    story.lifecycle = workflow(TWO_DAYS)
    story.move("submitted", "01-06 10:00", transition="migrated")
    assert story.clocks["first_response"].state == VOID
    assert story.clocks["decision"].state == RUNNING


def test_a_migration_resumes_a_clock_that_the_new_workflow_runs_where_it_was_paused() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-05 12:00")
    story.lifecycle = workflow(promise("16 business hours", ("8 business hours",), runs_in=("changes_requested",)))
    story.move("changes_requested", "01-06 10:00", transition="migrated")
    assert (story.clock.state, story.clock.due_at) == (RUNNING, at("01-07 16:00"))
    assert story.clock.wakes_at == at("01-06 16:00")


def test_a_calendar_that_never_opens_again_refuses_the_clock() -> None:
    closing = Calendar.of("closing", "America/New_York", {}, overrides={"2026-01-05": [["09:00", "17:00"]]})
    with pytest.raises(CalendarNeverOpens):
        Story(TWO_DAYS, calendar=closing).move("submitted", "01-05 10:00")


def test_a_move_to_a_state_that_is_not_declared_is_refused() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    with pytest.raises(UnknownName, match="nowhere"):
        turn(story.lifecycle, OFFICE, [], replace(story.moves[0], target="nowhere"), {})
