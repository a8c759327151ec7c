"""From words on a command line to values: facts, times, files. What cannot be used is refused with its place."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from review_engine.domain.errors import InvalidInput, shown

COMMON = {"--config": True, "--database": True, "--as": True, "--json": False, "--version": False}
"""The options of every command, and whether each takes a value."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_JSON_TYPES = ("bool", "count", "choices")


def sound(arguments: Sequence[str]) -> None:
    """Refuse what no file, database or terminal takes.

    Raises:
        InvalidInput: an argument holds NUL or is not UTF-8.
    """
    for place, argument in enumerate(arguments, start=1):
        if "\0" in argument or _SURROGATE.search(argument):
            raise InvalidInput(
                f"{shown(argument)} is not text", where=f"argument {place}", cure="Leave out NUL, and write UTF-8."
            )


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the common options in front, wherever they stood before a ``--``."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, _ = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name in COMMON and (bool(equals) <= COMMON[name]):
            front.append(word)
            front += (
                [value for value in [next(words, None)] if value is not None] if COMMON[name] and not equals else []
            )
        else:
            rest.append(word)
    return front + rest


def facts_of(words: Sequence[str], types: Mapping[str, str]) -> dict[str, object]:
    """Facts as ``edit`` takes them.

    Each word is ``name=value``, ``name=`` to clear, ``name=@file`` for a file's text (``@-`` for standard input), or
    ``@file`` for a JSON object of many. Values of yes-or-no, number and list facts are JSON; a list may also be written
    with commas. A text in double quotes is JSON too, for what would be misread otherwise.

    Args:
        words: as they stand on the command line.
        types: name of each declared fact -> its type.

    Raises:
        InvalidInput: a word is not of that form, a fact stands twice, or a file cannot be read.
    """
    facts: dict[str, object] = {}
    for word in words:
        given = _many(word[1:]) if word.startswith("@") else dict([_one(word, types)])
        for name in given:
            if name in facts:
                raise InvalidInput(f"fact {shown(name)} is given twice", cure="Name it once.")
        facts |= given
    return facts


def _one(word: str, types: Mapping[str, str]) -> tuple[str, object]:
    name, equals, text = word.partition("=")
    if not equals or not name:
        raise InvalidInput(f"{shown(word)} is not a fact", cure="Write name=value, or name= to clear it.")
    if text.startswith("@"):
        return name, read_text(text[1:]).strip() or None
    return name, _value(text, types.get(name, "text"))


def _value(text: str, sort: str) -> object:
    if text in ("", "null"):
        return None
    quoted = text.startswith('"') and text.endswith('"')
    if quoted or sort in _JSON_TYPES:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return [part.strip() for part in text.split(",")] if sort == "choices" else text
    return text


def _many(path: str) -> dict[str, object]:
    try:
        document = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"this is not JSON: {error}", where=path, cure="Write one object of facts.") from None
    if not isinstance(document, dict):
        raise InvalidInput("this is not a JSON object", where=path, cure='Write {"name": value, ...}.')
    return document


def read_text(path: str) -> str:
    """A whole file; ``-`` is standard input.

    Raises:
        InvalidInput: it cannot be read, or is not UTF-8.
    """
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def lines_of(path: str, *, errors: str = "backslashreplace") -> Iterator[str]:
    """A file's lines, one at a time; ``-`` is standard input.

    Bytes that are not UTF-8 break only the line they stand in: they come as ``\\xff``, which is no JSON, or with the
    ``errors`` "surrogateescape" as characters that are not printable.

    Raises:
        InvalidInput: it cannot be read.
    """
    if path == "-":
        yield from sys.stdin
        return
    try:
        with Path(path).open(encoding="utf-8-sig", errors=errors, newline="\n") as file:
            yield from file
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: str, error: Exception, verb: str = "read") -> InvalidInput:
    """The error for a file that cannot be read (or written)."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
    return InvalidInput(f"the file cannot be {verb}: {why}", where=path, cure="Check the path and its permissions.")


def length_of(text: str | None) -> timedelta | None:
    """A plain length of time, such as "30 days".

    Raises:
        InvalidInput: it is not a length of time, or counts business time.
    """
    if text is None:
        return None
    from review_engine.domain.durations import Duration

    return timedelta(seconds=Duration.parse(text).seconds)


def moment_of(text: str | None) -> datetime | None:
    """A time with an offset, in UTC.

    Raises:
        InvalidInput: it is no time, or has no offset.
    """
    if text is None:
        return None
    from review_engine.domain.canonical import aware

    try:
        return aware(datetime.fromisoformat(text), "the time")
    except (ValueError, OverflowError):
        raise InvalidInput(f"{shown(text)} is not a time", cure="Write it as 2026-03-02T10:00:00Z.") from None
