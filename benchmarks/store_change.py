"""What one durable change costs: ``store.change`` against a bare driver that does six statements by hand.

The store writes the state, a move with its hash, a notice, a clock, a clock's event and an answer, in one transaction.
The bare driver says BEGIN, SELECT, UPDATE, four times INSERT, COMMIT, on the same tables, with rows made beforehand,
and hashes, checks and decodes nothing. The two take turns in one run; the figure is the ratio of their medians.

    python benchmarks/store_change.py [--rounds 2000] [--postgres postgresql+psycopg://...]
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from review_engine.domain.actors import Actor, Role
from review_engine.domain.clocks import RUNNING, Clock, ClockEvent
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Transition
from review_engine.domain.notices import Notice
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import PASSED, Verdict
from review_engine.ports.store import Answer, AnswerKey, Ask, Change, Dossier, Store
from review_engine.store.opening import conninfo, open_store

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=2)
ANN = Actor.partner("p-ann", of="acme")
RULE = Transition("submit", "Submit", (), "review", (Role.PARTNER,))
VERDICTS = tuple(Verdict(f"guard_{n}", PASSED, f"fact {n} is there", f"Add fact {n}.") for n in range(5))
CLOCK = Clock("first_response", 1, 1, RUNNING, NOW, DUE, "2 business days", "business@1", wakes_at=DUE)
SUBJECTS = 200


def main() -> None:
    """Print one line a database: p50 of the store, of the bare driver, and the ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=2_000)
    options.add_argument("--postgres", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for synchronous in ("full", "normal"):
            store = open_store(f"sqlite:///{folder}/{synchronous}.db", synchronous=synchronous)
            beside = f"{folder}/{synchronous}_bare.db"
            fill(open_store(f"sqlite:///{beside}"))
            fill(store)
            compare(f"SQLite {synchronous}", store, bare_sqlite(beside, synchronous), chosen.rounds)
    if chosen.postgres:
        on_postgres(chosen.postgres, chosen.rounds)
    else:
        with_own_postgres(lambda url: on_postgres(url, chosen.rounds))


def on_postgres(url: str, rounds: int) -> None:
    """Both in one database, each on subjects of its own."""
    store = open_store(url)
    fill(store)
    compare("PostgreSQL", store, bare_postgres(url), rounds)


def fill(store: Store) -> None:
    """Subjects to move: some for the store, some for the bare driver."""
    for slug in (f"{who}-{number}" for who in ("app", "bare") for number in range(SUBJECTS)):
        blank = Subject("app", slug, "acme", "", NOW, 0, 0, "r1", NOW, facts={"name": "Acme", "docs": "x" * 80})
        subject, move = blank.take(RULE, "draft", by=ANN, now=NOW)
        store.add(Change(subject, (move,)))


def compare(name: str, store: Store, bare: Callable[[int], None], rounds: int) -> None:
    """Let both take turns."""
    timed: dict[str, list[float]] = {"store": [], "bare": []}
    for turn in range(rounds + 200):
        for who, work in (("store", partial(one_change, store)), ("bare", bare)):
            start = time.perf_counter()
            work(turn)
            timed[who].append(time.perf_counter() - start)
    ours, floor = (statistics.median(timed[who][200:]) * 1e6 for who in ("store", "bare"))
    print(f"{name:14} store.change {ours:7.0f} us   bare driver {floor:7.0f} us   ratio {ours / floor:.2f}")
    store.close()


def one_change(store: Store, turn: int) -> None:
    """One move of the next subject in turn."""
    change_one(store, turn % SUBJECTS, f"key-{turn}")


def change_one(store: Store, subject: int, key: str) -> None:
    """One move as a use case makes it, under an idempotency key of its own."""
    ask = Ask(NOW, (0,), True, True, AnswerKey("partner:p-ann", key))

    def decide(dossier: Dossier) -> tuple[Change, str]:
        subject, move = dossier.subject.take(RULE, "review", by=ANN, now=NOW, verdicts=VERDICTS)
        context = {"name": "Acme", "from": "Draft", "to": "Review", "number": move.number}
        return Change(
            subject,
            (move,),
            clocks=(replace(CLOCK, cycle=move.number),),
            clock_events=(ClockEvent("first_response", move.number, "start", 1, NOW, DUE),),
            notices=(Notice("submitted", subject.key, "acme", f"move {move.number}", ("partner",), NOW, context),),
            answer=Answer("partner:p-ann", key, "d" * 64, '{"number": 1}', NOW),
        ), move.hash

    store.change(SubjectKey("app", f"app-{subject}"), ask, decide)


SELECT = "SELECT id, state, number, revision, facts FROM review_subject WHERE kind = 'app' AND slug = {slug}"
UPDATE = "UPDATE review_subject SET state = 'review', number = {number}, facts_hash = {hash} WHERE id = {id}"
INSERTS = (
    "INSERT INTO review_move (subject_id, number, transition, source, target, role, by, at, workflow, round,"
    " facts_hash, comment, verdicts, previous, hash) VALUES ({id}, {number}, 'submit', 'draft', 'review', 'partner',"
    " 'p-ann', {at}, 'r1', 1, {hash}, '', {verdicts}, {hash}, {hash})",
    "INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) VALUES"
    " ('submitted', {slug}, 'acme', 'move', '[]', {at}, '{{}}', {unique}, 'pending')",
    "INSERT INTO review_clock (subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, reminded,"
    " wakes_at) VALUES ({id}, {unique}, 1, 1, 'running', {at}, {at}, '2 business days', 'business@1', 0, {at})",
    "INSERT INTO review_answer (scope, key, digest, body, at) VALUES ('bare', {unique}, {hash}, '{{}}', {at})",
)
NAMES = ("slug", "id", "number", "hash", "at", "verdicts", "unique")


def bare(execute: Callable[[str, dict[str, Any]], Any], mark: str, at: object, turn: int, begin: str) -> None:
    """Six statements between BEGIN and COMMIT."""
    given: dict[str, Any] = {"slug": f"bare-{turn % SUBJECTS}"}
    execute(begin, {})
    row = execute(spelled(SELECT, mark), given).fetchone()
    given.update(
        id=row[0],
        number=1_000_000 + turn,
        hash="f" * 64,
        at=at,
        unique=f"bare-{turn}",
        verdicts="[" + "1," * 200 + "1]",
    )
    execute(spelled(UPDATE, mark), given)
    for insert in INSERTS:
        execute(spelled(insert, mark), given)
    execute("COMMIT", {})


SPELLED: dict[tuple[str, str], str] = {}


def spelled(statement: str, mark: str) -> str:
    """A statement with its parameters as the driver writes them."""
    text = SPELLED.get((statement, mark))
    if text is None:
        text = SPELLED[statement, mark] = statement.format(**{name: mark % name for name in NAMES})
    return text


def bare_sqlite(path: str, synchronous: str) -> Callable[[int], None]:
    """The driver alone, with the same pragmas."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return lambda turn: bare(connection.execute, ":%s", "2026-03-02 18:00:00.000000", turn, "BEGIN IMMEDIATE")


def bare_postgres(url: str) -> Callable[[int], None]:
    """The driver alone, with prepared statements."""
    import psycopg

    connection = psycopg.connect(conninfo(url), autocommit=True)
    connection.prepare_threshold = 0
    return lambda turn: bare(connection.execute, "%%(%s)s", NOW, turn, "BEGIN")


def with_own_postgres(work: Callable[[str], None]) -> None:
    """A server for the length of the work, from the wheel that tests use."""
    from tests import postgres

    home = postgres.make_home()
    try:
        server = postgres.start_server(home)
        work(postgres.create_database(server))
    finally:
        postgres.stop_server(home)


if __name__ == "__main__":
    main()
