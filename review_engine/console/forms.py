"""Forms made from declared facts: what a section shows, and what was typed into it, read back.

Only what differs from the page is handed to the engine: an untouched field of staff must not confirm something anew.
A secret is never drawn; its field replaces it, and an empty one leaves it as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import InvalidFact, InvalidInput
from review_engine.domain.facts import Fact, FactValue, moment_of
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.subjects import Subject

SOME_CHOICES = 3
"""Up to so many choices are made one after the other, since their order says something; more are ticked."""

LONG_TEXT = 200
_PRESENT, _REMOVE = "has", "remove"


class Typed(NamedTuple):
    """What was typed into a section: texts by fact, to be shown again, and what is wrong with them."""

    texts: Mapping[str, Sequence[str]]
    wrong: Mapping[str, str]


NOTHING_TYPED = Typed({}, {})


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as it is drawn.

    Args:
        fact: its declaration.
        control: which input: text, area, url, email, choice, ranked, ticks, box, accept, number, date, datetime or
            secret.
        texts: what the input holds; one text, or one for each choice.
        shown: the value in words, for those who only read; empty for none.
        editable: whether the reader may change it here and now.
        wrong: what is wrong with what was typed.
        accepts: the version that ticking the box accepts.
        links: the value is an address to be opened.
    """

    fact: Fact
    control: str
    texts: tuple[str, ...]
    shown: str
    editable: bool
    wrong: str = ""
    accepts: str = ""
    links: bool = False

    @property
    def text(self) -> str:
        """What a single input holds."""
        return self.texts[0] if self.texts else ""

    @property
    def given(self) -> bool:
        """Whether there is a value."""
        return bool(self.shown)

    @property
    def ranks(self) -> tuple[str, ...]:
        """What each of the ranked choices holds."""
        room = self.fact.max or SOME_CHOICES
        return (*self.texts, *("" for _ in range(room - len(self.texts))))[:room]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form.

    Args:
        name: as the workflow file calls it.
        anchor: where it is on the page.
        entries: its facts.
        unfold: it is shown open.
    """

    name: str
    anchor: str
    entries: tuple[Entry, ...]
    unfold: bool = False

    @property
    def given(self) -> int:
        """How many facts have a value."""
        return sum(entry.given for entry in self.entries)

    @property
    def editable(self) -> bool:
        """Whether the reader may change any of it."""
        return any(entry.editable for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Form:
    """The facts of one subject as one reader meets them.

    Args:
        lifecycle: which declares them.
        subject: whose they are; None for one that is still to be registered.
        reader: who reads.
        zone: in which times are typed and shown.
        typed: what was typed and could not be kept.
    """

    lifecycle: Lifecycle
    subject: Subject | None
    reader: Actor
    zone: str
    typed: Typed = field(default=NOTHING_TYPED)

    def sections(self, unfold: Iterable[str] = ()) -> tuple[Section, ...]:
        """The sections in the order of the file; those with one of these facts, or with something wrong, are open."""
        wanted = {*unfold, *self.typed.wrong}
        grouped: dict[str, list[Entry]] = {}
        for fact in self.lifecycle.facts.values():
            if self.visible(fact):
                grouped.setdefault(fact.section or "Information", []).append(self.entry(fact))
        return tuple(
            Section(name, f"section-{anchor(name)}", tuple(entries), any(e.fact.name in wanted for e in entries))
            for name, entries in grouped.items()
        )

    def entry(self, fact: Fact) -> Entry:
        """One fact as it is drawn."""
        version = accepted_version(self.lifecycle, fact.name)
        control = "accept" if version else control_of(fact)
        value = self.subject.facts.get(fact.name) if self.subject else None
        drawn = Entry(
            fact=fact,
            control=control,
            texts=texts_of(fact, value, self.zone),
            shown=words_of(fact, value, self.zone),
            editable=self.editable(fact),
            wrong=self.typed.wrong.get(fact.name, ""),
            accepts=version,
            links=fact.type == "url",
        )
        if fact.name not in self.typed.texts or fact.secret:
            return drawn
        return replace(drawn, texts=tuple(self.typed.texts[fact.name]))

    def visible(self, fact: Fact) -> bool:
        """Whether the reader meets this fact at all; what reviewers confirm is not a partner's to watch."""
        if self.reader.role is not Role.PARTNER or fact.permits(self.reader):
            return True
        known = self.subject is not None and fact.name in self.subject.facts
        return known and fact.name not in confirmed(self.lifecycle)

    def editable(self, fact: Fact) -> bool:
        """Whether the reader may change this fact here and now."""
        if not fact.permits(self.reader) or fact.name in criteria(self.lifecycle):
            return False
        subject, partner = self.subject, self.reader.role is Role.PARTNER
        if subject is None:
            return True
        if partner:
            return not self.lifecycle.state(subject.state).frozen
        return not self.reader.belongs_to(subject.partner)

    def read(self, sent: FormData, facts: Iterable[Fact]) -> tuple[dict[str, object], Typed]:
        """What was typed, as values that differ from the page, and what is wrong with it."""
        values: dict[str, object] = {}
        texts: dict[str, Sequence[str]] = {}
        wrong: dict[str, str] = {}
        for fact in facts:
            given = _given(self, fact, sent)
            if given is None:
                continue
            texts[fact.name] = given
            try:
                value = value_of(fact, given, self.zone)
                values[fact.name] = fact.parse(value) if value is not None else None
            except InvalidInput as error:
                wrong[fact.name] = error.cure if isinstance(error, InvalidFact) else f"{error.what}. {error.cure}"
        return values, Typed(texts, wrong)


