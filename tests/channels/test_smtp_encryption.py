"""Encryption and login: nothing is said in the clear beyond this machine."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from review_engine.channels.smtp import Relay, Security
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.smtp_replies import Delivery, Outcome
from review_engine.domain.errors import InvalidConfiguration
from tests.channels.scripted_sink import Answer, Fault, ScriptedSink
from tests.channels.smtp_talk import AN_HOUR, ANN, MESSAGE, SENDER, nothing, relay, when_the_deadline_has_passed


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
