"""A simulated year: the same for the same seed, otherwise for another promise, and sound like a real one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from review_engine import InvalidInput, UnknownName
from review_engine.simulation.account import Account
from review_engine.simulation.scenario import Lots, Scenario
from review_engine.simulation.script import script_of
from review_engine.simulation.year import simulate
from review_engine.testing import open_test_engine
from tests.usecases.parcels import DELIVERY, Wrist, depot

SMALL = Scenario(apps=60, days=70, seed=7, reviewers=1)


@cache
def played(scenario: Scenario = SMALL) -> Account:
    return simulate(scenario)


def strict(**promises: str) -> Scenario:
    """The same people, promised something else."""
    return replace(SMALL, promises=promises)


def test_the_same_seed_tells_the_same_year() -> None:
    assert simulate(SMALL) == played()


def test_another_seed_tells_another_year() -> None:
    assert played(replace(SMALL, seed=8)).digest != played().digest


def test_every_week_has_its_line_and_they_add_up() -> None:
    account = played()
    assert [week.name for week in account.weeks[:2]] == ["2026-W02", "2026-W03"]
    assert len(account.weeks) == 10
    assert sum(week.arrived for week in account.weeks) >= 60
    assert sum(sum(week.breaches.values()) for week in account.weeks) == account.breaches
    assert all(week.waiting <= week.most for week in account.weeks)
    assert account.weeks[-1].waiting == account.states.get("submitted", 0) + account.states.get("in_review", 0)
    assert sum(account.states.values()) == 60


def test_the_report_of_the_year_counts_every_breach_once() -> None:
    account = played()
    assert sum(line.missed for line in account.promises) == account.breaches
    assert account.by_itself > 0
    assert account.subjects == 120


def test_a_stricter_promise_is_broken_more_often_by_the_same_people() -> None:
    usual, hurried = played(), played(strict(first_response="1 business hour"))
    assert hurried.promises[1].missed > usual.promises[1].missed
    assert [week.decided for week in hurried.weeks] == [week.decided for week in usual.weeks]


def test_fewer_hands_make_longer_queues() -> None:
    scenario = replace(SMALL, apps=150)
    few, many = simulate(scenario), simulate(replace(scenario, reviewers=4))
    assert sum(week.waiting for week in few.weeks) > sum(week.waiting for week in many.weeks)
    assert few.breaches > many.breaches


def test_partners_who_never_answer_are_withdrawn_by_the_engine() -> None:
    account = simulate(replace(SMALL, silent=100, approved=0, sent_back=100, withdrawn=0, reviewers=4))
    assert account.states["withdrawn"] > 40
    assert account.states.keys() <= {"withdrawn", "changes_requested", "submitted", "in_review"}


def test_progress_is_told_week_by_week() -> None:
    weeks: list[datetime] = []
    simulate(replace(SMALL, apps=1), progress=weeks.append)
    assert len(weeks) == 9
    lengths = {later - earlier for earlier, later in pairwise(weeks)}
    assert lengths == {timedelta(days=7), timedelta(days=7) - timedelta(hours=1)}


def test_an_account_is_json() -> None:
    document = played().as_dict()
    assert document["digest"] == played().digest
    assert {"weeks", "promises", "reviewers", "moves", "breaches"} <= document.keys()


def test_a_promise_or_workflow_that_is_unknown_is_refused() -> None:
    with pytest.raises(UnknownName, match="first_responce"):
        simulate(strict(first_responce="1 day"))
    with pytest.raises(InvalidInput, match="is not a duration"):
        simulate(strict(first_response="soon"))
    with pytest.raises(UnknownName, match="ap"):
        simulate(replace(SMALL, kind="ap"))


def test_a_workflow_without_rounds_cannot_be_simulated(tmp_path: Path) -> None:
    depot(tmp_path, DELIVERY % "", clock=Wrist())
    with pytest.raises(InvalidInput, match="nobody hands it in"):
        simulate(SMALL, workflows=tmp_path)


def test_there_is_something_to_simulate() -> None:
    for name in ("apps", "days", "reviewers"):
        with pytest.raises(InvalidInput):
            replace(SMALL, **{name: 0})  # type: ignore[arg-type]


# Script and lots


def test_the_script_of_the_shipped_workflow() -> None:
    script = script_of(open_test_engine().desk.library, "app")
    assert (script.submit, script.claim, script.approve, script.send_back, script.reject) == (
        "submit",
        "claim",
        "approve",
        "request_changes",
        "reject",
    )
    assert script.waiting == {"submitted", "in_review"}
    assert script.parts[0].seen == {"test_suite": "green"}
    assert script.facts["agreement_version"] == "2026-01"
    assert set(script.criteria.values()) == {True}


def test_a_workflow_without_a_decision_on_what_was_handed_in_has_no_script() -> None:
    library = open_test_engine().desk.library
    for kind in ("classic_app", "membership", "component"):
        with pytest.raises(InvalidInput, match="nobody"):
            script_of(library, kind)


def test_everybody_has_lots_of_their_own() -> None:
    lots = Lots(SMALL)
    assert lots.fate(3, 1) == Lots(SMALL).fate(3, 1)
    assert len({lots.fate(number, 1).effort for number in range(50)}) > 10
    assert lots.fate(3, 1) != lots.fate(3, 2)


def test_arrivals_are_in_order_within_the_time_and_few_at_weekends() -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    found = Lots(replace(SMALL, apps=700)).arrivals(start, start + timedelta(days=70))
    assert found == sorted(found)
    assert start <= found[0]
    assert found[-1] < start + timedelta(days=70)
    weekend = sum(at.weekday() >= 5 for at in found)
    assert 0 < weekend < 150


def test_as_many_review_as_are_needed_unless_it_is_said() -> None:
    assert Scenario(apps=5000).staff > Scenario(apps=500).staff >= 1
    assert Scenario(reviewers=3).staff == 3
