"""A large catalog: how long it takes to adopt it, to say what every app still lacks, and to count apps by state.

    python benchmarks/catalog.py [--apps 100000] [--url sqlite:///...]

Floors, run beside them on the same file: reading the same rows with the bare driver and decoding their JSON with the
standard library (for the survey), and one bare INSERT of a line of like size for every event (for the adoption).
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from review_engine import Actor, Query, ReviewEngine, Settings, Usage, open_engine

CATEGORIES = ("Analytics", "CRM", "Email Marketing", "Surveys")


def catalog(apps: int) -> Iterator[str]:
    """As many ``listed`` events as there shall be apps; two thirds in beta."""
    for number in range(apps):
        yield json.dumps(
            {
                "at": f"2021-{number % 12 + 1:02}-{number % 28 + 1:02}T09:00:00+00:00",
                "slug": f"app-{number:06}",
                "event": "listed",
                "after": "PUBLIC" if number % 3 == 0 else "PUBLIC_BETA",
                "display_name": f"App number {number}",
                "website": f"https://app-{number}.example/",
                "categories": [CATEGORIES[number % 4]],
                "methods": {"identify": True, "track": True, "group": False},
            }
        )


def timed(what: Callable[[], object], turns: int) -> tuple[float, float]:
    """Median seconds by the wall and of CPU."""
    walls, cpus = [], []
    for _ in range(turns):
        wall, cpu = time.perf_counter(), time.process_time()
        what()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def bare_inserts(folder: str, lines: list[str]) -> None:
    """The floor of an adoption."""
    connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, said TEXT)")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO line (slug, said) VALUES (?, ?)", ((json.loads(line)["slug"], line) for line in lines)
    )
    connection.execute("COMMIT")
    connection.close()


def bare_reading(path: str) -> int:
    """The floor of a survey: every row, its facts decoded."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT id, slug, state, facts FROM review_subject ORDER BY kind, slug")
    found = sum(len(json.loads(row[3])) for row in rows)
    connection.close()
    return found


def surveyed(engine: ReviewEngine) -> Counter[str]:
    """How often each guard stands in the way of an open move."""
    lacking: Counter[str] = Counter()
    for standing in engine.survey(Query(kind="app"), by=Actor.host()):
        for _, guards in standing.open:
            lacking.update(guards)
    return lacking


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--apps", type=int, default=100_000)
    parser.add_argument("--url", help="another database; the SQLite floors are left out then")
    asked = parser.parse_args()
    lines = list(catalog(asked.apps))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "catalog.db")
        engine = open_engine(Settings.model_validate({"database": {"url": asked.url or f"sqlite:///{path}"}}))
        engine.lifecycle("app")
        wall, cpu = timed(lambda: engine.adopt(lines, by=Actor.host()), 1)
        print(f"adopt {asked.apps} events        {wall:6.2f} s  ({cpu:.2f} s CPU)")
        if not asked.url:
            wall, cpu = timed(lambda: bare_inserts(folder, lines), 1)
            print(f"  floor: bare inserts         {wall:6.2f} s  ({cpu:.2f} s CPU)")
        batch = [Usage(f"app-{n:06}", f"c-{c}", engine.clock()) for n in range(0, 3000, 3) for c in range(2)]
        engine.record_activity(batch, by=Actor.host())
        wall, cpu = timed(lambda: surveyed(engine), 3)
        print(f"what is missing, all apps      {wall:6.2f} s  ({cpu:.2f} s CPU)")
        if not asked.url:
            wall, cpu = timed(lambda: bare_reading(path), 3)
            print(f"  floor: rows and json.loads  {wall:6.2f} s  ({cpu:.2f} s CPU)")
        wall, cpu = timed(lambda: engine.census(by=Actor.host()), 5)
        print(f"counted by state, in SQL       {wall:6.3f} s  ({cpu:.3f} s CPU)")
        engine.close()


if __name__ == "__main__":
    main()
