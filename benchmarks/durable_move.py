"""One durable move through the whole engine, beside a bare driver that does six such statements in a transaction.

    python benchmarks/durable_move.py [--postgres URL] [--rounds 12] [--moves 150]

A move here reads everything its two guards need (facts, customers counted within 28 days), evaluates them with reasons,
and writes state, a history row with its hash, an outbox row, a clock row with a line for its ledger, and an idempotency
record, in one transaction. The floor does BEGIN, SELECT, UPDATE and four INSERTs of like size, COMMIT, by hand on one
prepared connection, and decides nothing. The two run in turn; the figure is the median of the rounds' ratios of p50.
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from review_engine import Actor, ReviewEngine, Settings, Usage, open_engine

HERE = Path(__file__).parent
ANN = Actor.partner("p-ann", of="acme")
FACTS = {"name": "Acme Sync", "docs_url": "https://acme.example/docs"}
TEXT = json.dumps({"kind": "Shuttle", "name": "Acme Sync", "from": "Here", "to": "There", "said": "x" * 300})

TABLES = """
CREATE TABLE floor_subject (id {serial}, state TEXT, revision INTEGER, facts {json}, since {instant});
CREATE TABLE floor_move (id {serial}, subject INTEGER, number INTEGER, source TEXT, target TEXT, who TEXT, at {instant},
    verdicts {json}, previous TEXT, hash TEXT, UNIQUE (subject, number));
CREATE TABLE floor_notice (id {serial}, idem TEXT UNIQUE, name TEXT, subject TEXT, context {json}, at {instant});
CREATE TABLE floor_clock (id {serial}, subject INTEGER, cycle INTEGER, state TEXT, started {instant}, due {instant});
CREATE TABLE floor_answer (scope TEXT, key TEXT, digest TEXT, body TEXT, at {instant}, PRIMARY KEY (scope, key));
"""
STATEMENTS = (
    "SELECT id, state, revision, facts, since FROM floor_subject WHERE id = {p}",
    "UPDATE floor_subject SET state = {p}, revision = revision + 1, since = {p} WHERE id = {p}",
    "INSERT INTO floor_move (subject, number, source, target, who, at, verdicts, previous, hash)"
    " VALUES ({p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p})",
    "INSERT INTO floor_notice (idem, name, subject, context, at) VALUES ({p}, {p}, {p}, {p}, {p})",
    "INSERT INTO floor_clock (subject, cycle, state, started, due) VALUES ({p}, {p}, {p}, {p}, {p})",
    "INSERT INTO floor_answer (scope, key, digest, body, at) VALUES ({p}, {p}, {p}, {p}, {p})",
)
NOW = "2026-03-02 18:00:00"


def given(number: int) -> list[tuple[object, ...]]:
    """The parameters of the six statements of one floor move."""
    return [
        (1,),
        ("there", NOW, 1),
        (1, number, "here", "there", "p-ann", NOW, '[["documents_present","passed"]]', "0" * 64, "1" * 64),
        (f"shuttle/acme#{number}", "went", "shuttle/acme", TEXT, NOW),
        (1, number, "running", NOW, NOW),
        ("partner:p-ann", f"k-{number}", "2" * 64, TEXT, NOW),
    ]


def sqlite_floor(path: Path, synchronous: str) -> Callable[[int], None]:
    """Six statements on a bare SQLite connection."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.executescript(TABLES.format(serial="INTEGER PRIMARY KEY", json="TEXT", instant="TEXT"))
    connection.execute("INSERT INTO floor_subject VALUES (1, 'here', 0, ?, ?)", (json.dumps(FACTS), NOW))
    statements = [statement.format(p="?") for statement in STATEMENTS]

    def move(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for statement, values in zip(statements, given(number), strict=True):
            connection.execute(statement, values).fetchone()
        connection.execute("COMMIT")

    return move


def postgres_floor(url: str) -> Callable[[int], None]:
    """Six statements on a bare psycopg connection."""
    import psycopg

    connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, prepare_threshold=1)
    for table in ("subject", "move", "notice", "clock", "answer"):
        connection.execute(f"DROP TABLE IF EXISTS floor_{table}")
    connection.execute(TABLES.format(serial="BIGSERIAL PRIMARY KEY", json="JSONB", instant="TIMESTAMPTZ"))
    connection.execute("INSERT INTO floor_subject VALUES (1, 'here', 0, %s, %s)", (json.dumps(FACTS), NOW))
    statements = [statement.format(p="%s") for statement in STATEMENTS]

    def move(number: int) -> None:
        connection.execute("BEGIN")
        for place, (statement, values) in enumerate(zip(statements, given(number), strict=True)):
            cursor = connection.execute(statement, values)
            if place == 0:
                cursor.fetchone()
        connection.execute("COMMIT")

    return move


def engine_mover(engine: ReviewEngine) -> Callable[[int], None]:
    """One move of the engine, to and fro."""
    engine.register("shuttle/acme", partner="acme", by=ANN, facts=FACTS)
    engine.record_activity([Usage("shuttle/acme", f"c-{n}", engine.clock()) for n in range(5)], by=Actor.host())

    def move(number: int) -> None:
        transition = "return" if number % 2 else "go"
        engine.move("shuttle/acme", transition, by=ANN, idempotency_key=f"k-{number}")

    return move


def p50(move: Callable[[int], None], numbers: range) -> float:
    """The median of single moves, in seconds."""
    taken = []
    for number in numbers:
        began = time.perf_counter()
        move(number)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def compare(name: str, engine: ReviewEngine, floor: Callable[[int], None], rounds: int, moves: int) -> None:
    """Run the two in turn and print the medians and their ratio."""
    mover = engine_mover(engine)
    p50(mover, range(0, 100))
    p50(floor, range(0, 100))
    ours, theirs, ratios = [], [], []
    for turn in range(rounds):
        numbers = range(100 + turn * moves, 100 + (turn + 1) * moves)
        theirs.append(p50(floor, numbers))
        ours.append(p50(mover, numbers))
        ratios.append(ours[-1] / theirs[-1])
    engine.close()
    print(
        f"{name:16} engine {statistics.median(ours) * 1e6:7.0f} us   floor {statistics.median(theirs) * 1e6:7.0f} us   "
        f"ratio {statistics.median(ratios):5.2f}   ({min(ratios):.2f} to {max(ratios):.2f})"
    )


def opened(url: str, synchronous: str) -> ReviewEngine:
    """An engine on the shuttle workflow."""
    settings = Settings.model_validate(
        {
            "database": {"url": url, "synchronous": synchronous},
            "workflows": {"folder": str(HERE / "workflows"), "default_kind": "shuttle"},
        }
    )
    return open_engine(settings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", help="postgresql+psycopg://... of a database that may be written to")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--moves", type=int, default=150)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for synchronous in ("full", "normal"):
            file = Path(folder) / f"{synchronous}.db"
            floor = sqlite_floor(Path(folder) / f"floor_{synchronous}.db", synchronous)
            engine = opened(f"sqlite:///{file}", synchronous)
            compare(f"SQLite {synchronous.upper()}", engine, floor, asked.rounds, asked.moves)
    if asked.postgres:
        compare("PostgreSQL", opened(asked.postgres, "full"), postgres_floor(asked.postgres), asked.rounds, asked.moves)


if __name__ == "__main__":
    main()
