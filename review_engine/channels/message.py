"""One letter, from values to the bytes that go over the wire.

The room exists because a letter carries words that strangers chose (an app's name, a person's name), and the standard
library's generator lets such words write headers of their own (CVE-2024-6923), add recipients through an encoded
display name, and break ``References`` and ``List-Unsubscribe`` at 78 characters. Here every header passes one gate
before it is written, a letter has one recipient by its type, and the same letter is always the same bytes.

The bytes are 7-bit clean RFC 5322 and MIME (RFC 2045-2047) with CRLF line endings, so that any relay takes them without
8BITMIME or SMTPUTF8. Words from people are cleaned (see :func:`one_line`); structure (addresses, message ids, header
names and values) is refused when it is not exactly of its form. It stands among the channels, and knows nothing of
templates, of the outbox, or of the network.
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

from review_engine.domain.errors import InvalidInput, shown

LINE = 78  # what a line should not exceed, in characters without CRLF (RFC 5322, 2.1.1)
LONGEST_LINE = 998  # what a line must not exceed (the same)
LONGEST_TEXT = 10_000  # characters of a subject or name; more would outgrow the header block common relays accept

_LONGEST_7BIT = 900  # a body's line that is left as it is; quoted-printable would take ten times as long
_ENCODED_BYTES = 39  # of UTF-8 in one encoded word: with any header name of ours the line stays below 76 (RFC 2047, 2)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_PLAIN_ADDRESS = re.compile(rf"(?!.*=\?)(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_DOMAIN}")
_MESSAGE_ID = re.compile(rf"(?!.*=\?)<{_ATOM}(?:\.{_ATOM})*@{_DOMAIN}>")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_FIELD = re.compile(rf"[A-Za-z][A-Za-z0-9-]*:[ -~]{{0,900}}(?:\r\n [!-~][ -~]{{0,{LONGEST_LINE - 2}}})*")
_PHRASE = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_BLANKS = re.compile("[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CALENDAR_METHOD = re.compile(r"^METHOD:([A-Z]{1,20})\r?$", re.MULTILINE)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ASCII = bytes(range(128))
_CONTROLS = bytes({*range(32), 127} - {*b"\t\n"})
_CONTINUES = range(0x80, 0xC0)  # the bytes of UTF-8 that do not begin a character
_OURS = {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"}
_OURS |= {"mime-version", "return-path", "received"}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, and the name shown for it (any text; may be empty)."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a letter is made of. The recipient is one, and cannot be more.

    Args:
        sender: who it is from.
        to: the one recipient.
        subject: one line of text; see :func:`one_line`.
        text: the plain text body, any line endings.
        html: the HTML body; empty for a letter in plain text only.
        message_id: ``<...@...>``; see :func:`message_id`. The MIME boundaries are derived from it.
        date: aware; written in UTC, whole seconds.
        references: the message ids of the thread, oldest first; the last one is also ``In-Reply-To``.
        headers: further headers as (name, value), ASCII, such as ``("Auto-Submitted", "auto-generated")``.
        calendar: an iCalendar document to attach as ``deadline.ics``; empty for none.
        reply_to: where answers go, if not to the sender.
    """

    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    calendar: str = ""
    reply_to: Mailbox | None = None


class _Part(NamedTuple):
    fields: tuple[str, ...]
    body: bytes


