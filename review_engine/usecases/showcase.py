"""Look at the catalog: what everybody may know of what is on show, found by words and category.

A page of a large catalog has to count and compare all of it, so a process keeps the cards of what is on show, and asks
the store at each page only who stands there now and whose facts changed since; what did is read again. What comes or
goes is seen at once. A store may miss two things at a glance: that something left and came back to the same state
between two pages, and a fact whose transaction took longer than a later one. Therefore versions are compared once a
minute.

Words are compared in Python, folded as Unicode says: SQLite's LIKE folds ASCII only, and a ``%`` here is just a ``%``.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from threading import Lock
from typing import NamedTuple

from review_engine.domain.errors import NotFound
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.subjects import Subject
from review_engine.ports.reception import (
    CatalogEntry,
    CatalogPage,
    CatalogQuery,
    Front,
    Glance,
    Place,
    Shown,
    Step,
)
from review_engine.usecases.pages import behind, check_limit, elsewhere, folded, place_of
from review_engine.usecases.places import Atlas, Meaning

NEW_FOR = timedelta(days=30)
"""How long something is noteworthy after it was listed for the first time, or lost its badge."""

CHECKED_EVERY = timedelta(minutes=1)
"""How often versions are compared."""

_FROM_NOW_ON = 2**62
"""A number no line of a ledger reaches: nobody's facts were changed behind it."""

_TEXTS, _LISTS = ("text", "url", "choice"), ("choices",)


class Story(NamedTuple):
    """What a subject's way tells.

    Args:
        listed_at: since when it has been listed without a break (aware UTC).
        news_at: when it was listed for the first time; or, if later, when it left the badge behind for good.
    """

    listed_at: datetime
    news_at: datetime


class Card(NamedTuple):
    """What is kept of one entry.

    Args:
        id: the store's number of the subject.
        revision: of the subject, when it was read.
        entry: as it is handed out, but for ``noteworthy``.
        news_at: until ``NEW_FOR`` after this it is noteworthy (aware UTC).
        by_name: the name, folded, and the slug: what the catalog is put in order by.
        by_age: what it is put in order by, newest first.
        words: name and description, folded.
    """

    id: int
    revision: int
    entry: CatalogEntry
    news_at: datetime
    by_name: tuple[str, str]
    by_age: tuple[float, str]
    words: str


_BY_NAME, _BY_AGE = attrgetter("by_name"), attrgetter("by_age")


@dataclass(frozen=True, slots=True)
class Shelf:
    """All cards of one kind, in both orders, and the glance they are true of."""

    places: tuple[Place, ...]
    glance: Glance
    checked_at: datetime
    cards: dict[int, Card] = field(default_factory=dict)
    named: tuple[Card, ...] = ()
    aged: tuple[Card, ...] = ()
    categories: tuple[tuple[str, int], ...] = ()

    def without(self, stale: set[int], fresh: dict[int, Card]) -> "Shelf":
        """The shelf with some cards taken out and fresh ones put in. Nearly sorted is quickly sorted."""
        gone = [card for number in stale if (card := self.cards.get(number)) is not None]
        cards = {number: card for number, card in self.cards.items() if number not in stale} | fresh
        named = sorted([card for card in self.named if card.id not in stale] + [*fresh.values()], key=_BY_NAME)
        aged = sorted([card for card in self.aged if card.id not in stale] + [*fresh.values()], key=_BY_AGE)
        counts = Counter(dict(self.categories))
        counts.update(_categories(fresh.values()))
        counts.subtract(_categories(gone))
        categories = tuple(sorted((name, count) for name, count in counts.items() if count))
        return replace(self, cards=cards, named=tuple(named), aged=tuple(aged), categories=categories)


