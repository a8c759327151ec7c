"""One request to somebody else's server: its name is resolved once, the address vetted, and that very one connected to.

A client library would look the name up again, follow redirects and go through proxies, and each of these lets a
stranger choose a host of ours. What is needed is small: one request, one short answer, a verified certificate.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import lru_cache
from ipaddress import ip_address
from socket import IPPROTO_TCP, SOCK_STREAM
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from review_engine.domain.errors import InvalidConfiguration, shown
from review_engine.domain.public_addresses import is_public

HEAD_MAX = 16_384
"""Bytes of an answer's head that are read; of its body, nothing is."""

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


async def post(
    target: Target,
    headers: dict[str, str],
    body: bytes,
    before_data: Callable[[], Awaitable[None]],
    *,
    allow_private: bool = False,
) -> tuple[int, str]:
    """Send one request; the status of the answer and its reason, in the server's words.

    Raises:
        Unreachable: nothing was sent.
        OSError, EOFError, ValueError: it was sent, and there was no answer, or none that is HTTP.
        whatever ``before_data`` raises.
    """
    lines = [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return await _exchanged(target, "POST", lines, body, before_data, allow_private)


async def ask(target: Target, *, allow_private: bool = False) -> tuple[int, str]:
    """Ask for a page; the status of the answer and its reason. Of the page itself nothing is read.

    Raises:
        Unreachable: nothing was asked.
        OSError, EOFError, ValueError: there was no answer, or none that is HTTP.
    """

    async def nothing() -> None:
        return None

    return await _exchanged(target, "GET", ["User-Agent: review_engine"], b"", nothing, allow_private)


async def _exchanged(
    target: Target,
    method: str,
    further: list[str],
    body: bytes,
    before_data: Callable[[], Awaitable[None]],
    allow_private: bool,
) -> tuple[int, str]:
    address = await _vetted(target, allow_private)
    secure = target.scheme == "https"
    try:
        reader, writer = await asyncio.open_connection(
            address,
            target.port,
            ssl=_trust() if secure else None,
            server_hostname=target.host if secure else None,
            limit=HEAD_MAX,
        )
    except (OSError, ssl.SSLError) as error:
        raise Unreachable(f"{target.host} cannot be reached: {error}") from error
    try:
        lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.authority}", "Connection: close"]
        lines += ["Accept-Encoding: identity", *further]
        await before_data()
        writer.write("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        await writer.drain()
        return _status(await reader.readuntil(b"\r\n"))
    except asyncio.LimitOverrunError as error:
        raise ValueError("the answer's first line is too long") from error
    finally:
        writer.transport.abort()  # whatever else would come, nobody reads it


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


def _status(line: bytes) -> tuple[int, str]:
    words = line.decode("latin-1").strip().split(" ", 2)
    is_http = len(words) > 1 and words[0].startswith("HTTP/1.") and words[1].isdigit() and len(words[1]) == len("200")
    if not is_http:
        raise ValueError("the answer is not HTTP")
    return int(words[1]), words[2] if len(words) > 2 else ""  # noqa: PLR2004 - version, status, reason


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
