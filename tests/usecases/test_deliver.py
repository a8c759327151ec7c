"""Delivering: what becomes of a row by how its attempt ended, and of all when a worker dies or a channel is down."""

import asyncio
from datetime import timedelta

import pytest

from review_engine.channels.memory import MemoryChannel
from review_engine.domain.errors import InvalidInput, StoreError
from review_engine.ports.channels import BeforeData, Delivery
from review_engine.ports.outbox import (
    DEAD,
    PENDING,
    SENDING,
    SENT,
    SUPPRESSED,
    UNKNOWN,
    Chosen,
    Mark,
    Outgoing,
    Recipient,
)
from review_engine.usecases import line, postmaster
from review_engine.usecases.account import Account, Pace
from review_engine.usecases.deliver import ATTEMPTS
from tests.usecases.postroom import MINUTE, NOW, Postroom

DOWN = Delivery("channel_down", "auth", 535, "5.7.8", "no")
GONE = Delivery("dead", "rcpt", 550, "5.1.1", "no such user", suppress_address=True)
LATER = Delivery("retry", "rcpt", 450, "4.2.1", "busy")
NOBODY_KNOWS = Delivery("unknown", "content", text="the line broke")


@pytest.fixture
def room() -> Postroom:
    return Postroom()


async def test_what_was_accepted_is_sent_and_keeps_what_was_said(room: Postroom) -> None:
    room.waiting()
    assert await room.drained() == Account(sent=1)
    (row,) = room.rows
    assert (row.status, row.attempts, row.sent_at, row.remote_reply, row.last_code) == (SENT, 1, NOW, "kept", 250)
    assert row.content is not None
    assert row.message_id.startswith("msg_")


async def test_a_temporary_refusal_waits_a_minute_then_five(room: Postroom) -> None:
    room.waiting()
    room.answering(LATER, LATER)
    assert (await room.drained()).retried == 1
    assert (room.rows[0].status, room.rows[0].available_at) == (PENDING, NOW + MINUTE)
    room.now = NOW + MINUTE
    await room.drained()
    assert room.rows[0].available_at == NOW + 6 * MINUTE
    room.now = NOW + 6 * MINUTE
    assert (await room.drained()).sent == 1
    assert room.rows[0].attempts == 3


async def test_attempts_come_to_an_end_and_the_row_says_what_was_last_said(room: Postroom) -> None:
    room.waiting()
    for _ in range(ATTEMPTS):
        room.answering(LATER)
        await room.drained()
        room.now += timedelta(days=2)
    assert [(row.status, row.attempts, row.last_error) for row in room.rows] == [(DEAD, ATTEMPTS, "busy")]


async def test_a_refusal_for_good_is_dead_and_only_no_such_address_stops_the_others(room: Postroom) -> None:
    ann, bob = Recipient("p-ann", "ann@acme.example"), Recipient("p-bob", "bob@acme.example")
    room.waiting(1, recipient=ann)
    room.waiting(1, recipient=ann, available_at=NOW + MINUTE)
    room.waiting(2, recipient=bob, available_at=NOW + MINUTE)
    room.answering(GONE)
    await room.drained()
    assert room.outbox.suppressions()[0].reason == "550 no such user"
    assert room.statuses == [DEAD, SUPPRESSED, PENDING, PENDING]
    room.answering(Delivery("dead", "content", 554, "5.7.1", "spam"))
    room.now += MINUTE
    await room.drained()
    assert sorted(room.statuses) == [DEAD, DEAD, SENT, SUPPRESSED]
    assert len(room.outbox.suppressions()) == 1


async def test_what_nobody_knows_is_sent_again_twice_as_the_same_bytes_and_parked_then(room: Postroom) -> None:
    room.waiting()
    contents = set()
    for _ in range(3):
        email = room.answering(NOBODY_KNOWS)
        await room.drained()
        contents.add(email.kept[-1].content)
        room.now += timedelta(hours=1)
    assert len(contents) == 1
    assert (room.statuses, len(room.kept())) == ([UNKNOWN], 3)
    await room.drained()
    assert len(room.kept()) == 3


async def test_a_letter_that_may_go_once_only_is_parked_at_once(room: Postroom) -> None:
    room.waiting(once=True)
    room.answering(NOBODY_KNOWS)
    assert (await room.drained()).unknown == 1
    assert room.statuses == [UNKNOWN]


