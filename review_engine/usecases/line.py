"""One channel's line: rows are claimed, each is attempted, and how it ended is written, many under way at once.

Whatever happens to one row is that row's: a letter that cannot be written is dead, an attempt that breaks is judged by
how far it got. What concerns every row of the channel pauses the line, and costs none of them an attempt.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import NamedTuple

from review_engine.domain.backoff import PAUSES
from review_engine.domain.errors import StoreError
from review_engine.ports.channels import Channel, Delivery, Exchange, Rendered, safe_text
from review_engine.ports.outbox import CANCELLED, PENDING, SUPPRESSED, Ended, Intent, Outgoing, Pause, Suppression
from review_engine.usecases.alerts import alert
from review_engine.usecases.attempt import after
from review_engine.usecases.ledger import Ledger
from review_engine.usecases.listing import Listing

REST = timedelta(seconds=15)
"""How long a line rests when nobody answers at the other end."""

_UNREACHED = frozenset({"connect", "ehlo", "starttls"})
_WRITE_AGAIN = (0.1, 1.0, 5.0)
"""Seconds before a mark that could not be written is written again: what was accepted should be known as accepted."""

_log = logging.getLogger("review_engine.deliver")


class LeaseLost(Exception):
    """Somebody else has the row now; whoever raises this sends nothing."""


class _Written(NamedTuple):
    """A row that is ready to leave: with its message, None where it is kept already, or why there is none."""

    row: Outgoing
    rendered: Rendered | Exception | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What the lines of one courier share.

    Args:
        ledger: its hand in the outbox.
        exchange: routes of alerts.
        clock: answers the present instant (aware UTC).
        chance: answers a random number in [0, 1).
        operator: the operator's e-mail address; may be empty.
        lease: how long a claim holds; longer than any one delivery takes.
        batch: rows of one claim.
        counts: what became of rows, by outcome.
        held: token of each claim -> how many of its rows are not done.
        listing: keeps back what waits for the catalog; None for nothing.
    """

    ledger: Ledger
    exchange: Exchange
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    operator: str = ""
    lease: timedelta = timedelta(minutes=3)
    batch: int = 64
    counts: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    listing: Listing | None = None


