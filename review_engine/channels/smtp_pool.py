"""The connections to one relay, and who may speak on which.

A connection costs several round trips (and TLS, and a login) before the first letter, so it is kept for the next one;
but a relay dislikes connections that live for ever, drops idle ones without a word, and knows one transaction at a
time on each. The pool owns those rules: at most so many connections, each in the hands of one task, renewed after so
many letters, never used again after anything went wrong, and one deadline around everything that concerns a letter,
waiting for a connection included. It stands above :mod:`smtp`, which knows one conversation and nothing of others.
"""

import asyncio
from types import TracebackType

from review_engine.channels.smtp import BeforeData, Envelope, Relay, SmtpConnection
from review_engine.channels.smtp_replies import GOODBYE, Delivery, broken
from review_engine.domain.errors import InvalidInput, ReviewEngineError


class SmtpPool:
    """At most ``size`` connections to a relay. Open it with ``async with``, in the event loop that uses it.

    Args:
        relay: where letters go.
        size: how many connections there may be at once; the rate times four round trips is what it takes.
        deadline: seconds a letter may take from the call of :meth:`deliver` to its result. A lease on the letter must
            be longer.
        letters_per_connection: after so many a connection is renewed.
    """

    def __init__(
        self, relay: Relay, *, size: int = 8, deadline: float = 60.0, letters_per_connection: int = 100
    ) -> None:
        if size < 1 or letters_per_connection < 1 or not deadline > 0:
            cure = "Each is at least 1, and the deadline above 0 seconds."
            raise InvalidInput("a pool needs connections, letters for each, and time", where=relay.host, cure=cure)
        self._relay = relay
        self._size = size
        self._deadline = deadline
        self._letters_per_connection = letters_per_connection
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns = asyncio.Semaphore(size)
        self._idle: list[SmtpConnection] = []

    async def __aenter__(self) -> "SmtpPool":
        self._loop = asyncio.get_running_loop()
        self._turns = asyncio.Semaphore(self._size)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop = None
        while self._idle:
            self._idle.pop().leave()
        await asyncio.sleep(0)  # one turn of the loop, in which the sockets are closed

    async def deliver(self, sender: str, recipient: str, message: bytes, before_data: BeforeData) -> Delivery:
        """Hand one letter to the relay, within the deadline, and say how it ended.

        Whatever a relay or a letter does is in the result; only what ``before_data`` raises is raised.

        Args:
            sender: the envelope's sender, to which bounces go.
            recipient: the one recipient.
            message: the letter as bytes, as ``message.compose`` makes them.
            before_data: awaited just before DATA, when the recipient is accepted. The caller commits there that the
                letter is about to leave. It counts against the deadline.

        Raises:
            ReviewEngineError: if the pool is not open in the running event loop.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            raise ReviewEngineError(
                "the pool of connections is not open in this event loop",
                where=self._relay.host,
                cure="Use it inside 'async with', in the loop that opened it.",
            )
        try:
            envelope = Envelope(sender, recipient, message)
        except InvalidInput as error:
            return Delivery("dead", "envelope", text=str(error))
        until = loop.time() + self._deadline
        if not await self._turn(until):
            return broken("connect", f"no connection was free within {self._deadline:g} seconds")
        try:
            return await self._deliver(envelope, before_data, until)
        finally:
            self._turns.release()

    async def _turn(self, until: float) -> bool:
        """Wait for a free connection; False when the deadline is over first."""
        if not self._turns.locked():  # then it is ours at once, and no timer has to be set for it
            return await self._turns.acquire()
        try:
            async with asyncio.timeout_at(until):
                return await self._turns.acquire()
        except TimeoutError:
            return False

    async def _deliver(self, envelope: Envelope, before_data: BeforeData, until: float) -> Delivery:
        connection = self._idle_connection()
        if connection is not None:
            delivery = await self._attempt(connection, envelope, before_data, until)
            if not _was_stale(delivery) or asyncio.get_running_loop().time() >= until:
                return delivery
        return await self._attempt(SmtpConnection(self._relay), envelope, before_data, until)

    async def _attempt(
        self, connection: SmtpConnection, envelope: Envelope, before_data: BeforeData, until: float
    ) -> Delivery:
        timer = asyncio.timeout_at(until)
        try:
            async with timer:
                delivery = await connection.deliver(envelope, before_data)
        except BaseException as error:
            connection.abort()
            if isinstance(error, TimeoutError) and timer.expired():
                return broken(connection.stage, f"the deadline of {self._deadline:g} seconds was over")
            raise
        self._settle(connection)
        return delivery

    def _idle_connection(self) -> SmtpConnection | None:
        """The idle connection used last, if the relay has not closed it."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_reusable:
                return connection
            connection.abort()
        return None

    def _settle(self, connection: SmtpConnection) -> None:
        is_open = self._loop is not None
        if is_open and connection.is_reusable and connection.letters < self._letters_per_connection:
            self._idle.append(connection)
        else:
            connection.leave()


def _was_stale(delivery: Delivery) -> bool:
    """Whether a kept connection had been given up by the relay: nothing was handed over, a fresh one may be tried."""
    return delivery.outcome == "retry" and delivery.stage == "mail" and delivery.code in {None, GOODBYE}
