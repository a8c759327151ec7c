"""How single values are spelled in a database: instants, JSON documents, bytes.

SQLite keeps an instant as text in UTC without an offset (as SQLAlchemy would, so that a host's own queries read it);
PostgreSQL is given the offset with it, because a host's session may stand in another time zone. Coming back, either is
made an aware datetime in UTC.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from review_engine.domain.canonical import instant
from review_engine.domain.errors import InvalidInput

V = TypeVar("V")

_PLAIN = len("2026-03-02 10:00:00.000000")
"""How long an instant without an offset is, as SQLite keeps it. A decision writes one instant many times over, so the
two spellings below remember the last ones."""


def _encoder() -> Callable[[object], str]:
    """JSON without spaces. ``JSONEncoder.encode`` makes its C encoder anew for every value; this one is made once."""
    plain = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    quoted = json.encoder.encode_basestring
    chunks = make(None, plain.default, quoted, None, ":", ",", False, False, False)
    return lambda value: "".join(chunks(value, 0))


def _decoder() -> Callable[[str], Any]:
    """JSON as databases hand it back: nothing before the value, nothing behind it."""
    scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
    return lambda text: scan(text, 0)[0]


encode = _encoder()
decode = _decoder()


class Codec(NamedTuple):
    """How one database's driver is handed values.

    Args:
        stamp: an aware instant as text.
        blob: bytes.
    """

    stamp: Callable[[datetime], str]
    blob: Callable[[bytes], object]


@lru_cache(1024)
def stamp_plain(moment: datetime) -> str:
    """An aware instant as SQLite keeps it: ``2026-03-02 10:00:00.000000``, in UTC."""
    if moment.tzinfo is not UTC:
        moment = _utc(moment)
    return moment.isoformat(" ", "microseconds")[:26]


@lru_cache(1024)
def stamp_offset(moment: datetime) -> str:
    """An aware instant as PostgreSQL is given it, with its offset."""
    if moment.tzinfo is not UTC:
        moment = _utc(moment)
    return moment.isoformat(" ", "microseconds")


SQLITE = Codec(stamp_plain, bytes)
POSTGRES = Codec(stamp_offset, lambda sealed: "\\x" + sealed.hex())


iso = lru_cache(1024)(instant)
"""An aware instant as it stands within a JSON document."""


def moment(value: "str | datetime") -> datetime:
    """An instant as any database, or a JSON document, hands it back: aware, in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(f"{value}+00:00" if len(value) == _PLAIN else value)
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def moment_if(value: "str | datetime | None") -> datetime | None:
    """An instant, where there may be none."""
    return None if value is None else moment(value)


def document(value: Mapping[str, object]) -> str:
    """A mapping as JSON text; most are empty."""
    return encode(dict(value)) if value else "{}"


def mapping(text: str) -> dict[str, Any]:
    """JSON text as a new dictionary; most are empty."""
    if text == "{}":
        return {}
    read: dict[str, Any] = decode(text)
    return read


class Later(Mapping[str, V]):
    """A document that is decoded when somebody first looks into it. Few who read a subject ask who said what."""

    __slots__ = ("_read", "_text", "_value")

    def __init__(self, text: str, value: Callable[[Any], V]) -> None:
        self._text = text
        self._value = value
        self._read: dict[str, V] | None = None

    def _entries(self) -> dict[str, V]:
        if self._read is None:
            value = self._value
            self._read = {name: value(entry) for name, entry in mapping(self._text).items()}
        return self._read

    def __getitem__(self, name: str) -> V:
        return self._entries()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries())

    def __len__(self) -> int:
        return len(self._entries())

    def __repr__(self) -> str:
        return repr(self._entries())


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInput(f"a time has no time zone: {moment.isoformat()}", cure="Pass an aware datetime, in UTC.")
    return moment.astimezone(UTC)