class Line:
    """The line of one channel."""

    def __init__(self, name: str, channel: Channel, setting: Setting) -> None:
        self.name = name
        self.channel = channel
        self._setting = setting
        self._queue: deque[Outgoing] = deque()
        self._written: deque[_Written] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._under_way: dict[int, Outgoing] = {}
        self._refilling: asyncio.Task[None] | None = None
        self._is_empty = False  # the last claim took all there was
        self._is_halted = False
        self._missed = 0
        self._rests_until: datetime | None = None

    async def drain(self) -> None:
        """Deliver until nothing is due, the channel is down, or the line is halted."""
        setting = self._setting
        now = setting.clock()
        if self._is_halted or (self._rests_until is not None and now < self._rests_until):
            return
        self._is_empty, self._missed, self._rests_until = False, 0, None
        pause = (await setting.ledger.ask(setting.ledger.outbox.pauses)).get(self.name)
        try:
            if pause is not None and not await self._tried(pause, now):
                return
            async with asyncio.TaskGroup() as group:
                for _ in range(self.channel.room):
                    group.create_task(self._consume())
        finally:
            await self._give_back()

    def halt(self) -> None:
        """Begin nothing more; what is under way goes on."""
        self._is_halted = True

    # Claiming

    async def _consume(self) -> None:
        while not self._is_over:
            if not self._queue and not self._written:
                if self._is_empty:
                    return
                await self._refilled()
                continue
            written = self._written.popleft() if self._written else self._write(self._queue.popleft())
            if len(self._queue) < self.channel.room and not self._is_empty:
                self._refill_soon()
            self._write_ahead_soon()
            await self._attempted(*written)

    @property
    def _is_over(self) -> bool:
        return self._is_halted or self._rests_until is not None

    def _write(self, row: Outgoing) -> "_Written":
        """The row with its message, unless it has one already; or with what keeps it from being written."""
        if row.content is not None:
            return _Written(row)
        try:
            return _Written(row, self.channel.render(row))
        except Exception as error:  # templates and a host's code may fail like any program; the row tells why
            return _Written(row, error)

    def _write_ahead_soon(self) -> None:
        if self._queue and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._write_ahead())

    async def _write_ahead(self) -> None:
        """Write what is next in turn while the relay, or the disk, is waited for."""
        while self._queue and len(self._written) < self.channel.room and not self._is_over:
            self._written.append(self._write(self._queue.popleft()))
            await asyncio.sleep(0)

    async def _refilled(self) -> None:
        self._refill_soon()
        if self._refilling is not None:
            await asyncio.shield(self._refilling)

    def _refill_soon(self) -> None:
        if self._refilling is None or self._refilling.done():
            self._refilling = asyncio.create_task(self._refill())
            self._refilling.add_done_callback(_seen)

    async def _refill(self) -> None:
        rows = await self._claim(self._setting.batch)
        self._is_empty = len(rows) < self._setting.batch
        self._queue.extend(rows)

    async def _claim(self, limit: int) -> list[Outgoing]:
        setting, now, token = self._setting, self._setting.clock(), token_hex(12)
        setting.held[token] = limit  # renewed from now on, even if the answer is late
        rows: list[Outgoing] = []
        try:
            rows = await setting.ledger.ask(
                setting.ledger.outbox.claim, self.name, now=now, until=now + setting.lease, token=token, limit=limit
            )
        finally:  # what nobody knows of is not renewed, and swept up when its lease is over
            setting.held[token] = len(rows)
            if not rows:
                del setting.held[token]
        return rows

    async def _give_back(self) -> None:
        """Let others have what was claimed and did not come to an end here, whatever the reason."""
        if self._refilling is not None:
            await asyncio.wait([self._refilling])
        setting = self._setting
        held = (*self._queue, *(one.row for one in self._written), *self._under_way.values())
        left = sorted({row.lease_token for row in held})
        self._queue.clear()
        self._written.clear()
        self._under_way.clear()
        try:
            if left:
                await setting.ledger.ask(setting.ledger.outbox.release, left, setting.clock())
        finally:
            for token in left:
                setting.held.pop(token, None)

    async def _attempted(self, row: Outgoing, rendered: Rendered | Exception | None) -> Delivery | None:
        """Attempt one row. One that does not come to an end stays under way, to be given back."""
        self._under_way[row.id] = row
        delivery = await self._attempt(row, rendered)
        del self._under_way[row.id]
        held = self._setting.held
        held[row.lease_token] -= 1
        if held[row.lease_token] <= 0:
            del held[row.lease_token]
        return delivery

    # One attempt

    async def _attempt(self, row: Outgoing, rendered: Rendered | Exception | None) -> Delivery | None:
        """Attempt one row; None when it is somebody else's by now."""
        if isinstance(rendered, Exception):
            _log.warning("%s cannot be written: %s", row.idem_key, rendered)
            return await self._unwritten(row, rendered)
        if await self._kept_back(row):
            return None
        try:
            delivery = await self._carried(row, rendered)
        except LeaseLost:
            _log.warning("%s: its lease was lost before it left; nothing was sent", row.idem_key)
            self._setting.counts["lost"] += 1
            return None
        await self._end(row, delivery)
        return delivery

    async def _kept_back(self, row: Outgoing) -> bool:
        """Whether the row waits for the catalog, or has nothing to tell any more; then that is written."""
        listing, setting = self._setting.listing, self._setting
        if listing is None or not listing.concerns(row):
            return False
        mark = await asyncio.to_thread(listing.kept_back, row, setting.clock())
        if mark is None:
            return False
        _log.info("%s: %s", row.idem_key, mark.error)
        await self._keep(mark)
        setting.counts["kept back"] += 1
        return True

    async def _carried(self, row: Outgoing, rendered: Rendered | None) -> Delivery:
        content = rendered.content if rendered is not None else row.content or ""
        begun = False

        async def before_data() -> None:
            nonlocal begun
            if not await self._setting.ledger.write(_intent(row, rendered, self._setting.clock())):
                raise LeaseLost
            begun = True

        try:
            return await self.channel.deliver(row, content, before_data)
        except (LeaseLost, StoreError):
            raise
        except Exception as error:  # a channel's own fault is one attempt's, not the line's
            _log.exception("%s: the channel %s failed", row.idem_key, self.name)
            return Delivery("unknown" if begun else "retry", "call", text=safe_text(str(error) or type(error).__name__))

    async def _unwritten(self, row: Outgoing, error: Exception) -> Delivery:
        delivery = Delivery("dead", "render", text=safe_text(str(error) or type(error).__name__))
        if not row.told:
            await self._end(row, delivery)
            return delivery
        # One notice that cannot be written must not take those with it that it was to be told with.
        outbox, members = self._setting.ledger.outbox, row.notice.context.get("members")
        mark = after(row, delivery, now=self._setting.clock(), chance=0)._replace(status=CANCELLED)
        await self._keep(mark)
        numbers = [one for one in members if isinstance(one, int)] if isinstance(members, list) else []
        now = self._setting.clock()
        await self._setting.ledger.ask(outbox.turn, numbers, PENDING, of=(CANCELLED,), now=now)
        self._is_empty = False
        return delivery

    async def _end(self, row: Outgoing, delivery: Delivery) -> None:
        setting = self._setting
        now = setting.clock()
        mark = after(row, delivery, now=now, chance=setting.chance())
        await self._keep(mark)
        setting.counts["retry" if mark.status == PENDING else mark.status] += delivery.outcome != "channel_down"
        self._reach(delivery, now)
        if mark.status not in (PENDING, "sent"):
            _log.warning("%s to %s: %s: %s", row.idem_key, row.channel, mark.status, delivery.text)
        if delivery.suppress_address:
            reason = f"{delivery.code} {delivery.text}".strip()
            suppression = Suppression(row.recipient.address, reason, now)
            await setting.ledger.ask(setting.ledger.outbox.suppress, suppression, SUPPRESSED)
        if delivery.outcome == "channel_down" and self._rests_until is None:
            await self._pause(delivery, now)

    async def _keep(self, mark: Ended) -> None:
        for pause in (*_WRITE_AGAIN, None):
            try:
                await self._setting.ledger.write(mark)
                return
            except StoreError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    # The channel

    def _reach(self, delivery: Delivery, now: datetime) -> None:
        """When nobody answers time after time, the others need not find out one by one."""
        missed = delivery.outcome == "retry" and delivery.stage in _UNREACHED
        self._missed = self._missed + 1 if missed else 0
        if self._missed >= self.channel.room and self._rests_until is None:
            _log.warning("%s: nobody answers (%s); the line rests for a while", self.name, delivery.text)
            self._rests_until = now + REST

    async def _tried(self, pause: Pause, now: datetime) -> bool:
        """Whether a paused channel works again: once its time has come, one row finds out."""
        if pause.until is None or now < pause.until:
            return False
        rows = await self._claim(1)
        if not rows:
            return False
        delivery = await self._attempted(*self._write(rows[0]))
        if delivery is None or delivery.stage == "render" or self._rests_until is not None:
            return False
        setting = self._setting
        await setting.ledger.ask(setting.ledger.outbox.resume, self.name)
        await self._tell("channel_resumed", pause.since, now, f"The channel {self.name} works again.")
        return True

    async def _pause(self, delivery: Delivery, now: datetime) -> None:
        self._rests_until = now  # halts the line's other rows before anything is awaited
        ledger = self._setting.ledger
        known = (await ledger.ask(ledger.outbox.pauses)).get(self.name)
        failures = known.failures + 1 if known else 1
        until = None if delivery.for_good else now + PAUSES[min(failures, len(PAUSES)) - 1]
        since = known.since if known else now
        reason = f"{delivery.stage}: {delivery.code or ''} {delivery.text}".replace("  ", " ")
        await ledger.ask(ledger.outbox.pause, Pause(self.name, since, until, failures, reason))
        tried = f"It is tried again at {until:%Y-%m-%d %H:%M} UTC" if until else "It is not tried again by itself"
        says = f"The channel {self.name} refuses everything ({reason}). {tried}; nothing is lost meanwhile."
        await self._tell("channel_closed" if until is None else "channel_paused", since, now, says)

    async def _tell(self, name: str, since: datetime, now: datetime, says: str) -> None:
        setting = self._setting
        mark, without = since.isoformat(), "" if name == "channel_resumed" else self.name
        setting.counts["alerts"] += 1
        await setting.ledger.ask(
            alert,
            setting.ledger.outbox,
            setting.exchange,
            name,
            self.name,
            says=says,
            mark=mark,
            now=now,
            without=without,
            to=setting.operator,
        )


def _seen(task: asyncio.Task[None]) -> None:
    """A claim made ahead of need may fail unheard: who needs it makes it again, and is told."""
    if not task.cancelled():
        task.exception()


def _intent(row: Outgoing, rendered: Rendered | None, at: datetime) -> Intent:
    if rendered is None:
        return Intent(row.id, row.lease_token, at)
    return Intent(
        row.id,
        row.lease_token,
        at,
        rendered.content,
        rendered.message_id,
        rendered.thread_root,
        rendered.version,
    )
