"""The double of every channel: it keeps what it is handed, and ends attempts as it is told. Hosts test with it too."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from review_engine.channels.payload import message_name, payload
from review_engine.domain.canonical import canonical
from review_engine.ports.channels import BeforeData, Delivery, Rendered
from review_engine.ports.outbox import Outgoing


class Kept(NamedTuple):
    """One message as it was handed over."""

    outgoing: Outgoing
    content: str


class MemoryChannel:
    """Keeps messages.

    Args:
        room: how many may be under way at once.
        writes: renders; None for the notice as JSON.

    Attributes:
        kept: what was accepted, in order.
        answers: how the next attempts end, one each; after them every attempt is accepted.
    """

    def __init__(self, room: int = 4, writes: Callable[[Outgoing], Rendered] | None = None) -> None:
        self.room = room
        self.kept: list[Kept] = []
        self.answers: deque[Delivery] = deque()
        self._writes = writes or _as_json

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    def render(self, outgoing: Outgoing) -> Rendered:
        """The message."""
        return self._writes(outgoing)

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        """Keep the message, unless an answer says otherwise."""
        answer = self.answers.popleft() if self.answers else Delivery("sent", "content", 250, "2.0.0", "kept")
        if answer.stage == "content":
            await before_data()
        if answer.outcome in ("sent", "unknown"):
            self.kept.append(Kept(outgoing, content))
        return answer


def _as_json(outgoing: Outgoing) -> Rendered:
    return Rendered(canonical(payload(outgoing)), message_name(outgoing))
