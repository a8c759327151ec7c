"""The table of tokens. Apart from ``tables``, as ``ports.reception`` is apart from ``ports.store``.

No ``from __future__ import annotations`` here: the mapper reads the annotations.
"""

from datetime import datetime

from sqlmodel import Field

from review_engine.store.columns import Table, key


class TokenRow(Table, table=True):
    """Tokens, by their public number; of the secret there is a digest only."""

    __tablename__ = "review_token"

    id: str = Field(sa_column=key(primary_key=True))
    digest: str
    sort: str
    person: str
    role: str
    partner: str
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
