"""A terminal with an empty database, and one with a shop full of people and one App."""

import os
import shutil
from pathlib import Path

import pytest

from review_engine.store.vault import new_key
from tests.cli.commands import Terminal

ANN = ("--as", "partner:ann@acme.example")
RITA = ("--as", "reviewer:rita@platform.example")
MONA = ("--as", "manager:mona@platform.example")


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the developer's, no configuration in the working folder, 80 columns, a key for secrets."""
    for name in [name for name in os.environ if name.startswith("REVIEW_ENGINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REVIEW_ENGINE_SECRET_KEY", new_key())
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal; its database does not exist yet."""
    return Terminal(tmp_path / "reviews.db")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's database, made once and copied for each test: a command costs a tenth of a second."""
    database = tmp_path_factory.mktemp("shop") / "reviews.db"
    terminal = Terminal(database)
    for words in (
        ("partners", "add", "acme", "--name", "Acme"),
        ("partners", "add", "globex", "--name", "Globex"),
        ("people", "add", "ann", "--name", "Ann", "--address", "ann@acme.example", "--partner", "acme"),
        ("people", "add", "gus", "--name", "Gus", "--address", "gus@globex.example", "--partner", "globex"),
        ("people", "add", "rita", "--name", "Rita", "--address", "rita@platform.example", "--role", "reviewer"),
        ("people", "add", "mona", "--name", "Mona", "--address", "mona@platform.example", "--role", "manager"),
        (*ANN, "register", "app/acme-sync", "--partner", "acme", "--fact", "name=Acme Sync"),
        (
            *ANN, "register", "component/acme-hook", "--partner", "acme", "--parent", "acme-sync",
            "--fact", "name=Acme hook", "--fact", "type=subscription",
        ),
    ):  # fmt: skip
        answer = terminal(*words)
        assert answer.code == 0, answer
    return database


@pytest.fixture
def shop(furnished: Path, terminal: Terminal) -> Terminal:
    """Acme, Globex, their people, two of staff, and an App of Acme's with one component."""
    shutil.copy(furnished, terminal.database)
    return terminal
