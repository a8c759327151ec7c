"""What a relay's answer means, by the stage at which it is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.channels.smtp_replies import Outcome, Stage, broken, enhanced_code, goes_on, judge, safe_text

BEFORE_THE_LETTER: list[Stage] = ["connect", "ehlo", "starttls", "auth", "mail"]
ABOUT_THE_LETTER: list[Stage] = ["rcpt", "data", "content"]
STAGES = [*BEFORE_THE_LETTER, *ABOUT_THE_LETTER]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("code", [421, 450, 451, 452, 454, 499])
def test_a_temporary_refusal_is_tried_again_at_every_stage(stage: Stage, code: int) -> None:
    assert judge(stage, code, "later").outcome == "retry"


@pytest.mark.parametrize("stage", BEFORE_THE_LETTER)
@pytest.mark.parametrize("code", [500, 521, 535, 550, 552, 554])
def test_a_permanent_refusal_before_the_recipient_is_named_stops_the_channel_and_no_letter(
    stage: Stage, code: int
) -> None:
    delivery = judge(stage, code, "5.1.1 go away")
    assert delivery.outcome == "channel_down"
    assert not delivery.suppress_address


@pytest.mark.parametrize("stage", ABOUT_THE_LETTER)
@pytest.mark.parametrize("code", [501, 550, 551, 552, 553, 554])
def test_a_permanent_refusal_of_recipient_or_content_ends_the_letter(stage: Stage, code: int) -> None:
    assert judge(stage, code, "no").outcome == "dead"


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("code", [500, 502, 503, 530])
def test_a_relay_that_wants_another_dialogue_ends_no_letter(stage: Stage, code: int) -> None:
    assert judge(stage, code, "5.7.0 Authentication required").outcome == "channel_down"


@pytest.mark.parametrize(
    ("text", "suppressed"),
    [
        ("5.1.1 no such user", True),
        ("5.1.6 moved", True),
        ("5.1.10 null MX", True),
        ("5.1.1", True),
        ("5.1.100 not one of them", False),
        ("5.1.2 bad domain", False),
        ("5.2.2 mailbox full", False),
        ("5.7.1 blocked", False),
        ("no such user 5.1.1", False),
        ("4.1.1 contradicts its code", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("stage", ABOUT_THE_LETTER)
def test_an_address_is_suppressed_only_when_the_relay_says_there_is_none(
    stage: Stage, text: str, suppressed: bool
) -> None:
    assert judge(stage, 550, text).suppress_address is suppressed
    assert not judge(stage, 450, text).suppress_address


def test_only_a_positive_reply_to_the_final_dot_is_sent() -> None:
    assert judge("content", 250, "2.0.0 Ok: queued as 1").outcome == "sent"
    for stage in STAGES:
        if stage != "content":
            assert judge(stage, 250, "fine").outcome == "retry"


@pytest.mark.parametrize("code", [-1, 0, 100, 334, 354, 600, 999])
def test_a_reply_without_meaning_is_no_refusal(code: int) -> None:
    assert judge("content", code, "?").outcome == "unknown"
    assert judge("rcpt", code, "?").outcome == "retry"


def test_silence_after_the_content_is_unknown_and_before_it_a_retry() -> None:
    expected: list[tuple[Stage, Outcome]] = [
        *((stage, "retry") for stage in STAGES if stage != "content"),
        ("content", "unknown"),
    ]
    assert [(stage, broken(stage, "lost").outcome) for stage, _ in expected] == expected


def test_the_dialogue_goes_on_after_the_expected_replies_only() -> None:
    assert goes_on("mail", 250)
    assert goes_on("rcpt", 251)
    assert goes_on("data", 354)
    assert not goes_on("data", 250)
    assert not goes_on("rcpt", 354)
    assert not goes_on("rcpt", 550)
    assert not goes_on("content", 250)


def test_an_enhanced_code_stands_first_and_agrees_with_the_reply() -> None:
    assert enhanced_code(550, "5.1.1 <a@b>: unknown\n5.1.1 user") == "5.1.1"
    assert enhanced_code(250, "2.0.0 Ok") == "2.0.0"
    assert enhanced_code(550, "4.1.1 odd") == ""
    assert enhanced_code(550, "5.1.1.1 odd") == ""
    assert enhanced_code(550, "5.\u0661.1 odd") == ""


def test_what_a_relay_says_is_kept_in_a_form_that_can_be_stored() -> None:
    text = safe_text("no\r\nsuch \x00 user \udcff \u202e" + "x" * 10_000)
    assert len(text) <= 500
    assert text.isprintable()
    assert text.encode("utf-8")
    assert text.startswith("no  such   user")


@given(stage=st.sampled_from(STAGES), code=st.integers(-999, 999), text=st.text(st.characters()))
def test_no_reply_whatever_is_too_strange_to_be_judged(stage: Stage, code: int, text: str) -> None:
    delivery = judge(stage, code, text)
    assert delivery.outcome in {"sent", "retry", "dead", "unknown", "channel_down"}
    assert (delivery.outcome == "sent") is (stage == "content" and 200 <= code < 300)
    assert delivery.outcome != "dead" or stage in ABOUT_THE_LETTER
    assert not delivery.suppress_address or delivery.outcome == "dead"
    assert delivery.text.encode("utf-8").decode("utf-8") == delivery.text
