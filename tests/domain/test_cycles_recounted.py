"""Clocks counted otherwise than by moves: held and released for letters that bounced, and under edited calendars."""

from datetime import timedelta

from review_engine.domain.clocks import MET, MISSED, PAUSED, RUNNING, ClockTurn
from review_engine.domain.cycles import reproject
from tests.domain.clockwork import PARTNER_REPLY, RENAMED, WEEK, Story, at, office, promise

TWO_DAYS = promise("2 business days")
SIXTEEN_HOURS = promise("16 business hours")
BREACH = TWO_DAYS.breach


def test_a_bounce_holds_the_partners_clock_and_the_answer_stops_it_in_time() -> None:
    story = Story(PARTNER_REPLY)
    story.move("changes_requested", "01-05 10:00")
    story.hold("01-06 10:00")
    assert (story.clock.state, story.ledger[-1].note) == (PAUSED, "the letter bounced")
    story.move("submitted", "03-05 10:00")
    assert story.clock.state == MET


def test_moving_between_running_states_does_not_end_a_hold() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.hold("01-05 11:00")
    story.move("in_review", "01-05 12:00")
    assert story.clock.state == PAUSED
    story.release("01-06 09:00")
    assert (story.clock.state, story.clock.due_at) == (RUNNING, at("01-07 16:00"))


def test_an_answer_found_later_counts_from_the_answer() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    story.release("01-08 09:00")  # found a week later; the partner answered on Thursday morning
    assert (story.clock.state, story.clock.due_at) == (RUNNING, at("01-08 15:00"))
    turned = story.move("submitted", "01-15 10:00")
    assert turned.events == ()
    assert story.ring("01-15 10:01").breach == SIXTEEN_HOURS.breach


def test_a_pause_whose_letter_was_never_accepted_is_taken_back_whole() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    story.release("01-01 10:00", why="the letter was refused")
    assert story.clock.due_at == at("01-07 10:00")
    story.hold("01-06 15:00", why="the letter was accepted")
    story.move("submitted", "01-12 09:00")
    assert story.clock.due_at == at("01-12 12:00")


def test_hold_and_release_leave_other_clocks_alone() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    assert story.release("01-05 11:00") == ClockTurn()
    story.move("changes_requested", "01-05 12:00")
    assert story.hold("01-05 13:00") == ClockTurn()


def test_an_edited_calendar_moves_the_due_date_and_says_so() -> None:
    story = Story(promise("2 business days", ("1 business day",)))
    story.move("submitted", "01-05 10:00")
    longer = office(holidays={"2026-01-06": "Snow"})
    story.reproject(longer, "01-05 12:00")
    assert (story.clock.due_at, story.clock.wakes_at) == (at("01-08 17:00"), at("01-07 17:00"))
    assert story.clock.calendar == longer.version
    assert story.ledger[-1].kind == "reproject"
    assert story.ledger[-1].due_at == at("01-08 17:00")
    assert story.reproject(longer, "01-05 12:00") == ClockTurn(), "once is enough"


def test_an_edit_that_moves_nothing_writes_no_event() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    turned = story.reproject(RENAMED, "01-05 12:00")
    assert turned.events == ()
    assert story.clock.calendar == RENAMED.version


def test_a_cycle_that_was_paused_is_counted_again_from_its_ledger() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    story.move("submitted", "01-08 10:00")
    assert story.clock.due_at == at("01-08 16:00")
    story.reproject(office(holidays={"2026-01-06": ""}), "01-08 11:00")  # Tuesday did not count after all: 9 hours left
    assert story.clock.due_at == at("01-09 11:00")


def test_a_paused_clock_keeps_what_the_new_calendar_leaves_it() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    story.reproject(office(holidays={"2026-01-06": ""}), "02-07 10:00")  # long after the due date as it was
    assert story.clock.rest == 9 * 3600 * 1_000_000
    story.move("submitted", "02-11 10:00")
    assert story.clock.due_at == at("02-12 11:00")


def test_a_rest_that_an_edit_changes_is_recorded_although_the_due_date_stays() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    turned = story.reproject(
        office(hours={**WEEK, "wednesday": [["09:00", "12:00"], ["13:00", "17:00"]]}), "01-06 13:00"
    )
    assert [(event.kind, event.due_at) for event in turned.events] == [("reproject", at("01-07 17:00"))]
    assert story.clock.rest == 12 * 3600 * 1_000_000


