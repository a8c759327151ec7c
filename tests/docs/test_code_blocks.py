"""What is shown is run: each page of the documentation is played from top to bottom, as a reader would."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.docs.pages import ROOT, Block, blocks_of, like, pages
from tests.docs.rehearsal import rehearsing
from tests.docs.shell import steps_of

NEEDS_A_SERVER = "DATABASE_URL"
PAGES = [page for page in pages() if blocks_of(page)]


def shown(page: Path) -> object:
    """A page as a parameter; it is marked when it needs a PostgreSQL."""
    marks = [pytest.mark.postgres] if NEEDS_A_SERVER in page.read_text(encoding="utf-8") else []
    return pytest.param(page, marks=marks, id=page.relative_to(ROOT).as_posix())


@pytest.fixture(autouse=True)
def bare_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty folder, no settings of the developer's, a terminal of 80 columns without colours.

    What a page exports is taken back when it is over.
    """
    monkeypatch.chdir(tmp_path)
    with patch.dict(os.environ, {"COLUMNS": "80", "NO_COLOR": "1"}):
        for name in [name for name in os.environ if name.startswith("REVIEW_ENGINE_")]:
            del os.environ[name]
        yield


@pytest.mark.parametrize("page", [shown(page) for page in PAGES])
def test_a_page_runs_as_it_is_written(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    blocks = blocks_of(page)
    if any(NEEDS_A_SERVER in block.text for block in blocks):
        os.environ[NEEDS_A_SERVER] = request.getfixturevalue("postgres_database")
    with rehearsing(tmp_path) as rehearsal:
        for block in blocks:
            rehearsal.play(block)


def test_a_page_may_leave_out_what_changes() -> None:
    assert like("due ...\nfound\n", "due Mon 2 Mar\nfound\n")
    assert like("first\n...\nlast\n", "first\nsecond\nthird\nlast\n")
    assert not like("due ...\n", "met\n")
    assert not like("first\n", "first\nsecond\n")


def test_a_block_that_fails_fails_the_page(tmp_path: Path) -> None:
    def block(language: str, text: str) -> Block:
        return Block(ROOT / "README.md", 1, language, "", text)

    with rehearsing(tmp_path) as rehearsal:
        rehearsal.play(block("console", "$ review-engine --version\nreview-engine ...\n"))
        for sort, text in (
            ("console", "$ review-engine --version\nanother program\n"),
            ("console", "$ review-engine lend\n"),
            ("console", "$ make coffee\n"),
            ("console", "$ pip install something-else\n"),
            ("python", "print(1 + 1)  # 3\n"),
            ("toml", "[lifecycle]\n"),
            ("text", "nothing printed this\n"),
            ("ruby", "puts 1\n"),
        ):
            with pytest.raises(AssertionError):
                rehearsal.play(block(sort, text))


def test_a_command_may_be_continued_and_may_carry_a_file() -> None:
    text = "$ review-engine list \\\n    --json\n[]\n$ cat > note <<'END'\nwords\nEND\n$ cat note\nwords\n"
    steps = steps_of(Block(ROOT / "README.md", 1, "console", "", text))

    assert [step.command for step in steps] == [
        "review-engine list --json",
        "cat > note <<'END'\nwords\nEND",
        "cat note",
    ]
    assert [step.output for step in steps] == ["[]\n", "", "words\n"]
