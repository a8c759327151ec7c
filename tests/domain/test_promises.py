"""How promises were kept: counted from ledgers, by promise, reviewer and week, in figures that cannot be flattered."""

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import MET, MISSED, PAUSED, RUNNING, VOID
from review_engine.domain.promises import Figures, Outcome, outcomes, percentile, report
from tests.domain.clockwork import FIRST_RESPONSE, OFFICE, SUBJECT, Story, at, promise

DECISION = promise("16 business hours")


def told(story: Story, now: str) -> tuple[Outcome, ...]:
    """What became of the story's cycles."""
    return outcomes(story.lifecycle, story.calendar, SUBJECT, story.ledger, story.moves, at(now))


def only(figures: tuple[Figures, ...]) -> Figures:
    """The only line."""
    (line,) = figures
    return line


def reviewed(
    started: str, ended: str, *, target: str = "public_beta", by: str = "ann", calendar: Calendar = OFFICE
) -> Story:
    """A review that began and ended then."""
    story = Story(DECISION, calendar=calendar)
    story.move("submitted", started, role="partner", by="pat")
    story.move(target, ended, by=by)
    return story


def test_each_cycle_has_its_outcome_its_use_its_week_and_its_reviewer() -> None:
    story = Story(FIRST_RESPONSE, DECISION)
    story.move("submitted", "01-05 10:00", role="partner", by="pat")
    story.move("in_review", "01-05 12:00", by="ann")
    story.move("changes_requested", "01-06 12:00", by="ann")
    story.move("submitted", "01-12 10:00", role="partner", by="pat")
    story.move("in_review", "01-12 11:00", by="bob")
    first, decision, second = told(story, "01-12 13:00")
    assert (first.state, first.used, first.week, first.reviewer) == (MET, timedelta(hours=2), "2026-W02", "ann")
    assert (second.cycle, second.state, second.used, second.reviewer) == (2, MET, timedelta(hours=1), "bob")
    assert (decision.state, decision.used, decision.reviewer) == (RUNNING, timedelta(hours=13), "bob")
    assert (decision.at, decision.week) == (at("01-12 16:00"), "2026-W03")


def test_a_promise_that_no_reviewer_touched_is_nobodys() -> None:
    story = Story(promise("10 business days", name="partner_reply", runs_in=("changes_requested",), pauses_in=()))
    story.move("changes_requested", "01-05 10:00", by="ann")
    story.move("submitted", "01-06 10:00", role="partner", by="pat")
    assert told(story, "01-07 10:00")[0].reviewer == ""
    assert report(told(story, "01-07 10:00")).reviewers == ()


def test_met_missed_open_and_void_are_counted_and_the_percentage_is_of_the_judged() -> None:
    stories = [
        reviewed("01-05 10:00", "01-05 12:00"),
        reviewed("01-05 10:00", "01-06 12:00"),
        reviewed("01-05 10:00", "01-08 12:00"),
        reviewed("01-05 10:00", "01-05 12:00", target="withdrawn"),
        reviewed("01-12 09:00", "01-12 10:00", target="in_review"),
    ]
    line = only(report(outcome for story in stories for outcome in told(story, "01-12 11:00")).promises)
    assert (line.met, line.missed, line.overdue, line.open, line.void) == (2, 1, 0, 1, 1)
    assert line.percent_met is not None
    assert round(line.percent_met, 1) == 66.7


def test_a_broken_promise_counts_as_missed_from_the_day_it_broke_although_it_is_open() -> None:
    for target in ("in_review", "changes_requested"):
        story = reviewed("01-05 10:00", "01-08 10:00", target=target)
        (outcome,) = told(story, "01-09 10:00")
        assert outcome.broken
        line = only(report([outcome]).promises)
        assert (line.missed, line.overdue, line.open, line.percent_met) == (1, 1, 0, 0.0)


def test_a_paused_promise_that_is_not_broken_stays_open_for_as_long_as_it_takes() -> None:
    (outcome,) = told(reviewed("01-05 10:00", "01-06 10:00", target="changes_requested"), "06-05 10:00")
    assert (outcome.state, outcome.broken, outcome.used) == (PAUSED, False, timedelta(hours=8))


def test_withdrawing_what_was_broken_is_a_miss_and_what_was_not_is_void() -> None:
    (late,) = told(reviewed("01-05 10:00", "01-09 10:00", target="withdrawn"), "01-12 10:00")
    (early,) = told(reviewed("01-05 10:00", "01-06 10:00", target="withdrawn"), "01-12 10:00")
    assert (late.state, early.state) == (MISSED, VOID)
    assert only(report([early]).promises).percent_met is None


def test_median_and_p90_are_of_what_ended_and_open_or_void_ones_do_not_count() -> None:
    stories = [reviewed("01-05 09:00", f"01-05 {9 + hours}:00") for hours in (1, 2, 3, 4, 5, 6, 7, 8)]
    stories.append(reviewed("01-05 09:00", "01-06 10:00"))
    stories.append(reviewed("01-05 09:00", "01-06 17:00"))
    stories.append(reviewed("01-05 09:00", "01-05 09:01", target="withdrawn"))
    stories.append(reviewed("01-05 09:00", "01-05 09:01", target="in_review"))
    line = only(report(outcome for story in stories for outcome in told(story, "01-06 17:00")).promises)
    assert (line.median, line.p90) == (timedelta(hours=5), timedelta(hours=9))