async def test_one_poisoned_row_stops_no_other(room: Postroom) -> None:
    room.waiting(5)
    email = room.answering()
    write = email._writes
    email._writes = lambda outgoing: 1 / 0 if outgoing.notice.context["n"] == 2 else write(outgoing)  # type: ignore[assignment, return-value]
    assert await room.drained() == Account(sent=4, dead=1)
    (dead,) = room.outbox.rows(Chosen(statuses=(DEAD,)))
    assert (dead.last_stage, dead.last_error) == ("render", "division by zero")


async def test_a_channel_s_own_fault_is_one_attempt_s(room: Postroom) -> None:
    class Faulty(MemoryChannel):
        async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
            if outgoing.notice.context["n"] == 0:
                raise KeyError("a bug before it left")
            if outgoing.notice.context["n"] == 1:
                await before_data()
                raise KeyError("a bug behind it")
            return await super().deliver(outgoing, content, before_data)

    room.channels["email"] = Faulty()
    room.waiting(3)
    assert await room.drained() == Account(sent=1, retried=2)
    assert [row.unknowns for row in room.rows] == [0, 1, 0]


# A channel that is down


async def test_a_relay_that_refuses_us_pauses_the_channel_and_costs_no_letter_an_attempt(room: Postroom) -> None:
    room.waiting(30)
    room.answering(*[DOWN] * 30)
    account = await room.drained()
    assert (account.sent, account.dead) == (1, 0)  # the one is the operator's
    letters = room.outbox.rows(Chosen(channel="email"))
    assert {(row.status, row.attempts) for row in letters} == {(PENDING, 0)}
    pause = room.outbox.pauses()["email"]
    assert (pause.since, pause.until, pause.failures) == (NOW, NOW + MINUTE, 1)
    (alert,) = room.kept("log")
    assert alert.notice.name == "channel_paused"
    assert "535" in str(alert.notice.context["text"])


async def test_a_paused_channel_is_tried_with_one_letter_and_tells_the_operator_once(room: Postroom) -> None:
    room.waiting(10)
    email = room.answering(*[DOWN] * 10)
    await room.drained()
    email.answers.clear()
    await room.drained()
    assert room.kept() == []
    room.now = room.outbox.pauses()["email"].until or NOW
    room.answering(DOWN)
    await room.drained()
    assert (room.outbox.pauses()["email"].failures, email.answers) == (2, type(email.answers)())
    assert len(room.kept("log")) == 1
    room.now += 5 * MINUTE
    assert (await room.drained()).sent == 11
    assert room.outbox.pauses() == {}
    assert [row.notice.name for row in room.kept("log")] == ["channel_paused", "channel_resumed"]


async def test_an_endpoint_that_is_gone_stays_closed_until_somebody_opens_it(room: Postroom) -> None:
    room.waiting()
    room.answering(Delivery("channel_down", "answer", 410, text="410 Gone", for_good=True))
    await room.drained()
    room.now += timedelta(days=30)
    assert (await room.drained()).sent == 0
    assert room.outbox.pauses()["email"].until is None
    room.outbox.resume("email")
    assert (await room.drained()).sent == 1


async def test_when_nobody_answers_the_line_rests_and_asks_not_for_every_letter(room: Postroom) -> None:
    room.waiting(40)
    room.answering(*[Delivery("retry", "connect", text="refused")] * 40)
    account = await room.drained()
    assert account.retried < 10
    assert {row.attempts for row in room.rows if row.available_at == NOW} == {0}


# Leases, and dying


async def test_what_a_dead_worker_held_is_swept_up_when_its_lease_is_over(room: Postroom) -> None:
    room.waiting(3)
    room.outbox.claim("email", now=NOW, until=NOW + MINUTE, token="dead", limit=3)
    assert (await room.drained()).sent == 0
    room.now += MINUTE
    assert (await room.drained()).sent == 3


async def test_who_lost_the_lease_sends_nothing(room: Postroom) -> None:
    room.waiting()
    email = room.answering()
    write = email._writes

    def stolen(outgoing):  # type: ignore[no-untyped-def]
        room.outbox.sweep(NOW + timedelta(hours=1), attempts=ATTEMPTS)
        room.outbox.claim("email", now=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2), token="x", limit=1)
        return write(outgoing)

    email._writes = stolen
    account = await room.drained()
    assert (account.sent, account.lost) == (0, 1)
    assert (room.kept(), room.rows[0].lease_token) == ([], "x")


