"""Commands about the past: one subject's history, the proof that nobody changed it, the export that proves it later."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from review_engine.cli.arguments import read_text, unreadable
from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import Grouped, group
from review_engine.cli.subjects import App
from review_engine.domain.errors import HistoryBroken, InvalidInput


class _OfAnApp(Grouped):
    """``history APP`` is short for ``history show APP``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        if args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


past = group("Read and prove the past: history APP, history verify, history export FILE.", _OfAnApp)


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(past, name="history", rich_help_panel="History")


@past.command()
def show(ctx: typer.Context, app: App) -> None:
    """Every move of one subject, oldest first. The word "show" may be left out."""
    from review_engine.cli import sheets

    call = call_of(ctx)
    moves = call.engine.history(app, by=call.by)
    call.answer([move.as_dict() for move in moves], lambda: sheets.history(call.engine, moves))


@past.command()
def verify(
    ctx: typer.Context,
    heads: Annotated[str | None, typer.Option(metavar="FILE", help="The heads of an earlier export.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
) -> None:
    """Compute every hash anew; with --heads, also find histories that were cut off or rewritten."""
    call = call_of(ctx)
    call.trusted("Verifying everybody's history")
    if kind:
        call.engine.lifecycle(kind)
    exported = _heads(heads) if heads else None
    found = call.engine.verify_history(kind=kind, heads=_of_kind(exported, kind))
    document = {
        "sound": not found.breaks,
        "subjects": found.subjects,
        "moves": found.moves,
        "breaks": [{"subject": each.subject, "number": each.number, "what": each.what} for each in found.breaks],
    }
    told = [f"Moves verified: {found.moves}; subjects: {found.subjects}; breaks: {len(found.breaks)}."]
    told += [f"  {each.subject}, move {each.number}: {each.what}." for each in found.breaks]
    call.answer(document, "\n".join(told))
    if found.breaks:
        raise typer.Exit(HistoryBroken.exit_code)


def _heads(path: str) -> dict[str, str]:
    try:
        document = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"this is not JSON: {error}", where=path, cure="Give a file of heads.") from None
    if not isinstance(document, dict) or not all(isinstance(head, str) for head in document.values()):
        raise InvalidInput(
            "these are no heads of histories",
            where=path,
            cure='Write {"app/acme-sync": "hash", ...}, as an export does.',
        )
    return document


def _of_kind(heads: dict[str, str] | None, kind: str | None) -> dict[str, str] | None:
    if heads is None or kind is None:
        return heads
    return {key: head for key, head in heads.items() if key.startswith(f"{kind}/")}


@past.command()
def export(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write; one move a line.")],
    heads: Annotated[
        str | None, typer.Option(metavar="FILE", help="Where to write the heads; FILE.heads.json.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
) -> None:
    """Write every move as JSON lines, and the heads that prove the export later. Keep the heads elsewhere."""
    call = call_of(ctx)
    if kind:
        call.engine.lifecycle(kind)
    beside = heads or f"{file}.heads.json"
    newest: dict[str, str] = {}
    moves = _write(file, _lines(call, kind, newest))
    _write(beside, iter([json.dumps(newest, indent=1, sort_keys=True)]))
    document = {"file": file, "heads": beside, "moves": moves, "subjects": len(newest)}
    call.answer(document, f"{moves} moves of {len(newest)} subjects are in {file}; their heads in {beside}.")


def _lines(call: Call, kind: str | None, newest: dict[str, str]) -> Iterator[str]:
    for move in call.engine.export_history(by=call.by, kind=kind):
        newest[str(move["subject"])] = str(move["hash"])
        yield json.dumps(move)


def _write(path: str, lines: Iterator[str]) -> int:
    """Write a whole file or none: under another name first, because an export may replace an earlier one."""
    target, count = Path(path), 0
    part = target.with_name(f"{target.name}.part") if target.is_file() or not target.exists() else target
    try:
        with part.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")
                count += 1
        if part != target:
            os.replace(part, target)
    except OSError as error:
        raise unreadable(path, error, "written") from None
    return count
