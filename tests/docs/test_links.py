"""Nobody is sent nowhere: links between pages lead to files that are there, and every page is in the contents."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, pages

_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_contents_name_every_page() -> None:
    named = _LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))

    assert sorted(named) == sorted(
        page.relative_to(DOCS).as_posix() for page in pages() if page.is_relative_to(DOCS) and page.name != "README.md"
    )
