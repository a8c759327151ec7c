"""Due dates as an iCalendar feed (RFC 5545), which a reviewer's own calendar program reads again and again.

An entry keeps its identity while the promise stands, so a date that moves moves in the calendar too.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from review_engine.ports.reception import QueueEntry

_OCTETS = 75
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def feed(entries: Iterable[QueueEntry], now: datetime) -> str:
    """The entries that have a due date, as an iCalendar document with CRLF line endings.

    Args:
        entries: lines of the queue.
        now: when it was asked for (aware UTC).
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//review_engine//queue//EN", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", "NAME:Reviews", "X-WR-CALNAME:Reviews", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
             "X-PUBLISHED-TTL:PT1H"]  # fmt: skip
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(entry: QueueEntry, now: datetime) -> Iterator[str]:
    if entry.due_at is None:
        return
    identity = sha256(f"{entry.key} {entry.sla} {entry.round}".encode()).hexdigest()[:32]
    whose = f"taken by {entry.claimed_by}" if entry.claimed_by else "nobody has taken it"
    yield from (
        "BEGIN:VEVENT",
        f"UID:{identity}@review-engine",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(entry.due_at)}",
        f"SUMMARY:{_text(f'{entry.name}: {entry.sla} is due')}",
        f"DESCRIPTION:{_text(f'{entry.key} of {entry.partner}, round {entry.round}, {whose}.')}",
        "TRANSP:TRANSPARENT",
        "STATUS:CONFIRMED",
        "END:VEVENT",
    )


def _text(text: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    return _CONTROLS.sub(" ", text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never within a character (RFC 5545, 3.1)."""
    pieces, piece, room = [], "", _OCTETS
    for character in line:
        size = len(character.encode("utf-8"))
        if room < size:
            pieces.append(piece)
            piece, room = "", _OCTETS - 1
        piece, room = piece + character, room - size
    return "\r\n ".join([*pieces, piece])
