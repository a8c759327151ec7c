"""The tree of everything that can go wrong.

One tree, so that a host writes ``except ReviewEngineError`` once and every surface (command line, REST, console)
turns the same branch into the same answer. Each error says *what* happened, *where*, and the *cure*.

    ReviewEngineError
    |- InvalidInput            what was handed in cannot be used
    |  |- UnknownName          a state, fact, guard, transition, workflow ... that nobody declared
    |  |- InvalidFact          a value that does not fit the fact's declaration
    |  |- InvalidKey           a subject's or person's key that is not of the form
    |  |- InvalidConfiguration config.toml or the environment
    |  |- InvalidFile          a file with faults, all of them listed (CalendarFileInvalid is one)
    |  |- NaiveDatetime        a time without a zone                                     (instants)
    |  |- InvalidDuration      a length of time that cannot be used                      (durations)
    |  |- InvalidCalendar      hours or holidays that make no calendar                   (hours)
    |  `- OutsideCalendar      a time, or an opening, beyond the years a calendar covers (openings)
    |- NotFound                there is no such thing, or it is not yours to see (the two look alike on purpose)
    |- NotAdmitted             nobody is signed in, or a token is not valid (any longer)
    |- NotAllowed              this role may not do this
    |- Refused                 guards are unmet; carries every one of them
    |- Conflict                somebody else was first
    |  |- MoveConflict         the subject is not as the caller's page was drawn
    |  |- SlugTaken            the key is in use
    |  `- KeyReused            an idempotency key came back with another request
    |- SecretKeyMissing        a secret was to be kept, and there is no key to keep it under
    `- StoreError              the database
       |- SchemaBehind         migrations are to be run
       |- StoreBusy            the lock was not to be had in time
       `- HistoryBroken        a chain of moves does not verify
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class ReviewEngineError(Exception):
    """Anything this engine raises on purpose.

    Args:
        what: what happened, one sentence without a closing full stop.
        where: the place: a key, a file and line, a table.
        cure: what the reader can do about it, one sentence.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}. {self.cure}" if self.cure else head

    def as_dict(self) -> dict[str, object]:
        """The error as JSON-able values, the same for every surface."""
        return {"code": self.code, "what": self.what, "where": self.where, "cure": self.cure}


class InvalidInput(ReviewEngineError):
    """What was handed in cannot be used. Nothing was written."""

    code = "invalid_input"
    exit_code = 2


class UnknownName(InvalidInput):
    """A name that nobody declared, with the nearest declared one as the cure."""

    code = "unknown_name"

    def __init__(self, sort: str, name: str, known: Iterable[str], *, where: str = "") -> None:
        self.sort = sort
        self.name = name
        declared = sorted(known)
        super().__init__(f"there is no {sort} {shown(name)}", where=where, cure=suggestion(name, declared))


class InvalidFact(InvalidInput):
    """A value that does not fit the fact's declaration."""

    code = "invalid_fact"


class InvalidKey(InvalidInput):
    """A key that is not of the form the engine accepts."""

    code = "invalid_key"


class InvalidConfiguration(InvalidInput):
    """The configuration file or the environment cannot be used."""

    code = "invalid_configuration"


class InvalidFile(InvalidInput):
    """A file with faults; ``faults`` holds every one of them, each with its line."""

    code = "invalid_file"

    def __init__(self, what: str, faults: Iterable[object], *, where: str = "", cure: str = "") -> None:
        self.faults = tuple(faults)
        super().__init__(what, where=where, cure=cure)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(fault) for fault in self.faults)])

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "faults": [str(fault) for fault in self.faults]}


class NotFound(ReviewEngineError):
    """There is no such thing, or it is not the asker's to see. The two read alike, so that nobody can probe."""

    code = "not_found"
    exit_code = 4

    def __init__(self, sort: str, key: str, *, cure: str = "Check the spelling.") -> None:
        self.sort = sort
        self.key = key
        super().__init__(f"there is no {sort} {shown(key)}", cure=cure)


class NotAdmitted(ReviewEngineError):
    """Nobody is signed in, or the token is unknown, revoked or over. Which of these is not said."""

    code = "not_admitted"
    exit_code = 5


class NotAllowed(ReviewEngineError):
    """The role, or the person, may not do this. Raised before any guard speaks."""

    code = "not_allowed"
    exit_code = 5


class Conflict(ReviewEngineError):
    """Somebody else was first."""

    code = "conflict"
    exit_code = 6


class MoveConflict(Conflict):
    """The subject is no longer as the caller's page was drawn (``expect``)."""

    code = "move_conflict"


class SlugTaken(Conflict):
    """A subject of this kind has the slug already."""

    code = "slug_taken"


class KeyReused(Conflict):
    """An idempotency key came back with a different request. The first answer stands."""

    code = "key_reused"


class SecretKeyMissing(ReviewEngineError):
    """A secret fact was to be kept or read, and the engine was given no key."""

    code = "secret_key_missing"
    exit_code = 2


class StoreError(ReviewEngineError):
    """The database could not do its part. Nothing was half-written."""

    code = "store"
    exit_code = 7


class SchemaBehind(StoreError):
    """The tables are not of the version this engine writes."""

    code = "schema_behind"


class StoreBusy(StoreError):
    """The write lock was not to be had in time; trying again is safe."""

    code = "store_busy"


class HistoryBroken(StoreError):
    """A chain of moves does not verify."""

    code = "history_broken"


def suggestion(name: str, declared: list[str]) -> str:
    """The cure for a misspelt name: the nearest declared one, else all of them."""
    near = get_close_matches(name, declared, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Declared are: {', '.join(declared)}." if declared else "None are declared."


def shown(text: str, limit: int = 80) -> str:
    """Foreign text made safe to print in a message: quoted, escaped, cut."""
    safe = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return f"'{safe[:limit]}...'" if len(safe) > limit else f"'{safe}'"
