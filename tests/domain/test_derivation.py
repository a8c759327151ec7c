"""Derivations: the due date taken apart, as values for programs and as sentences for partners."""

import json
from datetime import timedelta

import pytest

from review_engine.domain.calendar import Calendar, Holiday
from review_engine.domain.clocks import PAUSED
from review_engine.domain.derivation import Derivation, explain, suppose
from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidInput
from tests.domain.clockwork import OFFICE, Story, at, office, promise

TWO_DAYS = promise("2 business days", title="First response")
SIXTEEN_HOURS = promise("16 business hours")
EPIPHANY = office(holidays={"2026-01-06": "Epiphany", "2026-01-10": "A Saturday"})
CLOSING = "All times are in the time zone America/New_York."


def asked(story: Story, when: str) -> Derivation:
    """The derivation of the story's only clock."""
    clock = story.clock
    return explain(story.lifecycle.slas[clock.sla], clock, story.ledger, story.calendar, at(when))


def test_a_request_on_friday_evening_is_told_to_count_from_monday_morning() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-09 18:00")
    assert asked(story, "01-12 10:00").lines() == (
        "First response: 2 business days.",
        "Submitted on Friday 9 January 2026 at 18:00, outside business hours; "
        "counted from Monday 12 January 2026 at 09:00.",
        "Business days are counted after the day of receipt, and end at closing time.",
        "The hours that count: Monday 12 January 2026 09:00-17:00; Tuesday 13 January 2026 09:00-17:00; "
        "Wednesday 14 January 2026 09:00-17:00.",
        "Due on Wednesday 14 January 2026 at 17:00; 23 hours of business time left.",
        CLOSING,
    )


def test_pauses_and_holidays_are_told_with_their_reasons() -> None:
    story = Story(SIXTEEN_HOURS, calendar=EPIPHANY)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-07 12:00")
    story.move("submitted", "01-12 18:00")
    assert asked(story, "01-13 09:30").lines() == (
        "Decision: 16 business hours.",
        "Submitted on Monday 5 January 2026 at 10:00, within business hours; counted from then.",
        "The hours that count: Monday 5 January 2026 10:00-17:00; Wednesday 7 January 2026 09:00-12:00; "
        "Tuesday 13 January 2026 09:00-15:00.",
        "Tuesday 6 January 2026 is a holiday (Epiphany) and does not count.",
        "Paused from Wednesday 7 January 2026 at 12:00 to Monday 12 January 2026 at 18:00 (Changes requested); "
        "that time did not count.",
        "Due on Tuesday 13 January 2026 at 15:00; 5 hours 30 minutes of business time left.",
        CLOSING,
    )


def test_a_paused_promise_says_why_and_when_it_would_be_due_if_it_resumed_now() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    found = asked(story, "01-08 19:00")
    assert (found.state, found.paused_because) == (PAUSED, "Changes requested")
    assert (found.used, found.left) == (timedelta(hours=10), timedelta(hours=6))
    assert found.resumed_due_at == at("01-09 15:00")
    assert found.lines()[-3:-1] == (
        "Paused since Tuesday 6 January 2026 at 12:00 (Changes requested); the time until it resumes does not count.",
        "6 hours of business time left; if it resumed now, it would be due on Friday 9 January 2026 at 15:00.",
    )


def test_the_intervals_that_count_are_those_that_make_up_the_due_date() -> None:
    story = Story(SIXTEEN_HOURS)
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-06 12:00")
    story.move("submitted", "01-08 18:00")
    found = asked(story, "01-09 09:00")
    assert [(start, end) for start, end in found.counted] == [
        (at("01-05 10:00"), at("01-05 17:00")),
        (at("01-06 09:00"), at("01-06 12:00")),
        (at("01-09 09:00"), at("01-09 15:00")),
    ]


def test_only_holidays_on_days_that_would_be_open_and_while_it_ran_are_met() -> None:
    story = Story(SIXTEEN_HOURS, calendar=office(holidays={f"2026-01-{day:02}": "" for day in (1, 6, 8, 10, 13, 20)}))
    story.move("submitted", "01-05 10:00")
    story.move("changes_requested", "01-07 12:00")
    story.move("submitted", "01-12 12:00")
    found = asked(story, "01-12 13:00")
    assert [holiday.date.day for holiday in found.holidays] == [6, 13]
    assert "Tuesday 6 January 2026 is a holiday and does not count." in found.lines()


