"""What runs the application: uvicorn, with a limit on everything a stranger may take their time with.

Beside uvicorn's own limits, a connection that does not finish the head of its request within ``HEAD_SECONDS`` is
closed, and what cannot be read as HTTP is answered with a problem document, as everything else is.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from review_engine.domain.errors import InvalidInput
from review_engine.web.problems import MEDIA_TYPE
from review_engine.web.refusals import Application, document

HEAD_SECONDS = 10.0
"""How long the head of a request may take to arrive."""

HEAD_BYTES = 32 * 1024
CONNECTIONS = 512
KEEP_ALIVE_SECONDS = 15
LINGER_SECONDS = 2
GRACE_SECONDS = 2
"""How long requests under way may take once the process is asked to end; delivery has its own time after that."""


class PromptProtocol(H11Protocol):
    """HTTP/1.1 that does not wait for ever, and explains what it cannot read."""

    _deadline: asyncio.TimerHandle | None = None
    _turned_away = False

    def connection_made(self, transport: Any) -> None:
        """A connection begins."""
        super().connection_made(transport)
        _send_at_once(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something has arrived; what comes after a refusal is read and forgotten."""
        if not self._turned_away:
            super().data_received(data)

    def handle_events(self) -> None:
        """Go on with what has arrived."""
        super().handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self.conn.trailing_data[0] and self._deadline is None:
            self._await_head()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be read, unless an answer is under way already."""
        self._refuse(400, "unreadable", "This cannot be read as a request.")

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._refuse(408, "too_slow", f"The request did not begin within {HEAD_SECONDS:g} seconds.")

    def _refuse(self, status: int, code: str, detail: str) -> None:
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = document(status, code, detail)
            headers = [
                (b"content-type", MEDIA_TYPE.encode("ascii")),
                (b"content-length", str(len(body)).encode("ascii")),
                (b"connection", b"close"),
            ]
            for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self._part()

    def _part(self) -> None:
        """Let the other side finish for a moment: a connection closed on unread bytes loses the answer."""
        self._turned_away = True
        self._stop_waiting()
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()


def _send_at_once(transport: Any) -> None:
    """Hold no packet back until the one before it is acknowledged: head and body of an answer are two of them, and a
    client that keeps its connection acknowledges the first only after 40 ms. The event loop sees to this for sockets of
    its own making, not for one that is handed to it.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 chooses a free one.

    Raises:
        InvalidInput: the host is none of this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        number = error.errno or 0  # the resolver's own are below zero
        why = os.strerror(number) if number > 0 else error.strerror or error
        cure = "Choose another --port, or --host."
        raise InvalidInput(f"nothing can listen there: {why}", where=f"{host}:{port}", cure=cure) from None


def run(app: Application, listening: socket.socket, *, ready: Callable[[], None]) -> bool:
    """Answer until the process is asked to end (SIGTERM, SIGINT); whether it began at all.

    Args:
        app: the application.
        listening: from ``listen``; closed at the end.
        ready: called once it answers.
    """
    config = uvicorn.Config(
        app,
        http=PromptProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    server = _Server(config, ready)
    # The server raises once more the signal it ended for; that is answered already.
    former = {number: signal.signal(number, _answered) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listening])
    finally:
        for number, before in former.items():
            signal.signal(number, before)
        listening.close()
    return server.started


def _answered(number: int, frame: object) -> None:
    """The server has ended; there is nothing left to do."""