def message_id(idem_key: str, domain: str) -> str:
    """The Message-ID of the notice with this idempotency key: the same key, the same id, on every attempt.

    Raises:
        InvalidInput: if the domain is none.
    """
    digest = sha256(idem_key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"<{digest[:32]}{ascii_address(f'x@{domain}')[1:]}>"


def compose(letter: Letter) -> bytes:
    """The letter as bytes with CRLF line endings; the same letter gives the same bytes.

    Raises:
        InvalidInput: if an address, a message id, a further header or the date cannot be written as it stands.
    """
    head = _head(letter)
    part = _body(letter)
    fields = [*head, "MIME-Version: 1.0", *part.fields]
    for field in fields:
        if not _is_sound(field):
            raise _refused("a header that cannot be written safely", field, "Shorten its longest word.")
    return "\r\n".join([*fields, "", ""]).encode("ascii") + part.body


@lru_cache(maxsize=4096)  # most fields of a letter are those of the letter before
def _is_sound(field: str) -> bool:
    return _FIELD.fullmatch(field) is not None


def one_line(text: str) -> str:
    """Text as a header carries it: one line, the words unchanged.

    Control characters and line breaks become spaces, runs of spaces one space, lone surrogates the replacement
    character; the invisible marks that turn the reading direction of what follows (U+202A-202E, U+2066-2069) are left
    out, since in a list of letters they would turn other people's words. Right-to-left letters and marks stay.

    Raises:
        InvalidInput: if the text is longer than 10,000 characters.
    """
    if len(text) > LONGEST_TEXT:
        cure = f"Use at most {LONGEST_TEXT:,} characters."
        raise _refused(f"a subject or name of {len(text):,} characters", text, cure)
    if not text.isprintable() or "  " in text:  # what is printable holds no control, no mark and no surrogate
        text = _SURROGATES.sub("\ufffd", _BLANKS.sub(" ", _TURNS.sub("", text)))
    return text.strip()


@lru_cache(maxsize=4096)
def ascii_address(address: str) -> str:
    """The address as mail headers and SMTP carry it: ASCII, an international domain in its ``xn--`` form.

    Quoted local parts, address literals and local parts outside ASCII (which would need SMTPUTF8 on every relay on the
    way) are refused, and so is anything that reads as an encoded word.

    Raises:
        InvalidInput: if the text is not exactly one such address.
    """
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    reason = "it is too long, or holds an encoded word"
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except (EmailNotValidError, UnicodeError) as error:
        reason = str(error).rstrip(".")
    else:
        if checked.ascii_email and _PLAIN_ADDRESS.fullmatch(checked.ascii_email):
            return checked.ascii_email
    raise _refused(
        f"an e-mail address that cannot be used ({reason})", address, "Give one address, like ann@example.com."
    )


def _head(letter: Letter) -> list[str]:
    if letter.date.tzinfo is None:
        raise _refused("a date without a time zone", letter.date.isoformat(), "Give an aware date, in UTC.")
    fields = [
        f"Date: {_date(letter.date.astimezone(UTC))}",
        _mailbox("From", letter.sender),
        _mailbox("To", letter.to),
        _text("Subject", letter.subject),
        _fold(f"Message-ID: {_id(letter.message_id)}"),
    ]
    if letter.reply_to is not None:
        fields.append(_mailbox("Reply-To", letter.reply_to))
    if letter.references:
        fields.append(_fold(f"In-Reply-To: {_id(letter.references[-1])}"))
        fields.append(_fold(f"References: {' '.join(map(_id, letter.references))}"))
    return [*fields, *_further(letter.headers)]


def _date(at: datetime) -> str:
    """An instant in UTC as RFC 5322 (3.3) spells it, whatever the machine's locale."""
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at.hour:02}:{at.minute:02}:{at.second:02} +0000"


@lru_cache(maxsize=256)
def _further(headers: tuple[tuple[str, str], ...]) -> list[str]:
    taken: set[str] = set()
    for name, value in headers:
        key = name.lower()
        if not _FIELD_NAME.fullmatch(name) or key in _OURS or key.startswith(("content-", "resent-")):
            raise _refused("a header that may not be set here", name, "Use a field of the letter, or another name.")
        if key in taken:
            raise _refused("a header given twice", name, "Give it once.")
        if not value.isascii() or not value.isprintable() or "=?" in value:
            raise _refused(
                f"a value the header {name} cannot carry", value, "Use printable ASCII; percent-encode URLs."
            )
        taken.add(key)
    return [_fold(" ".join(f"{name}: {value}".split())) for name, value in headers]


def _id(text: str) -> str:
    if len(text) > LONGEST_LINE - LINE or not _MESSAGE_ID.fullmatch(text):
        raise _refused("a message id that is none", text, "It has the form <letters.and.digits@domain>.")
    return text


def _text(name: str, text: str) -> str:
    line = f"{name}: {one_line(text)}"
    if _is_plain(line) and max(map(len, line.split(" "))) < LINE - len(name) - 2:
        return _fold(line)
    return f"{name}: {_encoded(line[len(name) + 2 :])}"


