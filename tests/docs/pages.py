"""The pages people read, taken apart: every fenced block with its page, its line, its language and its title.

A block's first line reads ```` ```language title="name" ````; a title names the file that the block is saved as.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r'^(?P<indent> *)```(?P<language>[\w-]*)(?: +title="(?P<title>[^"]+)")?\s*$')


class Block(NamedTuple):
    """One fenced block. ``line`` is that of its first line of content, counted from 1."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """README.md and everything below docs/."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order.

    Raises:
        ValueError: a fence is not of the form, or is never closed.
    """
    return list(_blocks(page))


def _blocks(page: Path) -> Iterator[Block]:
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), start=1))
    for number, line in lines:
        if not line.lstrip().startswith("```"):
            continue
        opened = _FENCE.match(line)
        if opened is None:
            raise ValueError(f"{page}:{number}: this fence cannot be read: {line}")
        body = []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            body.append(inner.removeprefix(opened["indent"]))
        else:
            raise ValueError(f"{page}:{number}: this fence is never closed")
        yield Block(page, number + 1, opened["language"], opened["title"] or "", "\n".join(body) + "\n")


def like(expected: str, found: str) -> bool:
    """Whether a text is as a page shows it: ``...`` stands for the rest of a line, alone on a line for any lines."""
    pattern = ""
    for line in expected.rstrip("\n").splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part.rstrip()) for part in line.rstrip().split("...")) + r"[ \t]*\n"
    return re.fullmatch(pattern, found.rstrip("\n") + "\n") is not None