def test_an_overdue_promise_says_since_when() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    found = asked(story, "01-08 10:30")
    assert (found.left, found.late_by) == (timedelta(), timedelta(hours=17, minutes=30))
    assert found.lines()[-2] == "It was due on Wednesday 7 January 2026 at 17:00, 17 hours 30 minutes ago."


def test_a_pause_after_the_breach_is_told_to_have_moved_nothing() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.ring("01-07 17:00")
    story.move("changes_requested", "01-08 10:00")
    paused = asked(story, "01-09 10:00")
    assert paused.lines()[-3:-1] == (
        "Paused from Thursday 8 January 2026 at 10:00 on (Changes requested); "
        "that was after the due date and did not move it.",
        "It was due on Wednesday 7 January 2026 at 17:00.",
    )
    assert (paused.late_by, paused.resumed_due_at) == (timedelta(hours=17), None)
    story.move("submitted", "01-12 10:00")
    assert (
        "to Monday 12 January 2026 at 10:00 (Changes requested); that was after"
        in asked(story, "01-12 11:00").lines()[-3]
    )


@pytest.mark.parametrize(
    ("target", "when", "told"),
    [
        (
            "public_beta",
            "01-06 11:00",
            "Kept: it ended on Tuesday 6 January 2026 at 11:00, after 9 hours of business time, "
            "and was due on Wednesday 7 January 2026 at 17:00.",
        ),
        (
            "public_beta",
            "01-08 11:00",
            "Not kept: it ended on Thursday 8 January 2026 at 11:00, 18 hours after it was due "
            "on Wednesday 7 January 2026 at 17:00.",
        ),
        (
            "withdrawn",
            "01-06 11:00",
            "No longer counted since Tuesday 6 January 2026 at 11:00 (Withdrawn); "
            "it had been due on Wednesday 7 January 2026 at 17:00.",
        ),
    ],
)
def test_an_ended_promise_says_how_it_ended(target: str, when: str, told: str) -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.move(target, when)
    found = asked(story, "02-01 10:00")
    assert found.lines()[-2] == told
    assert found.left == timedelta()


def test_an_edit_of_the_calendar_is_told_with_both_dates() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    story.reproject(EPIPHANY, "01-05 12:00")
    assert (
        "The calendar was changed on Monday 5 January 2026 at 12:00: the due date was Wednesday 7 January 2026 "
        "at 17:00 and became Thursday 8 January 2026 at 17:00."
    ) in asked(story, "01-05 13:00").lines()


def test_what_if_i_submitted_now_is_answered_without_a_ledger() -> None:
    found = suppose(TWO_DAYS, OFFICE, {}, at("01-09 18:00"), "Submitted")
    assert found.due_at == at("01-14 17:00")
    assert found.lines()[1:3:1] == (
        "Submitted now, on Friday 9 January 2026 at 18:00, outside business hours; "
        "it would be counted from Monday 12 January 2026 at 09:00.",
        "Business days are counted after the day of receipt, and end at closing time.",
    )
    assert found.lines()[-2] == "It would be due on Wednesday 14 January 2026 at 17:00."
    inside = suppose(TWO_DAYS, OFFICE, {}, at("01-09 10:00"))
    assert inside.lines()[1] == (
        "Started now, on Friday 9 January 2026 at 10:00, within business hours; it would be counted from then."
    )


def test_a_supposition_is_what_then_happens() -> None:
    supposed = suppose(TWO_DAYS, EPIPHANY, {}, at("01-05 20:00"), "Submitted")
    story = Story(TWO_DAYS, calendar=EPIPHANY)
    story.move("submitted", "01-05 20:00")
    happened = asked(story, "01-05 20:00")
    assert (supposed.due_at, supposed.counted, supposed.holidays, supposed.left) == (
        happened.due_at,
        happened.counted,
        happened.holidays,
        happened.left,
    )
    assert happened.holidays == (Holiday(at("01-06 12:00").date(), "Epiphany"),)


def test_plain_time_counts_every_hour_and_is_told_in_the_zone_of_the_calendar_or_in_utc() -> None:
    for calendar, began, zone in (
        (OFFICE, "Friday 9 January 2026 at 18:00", "America/New_York"),
        (None, "Friday 9 January 2026 at 23:00", "UTC"),
    ):
        story = Story(promise("3 days"), calendar=calendar)
        story.move("submitted", "01-09 18:00")
        lines = asked(story, "01-10 19:30").lines()
        assert lines[1] == f"Submitted on {began}; every hour of every day counts."
        assert lines[2].endswith("; 1 day 22 hours left.")
        assert lines[3] == f"All times are in the time zone {zone}."


