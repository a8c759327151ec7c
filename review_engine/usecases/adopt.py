"""Take an existing catalog in: one subject per slug in its present state, its past kept as imported history.

Imported moves carry the actor ``host`` and the verdict ``unknown``: nobody's approval is pretended. Every event of the
file is accounted for: as a move, as a recorded exception, or as one that was taken in before. Running a file again
changes nothing.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from review_engine.domain.actors import Actor, check_key
from review_engine.domain.canonical import aware, canonical, digest
from review_engine.domain.errors import InvalidInput, ReviewEngineError, shown
from review_engine.domain.facts import Fact, FactChange, FactValue, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import IMPORTED, Adoption, Lifecycle, Transition
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import UNKNOWN, Verdict
from review_engine.ports.store import Change, OddEvent
from review_engine.usecases.desk import Desk

CHUNK = 2_000
"""Events in one transaction."""

_LINE_MAX = 200_000
_UNKNOWN = (Verdict("imported", UNKNOWN, "taken over from an existing catalog; no approval is claimed"),)


class CatalogEvent(NamedTuple):
    """One line of a catalog's past: ``listed``, ``status`` or ``delisted``, of one slug, at a time (aware)."""

    line: int
    digest: str
    slug: str
    event: str
    at: datetime
    document: Mapping[str, object]


class BrokenLine(NamedTuple):
    """A line that could not be read, and why. The rest of the file goes in."""

    line: int
    reason: str


@dataclass(slots=True)
class Adopted:
    """The account of an adoption: ``events == moves + odd + repeated``, and broken lines beside them."""

    events: int = 0
    moves: int = 0
    subjects: int = 0
    odd: int = 0
    repeated: int = 0
    facts_left_out: int = 0
    broken: list[BrokenLine] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "events": self.events,
            "moves": self.moves,
            "new_subjects": self.subjects,
            "odd": self.odd,
            "already_known": self.repeated,
            "facts_left_out": self.facts_left_out,
            "broken_lines": [line._asdict() for line in self.broken],
            "by_event": dict(self.kinds),
        }


