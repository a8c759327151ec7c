"""Timers: how many can be made, how soon they fire, how late among a million, how quickly a calendar's edit is through.

    python benchmarks/timers.py [create] [together] [late] [edit] [--database sqlite|postgres] [--postgres URL]

Every figure stands beside a bare driver that does like writes on the same tables and decides nothing, or beside
APScheduler on its own SQLAlchemy job store, run in turn on the same machine; the figures are medians of the rounds.
"""

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import timer_peers as peers
from timer_rows import DAYS, engine_on, multiply, send, write_flow

from review_engine import Actor, ReviewEngine
from review_engine.domain.clocks import RUNNING, Clock, ClockEvent
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.store.codec import stamp_offset, stamp_plain
from review_engine.store.opening import open_store
from review_engine.usecases.watch import Tick
from review_engine.worker import Worker

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
OPEN = '[["00:00", "24:00"]]'


class Hands:
    """A clock that can be set; left alone, it is the machine's."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def __call__(self) -> datetime:
        return self.at or datetime.now(UTC)


def say(database: str, what: str, **figures: object) -> None:
    """One line."""
    told = "   ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    print(f"{database:9} {what:34} {told}", flush=True)


# Made, one transaction each


def create(database: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    """Clocks created a second, each one transaction each: a subject's revision, a clock, a line of its ledger."""
    flow = write_flow(folder / "flow", within="10 hours", warn="4 hours", days=DAYS, hours=OPEN)
    engine = engine_on(url, flow, Hands())
    send(engine, 50)
    engine.close()
    store = open_store(url)
    with peers.scheduler(url if database == "postgres" else f"sqlite:///{folder}/peer.db") as peer:
        sides = {
            "ours": _creator(store.change),
            "floor": peers.bare_creator(url, list(range(1, 51))),
            "APScheduler": peers.peer_creator(peer),
        }
        rates: dict[str, list[float]] = {name: [] for name in sides}
        spent: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(asked.rounds):
            for name, work in sides.items():
                count = 60 if name == "APScheduler" else 300
                began, ran = time.perf_counter(), time.process_time()
                for number in range(turn * count, (turn + 1) * count):
                    work(number)
                rates[name].append(count / (time.perf_counter() - began))
                spent[name].append((time.process_time() - ran) / count)
    store.close()
    ours, floor, theirs = (statistics.median(rates[name]) for name in sides)
    cpu = {name: f"{statistics.median(each) * 1e6:.0f} us" for name, each in spent.items()}
    say(database, "created a second", ours=f"{ours:,.0f}", floor=f"{floor:,.0f}", APScheduler=f"{theirs:,.0f}",
        of_floor=f"{ours / floor:.2f}", times_APScheduler=f"{ours / theirs:.1f}", CPU_each=cpu)  # fmt: skip


def _creator(change: Callable[..., Any]) -> Callable[[int], None]:
    due = NOW + timedelta(days=3650)
    ask = Ask(NOW)

    def work(turn: int) -> None:
        clock = Clock(f"ours-{turn}", 1, 1, RUNNING, NOW, due, "10 hours", "v1", wakes_at=due)
        line = ClockEvent(clock.sla, 1, "start", 1, NOW, due)

        def decide(dossier: Dossier) -> tuple[Change, None]:
            subject = replace(dossier.subject, revision=dossier.subject.revision + 1)
            return Change(subject, clocks=(clock,), clock_events=(line,)), None

        change(SubjectKey("app", f"box-{turn % 50}"), ask, decide)

    return work


# Due together


