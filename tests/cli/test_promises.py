"""due and sla report on the command line."""

import pytest

from review_engine import Actor, open_engine
from review_engine.testing import TurnableClock
from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, MONA, RITA
from tests.usecases.conftest import CRITERIA, ready

GUS = ("--as", "partner:gus@globex.example")
_ANN, _RITA = Actor.partner("p-ann", of="acme"), Actor.reviewer("rita")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TurnableClock:
    """The machine's clock, turned by hand."""
    turned = TurnableClock()
    monkeypatch.setattr("review_engine.assembly.machine_clock", turned)
    return turned


@pytest.fixture
def office(shop: Terminal, clock: TurnableClock) -> Terminal:
    """A shop with one App approved in time, one late, and one that waits."""
    engine = open_engine(url=f"sqlite:///{shop.database}")
    clock.calendar = engine.desk.library.calendar("business")
    for slug, wait in (("kept", "1 business hour"), ("late", "4 business days")):
        ready(engine, slug)
        engine.move(slug, "submit", by=_ANN)
        clock.turn(wait)
        engine.tick()
        engine.move(slug, "claim", by=_RITA)
        engine.edit(slug, CRITERIA, by=_RITA)
        engine.move(slug, "approve", by=_RITA)
    ready(engine, "waiting")
    engine.move("waiting", "submit", by=_ANN)
    engine.close()
    return shop


def test_due_says_by_when_and_why(office: Terminal) -> None:
    answer = office(*ANN, "due", "waiting")
    assert answer.code == 0
    assert "First response within 2 business days" in answer.out
    assert "The hours that count" in answer.out
    assert "Due on" in answer.out


def test_due_in_json_carries_the_derivation(office: Terminal) -> None:
    found = office.json("due", "waiting")
    assert [each["sla"] for each in found] == ["decision", "first_response"]
    assert found[0]["counted"]
    assert found[0]["state"] == "running"


def test_due_if_says_what_would_be(shop: Terminal, clock: TurnableClock) -> None:
    assert "Nothing is promised" in shop("due", "acme-sync").out
    answer = shop(*ANN, "due", "acme-sync", "--if", "submit")
    assert "It would be due on Wednesday 4 March 2026 at 17:00" in answer.out
    assert [each["supposed"] for each in shop.json("due", "acme-sync", "--if", "submit")] == [True, True]
    refused = shop("due", "acme-sync", "--if", "approve")
    assert refused.code == 2
    assert "does not start from" in refused.err


def test_another_partners_due_dates_do_not_exist(shop: Terminal) -> None:
    assert shop(*GUS, "due", "acme-sync").code == 4


def test_a_report_counts_and_charts(office: Terminal) -> None:
    answer = office("sla", "report")
    assert answer.code == 0
    assert "app first response" in answer.out
    assert "50.0%" in answer.out
    assert "2026-W10  ##########..........  50.0%  1 of 2" in answer.out
    assert "rita" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_a_report_in_json(office: Terminal) -> None:
    found = office.json(*MONA, "sla", "report", "--kind", "app")
    lines = {line["sla"]: line for line in found["promises"]}
    assert (lines["first_response"]["met"], lines["first_response"]["missed"]) == (1, 1)
    assert lines["decision"]["percent_met"] == 50.0


@pytest.mark.parametrize("since", ["2026-03-04", "2026-03-04T08:00:00Z", "3 days"])
def test_a_report_may_begin_at_a_date_a_time_or_so_long_ago(office: Terminal, since: str) -> None:
    found = office.json("sla", "report", "--since", since)
    assert {line["sla"]: line["met"] for line in found["promises"]} == {"decision": 0, "first_response": 0}


def test_a_report_of_nothing_and_a_report_for_nobody(office: Terminal) -> None:
    assert "Nothing was promised" in office("sla", "report", "--since", "2027-01-01").out
    assert office(*ANN, "sla", "report").code == 5
    assert office(*RITA, "sla", "report").code == 0
    assert office("sla", "report", "--since", "yesterday").code == 2
    assert office("sla", "report", "--kind", "ap").code == 2
