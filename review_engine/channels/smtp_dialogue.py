"""Lines to a relay and replies from it, once the connection stands: every letter's share of the talking.

Opening a connection (greeting, TLS, login) is the client library's, and happens once for many letters. What is said
for each letter is said here: the library hands every command through four layers, and loses a reply when two commands
travel together, which RFC 2920 allows and which saves each letter a round trip. A reply nobody asked for ends the use
of the connection, since nobody can tell what the next one would answer. It stands beneath ``smtp``, which gives the
words their meaning.
"""

import asyncio
from collections import deque
from typing import NamedTuple

from aiosmtplib import SMTPResponseException, SMTPServerDisconnected

LONGEST_REPLY = 65_536  # octets, all lines together

_CODE = 3
_NO_REPLY = -1  # the code of what is no reply at all


class Reply(NamedTuple):
    """A relay's answer: its number, and its text with one line for each of its own."""

    code: int
    message: str


class Dialogue(asyncio.Protocol):
    """Takes over a connection that is open, and between two commands.

    Args:
        transport: of the connection.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = b""
        self._texts: list[str] = []
        self._replies: deque[Reply | SMTPResponseException] = deque()
        self._expected = 0
        self._waiter: asyncio.Future[None] | None = None
        self._is_lost = False
        transport.set_protocol(self)

    @property
    def is_quiet(self) -> bool:
        """Whether every command had its reply, nothing else was said, and the relay is still there."""
        return not (self._expected or self._buffer or self._replies or self._is_gone)

    @property
    def _is_gone(self) -> bool:
        return self._is_lost or self._transport.is_closing()

    def say(self, words: bytes, replies: int = 1) -> None:
        """Write commands, or a text, that so many replies are due for.

        Raises:
            SMTPServerDisconnected: the connection is gone; nothing was written.
        """
        if self._is_gone:
            raise SMTPServerDisconnected("the relay closed the connection")
        self._expected += replies
        self._transport.write(words)

    async def reply(self) -> Reply:
        """The next reply.

        Raises:
            SMTPServerDisconnected: the connection ended before it came.
            SMTPResponseException: what came is no reply.
        """
        while not self._replies:
            if self._is_lost:
                raise SMTPServerDisconnected("the relay closed the connection")
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._expected -= 1
        found = self._replies.popleft()
        if isinstance(found, SMTPResponseException):
            raise found
        return found

    def data_received(self, data: bytes) -> None:
        """Read every whole line that is there."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._read(line)
        if len(self._buffer) + sum(map(len, self._texts)) > LONGEST_REPLY:
            self._break("a reply without an end")
        if self._replies:
            self._wake()

    def eof_received(self) -> bool:
        """The relay says no more: the connection is closed."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns of it."""
        self._is_lost = True
        self._wake()

    def _read(self, line: bytes) -> None:
        code, dash = line[:_CODE], line[_CODE : _CODE + 1]
        if not (code.isdigit() and len(code) == _CODE):
            self._break(f"something that is no reply: {line[:100].decode('utf-8', 'replace')}")
            return
        self._texts.append(line[_CODE + 1 :].strip(b" \t\r").decode("utf-8", "surrogateescape"))
        if dash != b"-":
            self._replies.append(Reply(int(code), "\n".join(self._texts)))
            self._texts = []

    def _break(self, what: str) -> None:
        self._buffer, self._texts = b"", []
        self._replies.append(SMTPResponseException(_NO_REPLY, what))

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
