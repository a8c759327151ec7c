"""A real catalog's four years go in whole, and the counts are those of the file, computed here once more."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.commands import Terminal
from tests.house.tree import ROOT

CATALOG = ROOT.parent / "shared" / "data" / "segment_catalog_2019_2022.jsonl"
EVENTS = 673

pytestmark = pytest.mark.skipif(not CATALOG.is_file(), reason="the public catalog's history is not beside the project")


@pytest.fixture(scope="module")
def events() -> list[dict[str, str]]:
    """The file."""
    return [json.loads(line) for line in CATALOG.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def adopted(terminal: Terminal) -> Terminal:
    """A database with the whole catalog."""
    assert terminal("adopt", str(CATALOG)).code == 0
    return terminal


def standing(events: list[dict[str, str]]) -> dict[str, str]:
    """Where each slug stands at the end of the file."""
    where = {}
    for event in events:
        where[event["slug"]] = "removed" if event["event"] == "delisted" else event["after"].lower()
    return where


def test_every_event_is_accounted_for(terminal: Terminal, events: list[dict[str, str]]) -> None:
    account = terminal.json("adopt", str(CATALOG))
    assert account["events"] == len(events) == EVENTS
    assert account["moves"] + account["odd"] == EVENTS
    assert account["broken_lines"] == []
    assert account["by_event"] == Counter(event["event"] for event in events)
    assert account["new_subjects"] == len({event["slug"] for event in events})


def test_the_counts_by_state_are_those_of_the_file(adopted: Terminal, events: list[dict[str, str]]) -> None:
    counted = Counter(standing(events).values())
    assert adopted.json("list", "--counts") == {"app": dict(counted)}
    listed = {line["key"].removeprefix("app/") for line in adopted.json("list", "--state", "public_beta")}
    assert listed == {slug for slug, state in standing(events).items() if state == "public_beta"}


def test_every_subject_has_the_past_the_file_tells(
    adopted: Terminal, events: list[dict[str, str]], tmp_path: Path
) -> None:
    adopted.json("history", "export", "moves.jsonl")
    told: dict[str, list[str]] = {}
    for line in (tmp_path / "moves.jsonl").read_text(encoding="utf-8").splitlines():
        move = json.loads(line)
        assert (move["transition"], move["role"]) == ("imported", "host")
        told.setdefault(move["subject"].removeprefix("app/"), []).append(move["to"])
    written: dict[str, list[str]] = {}
    for event in events:
        state = "removed" if event["event"] == "delisted" else event["after"].lower()
        written.setdefault(event["slug"], []).append(state)
    assert told == written


def test_a_second_run_changes_nothing(adopted: Terminal, tmp_path: Path) -> None:
    adopted.json("history", "export", "first.jsonl")
    again = adopted.json("adopt", str(CATALOG))
    assert (again["moves"], again["odd"], again["already_known"]) == (0, 0, EVENTS)
    adopted.json("history", "export", "second.jsonl")
    assert (tmp_path / "first.jsonl").read_bytes() == (tmp_path / "second.jsonl").read_bytes()


def test_an_app_of_the_catalog_is_told_what_it_lacks_for_public(
    adopted: Terminal, events: list[dict[str, str]]
) -> None:
    slug = next(slug for slug, state in standing(events).items() if state == "public_beta")
    (checklist,) = adopted.json("checklist", slug, "launch")
    assert checklist["ready"] is False
    assert {item["guard"] for item in checklist["items"]} == {"oauth_button", "active_customers"}


def test_a_broken_line_is_reported_with_its_number_and_the_rest_goes_in(terminal: Terminal, tmp_path: Path) -> None:
    lines = CATALOG.read_text(encoding="utf-8").splitlines()
    lines[99] = lines[99][:-20]
    (tmp_path / "broken.jsonl").write_text("\n".join(lines), encoding="utf-8")
    account = terminal.json("adopt", "broken.jsonl")
    assert [each["line"] for each in account["broken_lines"]] == [100]
    assert account["moves"] + account["odd"] == EVENTS - 1
    assert account["balanced"] is True