@lru_cache(maxsize=4096)
def _mailbox(name: str, mailbox: Mailbox) -> str:
    address, display = ascii_address(mailbox.address), one_line(mailbox.name)
    if not display:
        return f"{name}: {address}"
    if not _PHRASE.fullmatch(display):
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        phrase = f'"{quoted}"'
    else:
        phrase = display
    if not _is_plain(phrase) or len(name) + len(phrase) + 2 > LINE:
        phrase = _encoded(display)
    last = len(name) + 2 + len(phrase) if "\n" not in phrase else len(phrase) - phrase.rindex("\n") - 1
    gap = " " if last + len(address) + 3 <= LINE else "\r\n "
    return f"{name}: {phrase}{gap}<{address}>"


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _encoded(text: str) -> str:
    """The text as encoded words (RFC 2047), one a line, each holding whole characters."""
    raw, words, start = text.encode("utf-8"), [], 0
    while start < len(raw):
        end = min(start + _ENCODED_BYTES, len(raw))
        while end < len(raw) and raw[end] in _CONTINUES:
            end -= 1
        words.append(f"=?utf-8?b?{b64encode(raw[start:end]).decode('ascii')}?=")
        start = end
    return "\r\n ".join(words)


def _fold(line: str) -> str:
    """Break a line at single spaces so that no part exceeds 78 characters, and never inside a word."""
    if len(line) <= LINE:
        return line
    first, *words = line.split(" ")
    lines, width = [first], len(first)
    for word in words:
        if width + 1 + len(word) > LINE:
            lines.append(f"\r\n {word}")
            width = 1 + len(word)
        else:
            lines.append(f" {word}")
            width += 1 + len(word)
    return "".join(lines)


def _body(letter: Letter) -> _Part:
    # Boundaries hold "=_", which neither base64 nor quoted-printable can produce, and _text_part keeps out of 7bit.
    seed = sha256(letter.message_id.encode("ascii")).hexdigest()[:32]
    part = _text_part("text/plain; charset=utf-8", letter.text)
    if letter.html:
        part = _multipart("alternative", f"=_a{seed}", part, _text_part("text/html; charset=utf-8", letter.html))
    if letter.calendar:
        part = _multipart("mixed", f"=_m{seed}", part, _calendar_part(letter.calendar))
    return part


def _text_part(content_type: str, text: str, *further: str) -> _Part:
    """One leaf, in the smallest of 7bit, quoted-printable and base64 that any relay leaves alone."""
    lines = text.replace("\x00", "\ufffd")
    if "\r" in lines:
        lines = lines.replace("\r\n", "\n").replace("\r", "\n")
    lines = lines if lines.endswith("\n") else lines + "\n"
    try:
        raw = lines.encode("utf-8")
    except UnicodeEncodeError:
        raw = _SURROGATES.sub("\ufffd", lines).encode("utf-8")
    if raw.isascii() and _is_7bit(raw):
        encoding, body = "7bit", raw.replace(b"\n", b"\r\n")
    elif 6 * len(raw.translate(None, _ASCII)) < len(raw):
        encoding, body = "quoted-printable", b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")
    else:
        packed = b64encode(raw.replace(b"\n", b"\r\n"))
        encoding, body = "base64", b"".join(packed[at : at + 76] + b"\r\n" for at in range(0, len(packed), 76))
    return _Part((f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *further), body)


def _is_7bit(raw: bytes) -> bool:
    if len(raw.translate(None, _CONTROLS)) < len(raw):
        return False
    if any(piece.endswith(b"=") for piece in raw.split(b"_")[:-1]):  # underscores are rare, equal signs are not
        return False
    start = 0
    while len(raw) - start > _LONGEST_7BIT:
        start = 1 + raw.rfind(b"\n", start, start + _LONGEST_7BIT + 1)
        if start == 0:
            return False
    return True


def _calendar_part(calendar: str) -> _Part:
    method = _CALENDAR_METHOD.search(calendar)
    content_type = f"text/calendar; charset=utf-8; method={method[1]}" if method else "text/calendar; charset=utf-8"
    return _text_part(content_type, calendar, 'Content-Disposition: attachment; filename="deadline.ics"')


def _multipart(subtype: str, boundary: str, *parts: _Part) -> _Part:
    edge = f"--{boundary}".encode("ascii")
    pieces: list[bytes] = []
    for part in parts:
        pieces += [edge, b"\r\n", "\r\n".join([*part.fields, "", ""]).encode("ascii"), part.body, b"\r\n"]
    content_type = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"'
    return _Part((content_type,), b"".join([*pieces, edge, b"--\r\n"]))


def _refused(what: str, text: str, cure: str) -> InvalidInput:
    return InvalidInput(f"the letter has {what}", where=shown(text), cure=cure)
