"""By when and why, what if, and how promises were kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review_engine import Actor, InvalidInput, NotAllowed, NotFound, ReviewEngine, UnknownName
from review_engine.domain.canonical import canonical
from review_engine.domain.clocks import PAUSED, RUNNING
from review_engine.domain.keys import SubjectKey
from review_engine.testing import TurnableClock
from tests.usecases.conftest import ANN, CRITERIA, EVE, HOST, MO, RITA, ready
from tests.usecases.parcels import DELIVERY, WEEKDAYS, Wrist, depot, sent


def test_nothing_is_due_before_anything_is_promised(engine: ReviewEngine, app: str) -> None:
    assert engine.due(app, by=ANN) == ()


def test_every_promise_that_runs_is_told_the_next_one_first(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    found = engine.due(app, by=ANN)
    assert [(each.sla, each.state) for each in found] == [("decision", RUNNING), ("first_response", RUNNING)]
    assert [each.due_at for each in found] == sorted(each.due_at for each in found)
    assert "2 business days" in found[1].lines()[0]
    assert not any(each.supposed for each in found)


def test_a_paused_promise_is_told_with_what_is_left(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    clock.turn("3 hours")
    engine.move(app, "request_changes", by=RITA, comment="The docs.")
    clock.turn("5 days")
    found = {each.sla: each for each in engine.due(app, by=ANN)}
    assert set(found) == {"decision", "partner_reply"}
    assert found["decision"].state == PAUSED
    assert found["decision"].left == timedelta(hours=13)
    assert found["decision"].paused_because == "Changes requested"


def test_what_is_no_longer_counted_is_not_due(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    engine.move(app, "withdraw", by=ANN)
    assert engine.due(app, by=ANN) == ()


def test_a_strangers_due_dates_do_not_exist(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotFound):
        engine.due(app, by=EVE)
    with pytest.raises(NotFound):
        engine.due_if(app, "submit", by=EVE)


def test_a_due_date_is_derived_from_the_version_of_the_calendar_it_is_counted_by(tmp_path: Path) -> None:
    wrist = Wrist(datetime(2026, 3, 2, 10, tzinfo=UTC))
    promise = DELIVERY.replace(" hours", " business hours") % ""
    engine = depot(tmp_path, promise, clock=wrist, calendar=WEEKDAYS)
    sent(engine)
    before = engine.due("box", by=ANN)[0]
    edited = depot(tmp_path, promise, clock=wrist, calendar=WEEKDAYS.replace("17:00", "12:00"))
    store, library = engine.desk.store, edited.desk.library
    library.calendars()
    current = library.calendar("office")
    store.keep_calendar("office", current.version, canonical(current.to_dict()), wrist.now)
    moved = reopened(engine, edited)
    after = moved.due("box", by=ANN)[0]
    assert after.calendar == before.calendar != current.version
    assert (after.due_at, after.lines()) == (before.due_at, before.lines())


def reopened(engine: ReviewEngine, edited: ReviewEngine) -> ReviewEngine:
    """The engine on the same store, with the files as they are now."""
    from dataclasses import replace

    return replace(engine, desk=replace(engine.desk, library=edited.desk.library))


# What if


def test_what_would_be_promised_if_it_were_submitted_now(engine: ReviewEngine, app: str) -> None:
    found = engine.due_if(app, "submit", by=ANN)
    assert [(each.sla, each.supposed) for each in found] == [("decision", True), ("first_response", True)]
    assert found[1].lines()[1].startswith("Submitted now")
    assert engine.subject(app, by=ANN).state == "preview"
    engine.move(app, "submit", by=ANN)
    assert [each.due_at for each in engine.due(app, by=ANN)] == [each.due_at for each in found]


def test_asking_what_if_needs_no_guard(engine: ReviewEngine) -> None:
    engine.register("bare", partner="acme", by=ANN)
    assert len(engine.due_if("bare", "submit", by=ANN)) == 2


def test_a_promise_that_would_go_on_is_told_as_it_would_be_then(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    clock.turn("3 hours")
    engine.move(app, "request_changes", by=RITA, comment="The docs.")
    clock.turn("5 days")
    supposed = {each.sla: each for each in engine.due_if(app, "submit", by=ANN)}
    assert set(supposed) == {"decision", "first_response"}
    assert (supposed["decision"].supposed, supposed["decision"].state) == (False, RUNNING)
    engine.move(app, "submit", by=ANN)
    assert {each.sla: each.due_at for each in engine.due(app, by=ANN)} == {
        name: each.due_at for name, each in supposed.items()
    }


def test_a_promise_that_would_end_is_not_told(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    assert engine.due_if(app, "withdraw", by=ANN) == ()


def test_a_priority_app_is_promised_more(engine: ReviewEngine, app: str) -> None:
    usual = {each.sla: each.due_at for each in engine.due_if(app, "submit", by=ANN)}
    engine.edit(app, {"tier": "priority"}, by=MO)
    soon = {each.sla: each.due_at for each in engine.due_if(app, "submit", by=ANN)}
    assert all(soon[sla] < usual[sla] for sla in usual)


def test_what_if_is_asked_of_a_transition_that_starts_here(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(UnknownName, match="subnit"):
        engine.due_if(app, "subnit", by=ANN)
    with pytest.raises(InvalidInput, match="does not start from Preview") as refused:
        engine.due_if(app, "approve", by=ANN)
    assert "submit" in refused.value.cure


# The report


@pytest.fixture
def reviewed(engine: ReviewEngine, clock: TurnableClock) -> ReviewEngine:
    """One app answered and decided in time, one answered late, one that is waiting."""
    clock.calendar = engine.desk.library.calendar("business")
    for slug, days in (("kept", "1 business day"), ("broken", "3 business days")):
        ready(engine, slug)
        engine.move(slug, "submit", by=ANN)
        clock.turn(days)
        clock.turn("16 hours")
        engine.tick()
        engine.move(slug, "claim", by=RITA)
        engine.edit(slug, CRITERIA, by=RITA)
        engine.move(slug, "approve", by=MO)
    ready(engine, "waiting")
    engine.move("waiting", "submit", by=ANN)
    return engine


def test_promises_are_counted_by_promise_reviewer_and_week(reviewed: ReviewEngine) -> None:
    report = reviewed.promise_report(by=MO)
    lines = {line.sla: line for line in report.promises}
    assert {name: (line.met, line.missed, line.open) for name, line in lines.items()} == {
        "decision": (1, 1, 1),
        "first_response": (1, 1, 1),
    }
    assert lines["first_response"].percent_met == 50.0
    assert {(line.sla, line.of) for line in report.reviewers} == {
        ("first_response", RITA.key),
        ("decision", MO.key),
    }
    assert [line.of for line in report.weeks if line.sla == "decision"] == ["2026-W10", "2026-W11"]


def test_a_report_may_be_of_a_period_and_a_kind(reviewed: ReviewEngine, clock: TurnableClock) -> None:
    whole = reviewed.promise_report(by=HOST, kind="app")
    assert whole == reviewed.promise_report(by=HOST)
    assert reviewed.promise_report(by=HOST, kind="component").promises == ()
    early = reviewed.promise_report(by=HOST, until=datetime(2026, 3, 5, tzinfo=UTC))
    assert {line.sla: (line.met, line.missed) for line in early.promises}["decision"] == (1, 0)
    late = reviewed.promise_report(by=HOST, since=clock() + timedelta(days=100))
    assert late.promises == ()


def test_a_report_is_not_for_partners_and_not_of_what_is_unknown(reviewed: ReviewEngine) -> None:
    with pytest.raises(NotAllowed):
        reviewed.promise_report(by=ANN)
    with pytest.raises(UnknownName):
        reviewed.promise_report(by=MO, kind="ap")
    assert reviewed.promise_report(by=RITA).promises


def test_what_was_broken_is_listed_the_latest_first_and_is_what_the_report_counts(reviewed: ReviewEngine) -> None:
    found = reviewed.breaches(by=RITA)
    assert {(each.subject, each.sla) for each in found} == {
        ("app/broken", "first_response"),
        ("app/broken", "decision"),
    }
    assert len(found) == sum(line.missed for line in reviewed.promise_report(by=RITA).promises)
    assert all(each.broken for each in found)
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert reviewed.breaches(by=MO, until=datetime(2026, 3, 5, tzinfo=UTC)) == []
    assert reviewed.breaches(by=MO, since=found[0].at + timedelta(seconds=1)) == []
    assert reviewed.breaches(by=HOST, kind="component") == []


def test_what_was_broken_is_not_for_partners(reviewed: ReviewEngine) -> None:
    with pytest.raises(NotAllowed):
        reviewed.breaches(by=ANN)
    with pytest.raises(UnknownName):
        reviewed.breaches(by=MO, kind="ap")


def test_a_report_of_an_engine_that_promised_nothing_is_empty(engine: ReviewEngine) -> None:
    assert engine.promise_report(by=HOST).as_dict() == {"promises": [], "reviewers": [], "weeks": []}


def test_the_calendars_of_the_files_are_kept_when_they_are_read(engine: ReviewEngine) -> None:
    for name, calendar in engine.desk.library.calendars().items():
        kept = engine.desk.store.calendar(calendar.version)
        assert kept == (name, canonical(calendar.to_dict()))
    assert engine.desk.store.clock_events(SubjectKey("app", "nobody")) == []
    assert Actor.host() == HOST
