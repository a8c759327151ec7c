"""What tests of the conversation with a relay share: a relay, a pool, an intent, a deadline that passes at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from review_engine.channels.smtp import Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.smtp_replies import Delivery
from tests.channels.scripted_sink import ScriptedSink

SENDER = "reviews@example.com"
ANN = "ann@acme.example"
MESSAGE = b"Subject: a letter\r\n\r\nGood morning.\r\n.\r\n..\r\n.dots\r\n"
AN_HOUR = 3_600.0


class Intent:
    """A ``before_data`` that notes its calls, and may fail."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.calls = 0
        self._error = error

    async def __call__(self) -> None:
        self.calls += 1
        if self._error is not None:
            raise self._error


async def nothing() -> None:
    """A ``before_data`` with nothing to do."""


def relay(sink: ScriptedSink, **terms: object) -> Relay:
    return Relay(sink.host, sink.port, greeting_name="client.example", **terms)  # type: ignore[arg-type]


@asynccontextmanager
async def pool_of(sink: ScriptedSink, size: int = 1, letters_per_connection: int = 100) -> AsyncIterator[SmtpPool]:
    async with SmtpPool(
        relay(sink), size=size, deadline=AN_HOUR, letters_per_connection=letters_per_connection
    ) as pool:
        yield pool


async def sent_to(
    sink: ScriptedSink,
    before_data: Callable[[], Awaitable[None]] = nothing,
    recipient: str = ANN,
    message: bytes = MESSAGE,
) -> Delivery:
    async with pool_of(sink) as pool:
        return await pool.deliver(SENDER, recipient, message, before_data)


async def when_the_deadline_has_passed(sink: ScriptedSink, attempt: Awaitable[Delivery]) -> Delivery:
    """Wait until the relay hangs, then let the event loop's clock jump over the deadline."""
    task = asyncio.ensure_future(attempt)
    await sink.hanging.wait()
    await asyncio.sleep(0)  # the attempt has begun, even where the relay hung before
    loop = asyncio.get_running_loop()
    real = loop.time
    loop.time = lambda: real() + AN_HOUR + 1  # type: ignore[method-assign]
    try:
        return await task
    finally:
        loop.time = real  # type: ignore[method-assign]