def anchor(text: str) -> str:
    """A text as part of an anchor."""
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())


def control_of(fact: Fact) -> str:
    """Which input a fact is given with."""
    if fact.type == "text":
        return "text" if fact.max is not None and fact.max <= LONG_TEXT else "area"
    if fact.type == "choices":
        return "ranked" if fact.max is not None and fact.max <= SOME_CHOICES else "ticks"
    return {"bool": "box", "count": "number"}.get(fact.type, fact.type)


def criteria(lifecycle: Lifecycle) -> frozenset[str]:
    """Facts that are found round by round, on the page of the decision, and nowhere else."""
    return frozenset(
        str(guard.params.get("fact"))
        for guard in lifecycle.guards.values()
        if guard.check == "attested" and guard.params.get("this_round") is True
    )


def confirmed(lifecycle: Lifecycle) -> frozenset[str]:
    """Facts that staff confirm for a decision."""
    names = {name for rule in lifecycle.transitions.values() if rule.decides for name in rule.guards}
    guards = (lifecycle.guard(name) for name in names)
    return frozenset(str(guard.params.get("fact")) for guard in guards if guard.check == "attested")


def accepted_version(lifecycle: Lifecycle, fact: str) -> str:
    """The version of an agreement that a fact is to hold; empty where it is no such fact."""
    for guard in lifecycle.guards.values():
        if guard.check == "accepted" and guard.params.get("fact") == fact:
            return str(guard.params.get("version", ""))
    return ""


def texts_of(fact: Fact, value: FactValue | None, zone: str) -> tuple[str, ...]:
    """What an input holds for a value."""
    if value is None or fact.secret:
        return ()
    if isinstance(value, bool):
        return ("yes",) if value else ()
    if isinstance(value, list):
        return tuple(value)
    if fact.type == "datetime":
        moment = moment_of(value)
        return (f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}",) if moment else ()
    return (str(value),)


def words_of(fact: Fact, value: FactValue | None, zone: str) -> str:
    """A value in words; empty for none. Of a secret, that it is there and its version."""
    if value is None:
        return ""
    if fact.secret:
        return f"Set, version {str(value).removeprefix('sealed:')}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(value)
    if fact.type == "datetime":
        moment = moment_of(value)
        there = moment.astimezone(ZoneInfo(zone)) if moment else None
        return f"{there.day} {there:%b %Y, %H:%M %Z}" if there else ""
    return str(value)


def value_of(fact: Fact, texts: Sequence[str], zone: str) -> object:
    """The value that typed texts stand for; None clears the fact."""
    if fact.type == "bool":
        return bool(texts)
    given = [text for text in texts if text]
    if not given:
        return None
    if fact.type == "choices":
        return given
    text = given[0]
    if fact.type == "count":
        return int(text) if text.isascii() and text.isdigit() and len(text) < LONG_TEXT else text
    if fact.type == "datetime":
        return _moment(text, zone)
    return text


def _moment(text: str, zone: str) -> object:
    """A time as it is typed, without its zone, read in the zone of the page; odd texts as they are."""
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return text


def _given(form: Form, fact: Fact, sent: FormData) -> list[str] | None:
    """What was typed for a fact; None for nothing, or for what the page shows already."""
    drawn = form.entry(fact)
    name = f"fact.{fact.name}"
    texts = [value.strip().replace("\r\n", "\n") for value in sent.getlist(name) if isinstance(value, str)]
    if fact.secret:
        removed = fact.name in sent.getlist(_REMOVE)
        return [text for text in texts if text] or ([] if removed and drawn.given else None)
    if name not in sent and fact.name not in sent.getlist(_PRESENT):
        return None
    texts = [text for text in texts if text]
    if drawn.control == "accept" and not texts and drawn.text != drawn.accepts:
        return None  # an earlier version that was accepted stays, until the new one is
    if drawn.control == "ticks":
        texts = [choice for choice in fact.among if choice in texts] + [
            text for text in texts if text not in fact.among
        ]
    same = texts == list(drawn.texts) or (drawn.control == "ticks" and set(texts) == set(drawn.texts))
    return None if same else texts
