"""Processes that work on one database, and an executioner: what SIGKILL does to them, whenever it comes.

The processes are forked from a server that has imported everything already, so a new one is at work in a moment.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

FULL = os.environ.get("REVIEW_CRASH") == "full"
"""Whether the long version is asked for: REVIEW_CRASH=full."""

PATIENCE = 60.0
"""Seconds without a word from anybody after which a test gives up."""

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crash.hands", "review_engine.store.sqlite", "review_engine.store.postgres"])

Word = Any
Hand = Callable[..., None]


class Worker(NamedTuple):
    """A process, and our end of the line to it."""

    process: Any
    line: Connection


class Crew:
    """Workers on one database.

    Args:
        size: how many work at once.
        hand: what each of them runs, given its end of a line and ``args``.
        args: further arguments.
        seed: of the executioner's dice.
    """

    def __init__(self, size: int, hand: Hand, *args: object, seed: int = 1) -> None:
        self._hand, self._args = hand, args
        self.dice = random.Random(seed)
        self.killed = 0
        self.workers: list[Worker] = []
        for _ in range(size):
            self.hire()

    def hire(self) -> Worker:
        """Start one more."""
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=self._hand, args=(theirs, *self._args), daemon=True)
        process.start()
        theirs.close()
        self.workers.append(Worker(process, ours))
        return self.workers[-1]

    def heard(self, patience: float = PATIENCE) -> Iterator[tuple[Worker, Word]]:
        """One word from each worker that has something to say; waits for the first of them."""
        by_line: dict[object, Worker] = {worker.line: worker for worker in self.workers}
        ready = wait([worker.line for worker in self.workers], patience)
        assert ready or patience < PATIENCE, "nobody said anything"
        for line in ready:
            worker = by_line[line]
            yield worker, worker.line.recv()

    def kill_one(self) -> tuple[Worker, list[Word]]:
        """SIGKILL for one of them, a random moment from now; the dead one, and what it had said that nobody heard."""
        worker = self.workers.pop(self.dice.randrange(len(self.workers)))
        worker.process.join(self.dice.uniform(0, 0.01))
        assert worker.process.is_alive(), "it died by itself"
        return worker, self._buried(worker)

    def dismiss(self) -> list[Word]:
        """The end of everybody; what they had said that nobody heard."""
        words: list[Word] = []
        while self.workers:
            words += self._buried(self.workers.pop(), counted=False)
        return words

    def _buried(self, worker: Worker, *, counted: bool = True) -> list[Word]:
        worker.process.kill()
        worker.process.join()
        self.killed += counted
        words: list[Word] = []
        try:
            while True:
                words.append(worker.line.recv())
        except (EOFError, ConnectionResetError):
            worker.line.close()
        worker.process.close()
        return words


@contextmanager
def crew(size: int, hand: Hand, *args: object, seed: int = 1) -> Iterator[Crew]:
    """Workers that are dismissed at the end, come what may."""
    hired = Crew(size, hand, *args, seed=seed)
    try:
        yield hired
    finally:
        hired.dismiss()
