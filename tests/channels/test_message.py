"""What a letter looks like on the wire; the standard library's parser is the judge."""

import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.channels.message import (
    LINE,
    LONGEST_LINE,
    Letter,
    Mailbox,
    compose,
    message_id,
    one_line,
)
from review_engine.domain.errors import InvalidInput

NOW = datetime(2025, 3, 3, 10, 30, tzinfo=UTC)
HIDDEN_BREAK = "=?utf-8?q?=0D=0ABcc=3A_evil=40example.net?="
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
LETTER = Letter(
    sender=Mailbox("reviews@example.com", "App reviews"),
    to=Mailbox("ann@acme.example", "Ann"),
    subject="Your app was submitted",
    text="Good morning,\n\nthank you.\n",
    html="<p>Good morning,</p>\n<p>thank you.</p>\n",
    message_id=message_id("notice-1", "example.com"),
    date=NOW,
)
NAMES_OF_STRANGERS = [
    "line\r\nBcc: evil@example.net",
    "line\nSubject: another",
    "carriage\rreturn",
    "nul\x00inside",
    "unit\x1fseparator, next\x85line, \u2028 and \u2029",
    HIDDEN_BREAK,
    f"before {HIDDEN_BREAK} after",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5uZXQ=?=",
    '"quoted", <evil@example.net>',
    "Ann <evil@example.net>, Bob",
    "Ann (comment) ; : [x] \\",
    'back\\slash and "quote"',
    "lone \ud800 surrogate \udfff",
    "\u202egnp.exe",
    "\u05d0\u05e4\u05dc\u05d9\u05e7\u05e6\u05d9\u05d4\u200f 7",
    "launch \U0001f680\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "x" * 5_000,
    "\U0001f680" * 5_000,
    "word " * 1_000,
    "{{ 7 * 7 }} {% for x in y %} ${7} <script>",
    ".",
    " ",
    "",
]


def parsed(letter: Letter) -> EmailMessage:
    message = BytesParser(policy=email.policy.default).parsebytes(compose(letter))
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def addresses(message: EmailMessage, name: str) -> list[Address]:
    header = message[name]
    assert isinstance(header, AddressHeader)
    return list(header.addresses)


def contents(message: EmailMessage) -> list[str]:
    return [str(part.get_content()).replace("\r\n", "\n") for part in message.walk() if not part.is_multipart()]


def body_as_sent(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    plain = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in plain)
    return plain if plain.endswith("\n") else plain + "\n"


def decoded(raw: bytes, name: str) -> str:
    """A header decoded by the older interface, which leaves out the space between two encoded words."""
    message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
    return str(make_header(decode_header(str(message[name]).replace("\r\n", ""))))


def assert_wire_is_clean(raw: bytes, headers: list[str]) -> None:
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\x00" not in raw
    assert max(map(len, raw.split(b"\r\n"))) <= LONGEST_LINE
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert [line.partition(":")[0] for line in head.split("\r\n") if line[0] != " "] == headers


USUAL = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"]