async def test_stopping_lets_what_is_under_way_finish_and_gives_back_the_rest(room: Postroom) -> None:
    entered, go = asyncio.Event(), asyncio.Event()

    class Slow(MemoryChannel):
        async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
            entered.set()
            await go.wait()
            return await super().deliver(outgoing, content, before_data)

    room.channels["email"] = Slow(room=2)
    room.waiting(20)
    stop = asyncio.Event()
    running = asyncio.create_task(room.courier().run(stop))
    await entered.wait()
    stop.set()
    go.set()
    await running
    assert 1 <= room.statuses.count(SENT) <= 4
    assert {(row.status, row.attempts, row.lease_token) for row in room.rows if row.status != SENT} == {
        (PENDING, 0, "")
    }


async def test_what_does_not_finish_in_time_is_given_back_or_judged_by_how_far_it_got(room: Postroom) -> None:
    begun = asyncio.Event()

    class Hanging(MemoryChannel):
        async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
            if outgoing.notice.context["n"] == 0:
                await before_data()
                begun.set()
            await asyncio.Event().wait()
            raise AssertionError("nothing ever comes")

    room.channels["email"] = Hanging(room=2)
    room.pace = Pace(idle=0.001, grace=0.01)
    room.waiting(2)
    stop = asyncio.Event()
    running = asyncio.create_task(room.courier().run(stop))
    await begun.wait()
    stop.set()
    await running
    assert [(row.status, row.unknowns, row.lease_token) for row in room.rows] == [(PENDING, 1, ""), (PENDING, 0, "")]
    assert SENDING not in room.statuses


async def test_an_outcome_that_could_not_be_written_is_written_again(
    room: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.waiting()
    record, failures = type(room.outbox).record, [StoreError("the database is away")]

    def failing(self: object, marks: list[Mark]) -> list[bool]:
        if hasattr(marks[0], "sent_at") and failures:
            raise failures.pop()
        return record(room.outbox, marks)

    monkeypatch.setattr(type(room.outbox), "record", failing)
    monkeypatch.setattr(line, "_WRITE_AGAIN", (0.0,))
    assert (await room.drained()).sent == 1
    assert (room.statuses, len(room.kept())) == ([SENT], 1)


async def test_a_database_that_goes_away_in_the_middle_leaves_no_row_behind(
    room: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.waiting(30)
    record, left = type(room.outbox).record, [10]

    def failing(self: object, marks: list[Mark]) -> list[bool]:
        left[0] -= 1
        if left[0] < 0:
            raise StoreError("the database is away")
        return record(room.outbox, marks)

    monkeypatch.setattr(type(room.outbox), "record", failing)
    monkeypatch.setattr(line, "_WRITE_AGAIN", ())
    courier = room.courier()
    with pytest.raises(ExceptionGroup):
        await courier.drain()
    assert courier._setting.held == {}
    monkeypatch.undo()
    await room.drained()
    assert room.statuses.count(SENT) + room.statuses.count(PENDING) == 30
    room.now += timedelta(hours=1)
    await room.drained()
    assert set(room.statuses) == {SENT}
    arrived = [row.idem_key for row in room.kept()]
    assert len(set(arrived)) == 30
    assert len(arrived) <= 30 + 4


async def test_two_couriers_deliver_each_letter_once(room: Postroom) -> None:
    room.waiting(300)
    both = await asyncio.gather(room.drained(), room.drained())
    assert sum(account.sent for account in both) == len(room.kept()) == 300
    assert len({row.idem_key for row in room.kept()}) == 300


async def test_a_channel_that_cannot_be_opened_keeps_no_other_from_working(room: Postroom) -> None:
    class Shut(MemoryChannel):
        async def open(self) -> None:
            raise OSError("no templates here")

    room.channels["log"] = Shut()
    room.waiting(2)
    room.waiting(1, channel="log")
    assert (await room.drained()).sent == 2


# Operators


async def test_a_replay_is_the_same_letter_and_a_forced_resend_another(room: Postroom) -> None:
    (number,) = room.waiting()
    room.answering(Delivery("dead", "content", 554, text="no"))
    await room.drained()
    before = room.rows[0]
    assert postmaster.replay(room.outbox, Chosen((number,)), now=NOW) == 1
    await room.drained()
    assert (room.rows[0].message_id, room.rows[0].content) == (before.message_id, before.content)
    assert postmaster.replay(room.outbox, Chosen((number,)), now=NOW) == 0
    with pytest.raises(InvalidInput, match="twice"):
        postmaster.resend(room.outbox, number, now=NOW, force=False)
    again = postmaster.resend(room.outbox, number, now=NOW, force=True)
    third = postmaster.resend(room.outbox, number, now=NOW, force=True)
    await room.drained()
    ids = [row.message_id for row in room.rows]
    assert len(set(ids)) == 3
    assert [row.resends for row in room.rows] == [0, 1, 2]
    assert (again.id, third.id) == (2, 3)
