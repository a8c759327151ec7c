"""Commands about the past."""

import json
import sqlite3
from pathlib import Path

from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, RITA

GUS = ("--as", "partner:gus@globex.example")


def test_the_history_of_one_is_told(shop: Terminal) -> None:
    shop(*ANN, "move", "acme-sync", "withdraw")
    moves = shop.json("history", "acme-sync")
    assert [move["transition"] for move in moves] == ["register", "withdraw"]
    assert moves == shop.json("history", "show", "acme-sync")
    told = shop("history", "acme-sync").out
    assert "Preview to Withdrawn" in told
    assert "partner ann" in told
    assert "ann@acme.example" not in told
    assert shop(*GUS, "history", "acme-sync").code == 4


def test_an_app_that_is_called_like_a_command_is_reached_by_its_kind(shop: Terminal) -> None:
    shop(*ANN, "register", "app/verify", "--partner", "acme")
    assert [move["subject"] for move in shop.json("history", "app/verify")] == ["app/verify"]


def test_a_sound_history_verifies(shop: Terminal) -> None:
    assert shop.json("history", "verify") == {"sound": True, "subjects": 2, "moves": 2, "breaks": []}
    assert shop("history", "verify").code == 0
    assert shop.json("history", "verify", "--kind", "component")["subjects"] == 1
    assert shop("history", "verify", "--kind", "nothing").code == 2


def test_a_forged_history_is_found(shop: Terminal) -> None:
    forge(shop.database)
    answer = shop("history", "verify")
    assert answer.code == 7
    assert "it was changed after it was written" in answer.out
    found = shop("history", "verify", "--json")
    assert found.code == 7
    assert found.document["sound"] is False
    assert len(found.document["breaks"]) == 2


def test_an_export_holds_every_move_and_proves_the_history_later(shop: Terminal, tmp_path: Path) -> None:
    given = shop.json("history", "export", "moves.jsonl")
    assert given == {"file": "moves.jsonl", "heads": "moves.jsonl.heads.json", "moves": 2, "subjects": 2}
    lines = [json.loads(line) for line in (tmp_path / "moves.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines == [*shop.json("history", "acme-sync"), *shop.json("history", "component/acme-hook")]
    assert "@" not in (tmp_path / "moves.jsonl").read_text(encoding="utf-8")
    shop(*ANN, "move", "acme-sync", "withdraw")
    assert shop("history", "verify", "--heads", "moves.jsonl.heads.json").code == 0
    heads = json.loads((tmp_path / "moves.jsonl.heads.json").read_text(encoding="utf-8"))
    (tmp_path / "other.json").write_text(json.dumps({**heads, "app/gone": "0" * 64}), encoding="utf-8")
    answer = shop("history", "verify", "--heads", "other.json")
    assert answer.code == 7
    assert "app/gone" in answer.out
    assert shop("history", "verify", "--heads", "other.json", "--kind", "component").code == 0


def test_an_export_replaces_an_earlier_one_whole(shop: Terminal, tmp_path: Path) -> None:
    shop("history", "export", "moves.jsonl")
    shop(*ANN, "move", "acme-sync", "withdraw")
    assert shop.json("history", "export", "moves.jsonl", "--heads", "heads.json")["moves"] == 3
    assert {path.name for path in tmp_path.iterdir() if "part" in path.name} == set()
    assert (tmp_path / "heads.json").is_file()


def test_what_cannot_be_written_or_read_is_named(shop: Terminal, tmp_path: Path) -> None:
    answer = shop("history", "export", "nowhere/moves.jsonl")
    assert answer.code == 2
    assert "cannot be written" in answer.err
    assert shop("history", "verify", "--heads", "nowhere.json").code == 2
    (tmp_path / "wrong.json").write_text("[1]", encoding="utf-8")
    assert shop("history", "verify", "--heads", "wrong.json").code == 2


def test_a_partner_neither_exports_nor_verifies_everybodys_history(shop: Terminal) -> None:
    assert shop(*ANN, "history", "export", "moves.jsonl").code == 5
    assert shop(*ANN, "history", "verify").code == 5
    assert shop(*RITA, "history", "verify").code == 0


def forge(database: Path) -> None:
    """Say that somebody else registered everything."""
    connection = sqlite3.connect(database)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    (table,) = [name for name in tables if "move" in name]
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    column = next(name for name in names if name in ("by", "by_key", "actor"))
    triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for trigger in triggers:
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(f'UPDATE {table} SET "{column}" = ?', ("somebody",))
    connection.commit()
    connection.close()
