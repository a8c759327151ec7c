"""A mail relay of the tests' own, every answer of which can be scripted, down to the ones no relay should give.

It listens on this machine, keeps the bytes of every letter it accepted, and by default accepts everything. It stands
beside the tests of the mail channel, and serves those of delivery too.
"""

import asyncio
import base64
import re
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType


class Fault(Enum):
    """What a relay may do instead of answering."""

    HANG = "says nothing, and keeps the connection"
    DROP = "closes the connection without a word"
    GARBAGE = "says something that is no reply"
    UNREAD = "answers DATA with 354 and closes before it has read the text"
    NO_HANDSHAKE = "answers STARTTLS with 220 and goes on in the clear"


Answer = str | Fault
Scripted = Answer | Callable[[], Answer | None]
USUAL: dict[str, str] = {
    "connect": "220 sink ESMTP",
    "starttls": "220 2.0.0 Go ahead",
    "auth": "235 2.7.0 Welcome",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "data": "354 Go on",
    "content": "250 2.0.0 Ok: queued",
    "rset": "250 2.0.0 Ok",
    "quit": "221 2.0.0 Bye",
    "other": "502 5.5.2 What?",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One letter the sink accepted: the envelope, and the bytes with the dots unstuffed."""

    sender: str
    recipient: str
    content: bytes


class ScriptedSink:
    """A relay to be used with ``async with``; ``host`` and ``port`` are where it listens.

    Attributes:
        letters: the accepted letters, in order.
        commands: every line a client said, in order, and ``<text>`` for a text with its final dot.
        connections: how many there were.
        logins: (method, username, password) of every AUTH; the password is empty for CRAM-MD5.
        encrypted: how many TLS sessions there were.
        hanging: set while the sink keeps a client waiting; say :meth:`release` to let go.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        features: tuple[str, ...] = ("ENHANCEDSTATUSCODES",),
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
    ) -> None:
        self.features = features
        self.port = 0
        self.letters: list[Received] = []
        self.commands: list[str] = []
        self.connections = 0
        self.logins: list[tuple[str, str, str]] = []
        self.encrypted = 0
        self.hanging = asyncio.Event()
        self._released = asyncio.Event()
        self._tls = tls
        self._implicit = implicit
        self._next: dict[str, deque[Scripted]] = {}
        self._always: dict[str, Scripted] = {}
        self._for_recipient: dict[str, Answer] = {}
        self._talks: dict[asyncio.Task[None], _Talk] = {}
        self._server: asyncio.Server | None = None

    def next(self, stage: str, *answers: Scripted) -> None:
        """The answers to the next commands of this stage, one each; after them the usual ones."""
        self._next.setdefault(stage, deque()).extend(answers)

    def always(self, stage: str, answer: Scripted) -> None:
        """The answer to every command of this stage; a function that returns None leaves the usual one."""
        self._always[stage] = answer

    def for_recipient(self, address: str, answer: Answer) -> None:
        """The answer to RCPT for this address."""
        self._for_recipient[address] = answer

    def release(self) -> None:
        """Let every hanging client go: their connections are closed."""
        self._released.set()

    def drop_all(self) -> None:
        """Close every connection, as a relay does with idle ones."""
        for talk in self._talks.values():
            talk.close()

    async def __aenter__(self) -> "ScriptedSink":
        context = self._tls if self._implicit else None
        self._server = await asyncio.start_server(self._greet, self.host, 0, limit=2**24, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.release()
        self.drop_all()
        if self._talks:
            await asyncio.wait(self._talks)
        await self._server.wait_closed()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talk = _Talk(self, reader, writer)
        self._talks[task] = talk
        self.connections += 1
        self.encrypted += self._implicit
        gone = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, _Closed)  # or was shown the door
        try:
            with suppress(*gone):
                await talk.run()
        finally:
            del self._talks[task]
            talk.close()
            writer.transport.abort()

    def answer(self, stage: str, recipient: str = "") -> Answer:
        """What is said at this stage now."""
        scripted: Scripted | None = None
        if self._next.get(stage):
            scripted = self._next[stage].popleft()
        elif stage == "rcpt" and recipient in self._for_recipient:
            scripted = self._for_recipient[recipient]
        elif stage in self._always:
            scripted = self._always[stage]
        answer = scripted() if callable(scripted) else scripted
        return answer if answer is not None else self._usual(stage)

    def _usual(self, stage: str) -> str:
        if stage != "ehlo":
            return USUAL[stage]
        lines = ["sink", *self.features]
        return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])

    async def hang(self) -> None:
        """Keep the client waiting until somebody lets go."""
        self.hanging.set()
        await self._released.wait()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What STARTTLS is done with."""
        return self._tls


class _Closed(Exception):
    """The sink closes this connection."""


class _Talk:
    """One connection's dialogue."""

    def __init__(self, sink: ScriptedSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sink = sink
        self._reader = reader
        self._writer = writer
        self._sender: str | None = None
        self._recipient: str | None = None

    async def run(self) -> None:
        await self._reply("connect")
        while line := await self._reader.readline():
            command = line.decode("ascii", "replace").strip()
            self._sink.commands.append(command)
            verb, _, rest = command.partition(" ")
            await self._perform(verb.lower(), rest)

    async def _perform(self, verb: str, rest: str) -> None:
        match verb:
            case "ehlo" | "helo":
                await self._reply("ehlo")
            case "starttls":
                await self._starttls()
            case "auth":
                await self._auth(rest)
            case "mail":
                await self._mail(_address(rest))
            case "rcpt":
                await self._rcpt(_address(rest))
            case "data":
                await self._data()
            case "quit":
                await self._reply("quit")
                raise _Closed
            case "rset":
                self._sender = self._recipient = None
                await self._reply("rset")
            case _:
                await self._reply("other")

    async def _starttls(self) -> None:
        answer = await self._reply("starttls")
        if answer.startswith("220") and self._sink.tls is not None:
            await self._encrypt(self._sink.tls)
            self._sink.encrypted += 1

    async def _encrypt(self, context: ssl.SSLContext) -> None:
        # StreamWriter.start_tls() leaves a writer without a transport when the client turns away in the handshake.
        loop, plain = asyncio.get_running_loop(), self._writer.transport
        protocol = plain.get_protocol()
        encrypted = await loop.start_tls(plain, protocol, context, server_side=True)
        if encrypted is None:
            raise _Closed
        self._writer = asyncio.StreamWriter(encrypted, protocol, self._reader, loop)

    def close(self) -> None:
        """Drop this connection."""
        self._writer.transport.abort()

    async def _auth(self, rest: str) -> None:
        method, _, first = rest.partition(" ")
        username = password = ""
        if method.upper() == "PLAIN":
            _, username, password = _unpacked(first).split("\0")
        elif method.upper() == "LOGIN":
            username, password = _unpacked(first), _unpacked(await self._ask("334 UGFzc3dvcmQ6"))
        else:
            username = _unpacked(await self._ask("334 PDEyM0BzaW5rPg==")).partition(" ")[0]
        self._sink.logins.append((method.upper(), username, password))
        await self._reply("auth")

    async def _mail(self, sender: str) -> None:
        if self._sender is not None:
            await self._say("503 5.5.1 Nested MAIL command")
        elif _is_positive(await self._reply("mail")):
            self._sender = sender

    async def _rcpt(self, recipient: str) -> None:
        if self._sender is None or self._recipient is not None:
            await self._say("503 5.5.1 One MAIL, one RCPT")
        elif _is_positive(await self._reply("rcpt", recipient)):
            self._recipient = recipient

    async def _data(self) -> None:
        if self._sender is None or self._recipient is None:
            await self._say("503 5.5.1 MAIL and RCPT first")
            return
        if not (await self._reply("data")).startswith("354"):
            return
        text = await self._reader.readuntil(b"\r\n.\r\n")
        self._sink.commands.append("<text>")
        letter = Received(self._sender, self._recipient, re.sub(rb"(?m)^\.", b"", text[:-3]))
        self._sender = self._recipient = None
        answer = self._sink.answer("content")
        if answer is Fault.DROP or answer is Fault.HANG or (isinstance(answer, str) and _is_positive(answer)):
            self._sink.letters.append(letter)  # a relay that falls silent now may well have taken it
        await self._give(answer)

    async def _ask(self, question: str) -> str:
        await self._say(question)
        return (await self._reader.readline()).decode("ascii").strip()

    async def _reply(self, stage: str, recipient: str = "") -> str:
        return await self._give(self._sink.answer(stage, recipient))

    async def _give(self, answer: Answer) -> str:
        match answer:
            case Fault.HANG:
                await self._sink.hang()
                raise _Closed
            case Fault.DROP:
                raise _Closed
            case Fault.GARBAGE:
                await self._say("\x7f no reply \xff")
                return ""
            case Fault.UNREAD:
                await self._say("354 Go on")
                raise _Closed
            case Fault.NO_HANDSHAKE:
                await self._say("220 Go ahead")
                await self._reader.read(1)
                await self._say("250 in the clear")
                raise _Closed
        await self._say(answer)
        if answer.startswith("421"):
            raise _Closed
        return answer

    async def _say(self, answer: str) -> None:
        self._writer.write(answer.encode("utf-8", "surrogateescape") + b"\r\n")
        await self._writer.drain()


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


def _unpacked(text: str) -> str:
    return base64.b64decode(text).decode("utf-8")


def _is_positive(answer: str) -> bool:
    return answer.startswith("2")
