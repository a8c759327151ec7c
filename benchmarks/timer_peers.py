"""What the timers are measured against: a bare driver on the same tables, and APScheduler's own job store.

Each side is a function that does so many timers' work; whoever calls times it.
"""

import pickle
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import Queue
from typing import Any

from review_engine.store.opening import conninfo

FIRED: list[tuple[float, float]] = []
"""When each of APScheduler's jobs was due and when it ran (seconds since the epoch)."""

_WANTED: Queue[int] = Queue()
_ALL = threading.Event()

UPDATE = "UPDATE review_subject SET revision = revision + 1 WHERE id = {p}"
CLOCK = (
    "INSERT INTO review_clock (subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, reminded,"
    " wakes_at) VALUES ({p}, {p}, 1, 1, 'running', {p}, {p}, '10 hours', 'v1', 0, {p})"
)
EVENT = (
    "INSERT INTO review_clock_event (subject_id, sla, cycle, kind, mark, at, due_at, note)"
    " VALUES ({p}, {p}, 1, {p}, 1, {p}, {p}, '')"
)
NOTICE = (
    "INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status)"
    " VALUES ('late', {p}, 'acme', 'breach', '[]', {p}, '{{}}', {p}, 'pending')"
)
BROKEN = "UPDATE review_clock SET breached_at = {p}, wakes_at = NULL WHERE subject_id = {p} AND sla = {p}"


def bare(url: str, synchronous: str = "FULL") -> tuple[Any, str]:
    """A connection of the driver alone in autocommit, and how it spells a parameter."""
    if url.startswith("sqlite"):
        driver = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            driver.execute(f"PRAGMA {pragma}")
        return driver, "?"
    import psycopg

    connection = psycopg.connect(conninfo(url), autocommit=True)
    connection.prepare_threshold = 0
    return connection, "%s"


def bare_creator(url: str, ids: list[int]) -> Callable[[int], None]:
    """A clock and the first line of its ledger on the next subject, in a transaction of its own."""
    driver, p = bare(url)
    update, clock, event = (text.format(p=p) for text in (UPDATE, CLOCK, EVENT))
    now, due = "2026-03-02 18:00:00.000000", "2036-03-02 18:00:00.000000"

    def create(turn: int) -> None:
        subject, sla = ids[turn % len(ids)], f"bare-{turn}"
        driver.execute("BEGIN IMMEDIATE" if p == "?" else "BEGIN")
        driver.execute(update, (subject,))
        driver.execute(clock, (subject, sla, now, due, due))
        driver.execute(event, (subject, sla, "start", now, due))
        driver.execute("COMMIT")

    return create


def bare_firing(url: str, now: datetime) -> int:
    """Break every promise that is due, table by table in one transaction, deciding nothing; how many there were."""
    driver, p = bare(url)
    at = now.isoformat(" ", "microseconds")[:26]
    cursor = driver.cursor()
    cursor.execute("BEGIN IMMEDIATE" if p == "?" else "BEGIN")
    cursor.execute(f"SELECT subject_id, sla FROM review_clock WHERE wakes_at <= {p} ORDER BY wakes_at", (at,))
    due = cursor.fetchall()
    cursor.executemany(UPDATE.format(p=p), [(subject,) for subject, _ in due])
    cursor.executemany(BROKEN.format(p=p), [(at, subject, sla) for subject, sla in due])
    cursor.executemany(EVENT.format(p=p), [(subject, sla, "breach", at, at) for subject, sla in due])
    cursor.executemany(NOTICE.format(p=p), [(f"app/{subject}", at, f"{subject} {sla}") for subject, sla in due])
    cursor.execute("COMMIT")
    driver.close()
    return len(due)


def fired(due: float) -> None:
    """APScheduler's job."""
    FIRED.append((due, time.time()))
    if len(FIRED) >= _WANTED.queue[0]:
        _ALL.set()


@contextmanager
def scheduler(url: str) -> Iterator[Any]:
    """APScheduler on a job store of its own, not yet running; everything that falls due is run, however late."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    store = SQLAlchemyJobStore(url=url)
    peer = BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": store},
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None},
    )
    peer.start(paused=True)
    try:
        peer.remove_all_jobs()
        yield peer
    finally:
        peer.shutdown(wait=True)


def peer_creator(peer: Any) -> Callable[[int], None]:
    """A job that runs once, ten years from now, in a transaction of its own."""
    later = datetime.now(UTC) + timedelta(days=3650)
    return lambda turn: peer.add_job(f"{__name__}:fired", "date", run_date=later, args=(0.0,), id=f"job-{turn}")


def fill_peer(peer: Any, due: list[datetime]) -> None:
    """Many jobs at once, past the scheduler, which would take a transaction for each."""
    peer.add_job(f"{__name__}:fired", "date", run_date=due[0], args=(due[0].timestamp(),), id="pattern")
    store = peer._lookup_jobstore("default")
    with store.engine.begin() as connection:
        state = pickle.loads(connection.execute(store.jobs_t.select()).one().job_state)
        connection.execute(store.jobs_t.delete())
        for start in range(0, len(due), 10_000):
            rows = [_job(state, place, at) for place, at in enumerate(due[start : start + 10_000], start)]
            connection.execute(store.jobs_t.insert(), rows)


def _job(state: dict[str, Any], place: int, at: datetime) -> dict[str, Any]:
    trigger = pickle.loads(pickle.dumps(state["trigger"]))
    trigger.run_date = at
    job = {**state, "id": f"job-{place}", "next_run_time": at, "trigger": trigger, "args": (at.timestamp(),)}
    return {"id": job["id"], "next_run_time": at.timestamp(), "job_state": pickle.dumps(job)}


def peer_run(peer: Any, wanted: int, patience: float) -> float:
    """Let it run until so many jobs have fired; seconds that took."""
    FIRED.clear()
    _ALL.clear()
    _WANTED.queue.clear()
    _WANTED.put(wanted)
    began = time.perf_counter()
    peer.resume()
    _ALL.wait(patience)
    taken = time.perf_counter() - began
    peer.pause()
    return taken
