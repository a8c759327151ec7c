"""The socket of channels: what carries a message to its reader, and how one attempt to carry it ended.

A channel writes a message (``render``, pure and repeatable) and hands it over (``deliver``). Between the two, and just
before the message can no longer be called back, it awaits ``before_data``: there the caller commits that it is about to
leave. That one moment is what lets a delivery that was cut short be judged: known not to have left, or unknown.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from review_engine.ports.outbox import Outgoing

Stage = Literal[
    "render", "envelope", "connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "answer", "call"
]
"""What an attempt was at. ``answer`` is a web server's, ``call`` a function of the host's."""

Outcome = Literal["sent", "retry", "dead", "unknown", "channel_down"]
BeforeData = Callable[[], Awaitable[None]]
LONGEST_TEXT = 500
"""Characters kept of what a stranger says."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one attempt to hand one message over ended.

    Args:
        outcome: ``sent``; ``retry``, known not to be accepted, later it may be; ``dead``, refused for good;
            ``unknown``, handed over and not acknowledged; ``channel_down``, we are refused, whatever the message.
        stage: what the attempt was at: ``envelope`` is before any network, ``content`` after the final dot.
        code: the reply code; None when nothing was said, or the verdict is ours.
        enhanced: the enhanced status code (RFC 3463), such as ``5.1.1``; empty if there was none.
        text: what was said, or what happened, in words: printable, at most 500 characters.
        suppress_address: True when the relay says that there is no such address; write to it no more.
        for_good: with ``channel_down``: True when trying again is of no use until an operator has seen to it.
    """

    outcome: Outcome
    stage: Stage
    code: int | None = None
    enhanced: str = ""
    text: str = ""
    suppress_address: bool = False
    for_good: bool = False


class Rendered(NamedTuple):
    """A message as it goes over the wire.

    Args:
        content: ASCII text, line endings as they are sent; kept at the first attempt, and sent again as it is.
        message_id: what the receiving side knows it by, the same on every attempt.
        thread_root: the message that opened its thread; empty for none.
        version: which version of the letter it was written from; empty where there are no letters.
    """

    content: str
    message_id: str = ""
    thread_root: str = ""
    version: str = ""


class Channel(Protocol):
    """Carries messages. Opened, used and closed within one event loop."""

    @property
    def room(self) -> int:
        """How many messages may be under way at once."""

    async def open(self) -> None:
        """Make ready."""

    async def close(self) -> None:
        """Give back connections."""

    def render(self, outgoing: Outgoing) -> Rendered:
        """The message, the same whenever it is asked for.

        Raises:
            whatever makes it impossible; that message is given up, no other.
        """

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        """Hand one message over, within a deadline of the channel's own. Raises only what ``before_data`` raises."""


class Route(NamedTuple):
    """One way by which an audience is told.

    Args:
        channel: its name.
        personal: one message for each person; otherwise one for all of them.
        events: names of the notices it takes; empty for all.
    """

    channel: str
    personal: bool = True
    events: tuple[str, ...] = ()

    def takes(self, event: str) -> bool:
        """Whether notices of that name go this way."""
        return not self.events or event in self.events


class Exchange(Protocol):
    """The channels of an installation, the routes to them, and what a host adds in code."""

    @property
    def listeners(self) -> tuple[str, ...]:
        """Names of the host's functions that are told of every move."""

    def routes(self, audience: str) -> tuple[Route, ...]:
        """How an audience (``lifecycle.AUDIENCES``, or ``operator``) is told."""

    def channels(self) -> Mapping[str, Channel]:
        """Every channel that this process serves, by name; new ones at each call."""

    def add(self, name: str, function: Callable[..., object], *, personal: bool = True) -> object:
        """Register a channel of the host's.

        Raises:
            InvalidInput: the name is taken or cannot be a channel's, or the function cannot be called that way.
        """

    def listen(self, function: Callable[..., object]) -> object:
        """Register a function of the host's that is told of every move.

        Raises:
            InvalidInput: as for ``add``.
        """


def safe_text(text: str) -> str:
    """A stranger's words as they may be stored and shown: printable, one line, cut to 500 characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_TEXT]).strip()
