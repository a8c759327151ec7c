"""The tables of what is said in reviews: findings and remarks.

Apart from ``tables``, because they are read when a review is worked on and by nothing else. Each counts from 1 within
its subject, and the number is part of the primary key: two writers who would give the same number cannot both succeed.

No ``from __future__ import annotations`` here: the mapper reads the annotations.
"""

from datetime import datetime

from sqlmodel import Field

from review_engine.store.columns import Table, owner, text
from review_engine.store.tables import CLUSTERED


class FindingRow(Table, table=True):
    """What a reviewer found; never changed."""

    __tablename__ = "review_finding"
    __table_args__ = CLUSTERED

    subject_id: int = Field(sa_column=owner(primary_key=True))
    number: int = Field(primary_key=True)
    round: int
    criterion: str
    result: str
    comment: str = Field(sa_column=text())
    about: str
    by: str
    at: datetime
    late: bool


class RemarkRow(Table, table=True):
    """One message of a conversation; never changed."""

    __tablename__ = "review_remark"
    __table_args__ = CLUSTERED

    subject_id: int = Field(sa_column=owner(primary_key=True))
    number: int = Field(primary_key=True)
    text: str = Field(sa_column=text())
    role: str
    by: str
    at: datetime
    round: int
    internal: bool
