"""One letter, handed to a relay that misbehaves on command."""

import asyncio
from datetime import UTC, datetime
from itertools import count

import pytest

from review_engine.channels.message import Letter, Mailbox, compose, message_id
from review_engine.channels.smtp import Envelope, Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.smtp_replies import Delivery, Outcome
from review_engine.domain.errors import InvalidInput
from tests.channels.scripted_sink import Fault, ScriptedSink
from tests.channels.smtp_talk import (
    AN_HOUR,
    ANN,
    MESSAGE,
    SENDER,
    Intent,
    nothing,
    pool_of,
    relay,
    sent_to,
    when_the_deadline_has_passed,
)


async def test_an_accepted_letter_arrives_byte_for_byte_at_its_one_recipient() -> None:
    async with ScriptedSink() as sink:
        delivery = await sent_to(sink)
        assert delivery == Delivery("sent", "content", 250, "2.0.0", "2.0.0 Ok: queued")
        assert [(each.sender, each.recipient, each.content) for each in sink.letters] == [(SENDER, ANN, MESSAGE)]


async def test_a_composed_letter_arrives_byte_for_byte() -> None:
    message = compose(
        Letter(
            Mailbox(SENDER, "Reviews"),
            Mailbox(ANN, "Ann, \u202e<evil@example.net>"),
            "line\r\nBcc: evil@example.net",
            ".\n..\nBcc: evil@example.net\n",
            message_id("k", "example.com"),
            datetime(2025, 3, 3, tzinfo=UTC),
            html="<p>" + "x" * 5_000 + "</p>\r\n.\r\nRCPT TO:<evil@example.net>",
        )
    )
    async with ScriptedSink() as sink:
        assert (await sent_to(sink, message=message)).outcome == "sent"
        assert [(each.recipient, each.content) for each in sink.letters] == [(ANN, message)]
        assert sink.commands[:4] == ["EHLO client.example", f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{ANN}>", "DATA"]


async def test_the_intent_is_asked_for_after_the_recipient_and_before_data() -> None:
    seen: list[list[str]] = []

    async def before_data() -> None:
        seen.append([command.split()[0] for command in sink.commands])

    async with ScriptedSink() as sink:
        await sent_to(sink, before_data)
        assert seen == [["EHLO", "MAIL", "RCPT"]]
        assert "DATA" in sink.commands


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt"])
async def test_no_intent_is_asked_for_when_the_relay_refuses_before(stage: str) -> None:
    intent = Intent()
    async with ScriptedSink() as sink:
        sink.always(stage, "450 later")
        await sent_to(sink, intent)
    assert intent.calls == 0


@pytest.mark.parametrize("error", [RuntimeError("no commit"), OSError("no disk"), TimeoutError("no lock")])
async def test_an_intent_that_cannot_be_kept_is_raised_and_nothing_leaves(error: Exception) -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        with pytest.raises(type(error), match=str(error)):
            await pool.deliver(SENDER, ANN, MESSAGE, Intent(error))
        assert "DATA" not in sink.commands
        assert sink.letters == []
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 2


# --- what the relay says

TEMPORARY = ["421 4.3.2 closing", "450 4.2.1 busy", "451 4.3.0 error", "452 4.2.2 full"]
PERMANENT = ["550 5.1.1 no such user", "552 5.2.2 full", "554 5.7.1 spam"]
STAGES_AND_PERMANENT_OUTCOMES: list[tuple[str, Outcome]] = [
    ("connect", "channel_down"),
    ("ehlo", "channel_down"),
    ("auth", "channel_down"),
    ("mail", "channel_down"),
    ("rcpt", "dead"),
    ("data", "dead"),
    ("content", "dead"),
]
CASES = [
    *((stage, answer, "retry") for stage, _ in STAGES_AND_PERMANENT_OUTCOMES for answer in TEMPORARY),
    *((stage, answer, outcome) for stage, outcome in STAGES_AND_PERMANENT_OUTCOMES for answer in PERMANENT),
]


@pytest.mark.parametrize(("stage", "answer", "outcome"), CASES)
async def test_a_refusal_is_judged_by_its_stage_and_the_next_letter_is_not_affected(
    stage: str, answer: str, outcome: Outcome
) -> None:
    async with ScriptedSink(features=("AUTH PLAIN",)) as sink:
        sink.next(stage, answer)
        async with SmtpPool(relay(sink, username="ann", password="secret"), size=1, deadline=AN_HOUR) as pool:
            refused = await pool.deliver(SENDER, ANN, MESSAGE, nothing)
            after = await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        code, enhanced, _ = answer.split(" ", 2)
        assert (refused.outcome, refused.stage) == (outcome, stage)
        assert (refused.code, refused.enhanced) == (int(code), enhanced)
        assert refused.suppress_address is (outcome == "dead" and "5.1.1" in answer)
        assert after.outcome == "sent"
        assert len(sink.letters) == 1


async def test_of_two_letters_the_refused_recipient_s_is_dead_and_the_other_one_is_sent() -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        sink.for_recipient("gone@acme.example", "550 5.1.1 no such user")
        gone, ann = [await pool.deliver(SENDER, to, MESSAGE, nothing) for to in ("gone@acme.example", ANN)]
        assert (gone.outcome, gone.suppress_address, ann.outcome) == ("dead", True, "sent")
        assert [letter.recipient for letter in sink.letters] == [ANN]


async def test_a_421_on_every_tenth_mail_ends_no_letter() -> None:
    numbers = count(1)
    async with ScriptedSink() as sink, pool_of(sink, size=3) as pool:
        sink.always("mail", lambda: "421 4.3.2 closing" if next(numbers) % 10 == 0 else None)
        letters = [pool.deliver(SENDER, f"ann{n}@acme.example", MESSAGE, nothing) for n in range(60)]
        outcomes = [delivery.outcome for delivery in await asyncio.gather(*letters)]
        assert set(outcomes) <= {"sent", "retry"}
        assert outcomes.count("sent") == len(sink.letters) >= 58  # on a kept connection it is tried on a fresh one


async def test_what_a_relay_says_comes_back_fit_to_be_stored() -> None:
    async with ScriptedSink() as sink:
        sink.next("rcpt", "550-5.1.1 n\udcff\x00\r\n550 5.1.1 " + "x" * 3_000)
        delivery = await sent_to(sink)
    assert (delivery.outcome, delivery.enhanced) == ("dead", "5.1.1")
    assert delivery.text.isprintable()
    assert len(delivery.text) <= 500


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("connect", "retry"), ("mail", "retry"), ("rcpt", "retry"), ("data", "retry"), ("content", "unknown")],
)
async def test_a_reply_that_is_none_ends_the_connection_and_no_letter(stage: str, outcome: Outcome) -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        sink.next(stage, Fault.GARBAGE)
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == outcome
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 2


