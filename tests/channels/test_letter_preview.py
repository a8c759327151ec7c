"""The folder in which every letter can be looked at."""

import email.policy
import re
from email.parser import BytesParser
from pathlib import Path

from review_engine.channels.letter_preview import preview
from review_engine.channels.letters import Letters
from review_engine.domain.lifecycle import Lifecycle
from review_engine.settings import shipped
from review_engine.testing import open_test_engine
from tests.channels.calendar_reader import read


def written(folder: Path, kinds: tuple[str, ...] = ("access_request", "component")) -> list[Lifecycle]:
    engine = open_test_engine()
    lifecycles = [engine.lifecycle(kind) for kind in kinds]
    sender = "Developer Center <letters@platform.example>"
    letters = Letters([shipped("templates") / "email"], sender=sender, base_url="https://platform.example")
    assert preview(letters, lifecycles, folder) == folder / "index.html"
    return lifecycles


def test_every_letter_is_there_in_html_in_text_and_as_a_message(tmp_path: Path) -> None:
    lifecycles = written(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    index = (folder / "index.html").read_text(encoding="utf-8")
    for name in [name for each in lifecycles for name in each.notices] + ["digest"]:
        assert f'href="{name}.html"' in index
        page = (folder / f"{name}.html").read_text(encoding="utf-8")
        assert page.count(f'src="{name}/letter.html"') == 2
        text = (folder / name / "letter.txt").read_text(encoding="utf-8")
        assert text.startswith("Hello ")
        message = BytesParser(policy=email.policy.default).parsebytes((folder / name / "letter.eml").read_bytes())
        assert message["subject"]
    links = set(re.findall(r'href="([^"#]+)"', index))
    assert all((folder / link).is_file() for link in links)


def test_calendar_entries_lie_beside_their_letters(tmp_path: Path) -> None:
    written(tmp_path)
    entry = (tmp_path / "access_received" / "deadline.ics").read_bytes().decode("utf-8")
    assert read(entry)["SUMMARY"] == "Answer to the request for access of Acme"


def test_a_preview_over_an_earlier_one_is_the_same(tmp_path: Path) -> None:
    written(tmp_path, ("component",))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    written(tmp_path, ("component",))
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
