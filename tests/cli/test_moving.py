"""Commands that judge and move."""

import pytest

from review_engine.cli.demo.story import basic_info, launch_info
from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, MONA, RITA
from tests.stories.world import CRITERIA


def words_of(facts: dict[str, object]) -> list[str]:
    """Facts as words of a command line."""
    told = []
    for name, value in facts.items():
        written = ",".join(value) if isinstance(value, list) else str(value).lower() if value is True else value
        told.append(f"{name}={written}")
    return told


@pytest.fixture
def complete(shop: Terminal) -> Terminal:
    """Everything that submitting asks for is there."""
    facts = basic_info("acme", "Acme Sync", "In step.", ["CRM"]) | launch_info("acme")
    assert shop(*ANN, "edit", "acme-sync", *words_of(facts)).code == 0
    seen = shop("evidence", "component/acme-hook", "test_suite", "green", "--lasts", "30 days", "--note", "six of six")
    assert seen.code == 0, seen
    return shop


@pytest.fixture
def beta(complete: Terminal) -> Terminal:
    """In Public Beta."""
    for words in (
        (*ANN, "move", "acme-sync", "submit"),
        (*RITA, "move", "acme-sync", "claim"),
        (*RITA, "edit", "acme-sync", *words_of(dict(CRITERIA))),
        (*RITA, "move", "acme-sync", "approve"),
    ):
        answer = complete(*words)
        assert answer.code == 0, answer
    return complete


def test_a_refusal_lists_every_unmet_guard_with_its_cure(shop: Terminal) -> None:
    answer = shop(*ANN, "move", "acme-sync", "submit")
    assert answer.code == 3
    assert answer.out == ""
    (checklist,) = shop.json("checklist", "acme-sync", "submit")
    unmet = [item for item in checklist["items"] if item["outcome"] != "passed"]
    assert len(unmet) == len(checklist["items"]) > 5
    assert f"{len(unmet)} unmet requirements" in answer.err
    for item in unmet:
        assert f"  - {item['title']}" in answer.err
        assert item["cure"] in answer.err


def test_a_refusal_is_json_when_asked_for(shop: Terminal) -> None:
    answer = shop(*ANN, "move", "acme-sync", "submit", "--json")
    assert answer.code == 3
    error = answer.document["error"]
    assert error["code"] == "refused"
    assert error["checklist"] == shop.json(*ANN, "checklist", "acme-sync", "submit")[0]


def test_the_checklist_of_everything_that_starts_here(shop: Terminal) -> None:
    found = shop.json("checklist", "acme-sync")
    assert {each["transition"] for each in found} == {"submit", "withdraw"}
    told = shop("checklist", "acme-sync").out
    assert "Submit for review (submit)" in told
    assert "not met" in told
    assert shop("checklist", "acme-sync", "fly").code == 2


def test_evidence_moves_a_component_by_itself(shop: Terminal) -> None:
    given = shop.json("evidence", "component/acme-hook", "test_suite", "yellow", "--lasts", "30 days")
    assert given["moves"] == ["ready"]
    assert "The engine took" not in shop("evidence", "component/acme-hook", "test_suite", "green").out


def test_evidence_that_cannot_be_is_refused(shop: Terminal) -> None:
    assert shop("evidence", "component/acme-hook", "test_siute", "green").code == 2
    assert shop("evidence", "component/acme-hook", "test_suite", "green", "--lasts", "2 business days").code == 2
    assert shop("evidence", "component/acme-hook", "test_suite", "green", "--seen", "2999-01-01T00:00:00Z").code == 2
    assert shop(*ANN, "evidence", "component/acme-hook", "test_suite", "green").code == 5


def test_a_whole_review_on_the_command_line(beta: Terminal) -> None:
    assert beta.json("show", "acme-sync")["state"] == "public_beta"
    assert beta.json(*RITA, "checklist", "acme-sync", "launch")[0]["ready"] is False


def test_the_reviewer_of_the_round_reads_the_secret(complete: Terminal) -> None:
    assert complete(*ANN, "move", "acme-sync", "submit").code == 0
    assert complete(*RITA, "move", "acme-sync", "claim").code == 0
    assert complete(*RITA, "secret", "acme-sync", "test_password").out == "correct-horse-acme\n"


def test_a_move_that_needs_words_is_refused_without_them(complete: Terminal) -> None:
    complete(*ANN, "move", "acme-sync", "submit")
    complete(*RITA, "move", "acme-sync", "claim")
    assert complete(*RITA, "move", "acme-sync", "request_changes").code == 2
    given = complete(*RITA, "move", "acme-sync", "request_changes", "--comment", "Step 3.")
    assert given.code == 0
    assert "changes_requested" in given.out


def test_one_key_moves_once(complete: Terminal) -> None:
    words = (*ANN, "move", "acme-sync", "submit", "--key", "click-1")
    assert complete.json(*words) == complete.json(*words)
    assert len(complete.json("history", "acme-sync")) == 2


def test_a_stale_page_is_a_conflict(complete: Terminal) -> None:
    answer = complete(*ANN, "move", "acme-sync", "submit", "--expect", "1-0000000000000000")
    assert answer.code == 6


def test_a_waiver_launches_what_only_lacked_customers(beta: Terminal) -> None:
    beta("edit", "acme-sync", "oauth_enabled_at=2026-01-05T10:00:00Z")
    assert beta(*MONA, "waive", "acme-sync", "active_customers").code == 2
    assert beta(*ANN, "waive", "acme-sync", "active_customers", "--reason", "Please.").code == 5
    answer = beta(*MONA, "waive", "acme-sync", "active_customers", "--reason", "Shown on stage.")
    assert answer.code == 0
    assert "launch" in answer.out
    assert beta.json("show", "acme-sync")["state"] == "public"
    told = beta("history", "acme-sync").out
    assert "Shown on stage." in told


def test_a_waiver_ends_when_it_is_said_to(beta: Terminal) -> None:
    reason = ("--reason", "For the fair.")
    assert beta(*MONA, "waive", "acme-sync", "active_customers", *reason, "--until", "2001-01-01T00:00:00Z").code == 2
    assert beta(*MONA, "waive", "acme-sync", "active_customers", *reason, "--until", "tomorrow").code == 2
    assert beta(*MONA, "waive", "acme-sync", "active_customers", *reason, "--until", "2999-01-01T00:00:00Z").code == 0
