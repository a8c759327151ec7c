"""A page played from top to bottom by somebody who types everything it shows, in a folder that was empty before.

Each sort of block is done differently: ``console`` is typed into a terminal, ``python`` is run, ``toml`` is saved under
the name its first comment gives and read, a block with a title is saved as that file, ``text`` is what the block of
Python before it prints. There is no other sort, so nothing is shown that is not run.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import ModuleType

from sqlmodel import SQLModel

from review_engine.checks.registry import Checks
from review_engine.engine import ReviewEngine
from review_engine.settings import read_settings
from review_engine.workflow_files.calendars import read_calendar
from review_engine.workflow_files.lint import lint
from tests.docs.pages import Block, like
from tests.docs.shell import Shell

_SHOWN = re.compile(r"^\s*print\(.*\)  # (.+)$", re.MULTILINE)
_TABLE = re.compile(r"^\[+[^\]]+\]+.*$", re.MULTILINE)
_NAMED = re.compile(r"\A# (?P<into>in )?(?P<path>[\w./-]+\.toml)\n")
_LANGUAGES = ("console", "python", "toml", "text", "json", "csv")


@dataclass
class Rehearsal:
    """One page being played.

    Args:
        folder: where its files go, and where its commands run.
    """

    folder: Path
    module: ModuleType = field(default_factory=lambda: ModuleType("page_of_docs"))
    printed: str | None = None
    _shell: Shell = field(init=False)
    _workflows: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._shell = Shell(self.folder)

    def play(self, block: Block) -> None:
        """Do what the block says."""
        assert block.language in _LANGUAGES, f"{block.place}: nobody runs a block of '{block.language}'"
        if block.language == "text":
            self._compare(block)
        elif block.language == "console":
            self._shell.play(block)
        elif block.language == "python":
            self._run(block)
        elif block.language == "toml":
            self._read(block)
        else:
            self._keep(block)

    def close(self) -> None:
        """Give back what the page opened."""
        for engine in self._engines():
            engine.close()

    def lint(self) -> None:
        """Hold the workflows as the page leaves them against the linter, with the checks of the page's own engine."""
        checks = [engine.checks for engine in self._engines() if isinstance(engine.checks, Checks)]
        for folder in sorted(self._workflows):
            faults = lint(folder, checks[0] if checks else Checks())
            assert [str(fault) for fault in faults] == [], f"{folder} has faults when the page is over"

    def _engines(self) -> list[ReviewEngine]:
        return [each for each in vars(self.module).values() if isinstance(each, ReviewEngine)]

    def _run(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
        with redirect_stdout(StringIO()) as out:
            exec(code, vars(self.module))
        self.printed = out.getvalue()
        if shown := _SHOWN.findall(block.text):
            assert like("\n".join(shown), self.printed), f"{block.place} prints\n{self.printed}"

    def _compare(self, block: Block) -> None:
        assert self.printed is not None, f"{block.place}: text stands after the Python that prints it"
        assert like(block.text, self.printed), f"{block.place}: the page shows\n{block.text}it prints\n{self.printed}"
        self.printed = None

    def _keep(self, block: Block) -> None:
        assert block.title, f"{block.place}: give the file a name, title=..."
        (self.folder / block.title).write_text(block.text, encoding="utf-8")
        if block.language == "json":
            json.loads(block.text)

    def _read(self, block: Block) -> None:
        named = _NAMED.match(block.text)
        assert named, f"{block.place}: the first line of TOML is a comment with the file's name"
        path = self.folder / named["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _merged(path.read_text(encoding="utf-8"), block.text[named.end() :]) if named["into"] else block.text
        path.write_text(text, encoding="utf-8")
        if path.name == "config.toml":
            read_settings(path)
        elif path.parent.name == "calendars":
            read_calendar(path)
        else:
            self._workflows.add(path.parent)


def _merged(whole: str, part: str) -> str:
    """A file with some of its tables replaced by those of ``part``, and the rest of ``part`` at its end."""
    tables = _tables(whole)
    for header, table in _tables(part).items():
        tables[header] = f"{table.rstrip()}\n\n"
    return "".join(tables.values())


def _tables(text: str) -> dict[str, str]:
    starts = [found.start() for found in _TABLE.finditer(text)]
    pieces = [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]
    return {piece.partition("\n")[0].partition("#")[0].strip() if place else "": piece
            for place, piece in enumerate(pieces)}  # fmt: skip


@contextmanager
def rehearsing(folder: Path) -> Iterator[Rehearsal]:
    """A rehearsal that leaves neither open databases nor tables of its own behind."""
    rehearsal = Rehearsal(folder)
    before = set(SQLModel.metadata.tables)
    sys.modules[rehearsal.module.__name__] = rehearsal.module
    try:
        yield rehearsal
        rehearsal.lint()
    finally:
        rehearsal.close()
        del sys.modules[rehearsal.module.__name__]
        for name in set(SQLModel.metadata.tables) - before:
            SQLModel.metadata.remove(SQLModel.metadata.tables[name])
