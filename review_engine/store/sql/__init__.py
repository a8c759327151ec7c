"""The finished statements, one file a database, read and reviewed like any other source (see ``store.statements``).

A statement is given its values by name. Drivers are quickest with values in order: SQLite's takes them so in half the
time, and PostgreSQL's parses a long statement anew at every call unless its values are numbered. So our own connections
are handed them in order. A host's PostgreSQL session goes through SQLAlchemy, which wants them by name.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAME, GIVEN = "-- name: ", "-- given: "

REVISION = "0001"
"""The version of the tables that these statements are for: the newest migration."""

Given = Mapping[str, Any]

_BY_NAME = re.compile(r"%\((\w+)\)s")


class Statement:
    """A finished statement.

    Args:
        text: as the file has it.
        order: the names of what it is given, where the text has them in order; None where it has them by name.
    """

    def __init__(self, text: str, order: "tuple[str, ...] | None" = None) -> None:
        self.text = text
        self.order = order

    @cached_property
    def numbered(self) -> "tuple[str, tuple[str, ...]]":
        """The text for our own connections, and the names of what it is given, in order."""
        if self.order is not None:
            return self.text, self.order
        places: dict[str, int] = {}
        text = _BY_NAME.sub(lambda name: f"${places.setdefault(name[1], len(places) + 1)}", self.text)
        return text.replace("%%", "%"), tuple(places)

    @cached_property
    def own(self) -> str:
        """The text for our own connections."""
        return self.numbered[0]

    @cached_property
    def bound(self) -> Callable[[Given], Any]:
        """What our own connections are handed with it, made of values by name."""
        names = self.numbered[1]
        if len(names) > 1:
            return itemgetter(*names)
        return (lambda given: (given[names[0]],)) if names else (lambda given: ())

    def hosted(self, given: Given) -> object:
        """What a host's connection is handed with it."""
        return given if self.order is None else self.bound(given)

    def __add__(self, other: "Statement") -> "Statement":
        ordered = self.order is not None and other.order is not None
        return Statement(f"{self.text}\n{other.text}", (*self.order, *other.order) if ordered else None)  # type: ignore[misc]


@cache
def statements(database: str) -> dict[str, Statement]:
    """Every statement for ``sqlite`` or ``postgres``, by name."""
    sections = (FOLDER / f"{database}.sql").read_text(encoding="utf-8").split(NAME)[1:]
    named = (section.partition("\n") for section in sections)
    return {name: _statement(body.strip(), ordered=database == "sqlite") for name, _, body in named}


def _statement(body: str, *, ordered: bool) -> Statement:
    if not body.startswith(GIVEN):
        return Statement(body, () if ordered else None)
    names, _, text = body.removeprefix(GIVEN).partition("\n")
    return Statement(text, tuple(names.split(", ")))


def all_of(statements: "list[Statement]") -> Statement:
    """Conditions that must all hold, as a WHERE."""
    first, *others = statements
    joined = Statement("WHERE", ()) + first
    for other in others:
        joined = joined + Statement(f"AND {other.text}", other.order)
    return joined


def starting(database: str, prefix: str) -> list[str]:
    """The texts of statements whose name begins with ``prefix``, in the order of the file."""
    return [statement.text for name, statement in statements(database).items() if name.startswith(prefix)]
