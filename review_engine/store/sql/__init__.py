"""The finished statements, one file a database, read and reviewed like any other source (see ``store.statements``)."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
NAME = "-- name: "

REVISION = "0001"
"""The version of the tables that these statements are for: the newest migration."""


@cache
def statements(database: str) -> dict[str, str]:
    """Every statement for ``sqlite`` or ``postgres``, by name."""
    sections = (FOLDER / f"{database}.sql").read_text(encoding="utf-8").split(NAME)[1:]
    named = (section.partition("\n") for section in sections)
    return {name: body.strip() for name, _, body in named}


def starting(database: str, prefix: str) -> list[str]:
    """The statements whose name begins with ``prefix``, in the order of the file."""
    return [body for name, body in statements(database).items() if name.startswith(prefix)]
