"""The tables of the outbox's second half: rows of one recipient and one channel, and what is known of channels,
addresses and people's choices.

Apart from ``tables``, as ``ports.outbox`` is apart from ``ports.store``. What a claim looks for and what a sweep looks
for are two questions with a partial index each: one index for both costs a hundred times as much once many are sent.

No ``from __future__ import annotations`` here: the mapper reads the annotations.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from review_engine.store.columns import ID, PREFIX, Table, document, key, number, text


def _partial(name: str, where: str, *columns: str) -> Index:
    return Index(f"ix_review_{name}", *columns, postgresql_where=sql(where), sqlite_where=sql(where))


class DeliveryRow(Table, table=True):
    """One recipient and one channel. It names notice and subject by their keys and outlives them."""

    __tablename__ = "review_delivery"
    __table_args__ = (
        UniqueConstraint("idem_key"),
        _partial("due", "status='pending' AND bundle=''", "channel", "priority", "available_at", "id"),
        _partial("bundled", "status = 'pending' AND bundle <> ''", "bundle"),
        _partial("leased", "status = 'sending'", "lease_until"),
        _partial("expiring", "status = 'pending' AND expires_at IS NOT NULL", "expires_at"),
    )

    id: int | None = Field(default=None, sa_column=number())
    idem_key: str = Field(sa_column=key())
    channel: str
    event: str
    subject: str
    partner: str
    cause: str
    caused_at: datetime
    recipient: str
    reader: dict[str, Any] = Field(sa_column=document())
    letter: str
    letter_version: str
    locale: str
    context: dict[str, Any] = Field(sa_column=document())
    message_id: str
    thread_root: str
    resends: int
    bundle: str
    once: bool
    created_at: datetime
    status: str
    priority: int
    available_at: datetime
    expires_at: datetime | None = None
    attempts: int
    unknowns: int
    lease_token: str
    lease_until: datetime | None = None
    data_started_at: datetime | None = None
    last_stage: str
    last_code: int | None = None
    last_enhanced: str
    last_error: str = Field(sa_column=text())
    sent_at: datetime | None = None
    remote_reply: str = Field(sa_column=text())


class DeliveryContentRow(Table, table=True):
    """The message itself, as it was when it first left. Apart from its delivery: a row is written several times on its
    way, a message once, and what is written anew is the whole row."""

    __tablename__ = "review_delivery_content"

    delivery_id: int = Field(
        sa_column=Column(
            ID, ForeignKey(f"{PREFIX}delivery.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    content: str


class ChannelPauseRow(Table, table=True):
    """Channels that are not used for a while; ``until`` is empty for those an operator has to see to."""

    __tablename__ = "review_channel_pause"

    channel: str = Field(primary_key=True)
    since: datetime
    until: datetime | None = None
    failures: int
    reason: str = Field(sa_column=text())


class SuppressionRow(Table, table=True):
    """Addresses that are written to no more, in small letters."""

    __tablename__ = "review_suppression"

    address: str = Field(sa_column=key(primary_key=True))
    reason: str = Field(sa_column=text())
    at: datetime


class PreferenceRow(Table, table=True):
    """What people chose about the letters they may refuse."""

    __tablename__ = "review_preference"

    person: str = Field(sa_column=key(primary_key=True))
    mode: str
    letters: dict[str, Any] = Field(sa_column=document())
    quiet_from: str
    quiet_until: str
    zone: str
