"""Two commands that travel together: where a relay allows it, each reply is still judged by the command it is for."""

import pytest

from review_engine.channels.smtp_replies import Outcome
from tests.channels.scripted_sink import Fault, ScriptedSink
from tests.channels.smtp_talk import ANN, MESSAGE, SENDER, Intent, nothing, pool_of, sent_to

TOGETHER = ("ENHANCEDSTATUSCODES", "PIPELINING")


async def test_a_letter_arrives_byte_for_byte_and_the_next_one_too() -> None:
    async with ScriptedSink(features=TOGETHER) as sink, pool_of(sink) as pool:
        for _ in range(3):
            assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
    assert [one.content for one in sink.letters] == [MESSAGE] * 3
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("stage", "answer", "outcome"),
    [
        ("mail", "451 4.3.0 later", "retry"),
        ("mail", "550 5.7.1 not you", "channel_down"),
        ("mail", "421 4.3.2 goodbye", "retry"),
        ("rcpt", "450 4.2.1 later", "retry"),
        ("rcpt", "550 5.1.1 nobody", "dead"),
        ("mail", Fault.DROP, "retry"),
        ("rcpt", Fault.DROP, "retry"),
        ("rcpt", Fault.GARBAGE, "retry"),
    ],
)
async def test_a_refusal_is_judged_by_the_command_it_answers(
    stage: str, answer: "str | Fault", outcome: Outcome
) -> None:
    intent = Intent()
    async with ScriptedSink(features=TOGETHER) as sink:
        sink.next(stage, *([answer] * 2))
        delivery = await sent_to(sink, intent)
    assert (delivery.outcome, delivery.stage) == (outcome, stage)
    assert intent.calls == 0
    assert sink.letters == []


async def test_a_relay_that_talks_unasked_is_not_trusted_with_another_letter() -> None:
    async with ScriptedSink(features=TOGETHER) as sink, pool_of(sink) as pool:
        sink.next("content", "250 2.0.0 queued\r\n250 and one more")
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
    assert sink.connections == 2
