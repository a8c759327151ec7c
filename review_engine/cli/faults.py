"""How an error is told: what happened, where, and the cure, on standard error; or as JSON, on standard output."""

import json
import sys
from typing import Any

import typer

from review_engine.domain.errors import InvalidFile, ReviewEngineError
from review_engine.domain.verdicts import Item, Refused

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells know it."""


def tell(error: ReviewEngineError | typer.TyperException, *, as_json: bool) -> int:
    """Print an error, and answer with the exit code it stands for."""
    document = error.as_dict() if isinstance(error, ReviewEngineError) else _usage(error)
    if as_json:
        sys.stdout.write(json.dumps({"error": document}, indent=2) + "\n")
    else:
        sys.stderr.write(_worded(error, document) + "\n")
    return error.exit_code


def _usage(error: typer.TyperException) -> dict[str, object]:
    """A command line that could not be read, in the form of the engine's own errors."""
    context: Any = getattr(error, "ctx", None)
    where = context.command_path if context is not None else ""
    cure = f"Try '{where or 'review-engine'} --help'."
    return {"code": "usage", "what": error.format_message().rstrip("."), "where": where, "cure": cure}


def _worded(error: Exception, document: dict[str, object]) -> str:
    where = f"{document['where']}: " if document["where"] else ""
    what = str(document["what"])
    lines = [f"Error: {where}{what}{'' if what.endswith(('.', '?')) else '.'}"]
    if isinstance(error, Refused) and error.checklist.opens_from:
        lines += [_unmet(item) for item in error.unmet]
    elif isinstance(error, InvalidFile):
        lines += [f"  {fault}" for fault in error.faults]
    if document["cure"] and not isinstance(error, Refused):
        lines.append(f"  {document['cure']}")
    return "\n".join(_printable(line) for line in lines)


def _unmet(item: Item) -> str:
    reason = item.verdict.reason.removeprefix(f"{item.title}: ").rstrip(".")
    told = f"  - {item.title}: {reason}." if reason else f"  - {item.title}."
    return told + (f"\n    {item.verdict.cure}" if item.verdict.cure else "")


def _printable(line: str) -> str:
    """Foreign text may hold what a terminal obeys or an encoding lacks."""
    safe = "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in line)
    encoding = sys.stderr.encoding or "utf-8"
    return safe.encode(encoding, "backslashreplace").decode(encoding)
