"""Moves a second on PostgreSQL by many processes: over many subjects, and all on one.

Each move is what ``store_change.py`` writes: state, a move with its hash, a notice, a clock and its event, an answer.
Afterwards the histories are verified: nothing may be lost or doubled, and no conflict may have reached a caller.

    python benchmarks/postgres_contention.py [--processes 8] [--seconds 5] [--postgres postgresql+psycopg://...]
"""

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.store_change import NOW, SUBJECTS, change_one, fill, with_own_postgres
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import verify
from review_engine.ports.store import Ask
from review_engine.store.opening import open_store


def main() -> None:
    """Print moves a second for many subjects and for one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--processes", type=int, default=8)
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--postgres", default="")
    chosen = options.parse_args()

    def work(url: str) -> None:
        store = open_store(url)
        fill(store)
        store.close()
        for name, subjects in (("many subjects", SUBJECTS), ("one hot subject", 1)):
            measure(url, name, subjects, chosen.processes, chosen.seconds)

    if chosen.postgres:
        work(chosen.postgres)
    else:
        with_own_postgres(work)


def measure(url: str, name: str, subjects: int, processes: int, seconds: float) -> None:
    """Let all processes move, then count and verify."""
    before = moves_in(url)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    workers = [
        context.Process(target=worker, args=(url, number, subjects, seconds, ready)) for number in range(processes)
    ]
    for process in workers:
        process.start()
    ready.wait()
    began = time.perf_counter()
    for process in workers:
        process.join()
    took = time.perf_counter() - began
    failed = sum(process.exitcode != 0 for process in workers)
    made = moves_in(url) - before
    print(f"{name:16} {processes} processes {made / took:7.0f} moves/s   {failed} processes saw an error")


def worker(url: str, number: int, subjects: int, seconds: float, ready: object) -> None:
    """Move for so many seconds."""
    store = open_store(url)
    change_one(store, number % subjects, f"warm-{subjects}-{number}")
    ready.wait()  # type: ignore[attr-defined]
    turn, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        turn += 1
        change_one(store, (number * 31 + turn * 7) % subjects, f"{subjects}-{number}-{turn}")
    store.close()


def moves_in(url: str) -> int:
    """All moves in the database, every chain verified."""
    store = open_store(url)
    count = 0
    for key, head, moves in store.histories():
        assert verify(key, moves, head) == [], key
        assert store.dossier(SubjectKey.parse(key), Ask(NOW)).subject.number == len(moves)
        count += len(moves)
    store.close()
    return count


if __name__ == "__main__":
    main()