def together(database: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    """Seconds until all of many timers that are due at one moment have fired: events, letters and all."""
    flow = write_flow(folder / "flow", within="10 hours", warn="4 hours", days=DAYS, hours=OPEN)
    hands = Hands()
    hands.at = NOW
    engine = engine_on(url, flow, hands)
    send(engine, 100)
    count = multiply(url, asked.together // 100)
    shown: dict[str, list[float]] = {"ours": [], "cpu": [], "floor": [], "floor_cpu": [], "APScheduler": []}
    with peers.scheduler(url if database == "postgres" else f"sqlite:///{folder}/peer.db") as peer:
        for turn in range(asked.rounds):
            hands.at = NOW + timedelta(hours=11)
            rewind(url, turn)
            _timed(lambda: _expect(engine.tick().breaches, count), shown["ours"], shown["cpu"])
            rewind(url, turn + 10_000)
            _timed(lambda: _expect(peers.bare_firing(url, NOW + timedelta(hours=11)), count), shown["floor"],
                   shown["floor_cpu"])  # fmt: skip
            peers.fill_peer(peer, [datetime.now(UTC)] * count)
            shown["APScheduler"].append(peers.peer_run(peer, count, 60))
    engine.close()
    middle = {name: statistics.median(each) for name, each in shown.items()}
    say(database, f"{count:,} due together, ms", **{name: f"{each * 1e3:,.0f}" for name, each in middle.items()},
        of_floor=f"{middle['ours'] / middle['floor']:.1f}", faster_than_APScheduler=_times(middle))  # fmt: skip


def _times(middle: dict[str, float]) -> str:
    return f"{middle['APScheduler'] / middle['ours']:.1f}"


def _timed(work: Callable[[], object], took: list[float], spent: list[float]) -> None:
    began, ran = time.perf_counter(), time.process_time()
    work()
    took.append(time.perf_counter() - began)
    spent.append(time.process_time() - ran)


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise SystemExit(f"{found} fired, {wanted} were due")


def rewind(url: str, cycle: int) -> None:
    """Every clock as it was before it broke, in a cycle of its own; the letters are taken out."""
    driver, p = peers.bare(url)
    driver.execute(
        f"UPDATE review_clock SET breached_at = NULL, reminded = 0, wakes_at = due_at, cycle = {p}", (cycle + 2,)
    )
    driver.execute("DELETE FROM review_notice")
    driver.execute("DELETE FROM review_clock_event WHERE kind = 'breach'")
    if p == "%s":
        driver.execute("VACUUM ANALYZE")
    driver.close()


# Late among a million


class Watched(Worker):
    """A worker that notes how late each clock was when its effect was durable, and stops when enough have rung."""

    def __init__(self, engine: ReviewEngine, wanted: int) -> None:
        super().__init__(engine, delivers=False)
        self.late: list[float] = []
        self._wanted = wanted

    def noted(self, tick: Tick, done: datetime) -> None:
        """Each clock of a tick that was done at ``done``."""
        self.late += [one.late_by + (done - tick.at).total_seconds() for one in tick.rung]
        if len(self.late) >= self._wanted:
            self.stop()


def late(database: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    """The 50th, 99th and last percentile of lateness of timers that come due while very many wait."""
    flow = write_flow(folder / "flow", within="3650 days", warn="3649 days", days=DAYS, hours=OPEN)
    engine = engine_on(url, flow, Hands())
    send(engine, 1_000)
    began = time.perf_counter()
    count = multiply(url, max(1, asked.pending // 1_000))
    say(database, f"{count:,} waiting, made in", s=f"{time.perf_counter() - began:.0f}")
    start = datetime.now(UTC) + timedelta(seconds=5)
    _bring_forward(url, [start + timedelta(seconds=30) * place / asked.due for place in range(asked.due)])
    worker = Watched(engine, asked.due)
    listened(engine, worker)
    ran = time.process_time()
    worker.run()
    spent = time.process_time() - ran
    engine.close()
    figures = _percentiles(worker.late)
    say(database, f"lateness, {count:,} waiting", **figures, CPU_s=f"{spent:.2f}")
    with peers.scheduler(url if database == "postgres" else f"sqlite:///{folder}/peer.db") as peer:
        start = datetime.now(UTC) + timedelta(seconds=10 + asked.peer_pending / 20_000)
        due = [start + timedelta(seconds=30) * place / asked.due for place in range(asked.due)]
        peers.fill_peer(peer, due + [start + timedelta(days=3650)] * (asked.peer_pending - asked.due))
        peers.peer_run(peer, asked.due, 120)
        theirs = _percentiles([ran - was_due for was_due, ran in peers.FIRED])
    say(database, f"APScheduler, {asked.peer_pending:,} waiting", **theirs)


def listened(engine: ReviewEngine, worker: Watched) -> None:
    """Have the worker told of each tick, with the moment at which it was durable."""
    tick = engine.tick

    def timed(**options: Any) -> Tick:
        done = tick(**options)
        worker.noted(done, datetime.now(UTC))
        return done

    object.__setattr__(worker, "engine", _Told(engine, timed))


class _Told:
    """An engine whose ticks somebody listens to."""

    def __init__(self, engine: ReviewEngine, tick: Callable[..., Tick]) -> None:
        self._engine, self.tick = engine, tick

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def _bring_forward(url: str, due: list[datetime]) -> None:
    """Spread over the table, some clocks are due soon."""
    driver, p = peers.bare(url)
    spell = stamp_plain if p == "?" else stamp_offset
    (last,) = driver.execute("SELECT max(subject_id) FROM review_clock").fetchone()
    cursor = driver.cursor()
    step = max(1, last // len(due))
    rows = [(spell(at), spell(at), 1 + place * step) for place, at in enumerate(due)]
    cursor.executemany(f"UPDATE review_clock SET due_at = {p}, wakes_at = {p} WHERE subject_id = {p}", rows)
    driver.close()


def _percentiles(seconds: list[float]) -> dict[str, str]:
    ordered = sorted(seconds)
    places = {"p50": len(ordered) // 2, "p99": min(len(ordered) - 1, len(ordered) * 99 // 100), "worst": -1}
    return {"fired": str(len(ordered)), **{name: f"{ordered[at] * 1e3:.1f} ms" for name, at in places.items()}}


# A calendar is edited


def edit(database: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    """Seconds until many open clocks are counted by the new version of their calendar, and what that broke."""
    working = '[["09:00", "17:00"]]'
    flow = write_flow(folder / "flow", within="5 business days", warn="3 business days", days=DAYS[:5], hours=working)
    hands = Hands()
    engine = engine_on(url, flow, hands)
    for place in range(1_000):
        hands.at = NOW + timedelta(minutes=place)
        send(engine, 1, first=place)
    engine.close()
    count = multiply(url, max(1, asked.open // 1_000))
    write_flow(flow, within="5 business days", warn="3 business days", days=DAYS[:4], hours='[["10:00", "16:00"]]')
    hands.at = NOW + timedelta(days=1)
    engine = engine_on(url, flow, hands)
    began, ran = time.perf_counter(), time.process_time()
    projection = engine.apply_calendar("office", by=Actor.host())
    taken, spent = time.perf_counter() - began, time.process_time() - ran
    tick = engine.tick()
    engine.close()
    say(database, f"{count:,} clocks re-projected", s=f"{taken:.1f}", CPU_s=f"{spent:.1f}",
        clocks=f"{projection.clocks:,}", moved=f"{len(projection.moved):,}", failed=len(projection.failed),
        false_breaches=tick.breaches)  # fmt: skip


SECTIONS: dict[str, Callable[[str, str, Path, argparse.Namespace], None]] = {
    "create": create, "together": together, "late": late, "edit": edit,
}  # fmt: skip


def main() -> None:
    """Every section asked for, on every database asked for, each on an empty one."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="which; all without")
    options.add_argument("--database", choices=("sqlite", "postgres"), help="one of them; both without")
    options.add_argument("--postgres", default="", help="address of a server's database that may be written to")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--together", type=int, default=2_000, help="timers due at one moment")
    options.add_argument("--pending", type=int, default=1_000_000, help="timers that wait meanwhile")
    options.add_argument("--peer-pending", type=int, default=100_000, help="jobs that wait in APScheduler meanwhile")
    options.add_argument("--due", type=int, default=500, help="timers that come due within 30 seconds")
    options.add_argument("--open", type=int, default=100_000, help="open clocks to re-project")
    asked = options.parse_args()
    logging.getLogger("review_engine").setLevel(logging.ERROR)  # the letters are for nobody, and would say so
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores", flush=True)
    for section in asked.sections or SECTIONS:
        if asked.database != "postgres":
            with tempfile.TemporaryDirectory() as folder:
                SECTIONS[section]("sqlite", f"sqlite:///{folder}/reviews.db", Path(folder), asked)
        if asked.database != "sqlite":
            _on_postgres(SECTIONS[section], asked)


def _on_postgres(section: Callable[[str, str, Path, argparse.Namespace], None], asked: argparse.Namespace) -> None:
    from tests import postgres

    home = postgres.make_home()
    server = postgres.sqlalchemy_url(asked.postgres) if asked.postgres else postgres.start_server(home)
    url = postgres.create_database(server)
    try:
        with tempfile.TemporaryDirectory() as folder:
            section("postgres", url, Path(folder), asked)
    finally:
        postgres.drop_database(server, url)
        postgres.stop_server(home)


if __name__ == "__main__":
    main()
