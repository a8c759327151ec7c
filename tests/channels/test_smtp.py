"""The conversation with a relay, and the pool of connections, against a relay that misbehaves on command."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from review_engine.channels.message import Letter, Mailbox, compose, message_id
from review_engine.channels.smtp import Envelope, Relay, Security
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.smtp_replies import Delivery, Outcome
from review_engine.domain.errors import InvalidConfiguration, InvalidInput, ReviewEngineError
from tests.channels.scripted_sink import Answer, Fault, ScriptedSink

SENDER = "reviews@example.com"
ANN = "ann@acme.example"
MESSAGE = b"Subject: a letter\r\n\r\nGood morning.\r\n.\r\n..\r\n.dots\r\n"
AN_HOUR = 3_600.0


class Intent:
    """A ``before_data`` that notes its calls, and may fail."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.calls = 0
        self._error = error

    async def __call__(self) -> None:
        self.calls += 1
        if self._error is not None:
            raise self._error


async def nothing() -> None:
    """A ``before_data`` with nothing to do."""


def relay(sink: ScriptedSink, **terms: object) -> Relay:
    return Relay(sink.host, sink.port, greeting_name="client.example", **terms)  # type: ignore[arg-type]


@asynccontextmanager
async def pool_of(sink: ScriptedSink, size: int = 1, letters_per_connection: int = 100) -> AsyncIterator[SmtpPool]:
    async with SmtpPool(
        relay(sink), size=size, deadline=AN_HOUR, letters_per_connection=letters_per_connection
    ) as pool:
        yield pool


async def sent_to(
    sink: ScriptedSink,
    before_data: Callable[[], Awaitable[None]] = nothing,
    recipient: str = ANN,
    message: bytes = MESSAGE,
) -> Delivery:
    async with pool_of(sink) as pool:
        return await pool.deliver(SENDER, recipient, message, before_data)


async def when_the_deadline_has_passed(sink: ScriptedSink, attempt: Awaitable[Delivery]) -> Delivery:
    """Wait until the relay hangs, then let the event loop's clock jump over the deadline."""
    task = asyncio.ensure_future(attempt)
    await sink.hanging.wait()
    await asyncio.sleep(0)  # the attempt has begun, even where the relay hung before
    loop = asyncio.get_running_loop()
    real = loop.time
    loop.time = lambda: real() + AN_HOUR + 1  # type: ignore[method-assign]
    try:
        return await task
    finally:
        loop.time = real  # type: ignore[method-assign]


# --- one letter


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


# --- the pool


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


# --- encryption and login


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context for 127.0.0.1, and a client's that trusts it; the certificate lives an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path: Path = tmp_path_factory.mktemp("tls") / "sink.pem"
    path.write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=pem.decode("ascii"))


Certified = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.mark.parametrize(
    ("host", "port", "security", "encryption"),
    [
        ("127.0.0.1", 25, "auto", "none"),
        ("127.9.9.9", 465, "auto", "none"),
        ("::1", 587, "auto", "none"),
        ("localhost", 25, "auto", "none"),
        ("smtp.example.com", 25, "auto", "starttls"),
        ("smtp.example.com", 587, "auto", "starttls"),
        ("smtp.example.com", 465, "auto", "tls"),
        ("192.168.1.1", 25, "auto", "starttls"),
        ("localhost.example.com", 25, "auto", "starttls"),
        ("127.0.0.1.example.com", 25, "auto", "starttls"),
        ("smtp.example.com", 25, "none", "none"),
        ("127.0.0.1", 25, "starttls", "starttls"),
        ("127.0.0.1", 25, "tls", "tls"),
    ],
)
def test_beyond_this_machine_letters_are_encrypted_unless_told_otherwise(
    host: str, port: int, security: Security, encryption: str
) -> None:
    assert Relay(host, port, security=security).encryption == encryption


async def test_letters_go_over_starttls_and_the_login_only_after_it(certified: Certified) -> None:
    server, client = certified
    async with ScriptedSink(features=("STARTTLS", "AUTH PLAIN LOGIN"), tls=server) as sink:
        terms = relay(sink, security="starttls", tls_context=client, username="ann", password="p\u00e4ss")
        async with SmtpPool(terms, deadline=AN_HOUR) as pool:
            for _ in range(2):
                assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert sink.logins == [("PLAIN", "ann", "p\u00e4ss")]
        assert (sink.encrypted, sink.connections) == (1, 1)
        verbs = [command.split()[0] for command in sink.commands]
        assert verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


async def test_letters_go_over_tls_from_the_first_byte(certified: Certified) -> None:
    server, client = certified
    async with ScriptedSink(tls=server, implicit=True) as sink:
        async with SmtpPool(relay(sink, security="tls", tls_context=client), deadline=AN_HOUR) as pool:
            assert (await pool.deliver(SENDER, ANN, MESSAGE, nothing)).outcome == "sent"
        assert "STARTTLS" not in sink.commands


async def delivered_over(sink: ScriptedSink, client: ssl.SSLContext | None, security: str = "starttls") -> Delivery:
    terms = relay(sink, security=security, tls_context=client, username="ann", password="secret")
    async with SmtpPool(terms, deadline=AN_HOUR) as pool:
        return await pool.deliver(SENDER, ANN, MESSAGE, nothing)


