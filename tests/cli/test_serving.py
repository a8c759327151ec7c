"""Serving from the command line: who may, what is refused, and a process that ends when it is told to."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.cli.commands import COMMAND, Terminal
from tests.cli.conftest import ANN
from tests.house.tree import ROOT

PATIENCE = 60.0
BROWSER = {"Accept": "text/html"}


class Running:
    """A service in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.process = process
        document = "".join(iter(process.stdout.readline, "}\n")) + "}"
        assert process.poll() is None, process.communicate()
        self.told: dict[str, Any] = json.loads(document)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of an address."""
        try:
            with urlopen(Request(self.told["address"] + path, headers=headers), timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[Running]:
    """A service on a free port, told in JSON; killed at the end, if nobody ended it."""
    running = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--json", *words, "--port", "0"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Running(running)
    finally:
        running.kill()
        running.communicate()


def test_a_demonstration_is_served_to_whoever_sits_here(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("demo").code == 0
    began = time.monotonic()
    with serving(tmp_path, "--database", str(terminal.database), "serve", "--demo", "--metrics") as service:
        ready = time.monotonic() - began
        people = {(one["name"], one["role"]) for one in service.told["people"]}
        assert {("Rita Solberg", "reviewer"), ("Mona Feld", "manager")} <= people
        assert ("Ann Whitlock", "partner: tidemark") in people
        assert service.get("/healthz") == (200, '{"status":"ok"}')
        status, page = service.get("/sign-in", **BROWSER)
        assert (status, "Ann Whitlock" in page) == (200, True)
        assert service.get("/catalog", **BROWSER)[0] == 200
        assert "review_engine_subjects" in service.get("/metrics")[1]
        assert service.get("/healthz", Host="evil.example")[0] == 200
        assert service.get("/sign-in", Host="evil.example")[0] == 400
        service.process.send_signal(signal.SIGTERM)
        ending = time.monotonic()
        assert service.process.wait(PATIENCE) == 0
        ended = time.monotonic() - ending
    assert ended < 10.0
    print(f"ready after {ready:.1f} s, ended after {ended:.1f} s")


def test_an_installation_is_served_with_its_own_settings(
    shop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEW_ENGINE_SECRET_KEY", raising=False)
    (tmp_path / "config.toml").write_text('[web]\nhosts = ["127.0.0.1"]\nbody = 2048\n', encoding="utf-8")
    with serving(tmp_path, "--database", str(shop.database), "serve", "--no-worker") as service:
        assert service.told["people"] == []
        assert "no secret key" in service.told["warnings"][0]
        assert service.get("/api/apps")[0] == 401
        assert json.loads(service.get("/readyz")[1])["checks"]["worker"]["ok"] is False
        assert service.get("/metrics")[0] == 404
        assert service.get("/catalog", Host="evil.example")[0] == 400
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "reviews.example.com", "127.0.0.1.example.com", ""])
def test_a_demonstration_is_not_served_to_others(terminal: Terminal, host: str) -> None:
    answer = terminal("serve", "--demo", "--host", host)
    assert (answer.code, "this machine only" in answer.err) == (2, True)


def test_a_demonstration_that_was_not_played_is_not_served(terminal: Terminal) -> None:
    answer = terminal("serve", "--demo", "--port", "0")
    assert answer.code == 2
    assert "Play it first" in answer.err


def test_a_database_of_the_engine_is_not_served_as_a_demonstration(shop: Terminal) -> None:
    assert shop("serve", "--demo", "--port", "0").code == 2


def test_a_database_that_is_not_there_is_not_made(terminal: Terminal) -> None:
    answer = terminal("serve", "--port", "0")
    assert answer.code not in {0, 1}
    assert not terminal.database.exists()


def test_a_port_that_is_taken_is_said_once_and_with_a_cure(shop: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = shop("serve", "--port", str(taken.getsockname()[1]))
    assert answer.code == 2
    assert answer.err.count("Address already in use") == 1
    assert "Choose another --port" in answer.err


def test_serving_is_not_for_a_partner(shop: Terminal) -> None:
    assert shop(*ANN, "serve").code == 5


def test_without_its_libraries_it_says_what_to_install(shop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review_engine.cli.serving.find_spec", lambda name: None)
    answer = shop("serve")
    assert answer.code == 2
    assert "review-engine[web]" in answer.err


def test_no_other_command_loads_a_web_framework() -> None:
    code = "import sys, review_engine.cli.root, review_engine.assembly; print('fastapi' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_the_demonstration_is_served_by_make_unless_somebody_says_no() -> None:
    def steps(*words: str, **environment: str) -> list[str]:
        inherited = {name: value for name, value in os.environ.items() if name != "CI"}
        ran = subprocess.run(
            ["make", "--dry-run", "demo", *words],
            cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return [line.partition("review-engine ")[2] for line in ran.stdout.splitlines() if "bin/review-engine " in line]

    assert steps() == ["demo", "serve --demo --port 8000"]
    assert steps("PORT=8123")[-1] == "serve --demo --port 8123"
    assert steps("SERVE=no") == ["demo"]
    assert steps(CI="true") == ["demo"]
