"""One spelling for every value that is hashed, so that a hash means the same on every machine and every year."""

import hashlib
import json
from datetime import UTC, datetime

from review_engine.domain.errors import InvalidInput

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


def canonical(value: object) -> str:
    """``value`` as JSON text: keys sorted, no spaces, ASCII."""
    return _encode(value)


def digest(value: object) -> str:
    """SHA-256 of ``canonical(value)``, in hexadecimal."""
    return hashlib.sha256(_encode(value).encode("ascii")).hexdigest()


def instant(moment: datetime) -> str:
    """An aware datetime as text, always in UTC and always with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def aware(moment: datetime, what: str = "a time") -> datetime:
    """``moment`` in UTC.

    Raises:
        InvalidInput: it has no time zone, or lies in none of the years there are in UTC.
    """
    if moment.tzinfo is None:
        raise InvalidInput(f"{what} has no time zone: {moment.isoformat()}", cure="Pass an aware datetime, in UTC.")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"{what} is beyond all years: {moment.isoformat()}", cure="Check the year.") from None
