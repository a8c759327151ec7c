"""The worker turns the hands: it wakes when the next clock is due and has the engine do what is due.

Rows hold the time; APScheduler only wakes the worker. There is one job, in memory; after each round it is put to the
earliest clock of all, and never further off than ``REST``. A worker that is killed loses nothing, a second one doubles
nothing, and one that was down for days does everything at its first round.

After each round it leaves a heartbeat that promises when the next one comes. ``standing`` holds workers to it.
"""

import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from threading import Lock, Thread, current_thread, main_thread
from types import FrameType
from typing import Any, NamedTuple

from review_engine.delivery_thread import DeliveryThread
from review_engine.engine import ReviewEngine
from review_engine.ports.timers import Heartbeat
from review_engine.usecases.account import Pace
from review_engine.usecases.watch import Tick

REST = timedelta(seconds=30)
"""The longest sleep between two rounds."""

SETTLE_EVERY = timedelta(minutes=5)
"""How often the engine looks for moves that have become possible without anybody noticing."""

GRACE = timedelta(seconds=5)
"""How late a heartbeat may be before its worker counts as dead."""

BUSY = timedelta(seconds=60)
"""What a worker in the middle of a long round promises."""

FORGOTTEN = timedelta(days=1)
"""A worker that was last seen before that is no longer spoken of."""

STOP_SECONDS = 10.0
"""How long a service that ends waits for its worker."""

_BRISK = Pace(grace=5.0)
_JOB, _AGAIN, _ENOUGH = "tick", "again", "enough"
_RETRIES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30))

_log = logging.getLogger("review_engine.worker")


class Standing(NamedTuple):
    """How one worker stands.

    Args:
        name: host and process.
        alive: it keeps its promise: the next heartbeat is not overdue.
        stopped: it left of its own accord.
        seen_at: its last heartbeat (aware UTC).
        due_at: when the next one was promised; None when none was.
        details: what it said of its rounds.
    """

    name: str
    alive: bool
    stopped: bool
    seen_at: datetime
    due_at: datetime | None
    details: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "name": self.name,
            "alive": self.alive,
            "stopped": self.stopped,
            "seen_at": self.seen_at.isoformat(),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "details": dict(self.details),
        }


def standing(engine: ReviewEngine) -> list[Standing]:
    """Every worker that was seen within a day, by name, and whether it is alive by the engine's clock.

    A worker is dead once its heartbeat is ``GRACE`` later than it promised.
    """
    now = engine.clock()
    beats = (beat for beat in engine.desk.store.heartbeats() if now - beat.at < FORGOTTEN)
    return [_standing(beat, now) for beat in beats]


def _standing(beat: Heartbeat, now: datetime) -> Standing:
    promised = beat.details.get("next")
    due = datetime.fromisoformat(promised) if isinstance(promised, str) else None
    stopped = bool(beat.details.get("stopped"))
    alive = not stopped and due is not None and now <= due + GRACE
    return Standing(beat.name, alive, stopped, beat.at, due, beat.details)


class _Hurried(Exception):
    """The round is not gone on with; what it has not come to is due at the next one."""


