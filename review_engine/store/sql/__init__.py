"""The finished statements, one file a database, read and reviewed like any other source (see ``store.statements``).

A statement is given its values by name. PostgreSQL's driver takes them so; SQLite's takes them in order, in half the
time, so its file names the order behind each statement.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAME, GIVEN = "-- name: ", "-- given: "

REVISION = "0001"
"""The version of the tables that these statements are for: the newest migration."""

Given = Mapping[str, Any]


class Statement:
    """A finished statement.

    Args:
        text: as the driver takes it.
        order: the names of what it is given, in order; None where the driver takes values by name.
    """

    __slots__ = ("bound", "order", "text")

    def __init__(self, text: str, order: "tuple[str, ...] | None") -> None:
        self.text = text
        self.order = order
        self.bound = _binding(order)

    def __add__(self, other: "Statement") -> "Statement":
        order = None if self.order is None or other.order is None else self.order + other.order
        return Statement(f"{self.text}\n{other.text}", order)


def _binding(order: "tuple[str, ...] | None") -> Callable[[Given], Any]:
    """How values given by name are handed to the driver."""
    if order is None:
        return lambda given: given
    if len(order) > 1:
        return itemgetter(*order)
    return (lambda given: (given[order[0]],)) if order else (lambda given: ())


@cache
def statements(database: str) -> dict[str, Statement]:
    """Every statement for ``sqlite`` or ``postgres``, by name."""
    sections = (FOLDER / f"{database}.sql").read_text(encoding="utf-8").split(NAME)[1:]
    named = (section.partition("\n") for section in sections)
    return {name: _statement(body.strip(), database == "sqlite") for name, _, body in named}


def _statement(body: str, ordered: bool) -> Statement:
    if not body.startswith(GIVEN):
        return Statement(body, () if ordered else None)
    names, _, text = body.removeprefix(GIVEN).partition("\n")
    return Statement(text, tuple(names.split(", ")))


def all_of(statements: "list[Statement]") -> Statement:
    """Conditions that must all hold."""
    joined = statements[0]
    for other in statements[1:]:
        joined = joined + Statement(f"AND {other.text}", other.order)
    return joined


def starting(database: str, prefix: str) -> list[str]:
    """The statements whose name begins with ``prefix``, in the order of the file."""
    return [statement.text for name, statement in statements(database).items() if name.startswith(prefix)]
