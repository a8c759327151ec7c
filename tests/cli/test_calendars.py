"""calendar check, preview and apply on the command line."""

import shutil
from pathlib import Path

import pytest

from review_engine import Actor, open_engine
from review_engine.settings import shipped
from review_engine.testing import TurnableClock
from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, MONA, RITA
from tests.usecases.conftest import ready

OFFICE = """
zone = "Europe/Berlin"
holidays = [{ date = "2026-05-01", name = "Labour Day" }]
[hours]
monday = [["09:00", "12:30"], ["13:30", "18:00"]]
thursday = [["22:00", "06:00"]]
friday = [["09:00", "16:00"]]
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    file = tmp_path / "office.toml"
    file.write_text(OFFICE, encoding="utf-8")
    return file


def test_a_sound_file_is_drawn_day_by_day(terminal: Terminal, office: Path) -> None:
    answer = terminal("calendar", "check", str(office), "--from", "2026-04-27")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith("office  Europe/Berlin")
    assert lines[2] == "Mon 27 Apr  .........###++####......   09:00-12:30, 13:30-18:00"
    assert lines[3] == "Thu 30 Apr  ......................##>  22:00-06:00"
    assert "Labour Day" in lines[4]
    assert len([line for line in lines if "#" in line]) == 10
    assert not terminal.database.exists()


def test_a_sound_file_in_json(terminal: Terminal, office: Path) -> None:
    found = terminal.json("calendar", "check", str(office), "--from", "2026-04-30")
    assert found["days"][0] == {"date": "2026-04-30", "hours": [["22:00", "06:00"]], "closed_before": []}
    assert found["days"][1]["closed_before"] == [{"date": "2026-05-01", "name": "Labour Day"}]
    assert len(found["days"]) == 10


def test_a_calendar_that_hardly_opens_says_so(terminal: Terminal, office: Path) -> None:
    office.write_text('zone = "UTC"\n[overrides]\n2026-03-03 = [["09:00", "10:00"]]\n', encoding="utf-8")
    answer = terminal("calendar", "check", str(office), "--from", "2026-03-01")
    assert "Only 1 business days within a year" in answer.out


def test_every_fault_is_told_with_its_line(terminal: Terminal, office: Path) -> None:
    office.write_text(OFFICE.replace("Berlin", "Berlyn").replace("09:00", "9"), encoding="utf-8")
    answer = terminal("calendar", "check", str(office))
    assert answer.code == 2
    assert f"{office}:2: [zone]" in answer.err
    assert f"{office}:5: [hours.monday[0]]" in answer.err
    assert terminal("calendar", "check", str(office), "--from", "May").code == 2
    assert terminal("calendar", "check", "nowhere.toml").code == 2


@pytest.fixture
def edited(shop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """An App is being reviewed, on Monday; then Tuesday is made a holiday."""
    clock = TurnableClock()
    monkeypatch.setattr("review_engine.assembly.machine_clock", clock)
    shutil.copytree(shipped("workflows"), tmp_path / "workflows")
    monkeypatch.setenv("REVIEW_ENGINE_WORKFLOWS__FOLDER", str(tmp_path / "workflows"))
    engine = open_engine(url=f"sqlite:///{shop.database}")
    ready(engine, "sync")
    engine.move("sync", "submit", by=Actor.partner("p-ann", of="acme"))
    engine.close()
    business = tmp_path / "workflows" / "calendars" / "business.toml"
    text = business.read_text(encoding="utf-8")
    business.write_text(text.replace("[hours]", 'holidays = ["2026-03-03"]\n\n[hours]'), encoding="utf-8")
    return shop


def test_a_preview_shows_what_would_move_and_moves_nothing(edited: Terminal) -> None:
    before = edited.json("due", "sync")
    answer = edited("calendar", "preview")
    assert "business  2 open clocks of another version; 2 due dates would move." in answer.out
    assert "app/sync  decision" in answer.out
    assert [each["due_at"] for each in edited.json("due", "sync")] == [each["due_at"] for each in before]
    found = {each["calendar"]: each for each in edited.json("calendar", "preview")}
    assert [each["sla"] for each in found["business"]["moved"]] == ["decision", "first_response"]
    assert found["always"]["moved"] == []


def test_a_file_that_is_not_in_use_can_be_previewed(edited: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "business.toml"
    file.write_text(OFFICE, encoding="utf-8")
    answer = edited(*RITA, "calendar", "preview", str(file))
    assert "2 due dates would move" in answer.out


def test_applying_asks_first_and_then_moves(edited: Terminal) -> None:
    stopped = edited("calendar", "apply", given="n\n")
    assert stopped.code == 130
    assert edited.json("calendar", "preview")[2]["clocks"] == 2
    answer = edited(*MONA, "calendar", "apply", given="y\n")
    assert answer.code == 0
    assert "2 due dates moved" in answer.out
    assert "The calendar was changed" in edited("due", "sync").out
    again = edited("calendar", "apply", "business", "--yes")
    assert "0 open clocks of another version; 0 due dates moved." in again.out


def test_applying_in_json_needs_a_yes(edited: Terminal) -> None:
    refused = edited("calendar", "apply", "--json")
    assert refused.code == 2
    assert "--yes" in refused.document["error"]["cure"]
    assert edited.json("calendar", "apply", "--yes")[2]["clocks"] == 2


def test_calendars_are_not_for_everybody(edited: Terminal) -> None:
    assert edited(*ANN, "calendar", "preview").code == 5
    assert edited(*RITA, "calendar", "apply", "--yes").code == 5
    assert edited("calendar", "apply", "busines", "--yes").code == 2
