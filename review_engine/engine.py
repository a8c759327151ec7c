"""ReviewEngine: the one object a host holds. It knows ports and use cases, never plugs; ``assembly`` puts it together.

Every verb takes ``by``, an ``Actor``. Every write returns a ``Receipt`` once it is durable, raises one of
``review_engine.domain.errors``, or raises ``Refused`` with every unmet guard.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from review_engine.domain.activity import LedgerLine, Usage
from review_engine.domain.actors import Actor, Role
from review_engine.domain.discretion import may_read_notice
from review_engine.domain.errors import InvalidInput, NotFound
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.moves import Move
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Checklist, Verdict
from review_engine.ports.directory import UNKNOWN_PERSON
from review_engine.ports.hooks import CheckRegistry
from review_engine.ports.store import Ask, KeptNotice, Query
from review_engine.reviewing import Reviewing
from review_engine.timekeeping import Key
from review_engine.usecases import adopt as adoption
from review_engine.usecases import checklist as checklists
from review_engine.usecases import chronicle, count, disclose, edit, register, settle, witness
from review_engine.usecases import move as moves
from review_engine.usecases.answers import Receipt

Check = TypeVar("Check", bound=Callable[..., Verdict])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEngine(Reviewing):
    """The engine, assembled. Safe to use from many threads.

    Args:
        desk: the ports of the use cases.
        directory: who people are.
        checks: where a host's own checks are registered.
        clock: answers the present instant (aware UTC).
        default_kind: the kind a bare slug means.
        hands: what does the due work in this process while it is entered; None for nobody.
    """

    checks: CheckRegistry
    hands: "Callable[[ReviewEngine], AbstractContextManager[None]] | None" = None

    def check(self, function: Check) -> Check:
        """Register a host's own check under its function's name; a decorator.

        Workflows that name it are bound when they are first used, so decorate before that.
        """
        self.checks.add(function.__name__, function)
        return function

    def actor(self, text: str) -> Actor:
        """Who ``role:address-or-key`` is, such as ``partner:ann@acme.example``; ``host`` alone is the host.

        Raises:
            UnknownName: no such role.
            NotFound: the directory knows nobody of that address or key, or not in that role.
            InvalidInput: not of that form.
        """
        role_name, _, who = text.partition(":")
        if not who and role_name not in (Role.HOST, Role.ENGINE):
            raise InvalidInput(f"'{text}' names nobody", cure="Write role:address, such as partner:ann@acme.example.")
        role = Role.named(role_name)
        if not who:
            return Actor(role, role.value)
        person = self.directory.person_at(who) or self.directory.person(who)
        holds = person is not None and (bool(person.partners) if role is Role.PARTNER else role in person.roles)
        if person is None or not holds:
            raise NotFound(role.value, who, cure=UNKNOWN_PERSON)
        return Actor(role, person.key, person.partners)

    def register(
        self,
        key: Key,
        *,
        partner: str,
        by: Actor,
        facts: Mapping[str, object] | None = None,
        parent: Key | None = None,
        idempotency_key: str | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Bring a subject into being. See ``usecases.register`` for arguments and errors."""
        return register.register(
            self.desk,
            self._key(key),
            partner=partner,
            by=by,
            now=self.clock(),
            facts=facts,
            parent=self._key(parent) if parent else None,
            idempotency_key=idempotency_key,
            session=session,
        )

    def edit(
        self,
        key: Key,
        facts: Mapping[str, object],
        *,
        by: Actor,
        idempotency_key: str | None = None,
        expect: str | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Set or clear facts, all or none. See ``usecases.edit``."""
        return edit.edit(
            self.desk,
            self._key(key),
            facts,
            by=by,
            now=self.clock(),
            idempotency_key=idempotency_key,
            expect=expect,
            session=session,
        )

    def move(
        self,
        key: Key,
        transition: str,
        *,
        by: Actor,
        comment: str = "",
        idempotency_key: str | None = None,
        expect: str | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Take a transition, or raise ``Refused`` with everything that stands in its way. See ``usecases.move``."""
        return moves.move(
            self.desk,
            self._key(key),
            transition,
            by=by,
            now=self.clock(),
            comment=comment,
            idempotency_key=idempotency_key,
            expect=expect,
            session=session,
        )

    def checklist(self, key: Key, transition: str | None = None, *, by: Actor) -> list[Checklist]:
        """What is met and what is missing, without moving anything. See ``usecases.checklist``."""
        return checklists.checklist(self.desk, self._key(key), transition, by=by, now=self.clock())

    def survey(self, query: Query = Query(), *, by: Actor) -> Iterator[checklists.Standing]:  # noqa: B008 - frozen
        """Which moves are open for each subject, and what is missing; one pass."""
        return checklists.survey(self.desk, query, by=by, now=self.clock())

    def subject(self, key: Key, *, by: Actor) -> Subject:
        """One subject as it stands.

        Raises:
            NotFound: no such subject, or another partner's.
        """
        return self.desk.dossier(self._key(key), by, self.clock()).subject

    def list(self, query: Query = Query(), *, by: Actor) -> list[Subject]:  # noqa: B008 - frozen
        """The subjects the actor may see, in key order."""
        ask = Ask(self.clock())
        found = self.desk.store.scan(checklists.seen_by(query, by), ask)
        return [self.desk.as_read_by(dossier, by).subject for dossier in found]

    def census(self, query: Query = Query(), *, by: Actor) -> dict[tuple[str, str], int]:  # noqa: B008 - frozen
        """(kind, state) -> how many subjects the actor may see, counted by the database."""
        return self.desk.store.census(checklists.seen_by(query, by))

    def history(self, key: Key, *, by: Actor) -> "Sequence[Move]":
        """The moves of one subject, oldest first; a partner's without comments that were meant for colleagues."""
        return chronicle.history(self.desk, self._key(key), by=by, now=self.clock())

    def proof(self, key: Key, *, by: Actor) -> chronicle.Proof:
        """Whether the history of one subject verifies, and its head. See ``usecases.chronicle``."""
        return chronicle.proof(self.desk, self._key(key), by=by, now=self.clock())

    def verify_history(self, *, kind: str | None = None, heads: Mapping[str, str] | None = None) -> chronicle.Verified:
        """Walk every hash chain; ``heads`` from an earlier export also finds histories that were cut off."""
        return chronicle.verify_history(self.desk, kind=kind, heads=heads)

    def export_history(self, *, by: Actor, kind: str | None = None) -> Iterator[dict[str, object]]:
        """Every move as JSON-able values."""
        return chronicle.export_history(self.desk, by=by, kind=kind)

    def record_evidence(
        self,
        key: Key,
        probe: str,
        outcome: str,
        *,
        by: Actor,
        seen_at: datetime | None = None,
        lasts: timedelta | None = None,
        note: str = "",
        idempotency_key: str | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Keep an observation that guards rest on. See ``usecases.witness``."""
        return witness.record_evidence(
            self.desk,
            self._key(key),
            probe,
            outcome,
            by=by,
            now=self.clock(),
            seen_at=seen_at,
            lasts=lasts,
            note=note,
            idempotency_key=idempotency_key,
            session=session,
        )

    def waive(
        self,
        key: Key,
        guard: str,
        *,
        reason: str,
        by: Actor,
        until: datetime | None = None,
        session: object | None = None,
    ) -> Receipt:
        """Record an exception to one guard. See ``usecases.witness``."""
        return witness.waive(
            self.desk, self._key(key), guard, reason=reason, by=by, now=self.clock(), until=until, session=session
        )

    def record_activity(self, batch: Sequence[Usage], *, by: Actor) -> count.Counted:
        """Merge a batch of customers' uses, and let the engine launch what has become ready. See ``usecases.count``."""
        return count.record_activity(self.desk, batch, kind=self.default_kind, by=by, now=self.clock())

    def activity(self, key: Key, *, by: Actor, window: timedelta | None = None) -> "Sequence[LedgerLine]":
        """The evidence ledger: which customers count, and why the others do not."""
        return count.activity_ledger(self.desk, self._key(key), by=by, now=self.clock(), window=window)

    def disclose(self, key: Key, fact: str, *, by: Actor) -> str:
        """A secret's text, for the reviewer of the round; the look is recorded. See ``usecases.disclose``."""
        return disclose.disclose(self.desk, self._key(key), fact, by=by, now=self.clock())

    def adopt(
        self,
        lines: Iterable[str],
        *,
        by: Actor,
        kind: str | None = None,
        partner: str = "unclaimed",
        progress: Callable[[int], None] | None = None,
    ) -> adoption.Adopted:
        """Take an existing catalog in. See ``usecases.adopt``."""
        return adoption.adopt(
            self.desk,
            lines,
            kind=kind or self.default_kind,
            partner=partner,
            by=by,
            now=self.clock(),
            progress=progress,
        )

    def settle(self) -> "Sequence[Receipt]":
        """Take every move the engine may take by itself; the worker calls it on its rounds."""
        return settle.settle_round(self.desk, now=self.clock())

    def notices(self, key: Key | None = None, *, by: Actor) -> "Sequence[KeptNotice]":
        """The outbox, oldest first: of one subject the actor may see, or all of it for staff and host.

        Of what is told to staff only, the partner's side sees what it caused itself.

        Raises:
            NotFound: no such subject, or another partner's; also when a partner asks for everybody's.
        """
        if key is None and by.role is Role.PARTNER:
            raise NotFound("outbox", "of everybody")
        found = self.desk.store.notices(self.subject(key, by=by).key if key is not None else None)
        return [kept for kept in found if may_read_notice(kept.notice, by)]

    def lifecycle(self, kind: str | None = None) -> Lifecycle:
        """The workflow that new subjects of the kind enter.

        Raises:
            UnknownName: no workflow of that name.
        """
        return self.desk.library.current(kind or self.default_kind).lifecycle

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncIterator[None]:
        """Do in this process what is due (clocks, delivery) while a web application runs.

        Hand it to the application as it is: ``FastAPI(lifespan=engine.lifespan)``. It works on threads of its own, is
        entered at once, and left within ten seconds; then everything under way is finished or given back. The engine
        is not closed by it, and it may be entered again.

        Args:
            app: the application; nothing is asked of it.
        """
        import asyncio

        held = ExitStack()
        if self.hands is not None:
            await asyncio.to_thread(held.enter_context, self.hands(self))
        try:
            yield
        finally:
            await asyncio.to_thread(held.close)

    def close(self) -> None:
        """Give back the connections."""
        self.desk.store.close()
