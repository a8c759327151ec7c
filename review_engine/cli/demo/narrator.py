"""Prints the story as a timeline: a line for each day, a time for each step, and below it what the engine answered.

Everything is also kept as values, for ``--json``. It reads without colour, and in 80 columns.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from review_engine.cli import sheets
from review_engine.cli.screen import DIM, STRONG, TITLE, put, said
from review_engine.domain.activity import LedgerLine
from review_engine.domain.canonical import instant
from review_engine.domain.verdicts import Checklist, Item

_TIME_WIDTH = 5
_INDENT = _TIME_WIDTH + 4


class Narrator:
    """Tells what happens.

    Args:
        zone: the time zone in which people read times.
        silent: keep everything, print nothing.
    """

    def __init__(self, zone: tzinfo, *, silent: bool = False) -> None:
        self.events: list[dict[str, object]] = []
        self._zone, self._silent = zone, silent
        self._day: date | None = None

    def title(self, text: str, below: str) -> None:
        """The name of the whole."""
        self._print(said(text, TITLE), said(below, DIM))

    def chapter(self, number: int, title: str) -> None:
        """A heading. The day is said again below it."""
        self._day = None
        self._print(Text(), Text.assemble(said(f"{number}. ", TITLE), said(title, TITLE)))

    def step(self, at: datetime, sentence: str) -> None:
        """Something happens."""
        local = at.astimezone(self._zone)
        if local.date() != self._day:
            self._day = local.date()
            self._print(said(f"  {local:%A} {local.day} {local:%B %Y}", STRONG))
        self.events.append({"at": instant(at), "says": sentence, "answers": []})
        line = Table.grid(padding=(0, 2))
        line.add_column(width=_TIME_WIDTH, no_wrap=True)
        line.add_column(ratio=1, overflow="fold")
        line.add_row(said(f"{local:%H:%M}", DIM), said(sentence))
        self._print(Padding(line, (0, 0, 0, 2)))

    def answer(self, text: str, style: str = DIM) -> None:
        """What the engine answered, one line."""
        self._keep(text)
        self._print(Padding(said(text, style), (0, 0, 0, _INDENT)))

    def refused(self, headline: str, unmet: Sequence[Item]) -> None:
        """A refusal, with everything that is missing."""
        self.answer(headline, "red")
        for item in unmet:
            self._keep(f"{item.title}: {item.verdict.reason}")
        self._print(Padding(sheets.items(unmet, bullet=True), (0, 0, 0, _INDENT)))

    def checklist(self, found: Checklist) -> None:
        """What is met and what is missing."""
        met = sum(item.verdict.met for item in found.items)
        self.answer(f"{found.title}: {met} of {len(found.items)} requirements are met.", "yellow")
        self._print(Padding(sheets.items(found.items), (0, 0, 0, _INDENT)))

    def ledger(self, lines: Sequence[LedgerLine]) -> None:
        """Which customers count."""
        for each in lines:
            self._keep(f"{each.customer}: {each.why}")
        for piece in sheets.ledger(lines):
            self._print(Padding(piece, (0, 0, 0, _INDENT)))  # type: ignore[arg-type]

    def closing(self, *pieces: object) -> None:
        """The last words."""
        self._print(*pieces)

    def _keep(self, text: str) -> None:
        answers = self.events[-1]["answers"]
        if isinstance(answers, list):
            answers.append(text)

    def _print(self, *pieces: object) -> None:
        if not self._silent:
            for piece in pieces:
                put(piece)
