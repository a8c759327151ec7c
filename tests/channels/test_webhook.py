"""Webhooks: signed so that a receiver can check them, sent to public hosts only, closed when the receiver is gone."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from review_engine.channels import webhook_request
from review_engine.channels.memory import MemoryChannel
from review_engine.channels.webhook import WebhookChannel, key_of, signed
from review_engine.channels.webhook_request import Target
from review_engine.domain.errors import InvalidConfiguration
from review_engine.ports.channels import Delivery
from review_engine.ports.outbox import PENDING, SENT, Chosen, Outgoing
from tests.usecases.postroom import NOW, Postroom

OLD, NEW = b"o" * 24, b"n" * 32
SILENCE = b"silence"
GOES_ON = b"HTTP/1.1 204 No Content\r\n\r\n"
LONGER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SECRETS = [f"whsec_{base64.b64encode(key).decode()}" for key in (NEW, OLD)]


@dataclass
class Receiver:
    """A web server of the tests' own: keeps what it is sent and answers what it is told to."""

    answers: list[bytes] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?x=1"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self.answered(reader, writer):
                pass
        writer.close()

    async def answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = (line.partition(": ") for line in head[1:] if line)
        headers = {"": head[0], **{name.lower(): value for name, _, value in fields}}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append((headers, body))
        answer = self.answers.pop(0) if self.answers else GOES_ON
        if answer is SILENCE:
            await reader.read()
        writer.write(answer)
        return answer in (GOES_ON, LONGER)


@asynccontextmanager
async def receiving(*answers: bytes) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers))
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
        for writer in receiver.writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # one turn of the loop, in which the sockets are closed


def channel(url: str, *, allow_private: bool = True, **options: float) -> WebhookChannel:
    return WebhookChannel(url, SECRETS, lambda: NOW, allow_private=allow_private, **options)  # type: ignore[arg-type]


def outgoing() -> Outgoing:
    room = Postroom()
    room.waiting(1, channel="webhook:crm", letter="")
    return room.rows[0]


async def posted(hook: WebhookChannel) -> Delivery:
    async def nothing() -> None:
        return None

    row = outgoing()
    return await hook.deliver(row, hook.render(row).content, nothing)


# Signatures


def test_a_signature_is_that_of_the_published_example() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    at = NOW.fromtimestamp(1614265330, NOW.tzinfo)
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, [key])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


async def test_a_message_is_signed_under_every_key_and_says_what_happened() -> None:
    async with receiving() as receiver:
        delivery = await posted(channel(receiver.url))
        ((headers, body),) = receiver.requests
    assert (delivery.outcome, delivery.code) == ("sent", 204)
    assert headers[""] == "POST /hooks?x=1 HTTP/1.1"
    text = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = [f"v1,{base64.b64encode(hmac.new(key, text, sha256).digest()).decode()}" for key in (NEW, OLD)]
    assert headers["webhook-signature"].split(" ") == wanted
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("submitted", "2026-03-02T18:00:00.000000Z")
    assert told["data"]["subject"] == "app/acme-sync"


async def test_a_message_sent_again_has_the_same_id() -> None:
    async with receiving(b"HTTP/1.1 500 Oops\r\n\r\n") as receiver:
        hook = channel(receiver.url)
        assert [(await posted(hook)).outcome for _ in range(2)] == ["retry", "sent"]
        first, second = receiver.requests
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_!!!", "whsec_" + base64.b64encode(b"short").decode()])
def test_a_secret_that_is_none_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(InvalidConfiguration) as refused:
        WebhookChannel("https://hooks.example.com/", [secret], lambda: NOW)
    assert not secret or len(secret) < 7 or secret not in str(refused.value)


# Answers


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "sent"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", "retry"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "retry"),
        (b"HTTP/1.1 410 Gone\r\n\r\n", "channel_down"),
        (b"HTTP/1.1 503\r\n\r\n", "retry"),
        (b"SSH-2.0-OpenSSH\r\n", "retry"),
        (b"x" * 100_000, "retry"),
        (b"", "retry"),
    ],
)
async def test_an_answer_is_judged_and_a_redirect_is_never_followed(answer: bytes, outcome: str) -> None:
    async with receiving(answer) as receiver:
        delivery = await posted(channel(receiver.url))
        assert len(receiver.requests) == 1
    assert delivery.outcome == outcome
    assert delivery.for_good is (outcome == "channel_down")


