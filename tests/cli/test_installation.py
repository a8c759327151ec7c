"""Commands about an installation: database, key, people, partners."""

from pathlib import Path

from cryptography.fernet import Fernet

from review_engine.settings import read_settings
from tests.cli.commands import Terminal
from tests.cli.conftest import ANN


def test_tables_are_set_up_and_checked(terminal: Terminal) -> None:
    assert terminal("db", "check").code == 7
    assert not terminal.database.exists()
    assert terminal("db", "upgrade").code == 0
    assert terminal("db", "check").code == 0
    assert terminal.json("db", "check") == {"current": True}
    assert terminal.json("list") == []


def test_upgrading_twice_changes_nothing(shop: Terminal) -> None:
    assert shop.json("db", "upgrade") == shop.json("db", "upgrade")
    assert len(shop.json("list")) == 2


def test_a_key_seals_and_opens_and_is_a_new_one_each_time(terminal: Terminal) -> None:
    first, second = terminal("key").out.strip(), terminal.json("key")["key"]
    assert first != second
    assert Fernet(first).decrypt(Fernet(first).encrypt(b"open sesame")) == b"open sesame"


def test_people_and_partners_are_listed(shop: Terminal) -> None:
    people = {person["key"]: person for person in shop.json("people", "list")}
    assert people["ann"] == {
        "key": "ann",
        "name": "Ann",
        "address": "ann@acme.example",
        "roles": [],
        "partners": ["acme"],
    }
    assert people["rita"]["roles"] == ["reviewer"]
    assert shop.json("partners", "list") == [{"key": "acme", "name": "Acme"}, {"key": "globex", "name": "Globex"}]
    assert "rita@platform.example" in shop("people", "list").out
    assert "Globex" in shop("partners", "list").out


def test_an_erased_person_is_gone_and_the_history_still_verifies(shop: Terminal) -> None:
    assert shop("people", "erase", "ann", "--yes").code == 0
    assert shop(*ANN, "list").code == 4
    told = shop("people", "list", "--json").out + shop("history", "acme-sync", "--json").out
    assert "ann@acme.example" not in told
    assert shop.json("history", "acme-sync")[0]["by"] == "ann"
    assert shop.json("history", "verify")["sound"] is True
    assert shop("people", "erase", "nobody", "--yes").code == 4


def test_people_that_cannot_be_are_refused(shop: Terminal) -> None:
    assert shop("people", "add", "x", "--role", "partner").code == 2
    assert shop("people", "add", "x", "--role", "boss").code == 2
    assert shop("people", "add", "x", "--partner", "nobody").code == 4
    assert shop("people", "add", "x", "--address", "ann@acme.example").code == 6
    assert shop("people", "add", "x" * 201).code == 2
    assert "'annacme.example' is no e-mail address" in shop("people", "add", "x", "--address", "annacme.example").err


def test_whoever_is_not_known_yet_is_told_how_to_become_so(shop: Terminal) -> None:
    assert "review-engine partners add nobody" in shop("people", "add", "x", "--partner", "nobody").err
    assert "review-engine people add" in shop("--as", "partner:nobody", "list").err
    assert "review-engine people add" in shop("token", "create", "--for", "nobody", "--role", "reviewer").err


def test_the_directory_is_not_a_partners_to_read_or_write(shop: Terminal) -> None:
    for words in (
        ("people", "list"),
        ("people", "erase", "gus"),
        ("partners", "list"),
        ("partners", "add", "x", "--name", "X"),
        ("db", "check"),
        ("db", "upgrade"),
    ):
        assert shop(*ANN, *words).code == 5, words


def test_init_copies_what_may_be_edited_and_names_it_in_a_config(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = terminal.json("init", str(folder))["made"]
    assert [Path(path).name for path in made] == ["workflows", "templates", "config.toml"]
    settings = read_settings(folder / "config.toml")
    assert settings.workflows.folder == str(folder / "workflows")
    assert settings.mail.templates == str(folder / "templates" / "email")
    assert terminal("lint", str(folder / "workflows")).code == 0


def test_init_writes_over_nothing(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("# mine\n", encoding="utf-8")
    answer = terminal("init", str(tmp_path))
    assert answer.code == 2
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "# mine\n"
    assert not (tmp_path / "workflows").exists()
