"""A request put to an ASGI application message by message, so that a test decides when and whether each one comes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from review_engine.web.refusals import Application, Message, Receive, Scope, Send

Header = tuple[str, str]


@dataclass
class Answer:
    """What was sent back."""

    messages: list[Message] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The status; 0 when nothing was answered."""
        return int(self.messages[0]["status"]) if self.messages else 0

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in small letters."""
        return {name.decode().lower(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        """The body, put together."""
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def problem(self) -> dict[str, Any]:
        """The body as a problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        document: dict[str, Any] = json.loads(self.body)
        return document


def piece(body: bytes, *, more: bool = True) -> Message:
    """A part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


async def ask(
    app: Application,
    *messages: Message,
    headers: tuple[Header, ...] = (),
    path: str = "/",
    method: str = "POST",
    scheme: str = "http",
    forever: bool = False,
) -> Answer:
    """Put one request to an application. After the last message nothing comes, or the last one again ``forever``."""
    answer = Answer()
    coming = list(messages)

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        return coming[0] if forever and len(coming) == 1 else coming.pop(0)

    async def send(message: Message) -> None:
        answer.messages.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    await app({"type": "http", "path": path, "method": method, "scheme": scheme, "headers": raw}, receive, send)
    return answer


@dataclass
class Echo:
    """An application that answers with the body it was sent, and counts how often it was asked."""

    headers: tuple[tuple[bytes, bytes], ...] = ()
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self.asked += 1
        body = b""
        if scope["method"] != "GET":
            message = await receive()
            assert not message["more_body"]
            body = message["body"]
        await send({"type": "http.response.start", "status": 200, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": body})


Answering = Callable[[], Awaitable[Answer]]