def test_a_title_that_names_the_promise_is_not_followed_by_it_again() -> None:
    sla = promise("2 business days", title="First response within 2 business days")
    assert suppose(sla, OFFICE, {}, at("01-05 10:00")).lines()[0] == "First response within 2 business days."


def test_long_promises_name_the_first_dates_and_the_last() -> None:
    (hours,) = [
        line
        for line in suppose(promise("25 business days"), OFFICE, {}, at("01-09 10:00")).lines()
        if line.startswith("The hours")
    ]
    assert hours.count(";") == 10
    assert "; 16 more dates; Friday 13 February 2026 09:00-17:00." in hours


def test_breaks_and_hours_over_midnight_are_told_as_they_are() -> None:
    nights = Calendar.of(
        "nights",
        "Europe/London",
        {"monday": [["09:00", "12:00"], ["13:00", "24:00"]], "wednesday": [["22:00", "06:00"]]},
    )
    found = suppose(promise("22 business hours"), nights, {}, at("01-05 04:00"))
    assert found.lines()[2] == (
        "The hours that count: Monday 5 January 2026 09:00-12:00 and 13:00-24:00; "
        "Wednesday 7 January 2026 22:00 to Thursday 8 January 2026 at 06:00."
    )


def test_an_hour_that_the_wall_clock_repeats_is_told_with_its_abbreviation() -> None:
    always = Calendar.of("always", "America/New_York", {"sunday": [["00:00", "24:00"]]})
    found = suppose(promise("3 business hours"), always, {}, at("11-01 00:00"))
    assert found.lines()[-2] == "It would be due on Sunday 1 November 2026 at 02:00."
    earlier = suppose(promise("2 business hours"), always, {}, at("11-01 00:00"))
    assert earlier.lines()[-2] == "It would be due on Sunday 1 November 2026 at 01:00 EST."


def test_as_dict_is_json_and_says_the_same() -> None:
    story = Story(SIXTEEN_HOURS, calendar=EPIPHANY)
    story.move("submitted", "01-05 08:00")
    story.move("changes_requested", "01-07 12:00")
    story.move("submitted", "01-08 10:00")
    story.reproject(office(holidays={"2026-01-06": "Epiphany", "2026-01-08": ""}), "01-08 11:00")
    found = asked(story, "01-08 12:00")
    told = json.loads(json.dumps(found.as_dict()))
    assert told["due_at"] == "2026-01-09T19:00:00.000000Z"
    assert (told["started_at"], told["received_at"], told["in_hours"]) == (
        "2026-01-05T13:00:00.000000Z",
        "2026-01-05T14:00:00.000000Z",
        False,
    )
    assert told["left_seconds"] == 5 * 3600
    assert told["used_seconds"] == 11 * 3600
    assert told["pauses"] == [
        {
            "from": "2026-01-07T17:00:00.000000Z",
            "to": "2026-01-08T15:00:00.000000Z",
            "why": "Changes requested",
            "after_breach": False,
        }
    ]
    assert told["holidays"] == [
        {"date": "2026-01-06", "name": "Epiphany"},
        {"date": "2026-01-08", "name": ""},
    ]
    assert len(told["moved"]) == 1
    assert told["says"] == list(found.lines())


def test_a_ledger_without_the_start_is_refused_with_the_cure() -> None:
    story = Story(TWO_DAYS)
    story.move("submitted", "01-05 10:00")
    with pytest.raises(InvalidInput, match="Pass all events"):
        explain(TWO_DAYS, story.clock, [], OFFICE, at("01-05 11:00"))
    story.move("changes_requested", "01-05 12:00")
    with pytest.raises(InvalidInput, match="Pass all events"):
        explain(TWO_DAYS, story.clock, story.ledger[1:], OFFICE, at("01-05 13:00"))


def test_a_tier_that_is_promised_another_length_is_told_so_in_the_title() -> None:
    tiers = {"gold": Duration.parse("1 business day")}
    sla = promise("2 business days", title="First response within 2 business days", tier_fact="tier", tiers=tiers)

    gold, usual = (suppose(sla, OFFICE, {"tier": tier}, at("01-05 10:00")) for tier in ("gold", "tin"))

    assert gold.title == "First response within 2 business days (here: 1 business day)"
    assert gold.lines()[0] == f"{gold.title}."
    assert usual.title == "First response within 2 business days"
