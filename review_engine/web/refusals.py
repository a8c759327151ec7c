"""A refusal sent before any application is asked: a whole problem document, as plain ASGI messages.

What turns requests away at the door (too large, too slow, for another host) stands above every router, so it has no
response classes to lean on and must not need any: a host may put these guards in front of another framework.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from review_engine.web.problems import MEDIA_TYPE, problem

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def document(status: int, code: str, detail: str) -> bytes:
    """A problem document as it travels."""
    return json.dumps(problem(status, code=code, detail=detail)).encode("ascii")


async def refuse(send: Send, status: int, *, code: str, detail: str, whole: bool = True) -> None:
    """Send a problem document; the connection is closed after it.

    Args:
        send: the ASGI callable.
        status: HTTP status.
        code: of the problem.
        detail: one sentence for whoever reads it.
        whole: it is the end of the answer; otherwise ``finish`` ends it later.
    """
    body = document(status, code, detail)
    headers = [
        (b"content-type", MEDIA_TYPE.encode("ascii")),
        (b"content-length", str(len(body)).encode("ascii")),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": not whole})


async def finish(send: Send) -> None:
    """End an answer that was begun with ``whole=False``."""
    await send({"type": "http.response.body", "body": b"", "more_body": False})
