"""Letters from the outbox to a relay that misbehaves in every way: nothing is lost, nothing dies without need."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from itertools import count
from typing import Any

import pytest

from review_engine.channels.email import EmailChannel
from review_engine.channels.folder import FolderCarrier
from review_engine.channels.letters import Letters
from review_engine.channels.memory import MemoryChannel
from review_engine.channels.smtp import Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.domain.notices import Notice
from review_engine.ports.outbox import DEAD, PENDING, SENT, UNKNOWN, Chosen, Recipient
from review_engine.settings import shipped
from tests.channels.scripted_sink import Fault, ScriptedSink
from tests.usecases.postroom import NOW, Postroom

SENDER = "Developer Center <center@platform.example>"
POOL = 4
WAYS = [(), ("PIPELINING",)]
"""Relays that take one command after the other, and those that take several at once."""


def letters() -> Letters:
    return Letters([shipped("templates") / "email"], sender=SENDER, base_url="https://developers.example.com")


def room_for(sink: ScriptedSink, *, deadline: float = 3600, **login: Any) -> Postroom:
    """A room whose letters go to the sink. They have no templates, as alerts have none."""
    relay = Relay(sink.host, sink.port, **login)
    email = EmailChannel(letters, lambda: SmtpPool(relay, size=POOL, deadline=deadline), POOL)
    return Postroom({"email": email, "log": MemoryChannel()})


def filled(room: Postroom, number: int, **fields: Any) -> Postroom:
    room.waiting(number, letter="", **fields)
    return room


def delivered(room: Postroom, status: str) -> int:
    return len(room.outbox.rows(Chosen(channel="email", statuses=(status,))))


async def test_letters_arrive_with_their_message_ids_and_as_they_are_kept() -> None:
    async with ScriptedSink() as sink:
        room = filled(room_for(sink), 20)
        assert (await room.drained()).sent == 20
        kept = {row.message_id: row.content for row in room.rows}
        arrived = {str(message_from_bytes(one.content)["Message-ID"]): one.content.decode() for one in sink.letters}
    assert arrived == kept


@pytest.mark.parametrize("together", WAYS)
async def test_with_a_421_on_every_tenth_mail_nothing_is_dead_and_everything_arrives(together: tuple[str, ...]) -> None:
    numbers = count(1)
    async with ScriptedSink(features=together) as sink:
        sink.always("mail", lambda: "421 4.3.2 closing" if next(numbers) % 10 == 0 else None)
        room = filled(room_for(sink), 200)
        for _ in range(6):
            await room.drained()
            assert delivered(room, DEAD) == 0
            room.now += timedelta(hours=2)
    assert delivered(room, SENT) == 200
    assert len(sink.letters) == len({one.recipient for one in sink.letters}) == 200


@pytest.mark.parametrize("together", WAYS)
@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("auth", "535 5.7.8 bad login"),
        ("connect", "554 5.3.2 go away"),
        ("mail", "550 5.7.1 not from you"),
        ("mail", "530 5.7.0 log in first"),
    ],
)
async def test_a_relay_that_refuses_us_pauses_the_queue_and_the_operator_hears_of_it(
    stage: str, answer: str, together: tuple[str, ...]
) -> None:
    async with ScriptedSink(features=("AUTH PLAIN", *together)) as sink:
        sink.always(stage, answer)
        room = filled(room_for(sink, username="ann", password="secret"), 25)
        await room.drained()
        assert (delivered(room, PENDING), delivered(room, DEAD)) == (25, 0)
        assert {row.attempts for row in room.outbox.rows(Chosen(channel="email"))} == {0}
        (alert,) = room.kept("log")
        assert answer[:3] in str(alert.notice.context["text"])
        assert sink.connections <= POOL
        sink.always(stage, lambda: None)
        room.now += timedelta(minutes=2)
        await room.drained()
    assert delivered(room, SENT) == 25


async def test_after_a_drop_behind_data_the_same_bytes_come_again_twice_at_most() -> None:
    async with ScriptedSink() as sink:
        sink.always("content", Fault.DROP)
        room = filled(room_for(sink), 1)
        for _ in range(6):
            await room.drained()
            room.now += timedelta(days=1)
    assert len(sink.letters) == 3
    assert len({one.content for one in sink.letters}) == 1
    assert (delivered(room, UNKNOWN), room.rows[0].unknowns) == (1, 3)


async def test_a_letter_that_may_go_once_only_is_held_after_a_drop_behind_data() -> None:
    async with ScriptedSink() as sink:
        sink.next("content", Fault.DROP)
        room = filled(room_for(sink), 1, once=True)
        await room.drained()
        room.now += timedelta(days=1)
        await room.drained()
    assert (len(sink.letters), delivered(room, UNKNOWN)) == (1, 1)


async def test_a_relay_that_hangs_costs_its_letters_an_attempt_and_the_next_ones_go() -> None:
    async with ScriptedSink() as sink:
        sink.next("rcpt", Fault.HANG)
        room = filled(room_for(sink, deadline=0.2), 8)
        await room.drained()
        assert (delivered(room, SENT), delivered(room, PENDING)) == (7, 1)
        room.now += timedelta(minutes=2)
        await room.drained()
    assert delivered(room, SENT) == 8


async def test_one_refused_recipient_is_dead_and_suppressed_and_nobody_else_is() -> None:
    async with ScriptedSink() as sink:
        sink.for_recipient("ann3@acme.example", "550 5.1.1 no such user")
        sink.for_recipient("ann4@acme.example", "550 5.7.1 not wanted here")
        room = filled(room_for(sink), 8)
        await room.drained()
    assert (delivered(room, SENT), delivered(room, DEAD)) == (6, 2)
    assert [one.address for one in room.outbox.suppressions()] == ["ann3@acme.example"]


async def test_one_address_that_cannot_be_written_to_stops_no_other() -> None:
    async with ScriptedSink() as sink:
        room = filled(room_for(sink), 3)
        evil = Recipient("p-eve", "eve@x.example>\r\nRCPT TO:<victim@y.example", "Eve")
        notice = Notice("submitted", "app/evil", "acme", "move 1", ("partner",), NOW, {})
        filled(room, 1, recipient=evil, notice=notice)
        await room.drained()
    assert (delivered(room, SENT), delivered(room, DEAD)) == (3, 1)
    assert "victim@y.example" not in " ".join(sink.commands)


async def test_a_relay_away_for_an_hour_loses_nothing() -> None:
    async with ScriptedSink() as sink:
        room = filled(room_for(sink), 60)
    await room.drained()
    assert delivered(room, PENDING) == 60
    async with ScriptedSink() as back:
        room.channels["email"] = EmailChannel(letters, lambda: SmtpPool(Relay(back.host, back.port), size=2), 2)
        for _ in range(4):
            room.now += timedelta(hours=1)
            await room.drained()
        assert (delivered(room, SENT), len(back.letters)) == (60, 60)


# In a folder


async def test_without_a_relay_letters_are_files_that_mail_programs_open(tmp_path: Any) -> None:
    email = EmailChannel(letters, lambda: FolderCarrier(tmp_path / "letters"), 1)
    room = filled(Postroom({"email": email, "log": MemoryChannel()}), 3)
    assert (await room.drained()).sent == 3
    files = sorted((tmp_path / "letters").iterdir())
    assert [file.suffix for file in files] == [".eml"] * 3
    found = [message_from_bytes(file.read_bytes()) for file in files]
    assert [str(one["To"]) for one in found] == [f"Ann <ann{number}@acme.example>" for number in range(3)]


async def test_a_letter_carried_twice_is_one_file(tmp_path: Any) -> None:
    carrier, message = FolderCarrier(tmp_path), b"Message-ID: <abc@x.example>\r\n\r\nhello\r\n"
    for _ in range(2):
        assert (await carrier.deliver("a@x.example", "b@x.example", message, _nothing)).outcome == "sent"
    assert [file.name for file in tmp_path.iterdir()] == ["b@x.example-abc.eml"]


async def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Any) -> None:
    (tmp_path / "file").write_text("in the way")
    carrier = FolderCarrier(tmp_path / "file")
    assert (await carrier.deliver("a@x.example", "b@x.example", b"x\r\n", _nothing)).outcome == "retry"


# What letters are made of


async def test_every_shipped_letter_is_rendered_from_its_row_as_from_its_notice() -> None:
    channel, writer = EmailChannel(letters, lambda: FolderCarrier("unused"), 1), letters()
    context = {
        "kind": "App",
        "name": "Acme Sync",
        "key": "app/acme-sync",
        "to": "In review",
        "from": "Submitted",
        "says": "",
        "transition": "Take",
        "role": "reviewer",
        "by": "r-rita",
        "number": 3,
        "at": "2026-03-02T18:00:00.000000Z",
        "next": [],
        "due": {},
        "round": 1,
        "thread": {"partner": "app/acme-sync#round 1#submission_received"},
    }
    notice = Notice("review_started", "app/acme-sync", "acme", "move 3", ("partner",), NOW, context)
    room = Postroom()
    room.waiting(1, letter="review_started", notice=notice)
    (row,) = room.rows
    rendered = channel.render(row)
    assert rendered == channel.render(row)
    parsed = message_from_bytes(rendered.content.encode())
    assert parsed["Message-ID"] == rendered.message_id
    assert parsed["References"] == rendered.thread_root
    assert len(rendered.version) == 12
    assert rendered.message_id.endswith(f"@{writer.domain}>")


async def _nothing() -> None:
    return None


def test_the_intent_is_written_before_the_text_leaves() -> None:
    """The order of one letter's steps, seen from the sink's side."""
    asyncio.run(_in_order())


async def _in_order() -> None:
    steps: list[str] = []

    def noting(step: str) -> Callable[[], None]:
        def note() -> None:
            steps.append(step)

        return note

    async with ScriptedSink() as sink:
        sink.always("data", noting("data"))
        sink.always("content", noting("content"))
        room = filled(room_for(sink), 1)
        record = room.store.outbox.record

        def recording(marks: Any) -> list[bool]:
            steps.extend(type(mark).__name__ for mark in marks)
            return record(marks)

        room.store.outbox.record = recording  # type: ignore[method-assign]
        await room.drained()
    assert steps == ["Intent", "data", "content", "Ended"]