def test_figures_are_split_by_reviewer_and_by_week() -> None:
    stories = [
        reviewed("01-05 10:00", "01-05 12:00", by="ann"),
        reviewed("01-05 10:00", "01-12 12:00", by="bob"),
        reviewed("01-12 10:00", "01-12 12:00", by="ann"),
    ]
    found = report(outcome for story in stories for outcome in told(story, "01-13 10:00"))
    assert [(line.of, line.met, line.missed) for line in found.reviewers] == [("ann", 2, 0), ("bob", 0, 1)]
    assert [(line.of, line.met, line.missed) for line in found.weeks] == [("2026-W02", 1, 0), ("2026-W03", 1, 1)]


def test_a_week_begins_on_monday_where_the_calendar_is() -> None:
    apia = Calendar.of("apia", "Pacific/Apia", {day: [["00:00", "24:00"]] for day in ("sunday", "monday")})
    (outcome,) = told(reviewed("01-04 06:00", "01-04 07:00", calendar=apia), "01-05 10:00")
    assert outcome.week == "2026-W02", "Sunday morning in New York is Monday in Apia"
    (plain,) = outcomes(
        Story(promise("3 days")).lifecycle,
        None,
        SUBJECT,
        reviewed("2025-12-31 10:00", "2025-12-31 12:00").ledger,
        [],
        at("01-05 10:00"),
    )
    assert plain.week == "2026-W01"


def test_a_period_takes_what_ended_in_it_and_what_is_due_in_it() -> None:
    stories = [
        reviewed("01-05 10:00", "01-05 12:00"),
        reviewed("01-05 10:00", "01-06 12:00"),
        reviewed("01-12 10:00", "01-12 11:00", target="in_review"),
    ]
    found = [outcome for story in stories for outcome in told(story, "01-12 12:00")]
    assert only(report(found, since=at("01-06 12:00")).promises).met == 1
    assert only(report(found, since=at("01-06 12:00")).promises).open == 1
    assert only(report(found, until=at("01-06 12:00")).promises).met == 1
    assert report(found, since=at("02-01 00:00")).promises == ()


def test_promises_the_workflow_does_not_declare_are_left_out() -> None:
    story = reviewed("01-05 10:00", "01-05 12:00")
    story.lifecycle = Story(FIRST_RESPONSE).lifecycle
    assert told(story, "01-06 10:00") == ()


def test_plain_promises_use_plain_time() -> None:
    story = Story(promise("3 days"))
    story.move("submitted", "01-05 10:00")
    story.move("public_beta", "01-06 12:00")
    assert told(story, "01-07 10:00")[0].used == timedelta(hours=26)


def test_a_report_is_json() -> None:
    found = report(told(reviewed("01-05 10:00", "01-05 12:00"), "01-06 10:00"))
    written = json.loads(json.dumps(found.as_dict()))
    assert written["promises"] == [
        {
            "workflow": "app",
            "sla": "decision",
            "of": "",
            "met": 1,
            "missed": 0,
            "overdue": 0,
            "open": 0,
            "void": 0,
            "percent_met": 100.0,
            "median_seconds": 7200.0,
            "p90_seconds": 7200.0,
        }
    ]
    assert [line["of"] for line in written["weeks"] + written["reviewers"]] == ["2026-W02", "ann"]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    ordered = sorted(timedelta(seconds=value) for value in values)
    found = percentile(ordered, percent)
    assert found in ordered
    assert found is not None
    assert sum(value <= found for value in ordered) * 100 >= percent * len(ordered)
    assert sum(value < found for value in ordered) * 100 < percent * len(ordered)


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 50) is None


outcome_values = st.builds(
    Outcome,
    workflow=st.sampled_from(["app", "access_request"]),
    sla=st.sampled_from(["decision", "first_response"]),
    subject=st.just(SUBJECT),
    cycle=st.integers(1, 3),
    state=st.sampled_from([MET, MISSED, VOID, RUNNING, PAUSED]),
    broken=st.booleans(),
    used=st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    at=st.just(at("01-05 10:00")),
    week=st.sampled_from(["2026-W01", "2026-W02"]),
    reviewer=st.sampled_from(["", "ann", "bob"]),
)


@given(st.lists(outcome_values, max_size=40))
def test_every_cycle_is_counted_once_and_the_weeks_add_up_to_the_whole(found: list[Outcome]) -> None:
    made = report(found)
    assert sum(_cycles(line) for line in made.promises) == len(found)
    assert sum(_cycles(line) for line in made.weeks) == len(found)
    assert sum(_cycles(line) for line in made.reviewers) == sum(outcome.reviewer != "" for outcome in found)


def _cycles(line: Figures) -> int:
    return line.met + line.missed + line.open + line.void
