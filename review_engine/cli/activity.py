"""Commands about customers: take in what they did, in batches, and show which of them count and why."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Annotated, Any

import typer

from review_engine.cli.arguments import length_of, lines_of
from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.cli.subjects import App
from review_engine.domain.activity import Usage
from review_engine.domain.actors import check_key
from review_engine.domain.canonical import aware
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.keys import SubjectKey

BATCH = 10_000
"""Rows in one transaction."""

_FORM = 'Write {"app": "acme-sync", "customer": "workspace-1", "at": "2026-03-02T10:00:00Z"}.'
_LONGEST_WORD = 200
_SHOWN_BROKEN = 20

customers = group("Which customers use an App: activity record FILE, activity ledger APP.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(customers, name="activity", rich_help_panel="Reviews and moves")


@dataclass(slots=True)
class Account:
    """What became of a file: ``lines == merged + of unknown apps + broken``, empty lines aside."""

    lines: int = 0
    merged: int = 0
    unknown: list[str] = field(default_factory=list)
    broken: list[dict[str, object]] = field(default_factory=list)
    moves: list[dict[str, object]] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "lines": self.lines,
            "merged": self.merged,
            "of_unknown_apps": self.lines - self.merged - len(self.broken),
            "unknown_apps": sorted(set(self.unknown)),
            "broken_lines": self.broken,
            "moves": self.moves,
        }

    def told(self) -> str:
        """The account for people."""
        strangers = sorted(set(self.unknown))
        left_out = self.lines - self.merged - len(self.broken)
        told = [f"{self.lines} lines: {self.merged} merged, {left_out} of unknown Apps, {len(self.broken)} broken."]
        told += [f"  unknown App: {name}" for name in strangers]
        told += [f"  {line['reason']}" for line in self.broken[:_SHOWN_BROKEN]]
        if len(self.broken) > _SHOWN_BROKEN:
            told.append(f"  ... and {len(self.broken) - _SHOWN_BROKEN} more broken lines; --json lists them all.")
        told += [f"  {move['subject']} moved by itself: now {move['state']}." for move in self.moves]
        return "\n".join(told)


@customers.command()
def record(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON lines, or CSV when it ends in .csv; - reads JSON.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 when a line was left out.")] = False,
) -> None:
    """Take in customers' uses of Apps: app, customer, at, and perhaps source and excluded. Again changes nothing."""
    from review_engine.cli.progress import watched

    call = call_of(ctx)
    account = Account()
    now = call.engine.clock()
    with watched(call, file, "Recording") as advance:
        usages = _usages(file, account, now)
        while batch := list(islice(usages, BATCH)):
            _merge(call, batch, account)
            advance(account.lines)
    call.answer(account.document(), account.told())
    if strict and account.merged < account.lines:
        raise typer.Exit(1)


def _merge(call: Call, batch: list[Usage], account: Account) -> None:
    counted = call.engine.record_activity(batch, by=call.by)
    account.merged += counted.merged
    account.unknown.extend(counted.unknown)
    account.moves.extend(receipt.as_dict() for receipt in counted.moves)


def _usages(path: str, account: Account, now: datetime) -> Iterator[Usage]:
    """The file's rows as uses; a line that cannot be used goes into the account, and the rest goes on."""
    rows = _csv_rows(path) if path.lower().endswith(".csv") else _json_rows(lines_of(path))
    for number, row in rows:
        account.lines += 1
        try:
            yield _usage(row, now)
        except (InvalidInput, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            why = error.what if isinstance(error, InvalidInput) else f"this is no use of an App: {_trouble(error)}"
            account.broken.append({"line": number, "reason": f"line {number}: {why}. {_FORM}"})


def _trouble(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else shown(str(error))


def _json_rows(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _csv_rows(path: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Rows by the names of the first line.

    Raises:
        InvalidInput: the first line names no app, customer and at.
    """
    reader = csv.DictReader(lines_of(path, errors="surrogateescape"))
    names = set(reader.fieldnames or ())
    if not {"app", "customer", "at"} <= names:
        raise InvalidInput(
            "the first line does not name the columns",
            where=path,
            cure="Begin it with: app,customer,at,source,excluded",
        )
    for row in reader:
        yield reader.line_num, row


def _usage(row: str | Mapping[str, object], now: datetime) -> Usage:
    given: Any = json.loads(row) if isinstance(row, str) else row
    at = aware(datetime.fromisoformat(given["at"]), "'at'")
    if at > now:
        raise InvalidInput(f"the use lies in the future: {given['at']}")
    SubjectKey.parse(given["app"])
    customer = check_key(given["customer"], "a customer's key")
    return Usage(given["app"], customer, at, _word(given, "source"), _word(given, "excluded"))


def _word(given: Mapping[str, object], name: str) -> str:
    word = given.get(name) or ""
    if not isinstance(word, str) or len(word) > _LONGEST_WORD or not word.isprintable():
        raise InvalidInput(f"'{name}' is a text of at most {_LONGEST_WORD} printable characters")
    return word


@customers.command()
def ledger(
    ctx: typer.Context,
    app: App,
    window: Annotated[
        str | None, typer.Option(metavar="LENGTH", help='How recent a use must be, as "28 days".')
    ] = None,
) -> None:
    """Show which customers count, and why the others do not."""
    from review_engine.cli import documents, sheets

    call = call_of(ctx)
    lines = call.engine.activity(app, by=call.by, window=length_of(window))
    call.answer(documents.ledger(lines), lambda: sheets.ledger(lines))
