"""A terminal for the console blocks of a page: our own commands run in this process, all others in bash.

Starting a process for each command would take ten times as long. Pipes, redirections and foreign commands go to bash,
with the folder of this interpreter in front of PATH, so that they mean there what they mean to a reader.
"""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from review_engine.cli.root import app
from tests.docs.pages import ROOT, Block, like

_OURS = re.compile(r"review-engine(?![\w-])[^|<>&;`]*\Z")
_SET = re.compile(r"export (?P<name>\w+)=(?P<value>.+)\Z", re.DOTALL)
_INNER = re.compile(r"\$\((review-engine [^()]*)\)\Z")
_HEREDOC = re.compile(r"<<-?'?(\w+)'?")
_INSTALLING = re.compile(r"(?:\S*python\S* -m )?\S*pip3? install (?P<what>.+)\Z")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")
_SECONDS = 60


class Step(NamedTuple):
    """One command of a block, and the lines of output that follow it."""

    command: str
    output: str


def steps_of(block: Block) -> list[Step]:
    """The commands of a console block: a line with ``$`` begins one, a backslash or a heredoc continues it.

    Raises:
        ValueError: the block does not begin with a command.
    """
    steps: list[Step] = []
    lines = iter(block.text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            steps.append(Step(_whole(line[2:], lines), ""))
        elif steps:
            steps[-1] = steps[-1]._replace(output=steps[-1].output + line + "\n")
        else:
            raise ValueError(f"{block.place}: a console block begins with '$ '")
    return steps


def _whole(command: str, lines: Iterator[str]) -> str:
    while command.endswith("\\"):
        command = command[:-1].rstrip() + " " + next(lines).strip()
    heredoc = _HEREDOC.search(command)
    if heredoc:
        for line in lines:
            command += "\n" + line
            if line == heredoc[1]:
                break
    return command


@dataclass
class Shell:
    """What a reader's terminal remembers from one block of a page to the next."""

    folder: Path
    code: int = 0

    def play(self, block: Block) -> None:
        """Give every command of the block, and hold what it answers against what the page shows."""
        for step in steps_of(block):
            self._step(step, block.place)

    def _step(self, step: Step, place: str) -> None:
        if _is_claim(step.command):
            return
        told = self._given(step.command)
        where = f"{place}: $ {step.command}"
        if step.output.strip():
            assert like(step.output, told), f"{where}\n--- the page shows\n{step.output}--- it answers\n{told}"
        else:
            assert self.code == 0, f"{where}\nended with {self.code}:\n{told}"

    def _given(self, command: str) -> str:
        if command == "echo $?":
            return f"{self.code}\n"
        if setting := _SET.match(command):
            os.environ[setting["name"]] = self._value(setting["value"])
            return ""
        return self._ours(command) if _OURS.match(command) else self._bash(command)

    def _value(self, text: str) -> str:
        if inner := _INNER.match(text):
            return self._ours(inner[1]).strip()
        return _expanded(" ".join(shlex.split(text)))

    def _ours(self, command: str) -> str:
        words = [_expanded(word) for word in shlex.split(command)][1:]
        result = CliRunner().invoke(app, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code = result.exit_code
        return result.output

    def _bash(self, command: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        ran = subprocess.run(
            ["bash", "-uc", command],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        self.code = ran.returncode
        return ran.stdout


def _expanded(text: str) -> str:
    return _VARIABLE.sub(lambda found: os.environ[found[1] or found[2]], text)


def _is_claim(command: str) -> bool:
    """Whether a command is held against the project instead of being run: it installs, or it is a target of make."""
    if command.startswith("make "):
        target = command.split()[1]
        assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), (
            f"the Makefile has no target '{target}'"
        )
        return True
    if found := _INSTALLING.match(command):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = "|".join(project.get("optional-dependencies", {}))
        assert re.fullmatch(rf"'?(\.|{project['name']})(\[({extras})\])?'?", found["what"]), command
        return True
    return False
