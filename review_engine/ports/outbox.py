"""The socket of the outbox: who is to be told over what, claimed with a lease, every write fenced by its token.

A move leaves one notice, addressed to audiences (``ports.store``). Delivery has two stages, so that a slow directory
never slows a move down: *addressing* turns notices into rows of one recipient and one channel each; *delivering* claims
those rows. What a claim may do is bounded by its lease: when that is over, somebody else sweeps the row up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from review_engine.domain.notices import Notice
from review_engine.domain.preferences import Preference
from review_engine.ports.store import KeptNotice

PENDING, SENDING, SENT, DEAD = "pending", "sending", "sent", "dead"
UNKNOWN, HELD, SUPPRESSED, CANCELLED = "unknown", "held", "suppressed", "cancelled"
STATUSES = (PENDING, SENDING, SENT, DEAD, UNKNOWN, HELD, SUPPRESSED, CANCELLED)
"""Where a row can stand. ``unknown``: handed over, not acknowledged, and not to be sent again by itself."""

ADDRESSED, NOBODY = "addressed", "nobody"
"""Where a notice can stand once it was addressed; ``nobody`` when there was nobody to tell."""

FIRST, LATER = 0, 1
"""Priorities: what somebody must know, and what somebody may do without."""

UNKNOWN_RESENT = 2
"""How often a message that was handed over and not acknowledged is sent again, the same bytes each time."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for.

    Args:
        key: the person's, or the name of what is told instead of a person.
        address: where it goes: an e-mail address, the name of an endpoint or function.
        name: as letters greet.
        zone: the person's time zone; empty for that of the workflow's calendar.
        staff: whether it speaks to a reviewer or manager, and not to a partner.
        unsubscribe: address that ends such letters for this person; empty where they may not be declined.
        people: person's key -> name, for those whom the letter may call by their names.
    """

    key: str
    address: str
    name: str = ""
    zone: str = ""
    staff: bool = False
    unsubscribe: str = ""
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row: one recipient and one channel. All times are aware, in UTC.

    Args:
        idem_key: unique for ever.
        channel: what carries it.
        recipient: whom it is for.
        letter: which letter; ``digest`` for many notices in one, empty for one without templates.
        notice: what is told.
        told: for a digest, what it holds.
        available_at: when it may be claimed.
        created_at: when it was addressed.
        id: number in the outbox; 0 for one that is not in it.
        locale: the language it is written in.
        letter_version: which version of the letter the content was written from; empty until it is written.
        message_id: what the receiving side knows it by; empty until it is written.
        thread_root: the message that opened its thread; empty for none.
        content: the message itself, kept at the first attempt; None until then.
        resends: how many times somebody had it sent again by force; each is a row of its own.
        bundle: rows of one bundle are told in one; empty for one that goes alone.
        once: never sent again after it may have left.
        status: one of ``STATUSES``.
        priority: ``FIRST`` or ``LATER``.
        expires_at: when it loses its point; None if it never does.
        attempts: how many were begun.
        unknowns: how many of them ended in the unknown.
        lease_token: of the claim that holds it; empty for none.
        lease_until: when that claim is over.
        data_started_at: when the attempt under way committed that it was about to leave.
        last_stage, last_code, last_enhanced, last_error: how the last attempt ended.
        sent_at: when it was accepted.
        remote_reply: what the receiving side said to that.
    """

    idem_key: str
    channel: str
    recipient: Recipient
    letter: str
    notice: Notice
    available_at: datetime
    created_at: datetime
    told: tuple[Notice, ...] = ()
    id: int = 0
    locale: str = "en"
    letter_version: str = ""
    message_id: str = ""
    thread_root: str = ""
    content: str | None = None
    resends: int = 0
    bundle: str = ""
    once: bool = False
    status: str = PENDING
    priority: int = FIRST
    expires_at: datetime | None = None
    attempts: int = 0
    unknowns: int = 0
    lease_token: str = ""
    lease_until: datetime | None = None
    data_started_at: datetime | None = None
    last_stage: str = ""
    last_code: int | None = None
    last_enhanced: str = ""
    last_error: str = ""
    sent_at: datetime | None = None
    remote_reply: str = ""


class Addressing(NamedTuple):
    """What became of one notice: its new status, and the rows it was turned into."""

    number: int
    status: str
    rows: tuple[Outgoing, ...] = ()


class Intent(NamedTuple):
    """About to leave: the moment, and the message as it leaves (None for a content that is kept already)."""

    id: int
    token: str
    at: datetime
    content: str | None = None
    message_id: str = ""
    thread_root: str = ""
    version: str = ""


class Ended(NamedTuple):
    """How an attempt ended, and where the row stands now. The lease is over with it."""

    id: int
    token: str
    status: str
    available_at: datetime
    attempts: int
    unknowns: int
    stage: str = ""
    code: int | None = None
    enhanced: str = ""
    error: str = ""
    sent_at: datetime | None = None
    reply: str = ""


Mark = Intent | Ended