async def test_a_stripped_starttls_is_found_and_nothing_is_said_in_the_clear(certified: Certified) -> None:
    async with ScriptedSink(features=("AUTH PLAIN",)) as sink:
        delivery = await delivered_over(sink, certified[1])
        assert (delivery.outcome, delivery.stage) == ("channel_down", "starttls")
        assert "STARTTLS" in delivery.text
        assert {command.split()[0] for command in sink.commands} <= {"EHLO", "QUIT"}
        assert (sink.logins, sink.letters) == ([], [])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("454 4.7.0 TLS not available", "retry"),
        ("502 5.5.1 not implemented", "channel_down"),
        (Fault.DROP, "retry"),
        (Fault.NO_HANDSHAKE, "channel_down"),
        (Fault.GARBAGE, "retry"),
    ],
)
async def test_a_relay_that_lies_about_starttls_gets_neither_login_nor_letter(
    certified: Certified, answer: Answer, outcome: Outcome
) -> None:
    async with ScriptedSink(features=("STARTTLS", "AUTH PLAIN")) as sink:
        sink.always("starttls", answer)
        delivery = await delivered_over(sink, certified[1])
        assert (delivery.outcome, delivery.stage) == (outcome, "starttls")
        assert (sink.logins, sink.letters) == ([], [])


async def test_a_relay_that_hangs_in_the_handshake_is_left_at_the_deadline(certified: Certified) -> None:
    async with ScriptedSink(features=("STARTTLS",)) as sink:
        sink.next("starttls", Fault.HANG)
        delivery = await when_the_deadline_has_passed(sink, delivered_over(sink, certified[1]))
        assert (delivery.outcome, delivery.stage) == ("retry", "starttls")


async def test_what_is_slipped_in_before_the_handshake_is_not_believed(certified: Certified) -> None:
    server, client = certified
    async with ScriptedSink(features=("STARTTLS",), tls=server) as sink:
        sink.next("starttls", "220 Go ahead\r\n250-sink\r\n250 AUTH PLAIN")
        delivery = await delivered_over(sink, client)
        assert (delivery.outcome, delivery.stage, sink.logins) == ("channel_down", "auth", [])


@pytest.mark.parametrize(("security", "stage"), [("starttls", "starttls"), ("tls", "connect")])
async def test_a_certificate_nobody_vouches_for_stops_the_channel(
    certified: Certified, security: str, stage: str
) -> None:
    async with ScriptedSink(features=("STARTTLS",), tls=certified[0], implicit=security == "tls") as sink:
        delivery = await delivered_over(sink, None, security)
        assert (delivery.outcome, delivery.stage) == ("channel_down", stage)
        assert "certificate" in delivery.text.lower()
        assert sink.letters == []


async def test_a_relay_that_speaks_no_tls_where_tls_comes_first_stops_the_channel(certified: Certified) -> None:
    async with ScriptedSink() as sink:
        delivery = await delivered_over(sink, certified[1], "tls")
        assert (delivery.outcome, delivery.stage) == ("channel_down", "connect")


@pytest.mark.parametrize(
    ("offered", "security", "method", "password"),
    [
        ("AUTH LOGIN PLAIN CRAM-MD5", "auto", "CRAM-MD5", ""),
        ("AUTH LOGIN PLAIN", "auto", "PLAIN", "secret"),
        ("AUTH LOGIN", "auto", "LOGIN", "secret"),
        ("AUTH=LOGIN", "auto", "LOGIN", "secret"),
        ("AUTH CRAM-MD5 PLAIN", "starttls", "PLAIN", "secret"),
        ("AUTH CRAM-MD5", "starttls", "CRAM-MD5", ""),
    ],
)
async def test_a_login_uses_the_best_method_on_offer_once(
    certified: Certified, offered: str, security: str, method: str, password: str
) -> None:
    async with ScriptedSink(features=("STARTTLS", offered), tls=certified[0]) as sink:
        assert (await delivered_over(sink, certified[1], security)).outcome == "sent"
        assert sink.logins == [(method, "ann", password)]


async def test_a_refused_login_is_tried_once_and_stops_the_channel_and_no_letter() -> None:
    async with ScriptedSink(features=("AUTH CRAM-MD5 PLAIN LOGIN",)) as sink:
        sink.always("auth", "535 5.7.8 wrong")
        delivery = await delivered_over(sink, None, "auto")
        assert (delivery.outcome, delivery.stage, delivery.code) == ("channel_down", "auth", 535)
        assert len(sink.logins) == 1


@pytest.mark.parametrize("features", [(), ("AUTH XOAUTH2",), ("AUTH",)])
async def test_a_relay_without_a_known_login_stops_the_channel(features: tuple[str, ...]) -> None:
    async with ScriptedSink(features=features) as sink:
        delivery = await delivered_over(sink, None, "auto")
        assert (delivery.outcome, delivery.stage, sink.letters) == ("channel_down", "auth", [])


@pytest.mark.parametrize(
    "terms",
    [
        {"host": ""},
        {"host": "smtp.example.com\r\nX"},
        {"host": "smtp example"},
        {"host": "a" * 70 + ".example.com"},
        {"port": 0},
        {"port": 65_536},
        {"security": "starttsl"},
        {"security": ""},
        {"password": "\ud800"},
        {"greeting_name": "two words"},
        {"greeting_name": "caf\u00e9"},
        {"greeting_name": "x\r\nMAIL"},
    ],
    ids=ascii,
)
def test_a_relay_that_cannot_be_used_is_refused_when_it_is_named(terms: dict[str, object]) -> None:
    with pytest.raises(InvalidConfiguration):
        Relay(**{"host": "smtp.example.com", "port": 587, **terms})  # type: ignore[arg-type]


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Relay("smtp.example.com", 587, "ann", "secret"))
