"""Both databases, each in its own sort of danger."""

from pathlib import Path

import pytest


@pytest.fixture(params=("sqlite", "postgres"))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/reviews.db"