async def test_a_receiver_that_never_answers_is_left_at_the_deadline() -> None:
    async with receiving(SILENCE) as receiver:
        delivery = await posted(channel(receiver.url, deadline=0.05))
    assert (delivery.outcome, delivery.stage) == ("retry", "answer")


async def test_an_endpoint_that_is_gone_is_closed_and_the_other_one_is_not() -> None:
    async with receiving(b"HTTP/1.1 410 Gone\r\n\r\n") as gone, receiving() as other:
        room = Postroom(
            {"webhook:gone": channel(gone.url, room=1), "webhook:other": channel(other.url), "log": MemoryChannel()}
        )
        for name in ("webhook:gone", "webhook:other"):
            room.waiting(5, channel=name, letter="")
        await room.drained()
        assert (len(gone.requests), len(other.requests)) == (1, 5)
    assert {row.status for row in room.outbox.rows(Chosen(channel="webhook:gone"))} == {PENDING}
    assert {row.status for row in room.outbox.rows(Chosen(channel="webhook:other"))} == {SENT}
    assert [row.notice.name for row in room.kept("log")] == ["channel_closed"]


# Connections


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[WebhookChannel]:
    hook = channel(url)
    await hook.open()
    yield hook
    await hook.close()


async def test_a_connection_carries_the_next_message_too() -> None:
    async with receiving(GOES_ON, LONGER) as receiver, opened(receiver.url) as hook:
        assert [(await posted(hook)).outcome for _ in range(3)] == ["sent"] * 3
        assert (len(receiver.requests), len(receiver.writers)) == (3, 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nuntil it is closed",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nnot all of it",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n",
    ],
)
async def test_a_connection_of_which_it_is_not_sure_where_the_answer_ends_carries_no_other(answer: bytes) -> None:
    async with receiving(answer) as receiver, opened(receiver.url) as hook:
        assert [(await posted(hook)).outcome for _ in range(2)] == ["sent"] * 2
        assert (len(receiver.requests), len(receiver.writers)) == (2, 2)


async def test_a_message_whose_kept_connection_is_dropped_unanswered_goes_over_a_fresh_one() -> None:
    async with receiving(GOES_ON, b"") as receiver, opened(receiver.url) as hook:
        assert [(await posted(hook)).outcome for _ in range(2)] == ["sent"] * 2
        first, second, third = receiver.requests
        assert (second, len(receiver.writers)) == (third, 2)
    assert first[0]["webhook-id"]


async def test_a_name_is_asked_for_again_once_a_connection_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_request, "AGE_MAX", -1.0)
    async with receiving() as receiver, opened(receiver.url) as hook:
        assert [(await posted(hook)).outcome for _ in range(2)] == ["sent"] * 2
        assert len(receiver.writers) == 2


async def test_a_closed_channel_keeps_no_connection() -> None:
    async with receiving() as receiver:
        hook = channel(receiver.url)
        assert (await posted(hook)).outcome == "sent"
        assert receiver.requests[0][0]["connection"] == "close"
        async with opened(receiver.url) as other:
            await posted(other)
        assert "connection" not in receiver.requests[1][0]
        assert other._line._kept == []


# Where they go


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0"]
)
async def test_what_is_not_public_is_never_connected_to(host: str) -> None:
    delivery = await posted(channel(f"https://{host}/hooks", allow_private=False))
    assert (delivery.outcome, delivery.stage) == ("channel_down", "connect")


async def test_a_name_is_resolved_once_and_the_vetted_address_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[str] = []

    async def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in ("10.0.0.7", "93.184.215.14")]

    async def connect(_: object, host: str, port: int, **options: object) -> None:
        connected.append(host)
        assert options["server_hostname"] == "hooks.example.com"
        raise ConnectionRefusedError("no")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connect)
    delivery = await posted(channel("https://hooks.example.com/", allow_private=False))
    assert (delivery.outcome, asked, connected) == ("retry", ["hooks.example.com"], ["93.184.215.14"])


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://",
        "https://user:password@hooks.example.com/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://hooks.example.com:99999/",
    ],
    ids=ascii,
)
def test_an_address_that_is_no_place_for_webhooks_is_refused(url: str) -> None:
    with pytest.raises(InvalidConfiguration):
        Target.of(url)
