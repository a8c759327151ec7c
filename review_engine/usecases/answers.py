"""What a caller gets for a write, and how the same request gets the same answer again (guarantee 9)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review_engine.domain.actors import Actor, check_key
from review_engine.domain.canonical import canonical, digest, instant
from review_engine.domain.errors import KeyReused, MoveConflict
from review_engine.domain.moves import Move
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Answer, AnswerKey


@dataclass(frozen=True, slots=True)
class Receipt:
    """The acknowledgement of a write. Once you hold it, it is durable.

    Args:
        subject: the subject's key.
        state: where it stands now.
        number: moves made so far.
        etag: what to pass as ``expect`` next time.
        hash: hash of the newest move, the head of the chain.
        at: when it was written, as text in UTC.
        moves: names of the transitions taken, in order; empty for an edit.
    """

    subject: str
    state: str
    number: int
    etag: str
    hash: str
    at: str
    moves: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "subject": self.subject,
            "state": self.state,
            "number": self.number,
            "etag": self.etag,
            "hash": self.hash,
            "at": self.at,
            "moves": list(self.moves),
        }


def receipt(subject: Subject, moves: "tuple[Move, ...] | list[Move]", now: datetime) -> Receipt:
    """The receipt of a change."""
    names = tuple(move.transition for move in moves)
    return Receipt(subject.key, subject.state, subject.number, subject.etag, subject.head, instant(now), names)


@dataclass(frozen=True, slots=True)
class Request:
    """A write as it was asked for: who, what, under which idempotency key, from which page."""

    verb: str
    subject: str
    by: Actor
    content: Mapping[str, object]
    idempotency_key: str | None = None
    expect: str | None = None

    @property
    def answer_key(self) -> AnswerKey | None:
        """Where an answer to this request would be kept.

        Raises:
            InvalidKey: the idempotency key cannot be kept.
        """
        if self.idempotency_key is None:
            return None
        return AnswerKey(str(self.by), check_key(self.idempotency_key, "an idempotency key"))

    @property
    def digest(self) -> str:
        """Hash of the request, to tell a retry from another request under the same key."""
        return digest([self.verb, self.subject, self.content])

    def replay(self, answer: Answer | None) -> Receipt | None:
        """The receipt given before, if this request was answered before.

        Raises:
            KeyReused: the key was used for another request.
        """
        body = self.recall(answer)
        return None if body is None else Receipt(**{**body, "moves": tuple(body["moves"])})

    def recall(self, answer: Answer | None) -> "dict[str, Any] | None":
        """What this request was answered before, as JSON-able values.

        Raises:
            KeyReused: the key was used for another request.
        """
        if answer is None:
            return None
        if answer.digest != self.digest:
            raise KeyReused(
                f"idempotency key '{answer.key}' was used for another request",
                where=self.subject,
                cure="Use a new key for a new request.",
            )
        body: dict[str, Any] = json.loads(answer.body)
        return body

    def answered(self, given: "Receipt | Mapping[str, object]", now: datetime) -> Answer | None:
        """The record of the answer, None without an idempotency key."""
        key = self.answer_key
        body = given.as_dict() if isinstance(given, Receipt) else given
        return Answer(key.scope, key.key, self.digest, canonical(body), now) if key else None

    def compare(self, subject: Subject) -> None:
        """Hold the caller's page against the subject.

        Raises:
            MoveConflict: the page is stale.
        """
        if self.expect is not None and self.expect != subject.etag:
            raise MoveConflict(
                f"{subject.name} is no longer as you saw it: it stands at {subject.etag}, your page at {self.expect}",
                where=subject.key,
                cure="Read it again, look at what changed, and decide anew.",
            )
