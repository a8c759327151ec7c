"""What pages of any list have in common: how many, where they go on, and how words are compared.

A page goes on behind the last line of the page before, not at a number of lines: so a line that is added, or gone,
meanwhile neither repeats another nor hides one.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from unicodedata import normalize

from review_engine.domain.errors import InvalidInput, shown

MOST = 1_000
"""The most lines of a page."""


def check_limit(limit: int) -> int:
    """``limit`` itself, when a page may have so many lines.

    Raises:
        InvalidInput: it is below 1 or above ``MOST``.
    """
    if not 1 <= limit <= MOST:
        raise InvalidInput(f"a page cannot have {limit} lines", cure=f"Ask for 1 to {MOST}.")
    return limit


def behind(place: Sequence[str]) -> str:
    """Where the next page goes on, as text that may stand in an address."""
    spelled = json.dumps(list(place), ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(spelled.encode()).decode("ascii").rstrip("=")


def place_of(after: str, length: int) -> list[str]:
    """What ``behind`` was made of.

    Args:
        after: the text.
        length: how many texts it must hold.

    Raises:
        InvalidInput: it was not made by ``behind``, or for another list.
    """
    try:
        place = json.loads(urlsafe_b64decode(after.encode("ascii") + b"=" * (-len(after) % 4)))
    except (ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or len(place) != length or not all(isinstance(one, str) for one in place):
        raise elsewhere(after)
    return place


def elsewhere(after: str) -> InvalidInput:
    """The error for a place that is not in this list."""
    return InvalidInput(f"{shown(after)} is no place in this list", cure="Pass the 'next' of the page before.")


def folded(text: str) -> str:
    """Text in which spellings of the same letters are equal: small and large, composed and decomposed, wide and narrow.

    Done here and not by the database: SQLite folds ASCII only, and PostgreSQL as its server's language has it.
    """
    return normalize("NFKC", normalize("NFKC", text).casefold())
