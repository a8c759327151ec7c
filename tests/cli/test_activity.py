"""Commands about customers."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Terminal
from tests.cli.conftest import ANN


def line(customer: str, app: str = "acme-sync", at: str = "2026-01-05T10:00:00Z", **more: str) -> str:
    """A line of a file."""
    return json.dumps({"app": app, "customer": customer, "at": at, **more}) + "\n"


def test_uses_are_taken_in_and_the_ledger_shows_them(shop: Terminal, tmp_path: Path) -> None:
    text = line("north") + line("south", excluded="test workspace") + line("north", at="2026-01-06T10:00:00Z")
    (tmp_path / "uses.jsonl").write_text(text, encoding="utf-8")
    assert shop.json("activity", "record", "uses.jsonl")["merged"] == 3
    ledger = {each["customer"]: each for each in shop.json("activity", "ledger", "acme-sync", "--window", "36500 days")}
    assert ledger["north"]["counts"] is True
    assert ledger["north"]["first_seen"].startswith("2026-01-05")
    assert ledger["north"]["last_seen"].startswith("2026-01-06")
    assert ledger["south"]["counts"] is False
    told = shop(*ANN, "activity", "ledger", "acme-sync", "--window", "36500 days").out
    assert "does not count: test workspace" in told
    assert "1 of 2 customers count." in told


def test_a_file_taken_in_again_changes_nothing(shop: Terminal, tmp_path: Path) -> None:
    (tmp_path / "uses.jsonl").write_text(line("north") + line("south"), encoding="utf-8")
    shop("activity", "record", "uses.jsonl")
    before = shop.json("activity", "ledger", "acme-sync")
    shop("activity", "record", "uses.jsonl")
    assert shop.json("activity", "ledger", "acme-sync") == before


def test_csv_is_read_by_the_names_of_its_first_line(shop: Terminal, tmp_path: Path) -> None:
    rows = "north,acme-sync,2026-01-05T10:00:00Z,\r\nsouth,acme-sync,2026-01-05T10:00:00Z,own\r\n"
    (tmp_path / "uses.csv").write_text("customer,app,at,excluded\r\n" + rows, encoding="utf-8")
    assert shop.json("activity", "record", "uses.csv")["merged"] == 2
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    answer = shop("activity", "record", "wrong.csv")
    assert answer.code == 2
    assert "columns" in answer.err


BROKEN = [
    "garbage\n",
    "[1]\n",
    '{"app": "acme-sync", "customer": "x"}\n',
    line("x", at="2026-01-05T10:00:00"),
    line("x", at="2999-01-05T10:00:00Z"),
    line("x", at="yesterday"),
    line("x", app="Not A Slug"),
    line(""),
    line("a\0b"),
    line("x", source="s" * 201),
    '{"app": "acme-sync", "customer": "\\ud800", "at": "2026-01-05T10:00:00Z"}\n',
    '{"app": "acme-sync", "customer": 5, "at": "2026-01-05T10:00:00Z"}\n',
    '{"app": 5, "customer": "x", "at": "2026-01-05T10:00:00Z"}\n',
    "[" * 100_000 + "\n",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_line_is_reported_with_its_number_and_the_rest_goes_in(
    shop: Terminal, tmp_path: Path, broken: str
) -> None:
    (tmp_path / "uses.jsonl").write_text(line("north") + broken + "\n" + line("south"), encoding="utf-8")
    account = shop.json("activity", "record", "uses.jsonl")
    assert account["merged"] == 2
    assert [each["line"] for each in account["broken_lines"]] == [2]
    answer = shop("activity", "record", "uses.jsonl", "--strict")
    assert answer.code == 1
    assert "line 2:" in answer.out


def test_bytes_that_are_no_text_break_their_own_line_only(shop: Terminal, tmp_path: Path) -> None:
    (tmp_path / "uses.jsonl").write_bytes(line("north").encode() + b'{"app": "\xff"}\n' + line("south").encode())
    assert shop.json("activity", "record", "uses.jsonl")["merged"] == 2
    rows = b"app,customer,at\nacme-sync,\xffwest,2026-01-05T10:00:00Z\nacme-sync,east,2026-01-05T10:00:00Z\n"
    (tmp_path / "uses.csv").write_bytes(rows)
    account = shop.json("activity", "record", "uses.csv")
    assert account["merged"] == 1
    assert [each["line"] for each in account["broken_lines"]] == [2]


def test_unknown_apps_are_named_and_accounted_for(shop: Terminal, tmp_path: Path) -> None:
    (tmp_path / "uses.jsonl").write_text(line("north") + line("north", app="nobody"), encoding="utf-8")
    account = shop.json("activity", "record", "uses.jsonl")
    assert account["unknown_apps"] == ["nobody"]
    assert account["lines"] == account["merged"] + account["of_unknown_apps"] + len(account["broken_lines"]) == 2


def test_more_lines_than_one_batch_holds(shop: Terminal, tmp_path: Path) -> None:
    text = "".join(line(f"customer-{number}") for number in range(10_001))
    (tmp_path / "uses.jsonl").write_text(text, encoding="utf-8")
    assert shop.json("activity", "record", "uses.jsonl")["merged"] == 10_001
    assert len(shop.json("activity", "ledger", "acme-sync")) == 10_001


def test_a_missing_file_is_named_and_a_partner_counts_nobody(shop: Terminal, tmp_path: Path) -> None:
    answer = shop("activity", "record", "nowhere.jsonl")
    assert answer.code == 2
    assert "nowhere.jsonl" in answer.err
    (tmp_path / "uses.jsonl").write_text(line("north"), encoding="utf-8")
    assert shop(*ANN, "activity", "record", "uses.jsonl").code == 5
