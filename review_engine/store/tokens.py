"""Tokens in the database: digests of secrets, by their public number."""

from datetime import datetime

from review_engine.domain.actors import Role, check_key
from review_engine.ports.reception import TokenRecord
from review_engine.store.codec import Codec, moment, moment_if
from review_engine.store.mapping import Row, Written
from review_engine.store.soundness import refuse_texts
from review_engine.store.writes import Database


class DatabaseTokens:
    """See ``ports.reception.Tokens``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: TokenRecord) -> None:
        """See ``ports.reception.Tokens.add``."""
        refuse_token(record)
        with self._database.writing() as run:
            run.insert("token", [_row(record, self._database.codec)])

    def token(self, id: str) -> TokenRecord | None:
        """See ``ports.reception.Tokens.token``."""
        with self._database.reading() as run:
            return next(map(_record, run.rows("token", {"its_id": id})), None)

    def all(self, *, sort: str = "token") -> list[TokenRecord]:
        """See ``ports.reception.Tokens.all``."""
        with self._database.reading() as run:
            return [_record(row) for row in run.rows("tokens", {"of_sort": sort})]

    def revoke(self, id: str, at: datetime) -> bool:
        """See ``ports.reception.Tokens.revoke``."""
        with self._database.writing() as run:
            return run.run("token.revoke", {"its_id": id, "at": self._database.codec.stamp(at)}) == 1

    def forget(self, before: datetime) -> int:
        """See ``ports.reception.Tokens.forget``."""
        with self._database.writing() as run:
            return run.run("token.forget", {"before": self._database.codec.stamp(before)})


def refuse_token(record: TokenRecord) -> None:
    """Refuse what cannot be kept.

    Raises:
        InvalidKey: the key of the person is none.
        InvalidInput: a text holds NUL or broken Unicode.
    """
    check_key(record.person, "a person's key")
    refuse_texts((record.id, record.digest, record.sort, record.partner, record.label))


def _row(record: TokenRecord, codec: Codec) -> Written:
    row: Written = {**record._asdict(), "role": record.role.value}
    for name in ("created_at", "expires_at", "revoked_at"):
        at: datetime | None = getattr(record, name)
        row[name] = None if at is None else codec.stamp(at)
    return row


def _record(row: Row) -> TokenRecord:
    *words, created_at, expires_at, revoked_at = row
    id, digest, sort, person, role, partner, label = words
    return TokenRecord(
        id, digest, sort, person, Role(role), partner, label,
        moment(created_at), moment_if(expires_at), moment_if(revoked_at),
    )  # fmt: skip
