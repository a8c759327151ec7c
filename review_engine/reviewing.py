"""The verbs of the engine that are about reviewing: what was found, what is said about it, what changed meanwhile.

A room beneath ``engine``, as ``reception`` is: ``ReviewEngine`` is a ``Reviewing`` and hands them out beside its own.
Approving and sending back are moves like any other; ``conclude`` takes one together with the findings it rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.reviews import Assessment, Changes, Drip, Remark, Reply, ReviewSheet
from review_engine.reception import Reception
from review_engine.timekeeping import Key
from review_engine.usecases import conclude as conclusions
from review_engine.usecases import converse
from review_engine.usecases import review as reviews
from review_engine.usecases.answers import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing(Reception):
    """What the engine needs for reviews."""

    def review(self, key: Key, *, by: Actor) -> ReviewSheet:
        """Everything about the findings of a subject, as far as the actor may see it. See ``usecases.review``."""
        return reviews.sheet(self.desk, self._key(key), by=by, now=self.clock())

    def assess(
        self,
        key: Key,
        assessments: Sequence[Assessment],
        *,
        by: Actor,
        expect: str | None = None,
        idempotency_key: str | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Record findings of the current round, and the facts they confirm or deny. See ``usecases.review``."""
        return reviews.assess(
            self.desk,
            self._key(key),
            assessments,
            by=by,
            now=self.clock(),
            idempotency_key=idempotency_key,
            expect=expect,
            session=session,
        )

    def conclude(
        self,
        key: Key,
        transition: str,
        assessments: Sequence[Assessment] = (),
        *,
        by: Actor,
        facts: Mapping[str, object] | None = None,
        comment: str = "",
        expect: str | None = None,
        idempotency_key: str | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Record findings and decide on them, both or neither. See ``usecases.conclude``."""
        return conclusions.conclude(
            self.desk,
            self._key(key),
            transition,
            assessments,
            facts=facts or {},
            by=by,
            now=self.clock(),
            comment=comment,
            idempotency_key=idempotency_key,
            expect=expect,
            session=session,
        )

    def remark(
        self,
        key: Key,
        text: str,
        *,
        by: Actor,
        internal: bool = False,
        idempotency_key: str | None = None,
        session: object | None = None,
    ) -> Remark:
        """Say something to the other side, who is told; with ``internal`` to staff alone. See ``usecases.converse``."""
        return converse.remark(
            self.desk,
            self._key(key),
            text,
            by=by,
            now=self.clock(),
            internal=internal,
            idempotency_key=idempotency_key,
            session=session,
        )

    def remarks(self, key: Key, *, by: Actor) -> tuple[Remark, ...]:
        """The conversation about a subject, oldest first; a partner sees none that is internal."""
        return converse.remarks(self.desk, self._key(key), by=by, now=self.clock())

    def changes_since(self, key: Key, since: datetime, *, by: Actor) -> Changes:
        """What happened to a subject since a page was drawn (aware). See ``usecases.review``."""
        return reviews.changes_since(self.desk, self._key(key), since, by=by, now=self.clock())

    def late_findings(self, *, by: Actor, since: datetime | None = None) -> list[Drip]:
        """Per reviewer, how much came up after the first round that could have been said before; for staff and host."""
        return reviews.drips(self.desk, by=by, since=since)

    def replies(self, kind: str | None = None) -> tuple[Reply, ...]:
        """The canned replies that the workflow of a kind declares, in the order of its file.

        Raises:
            UnknownName: no workflow of that name.
        """
        return tuple(self.desk.library.current(kind or self.default_kind).lifecycle.replies.values())