def test_a_letter_reads_back_as_it_was_written() -> None:
    letter = replace(
        LETTER,
        references=("<first@example.com>", "<second@example.com>"),
        headers=(("Auto-Submitted", "auto-generated"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")),
        calendar=ICS,
        reply_to=Mailbox("team@example.com", "The review team"),
    )
    message = parsed(letter)
    assert message["subject"] == letter.subject
    assert message["date"].datetime == NOW
    assert addresses(message, "from") == [Address("App reviews", addr_spec="reviews@example.com")]
    assert addresses(message, "to") == [Address("Ann", addr_spec="ann@acme.example")]
    assert addresses(message, "reply-to") == [Address("The review team", addr_spec="team@example.com")]
    assert message["message-id"] == letter.message_id
    assert message["in-reply-to"] == "<second@example.com>"
    assert message["references"].split() == ["<first@example.com>", "<second@example.com>"]
    assert message["auto-submitted"] == "auto-generated"
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert contents(message) == [letter.text, letter.html, ICS.replace("\r\n", "\n")]
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]


def test_the_calendar_is_an_attachment_that_names_its_method() -> None:
    (attachment,) = parsed(replace(LETTER, calendar=ICS)).iter_attachments()
    assert attachment.get_filename() == "deadline.ics"
    assert attachment["content-type"].params == {"charset": "utf-8", "method": "PUBLISH"}
    (other,) = parsed(replace(LETTER, calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")).iter_attachments()
    assert other["content-type"].params == {"charset": "utf-8"}


def test_a_letter_without_html_is_plain_text_alone() -> None:
    message = parsed(replace(LETTER, html=""))
    assert message.get_content_type() == "text/plain"
    assert contents(message) == [LETTER.text]


def test_the_same_letter_is_the_same_bytes_and_another_one_is_not() -> None:
    assert compose(LETTER) == compose(replace(LETTER))
    assert compose(LETTER) != compose(replace(LETTER, message_id=message_id("notice-2", "example.com")))


def test_the_date_is_written_in_utc_whatever_zone_it_came_in() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert compose(replace(LETTER, date=elsewhere)) == compose(LETTER)
    with pytest.raises(InvalidInput, match="time zone"):
        compose(replace(LETTER, date=datetime(2025, 3, 3)))


def test_a_message_id_depends_on_the_key_and_nothing_else() -> None:
    assert message_id("k", "example.com") == message_id("k", "example.com")
    assert message_id("k", "example.com") != message_id("l", "example.com")
    assert message_id("k", "example.com") == "<8254c329a92850f6d539dd376f4816ee@example.com>"
    assert message_id("\ud800", "b\u00fccher.example").endswith("@xn--bcher-kva.example>")
    with pytest.raises(InvalidInput):
        message_id("k", "example.com>\r\nBcc: evil@example.net")


@pytest.mark.parametrize("words", NAMES_OF_STRANGERS, ids=lambda words: ascii(words[:24]))
def test_words_of_strangers_never_write_a_header_or_add_a_recipient(words: str) -> None:
    letter = replace(
        LETTER,
        subject=words,
        to=Mailbox("ann@acme.example", words),
        sender=Mailbox("reviews@example.com", words),
        text=words,
        html=f"<p>{words}</p>",
    )
    raw = compose(letter)
    assert_wire_is_clean(raw, USUAL)
    message = BytesParser(policy=email.policy.default).parsebytes(raw)
    assert [address.addr_spec for address in message["to"].addresses] == ["ann@acme.example"]
    assert [address for _, address in getaddresses([message["to"]])] == ["ann@acme.example"]
    assert message["subject"] == one_line(words)
    assert decoded(raw, "subject") == one_line(words)
    assert message["bcc"] is None
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= LINE


def test_a_header_is_text_after_one_decoding_and_never_decoded_twice() -> None:
    short = "=?utf-8?q?=0D=0ABcc=3A_e=40x.net?="
    message = parsed(replace(LETTER, subject=HIDDEN_BREAK, to=Mailbox("ann@acme.example", short)))
    assert message["subject"] == HIDDEN_BREAK
    assert addresses(message, "to")[0].display_name == short


def test_header_text_is_one_line_without_marks_that_turn_other_text() -> None:
    assert one_line(" a\r\n b\t\tc\x00d ") == "a b c d"
    assert one_line("\u202egnp\u202c \u2066x\u2069") == "gnp x"
    assert one_line("\u05d0\u200f") == "\u05d0\u200f"
    assert one_line("\ud83d") == "\ufffd"
    with pytest.raises(InvalidInput, match="10,001 characters"):
        one_line("x" * 10_001)


ANY_TEXT = st.text(st.characters(), max_size=300)
MOSTLY_HEADER_SYNTAX = st.text(
    st.sampled_from(' \t\r\n=?_"\\<>@,;:()[]qb-utf8Aa\u00e9\u05d0\U0001f680\x00\x85'), max_size=200
)


@given(subject=ANY_TEXT | MOSTLY_HEADER_SYNTAX)
def test_any_subject_reads_back(subject: str) -> None:
    letter = replace(LETTER, subject=subject)
    assert_wire_is_clean(compose(letter), USUAL)
    assert parsed(letter)["subject"] == one_line(subject)


@given(name=ANY_TEXT | MOSTLY_HEADER_SYNTAX)
def test_any_display_name_reads_back_beside_its_one_address(name: str) -> None:
    letter = replace(LETTER, to=Mailbox("o'brien+apps@acme.example", name))
    raw = compose(letter)
    assert_wire_is_clean(raw, USUAL)
    (address,) = addresses(parsed(letter), "to")
    assert address.addr_spec == "o'brien+apps@acme.example"
    if len(one_line(name).encode()) <= 39:  # one encoded word; between two this parser adds a space
        assert address.display_name.split() == one_line(name).split()  # it takes any run of spaces for one


@given(name=st.text(st.sampled_from("abc \u00e9\u05d0\U0001f680"), min_size=40, max_size=300).filter(str.strip))
def test_a_long_display_name_reads_back_in_pieces(name: str) -> None:
    raw = compose(replace(LETTER, to=Mailbox("ann@acme.example", name + "\u00e9")))
    assert decoded(raw, "to") == f"{one_line(name + chr(233))} <ann@acme.example>"


@given(text=ANY_TEXT, html=ANY_TEXT.filter(bool), long_line=st.integers(0, 3_000))
def test_any_body_reads_back(text: str, html: str, long_line: int) -> None:
    letter = replace(LETTER, text=text + "=" * long_line, html=html)
    raw = compose(letter)
    assert_wire_is_clean(raw, USUAL)
    assert contents(parsed(letter)) == [body_as_sent(letter.text), body_as_sent(html)]


BODY_LINES = st.lists(
    st.sampled_from(
        [".", "..", "", " ", "From me", "--", "-- ", "trailing \t", "x" * 77, "x" * 78, "x" * 79, "=20", "\u00e9" * 90]
    ),
    max_size=8,
)


@given(lines=BODY_LINES, end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_that_mean_something_to_mail_read_back(lines: list[str], end: str) -> None:
    letter = replace(LETTER, text=end.join(lines), html="")
    raw = compose(letter)
    assert_wire_is_clean(raw, [*USUAL, "Content-Transfer-Encoding"])
    assert contents(parsed(letter)) == [body_as_sent(letter.text)]


def test_a_body_that_knows_the_boundary_cannot_end_its_part() -> None:
    boundary = parsed(LETTER).get_boundary()
    forged = f"hello\n--{boundary}\nContent-Type: text/html\n\n<b>forged</b>\n--{boundary}--\n"
    assert contents(parsed(replace(LETTER, text=forged))) == [forged, LETTER.html]


def test_mostly_foreign_letters_are_base64_and_a_few_are_quoted_printable() -> None:
    few = parsed(replace(LETTER, text="a caf\u00e9 in the old town\n", html=""))
    many = parsed(replace(LETTER, text="\u5ba1\u6838\u5df2\u5b8c\u6210\n", html=""))
    assert few["content-transfer-encoding"] == "quoted-printable"
    assert many["content-transfer-encoding"] == "base64"


def test_references_and_unsubscribe_links_are_folded_between_words_only() -> None:
    ids = tuple(message_id(str(number), "notices.apps.example.com") for number in range(12))
    link = f"<https://example.com/unsubscribe/{'a' * 200}>, <mailto:unsubscribe@example.com?subject=stop>"
    letter = replace(LETTER, references=ids, headers=(("List-Unsubscribe", link),))
    raw = compose(letter)
    for word in (*ids, *link.split(" ")):
        assert word.encode("ascii") in raw
    message = parsed(letter)
    assert tuple(message["references"].split()) == ids
    assert message["list-unsubscribe"].strip() == link
