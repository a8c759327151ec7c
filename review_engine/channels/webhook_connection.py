"""One connection to somebody else's server, for one request after the other.

A verdict needs no more than the first line of an answer, and is not kept waiting for the rest. Whether the connection
may carry another request is another question, and is asked when there is one: only if everything of the last answer has
come by then, and nothing more. It stands beneath ``webhook_request``, which decides whom to connect to.
"""

import asyncio

ANSWER_MAX = 65_536
"""Bytes of an answer that are read; a longer one ends the connection."""

LINE_MAX = 16_384
"""Bytes of an answer's first line."""

_FINAL = 200
_WITHOUT_BODY = (204, 304)
_DIGITS = 10


class Unanswered(EOFError):
    """The connection ended before a byte of an answer came."""


class Connection(asyncio.Protocol):
    """A connection that is open.

    Attributes:
        since: when it was opened, in the loop's own seconds.
    """

    def __init__(self) -> None:
        self.since = asyncio.get_running_loop().time()
        self._transport: asyncio.Transport | None = None
        self._answer = bytearray()
        self._code = 0
        self._line: asyncio.Future[bytes] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent over it any more."""
        return self._transport is None or self._transport.is_closing()

    @property
    def is_free(self) -> bool:
        """Whether the last answer has come as a whole, and the server means to go on."""
        if self.is_closed or self._code < _FINAL:
            return False
        head, blank, body = bytes(self._answer).partition(b"\r\n\r\n")
        if not blank or not head.startswith(b"HTTP/1.1 "):
            return False
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
        values = {name: value.strip() for name, _, value in fields}
        if len(values) < len(fields) or b"transfer-encoding" in values:  # told twice, or in pieces: not counted here
            return False
        length = b"0" if self._code in _WITHOUT_BODY else values.get(b"content-length", b"")
        is_whole = length.isdigit() and len(length) < _DIGITS and len(body) == int(length)
        return is_whole and values.get(b"connection", b"keep-alive") == b"keep-alive"

    async def ask(self, request: bytes) -> tuple[int, str]:
        """Send a request; the status of the answer and its reason, in the server's words.

        Raises:
            Unanswered: nothing came back.
            OSError, EOFError, ValueError: what came is no answer.
        """
        transport, self._code = self._transport, 0
        if transport is None or transport.is_closing():
            raise Unanswered("the connection is closed")
        self._answer.clear()
        self._line = asyncio.get_running_loop().create_future()
        transport.write(request)
        self._code, reason = _status(await self._line)
        return self._code, reason

    def abort(self) -> None:
        """Drop the connection; whatever else would come, nobody reads it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Tell the first line once it is there, and read on for as long as anybody would."""
        self._answer += data
        end = self._answer.find(b"\r\n", 0, LINE_MAX)
        if end >= 0:
            self._tell(bytes(self._answer[:end]))
        elif len(self._answer) >= LINE_MAX:
            self._tell(ValueError("the answer's first line is too long"))
        if len(self._answer) > ANSWER_MAX:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns of it."""
        if self._answer:
            self._tell(exc or EOFError("the answer broke off"))
        else:
            self._tell(Unanswered(str(exc or "the connection was closed without an answer")))

    def _tell(self, what: bytes | Exception) -> None:
        line = self._line
        if line is None or line.done():
            return
        if isinstance(what, Exception):
            line.set_exception(what)
        else:
            line.set_result(what)


def _status(line: bytes) -> tuple[int, str]:
    words = line.decode("latin-1").strip().split(" ", 2)
    is_http = len(words) > 1 and words[0].startswith("HTTP/1.") and words[1].isdigit() and len(words[1]) == len("200")
    if not is_http:
        raise ValueError("the answer is not HTTP")
    return int(words[1]), words[2] if len(words) > 2 else ""  # noqa: PLR2004 - version, status, reason
