"""The sorts of value a workflow file may hold. Each reads a value, reports what is wrong with it, and knows its schema.

One description serves three readers: the reader's check, the JSON Schema of editors, and the reference page; so they
cannot disagree. ``read`` never raises: it reports, and answers ``ABSENT`` for what cannot be used.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidInput, shown, suggestion

Report = Callable[[str, str, str], None]
"""Takes a fault: its place (dotted, from the top of the file), what is wrong, and the cure."""

Schema = dict[str, object]

ABSENT: Final = object()
"""What a shape answers for a value that cannot be used; it has been reported."""

WHOLE_MAX = 2**53 - 1
_TEXT_MAX = 10_000
_LENGTH_MAX = 60
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


class Shape(Protocol):
    """One sort of value."""

    @property
    def word(self) -> str:
        """What it is, in a sentence such as "must be ..."."""

    def read(self, value: object, place: str, report: Report) -> object:
        """The value as it may be used, or ``ABSENT``."""

    def schema(self) -> Schema:
        """Its JSON Schema."""


def _last(place: str) -> str:
    return place.rsplit(".", 1)[-1]


def _refuse(shape: Shape, value: object, place: str, report: Report, cure: str = "") -> object:
    found = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    seen = shown(value) if isinstance(value, str) else found.get(type(value), "a date or time")
    report(place, f"{_last(place)} must be {shape.word}, and it is {seen}", cure)
    return ABSENT


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people, without control characters; ``word`` says what it is for."""

    word: str = "text"

    def read(self, value: object, place: str, report: Report) -> object:
        sound = isinstance(value, str) and all(letter.isprintable() or letter in "\n\t" for letter in value)
        if isinstance(value, str) and sound and value.strip() and len(value) <= _TEXT_MAX:
            return value.strip()
        cure = f"Write 1 to {_TEXT_MAX} printable characters in quotes."
        return _refuse(self, value, place, report, cure)

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": _TEXT_MAX}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a workflow gives or refers to."""

    longest: int = 60
    word: str = "a name"

    def read(self, value: object, place: str, report: Report) -> object:
        if isinstance(value, str) and len(value) <= self.longest and _NAME.match(value):
            return value
        cure = f"Use small letters, digits and underscores, a letter first, at most {self.longest}."
        return _refuse(self, value, place, report, cure)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of something declared elsewhere in the file; the linter says when it is not, with the nearest name."""

    word: str = "a name"

    def read(self, value: object, place: str, report: Report) -> object:
        if isinstance(value, str) and value and len(value) <= _TEXT_MAX:
            return value
        return _refuse(self, value, place, report, "Write the name in quotes.")

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    word: str = "true or false"

    def read(self, value: object, place: str, report: Report) -> object:
        return value if isinstance(value, bool) else _refuse(self, value, place, report, "Write it without quotes.")

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, 1 or more."""

    word: str = "a whole number above zero"

    def read(self, value: object, place: str, report: Report) -> object:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= WHOLE_MAX:
            return value
        return _refuse(self, value, place, report, f"Write a number from 1 to {WHOLE_MAX}, without quotes.")

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 1, "maximum": WHOLE_MAX}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time, such as "2 business days"."""

    word: str = "a length of time"

    def read(self, value: object, place: str, report: Report) -> object:
        if not isinstance(value, str) or len(value) > _LENGTH_MAX:
            return _refuse(self, value, place, report, 'Write it as "2 business days" or "28 days".')
        try:
            return Duration.parse(value)
        except InvalidInput as error:
            report(place, error.what, error.cure)
            return ABSENT

    def schema(self) -> Schema:
        units = "(business )?(minute|hour|day)s?|weeks?"
        return {"type": "string", "pattern": f"^[0-9]+ ({units})$", "examples": ["2 business days", "28 days"]}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words; ``sort`` says what they are."""

    sort: str
    options: tuple[str, ...]

    @property
    def word(self) -> str:
        return f"one of {', '.join(self.options)}"

    def read(self, value: object, place: str, report: Report) -> object:
        if not isinstance(value, str):
            return _refuse(self, value, place, report)
        if value not in self.options:
            report(place, f"there is no {self.sort} {shown(value)}", suggestion(value, list(self.options)))
            return ABSENT
        return value

    def schema(self) -> Schema:
        return {"enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one sort of value, each named once."""

    of: Shape
    at_least: int = 0

    @property
    def word(self) -> str:
        return "a list"

    def read(self, value: object, place: str, report: Report) -> object:
        if not isinstance(value, list):
            return _refuse(self, value, place, report, f"Put it in brackets: {_last(place)} = [...].")
        if len(value) < self.at_least:
            report(place, f"{_last(place)} is empty", "Name at least one.")
        kept: list[object] = []
        for number, entry in enumerate(value):
            inner = f"{place}[{number}]"
            read = self.of.read(entry, inner, report)
            if isinstance(read, str) and read in kept:
                report(inner, f"{shown(read)} is named twice", "Name it once.")
            elif read is not ABSENT:
                kept.append(read)
        return tuple(kept)

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.of.schema(), "uniqueItems": True}
        return schema | {"minItems": self.at_least} if self.at_least else schema


