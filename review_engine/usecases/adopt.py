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
from review_engine.domain.errors import InvalidFact, InvalidInput, shown
from review_engine.domain.facts import Fact, FactChange, FactValue, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import IMPORTED, Adoption, Lifecycle, Transition
from review_engine.domain.subjects import Subject, partner_facts_hash
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
    base: Mapping[str, Subject] = field(default_factory=dict)

    def take_in(self, chunk: list[tuple[int, str]]) -> None:
        """Read, move, write."""
        events = [event for event in self._read(chunk) if event is not None]
        seen = set(self.desk.store.adopted([event.digest for event in events]))
        keys = sorted({SubjectKey(self.lifecycle.name, event.slug) for event in events})
        self.base = self.desk.store.subjects(keys)
        self.known = dict(self.base)
        for event in events:
            self.account.events += 1
            if event.digest in seen:
                self.account.repeated += 1
                continue
            seen.add(event.digest)
            self._one(event)
        self.desk.store.adopt([_as_one_write(change, self.base) for change in self.changes.values()], self.odd)

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
        check_key(str(event.document.get("partner") or self.partner), "a partner's key")
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
            value, left_out = _fact_value(self.lifecycle.facts[name], raw)
            if left_out:
                self.account.facts_left_out += 1
                self._keep_odd(event, f"{name}: {left_out}", suffix=f":{name}")
            if value is not None and (before is None or before.facts.get(name) != value):
                changes.append(FactChange(name, value, said))
        return tuple(changes)

    def _move(self, event: CatalogEvent, before: Subject | None, target: str, facts: tuple[FactChange, ...]) -> None:
        if before is None:
            subject = self._new(event, facts)
        else:
            subject = before.edited(self.lifecycle.facts, facts) if facts else before
        rule = Transition(IMPORTED, "Imported", (), target, (self.by.role,))
        subject, move = subject.take(rule, target, by=self.by, now=event.at, verdicts=_UNKNOWN)
        pending = self.changes.get(subject.key)
        self.known[subject.key] = subject
        self.changes[subject.key] = Change(
            subject,
            moves=(*pending.moves, move) if pending else (move,),
            facts=(*pending.facts, *facts) if pending else facts,
            imported=(*pending.imported, event.digest) if pending else (event.digest,),
        )
        self.account.subjects += before is None
        self.account.moves += 1
        self.account.kinds[event.event] += 1

    def _new(self, event: CatalogEvent, facts: tuple[FactChange, ...]) -> Subject:
        owner = event.document.get("partner") or self.partner
        values = {change.name: change.value for change in facts if change.value is not None}
        return Subject(
            kind=self.lifecycle.name,
            slug=event.slug,
            partner=str(owner),
            state="",
            since=event.at,
            number=0,
            revision=0,
            workflow=self.lifecycle.revision,
            created_at=event.at,
            facts=values,
            said={change.name: change.said for change in facts},
            facts_hash=partner_facts_hash(self.lifecycle.facts, values),
        )

    def _keep_odd(self, event: CatalogEvent, reason: str, suffix: str = "") -> None:
        key = f"{self.lifecycle.name}/{event.slug}"
        self.odd.append(OddEvent(event.digest + suffix, key, reason, canonical(event.document), event.at))


def _as_one_write(change: Change, base: Mapping[str, Subject]) -> Change:
    """However many events it took, the store sees one write of each subject."""
    before = base.get(change.subject.key)
    revision = before.revision + 1 if before else 1
    if change.subject.revision == revision:
        return change
    return replace(change, subject=replace(change.subject, revision=revision))


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
            f"this is not a catalog event: {_why(error)}",
            where=where,
            cure='Write {"at": time with offset, "slug": ..., "event": "listed", "status" or "delisted", ...}.',
        ) from None


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"'{error.args[0]}' is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON ({error.msg.lower()} at character {error.colno})"
    return str(error) or type(error).__name__


def _fact_value(fact: Fact, raw: object) -> tuple[FactValue | None, str]:
    """A catalog's value as the fact's type takes it, and what of it had to be left out, in words.

    An object of booleans is the list of its true keys. Of a list of choices, those that are declared are kept, the
    first ones up to the most that the fact takes.
    """
    if fact.type == "choices":
        names = [name for name, on in sorted(raw.items()) if on is True] if isinstance(raw, dict) else raw
        if isinstance(names, list):
            declared = list(dict.fromkeys(name for name in names if name in fact.among))
            kept = declared[: fact.max]
            lost = [shown(str(name)) for name in names if name not in kept]
            return kept or None, f"left out {', '.join(lost)}" if lost else ""
    try:
        return fact.parse(raw), ""
    except InvalidFact as error:
        return None, error.what
