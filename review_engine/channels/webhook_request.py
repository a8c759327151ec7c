"""Requests to somebody else's server: its name is resolved once, the address vetted, and that very one connected to.

A client library would look the name up again, follow redirects and go through proxies, and each of these lets a
stranger choose a host of ours. What is needed is small: one request, one short answer, a verified certificate. Where
many go to one server, a connection carries the next one too, for a minute at most: then the name is asked for again.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import lru_cache
from ipaddress import ip_address
from socket import IPPROTO_TCP, SOCK_STREAM
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from review_engine.channels.webhook_connection import Connection, Unanswered
from review_engine.domain.errors import InvalidConfiguration, shown
from review_engine.domain.public_addresses import is_public

AGE_MAX = 60.0
"""Seconds after which a connection carries no further request: names come to mean other addresses."""

KEPT_MAX = 64
"""Connections kept to one server."""

_SCHEMES = {"http": 80, "https": 443}


class Target(NamedTuple):
    """Where a request goes.

    Args:
        scheme: ``https``, or ``http`` where that is allowed.
        host: a name or an address.
        port: its port.
        path: with its query.
    """

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str, *, allow_private: bool = False, where: str = "webhooks") -> "Target":
        """The target an address names.

        Raises:
            InvalidConfiguration: it is no web address, carries a login, or would go in the clear.
        """
        parts = _parts(url)
        cure = "Write it like https://hooks.example.com/reviews."
        if parts is None or parts.scheme not in _SCHEMES or not parts.hostname or "@" in parts.netloc:
            raise InvalidConfiguration(f"{shown(url)} is not where requests can go", where=where, cure=cure)
        if parts.scheme == "http" and not allow_private:
            raise InvalidConfiguration(f"{shown(url)} would be asked in the clear", where=where, cure=cure)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.hostname.encode("idna").decode("ascii")
        return cls(parts.scheme, host, parts.port or _SCHEMES[parts.scheme], path)

    @property
    def authority(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _SCHEMES[self.scheme] else f"{host}:{self.port}"


class Unreachable(Exception):
    """Nothing was sent; ``for_good`` when trying again is of no use as things are."""

    def __init__(self, what: str, *, for_good: bool = False) -> None:
        super().__init__(what)
        self.for_good = for_good


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = url.isascii() and url.isprintable() and " " not in url and parts.port != 0
        (parts.hostname or "").encode("idna")
    except (ValueError, UnicodeError):
        return None
    return parts if usable else None


class Line:
    """The way to one server. What is kept open is kept between ``open`` and ``close`` only.

    Args:
        target: where requests go.
        allow_private: whether that may be on this machine or network.
    """

    def __init__(self, target: Target, *, allow_private: bool = False) -> None:
        self._target, self._allow_private = target, allow_private
        self._kept: list[Connection] = []
        self._is_open = False

    def open(self) -> None:
        """Keep connections from now on."""
        self._is_open = True

    async def close(self) -> None:
        """Drop every connection that is kept."""
        self._is_open = False
        while self._kept:
            self._kept.pop().abort()
        await asyncio.sleep(0)  # one turn of the loop, in which the sockets are closed

    async def post(
        self, headers: dict[str, str], body: bytes, before_data: Callable[[], Awaitable[None]]
    ) -> tuple[int, str]:
        """Send one request; the status of the answer and its reason, in the server's words.

        A server may drop a kept connection just when it is used again; if it said nothing, a fresh one is tried.

        Raises:
            Unreachable: nothing was sent.
            OSError, EOFError, ValueError: it was sent, and there was no answer, or none that is HTTP.
            whatever ``before_data`` raises.
        """
        lines = [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
        request = _request(self._target, "POST", lines, keep=self._is_open) + body
        kept = self._free()
        connection = kept or await _connected(self._target, self._allow_private)
        try:
            await before_data()
            try:
                answer = await connection.ask(request)
            except Unanswered:
                if kept is None:
                    raise
                connection.abort()
                connection = await _connected(self._target, self._allow_private)
                answer = await connection.ask(request)
        except BaseException:
            connection.abort()
            raise
        self._settle(connection)
        return answer

    def _free(self) -> Connection | None:
        """A kept connection that may carry another request; those that no longer may are dropped."""
        oldest = asyncio.get_running_loop().time() - AGE_MAX
        for place in reversed(range(len(self._kept))):
            connection = self._kept[place]
            if connection.since < oldest or connection.is_closed:
                self._kept.pop(place).abort()
            elif connection.is_free:
                return self._kept.pop(place)
        return None

    def _settle(self, connection: Connection) -> None:
        if not self._is_open:
            connection.abort()
            return
        self._kept.append(connection)
        if len(self._kept) > KEPT_MAX:
            self._kept.pop(0).abort()


async def ask(target: Target, *, allow_private: bool = False) -> tuple[int, str]:
    """Ask for a page; the status of the answer and its reason. Of the page itself nothing is used.

    Raises:
        Unreachable: nothing was asked.
        OSError, EOFError, ValueError: there was no answer, or none that is HTTP.
    """
    connection = await _connected(target, allow_private)
    try:
        return await connection.ask(_request(target, "GET", ["User-Agent: review_engine"], keep=False))
    finally:
        connection.abort()


def _request(target: Target, method: str, further: list[str], *, keep: bool) -> bytes:
    lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.authority}", "Accept-Encoding: identity"]
    lines += [*([] if keep else ["Connection: close"]), *further]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _connected(target: Target, allow_private: bool) -> Connection:
    address = await _vetted(target, allow_private)
    secure = target.scheme == "https"
    try:
        _, connection = await asyncio.get_running_loop().create_connection(
            Connection,
            address,
            target.port,
            ssl=_trust() if secure else None,
            server_hostname=target.host if secure else None,
        )
    except (OSError, ssl.SSLError) as error:
        raise Unreachable(f"{target.host} cannot be reached: {error}") from error
    return connection


async def _vetted(target: Target, allow_private: bool) -> str:
    """An address of the host's that may be connected to."""
    if (literal := _literal(target.host)) is not None:  # nobody has to be asked
        found: list[Any] = [(0, 0, 0, "", (literal, target.port))]
    else:
        found = await _looked_up(target)
    addresses = [str(entry[4][0]) for entry in found]
    allowed = [each for each in addresses if allow_private or is_public(each)]
    if not allowed:
        raise Unreachable(f"{target.host} is not a public address, and only such are connected to", for_good=True)
    return allowed[0]


def _literal(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


async def _looked_up(target: Target) -> list[Any]:
    loop = asyncio.get_running_loop()
    try:
        return await loop.getaddrinfo(target.host, target.port, type=SOCK_STREAM, proto=IPPROTO_TCP)
    except OSError as error:
        raise Unreachable(f"{target.host} has no address: {error}") from error


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
