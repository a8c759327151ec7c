"""One conversation with a mail relay, of which it is known at every moment how far it got.

Whether a letter may be sent again depends on the stage at which an attempt ended, and the client library's own
``sendmail`` does not tell it: it hides a refusal behind a hanging RSET, returns some refusals and raises others, and
makes one thing of "the relay did not take the text" and "the relay took it and did not answer". So MAIL, RCPT, DATA
and the text are given one by one here, one recipient a letter, and the caller is asked just before DATA to write down
that it is about to happen.

The library (aiosmtplib) opens the connection: greeting, TLS and login; then ``smtp_dialogue`` takes over, and two
commands travel together where the relay allows it. What the library does not guard against is kept away from it:
a connection that saw an exception or a cancellation is never used again; a client object is connected once, by one
task, in one event loop; there are no time-outs a command, only the caller's deadline around the whole; TLS is our
decision and never left to what the relay happens to offer. It stands among the channels, beside the pool that owns
the connections.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from socket import gethostname
from typing import Any, Literal, TypeVar, get_args

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from review_engine.channels.message import ascii_address
from review_engine.channels.smtp_dialogue import Dialogue, Reply
from review_engine.channels.smtp_replies import GOODBYE, Delivery, Stage, broken, goes_on, judge, safe_text
from review_engine.domain.errors import InvalidConfiguration, InvalidInput

Security = Literal["auto", "starttls", "tls", "none"]
BeforeData = Callable[[], Awaitable[None]]
T = TypeVar("T")

_SUBMISSIONS = 465  # the port on which TLS comes first (RFC 8314)
_HIGHEST_PORT = 65_535
_SIZE = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Relay:
    """Where letters are handed over, and on what terms.

    Args:
        host: name or address of the relay.
        port: its port.
        username: the login; empty for none.
        password: its password; never shown.
        security: ``starttls`` and ``tls`` (from the first byte) are required and verified, ``none`` is in the clear;
            ``auto`` is none on this machine (loopback), ``tls`` on port 465 and ``starttls`` anywhere else.
        tls_context: whom to trust, if not the system's certificate authorities.
        greeting_name: what we call ourselves in EHLO; the machine's name if empty.

    Raises:
        InvalidConfiguration: if host, port, login, name or ``security`` cannot be used.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    security: Security = "auto"
    tls_context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    greeting_name: str = ""

    def __post_init__(self) -> None:
        try:
            self.host.encode("idna")
            f"{self.username}{self.password}".encode()
            self.greeting_name.encode("ascii")
        except UnicodeError as error:
            raise InvalidConfiguration(f"the mail relay cannot be used ({error})", where=ascii(self.host)) from error
        name = self.greeting_name or "name"
        if not self.host.isprintable() or " " in self.host or not name.isprintable() or " " in name or not self.host:
            raise InvalidConfiguration("the mail relay has no usable name", where=ascii(self.host), cure="Name a host.")
        if self.security not in get_args(Security):  # anything else would end in the clear
            cure = f"Choose one of {', '.join(get_args(Security))}."
            raise InvalidConfiguration(f"there is no security {self.security!a}", where=self.host, cure=cure)
        if not 0 < self.port <= _HIGHEST_PORT:
            cure = "Submission is on port 587 or 465."
            raise InvalidConfiguration(f"there is no port {self.port}", where=self.host, cure=cure)

    @property
    def encryption(self) -> Literal["starttls", "tls", "none"]:
        """What ``security`` comes to for this host and port."""
        if self.security != "auto":
            return self.security
        if _is_loopback(self.host):
            return "none"
        return "tls" if self.port == _SUBMISSIONS else "starttls"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One letter as SMTP sees it: from one address, to one address, and the bytes.

    Raises:
        InvalidInput: if an address is not exactly one, or the bytes are not 7-bit lines that end in CRLF.
    """

    sender: str
    recipient: str
    message: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "sender", ascii_address(self.sender))
        object.__setattr__(self, "recipient", ascii_address(self.recipient))
        if not _is_crlf_text(self.message):
            raise InvalidInput(
                "the letter is not 7-bit text with CRLF line endings", where=self.recipient, cure="Compose it anew."
            )


class SmtpConnection:
    """One connection to a relay, for one task at a time, and for several letters one after the other.

    Attributes:
        stage: how far the present attempt got.
        letters: how many letters it carried to a final reply.
    """

    def __init__(self, relay: Relay) -> None:
        encryption = relay.encryption
        self.stage: Stage = "connect"
        self.letters = 0
        self._relay = relay
        self._dialogue: Dialogue | None = None  # once it is open
        self._together = False  # whether the relay takes several commands at once (RFC 2920)
        self._is_in_step = False  # every command had its reply
        self._is_between_letters = False
        self._client = SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=encryption == "tls",
            start_tls=False,  # ours to decide, in _encrypt; None would go on in the clear when the offer was stripped
            timeout=None,  # theirs are per command and swallow a cancellation on Python 3.11
            tls_context=None if encryption == "none" else relay.tls_context or _system_trust(),
            local_hostname=relay.greeting_name or _own_name(),
        )

    @property
    def is_reusable(self) -> bool:
        """Whether the next letter may go over this connection: no transaction is open, and the relay is still there."""
        return self._is_between_letters and self._dialogue is not None and self._dialogue.is_quiet

    async def deliver(self, envelope: Envelope, before_data: BeforeData) -> Delivery:
        """Hand one letter over and say how it ended.

        ``before_data`` is awaited when the relay has accepted the recipient, just before DATA. What it raises is
        raised, and no text has left; so is a cancellation. After either the connection must be given up (``abort``).
        """
        self._is_in_step = self._is_between_letters = False
        refusal = await self._watched(self._address(envelope))
        if refusal is not None:
            return refusal
        await before_data()
        return await self._watched(self._transmit(envelope.message))

    def leave(self) -> None:
        """Say goodbye if every command had its reply, and close, without waiting for anything."""
        if not self._is_in_step or self._client.transport is None:
            self.abort()
            return
        with suppress(SMTPException):  # it is gone already, which is what we want
            if self._dialogue is not None:
                self._dialogue.say(b"QUIT\r\n")
            elif self._client.protocol is not None:
                self._client.protocol.write(b"QUIT\r\n")
        self._client.close()

    def abort(self) -> None:
        """Drop the connection with whatever is still unsent: a letter without its final dot is not accepted."""
        self._is_in_step = self._is_between_letters = False
        transport = self._client.transport
        self._client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def _watched(self, step: Coroutine[Any, Any, T]) -> T | Delivery:
        """Run one part of the dialogue; a refusal, and a line that breaks, end it with a verdict by stage."""
        try:
            verdict = await step
            self._is_in_step = True
            return verdict
        except SMTPResponseException as reply:
            self._is_in_step = reply.code > 0  # below, it was no reply at all
            return judge(self.stage, reply.code, reply.message)
        except (SMTPException, OSError) as error:
            if _is_distrust(error):
                return self._down(f"the relay could not be trusted: {_root(error)}")
            return broken(self.stage, str(error) or type(error).__name__)

    async def _address(self, envelope: Envelope) -> Delivery | None:
        """Everything up to the accepted recipient; None when that is reached."""
        dialogue = self._dialogue
        if dialogue is None:
            refusal = await self._open()
            dialogue = self._dialogue
            if dialogue is None:
                return refusal
        refusal = self._size_refusal(len(envelope.message))
        if refusal is not None:
            return refusal
        mail, rcpt = (
            f"MAIL FROM:<{envelope.sender}>\r\n".encode("ascii"),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode("ascii"),
        )
        if self._together:
            dialogue.say(mail + rcpt, 2)
            first = await dialogue.reply()
            refusal = _refusal("mail", first)
            if refusal is None:
                self.stage = "rcpt"
            elif first.code == GOODBYE:
                return refusal
            second = await dialogue.reply()
            return refusal or _refusal("rcpt", second)
        return await self._command(dialogue, "mail", mail) or await self._command(dialogue, "rcpt", rcpt)

    async def _open(self) -> Delivery | None:
        self.stage = "connect"
        await self._client.connect()
        self.stage = "ehlo"
        await self._client.ehlo()
        refusal = await self._encrypt() or await self._log_in()
        transport = self._client.transport
        if refusal is None:
            if not isinstance(transport, asyncio.Transport):
                return broken(self.stage, "the relay closed the connection")
            self._together = self._client.supports_extension("pipelining")
            self._dialogue = Dialogue(transport)
        return refusal

    async def _encrypt(self) -> Delivery | None:
        if self._relay.encryption != "starttls":
            return None
        self.stage = "starttls"
        if not self._client.supports_extension("starttls"):
            return self._down("the relay does not offer STARTTLS, and letters are not sent in the clear")
        await self._client.starttls()
        self.stage = "ehlo"
        await self._client.ehlo()  # what was offered in the clear does not count (RFC 3207, 4.2)
        return None

    async def _log_in(self) -> Delivery | None:
        if not self._relay.username:
            return None
        self.stage = "auth"
        client, login = self._client, (self._relay.username, self._relay.password)
        offered = client.server_auth_methods
        if self._relay.encryption == "none" and "cram-md5" in offered:
            await client.auth_crammd5(*login)  # in the clear, the one that does not show the password
        elif "plain" in offered:
            await client.auth_plain(*login)
        elif "login" in offered:
            await client.auth_login(*login)
        elif "cram-md5" in offered:
            await client.auth_crammd5(*login)
        else:
            return self._down("the relay offers no login that is known here (PLAIN, LOGIN, CRAM-MD5)")
        return None

    def _size_refusal(self, octets: int) -> Delivery | None:
        """A letter the relay announced to be too long for it: asked at MAIL, its 552 would look like one for us all."""
        self.stage = "mail"
        limit = _SIZE.fullmatch(self._client.esmtp_extensions.get("size", ""))
        if limit is None or not 0 < int(limit[0]) < octets:
            return None
        self._is_between_letters = True
        text = f"the letter has {octets:,} octets, and the relay takes {int(limit[0]):,}"
        return Delivery("dead", "envelope", enhanced="5.3.4", text=text)

    async def _command(self, dialogue: Dialogue, stage: Stage, line: bytes) -> Delivery | None:
        self.stage = stage
        dialogue.say(line)
        return _refusal(stage, await dialogue.reply())

    async def _transmit(self, message: bytes) -> Delivery:
        dialogue = self._dialogue
        assert dialogue is not None  # the recipient was accepted on it
        refusal = await self._command(dialogue, "data", b"DATA\r\n")
        if refusal is not None:
            return refusal
        dialogue.say(_dot_stuffed(message))  # at once, or not at all: then it raises, still at stage "data"
        self.stage = "content"
        reply = await dialogue.reply()
        self.letters += 1
        self._is_between_letters = reply.code != GOODBYE
        return judge("content", reply.code, reply.message)

    def _down(self, what: str) -> Delivery:
        return Delivery("channel_down", self.stage, text=safe_text(what))


def _refusal(stage: Stage, reply: Reply) -> Delivery | None:
    return None if goes_on(stage, reply.code) else judge(stage, reply.code, reply.message)


def _is_crlf_text(message: bytes) -> bool:
    lines = message.replace(b"\r\n", b"")
    is_open = b"\r" in lines or b"\n" in lines or not message.endswith(b"\r\n")
    return not is_open and b"\x00" not in lines and lines.isascii()


def _dot_stuffed(message: bytes) -> bytes:
    """The text as DATA carries it, final dot included (RFC 5321, 4.5.2)."""
    head = b"." if message.startswith(b".") else b""
    return head + message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _own_name() -> str:
    name = gethostname()  # not getfqdn(), which may wait for a name server on every connection
    return name if name.isascii() and name.isprintable() and " " not in name and name else "localhost"


@lru_cache(maxsize=1)
def _system_trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads every authority's certificate: once is enough


def _is_distrust(error: BaseException) -> bool:
    """Whether TLS itself failed (a certificate, or no TLS at all), rather than the line under it."""
    root = _root(error)
    return isinstance(root, ssl.SSLError) and not isinstance(root, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _root(error: BaseException) -> BaseException:
    return _root(error.__cause__) if error.__cause__ is not None else error
