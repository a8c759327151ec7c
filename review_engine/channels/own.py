"""Channels a host writes as functions, and the functions it has told of every move.

Called after commit, from the outbox, at least once: a function that raises is called again later, and one that was
called just before its process died may be called twice. ``Told.id`` is the same both times.
"""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from review_engine.channels.payload import message_name, payload
from review_engine.domain.canonical import canonical
from review_engine.domain.errors import InvalidInput, shown
from review_engine.ports.channels import BeforeData, Delivery, Rendered, safe_text
from review_engine.ports.outbox import Outgoing, Recipient

Function = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Told:
    """What a host's function is told.

    Args:
        id: the same whenever the same thing is told.
        event: name of the notice; ``move.taken`` for a move.
        subject: the subject's key.
        partner: key of its owner.
        at: when it was caused (aware UTC).
        recipient: whom it is for; for a channel that is not personal, its own name.
        context: what the notice says, as JSON-able values.
    """

    id: str
    event: str
    subject: str
    partner: str
    at: datetime
    recipient: Recipient
    context: Mapping[str, object]


class OwnChannel:
    """A host's functions as a channel.

    Args:
        functions: by the address of what is for them; a single one under the empty text takes everything.
        room: how many calls may be under way at once; a plain function is called on a thread.
    """

    def __init__(self, functions: Mapping[str, Function], room: int = 4) -> None:
        self.room = room
        self._functions = functions

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    def render(self, outgoing: Outgoing) -> Rendered:
        """The notice as JSON, for the record."""
        return Rendered(canonical(payload(outgoing)), message_name(outgoing))

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        """Call the function; what it raises is told, and it is called again later."""
        function = self._functions.get("") or self._functions.get(outgoing.recipient.address)
        if function is None:
            name = shown(outgoing.recipient.address)
            return Delivery("retry", "call", text=f"no function {name} is registered in this process")
        told = _told(outgoing)
        await before_data()
        try:
            if inspect.iscoroutinefunction(function):
                await function(told)
            else:
                await asyncio.to_thread(function, told)
        except Exception as error:
            return Delivery("retry", "call", text=safe_text(f"{type(error).__name__}: {error}"))
        return Delivery("sent", "call", text="called")


def check_function(name: str, function: Function) -> None:
    """Whether a host's function can be called with one ``Told``.

    Raises:
        InvalidInput: it cannot.
    """
    try:
        inspect.signature(function).bind(object())
    except (TypeError, ValueError) as error:
        cure = "Write it as a function of one argument, plain or async."
        raise InvalidInput(f"{shown(name)} cannot be called with what is told: {error}", cure=cure) from None


def _told(outgoing: Outgoing) -> Told:
    notice = outgoing.notice
    return Told(
        message_name(outgoing),
        notice.name,
        notice.subject,
        notice.partner,
        notice.at,
        outgoing.recipient,
        dict(notice.context),
    )
