"""What commands about reviews answer to people: the sheet of findings, the conversation, what came late."""

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from review_engine.cli.screen import DIM, STRONG, TITLE, day, rows, said, table
from review_engine.domain.reviews import (
    FAILED,
    NOT_APPLICABLE,
    NOTED,
    PASSED,
    Criterion,
    Difference,
    Drip,
    Finding,
    Remark,
    ReviewSheet,
)

_RESULT = {
    PASSED: ("passed", "green"),
    FAILED: ("failed", "red"),
    NOT_APPLICABLE: ("not applicable", "yellow"),
    NOTED: ("noted", "yellow"),
}
"""How a result is called, and its colour."""

_INDENT = (0, 0, 0, 2)


def sheet(shown: ReviewSheet) -> Iterator[object]:
    """Where the review stands, what is to be confirmed, what was found, what the partner changed."""
    if not shown.round:
        yield said(f"{shown.subject} has not been submitted yet.", DIM)
        return
    state = "in review" if shown.open else "not in review"
    taken = f", taken by {shown.claimed_by}" if shown.claimed_by else ""
    yield Text.assemble(said(shown.subject, TITLE), said(f"  round {shown.round}, {state}{taken}", DIM))
    if shown.criteria:
        yield said("\nCriteria", STRONG)
        yield Padding(_criteria(shown.criteria), _INDENT)
    for number in sorted({one.round for one in shown.findings}):
        found = [one for one in shown.findings if one.round == number]
        yield said(f"\nFound in round {number}", STRONG)
        yield Padding(_findings(found), _INDENT)
    if shown.changed:
        yield said("\nChanged since the last decision", STRONG)
        yield from (Padding(_difference(one), _INDENT) for one in shown.changed)


def _criteria(found: Sequence[Criterion]) -> Table:
    drawn = table("", "", "")
    drawn.show_header = False
    for one in found:
        word, style = _RESULT[one.current.result] if one.current else ("open", DIM)
        drawn.add_row(said(word, style), said(one.name, DIM), said(one.title))
    return drawn


def _findings(found: Sequence[Finding]) -> Table:
    drawn = table("", "")
    drawn.show_header = False
    for one in found:
        word, style = _RESULT[one.result]
        place = " about ".join(name for name in (one.criterion, one.about) if name) or "a point of its own"
        text = Text.assemble(said(place, STRONG), said(f"  by {one.by}, {day(one.at)}", DIM))
        if one.late:
            text.append_text(said("  late: it could have been said before", "yellow"))
        if one.comment:
            text.append_text(said(f"\n{one.comment}"))
        drawn.add_row(said(word, style), text)
    return drawn


def _difference(one: Difference) -> Text:
    def told(value: object) -> str:
        if value is None:
            return "nothing"
        return ", ".join(value) if isinstance(value, list) else str(value)

    return Text.assemble(said(f"{one.title}: "), said(told(one.before), DIM), said(" is now "), said(told(one.after)))


def remarks(found: Sequence[Remark]) -> Iterator[object]:
    """The conversation, oldest first."""
    for one in found:
        whose = f"{one.number}. {one.role} {one.by}, {day(one.at)}"
        yield Text.assemble(said(whose, DIM), said("  internal" if one.internal else "", "yellow"))
        yield Padding(said(one.text), _INDENT)
    if not found:
        yield said("Nothing has been said yet.", DIM)


def drips(found: Sequence[Drip]) -> Iterator[object]:
    """By reviewer, how much came late."""
    cells = ((one.by, one.found, one.late, f"{one.late / one.found:.0%}") for one in found)
    if found:
        yield rows(table("reviewer", "after round 1", "of it late", "share"), cells)
    else:
        yield said("Nothing was found wanting after a first round.", DIM)
