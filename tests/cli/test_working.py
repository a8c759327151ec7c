"""The worker on the command line: one round, a look at who is alive, and a process that ends when it is told to."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from review_engine import Actor, open_engine
from review_engine.testing import TurnableClock
from review_engine.worker import Worker
from tests.cli.commands import COMMAND, Terminal
from tests.cli.conftest import ANN
from tests.house.tree import ROOT
from tests.usecases.conftest import ready

PATIENCE = 60.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TurnableClock:
    turned = TurnableClock()
    monkeypatch.setattr("review_engine.assembly.machine_clock", turned)
    return turned


def test_one_round_does_what_is_due(shop: Terminal, clock: TurnableClock) -> None:
    engine = open_engine(url=f"sqlite:///{shop.database}")
    ready(engine, "sync")
    engine.move("sync", "submit", by=Actor.partner("p-ann", of="acme"))
    engine.close()
    clock.turn("10 days")
    answer = shop("worker", "--once")
    assert answer.code == 0
    assert answer.out.startswith("0 reminders, 2 breaches, 0 moves by the engine. ")
    assert answer.out.endswith(" messages delivered.\n")
    assert list(Path("letters").glob("ann@acme.example-*.eml"))
    assert shop.json("worker", "--once") == {
        "reminders": 0, "breaches": 0, "moves": 0, "settled": 0, "put_off": 0, "late_by_seconds": 0.0,
        "delivered": 0, "delivered_later": 0, "not_delivered": 0,
    }  # fmt: skip
    assert shop("worker", "--status").code == 1


def test_the_status_says_who_is_alive(shop: Terminal, clock: TurnableClock) -> None:
    answer = shop("worker", "--status")
    assert answer.code == 1
    assert "No worker was seen" in answer.out
    engine = open_engine(url=f"sqlite:///{shop.database}")
    Worker(engine, name="host:1").round()
    assert shop("worker", "--status").code == 0
    document = shop.json("worker", "--status")
    assert (document["alive"], document["workers"][0]["name"]) == (True, "host:1")
    clock.turn(timedelta(seconds=36))
    dead = shop("worker", "--status")
    assert dead.code == 1
    assert "dead" in dead.out
    engine.close()


def test_clocks_are_not_run_by_a_partner(shop: Terminal) -> None:
    assert shop(*ANN, "worker", "--once").code == 5


@pytest.mark.skipif(sys.platform == "win32", reason="asks a process to end as POSIX does")
def test_a_worker_process_is_alive_until_it_is_asked_to_end(shop: Terminal) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = ("--database", str(shop.database), "worker", "--name", "w", "--rest", "1")
    running = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert running.stderr is not None
        assert b"w is watching" in running.stderr.readline()
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
    assert running.returncode == 0, err
    assert out.decode() == "w has stopped.\n"
    assert "stopped" in shop("worker", "--status").out
