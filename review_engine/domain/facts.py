"""What is known of a subject: typed facts, declared in the workflow file, set by somebody at a time.

A fact's value is kept as plain JSON (text, number, boolean, list of texts), so that it is the same value in a form, in
the database, in a hash and over the wire. Dates and instants are kept as ISO 8601 text, instants in UTC.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from review_engine.domain.actors import Actor, Role
from review_engine.domain.canonical import instant
from review_engine.domain.errors import InvalidFact, InvalidInput, UnknownName, shown

TYPES = ("text", "url", "email", "choice", "choices", "bool", "count", "date", "datetime", "secret")

FactValue = str | int | bool | list[str]
Facts = Mapping[str, FactValue]

_TEXT_MAX = 10_000
_COUNT_MAX = 2**53 - 1
_EMAIL_MAX = 254
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\.]+(\.[^@\s<>\"(),:;\[\]\\.]+)+\Z")


class Said(NamedTuple):
    """Who set a fact, in which role, and when (aware UTC)."""

    role: str
    by: str
    at: datetime


class FactChange(NamedTuple):
    """One line of the ledger of facts: what a fact became. ``value`` None means it was cleared."""

    name: str
    value: FactValue | None
    said: Said


@dataclass(frozen=True, slots=True)
class Fact:
    """The declaration of one fact.

    Args:
        name: as the workflow file calls it.
        title: as a form labels it.
        type: one of ``TYPES``.
        by: the roles that may set it.
        section: the part of the form it stands in.
        max: most characters (text), most entries (choices), largest number (count).
        among: the permitted values of a choice or choices.
        says: one line of guidance below the field.
    """

    name: str
    title: str
    type: str
    by: tuple[Role, ...] = (Role.PARTNER,)
    section: str = ""
    max: int | None = None
    among: tuple[str, ...] = ()
    says: str = ""

    @property
    def secret(self) -> bool:
        """Whether the value is encrypted at rest and shown to the reviewer of the round only."""
        return self.type == "secret"

    def parse(self, value: object) -> FactValue:
        """The value as it is kept.

        Raises:
            InvalidFact: it does not fit the declaration; the message names the fact and the cure.
        """
        return _PARSERS[self.type](self, value)

    def permits(self, actor: Actor) -> bool:
        """Whether the actor's role may set this fact."""
        return actor.role in self.by

    def misfit(self, value: object, cure: str) -> InvalidFact:
        """The error for a value that does not fit."""
        said = "what was given" if self.secret else shown(str(value))
        return InvalidFact(f"{said} does not fit fact '{self.name}' ({self.type})", cure=cure)


def check_text(text: str, what: str, *, most: int = _TEXT_MAX, where: str = "") -> str:
    """Free words (a comment, a reason, a note) without surrounding white space, when they can be kept.

    Raises:
        InvalidInput: too long, or with control characters, NUL or lone surrogates.
    """
    clean = text.strip()
    if len(clean) > most or _FORBIDDEN.search(clean):
        raise InvalidInput(
            f"{what} cannot be kept", where=where, cure=f"Use at most {most} characters, without control characters."
        )
    return clean


def parse_facts(declared: Mapping[str, Fact], given: Mapping[str, object]) -> dict[str, FactValue | None]:
    """All of ``given`` read against the declarations; a None clears the fact.

    Raises:
        UnknownName: a fact that is not declared.
        InvalidFact: a value that does not fit.
    """
    read: dict[str, FactValue | None] = {}
    for name, value in given.items():
        if name not in declared:
            raise UnknownName("fact", str(name), declared)
        read[name] = None if value is None else declared[name].parse(value)
    return read


def _text(fact: Fact, value: object) -> str:
    if not isinstance(value, str):
        raise fact.misfit(value, "Give it as text.")
    clean = value.strip()
    if not clean:
        raise fact.misfit(value, "Give some text, or null to clear it.")
    if _FORBIDDEN.search(clean):
        raise fact.misfit(value, "Leave out control characters and broken Unicode.")
    limit = fact.max or _TEXT_MAX
    if len(clean) > limit:
        raise fact.misfit(value, f"Shorten it to {limit} characters; it has {len(clean)}.")
    return clean


def _line(fact: Fact, value: object) -> str:
    text = _text(fact, value)
    if any(character in text for character in "\n\r\t"):
        raise fact.misfit(value, "Write it on one line.")
    return text


def _url(fact: Fact, value: object) -> str:
    text = _line(fact, value)
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text and not parts.username
        _ = parts.port
    except ValueError:
        sound = False
    if not sound:
        raise fact.misfit(value, "Give a whole address that begins with https:// or http://.")
    return text


def _email(fact: Fact, value: object) -> str:
    text = _line(fact, value)
    if not _EMAIL.match(text) or len(text) > _EMAIL_MAX:
        raise fact.misfit(value, "Give one e-mail address, such as ann@acme.example.")
    return text


def _choice(fact: Fact, value: object) -> str:
    if not isinstance(value, str) or value not in fact.among:
        raise fact.misfit(value, f"Choose one of: {', '.join(fact.among)}.")
    return value


def _choices(fact: Fact, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise fact.misfit(value, "Give a list.")
    chosen = [_choice(fact, entry) for entry in value]
    if len(set(chosen)) != len(chosen):
        raise fact.misfit(value, "Name each choice once.")
    if not chosen:
        raise fact.misfit(value, "Choose at least one, or null to clear it.")
    if fact.max is not None and len(chosen) > fact.max:
        raise fact.misfit(value, f"Choose at most {fact.max}.")
    return chosen


def _bool(fact: Fact, value: object) -> bool:
    if not isinstance(value, bool):
        raise fact.misfit(value, "Give true or false.")
    return value


def _count(fact: Fact, value: object) -> int:
    limit = fact.max if fact.max is not None else _COUNT_MAX
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= limit:
        raise fact.misfit(value, f"Give a whole number from 0 to {limit}.")
    return value


def _date(fact: Fact, value: object) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(_line(fact, value)).isoformat()
    except ValueError:
        raise fact.misfit(value, "Give a date as YYYY-MM-DD.") from None


def _datetime(fact: Fact, value: object) -> str:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(_line(fact, value))
    except ValueError:
        raise fact.misfit(value, "Give date and time with an offset, such as 2026-03-02T10:00:00Z.") from None
    if moment.tzinfo is None:
        raise fact.misfit(value, "Add the offset from UTC, such as a closing Z.")
    try:
        return instant(moment)
    except (OverflowError, ValueError):
        raise fact.misfit(value, "Give a time between the years 1 and 9999.") from None


_PARSERS: dict[str, Callable[[Fact, object], FactValue]] = {
    "text": _text,
    "url": _url,
    "email": _email,
    "choice": _choice,
    "choices": _choices,
    "bool": _bool,
    "count": _count,
    "date": _date,
    "datetime": _datetime,
    "secret": _line,
}


def moment_of(value: FactValue | None) -> datetime | None:
    """The instant that a ``datetime`` (or the midnight, in UTC, that a ``date``) fact stands for; None without one.

    Raises:
        InvalidInput: the value is not a time.
    """
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(f"{shown(str(value))} is not a time", cure="Use a date or datetime fact here.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