def test_only_the_present_cycle_is_counted_again() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-05 11:00")
    story.move("submitted", "01-06 10:00")
    story.move("public_beta", "01-06 11:00")
    story.move("submitted", "01-12 10:00")
    story.reproject(office(holidays={"2026-01-13": ""}), "01-12 11:00")
    assert story.clock.due_at == at("01-15 10:00")


def test_a_pause_after_the_breach_moves_nothing_when_it_is_counted_again() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-08 10:00")
    story.move("submitted", "01-12 10:00")
    assert story.reproject(RENAMED, "01-12 11:00").events == ()
    assert story.clock.due_at == at("01-07 17:00")


def test_a_promise_late_under_both_calendars_is_due_by_the_later() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.reproject(office(holidays={"2026-01-07": ""}), "01-12 10:00")
    assert story.clock.due_at == at("01-08 17:00")
    assert story.ring("01-12 10:01").late_by == timedelta(days=3, hours=17, minutes=1)


def test_a_pause_never_makes_a_due_date_earlier_that_stands_because_it_was_told() -> None:
    story = Story(promise("17 business hours"))
    story.move("submitted", "01-05 15:30")
    assert story.clock.due_at == at("01-07 16:30")
    evenings = {**WEEK, "monday": [["09:00", "23:00"]], "tuesday": [["07:00", "23:00"]]}
    story.reproject(office(hours={**evenings, "wednesday": [["09:00", "16:00"]]}), "01-07 10:00")
    assert story.clock.due_at == at("01-07 16:30"), "the new due date had passed on Tuesday"
    story.move("changes_requested", "01-07 11:00")
    story.move("submitted", "01-07 11:00")
    assert story.clock.due_at == at("01-07 16:30")


def test_an_edit_never_breaks_a_promise() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    weekend = office(hours={**WEEK, "wednesday": [["09:00", "11:00"]]})
    story.reproject(weekend, "01-07 12:00")
    assert story.clock.due_at == at("01-07 17:00"), "the date that was told stands"
    assert story.ring("01-07 12:01").breach is None
    assert story.ring("01-07 17:00").breach == BREACH


def test_a_paused_promise_is_not_broken_by_an_edit_either() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-07 12:00")
    story.reproject(office(hours={**WEEK, "wednesday": [["09:00", "11:00"]]}), "01-08 12:00")
    assert (story.clock.due_at, story.clock.rest) == (at("01-07 17:00"), 5 * 3600 * 1_000_000)
    assert story.clock.wakes_at is None


def test_a_holiday_declared_late_saves_a_promise_whose_breach_nobody_recorded() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.reproject(office(holidays={"2026-01-07": "Mourning"}), "01-07 17:30")
    assert story.ring("01-07 17:31").breach is None
    assert story.clock.wakes_at == at("01-08 17:00")


def test_marks_that_fired_never_fire_again_under_another_calendar() -> None:
    story = Story(promise("2 business days", ("1 business day",)))
    story.move("submitted", "01-05 10:00")
    story.ring("01-06 17:00")
    story.reproject(office(holidays={"2026-01-06": ""}), "01-06 18:00")
    assert story.clock.wakes_at == story.clock.due_at == at("01-08 17:00")
    story.ring("01-08 17:00")
    story.reproject(office(holidays={"2026-01-06": "", "2026-01-08": ""}), "01-08 18:00")
    assert story.clock.due_at == at("01-09 17:00")
    assert story.ring("01-12 10:00").events == ()
    assert story.kinds == ["start", "remind", "reproject", "breach", "reproject"]


def test_a_breach_that_an_edit_took_back_does_not_count_against_a_promise_kept_since() -> None:
    for ended, state in (("01-08 12:00", MET), ("01-09 12:00", MISSED)):
        story = Story(TWO_DAYS)
        story.move("submitted", "01-05 10:00")
        story.ring("01-07 17:00")
        story.reproject(office(holidays={"2026-01-07": ""}), "01-07 18:00")
        story.move("public_beta", ended)
        assert story.clock.state == state


def test_closed_clocks_and_plain_promises_are_untouched_by_an_edit() -> None:
    longer = office(holidays={"2026-01-06": ""})
    closed = Story(TWO_DAYS)
    closed.move("submitted", "01-05 10:00")
    closed.move("public_beta", "01-05 11:00")
    assert reproject(TWO_DAYS, closed.clock, longer, at("01-05 12:00"), closed.ledger) == ClockTurn()
    plain = Story(promise("3 days"))
    plain.move("submitted", "01-05 10:00")
    assert plain.reproject(longer, "01-05 12:00").events == ()
    assert plain.clock.due_at == at("01-08 10:00")
