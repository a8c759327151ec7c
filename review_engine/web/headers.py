"""What every answer tells a browser: load nothing from elsewhere, run nothing inline, be framed by nobody. ASGI.

Headers that an answer carries already are left as they are, so a page may ask for more, or for less.
"""

import re
from collections.abc import Iterable, Mapping

from review_engine.web.refusals import Application, Message, Receive, Scope, Send, refuse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of every answer."""

STRICT_TRANSPORT = "max-age=31536000"
"""Told over https only: come back over https, for a year."""

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([0-9a-z_.-]+))(?::[0-9]{0,5})?")

_ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class SecurityHeaders:
    """Middleware that adds security headers to every answer.

    Args:
        app: the application behind it.
        https: it is reached over https even where the connection does not show it (behind a proxy that ends TLS).
        more: further headers, or other values for these.
    """

    def __init__(self, app: Application, *, https: bool = False, more: Mapping[str, str] | None = None) -> None:
        self._app, self._https = app, https
        wanted = {**_ALWAYS, **{name.lower(): value for name, value in (more or {}).items()}}
        self._headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in wanted.items()]
        self._strict = (b"strict-transport-security", STRICT_TRANSPORT.encode("ascii"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._https:
            scope = {**scope, "scheme": "https"}  # so that cookies and links are made for it
        strict = scope.get("scheme") == "https"
        wanted = [*self._headers, self._strict] if strict else self._headers

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                message = {**message, "headers": given + [header for header in wanted if header[0] not in names]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class TrustedHosts:
    """Middleware that answers for the named hosts only, so that no link is built from a name somebody made up.

    Args:
        app: the application behind it.
        names: host names without port; ``*.example.com`` stands for every name below. None are no restriction.
        but: paths that are answered for every host, for probes that know an address only.
    """

    def __init__(self, app: Application, *, names: Iterable[str] = (), but: Iterable[str] = ()) -> None:
        self._app = app
        wanted = [name.lower() for name in names]
        self._exact = {name for name in wanted if not name.startswith("*.")}
        self._below = tuple(name.removeprefix("*") for name in wanted if name.startswith("*."))
        self._but = frozenset(but)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] in self._but or self._trusted(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(send, 400, code="unknown_host", detail="There is no such host here.")

    def _trusted(self, scope: Scope) -> bool:
        if not self._exact and not self._below:
            return True
        told = [value for name, value in scope["headers"] if name == b"host"]
        if len(told) != 1:
            return False
        name = _without_port(told[0].decode("latin-1").lower())
        return name in self._exact or name.endswith(self._below)


def _without_port(host: str) -> str:
    """The name of ``name:port``, the address of ``[address]:port``; empty for what is neither."""
    told = _HOST.fullmatch(host)
    return (told[1] or told[2]) if told else ""