@dataclass(frozen=True, slots=True)
class Anything:
    """A parameter of a check: the check's own signature judges it."""

    word: str = "a value"

    def read(self, value: object, place: str, report: Report) -> object:
        return value

    def schema(self) -> Schema:
        return {}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.

    Args:
        shape: what its value must be.
        says: what it is for, one sentence; editors and the reference page show it.
        required: whether the table must have it.
    """

    shape: Shape
    says: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A table of known keys; ``rest`` permits keys of other names (parameters of a check)."""

    keys: Mapping[str, Key]
    rest: Shape | None = None
    word: str = field(default="a table")

    def read(self, value: object, place: str, report: Report) -> object:
        if not isinstance(value, dict):
            _refuse(self, value, place, report)
            return {}
        read: dict[str, object] = {}
        for name, entry in value.items():
            shape = self.keys[name].shape if name in self.keys else self.rest
            inner = f"{place}.{quoted(name)}" if place else quoted(name)
            if shape is None:
                report(inner, f"there is no key {shown(name)} here", suggestion(name, list(self.keys)))
            elif (kept := shape.read(entry, inner, report)) is not ABSENT:
                read[name] = kept
        for name, key in self.keys.items():
            if key.required and name not in value:
                report(place or name, f"the key '{name}' is missing", f"Add it: {key.says}")
        return read

    def schema(self) -> Schema:
        properties = {name: key.shape.schema() | {"description": key.says} for name, key in self.keys.items()}
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": self.rest is not None}
        required = [name for name, key in self.keys.items() if key.required]
        return schema | {"required": required} if required else schema


@dataclass(frozen=True, slots=True)
class Book:
    """A table whose keys are names the file gives: states, facts, guards; ``free`` permits any text as key."""

    of: Shape
    free: bool = False
    word: str = field(default="a table")

    def read(self, value: object, place: str, report: Report) -> object:
        if not isinstance(value, dict):
            _refuse(self, value, place, report)
            return {}
        read: dict[str, object] = {}
        for name, entry in value.items():
            inner = f"{place}.{quoted(name)}"
            if not self.free and Name().read(name, inner, _unlabelled(name, report)) is ABSENT:
                continue
            if (kept := self.of.read(entry, inner, report)) is not ABSENT:
                read[name] = kept
        return read

    def schema(self) -> Schema:
        if self.free:
            return {"type": "object", "additionalProperties": self.of.schema()}
        return {
            "type": "object",
            "patternProperties": {"^[a-z][a-z0-9_]*$": self.of.schema()},
            "additionalProperties": False,
        }


def quoted(key: str) -> str:
    """A key as it stands in a dotted place: in quotes when it is not a bare one."""
    return key if _BARE.match(key) else json.dumps(key)


def _unlabelled(name: str, report: Report) -> Report:
    return lambda place, what, cure: report(place, f"{shown(name)} cannot be a name", cure)


@dataclass(frozen=True, slots=True)
class Either:
    """A flag, or a table in its place that says more."""

    more: Record

    @property
    def word(self) -> str:
        return "true, false or a table"

    def read(self, value: object, place: str, report: Report) -> object:
        return value if isinstance(value, bool) else self.more.read(value, place, report)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "boolean"}, self.more.schema()]}
