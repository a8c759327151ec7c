"""Commands that review: findings, the conversation, what came late."""

import pytest

from review_engine.cli.demo.story import basic_info, launch_info
from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, MONA, RITA
from tests.cli.test_moving import words_of

CRITERIA = ("spec_adhered_to", "docs_adhered_to", "volume_handled", "entry_accurate", "signup_works", "data_seen")
GUS = ("--as", "partner:gus@globex.example")


@pytest.fixture
def claimed(shop: Terminal) -> Terminal:
    """Rita reviews Acme's App."""
    facts = basic_info("acme", "Acme Sync", "In step.", ["CRM"]) | launch_info("acme")
    for words in (
        (*ANN, "edit", "acme-sync", *words_of(facts)),
        ("evidence", "component/acme-hook", "test_suite", "green", "--lasts", "30 days"),
        (*ANN, "move", "acme-sync", "submit"),
        (*RITA, "move", "acme-sync", "claim"),
    ):
        answer = shop(*words)
        assert answer.code == 0, answer
    return shop


def test_findings_are_handed_in_and_shown(claimed: Terminal) -> None:
    answer = claimed(
        *RITA, "review", "assess", "acme-sync", "spec_adhered_to=passed", "docs_adhered_to=failed:Step 3 differs.",
        "volume_handled=not_applicable", "noted:A second logo would help.", "--comment", "Once a day.",
    )  # fmt: skip
    assert (answer.code, answer.out) == (0, "4 findings are recorded for app/acme-sync.\n")
    shown = claimed.json(*RITA, "review", "show", "acme-sync")
    assert [(one["criterion"], one["result"], one["comment"]) for one in shown["findings"]] == [
        ("spec_adhered_to", "passed", ""),
        ("docs_adhered_to", "failed", "Step 3 differs."),
        ("volume_handled", "not_applicable", "Once a day."),
        ("", "noted", "A second logo would help."),
    ]
    told = claimed(*RITA, "review", "show", "acme-sync")
    assert told.code == 0
    for words in ("round 1, in review, taken by rita", "docs_adhered_to", "Step 3 differs.", "not applicable"):
        assert words in told.out
    partners = claimed(*ANN, "review", "show", "acme-sync")
    assert partners.code == 0
    assert "Step 3" not in partners.out


def test_a_finding_may_name_the_fact_it_is_about(claimed: Terminal) -> None:
    words = ("entry_accurate=failed", "data_seen=passed", "--comment", "It is blurred.", "--about", "logo_url")
    assert claimed(*RITA, "review", "assess", "acme-sync", *words, "--key", "k1").code == 0
    assert claimed(*RITA, "review", "assess", "acme-sync", *words, "--key", "k1").code == 0
    found = claimed.json(*RITA, "review", "show", "acme-sync")["findings"]
    assert [(one["criterion"], one["about"]) for one in found] == [("entry_accurate", "logo_url"), ("data_seen", "")]


@pytest.mark.parametrize("word", ["spec_adhered_to", "=passed", "", "passed"])
def test_what_is_no_finding_is_refused_with_the_form(claimed: Terminal, word: str) -> None:
    answer = claimed(*RITA, "review", "assess", "acme-sync", word)
    assert answer.code == 2
    assert "Write criterion=result" in answer.err


def test_who_may_not_assess_is_told_what_to_do(claimed: Terminal) -> None:
    answer = claimed(*ANN, "review", "assess", "acme-sync", "data_seen=passed")
    assert answer.code == 5
    stale = claimed(*RITA, "review", "assess", "acme-sync", "data_seen=passed", "--expect", "1-abc")
    assert stale.code == 6


def test_the_conversation_is_kept_and_shown_to_each_side(claimed: Terminal) -> None:
    said = claimed(*RITA, "review", "remark", "acme-sync", "Which key opens the sandbox?")
    assert said.out == "Remark 1 is kept. The other side is told.\n"
    inside = claimed(*MONA, "review", "remark", "acme-sync", "Do we know them?", "--internal")
    assert inside.out == "Remark 2 is kept. Only staff sees it.\n"
    assert claimed(*ANN, "review", "remark", "acme-sync", "The one on page 3.").code == 0
    told = claimed(*RITA, "review", "remarks", "acme-sync").out
    assert [line in told for line in ("Which key", "Do we know them?", "internal", "page 3")] == [True] * 4
    partners = claimed.json(*ANN, "review", "remarks", "acme-sync")
    assert [(one["number"], one["text"]) for one in partners] == [
        (1, "Which key opens the sandbox?"),
        (2, "The one on page 3."),
    ]
    assert claimed(*GUS, "review", "remarks", "acme-sync").code == 4


def test_what_came_late_is_counted_by_reviewer(claimed: Terminal) -> None:
    assert "Nothing was found wanting" in claimed(*MONA, "review", "late").out
    late = ("review", "assess", "acme-sync", "entry_accurate=failed:Blurred.", "--about", "logo_url")
    for words in (
        (*RITA, "review", "assess", "acme-sync", "docs_adhered_to=failed:Step 3.", "--about", "docs_url"),
        (*RITA, "move", "acme-sync", "request_changes", "--comment", "The documentation."),
        (*ANN, "edit", "acme-sync", "docs_url=https://acme.example/docs/2"),
        (*ANN, "move", "acme-sync", "submit"),
        (*RITA, "move", "acme-sync", "claim"),
        (*RITA, *late),
    ):
        answer = claimed(*words)
        assert answer.code == 0, answer
    assert claimed.json(*MONA, "review", "late") == [{"by": "reviewer:rita", "found": 1, "late": 1, "share": 1.0}]
    assert "100%" in claimed(*MONA, "review", "late", "--since", "2020-01-01T00:00:00Z").out
    shown = claimed(*RITA, "review", "show", "acme-sync").out
    assert "it could have been said before" in shown
    assert "Your documentation" in shown
    assert claimed(*ANN, "review", "late").code == 5


def test_a_review_that_has_not_begun_says_so(shop: Terminal) -> None:
    assert "not been submitted" in shop(*RITA, "review", "show", "acme-sync").out
    assert "Nothing has been said" in shop(*RITA, "review", "remarks", "acme-sync").out
