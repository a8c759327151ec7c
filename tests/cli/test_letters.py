"""`review-engine letters`: look at every letter, and find their faults."""

from pathlib import Path

from tests.cli.commands import Terminal


def test_the_shipped_letters_are_sound(terminal: Terminal) -> None:
    document = terminal.json("letters", "check")
    assert document["sound"] is True
    assert {"submission_received", "changes_requested", "public_beta"} <= set(document["letters"])


def test_faults_of_a_hosts_own_letters_are_told_with_file_and_line(terminal: Terminal, tmp_path: Path) -> None:
    own = tmp_path / "letters"
    (own / "component_admitted").mkdir(parents=True)
    (own / "component_admitted" / "subject.txt").write_text("Hello {{ naem }}", encoding="utf-8")
    (tmp_path / "config.toml").write_text('[mail]\ntemplates = "letters"\n', encoding="utf-8")
    answer = terminal("letters", "check")
    assert answer.code == 2
    assert "component_admitted/subject.txt:1: no notice of this letter holds 'naem'." in answer.err


def test_a_preview_is_written_and_said_where(terminal: Terminal, tmp_path: Path) -> None:
    answer = terminal("letters", "preview", str(tmp_path / "out"))
    assert answer.out == f"The letters are in {tmp_path / 'out' / 'index.html'}.\n"
    assert (tmp_path / "out" / "changes_requested" / "letter.eml").is_file()


def test_a_preview_that_cannot_be_written_is_an_error_with_its_place(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = terminal("letters", "preview", str(tmp_path / "file"))
    assert answer.code == 2
    assert "cannot be written" in answer.err


def test_neither_opens_a_database(terminal: Terminal) -> None:
    terminal.json("letters", "check")
    assert not terminal.database.exists()
