"""The catalog: what everybody may know of what is on show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine import ReviewEngine
from review_engine.domain.activity import Usage
from review_engine.domain.errors import InvalidInput, InvalidKey, NotFound, UnknownName
from review_engine.ports.reception import CatalogEntry, CatalogQuery, Front, Glance, Place, Shown, Step
from review_engine.reception import Entrance
from review_engine.testing import A_MONDAY, TurnableClock
from review_engine.usecases.places import Meaning
from review_engine.usecases.showcase import CHECKED_EVERY, story_of
from tests.usecases.conftest import ADDRESS, ANN, HOST, MO, RITA, in_beta, ready

DAY = timedelta(days=1)


def listed(engine: ReviewEngine, slug: str, **facts: object) -> str:
    """An app in the catalog, with these facts."""
    ready(engine, slug)
    engine.edit(slug, {"name": slug.title(), **facts}, by=ANN)
    return in_beta(engine, slug)


def in_public(engine: ReviewEngine, slug: str, clock: TurnableClock) -> str:
    """The app, out of beta."""
    engine.edit(slug, {"oauth_enabled_at": clock().isoformat()}, by=HOST)
    engine.record_activity([Usage(slug, f"customer-{number}", clock()) for number in range(3)], by=HOST)
    assert engine.subject(slug, by=HOST).state == "public"
    return slug


def slugs(engine: ReviewEngine, **wanted: object) -> list[str]:
    return [entry.slug for entry in engine.catalog(CatalogQuery(**wanted)).entries]  # type: ignore[arg-type]


def test_only_what_is_listed_is_on_show(engine: ReviewEngine) -> None:
    listed(engine, "shown")
    engine.move(ready(engine, "waits"), "submit", by=ANN)
    ready(engine, "preview")
    assert slugs(engine) == ["shown"]
    for slug in ("waits", "preview", "nobody"):
        with pytest.raises(NotFound, match=f"there is no entry '{slug}'"):
            engine.catalog_entry(slug)


def test_an_entry_has_the_public_facts_and_no_others(engine: ReviewEngine, clock: TurnableClock) -> None:
    listed(engine, "sync", categories=["Email Marketing", "CRM"], methods=["identify"], platforms=["server"])
    expected = CatalogEntry(
        slug="sync",
        name="Sync",
        description="Keeps contacts in step.",
        website=ADDRESS,
        docs_url=ADDRESS,
        logo_url=ADDRESS,
        mark_url=ADDRESS,
        categories=("Email Marketing", "CRM"),
        methods=("identify",),
        platforms=("server",),
        badge="beta",
        listed_at=clock(),
        noteworthy=True,
    )
    assert engine.catalog_entry("sync") == expected
    assert engine.catalog().entries == (expected,)
    told = repr(engine.catalog())
    for private in ("support@acme.example", "correct horse", "acme'", "p-ann", "2026-01"):
        assert private not in told


def test_what_is_missing_is_empty_and_the_slug_stands_for_the_name(engine: ReviewEngine) -> None:
    listed(engine, "sync")
    engine.edit("sync", {"name": None, "description": None, "categories": None, "website": None}, by=ANN)
    entry = engine.catalog_entry("sync")
    assert (entry.name, entry.description, entry.categories, entry.website) == ("sync", "", (), "")
    assert engine.catalog().categories == ()


def test_what_leaves_the_catalog_is_gone_at_once_and_what_comes_back_is_there(engine: ReviewEngine) -> None:
    listed(engine, "sync")
    assert slugs(engine) == ["sync"]
    engine.move("sync", "suspend", by=RITA, comment="Breaks the Spec.")
    assert slugs(engine) == []
    with pytest.raises(NotFound):
        engine.catalog_entry("sync")
    engine.move("sync", "reinstate", by=MO, comment="Mended.")
    assert slugs(engine) == ["sync"]


def test_a_fact_that_is_changed_is_seen_on_the_next_page(engine: ReviewEngine) -> None:
    listed(engine, "a")
    listed(engine, "b")
    assert slugs(engine) == ["a", "b"]
    engine.edit("a", {"name": "Zebra", "categories": ["Video"]}, by=ANN)
    page = engine.catalog()
    assert [entry.name for entry in page.entries] == ["B", "Zebra"]
    assert page.categories == (("CRM", 1), ("Video", 1))


def test_the_catalog_is_in_order_of_names_however_they_are_written(engine: ReviewEngine) -> None:
    for slug, name in (("one", "beta"), ("two", "Alpha"), ("three", "ÄRGER"), ("four", "alpha")):
        listed(engine, slug, name=name)
    assert slugs(engine) == ["four", "two", "one", "three"]


def test_newest_first_is_by_when_it_was_listed(engine: ReviewEngine, clock: TurnableClock) -> None:
    for slug in ("b", "c", "a"):
        listed(engine, slug)
        clock.turn(DAY)
    assert slugs(engine, newest=True) == ["a", "c", "b"]
    engine.move("b", "suspend", by=RITA, comment="Wait.")
    engine.move("b", "reinstate", by=MO, comment="Go on.")
    assert slugs(engine, newest=True) == ["b", "a", "c"]
    assert engine.catalog_entry("b").listed_at == clock()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["crm", "mail"]),
        ("CONTACTS step", ["crm"]),
        ("keeps", ["crm"]),
        ("step contacts crm", ["crm"]),
        ("straße", ["mail"]),
        ("STRASSE", ["mail"]),
        ("contacts mail", []),
        ("%", ["mail"]),
        ("100%_off", ["mail"]),
        ("1__%", []),
        ("\\", []),
        ("\x00", []),
        ("\ud800", []),
    ],
)
def test_every_word_of_a_search_occurs_in_name_or_description(
    engine: ReviewEngine, words: str, found: list[str]
) -> None:
    listed(engine, "crm")
    listed(engine, "mail", description="Post for every STRASSE, 100%_off.")
    assert slugs(engine, search=words) == found


def test_the_catalog_is_narrowed_by_category_badge_and_news(engine: ReviewEngine, clock: TurnableClock) -> None:
    listed(engine, "beta", categories=["CRM", "Video"])
    in_public(engine, listed(engine, "public", categories=["Video"]), clock)
    assert slugs(engine, category="Video") == ["beta", "public"]
    assert slugs(engine, category="CRM") == ["beta"]
    assert slugs(engine, category="video") == []
    assert slugs(engine, badge="beta") == ["beta"]
    assert slugs(engine, badge="") == ["public"]
    clock.turn(29 * DAY)
    listed(engine, "news")
    clock.turn(DAY)
    assert slugs(engine, noteworthy=True) == ["news"]


def test_counts_of_categories_are_of_the_whole_catalog(engine: ReviewEngine) -> None:
    listed(engine, "a", categories=["CRM", "Video"])
    listed(engine, "b", categories=["Video"])
    page = engine.catalog(CatalogQuery(category="CRM", limit=1))
    assert (page.total, page.categories) == (1, (("CRM", 1), ("Video", 2)))


def noteworthy(engine: ReviewEngine, slug: str) -> bool:
    assert engine.catalog_entry(slug) in engine.catalog().entries
    return engine.catalog_entry(slug).noteworthy


def test_what_is_listed_for_the_first_time_is_noteworthy_for_thirty_days(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    listed(engine, "sync")
    clock.turn(30 * DAY - timedelta(microseconds=1))
    assert noteworthy(engine, "sync")
    clock.turn(timedelta(microseconds=1))
    assert not noteworthy(engine, "sync")


def test_coming_back_is_no_news(engine: ReviewEngine, clock: TurnableClock) -> None:
    listed(engine, "sync")
    clock.turn(31 * DAY)
    engine.move("sync", "suspend", by=RITA, comment="Wait.")
    engine.move("sync", "reinstate", by=MO, comment="Go on.")
    assert not noteworthy(engine, "sync")


def test_leaving_beta_is_news_until_it_is_in_beta_again(engine: ReviewEngine, clock: TurnableClock) -> None:
    listed(engine, "sync")
    clock.turn(31 * DAY)
    in_public(engine, "sync", clock)
    assert noteworthy(engine, "sync")
    assert engine.catalog_entry("sync").listed_at == clock() - 31 * DAY
    clock.turn(DAY)
    engine.edit("sync", {"oauth_enabled_at": None}, by=HOST)
    engine.move("sync", "demote", by=MO, comment="Nobody uses it.")
    assert not noteworthy(engine, "sync")
    engine.edit("sync", {"oauth_enabled_at": clock().isoformat()}, by=HOST)
    assert noteworthy(engine, "sync")


def test_pages_go_on_where_they_ended_although_something_came_between(engine: ReviewEngine) -> None:
    for slug in ("b", "d", "e"):
        listed(engine, slug)
    first = engine.catalog(CatalogQuery(limit=2))
    assert [entry.slug for entry in first.entries] == ["b", "d"]
    engine.move("d", "suspend", by=RITA, comment="Wait.")
    listed(engine, "a")
    listed(engine, "f")
    second = engine.catalog(CatalogQuery(limit=2, after=first.next))
    assert [entry.slug for entry in second.entries] == ["e", "f"]
    assert (second.next, second.total) == ("", 4)


def test_a_place_in_one_order_is_none_in_the_other(engine: ReviewEngine) -> None:
    listed(engine, "a")
    listed(engine, "b")
    by_name, by_age = (engine.catalog(CatalogQuery(limit=1, newest=newest)).next for newest in (False, True))
    for wanted in (CatalogQuery(after=by_age), CatalogQuery(after=by_name, newest=True), CatalogQuery(after="x")):
        with pytest.raises(InvalidInput, match="no place in this list"):
            engine.catalog(wanted)
    with pytest.raises(InvalidInput, match="lines"):
        engine.catalog(CatalogQuery(limit=0))


def test_what_cannot_be_asked_for_is_refused(engine: ReviewEngine) -> None:
    with pytest.raises(UnknownName, match="apps"):
        engine.catalog(CatalogQuery(kind="apps"))
    with pytest.raises(UnknownName, match="apps"):
        engine.catalog_entry("sync", kind="apps")
    with pytest.raises(InvalidKey):
        engine.catalog_entry("no/slug")
    assert engine.catalog(CatalogQuery(kind="component")).total == 0


class Hasty:
    """A front that misses what is changed, as a store may at a glance."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._seen: dict[tuple[Place, ...], Glance] = {}
        self.read: list[int] = []

    def glance(self, places: Sequence[Place], seen: int) -> Glance:
        return self._seen.setdefault(tuple(places), self._front.glance(places, seen))

    def versions(self, places: Sequence[Place]) -> dict[int, int]:
        return self._front.versions(places)

    def shown(self, ids: Sequence[int]) -> list[Shown]:
        self.read += ids
        return self._front.shown(ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._front, name)


