"""What every command has in common: options, errors, exit codes, JSON."""

import json
from pathlib import Path

import pytest

from review_engine.engine import ReviewEngine
from tests.cli.commands import Terminal, process
from tests.cli.conftest import ANN

HEAVY = "transitions sqlalchemy sqlmodel alembic psycopg pydantic cryptography jinja2 holidays rich"


def test_help_loads_neither_the_engine_nor_anything_heavy(tmp_path: Path) -> None:
    answer = process("--help", folder=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert answer.code == 0
    assert "demo" in answer.out
    loaded = {line.rpartition("|")[2].strip() for line in answer.err.splitlines()}
    assert "typer" in loaded
    assert loaded & {*HEAVY.split(), "review_engine.engine", "review_engine.assembly"} == set()


def test_without_a_command_help_is_shown(terminal: Terminal) -> None:
    answer = terminal()
    assert answer.code == 0
    assert "To begin with" in answer.out


def test_the_version_is_told() -> None:
    from review_engine import __version__

    assert Terminal(Path("x.db"))("--version").out == f"review-engine {__version__}\n"
    assert Terminal(Path("x.db")).json("--version") == {"version": __version__}


def test_an_unknown_command_is_an_error_with_the_nearest_one(terminal: Terminal) -> None:
    answer = terminal("chekclist", "x")
    assert answer.code == 2
    assert answer.out == ""
    assert "Did you mean 'checklist'" in answer.err


def test_errors_are_json_on_standard_output_when_json_is_asked_for(shop: Terminal) -> None:
    answer = shop("show", "nobody", "--json")
    assert answer.code == 4
    assert answer.err == ""
    assert answer.document["error"]["code"] == "not_found"
    answer = shop("move", "--json")
    assert answer.code == 2
    assert answer.document["error"]["code"] == "usage"


@pytest.mark.parametrize("argument", ["a\0b", "\ud800", "x\udcff"])
def test_arguments_that_are_no_text_are_refused(shop: Terminal, argument: str) -> None:
    for words in (("show", argument), ("edit", "acme-sync", f"name={argument}"), ("move", "acme-sync", argument)):
        answer = shop(*words)
        assert answer.code == 2, words
        assert "argument" in answer.err


def test_numbers_beyond_what_is_kept_are_refused(shop: Terminal) -> None:
    assert shop("list", "--limit", str(2**63)).code == 2
    assert shop(*ANN, "edit", "acme-sync", f"replay_rate={2**63}").code == 2
    assert shop("show", "9" * 101).code == 2


def test_who_acts_has_to_be_somebody(shop: Terminal) -> None:
    assert shop("--as", "partner:nobody@acme.example", "show", "acme-sync").code == 4
    assert shop("--as", "reviewer:ann@acme.example", "show", "acme-sync").code == 4
    assert shop("--as", "boss:ann@acme.example", "show", "acme-sync").code == 2
    assert shop("--as", "partner", "show", "acme-sync").code == 2
    assert "Write role:address" in shop("--as", "ann", "show", "acme-sync").err


def test_a_misspelt_database_is_not_an_empty_list(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "nowhere.db")
    answer = terminal("list")
    assert answer.code == 7
    assert "review-engine db upgrade" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_sort_is_refused(terminal: Terminal) -> None:
    assert terminal("--database", "oracle://x", "list").code == 2


def test_a_configuration_with_a_typo_is_refused_with_its_name(shop: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[databse]\nurl = 'x'\n", encoding="utf-8")
    answer = shop("--config", str(file), "list")
    assert answer.code == 2
    assert "mine.toml" in answer.err
    assert "Did you mean 'database'?" in answer.err
    assert shop("--config", "nowhere.toml", "list").code == 2


def test_the_configured_database_is_used(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///configured.db"\n', encoding="utf-8")
    assert process("db", "upgrade", folder=tmp_path).code == 0
    assert (tmp_path / "configured.db").is_file()


def test_an_unexpected_error_is_not_swallowed(shop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(ReviewEngine, "list", broken)
    with pytest.raises(ZeroDivisionError):
        shop("list")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "acme-sync"), 0),
        (("show", "nobody"), 4),
        (("move", "acme-sync", "fly"), 2),
        (("--as", "partner:ann@acme.example", "move", "acme-sync", "submit"), 3),
        (("move", "acme-sync", "submit"), 5),
        (("--as", "partner:ann@acme.example", "register", "app/acme-sync", "--partner", "acme"), 6),
        (("nonsense",), 2),
    ],
)
def test_exit_codes_of_real_processes(shop: Terminal, tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    answer = process("--database", str(shop.database), *words, folder=tmp_path)
    assert answer.code == code, answer
    assert (answer.err == "") == (code == 0)
    assert "Traceback" not in answer.err


def test_foreign_text_cannot_command_a_terminal(shop: Terminal) -> None:
    answer = shop("show", "\x1b[31mred")
    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert json.loads(shop("show", "\x1b[31mred", "--json").out)["error"]["code"] == "invalid_key"