class Worker:
    """One worker.

    Args:
        engine: whose clocks it watches, and whose clock it reads.
        name: what its heartbeat is called; None for ``host:process``.
        rest: the longest sleep between two rounds.
        settle_every: how often it settles.
        delivers: whether it also delivers what is to be told, on a thread of its own.
        pace: how it goes about delivering; None for the usual one.
    """

    def __init__(
        self,
        engine: ReviewEngine,
        *,
        name: str | None = None,
        rest: timedelta = REST,
        settle_every: timedelta = SETTLE_EVERY,
        delivers: bool = True,
        pace: Pace | None = None,
    ) -> None:
        self.engine = engine
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._rest, self._settle_every, self._delivers, self._pace = rest, settle_every, delivers, pace
        self._hurried = False
        self._settled_at: datetime | None = None
        self._counts = {"rounds": 0, "reminders": 0, "breaches": 0, "moves": 0, "put_off": 0, "settled": 0}
        self._failures = 0
        self._words: SimpleQueue[str] = SimpleQueue()  # the one lock that a signal handler may take

    def round(self) -> Tick:
        """One round: what is due, now and then what has become possible, and a heartbeat. Raises what goes wrong."""
        tick = self.engine.tick(progress=self._busy)
        settled = self._settle()
        self._count(tick, settled)
        last = {"reminders": tick.reminders, "breaches": tick.breaches, "moves": tick.moves, "late_by": tick.late_by}
        self._beat(self._next_look(), last=last)
        return tick

    def run(self) -> None:
        """Rounds until ``stop`` is called, or the process is asked to end (SIGTERM, SIGINT); a running one is finished.

        A round that raises is logged and tried again, sooner than later; it never ends the worker.
        """
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # The interval is a net under the job: whatever becomes of a round, there is another one.
        seconds = max(1.0, self._rest.total_seconds())
        scheduler.add_job(self._try_round, "interval", seconds=seconds, id=_JOB, next_run_time=datetime.now(UTC))
        # The listener may be called before the scheduler has put the job to its next turn, which would undo ours.
        scheduler.add_listener(lambda _: self._words.put(_AGAIN), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        former = self._listen()
        delivery = DeliveryThread(self.engine, self._pace) if self._delivers and self.engine.post is not None else None
        scheduler.start()
        if delivery is not None:
            delivery.start()
        _log.info("%s is watching", self.name)
        try:
            while self._words.get() == _AGAIN:
                scheduler.modify_job(_JOB, next_run_time=datetime.now(UTC) + self._wait())
        finally:
            if delivery is not None:
                delivery.stop()
            scheduler.shutdown(wait=True)
            self._say_goodbye()
            for number, handler in former.items():
                signal.signal(number, handler)

    def stop(self, *, hurry: bool = False) -> None:
        """Let a running round finish, or in a hurry only the transaction it is at; then let ``run`` return."""
        self._hurried = self._hurried or hurry
        self._words.put(_ENOUGH)

    # One round

    def _settle(self) -> int:
        now = self.engine.clock()
        last = self._settled_at
        if last is not None and timedelta() <= now - last < self._settle_every:
            return 0
        self._settled_at = now
        return sum(len(given.moves) for given in self.engine.settle())

    def _count(self, tick: Tick, settled: int) -> None:
        counts = self._counts
        counts["rounds"] += 1
        counts["settled"] += settled
        for name in ("reminders", "breaches", "moves", "put_off"):
            counts[name] += getattr(tick, name)

    def _next_look(self) -> datetime:
        now = self.engine.clock()
        wakes = self.engine.desk.store.next_ring()
        latest = now + self._rest
        return latest if wakes is None else max(now, min(wakes, latest))

    def _busy(self, seen: int) -> None:
        if self._hurried:
            raise _Hurried
        self._beat(self.engine.clock() + BUSY, doing=f"{seen} subjects of this round so far")

    def _beat(self, next_look: datetime | None, **details: object) -> None:
        told = {"next": next_look.isoformat() if next_look else None, **self._counts, **details}
        self.engine.desk.store.beat(Heartbeat(self.name, self.engine.clock(), told))

    # Between the rounds

    def _try_round(self) -> None:
        try:
            self.round()
            self._failures = 0
        except _Hurried:
            _log.info("%s: the round is left to the next worker", self.name)
        except Exception as error:
            self._failures += 1
            _log.exception("%s: a round failed and is tried again", self.name)
            self._confess(error)

    def _confess(self, error: Exception) -> None:
        """Say in the heartbeat what went wrong, if there is a database to say it to."""
        try:
            self._beat(self.engine.clock() + self._pause(), trouble=str(error), failures=self._failures)
        except Exception:
            _log.warning("%s: the heartbeat could not be written either", self.name)

    def _pause(self) -> timedelta:
        return min(self._rest, _RETRIES[min(self._failures, len(_RETRIES)) - 1])

    def _wait(self) -> timedelta:
        """How long until the next round, by the engine's clock."""
        if self._failures:
            return self._pause()
        try:
            return self._next_look() - self.engine.clock()
        except Exception:
            _log.exception("%s: nobody knows when the next clock is due", self.name)
            return self._rest

    def _listen(self) -> dict[int, Any]:
        """Answer the signals by which a process is asked to end; only the main thread may. Returns who did before."""
        if current_thread() is not main_thread():
            return {}
        return {number: signal.signal(number, self._asked_to_end) for number in (signal.SIGTERM, signal.SIGINT)}

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        self.stop()

    def _say_goodbye(self) -> None:
        try:
            self._beat(None, stopped=True)
        except Exception:
            _log.warning("%s: it left without a last heartbeat", self.name)


class Hands:
    """Has a worker turn the hands of one engine on threads of this process, for as long as somebody asks for it.

    A service that is entered twice (two applications on one engine, a host's tests) still has one worker. One that
    was left may be entered again.

    Args:
        rest: the longest sleep between two rounds.
    """

    def __init__(self, rest: timedelta = REST) -> None:
        self._rest = rest
        self._lock = Lock()
        self._holders = 0
        self._worker: Worker | None = None
        self._thread: Thread | None = None

    @contextmanager
    def __call__(self, engine: ReviewEngine) -> Iterator[None]:
        """Work while this is entered. Entering is quick; leaving ends what is under way, or gives it back."""
        self._take(engine)
        try:
            yield
        finally:
            self._leave()

    def _take(self, engine: ReviewEngine) -> None:
        with self._lock:
            self._holders += 1
            if self._holders == 1:
                self._worker = Worker(engine, rest=self._rest, pace=_BRISK)
                self._thread = Thread(target=self._worker.run, name="hands", daemon=True)
                self._thread.start()

    def _leave(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders or self._worker is None or self._thread is None:
                return
            self._worker.stop(hurry=True)
            self._thread.join(STOP_SECONDS)
            if self._thread.is_alive():
                _log.error("%s did not end in time; what it holds is swept up by the next", self._worker.name)
            self._worker = self._thread = None
