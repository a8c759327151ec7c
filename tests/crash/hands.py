"""What the processes run that are killed: engines on a real database, in a process of their own."""

import os
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from review_engine import Actor, ReviewEngine, Settings, open_engine
from review_engine.domain.verdicts import Refused
from review_engine.usecases.watch import watch

ANN = Actor.partner("p-ann", of="acme")
IDLE = "idle"


def engine_on(url: str, folder: Path, clock: Callable[[], datetime]) -> ReviewEngine:
    """An engine on a database, with the workflow files of a folder."""
    settings = {"database": {"url": url}, "workflows": {"folder": str(folder), "default_kind": "app"}}
    return open_engine(Settings.model_validate(settings), clock=clock)


def ring(line: Connection, url: str, folder: Path, largest: int) -> None:
    """Told an instant, do what is due by then in transactions of all sizes; say how far it got, and when it is idle."""
    dice = Random(os.getpid())
    now: datetime = line.recv()
    engine = engine_on(url, folder, lambda: now)
    while True:
        watch(engine.desk, now=now, batch=dice.randint(1, largest), progress=line.send)
        line.send(IDLE)
        now = line.recv()


def move(line: Connection, url: str, folder: Path, slugs: tuple[str, ...], now: datetime) -> None:
    """Send subjects to and fro, against all others who do; say what was acknowledged."""
    dice = Random(os.getpid())
    engine = engine_on(url, folder, lambda: now)
    turn = 0
    while True:
        turn += 1
        slug = dice.choice(slugs)
        transition = "go" if engine.subject(slug, by=ANN).state == "here" else "return"
        try:
            receipt = engine.move(slug, transition, by=ANN, idempotency_key=f"{os.getpid()}-{turn}")
        except Refused:  # another one took it first
            continue
        line.send((slug, receipt.number, receipt.hash))
