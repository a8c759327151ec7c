"""The reception's questions answered from the memory store's dictionaries, and tokens held in one of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Protocol

from review_engine.domain.actors import STAFF
from review_engine.domain.clocks import RUNNING, Clock
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Move
from review_engine.domain.subjects import Subject
from review_engine.ports.reception import Asked, Awaiting, Flow, Glance, Place, Shown, Spot, Step, TokenRecord
from review_engine.store.front import type_of
from review_engine.store.soundness import refuse_texts
from review_engine.store.terms import Clash
from review_engine.store.tokens import refuse_token


class KeptFile(Protocol):
    """What is read here of everything kept of one subject."""

    subject: Subject
    moves: list[Move]
    clocks: dict[str, Clock]
    children: list[SubjectKey]


@dataclass(slots=True)
class MemoryFront:
    """See ``ports.reception.Front``.

    Args:
        files: the store's.
        workflows: the store's: revision -> kind and document.
        lock: the store's.
    """

    files: Mapping[SubjectKey, KeptFile]
    workflows: Mapping[str, tuple[str, str]]
    lock: RLock

    def revisions(self) -> list[tuple[str, str]]:
        """See ``ports.reception.Front.revisions``."""
        with self.lock:
            return sorted((kind, revision) for revision, (kind, _) in self.workflows.items())

    def waiting(self, asked: Asked, choose: Callable[[Sequence[Spot]], Sequence[int]]) -> list[Awaiting]:
        """See ``ports.reception.Front.waiting``."""
        refuse_texts((asked.tier, asked.component, asked.claimed_by))
        with self.lock:
            found = {
                file.subject.id: (_spot(file, asked), file)
                for file in self._standing(asked.places)
                if self._fits(file, asked)
            }
            return [self._awaiting(found[number][1]) for number in choose([spot for spot, _ in found.values()])]

    def flow(self, places: Sequence[Place], since: datetime) -> tuple[int, list[Flow]]:
        """See ``ports.reception.Front.flow``."""
        counted: dict[Flow, int] = {}
        with self.lock:
            for file in self.files.values():
                for move, earlier in zip(file.moves, [None, *file.moves], strict=False):
                    if move.at > since:
                        before = (earlier.workflow, earlier.target) if earlier else ("", "")
                        day = move.at.astimezone(UTC).date()
                        flow = Flow(day, file.subject.kind, move.workflow, move.target, *before, 0)
                        counted[flow] = counted.get(flow, 0) + 1
            count = sum(1 for _ in self._standing(places))
        return count, [flow._replace(times=times) for flow, times in counted.items()]

    def decided(self, transitions: Sequence[tuple[str, str]], since: datetime) -> dict[str, int]:
        """See ``ports.reception.Front.decided``."""
        wanted, counted = set(transitions), dict[str, int]()
        with self.lock:
            for file in self.files.values():
                for move in file.moves:
                    if (file.subject.kind, move.transition) in wanted and move.at >= since and move.role in STAFF:
                        counted[move.by] = counted.get(move.by, 0) + 1
        return counted

    def glance(self, places: Sequence[Place], seen: int) -> Glance:
        """See ``ports.reception.Front.glance``: marks tell versions apart, so nobody has to be touched."""
        marks: list[list[str]] = [[] for _ in places]
        with self.lock:
            for nth, place in enumerate(places):
                for file in self._standing((place,)):
                    marks[nth].append(f"{file.subject.id}:{file.subject.revision}")
        return Glance(tuple(",".join(some) for some in marks), seen, ())

    def versions(self, places: Sequence[Place]) -> dict[int, int]:
        """See ``ports.reception.Front.versions``."""
        with self.lock:
            return {file.subject.id: file.subject.revision for file in self._standing(places)}

    def shown(self, ids: Sequence[int]) -> list[Shown]:
        """See ``ports.reception.Front.shown``."""
        wanted = set(ids)
        with self.lock:
            return [
                Shown(file.subject, tuple(Step(move.workflow, move.target, move.at) for move in file.moves))
                for file in self.files.values()
                if file.subject.id in wanted
            ]

    def _standing(self, places: Iterable[Place]) -> Iterator[KeptFile]:
        there = set(places)
        for file in self.files.values():
            kind, state = file.subject.kind, file.subject.state
            if not there.isdisjoint((Place(kind, state), Place(kind, state, file.subject.workflow))):
                yield file

    def _fits(self, file: KeptFile, asked: Asked) -> bool:
        subject, claimed_by = file.subject, file.subject.held_by
        return (
            (asked.again is None or (subject.round > 1) == asked.again)
            and (not asked.tier or subject.facts.get("tier") == asked.tier)
            and (not asked.component or asked.component in self._types(file))
            and not (asked.unclaimed and claimed_by)
            and (not asked.claimed_by or claimed_by == asked.claimed_by)
        )

    def _types(self, file: KeptFile) -> set[str]:
        return {type_of(dict(self.files[key].subject.facts)) for key in file.children} - {""}

    def _awaiting(self, file: KeptFile) -> Awaiting:
        due_at, sla = min(((clock.due_at, clock.sla) for clock in _running(file)), default=(None, ""))
        return Awaiting(file.subject, due_at, sla, tuple(sorted(self._types(file))))


@dataclass(slots=True)
class MemoryTokens:
    """See ``ports.reception.Tokens``."""

    _kept: dict[str, TokenRecord] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def add(self, record: TokenRecord) -> None:
        """See ``ports.reception.Tokens.add``."""
        refuse_token(record)
        with self._lock:
            if record.id in self._kept:
                raise Clash("token")
            self._kept[record.id] = record

    def token(self, id: str) -> TokenRecord | None:
        """See ``ports.reception.Tokens.token``."""
        return self._kept.get(id)

    def all(self, *, sort: str = "token") -> list[TokenRecord]:
        """See ``ports.reception.Tokens.all``."""
        with self._lock:
            found = sorted((record for record in self._kept.values() if record.sort == sort), key=lambda one: one.id)
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    def revoke(self, id: str, at: datetime) -> bool:
        """See ``ports.reception.Tokens.revoke``."""
        with self._lock:
            record = self._kept.get(id)
            if record is None or record.revoked_at is not None:
                return False
            self._kept[id] = record._replace(revoked_at=at)
            return True

    def forget(self, before: datetime) -> int:
        """See ``ports.reception.Tokens.forget``."""
        with self._lock:
            over = [
                id
                for id, one in self._kept.items()
                if any(at and at < before for at in (one.expires_at, one.revoked_at))
            ]
            for id in over:
                del self._kept[id]
        return len(over)


def _running(file: KeptFile) -> Iterator[Clock]:
    return (clock for clock in file.clocks.values() if clock.state == RUNNING)


def _spot(file: KeptFile, asked: Asked) -> Spot:
    subject = file.subject
    due_at = min((clock.due_at for clock in _running(file)), default=None)
    name = subject.facts.get("name")
    words = (name if isinstance(name, str) else "", subject.partner, subject.held_by) if asked.words else ()
    return Spot(subject.id, subject.kind, subject.slug, due_at, *words)