def test_what_a_glance_missed_is_seen_a_minute_later_and_nothing_else_is_read_again(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    for slug in ("a", "b"):
        listed(engine, slug)
    assert engine.entrance is not None
    hasty = Hasty(engine.entrance.front)
    hurried = replace(engine, entrance=Entrance(hasty, engine.entrance.tokens))
    assert slugs(hurried) == ["a", "b"]
    number = engine.subject("a", by=HOST).id
    assert sorted(hasty.read) == sorted([number, engine.subject("b", by=HOST).id])
    hasty.read.clear()
    engine.edit("a", {"name": "Zebra"}, by=ANN)
    clock.turn(CHECKED_EVERY - timedelta(microseconds=1))
    assert slugs(hurried) == ["a", "b"]
    assert hasty.read == []
    clock.turn(timedelta(microseconds=1))
    assert slugs(hurried) == ["b", "a"]
    assert hasty.read == [number]


def test_a_clock_that_goes_back_does_not_keep_old_cards(engine: ReviewEngine, clock: TurnableClock) -> None:
    listed(engine, "a")
    assert engine.entrance is not None
    hasty = Hasty(engine.entrance.front)
    times = iter((clock() + 9 * DAY, clock(), clock()))
    hurried = replace(engine, entrance=Entrance(hasty, engine.entrance.tokens), clock=lambda: next(times))
    assert hurried.catalog().entries[0].name == "A"
    engine.edit("a", {"name": "Zebra"}, by=ANN)
    assert hurried.catalog().entries[0].name == "Zebra"


def meaning(listed_as: Mapping[str, str | None]) -> Callable[[str, str, str], Meaning]:
    """What states mean to the catalog: None for not listed, else the badge."""
    return lambda kind, workflow, state: Meaning(listed=listed_as[state] is not None, badge=listed_as[state] or "")


STATES = {"draft": None, "beta": "beta", "open": "", "gone": None}
WALKS = st.lists(st.tuples(st.sampled_from(sorted(STATES)), st.integers(0, 9)), min_size=1, max_size=12)


@given(WALKS)
def test_the_story_of_any_walk_is_what_its_words_say(walk: list[tuple[str, int]]) -> None:
    at, steps = A_MONDAY, []
    for state, days in walk:
        at += days * DAY
        steps.append(Step("r1", state, at))
    story = story_of("app", steps, meaning(STATES))
    if STATES[walk[-1][0]] is None:
        assert story is None
        return
    assert story is not None
    last_unlisted = max((nth for nth, (state, _) in enumerate(walk) if STATES[state] is None), default=-1)
    assert story.listed_at == steps[last_unlisted + 1].at
    first = next(step.at for step in steps if STATES[step.target] is not None)
    left = [
        steps[nth + 1].at
        for nth, (earlier, later) in enumerate(pairwise(walk))
        if (earlier[0], later[0]) == ("beta", "open") and "beta" not in [state for state, _ in walk[nth + 1 :]]
    ]
    assert story.news_at == max([first, *left])