@dataclass(slots=True)
class Showcase:
    """The shelves a process keeps, by kind. Safe to use from many threads: a shelf is never changed, only replaced."""

    _shelves: dict[str, Shelf] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def shelf(self, front: Front, atlas: Atlas, kind: str, now: datetime) -> Shelf:
        """The shelf of a kind as it is now."""
        places = atlas.places(_listed, kind)
        with self._lock:
            known = self._shelves.get(kind)
            if known is None or known.places != places:
                shelf = _filled(front, atlas, kind, places, now)
            else:
                shelf = _refreshed(front, atlas, kind, known, now)
            self._shelves[kind] = shelf
        return shelf


def catalog(
    front: Front, atlas: Atlas, showcase: Showcase, wanted: CatalogQuery, kind: str, *, now: datetime
) -> CatalogPage:
    """One page of the catalog, by name or newest first.

    Args:
        front: of the store.
        atlas: the meaning of states.
        showcase: what this process keeps.
        wanted: which of it.
        kind: the workflow's name.
        now: the time of asking (aware UTC).

    Raises:
        InvalidInput: the limit, or ``after``, cannot be used.
    """
    check_limit(wanted.limit)
    shelf = showcase.shelf(front, atlas, kind, now)
    cards = _fitting(shelf.aged if wanted.newest else shelf.named, wanted, now)
    start = _start(cards, wanted)
    page = cards[start : start + wanted.limit]
    more = len(cards) > start + len(page)
    following = behind(_place(page[-1], wanted.newest)) if more else ""
    return CatalogPage(tuple([_noted(card, now) for card in page]), following, len(cards), shelf.categories)


def entry(atlas: Atlas, shown: Shown, *, now: datetime) -> CatalogEntry:
    """One entry.

    Raises:
        NotFound: it is not on show.
    """
    card = _card(atlas, shown)
    if card is None:
        raise NotFound("entry", shown.subject.slug)
    return _noted(card, now)


def story_of(kind: str, steps: Sequence[Step], meaning: Callable[[str, str, str], Meaning]) -> Story | None:
    """What a subject's way tells; None where it is not listed now.

    Args:
        kind: the workflow's name.
        steps: its moves, oldest first.
        meaning: of a state, by kind, revision and name.
    """
    first: datetime | None = None
    since: datetime | None = None
    left: datetime | None = None
    badge = ""
    for step in steps:
        here = meaning(kind, step.workflow, step.target)
        if not here.listed:
            since, badge = None, ""
            continue
        first, since = first or step.at, since or step.at
        if here.badge:
            left = None
        elif badge:
            left = step.at
        badge = here.badge
    if first is None or since is None:
        return None
    return Story(since, max(first, left) if left else first)


def _listed(meaning: Meaning) -> bool:
    return meaning.listed


def _filled(front: Front, atlas: Atlas, kind: str, places: tuple[Place, ...], now: datetime) -> Shelf:
    glance = front.glance(places, _FROM_NOW_ON)
    numbers = sorted({_number(mark) for standing in glance.standing for mark in _marks(standing)})
    return Shelf(places, glance, now).without(set(), _read(front, atlas, kind, numbers))


def _refreshed(front: Front, atlas: Atlas, kind: str, shelf: Shelf, now: datetime) -> Shelf:
    glance = front.glance(shelf.places, shelf.glance.newest)
    stale = _stale(shelf, glance)
    thorough = not shelf.checked_at <= now < shelf.checked_at + CHECKED_EVERY
    if thorough:
        versions = front.versions(shelf.places)
        stale |= {number for number, card in shelf.cards.items() if versions.get(number) != card.revision}
    seen = replace(shelf, glance=glance, checked_at=now if thorough else shelf.checked_at)
    return seen.without(stale, _read(front, atlas, kind, sorted(stale))) if stale else seen


def _stale(shelf: Shelf, glance: Glance) -> set[int]:
    """Whose cards are to be read again: who came, went or is of another version, and whose facts were changed."""
    stale = {number for number in glance.touched if number in shelf.cards}
    for before, after in zip(shelf.glance.standing, glance.standing, strict=True):
        if before != after:
            stale.update(map(_number, set(_marks(before)) ^ set(_marks(after))))
    return stale


