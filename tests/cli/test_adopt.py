"""Taking a catalog in."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Terminal
from tests.cli.conftest import ANN


def event(slug: str, sort: str, at: str, **more: object) -> str:
    """A line of a catalog."""
    return json.dumps({"at": at, "slug": slug, "event": sort, **more}) + "\n"


CATALOG = (
    event("alpha", "listed", "2020-01-01T00:00:00Z", after="PUBLIC_BETA", display_name="Alpha", categories=["CRM"])
    + event("beta", "listed", "2020-02-01T00:00:00Z", after="PUBLIC", display_name="Beta")
    + event("alpha", "status", "2020-03-01T00:00:00Z", after="PUBLIC")
    + event("beta", "delisted", "2020-04-01T00:00:00Z")
)


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A small catalog."""
    file = tmp_path / "catalog.jsonl"
    file.write_text(CATALOG, encoding="utf-8")
    return file


def test_every_event_is_accounted_for(terminal: Terminal, catalog: Path) -> None:
    account = terminal.json("adopt", str(catalog))
    assert account["events"] == account["moves"] == 4
    assert account["new_subjects"] == 2
    assert account["balanced"] is True
    assert account["standing"] == {"app": {"public": 1, "removed": 1}}


def test_the_summary_is_told(terminal: Terminal, catalog: Path) -> None:
    told = terminal("adopt", str(catalog)).out
    assert "4 + 0 + 0 = 4: every event is accounted for." in told
    assert "2 subjects are new" in told


def test_the_past_is_kept_as_imported_history_and_no_approval_is_pretended(terminal: Terminal, catalog: Path) -> None:
    terminal("adopt", str(catalog))
    moves = terminal.json("history", "alpha")
    assert [(move["transition"], move["to"], move["role"]) for move in moves] == [
        ("imported", "public_beta", "host"),
        ("imported", "public", "host"),
    ]
    assert [move["at"][:10] for move in moves] == ["2020-01-01", "2020-03-01"]
    assert {verdict["outcome"] for move in moves for verdict in move["verdicts"]} == {"unknown"}
    assert terminal("history", "verify").code == 0


def test_a_second_run_changes_nothing(terminal: Terminal, catalog: Path) -> None:
    terminal("adopt", str(catalog))
    before = terminal.json("history", "export", "before.jsonl"), Path("before.jsonl").read_bytes()
    again = terminal.json("adopt", str(catalog))
    assert (again["moves"], again["odd"], again["already_known"]) == (0, 0, 4)
    assert (terminal.json("history", "export", "before.jsonl"), Path("before.jsonl").read_bytes()) == before


def test_broken_lines_are_reported_with_their_numbers_and_the_rest_goes_in(terminal: Terminal, tmp_path: Path) -> None:
    first, second, third, fourth = CATALOG.splitlines(keepends=True)
    file = tmp_path / "broken.jsonl"
    file.write_bytes(f"{first}{{broken\n\n{second}".encode() + b'{"slug": "\xff"}\n' + f"{third}[]\n{fourth}".encode())
    answer = terminal("adopt", str(file))
    assert answer.code == 0
    assert "3 lines could not be read" in answer.err
    for number in (2, 5, 7):
        assert f"line {number}:" in answer.out
    account = terminal.json("adopt", str(file))
    assert [each["line"] for each in account["broken_lines"]] == [2, 5, 7]
    assert account["already_known"] == 4
    assert terminal("adopt", str(file), "--strict").code == 1


def test_a_file_of_nothing_but_broken_lines_fails(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("x\ny\n", encoding="utf-8")
    assert terminal("adopt", "bad.jsonl").code == 1
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    assert terminal("adopt", "empty.jsonl").code == 0


def test_odd_events_are_kept_and_shown_with_the_reason(terminal: Terminal, tmp_path: Path) -> None:
    odd = event("gamma", "delisted", "2020-01-01T00:00:00Z") + event(
        "delta", "listed", "2020-01-01T00:00:00Z", after="?"
    )
    (tmp_path / "odd.jsonl").write_text(odd + CATALOG, encoding="utf-8")
    answer = terminal("adopt", "odd.jsonl")
    assert answer.code == 0
    assert "4 + 2 + 0 = 6: every event is accounted for." in answer.out
    assert "app/gamma: delisted, but it was not listed" in answer.out
    again = terminal.json("adopt", "odd.jsonl")
    assert (again["already_known"], again["odd"]) == (6, 0)


def test_standard_input_is_read(terminal: Terminal) -> None:
    answer = terminal("adopt", "-", "--json", given=CATALOG)
    assert answer.document["moves"] == 4


def test_what_cannot_be_taken_in_is_refused(shop: Terminal, catalog: Path) -> None:
    assert shop("adopt", "nowhere.jsonl").code == 2
    assert shop("adopt", str(catalog), "--kind", "membership").code == 2
    assert shop("adopt", str(catalog), "--kind", "nothing").code == 2
    assert shop(*ANN, "adopt", str(catalog)).code == 5
    assert shop.json("list", "--state", "public") == []
