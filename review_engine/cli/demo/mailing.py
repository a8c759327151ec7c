"""The demonstration's letters: everything the story has to tell is delivered, as files, and one of them is shown.

A neighbour of the stage, because letters are the part of a marketplace that its people see, and the part that a story
on a terminal does not show by itself.
"""

import logging
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import NamedTuple

from review_engine.domain.actors import Actor
from review_engine.engine import ReviewEngine
from review_engine.ports.outbox import SENT, Chosen

_ALL = 100_000


class Mailed(NamedTuple):
    """What was delivered: how many letters lie where, and one of them as its readers get it (empty for none)."""

    letters: int
    folder: Path
    subject: str = ""
    to: str = ""
    text: str = ""


def mail(engine: ReviewEngine, folder: Path, key: str, letter: str) -> Mailed:
    """Deliver everything, and pick the letter of that name about that subject.

    Args:
        engine: whose outbox.
        folder: where its letters go.
        key: the subject's key.
        letter: name of the notice.
    """
    logging.getLogger("review_engine").addHandler(logging.NullHandler())  # that nobody is told of some is no news here
    engine.deliver_all()
    lying = sum(file.suffix == ".eml" for file in folder.iterdir()) if folder.is_dir() else 0
    told = engine.outgoing(Chosen(statuses=(SENT,), channel="email", subject=key, limit=_ALL), by=Actor.host())
    shown = next((row for row in told if row.letter == letter and row.content and not row.recipient.staff), None)
    if shown is None or shown.content is None:
        return Mailed(lying, folder)
    message = message_from_bytes(shown.content.encode("ascii"), policy=default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    return Mailed(lying, folder, str(message["subject"]), str(message["to"]), text.replace("\r\n", "\n").rstrip())
