"""The demonstration: it ends as it says, touches nothing else, and the commands it names can be given."""

import shlex
import stat
from pathlib import Path

import pytest

from review_engine.domain.keys import SubjectKey
from review_engine.store.opening import open_store
from review_engine.store.vault import FernetVault
from tests.cli.commands import Answer, Terminal, process

START = "2026-03-02T18:00:00Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration was given."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def given(folder: Path) -> Answer:
    """The demonstration, given once."""
    return process("demo", "--start", START, folder=folder)


def test_it_tells_the_whole_story(given: Answer) -> None:
    assert given.code == 0, given
    assert given.err == ""
    for words in (
        "Four companies ask for access",
        "Refused: 8 requirements are not met.",
        "In review -> Changes requested",
        "In review -> Public Beta",
        "Public Beta -> Public by itself",
        "does not count, partner's own",
        "Public -> Suspended",
        "In review -> Withdrawn",
        "due Tue 3 Mar 17:00",
        "Now look around:",
    ):
        assert words in given.out, words


def test_it_reads_well_in_80_columns_without_colour(given: Answer) -> None:
    story, _, commands = given.out.partition("Now look around:")
    assert max(len(line) for line in story.splitlines()) <= 80
    assert [line for line in given.out.splitlines() if line != line.rstrip()] == []
    assert "\x1b" not in given.out
    assert given.out.isascii()
    assert commands


def test_the_commands_it_names_can_be_given(given: Answer, folder: Path) -> None:
    commands = [
        line.strip() for line in given.out.partition("Now look around:")[2].splitlines() if "--database" in line
    ]
    assert len(commands) > 4
    for command in commands:
        answer = process(*shlex.split(command)[1:], folder=folder)
        assert answer.code == 0, (command, answer)
        assert answer.out


def test_its_key_is_for_its_owner_only_and_opens_its_secrets(given: Answer, folder: Path) -> None:
    key = folder / "review_engine_demo.db.key"
    assert given.code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    store = open_store(f"sqlite:///{folder / 'review_engine_demo.db'}")
    sealed = store.sealed(SubjectKey("app", "quillpost-letters"), "test_user")
    store.close()
    assert sealed is not None
    assert FernetVault(key.read_text(encoding="ascii").strip()).open(sealed.sealed) == "reviewers@quillpost.example"


def test_a_secret_of_an_app_that_is_no_longer_under_review_stays_shut(given: Answer, folder: Path) -> None:
    assert given.code == 0
    command = "--database review_engine_demo.db --as reviewer:rita secret app/quillpost-letters test_user"
    answer = process(*command.split(), folder=folder)
    assert (answer.code, answer.out) == (5, "")


def test_its_history_verifies(given: Answer, folder: Path) -> None:
    assert given.code == 0
    answer = process("history", "verify", "--json", "--database", "review_engine_demo.db", folder=folder)
    assert answer.document["sound"] is True
    assert answer.document["moves"] > 40


def test_a_second_time_replaces_its_own_database_after_saying_so(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "again.db")
    first = terminal.json("demo", "--start", START)
    second = terminal("demo", "--start", START)
    assert second.code == 0
    assert "was replaced" in " ".join(second.out.split())
    assert terminal.json("list", "--counts") == first["standing"]


def test_a_file_that_is_not_its_own_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "precious.db"
    file.write_bytes(b"precious")
    answer = Terminal(file)("demo")
    assert answer.code == 2
    assert "left alone" in answer.err
    assert file.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == ["precious.db"]


def test_a_database_of_the_engine_is_not_taken_for_a_demonstration(shop: Terminal) -> None:
    assert shop("demo").code == 2
    assert len(shop.json("list")) == 2


@pytest.mark.parametrize("address", ["postgresql+psycopg://localhost/reviews", "sqlite:///:memory:", "nowhere/x.db"])
def test_it_keeps_to_a_file_of_its_own(terminal: Terminal, address: str) -> None:
    assert terminal("--database", address, "demo").code == 2


def test_neither_settings_nor_environment_lead_it_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///mine.db"\n', encoding="utf-8")
    answer = process("demo", folder=tmp_path, REVIEW_ENGINE_DATABASE__URL="sqlite:///theirs.db")
    assert answer.code == 0, answer
    assert {path.name for path in tmp_path.glob("*.db")} == {"review_engine_demo.db"}


def test_left_to_itself_it_is_over_before_today(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    events = Terminal(tmp_path / "today.db").json("demo")["events"]
    last = datetime.fromisoformat(events[-1]["at"])
    assert last < datetime.now(UTC)
    assert (datetime.now(UTC) - last).days < 10