# --- what the relay does not say

SILENT: list[tuple[str, Outcome]] = [
    ("connect", "retry"),
    ("ehlo", "retry"),
    ("auth", "retry"),
    ("mail", "retry"),
    ("rcpt", "retry"),
    ("data", "retry"),
    ("content", "unknown"),
]


@pytest.mark.parametrize(("stage", "outcome"), SILENT)
async def test_a_relay_that_drops_the_connection_is_judged_by_the_stage(stage: str, outcome: Outcome) -> None:
    async with ScriptedSink(features=("AUTH LOGIN",)) as sink:
        sink.next(stage, Fault.DROP)
        async with SmtpPool(relay(sink, username="ann", password="secret"), deadline=AN_HOUR) as pool:
            delivery = await pool.deliver(SENDER, ANN, MESSAGE, nothing)
            assert (delivery.outcome, delivery.stage, delivery.code) == (outcome, stage, None)
            assert delivery.text
            assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"


@pytest.mark.parametrize(("stage", "outcome"), SILENT)
async def test_a_relay_that_hangs_is_left_at_the_deadline_and_judged_by_the_stage(stage: str, outcome: Outcome) -> None:
    async with ScriptedSink(features=("AUTH PLAIN",)) as sink:
        sink.next(stage, Fault.HANG)
        async with SmtpPool(relay(sink, username="ann", password="secret"), size=1, deadline=AN_HOUR) as pool:
            delivery = await when_the_deadline_has_passed(sink, pool.deliver(SENDER, ANN, MESSAGE, nothing))
            assert (delivery.outcome, delivery.stage, delivery.code) == (outcome, stage, None)
            assert "deadline" in delivery.text
            assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
            assert sink.connections == 2


