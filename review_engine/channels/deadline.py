"""A due date as a calendar entry (RFC 5545), so that a partner's own calendar holds it. No alarm: that is theirs to set.

The entry is published, not an invitation: nobody has to answer it. Its identity is that of the promise in its round, so
a later letter about the same promise moves the entry instead of adding a second one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

OCTETS = 75
"""What a line of an iCalendar document must not exceed, without CRLF (RFC 5545, 3.1)."""

_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
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
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//review_engine//letters//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{digest[:32]}@{deadline.domain}",
        f"SEQUENCE:{deadline.revision}",
        f"DTSTAMP:{_utc(deadline.told_at)}",
        f"DTSTART:{_utc(deadline.at)}",
        f"SUMMARY:{_text(deadline.title)}",
        f"DESCRIPTION:{_text(deadline.says)}",
        *([f"URL:{deadline.link}"] if _ADDRESS.match(deadline.link) else []),
        "TRANSP:TRANSPARENT",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never within a character (RFC 5545, 3.1)."""
    if len(line) <= OCTETS and line.isascii():
        return line
    pieces: list[str] = []
    piece, octets = "", 0
    for letter in line:
        size = len(letter.encode("utf-8"))
        if octets + size > OCTETS:
            pieces.append(piece)
            piece, octets = "", 1  # the blank that a continued line begins with
        piece += letter
        octets += size
    return "\r\n ".join([*pieces, piece])


def _text(text: str) -> str:
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n")).translate(_ESCAPED)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