def _marks(standing: str) -> list[str]:
    return standing.split(",") if standing else []


def _number(mark: str) -> int:
    return int(mark.partition(":")[0])


def _read(front: Front, atlas: Atlas, kind: str, numbers: Sequence[int]) -> dict[int, Card]:
    cards = (_card(atlas, shown) for shown in front.shown(numbers) if shown.subject.kind == kind)
    return {card.id: card for card in cards if card is not None}


def _categories(cards: Iterable[Card]) -> list[str]:
    return [category for card in cards for category in dict.fromkeys(card.entry.categories)]


def _card(atlas: Atlas, shown: Shown) -> Card | None:
    subject = shown.subject
    here = atlas.of(subject.kind, subject.workflow, subject.state)
    story = story_of(subject.kind, shown.steps, atlas.of) if here.listed else None
    if story is None:
        return None
    facts = _Facts(subject, atlas.lifecycle(subject.kind, subject.workflow))
    name = facts.text("name") or subject.slug
    listed = CatalogEntry(
        subject.slug,
        name,
        facts.text("description"),
        facts.text("website"),
        facts.text("docs_url"),
        facts.text("logo_url"),
        facts.text("mark_url"),
        facts.many("categories"),
        facts.many("methods"),
        facts.many("platforms"),
        here.badge,
        story.listed_at,
        False,
    )
    words = folded(f"{name}\n{listed.description}")
    by_name, by_age = (folded(name), subject.slug), (-story.listed_at.timestamp(), subject.slug)
    return Card(subject.id, subject.revision, listed, story.news_at, by_name, by_age, words)


class _Facts(NamedTuple):
    """The public facts of a subject: such as its workflow declares them, of a type that may be shown."""

    subject: Subject
    lifecycle: Lifecycle

    def text(self, name: str) -> str:
        """A text; empty where there is none."""
        value = self._value(name, _TEXTS)
        return value if isinstance(value, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        value = self._value(name, _LISTS)
        return tuple(value) if isinstance(value, list) else ()

    def _value(self, name: str, types: tuple[str, ...]) -> object:
        declared = self.lifecycle.facts.get(name)
        return self.subject.facts.get(name) if declared is not None and declared.type in types else None


def _fitting(cards: Sequence[Card], wanted: CatalogQuery, now: datetime) -> Sequence[Card]:
    if wanted.category:
        cards = [card for card in cards if wanted.category in card.entry.categories]
    if wanted.badge is not None:
        cards = [card for card in cards if card.entry.badge == wanted.badge]
    if wanted.noteworthy:
        since = now - NEW_FOR
        cards = [card for card in cards if card.news_at > since]
    for word in folded(wanted.search).split():
        cards = [card for card in cards if word in card.words]
    return cards


def _noteworthy(card: Card, now: datetime) -> bool:
    return now < card.news_at + NEW_FOR


def _noted(card: Card, now: datetime) -> CatalogEntry:
    return card.entry._replace(noteworthy=_noteworthy(card, now))


def _place(card: Card, newest: bool) -> tuple[str, ...]:
    if newest:
        return "newest", card.entry.listed_at.isoformat(), card.entry.slug
    return "name", *card.by_name


def _start(cards: Sequence[Card], wanted: CatalogQuery) -> int:
    if not wanted.after:
        return 0
    order, first, slug = place_of(wanted.after, 3)
    if order != ("newest" if wanted.newest else "name"):
        raise elsewhere(wanted.after)
    if not wanted.newest:
        return bisect_right(cards, (first, slug), key=_BY_NAME)
    try:
        listed_at = datetime.fromisoformat(first).timestamp()
    except ValueError:
        raise elsewhere(wanted.after) from None
    return bisect_right(cards, (-listed_at, slug), key=_BY_AGE)