def adopt(
    desk: Desk,
    lines: Iterable[str],
    *,
    kind: str,
    partner: str,
    by: Actor,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Adopted:
    """Take in a catalog, a JSON object a line, oldest first.

    Args:
        desk: the ports.
        lines: the file's lines.
        kind: the workflow to take it into; its ``[adopt]`` table says how.
        partner: owner of subjects whose lines name no ``partner``.
        by: in whose name.
        now: when (aware UTC).
        progress: called with the number of lines done, after each transaction.

    Raises:
        InvalidInput: the workflow does not say how a catalog is read.
        UnknownName: no workflow of that kind.
    """
    lifecycle = desk.library.current(kind).lifecycle
    if lifecycle.adoption is None:
        raise InvalidInput(
            f"the workflow '{kind}' does not say how to take a catalog in", cure="Give its file an [adopt] table."
        )
    check_key(partner, "a partner's key")
    account = Adopted()
    numbered = enumerate(lines, start=1)
    done = 0
    while chunk := list(islice(numbered, CHUNK)):
        _Chunk(desk, lifecycle, lifecycle.adoption, partner, by, now, account).take_in(chunk)
        done += len(chunk)
        if progress:
            progress(done)
    return account


@dataclass(slots=True)
class _Chunk:
    """One transaction's worth: subjects are read once, moved in memory, and written together."""

    desk: Desk
    lifecycle: Lifecycle
    adoption: Adoption
    partner: str
    by: Actor
    now: datetime
    account: Adopted
    changes: dict[str, Change] = field(default_factory=dict)
    odd: list[OddEvent] = field(default_factory=list)
    known: dict[str, Subject] = field(default_factory=dict)

    def take_in(self, chunk: list[tuple[int, str]]) -> None:
        """Read, move, write."""
        events = [event for event in self._read(chunk) if event is not None]
        seen = set(self.desk.store.adopted([event.digest for event in events]))
        keys = sorted({SubjectKey(self.lifecycle.name, event.slug) for event in events})
        self.known = self.desk.store.subjects(keys)
        for event in events:
            self.account.events += 1
            if event.digest in seen:
                self.account.repeated += 1
                continue
            seen.add(event.digest)
            self._one(event)
        self.desk.store.adopt(list(self.changes.values()), self.odd)

    def _read(self, chunk: list[tuple[int, str]]) -> Iterator[CatalogEvent | None]:
        for number, line in chunk:
            if line.strip():
                try:
                    yield read_event(number, line)
                except InvalidInput as error:
                    self.account.broken.append(BrokenLine(number, str(error)))

    def _one(self, event: CatalogEvent) -> None:
        key = f"{self.lifecycle.name}/{event.slug}"
        before = self.known.get(key)
        try:
            target = self._target(event, before)
        except InvalidInput as error:
            self.account.odd += 1
            self._keep_odd(event, error.what)
            return
        facts = self._facts(event, before)
        self._move(event, before, target, facts)

    def _target(self, event: CatalogEvent, before: Subject | None) -> str:
        gone = before is None or before.state == self.adoption.delisted
        if event.event == "delisted":
            if gone or not self.adoption.delisted:
                raise InvalidInput("delisted, but it was not listed")
            return self.adoption.delisted
        status = str(event.document.get("after", ""))
        if status not in self.adoption.states:
            raise InvalidInput(f"the status {shown(status)} stands for no state of the workflow")
        target = self.adoption.states[status]
        if before is not None and before.state == target:
            raise InvalidInput(f"it stood in '{target}' already")
        if event.event == "listed" and not gone:
            raise InvalidInput("listed, but it was listed already")
        if event.event == "status" and gone:
            raise InvalidInput("its status changed, but it was not listed")
        return target

    def _facts(self, event: CatalogEvent, before: Subject | None) -> tuple[FactChange, ...]:
        said = Said(self.by.role.value, self.by.key, event.at)
        changes = []
        for name, source in self.adoption.facts.items():
            raw = event.document.get(source)
            if raw is None or raw in ("", [], {}):
                continue
            try:
                value = _fact_value(self.lifecycle.facts[name], raw)
            except ReviewEngineError as error:
                self.account.facts_left_out += 1
                self._keep_odd(event, f"{name}: {error.what}", suffix=f":{name}")
                continue
            if value is not None and (before is None or before.facts.get(name) != value):
                changes.append(FactChange(name, value, said))
        return tuple(changes)

    def _move(self, event: CatalogEvent, before: Subject | None, target: str, facts: tuple[FactChange, ...]) -> None:
        subject = before or self._new(event)
        if facts:
            subject = subject.edited(self.lifecycle.facts, facts)
        rule = Transition(IMPORTED, "Imported", (), target, (self.by.role,))
        subject, move = subject.take(rule, target, by=self.by, now=event.at, verdicts=_UNKNOWN)
        pending = self.changes.get(subject.key)
        if pending is None:
            subject = replace(subject, revision=(before.revision if before else 0) + 1)
            pending = Change(subject)
            self.account.subjects += before is None
        else:
            subject = replace(subject, revision=pending.subject.revision)
        self.known[subject.key] = subject
        self.changes[subject.key] = Change(
            subject,
            moves=(*pending.moves, move),
            facts=(*pending.facts, *facts),
            imported=(*pending.imported, event.digest),
        )
        self.account.moves += 1
        self.account.kinds[event.event] += 1

    def _new(self, event: CatalogEvent) -> Subject:
        owner = event.document.get("partner", self.partner)
        return Subject(
            kind=self.lifecycle.name,
            slug=event.slug,
            partner=owner if isinstance(owner, str) and owner else self.partner,
            state="",
            since=event.at,
            number=0,
            revision=0,
            workflow=self.lifecycle.revision,
            created_at=event.at,
        )

    def _keep_odd(self, event: CatalogEvent, reason: str, suffix: str = "") -> None:
        key = f"{self.lifecycle.name}/{event.slug}"
        self.odd.append(OddEvent(event.digest + suffix, key, reason, canonical(event.document), event.at))


def read_event(number: int, line: str) -> CatalogEvent:
    """One line of a catalog.

    Raises:
        InvalidInput: it is not a JSON object with a slug, an event and a time, or its slug cannot be a key.
    """
    where = f"line {number}"
    if len(line) > _LINE_MAX:
        raise InvalidInput(f"the line has {len(line)} characters", where=where, cure=f"At most {_LINE_MAX} are read.")
    try:
        document = json.loads(line)
        at = aware(datetime.fromisoformat(document["at"]), "'at'")
        slug, event = document["slug"], document["event"]
        known = event in ("listed", "status", "delisted")
        if not isinstance(slug, str) or not known:
            raise ValueError(f"event {shown(str(event))} of {shown(str(slug))}")
        SubjectKey.parse(f"app/{slug}")
        return CatalogEvent(number, digest(document), slug, event, at, document)
    except InvalidInput as error:
        raise InvalidInput(error.what, where=where, cure=error.cure) from None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InvalidInput(
            f"this is not a catalog event: {shown(str(error) or type(error).__name__, 120)}",
            where=where,
            cure='Write {"at": time with offset, "slug": ..., "event": "listed", "status" or "delisted", ...}.',
        ) from None


def _fact_value(fact: Fact, raw: object) -> FactValue | None:
    """A catalog's value as the fact's type takes it: an object of booleans is the list of its true keys."""
    if fact.type == "choices" and isinstance(raw, dict):
        raw = sorted(name for name, on in raw.items() if on is True)
    if fact.type == "choices" and raw == []:
        return None
    return fact.parse(raw)