async def test_a_text_that_was_written_and_not_read_is_unknown() -> None:
    async with ScriptedSink() as sink:
        sink.next("data", Fault.UNREAD)
        delivery = await sent_to(sink)
    assert (delivery.outcome, delivery.stage) == ("unknown", "content")
    assert sink.letters == []


async def test_an_intent_that_takes_too_long_is_a_retry_since_nothing_left() -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:

        async def before_data() -> None:
            await sink.hang()

        delivery = await when_the_deadline_has_passed(sink, pool.deliver(SENDER, ANN, MESSAGE, before_data))
        assert (delivery.outcome, delivery.stage) == ("retry", "rcpt")
        assert "DATA" not in sink.commands


async def test_nobody_listening_is_a_retry() -> None:
    async with ScriptedSink() as sink:
        port = sink.port
    async with SmtpPool(Relay("127.0.0.1", port)) as pool:
        delivery = await pool.deliver(SENDER, ANN, MESSAGE, nothing)
    assert (delivery.outcome, delivery.stage) == ("retry", "connect")


async def test_a_cancelled_attempt_drops_its_connection_and_frees_its_place() -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        sink.next("content", Fault.HANG)
        task = asyncio.create_task(pool.deliver(SENDER, ANN, MESSAGE, nothing))
        await sink.hanging.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 2


# --- what is wrong with the letter


@pytest.mark.parametrize(
    ("recipient", "message"),
    [
        ("ann@acme.example>\r\nRCPT TO:<evil@example.net", MESSAGE),
        ("ann@acme.example, bob@acme.example", MESSAGE),
        ("j\u00f6rg@acme.example", MESSAGE),
        ("", MESSAGE),
        (ANN, b"bare\nline feed\r\n"),
        (ANN, b"smuggled\n.\r\nMAIL FROM:<evil@example.net>\r\n"),
        (ANN, b"bare\rcarriage return\r\n"),
        (ANN, b"nul\x00\r\n"),
        (ANN, b"no end"),
        (ANN, "caf\u00e9\r\n".encode()),
        (ANN, b""),
    ],
    ids=ascii,
)
async def test_a_letter_that_cannot_be_sent_is_dead_without_a_word_to_the_relay(recipient: str, message: bytes) -> None:
    async with ScriptedSink() as sink:
        delivery = await sent_to(sink, recipient=recipient, message=message)
        assert (delivery.outcome, delivery.stage, delivery.suppress_address) == ("dead", "envelope", False)
        assert delivery.text
        assert sink.connections == 0
    with pytest.raises(InvalidInput):
        Envelope(SENDER, recipient, message)


async def test_an_international_domain_is_sent_in_ascii() -> None:
    async with ScriptedSink() as sink:
        await sent_to(sink, recipient="ann@b\u00fccher.example")
        assert sink.letters[0].recipient == "ann@xn--bcher-kva.example"


async def test_a_letter_longer_than_the_relay_takes_is_dead_and_the_channel_stays_up() -> None:
    async with ScriptedSink(features=("SIZE 1000",)) as sink, pool_of(sink) as pool:
        delivery = await pool.deliver(SENDER, ANN, b"x\r\n" * 400, nothing)
        assert (delivery.outcome, delivery.enhanced) == ("dead", "5.3.4")
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 1


@pytest.mark.parametrize("size", ["SIZE", "SIZE 0", "SIZE much", "SIZE " + "9" * 5_000])
async def test_an_announced_size_that_says_nothing_limits_nothing(size: str) -> None:
    async with ScriptedSink(features=(size,)) as sink:
        assert (await sent_to(sink)).outcome == "sent"
