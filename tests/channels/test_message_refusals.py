"""What is refused before it is written: addresses, headers and identifiers that are not exactly of their form."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.channels.message import (
    Mailbox,
    ascii_address,
    compose,
)
from review_engine.domain.errors import InvalidInput
from tests.channels.test_message import HIDDEN_BREAK, LETTER, addresses, parsed


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ann@acme.example", "ann@acme.example"),
        ("o'brien+x=y@acme.example", "o'brien+x=y@acme.example"),
        ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
        ("ann@\u4f8b\u3048.example", "ann@xn--r8jz45g.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ops@localhost", "ops@localhost"),
    ],
)
def test_an_address_is_written_in_ascii(address: str, written: str) -> None:
    assert ascii_address(address) == written
    assert addresses(parsed(replace(LETTER, to=Mailbox(address))), "to")[0].addr_spec == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@acme.example",
        "ann@acme.example, bob@acme.example",
        "ann@acme.example;bob@acme.example",
        "ann@acme.example bob@acme.example",
        "Ann <ann@acme.example>",
        "<ann@acme.example>",
        '"ann bob"@acme.example',
        '"ann@acme.example>, <bob"@acme.example',
        "ann@acme.example\r\nBcc: evil@example.net",
        "ann@acme.example\n",
        "ann\x00@acme.example",
        "ann@acme.example\u2028",
        "ann\u202e@acme.example",
        "ann@\ud800.example",
        "=?utf-8?q?ann=40example.net=2C?=@acme.example",
        "ann..bob@acme.example",
        ".ann@acme.example",
        "ann@acme..example",
        "ann@-acme.example",
        "ann@[127.0.0.1]",
        "ann(comment)@acme.example",
        "a" * 65 + "@acme.example",
        "ann@" + "a." * 130 + "example",
    ],
    ids=ascii,
)
def test_an_address_that_is_not_exactly_one_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        compose(replace(LETTER, to=Mailbox(address)))


def test_a_local_part_outside_ascii_is_refused_with_words_and_a_cure() -> None:
    with pytest.raises(InvalidInput, match="before the @-sign are not supported") as refusal:
        compose(replace(LETTER, to=Mailbox("j\u00f6rg@acme.example")))
    assert refusal.value.cure


@given(address=st.text(st.sampled_from('ab.@<>,;:"\\ \r\n=?()[]\u00e9\u202e'), max_size=30))
def test_whatever_is_accepted_as_an_address_is_one_recipient(address: str) -> None:
    try:
        written = ascii_address(address)
    except InvalidInput:
        return
    (found,) = addresses(parsed(replace(LETTER, to=Mailbox(address))), "to")
    assert found.addr_spec == written


@pytest.mark.parametrize(
    "header",
    [
        ("Bcc", "evil@example.net"),
        ("cc", "evil@example.net"),
        ("To", "evil@example.net"),
        ("Resent-To", "evil@example.net"),
        ("Content-Type", "text/html"),
        ("Subject", "another"),
        ("X-Note\r\nBcc", "evil@example.net"),
        ("X Note", "space in the name"),
        ("X-Note:", "colon in the name"),
        ("", "no name"),
        ("X-Note", "line\r\nBcc: evil@example.net"),
        ("X-Note", "line\n folded"),
        ("X-Note", "nul\x00"),
        ("X-Note", "caf\u00e9"),
        ("X-Note", "lone \ud800"),
        ("X-Note", HIDDEN_BREAK),
        ("X-Note", "x" * 998),
    ],
    ids=ascii,
)
def test_a_further_header_that_could_do_harm_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        compose(replace(LETTER, headers=(header,)))


def test_a_further_header_is_given_once() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        compose(replace(LETTER, headers=(("X-Note", "a"), ("x-note", "b"))))


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "no@brackets",
        "<no-at>",
        "<a@b> <c@d>",
        "<a b@c>",
        "<a@b>\r\nBcc: x",
        f"<{HIDDEN_BREAK}@b>",
        f"<{'a' * 990}@b>",
    ],
)
def test_a_message_id_that_is_none_is_refused_wherever_it_stands(identifier: str) -> None:
    with pytest.raises(InvalidInput):
        compose(replace(LETTER, message_id=identifier))
    with pytest.raises(InvalidInput):
        compose(replace(LETTER, references=(identifier,)))
