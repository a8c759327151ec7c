"""The pool of connections to a relay: reused, renewed, never more than its size."""

import asyncio
from itertools import count

import pytest

from review_engine.channels.smtp import Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.domain.errors import InvalidInput, ReviewEngineError
from tests.channels.scripted_sink import Answer, Fault, ScriptedSink
from tests.channels.smtp_talk import ANN, MESSAGE, SENDER, Intent, nothing, pool_of, when_the_deadline_has_passed


async def test_one_connection_carries_several_letters_without_a_reset() -> None:
    async with ScriptedSink() as sink:
        async with pool_of(sink) as pool:
            for _ in range(5):
                assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert (sink.connections, len(sink.letters)) == (1, 5)
        assert "RSET" not in sink.commands


async def test_a_connection_is_renewed_after_its_number_of_letters() -> None:
    async with ScriptedSink() as sink, pool_of(sink, letters_per_connection=2) as pool:
        for _ in range(5):
            assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 3


async def test_a_refused_text_leaves_the_connection_usable_and_a_refused_recipient_does_not() -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        sink.next("content", "554 5.7.1 spam")
        await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 1
        sink.next("rcpt", "550 5.1.1 no such user")
        await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.connections == 2


@pytest.mark.parametrize("answer", [Fault.DROP, "421 4.4.2 idle for too long"])
async def test_a_kept_connection_that_the_relay_gave_up_costs_no_attempt(answer: Answer) -> None:
    intent = Intent()
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        sink.next("mail", answer)
        assert (await pool.deliver(SENDER, ANN, MESSAGE, intent)).outcome == "sent"
        assert (sink.connections, len(sink.letters), intent.calls) == (2, 2, 1)


async def test_connections_closed_while_idle_are_replaced() -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        sink.drop_all()
        assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert len(sink.letters) == 2


async def test_a_pool_never_has_more_connections_than_its_size_and_uses_them_all() -> None:
    async with ScriptedSink() as sink, pool_of(sink, size=3) as pool:
        met = asyncio.Barrier(3)

        async def before_data() -> None:
            await met.wait()  # three letters are under way at once, or this never ends

        letters = [pool.deliver(SENDER, f"ann{n}@acme.example", MESSAGE, before_data) for n in range(9)]
        assert {delivery.outcome for delivery in await asyncio.gather(*letters)} == {"sent"}
        assert sink.connections == 3
        assert len({letter.recipient for letter in sink.letters}) == 9


async def test_waiting_for_a_free_connection_counts_against_the_deadline() -> None:
    async with ScriptedSink() as sink, pool_of(sink) as pool:
        sink.next("content", Fault.HANG)
        first = asyncio.create_task(pool.deliver(SENDER, ANN, MESSAGE, nothing))
        await sink.hanging.wait()
        second = await when_the_deadline_has_passed(sink, pool.deliver(SENDER, ANN, MESSAGE, nothing))
        assert (await first).outcome == "unknown"
        assert (second.outcome, second.stage) == ("retry", "connect")
        assert len(sink.letters) == 1


async def test_a_pool_says_goodbye_when_it_closes_and_is_of_no_use_afterwards() -> None:
    async with ScriptedSink() as sink:
        async with pool_of(sink) as pool:
            await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        with pytest.raises(ReviewEngineError, match="not open"):
            await pool.deliver(SENDER, ANN, MESSAGE, nothing)
        turns = count()
        while "QUIT" not in sink.commands and next(turns) < 10_000:
            await asyncio.sleep(0)  # until the line has been read
        assert sink.commands[-1] == "QUIT"


def test_a_pool_belongs_to_the_event_loop_that_opened_it() -> None:
    pool = SmtpPool(Relay("127.0.0.1", 25))

    async def opened() -> None:
        await pool.__aenter__()

    asyncio.run(opened())
    with pytest.raises(ReviewEngineError, match="event loop"):
        asyncio.run(pool.deliver(SENDER, ANN, MESSAGE, nothing))


@pytest.mark.parametrize(
    "terms", [{"size": 0}, {"letters_per_connection": 0}, {"deadline": 0}, {"deadline": float("nan")}]
)
def test_a_pool_without_connections_or_time_is_refused(terms: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        SmtpPool(Relay("127.0.0.1", 25), **terms)
