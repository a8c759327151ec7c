"""Where a demonstration is kept: a database of its own, and beside it the key that its secrets are sealed under.

The key lies beside the database with mode 0600; it also marks the database as one that the demonstration made, and may
therefore replace. Any other file is left alone.
"""

import os
import shutil
from pathlib import Path

from pydantic import SecretStr

from review_engine.assembly import open_engine
from review_engine.cli.call import url_of
from review_engine.domain.errors import InvalidInput
from review_engine.engine import ReviewEngine
from review_engine.settings import Settings, WorkflowSettings
from review_engine.store.vault import new_key

DEMO_DATABASE = "review_engine_demo.db"
_BESIDE = ("", "-wal", "-shm", "-journal", ".lock")


def reopened(database: str, address: str) -> ReviewEngine:
    """The engine on the database of a demonstration that was played, in today's time.

    Args:
        database: path of an SQLite file, or its URL.
        address: where its pages are served, for links in letters.

    Raises:
        InvalidInput: no demonstration was played there.
    """
    path = sqlite_file(database)
    if not path.is_file() or not key_file(path).is_file():
        cure = "Play it first: review-engine demo"
        raise InvalidInput("no demonstration was played here", where=str(path), cure=cure)
    chosen = settings_of(key_file(path).read_text(encoding="ascii").strip())
    mail = chosen.mail.model_copy(update={"base_url": address, "folder": str(letters_of(path))})
    return open_engine(chosen.model_copy(update={"mail": mail}), url=url_of(str(path)), create=False)


def sqlite_file(database: str) -> Path:
    """The file that a path, or an SQLite URL, means.

    Raises:
        InvalidInput: it means no file.
    """
    text = database.removeprefix("sqlite:///")
    if "://" in text or text in ("", ":memory:"):
        raise InvalidInput(
            "the demonstration keeps to an SQLite file of its own", where=database, cure="Give the path of a new file."
        )
    return Path(text)


def key_file(path: Path) -> Path:
    """Where the key of a database lies."""
    return path.with_name(f"{path.name}.key")


def letters_of(path: Path) -> Path:
    """Where letters go that leave while it is served."""
    return path.with_name(f"{path.name}.letters")


def make_room(path: Path) -> bool:
    """Remove the database of an earlier demonstration; refuse to touch anything else."""
    if not path.parent.is_dir():
        raise InvalidInput("there is no such folder", where=str(path.parent), cure="Make it first, or choose another.")
    if path.exists() and not key_file(path).is_file():
        raise InvalidInput(
            "this file was not made by the demonstration and is left alone",
            where=str(path),
            cure="Choose another one: review-engine --database other.db demo",
        )
    replaced = path.exists()
    if replaced:
        shutil.rmtree(letters_of(path), ignore_errors=True)
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return replaced


def keep_key(path: Path) -> str:
    """Make a key for a database, leave it beside it, and answer it."""
    key = new_key()
    key_file(path).unlink(missing_ok=True)
    opened = os.open(key_file(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def settings_of(key: str) -> Settings:
    """The shipped workflows, whatever the working folder or the environment say."""
    return Settings().model_copy(update={"workflows": WorkflowSettings(), "secret_key": SecretStr(key)})
