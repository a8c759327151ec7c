"""How tests give commands: in this process through Typer's runner, or as a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from review_engine.cli.root import app
from tests.house.tree import ROOT

COMMAND = "from review_engine.cli import main; main()"


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """Gives commands to one database.

    Args:
        database: path of an SQLite file.
    """

    database: Path

    def __call__(self, *words: str, given: str | None = None) -> Answer:
        """Give a command; what is no error of the engine is raised."""
        result = CliRunner().invoke(app, ["--database", str(self.database), *words], input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    def json(self, *words: str) -> Any:
        """Give a command that succeeds, and read its JSON."""
        answer = self(*words, "--json")
        assert answer.code == 0, answer
        assert answer.err == ""
        return answer.document


def process(*words: str, folder: Path, **environment: str) -> Answer:
    """Give a command as a process of its own, in a working folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("REVIEW_ENGINE_")}
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(ran.returncode, ran.stdout, ran.stderr)
