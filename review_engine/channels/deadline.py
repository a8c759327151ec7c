"""A due date as a calendar entry (RFC 5545), so that a partner's own calendar holds it. No alarm: that is theirs to
set.

The entry is published, not an invitation: nobody has to answer it. Its identity is that of the promise in its round,
so a later letter about the same promise moves the entry instead of adding a second one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

OCTETS = 75
"""What a line of an iCalendar document must not exceed, without CRLF (RFC 5545, 3.1)."""

_HEAD = "\r\n".join(
    (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//review_engine//letters//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
    )
)
_FOOT = "\r\n".join(("TRANSP:TRANSPARENT", "STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR"))
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")
_CONTINUES = range(0x80, 0xC0)  # the bytes of UTF-8 that do not begin a character
_ADDRESS = re.compile(r"https?://[!-~]+\Z")


@dataclass(frozen=True, slots=True)
class Deadline:
    """One due date.

    Args:
        identity: the same text for the same promise; any text.
        domain: of the sender; completes the identity.
        revision: grows whenever the date may have moved, such as the number of moves.
        at: when it is due (aware).
        told_at: when the letter was caused (aware).
        title: one line.
        says: some lines of explanation.
        link: web address of the subject's page.
    """

    identity: str
    domain: str
    revision: int
    at: datetime
    told_at: datetime
    title: str
    says: str
    link: str


def calendar(deadline: Deadline) -> str:
    """The due date as an iCalendar document with CRLF line endings; the same deadline gives the same text."""
    digest = sha256(deadline.identity.encode("utf-8", "surrogatepass")).hexdigest()
    lines = [
        _HEAD,
        folded(f"UID:{digest[:32]}@{deadline.domain}"),
        f"SEQUENCE:{deadline.revision}",
        f"DTSTAMP:{_utc(deadline.told_at)}",
        f"DTSTART:{_utc(deadline.at)}",
        folded(f"SUMMARY:{_text(deadline.title)}"),
        folded(f"DESCRIPTION:{_text(deadline.says)}"),
    ]
    if _ADDRESS.match(deadline.link):
        lines.append(folded(f"URL:{deadline.link}"))
    return "\r\n".join([*lines, _FOOT, ""])


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never within a character (RFC 5545, 3.1)."""
    if len(line) <= OCTETS and line.isascii():
        return line
    if line.isascii():
        room = OCTETS - 1
        return "\r\n ".join([line[:OCTETS], *(line[at : at + room] for at in range(OCTETS, len(line), room))])
    raw, pieces, start, room = line.encode("utf-8"), list[str](), 0, OCTETS
    while start < len(raw):
        end = min(start + room, len(raw))
        while end < len(raw) and raw[end] in _CONTINUES:
            end -= 1
        pieces.append(raw[start:end].decode("utf-8"))
        start, room = end, OCTETS - 1
    return "\r\n ".join(pieces)


def _text(text: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    if not text.replace("\n", " ").isprintable():
        text = _CONTROLS.sub(" ", text.replace("\r\n", "\n"))
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _utc(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"
