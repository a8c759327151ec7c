"""What comes back about letters and people: outbox, channels, choices, tokens. As ``documents``, for the reference."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from review_engine.api.documents import Next


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LetterTold(_Document):
    """A row of the outbox: one recipient, one channel."""

    number: int
    status: str
    channel: str
    recipient: str
    address: str
    letter: str
    subject: str
    notice: str
    cause: str
    message_id: str
    resends: int
    attempts: int
    created_at: datetime
    available_at: datetime
    sent_at: datetime | None
    last_stage: str
    last_code: int | None
    last_error: str
    remote_reply: str


class Letters(_Document):
    """A page of the outbox."""

    items: list[LetterTold]
    next: Next


class HowMany(_Document):
    """How many it was done to."""

    count: int


class PauseTold(_Document):
    """Why a channel is not used for a while."""

    since: datetime
    until: datetime | None
    failures: int
    reason: str


class ChannelTold(_Document):
    """A channel, and how its letters stand."""

    name: str
    paused: PauseTold | None
    letters: dict[str, int]


class Channels(_Document):
    """The channels that carry what is told."""

    items: list[ChannelTold]


class Resumed(_Document):
    """Whether the channel had been paused."""

    resumed: bool


class BouncedTold(_Document):
    """What a report on a letter led to."""

    believed: bool
    held: int
    resumed: list[str]
    report: dict[str, str]


class PreferenceTold(_Document):
    """What somebody chose about the letters that may be declined."""

    person: str
    mode: str
    letters: dict[str, str]
    quiet_from: str
    quiet_until: str
    zone: str


class TokenTold(_Document):
    """A token, without its secret."""

    id: str
    sort: str
    person: str
    role: str
    partner: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class Tokens(_Document):
    """Tokens, newest first."""

    items: list[TokenTold]


class IssuedTokenTold(_Document):
    """A token as it is given out. The secret is shown here and never again."""

    secret: str
    token: TokenTold


class Me(_Document):
    """Who you are here."""

    role: str
    key: str
    name: str
    partners: list[str]
