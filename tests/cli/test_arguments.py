"""Words on a command line, read."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.cli.arguments import facts_of, hoisted, length_of, moment_of, sound
from review_engine.domain.errors import InvalidInput

TYPES = {"name": "text", "live": "bool", "rate": "count", "tags": "choices", "password": "secret"}
WORDS = st.lists(st.sampled_from(["--json", "--as=host", "--config=x", "list", "x", "--", "--state", "--json=1"]))


@pytest.mark.parametrize(
    ("word", "fact"),
    [
        ("name=Acme = Sync", {"name": "Acme = Sync"}),
        ("name=", {"name": None}),
        ("name=null", {"name": None}),
        ('name="null"', {"name": "null"}),
        ('name="@ann"', {"name": "@ann"}),
        ('name=The "best"', {"name": 'The "best"'}),
        ("name=12", {"name": "12"}),
        ("live=true", {"live": True}),
        ("live=yes", {"live": "yes"}),
        ("rate=50", {"rate": 50}),
        ("tags=CRM, A/B Testing", {"tags": ["CRM", "A/B Testing"]}),
        ('tags=["CRM"]', {"tags": ["CRM"]}),
        ("unknown=1", {"unknown": "1"}),
    ],
)
def test_a_word_is_read_by_the_type_of_its_fact(word: str, fact: dict[str, object]) -> None:
    assert facts_of([word], TYPES) == fact


def test_a_value_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("Two\nlines\n", encoding="utf-8")
    assert facts_of([f"name=@{file}"], TYPES) == {"name": "Two\nlines"}


def test_a_file_can_hold_many_facts(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{"name": "Acme", "live": true}', encoding="utf-8")
    assert facts_of([f"@{file}", "rate=1"], TYPES) == {"name": "Acme", "live": True, "rate": 1}


@pytest.mark.parametrize("content", ["[1]", "{", '"text"', "[" * 100_000])
def test_a_file_of_facts_holds_one_json_object(tmp_path: Path, content: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match="JSON"):
        facts_of([f"@{file}"], TYPES)


@pytest.mark.parametrize("words", [["name"], ["=x"], ["name=1", "name=2"], ["name=@nowhere.txt"], ["@nowhere.json"]])
def test_what_is_no_fact_is_refused(words: list[str]) -> None:
    with pytest.raises(InvalidInput):
        facts_of(words, TYPES)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "latin.txt"
    file.write_bytes(b"caf\xe9")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        facts_of([f"name=@{file}"], TYPES)


@pytest.mark.parametrize("argument", ["a\0b", "\ud800", "x\udcff"])
def test_what_no_database_takes_is_refused_with_its_place(argument: str) -> None:
    with pytest.raises(InvalidInput, match="argument 2"):
        sound(["list", argument])


def test_common_options_may_stand_anywhere_before_two_dashes() -> None:
    assert hoisted(["list", "--json", "--state", "x"]) == ["--json", "list", "--state", "x"]
    assert hoisted(["show", "x", "--as", "host", "--database=y.db"]) == ["--as", "host", "--database=y.db", "show", "x"]
    assert hoisted(["edit", "x", "--", "--json"]) == ["edit", "x", "--", "--json"]
    assert hoisted(["list", "--as"]) == ["--as", "list"]


@given(WORDS)
def test_hoisting_loses_no_word_and_changes_nothing_the_second_time(words: list[str]) -> None:
    moved = hoisted(words)
    assert sorted(moved) == sorted(words)
    assert hoisted(moved) == moved


def test_times_and_lengths_are_read_or_refused() -> None:
    assert length_of("30 days") == timedelta(days=30)
    assert length_of(None) is None
    assert moment_of(None) is None
    read = moment_of("2026-03-02T10:00:00+01:00")
    assert read is not None
    assert read.isoformat() == "2026-03-02T09:00:00+00:00"
    for refused in ("2 business days", "soon", "99999999999999999999 days"):
        with pytest.raises(InvalidInput):
            length_of(refused)
    for refused in ("2026-03-02T10:00:00", "yesterday", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(InvalidInput):
            moment_of(refused)
