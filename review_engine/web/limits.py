"""How large a request may be, and how long it may take to arrive. ASGI; it stands in front of any application.

A body is read here, whole, before the application is asked: so a request that is half sent, longer than it says or too
large never reaches a router (where each would be an error of its own), and one request holds at most the limit. Bodies
of the interface and of the pages are small; where one path takes more, ``larger`` says so.
"""

import asyncio
import logging
from collections.abc import Mapping

from review_engine.web.refusals import Application, Message, Receive, Scope, Send, finish, refuse

BODY = 1024 * 1024
"""Bytes a body may have."""

SECONDS = 20.0
"""How long a body may take to arrive."""

_LINGER_SECONDS = 2.0
_LINGER_BYTES = 8 * 1024 * 1024
_DIGITS_MAX = 18

_log = logging.getLogger("review_engine.web")


class _Unreadable(Exception):
    """What ends the reading of a body: the status and the words it is answered with."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class _Gone(Exception):
    """The other side has left; nobody is to be answered."""


class Limits:
    """Middleware that hands an application whole bodies of a bounded size only.

    Args:
        app: the application behind it.
        body: bytes a body may have; more is a 413.
        seconds: how long a body may take to arrive; longer is a 408.
        larger: path -> bytes, for paths that take more or less than the rest.
    """

    def __init__(
        self, app: Application, *, body: int = BODY, seconds: float = SECONDS, larger: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._body, self._seconds, self._larger = body, seconds, dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._body)
        try:
            body = await self._read(scope, receive, limit)
        except _Gone:
            return
        except _Unreadable as unreadable:
            await _turn_away(unreadable, scope, receive, send)
            return
        await self._app(scope, _once(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive, limit: int) -> bytes:
        told = _told_length(scope)
        if told is not None and told > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self._seconds):
                body = await _whole(receive, limit)
        except TimeoutError:
            detail = f"The body did not arrive within {self._seconds:g} seconds."
            raise _Unreadable(408, "too_slow", detail) from None
        if told is not None and told != len(body):
            detail = f"Content-Length says {told} bytes, and {len(body)} arrived."
            raise _Unreadable(400, "unreadable", detail)
        return body


def _headers(scope: Scope, name: bytes) -> list[bytes]:
    return [value.strip() for key, value in scope["headers"] if key == name]


def _has_body(scope: Scope) -> bool:
    return bool(_headers(scope, b"content-length") or _headers(scope, b"transfer-encoding"))


def _told_length(scope: Scope) -> int | None:
    """What Content-Length says; None for a body in chunks."""
    told = set(_headers(scope, b"content-length"))
    if not told:
        return None
    if _headers(scope, b"transfer-encoding"):
        raise _Unreadable(400, "unreadable", "A body has a Content-Length or a Transfer-Encoding, not both.")
    text = told.pop()
    if told or not text.isdigit() or len(text) > _DIGITS_MAX:
        raise _Unreadable(400, "unreadable", "Content-Length is one number of bytes.")
    return int(text)


def _too_large(limit: int) -> _Unreadable:
    return _Unreadable(413, "too_large", f"A request here may have {limit} bytes.")


async def _whole(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        if piece:
            pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _once(body: bytes, receive: Receive) -> Receive:
    """``receive`` for the application: the whole body first, then whatever the server says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_once() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_once


async def _turn_away(unreadable: _Unreadable, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, then let the sender finish for a moment: a connection closed on unread bytes loses the answer."""
    lingers = unreadable.status == 413 and not _headers(scope, b"expect")  # noqa: PLR2004 - the others have an end
    await refuse(send, unreadable.status, code=unreadable.code, detail=unreadable.detail, whole=not lingers)
    if not lingers:
        return
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            await _whole(receive, _LINGER_BYTES)
    except (TimeoutError, _Unreadable, _Gone) as left:
        _log.debug("a refused body was not read to its end: %s", type(left).__name__)
    await finish(send)
