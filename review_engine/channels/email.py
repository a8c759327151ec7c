"""The channel of letters: an outgoing notice becomes a letter, a letter becomes bytes, and a carrier takes them.

What carries them is a pool of connections to a relay (``smtp_pool``), or, where no relay is configured, a folder
(``folder``): whoever tries the engine sees the same letters either way.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, Protocol

from review_engine.channels.letter_shelf import DEADLINE, REQUIRED, Shelf
from review_engine.channels.letter_view import Reader
from review_engine.channels.letters import WEEKLY, Bundle, Letters
from review_engine.channels.message import Letter, Mailbox, compose
from review_engine.ports.channels import BeforeData, Delivery, Rendered
from review_engine.ports.outbox import Outgoing

_AUTOMATIC = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))


class Carrier(Protocol):
    """Takes letters as bytes. Open while it is entered."""

    async def __aenter__(self) -> Any:
        """Make ready."""

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> Any:
        """Give back what was opened."""

    async def deliver(self, sender: str, recipient: str, message: bytes, before_data: BeforeData) -> Delivery:
        """Hand one letter over. Raises only what ``before_data`` raises."""


class EmailChannel:
    """Letters.

    Args:
        letters: makes the letter writer, when the first letter is written.
        carrier: makes what takes the letters.
        room: how many may be under way at once.
    """

    def __init__(self, letters: Callable[[], Letters], carrier: Callable[[], Carrier], room: int) -> None:
        self.room = room
        self._make_letters, self._make_carrier = letters, carrier
        self._letters: Letters | None = None
        self._carrier: Carrier | None = None
        self._versions: dict[str, str] = {}

    async def open(self) -> None:
        """Make the carrier ready, and see to it that letters can be written at all."""
        self._letters = self._make_letters()
        carrier = self._make_carrier()
        await carrier.__aenter__()
        self._carrier = carrier

    async def close(self) -> None:
        """Give back the carrier's connections."""
        carrier, self._carrier = self._carrier, None
        if carrier is not None:
            await carrier.__aexit__(None, None, None)

    def render(self, outgoing: Outgoing) -> Rendered:
        """The letter as it goes over the wire.

        Raises:
            InvalidLetter: the letter is missing, or asks for what the notice does not hold.
            InvalidInput: the address, or something else of the letter, cannot be written.
        """
        letters = self._letters = self._letters or self._make_letters()
        letter = _letter(letters, outgoing)
        root = letter.references[0] if letter.references else ""
        version = self._version(letters.shelf, outgoing.letter) if outgoing.letter else ""
        return Rendered(compose(letter).decode("ascii"), letter.message_id, root, version)

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        """Hand the letter to the carrier."""
        if self._carrier is None or self._letters is None:
            return Delivery("retry", "connect", text="the channel is not open")
        sender = self._letters.sender.address
        return await self._carrier.deliver(sender, outgoing.recipient.address, content.encode("ascii"), before_data)

    def _version(self, shelf: Shelf, name: str) -> str:
        """Twelve digits of the hash of a letter's own files."""
        if name not in self._versions:
            files = [shelf.file(f"{name}/{part}") for part in (*REQUIRED, DEADLINE)]
            text = b"\0".join(file.read_bytes() for file in files if file is not None)
            self._versions[name] = sha256(text).hexdigest()[:12]
        return self._versions[name]


def _letter(letters: Letters, outgoing: Outgoing) -> Letter:
    to, notice = outgoing.recipient, outgoing.notice
    reader = Reader(to.key, to.address, to.name, to.zone, to.staff)
    if not outgoing.letter:
        letter = _plain(letters, outgoing, reader)
    elif outgoing.letter == WEEKLY:
        letter = letters.weekly(notice, reader, unsubscribe=to.unsubscribe or None, people=to.people)
    elif outgoing.told:
        zone = str(notice.context.get("zone", "UTC"))
        bundle = Bundle(notice.cause, notice.at, outgoing.told, zone=zone)
        letter = letters.digest(bundle, reader, unsubscribe=to.unsubscribe or None, people=to.people)
    else:
        letter = letters.render(notice, reader, unsubscribe=to.unsubscribe or None, people=to.people)
    if not outgoing.resends:
        return letter
    # Sent again by force: another letter to whoever knows letters by their ids.
    return replace(letter, message_id=letters.message_id(outgoing.idem_key, reader))


def _plain(letters: Letters, outgoing: Outgoing, reader: Reader) -> Letter:
    """A letter without templates, as alerts are."""
    notice = outgoing.notice
    return Letter(
        sender=letters.sender,
        to=Mailbox(reader.address, reader.name),
        subject=str(notice.context.get("subject", notice.name)),
        text=str(notice.context.get("text", "")),
        message_id=letters.message_id(notice.idem_key, reader),
        date=notice.at,
        headers=_AUTOMATIC,
    )
