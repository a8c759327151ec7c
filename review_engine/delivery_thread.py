"""Delivery beside other work: a courier in an event loop of its own, on a thread of its own.

The worker's main thread turns clocks and answers signals; an embedding service has its own loop and may prefer not to
share it. Either starts this thread, and stops it again: then everything under way is finished or given back.
"""

import asyncio
import logging
from threading import Event, Thread
from types import TracebackType

from review_engine.engine import ReviewEngine
from review_engine.usecases.account import Account, Pace

STOP_SECONDS = 10.0
"""How long leaving may take."""

_log = logging.getLogger("review_engine.deliver")


class DeliveryThread:
    """Delivers while it is entered.

    Args:
        engine: whose notices.
        pace: how the courier goes about it; None for the usual one.
    """

    def __init__(self, engine: ReviewEngine, pace: Pace | None = None) -> None:
        self._engine = engine
        self._pace = pace
        self._thread = Thread(target=self._run, name="delivery", daemon=True)
        self._ready = Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.account = Account()

    def __enter__(self) -> "DeliveryThread":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin; returns once it has begun."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> bool:
        """Finish or give back what is under way; whether that was done in time."""
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and self._thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
            self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            _log.error("delivery did not end in time; what it holds is swept up when its leases are over")
            return False
        return True

    def _run(self) -> None:
        try:
            asyncio.run(self._deliver())
        except Exception:
            _log.exception("delivery has ended")
        finally:
            self._ready.set()

    async def _deliver(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        courier = self._engine.courier(self._pace)
        try:
            await courier.run(self._stop)
        finally:
            self.account = courier.account