class Swept(NamedTuple):
    """What a sweep found: leases that were over, by the status their rows have now, and rows past their point."""

    pending: int = 0
    dead: int = 0
    unknown: int = 0
    expired: int = 0


class Pause(NamedTuple):
    """A channel that is not used for a while.

    Args:
        channel: its name.
        since: when it first failed (aware UTC).
        until: when it is tried again; None for not before an operator resumes it.
        failures: how often it failed in a row.
        reason: what was said.
    """

    channel: str
    since: datetime
    until: datetime | None
    failures: int
    reason: str


class Suppression(NamedTuple):
    """An address that is written to no more, why, and since when (aware UTC)."""

    address: str
    reason: str
    at: datetime


class Chosen(NamedTuple):
    """Which rows.

    Args:
        ids: these; None for all.
        statuses: any of these; empty for all.
        channel: of this channel; None for all.
        subject: of this subject; None for all.
        message_id: known by this; None for all.
        after: continue behind this number.
        limit: how many at most.
    """

    ids: tuple[int, ...] | None = None
    statuses: tuple[str, ...] = ()
    channel: str | None = None
    subject: str | None = None
    message_id: str | None = None
    after: int = 0
    limit: int = 1_000


class Outbox(Protocol):
    """Where notices wait and what becomes of them. Each method is one transaction."""

    # Addressing

    def unaddressed(self, *, after: int = 0, limit: int = 500, but: Sequence[str] = ()) -> list[KeptNotice]:
        """Notices that nobody addressed, oldest first, behind number ``after``; those of the names ``but`` left out."""

    def address(self, done: Sequence[Addressing]) -> int:
        """Write rows and mark their notices, all of it or nothing; how many notices were marked.

        A notice that somebody else addressed meanwhile is left alone, with its rows.
        """

    def put(self, rows: Sequence[Outgoing]) -> int:
        """Write rows that no notice stands behind; those whose ``idem_key`` is known are left out. How many."""

    # Bundling

    def bundles(self, now: datetime, *, limit: int = 1_000) -> list[Outgoing]:
        """Rows in bundles that are due, bundle by bundle, oldest first."""

    def bind(self, members: Sequence[int], merged: Outgoing | None = None) -> bool:
        """Cancel the members in favour of ``merged``; without it they go alone from now on.

        False, and nothing written, when one of them is no longer waiting.
        """

    # Delivering

    def claim(self, channel: str, *, now: datetime, until: datetime, token: str, limit: int) -> list[Outgoing]:
        """Take up to ``limit`` rows that are due, the urgent and the older first; no row is taken by two."""

    def record(self, marks: Sequence[Mark]) -> list[bool]:
        """Write marks, in order; for each whether its claim still held."""

    def renew(self, tokens: Sequence[str], until: datetime) -> int:
        """Prolong the leases of claims; how many rows."""

    def release(self, tokens: Sequence[str], now: datetime) -> int:
        """Give back what the claims hold and has not begun to leave (how many); the rest is for the next sweep."""

    def sweep(self, now: datetime, *, attempts: int) -> Swept:
        """Take up what claims left behind when their lease was over.

        What had not begun to leave waits again, or is dead after so many ``attempts``. What had is sent again the
        same, ``UNKNOWN_RESENT`` times at most, or is ``unknown`` where it may be sent once only.
        """

    # Channels, addresses, preferences

    def pauses(self) -> dict[str, Pause]:
        """The channels that are paused, by name."""

    def pause(self, pause: Pause) -> None:
        """Pause a channel, over what was known of it."""

    def resume(self, channel: str) -> bool:
        """End a pause; False when there was none."""

    def suppress(self, suppression: Suppression, status: str) -> int:
        """Write to an address no more: what waits for it gets the status. How many rows."""

    def restore(self, address: str) -> bool:
        """Write to an address again; False when it was not suppressed. Its rows stay as they are."""

    def suppressed(self, addresses: Sequence[str]) -> dict[str, Suppression]:
        """Those of the addresses that are written to no more, in any spelling of small and large letters."""

    def suppressions(self) -> list[Suppression]:
        """Every address that is written to no more, by address."""

    def preferences(self, people: Sequence[str]) -> dict[str, Preference]:
        """What people chose, by their keys; those who chose nothing are left out."""

    def prefer(self, preference: Preference) -> None:
        """Keep what a person chose, over what was known."""

    # Operators

    def rows(self, chosen: Chosen) -> list[Outgoing]:
        """Rows, by number."""

    def census(self) -> dict[tuple[str, str], int]:
        """(channel, status) -> how many rows."""

    def turn(self, ids: Sequence[int], to: str, *, of: Sequence[str], now: datetime, note: str = "") -> int:
        """Give rows that stand at one of ``of`` the status ``to``; how many. What is to wait again begins afresh."""

    def readdress(self) -> int:
        """Let every notice that found nobody be addressed again; how many."""

    def purge(self, before: datetime) -> int:
        """Delete rows that ended (sent, cancelled) and were addressed before then, with their contents. How many."""
