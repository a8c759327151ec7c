"""Deliver what is to be told: address, bundle, claim, hand over, sweep up. The one use case that is asynchronous,
because most of its time is spent waiting for others to answer.

A courier may die at any moment and lose nothing: what it held is swept up by the next one when its lease is over. What
had been handed over and not acknowledged by then may arrive twice, as the same bytes; at most what was under way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from review_engine.domain.backoff import PAUSES
from review_engine.ports.channels import Channel
from review_engine.usecases.account import Account, Pace, Signal
from review_engine.usecases.address import Addresser
from review_engine.usecases.ledger import Ledger
from review_engine.usecases.line import Line, Setting
from review_engine.usecases.listing import Listing

ATTEMPTS = len(PAUSES) + 1
"""Attempts a row is given, those included that a dying worker took with it."""

_TROUBLED = (1.0, 2.0, 5.0, 10.0, 30.0)
_PASSES_MAX = 10_000

_log = logging.getLogger("review_engine.deliver")


class Courier:
    """Delivers over channels. Made, used and thrown away within one event loop.

    Args:
        addresser: turns notices into rows, and knows the outbox.
        channels: by name; those that this process serves.
        clock: answers the present instant (aware UTC).
        chance: answers a random number in [0, 1).
        operator: the operator's e-mail address; may be empty.
        pace: how it goes about it.
        listing: keeps back what waits for the catalog; None for nothing.
        writers: each puts into the outbox what is to be told of itself, and no move causes.
    """

    def __init__(
        self,
        addresser: Addresser,
        channels: dict[str, Channel],
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        operator: str = "",
        pace: Pace = Pace(),  # noqa: B008 - frozen
        listing: Listing | None = None,
        writers: Sequence[Callable[[datetime], int]] = (),
    ) -> None:
        self._addresser = addresser
        self._outbox = addresser.outbox
        self._ledger = Ledger(addresser.outbox)
        self._pace = pace
        self._clock = clock
        self._setting = Setting(
            self._ledger,
            addresser.exchange,
            clock,
            chance,
            operator,
            lease=pace.lease,
            batch=pace.batch,
            listing=listing,
        )
        self._channels = channels
        self._writers = writers
        self._lines: list[Line] = []
        self._addressed = 0

    @property
    def account(self) -> Account:
        """What was done so far."""
        counts = self._setting.counts
        return Account(
            counts["sent"], counts["retry"], counts["dead"], counts["unknown"], counts["lost"], self._addressed
        )

    async def drain(self) -> Account:
        """Deliver until nothing is due any more, then stop."""
        await self._open()
        try:
            async with _renewing(self._renew, self._pace.lease.total_seconds() / 3):
                for _ in range(_PASSES_MAX):
                    before = self._setting.counts.copy(), self._addressed
                    await self._sweep()
                    await self._address()
                    async with asyncio.TaskGroup() as group:
                        for line in self._lines:
                            group.create_task(line.drain())
                    if (self._setting.counts, self._addressed) == before:
                        break
        finally:
            await self._close()
        return self.account

    async def run(self, stop: Signal) -> None:
        """Deliver until ``stop`` is set; then finish or give back what is under way, within the grace."""
        await self._open()
        pace = self._pace
        rounds = [self._often(self._address, pace.idle, stop), self._often(self._sweep, pace.idle, stop)]
        rounds += [self._often(line.drain, pace.idle, stop) for line in self._lines]
        tasks = [asyncio.create_task(each) for each in rounds]
        try:
            async with _renewing(self._renew, pace.lease.total_seconds() / 3):
                await stop.wait()
                for line in self._lines:
                    line.halt()
                _, late = await asyncio.wait(tasks, timeout=pace.grace)
                for task in late:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await self._close()

    # Rounds

    async def _often(self, work: Callable[[], Awaitable[object]], idle: float, stop: Signal) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await work()
                failures = 0
            except Exception:
                failures += 1
                _log.exception("a round of delivery failed and is tried again")
            pause = idle if not failures else _TROUBLED[min(failures, len(_TROUBLED)) - 1]
            await _wait(stop, pause)

    async def _address(self) -> None:
        """On a thread of its own: a directory may be slow."""
        for write in self._writers:
            await asyncio.to_thread(write, self._clock())
        done = await asyncio.to_thread(self._addresser.address, self._clock())
        self._addressed += done.notices
        await asyncio.to_thread(self._addresser.bundle, self._clock())

    async def _sweep(self) -> None:
        swept = await self._ledger.ask(self._outbox.sweep, self._clock(), attempts=ATTEMPTS)
        if swept.pending or swept.dead or swept.unknown:
            _log.warning("rows were left behind: %s wait again, %s are dead, %s unknown", *swept[:3])

    async def _renew(self) -> None:
        tokens = list(self._setting.held)
        if tokens:
            await self._ledger.ask(self._outbox.renew, tokens, self._clock() + self._pace.lease)

    # Beginning and end

    async def _open(self) -> None:
        for name, channel in self._channels.items():
            try:
                await channel.open()
            except Exception:
                _log.exception("the channel %s cannot be opened; what is for it waits", name)
                continue
            self._lines.append(Line(name, channel, self._setting))

    async def _close(self) -> None:
        lines, self._lines = self._lines, []
        try:
            tokens = list(self._setting.held)
            if tokens:
                await self._ledger.ask(self._outbox.release, tokens, self._clock())
            await self._sweep()  # what had begun to leave is judged now, not when its lease would be over
        finally:
            for line in lines:
                try:
                    await line.channel.close()
                except Exception:
                    _log.exception("the channel %s did not close", line.name)
            self._ledger.close()


class _renewing:  # noqa: N801 - reads as a verb where it is used
    """Does something every so often, as long as the block lasts."""

    def __init__(self, work: Callable[[], Awaitable[object]], every: float) -> None:
        self._work, self._every = work, every

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._go())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _go(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._work()
            except Exception:
                _log.exception("leases could not be renewed, and are tried again")


async def _wait(stop: Signal, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
