"""Webhooks as Standard Webhooks has them: an id that is the same on every attempt, a timestamp, a signature per key.

An endpoint is a channel of its own: when one of them is gone, the others do not wait. Several keys may hold at once,
so that a receiver can change its key without missing a message. 410 closes the endpoint until an operator opens it.
"""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from review_engine.channels.payload import message_name, payload
from review_engine.channels.webhook_request import Line, Target, Unreachable
from review_engine.domain.canonical import canonical
from review_engine.domain.errors import InvalidConfiguration
from review_engine.ports.channels import BeforeData, Delivery, Rendered, safe_text
from review_engine.ports.outbox import Outgoing

PREFIX = "whsec_"
GONE = 410
_KEY_MIN, _KEY_MAX = 16, 128
_FINE = range(200, 300)


class WebhookChannel:
    """One endpoint.

    Args:
        url: where to.
        secrets: its keys, newest first, as ``whsec_`` and base64; the message is signed under each.
        clock: answers the present instant (aware UTC), for the timestamp that is signed.
        allow_private: whether it may be on this machine or network, and in the clear.
        deadline: seconds an attempt may take.
        room: how many may be under way at once.

    Raises:
        InvalidConfiguration: the address or a key cannot be used.
    """

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        clock: Callable[[], datetime],
        *,
        allow_private: bool = False,
        deadline: float = 20.0,
        room: int = 8,
    ) -> None:
        self.room = room
        self._target = Target.of(url, allow_private=allow_private)
        self._keys = [key_of(secret) for secret in secrets]
        if not self._keys:
            cure = "Give it a secret: whsec_ and at least 16 bytes in base64."
            raise InvalidConfiguration("an endpoint has no secret", where=self._target.host, cure=cure)
        self._clock = clock
        self._line = Line(self._target, allow_private=allow_private)
        self._deadline = deadline

    async def open(self) -> None:
        """Keep connections from now on; the first message opens one."""
        self._line.open()

    async def close(self) -> None:
        """Drop the connections."""
        await self._line.close()

    def render(self, outgoing: Outgoing) -> Rendered:
        """The event as JSON; what is signed is these bytes."""
        return Rendered(canonical(payload(outgoing)), message_name(outgoing))

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        """Post it. A receiver knows a repeated message by its id, so no answer means: again."""
        body = content.encode("ascii")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "review_engine",
            **signed(message_name(outgoing), self._clock(), body, self._keys),
        }
        timer = asyncio.timeout(self._deadline)
        try:
            async with timer:
                answer = await self._line.post(headers, body, before_data)
        except Unreachable as error:
            return Delivery("channel_down" if error.for_good else "retry", "connect", text=safe_text(str(error)))
        except TimeoutError:
            if not timer.expired():
                raise
            return Delivery("retry", "answer", text=f"no answer within {self._deadline:g} seconds")
        except (OSError, EOFError, ValueError) as error:
            return Delivery("retry", "answer", text=safe_text(str(error) or type(error).__name__))
        return _judged(*answer)


def key_of(secret: str) -> bytes:
    """The key a secret spells.

    Raises:
        InvalidConfiguration: it is not ``whsec_`` and 16 to 128 bytes in base64. The message does not show it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not _KEY_MIN <= len(key) <= _KEY_MAX:
        cure = "Write whsec_ and 16 to 128 random bytes in base64."
        raise InvalidConfiguration("a webhook's secret is not of the form", where="webhooks", cure=cure)
    return key


def signed(name: str, at: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The three headers of a message: its id, the time, and its signature under each key."""
    stamp = str(int(at.timestamp()))
    text = b".".join([name.encode("ascii"), stamp.encode("ascii"), body])
    signatures = (base64.b64encode(hmac.new(key, text, sha256).digest()).decode("ascii") for key in keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _judged(code: int, reason: str) -> Delivery:
    text = safe_text(f"{code} {reason}")
    if code in _FINE:
        return Delivery("sent", "answer", code, text=text)
    if code == GONE:
        return Delivery("channel_down", "answer", code, text=text, for_good=True)
    return Delivery("retry", "answer", code, text=text)  # redirects too: where to is not the answer's to say
