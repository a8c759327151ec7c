"""Queue and catalog on shops made at random: every database answers as memory does, and pages hold everything once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review_engine.domain.actors import Actor
from review_engine.domain.clocks import PAUSED, RUNNING
from review_engine.domain.lifecycle import Lifecycle
from review_engine.ports.reception import CatalogEntry, CatalogQuery, QueueEntry, QueueQuery
from review_engine.ports.store import Store
from review_engine.store.memory import MemoryStore
from review_engine.store.opening import open_store
from review_engine.testing import open_test_engine
from review_engine.usecases.pages import folded
from review_engine.usecases.places import Atlas
from review_engine.usecases.queue import queue
from review_engine.usecases.showcase import Showcase, catalog
from tests import postgres
from tests.contracts.builders import ANN, NOW, clock, transition
from tests.contracts.conftest import DATABASES
from tests.contracts.fronts import front_of, put

HOUR = timedelta(hours=1)
HOST = Actor.host()
WAYS = {
    "preview": (),
    "submitted": ("submit",),
    "in_review": ("submit", "claim"),
    "given back": ("submit", "claim", "release"),
    "again": ("submit", "claim", "reject", "submit"),
    "appeal": ("submit", "claim", "reject", "appeal"),
    "beta": ("submit", "claim", "approve"),
    "public": ("submit", "claim", "approve", "launch"),
    "back in beta": ("submit", "claim", "approve", "launch", "demote"),
    "removed": ("submit", "claim", "approve", "remove"),
}
WORDS = ("alpha", "Beta", "ÉTÉ", "e\u0301te\u0301", "50%", "a_b", "", "Straße")


class App(NamedTuple):
    """An app to be made."""

    way: str
    reviewer: str
    hours: tuple[int, ...]
    paused: bool
    age: int
    facts: dict[str, Any]
    partner: str
    types: tuple[str, ...]


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(WORDS),
        "description": st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        "tier": st.sampled_from(["priority", "standard"]),
        "categories": st.lists(st.sampled_from(["CRM", "Video", "Surveys"]), max_size=2),
    },
)
APPS = st.lists(
    st.builds(
        App,
        st.sampled_from(sorted(WAYS)),
        st.sampled_from(["r-rita", "r-rob"]),
        st.lists(st.integers(-3, 3), max_size=2).map(tuple),
        st.booleans(),
        st.integers(0, 60),
        FACTS,
        st.sampled_from(["acme", "globex"]),
        st.lists(st.sampled_from(["plugin", "stream"]), max_size=2).map(tuple),
    ),
    max_size=12,
)
ASKED = st.builds(
    QueueQuery,
    kind=st.sampled_from([None, "app", "component"]),
    states=st.sampled_from([(), ("submitted",), ("in_review", "appeal")]),
    reason=st.sampled_from(["", "", "first", "again", "appeal"]),
    tier=st.sampled_from(["", "", "priority"]),
    component=st.sampled_from(["", "", "plugin"]),
    claimed_by=st.sampled_from(["", "", "r-rita"]),
    unclaimed=st.booleans(),
    overdue=st.booleans(),
    search=st.sampled_from(["", "", "été", "ACME", "%", "app-1"]),
    after=st.just(""),
    limit=st.integers(1, 13),
)
SHOWN = st.builds(
    CatalogQuery,
    kind=st.just(None),
    search=st.sampled_from(["", "", "été", "strasse alpha", "_"]),
    category=st.sampled_from(["", "", "CRM"]),
    badge=st.sampled_from([None, None, "", "beta"]),
    noteworthy=st.booleans(),
    newest=st.booleans(),
    after=st.just(""),
    limit=st.integers(1, 13),
)


@cache
def lifecycle() -> Lifecycle:
    """The shipped workflow of apps."""
    engine = open_test_engine()
    try:
        return engine.lifecycle("app")
    finally:
        engine.close()


@cache
def atlas() -> Atlas:
    """The meaning of its states."""
    rules = lifecycle()
    return Atlas({"app": {rules.revision: rules}, "component": {"c1": replace(rules, name="component")}})


@pytest.fixture(params=DATABASES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens an empty store on a database, as often as it is asked to."""
    if request.param == "sqlite":
        numbers = count()
        return lambda: open_store(f"sqlite:///{tmp_path}/{next(numbers)}.db", synchronous="normal")
    url: str = request.getfixturevalue("postgres_database")

    def swept() -> Store:
        postgres.sweep(url)
        return open_store(url)

    return swept


def furnish(store: Store, apps: list[App]) -> Store:
    rules = lifecycle()
    for number, app in enumerate(apps):
        at = NOW - timedelta(days=app.age)
        clocks = [
            clock(f"sla-{nth}", due_at=NOW + hours * HOUR, state=PAUSED if app.paused else RUNNING)
            for nth, hours in enumerate(app.hours)
        ]
        steps = [(rules.transitions[name], actor_of(name, app)) for name in WAYS[app.way]]
        made = put(
            store, f"app-{number}", (transition("register", "preview"), ANN), *steps,
            at=at, partner=app.partner, workflow=rules.revision, clocks=clocks, **app.facts,
        )  # fmt: skip
        for nth, sort in enumerate(app.types):
            put(store, f"part-{number}-{nth}", kind="component", parent=made.key, type=sort)
    return store


def actor_of(name: str, app: App) -> Actor:
    return ANN if name in ("submit", "appeal") else Actor.reviewer(app.reviewer)


def lines(store: Store, wanted: QueueQuery) -> list[QueueEntry]:
    """The whole queue, page by page; each page but the last is full, and all tell the same totals."""
    found: list[QueueEntry] = []
    totals = set()
    while True:
        page = queue(front_of(store), atlas(), wanted, by=HOST, now=NOW)
        found += page.entries
        totals.add((page.total, page.overdue))
        if not page.next:
            break
        assert len(page.entries) == wanted.limit
        wanted = wanted._replace(after=page.next)
    assert totals == {(len(found), sum(entry.overdue for entry in found))}
    return found


def shelf(store: Store, showcase: Showcase, wanted: CatalogQuery) -> list[CatalogEntry]:
    """The whole catalog, page by page."""
    found: list[CatalogEntry] = []
    totals = set()
    while True:
        page = catalog(front_of(store), atlas(), showcase, wanted, "app", now=NOW)
        found += page.entries
        totals.add(page.total)
        if not page.next:
            break
        assert len(page.entries) == wanted.limit
        wanted = wanted._replace(after=page.next)
    assert totals == {len(found)}
    return found


def order(entry: QueueEntry) -> tuple[bool, datetime, str, str]:
    kind, _, slug = entry.key.partition("/")
    return entry.due_at is None, entry.due_at or NOW, kind, slug


AT_RANDOM = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(apps=APPS, wanted=st.lists(ASKED, min_size=1, max_size=4))
@AT_RANDOM
def test_every_database_shows_the_queue_that_memory_shows(
    fresh: Callable[[], Store], apps: list[App], wanted: list[QueueQuery]
) -> None:
    memory, store = MemoryStore(), fresh()
    try:
        for kept in (memory, store):
            furnish(kept, apps)
        for asked in (QueueQuery(limit=1), *wanted):
            assert lines(store, asked) == lines(memory, asked)
    finally:
        store.close()


@given(apps=APPS, wanted=ASKED, limit=st.integers(1, 13))
@settings(AT_RANDOM, max_examples=60)
def test_pages_of_the_queue_hold_everything_once_in_order(apps: list[App], wanted: QueueQuery, limit: int) -> None:
    store = furnish(MemoryStore(), apps)
    whole = lines(store, wanted._replace(limit=1_000))
    assert lines(store, wanted._replace(limit=limit)) == whole
    assert whole == sorted(whole, key=order)
    every = lines(store, QueueQuery(limit=limit))
    assert {entry.key for entry in whole} <= {entry.key for entry in every}
    assert len(every) == sum(app.way in ("submitted", "in_review", "given back", "again", "appeal") for app in apps)
    claimed = [entry.claimed_by for entry in every if entry.state in ("submitted", "appeal")]
    assert set(claimed) <= {""}


@given(apps=APPS, wanted=st.lists(SHOWN, min_size=1, max_size=4), news=st.lists(st.sampled_from(WORDS), max_size=3))
@AT_RANDOM
def test_every_database_shows_the_catalog_that_memory_shows(
    fresh: Callable[[], Store], apps: list[App], wanted: list[CatalogQuery], news: list[str]
) -> None:
    memory, store = MemoryStore(), fresh()
    kept = ((memory, Showcase()), (store, Showcase()))
    try:
        for one, _ in kept:
            furnish(one, apps)
        for turn, asked in enumerate((CatalogQuery(limit=1), *wanted)):
            for word in news[turn : turn + 1]:  # what comes between two looks is seen by the second
                for one, _ in kept:
                    put(one, f"new-{turn}", (lifecycle().transitions["relist"], HOST), name=word, at=NOW)
            mine, theirs = (shelf(one, showcase, asked) for one, showcase in kept)
            assert mine == theirs
    finally:
        store.close()


@given(apps=APPS, wanted=SHOWN, limit=st.integers(1, 13))
@settings(AT_RANDOM, max_examples=60)
def test_pages_of_the_catalog_hold_everything_once_in_order(apps: list[App], wanted: CatalogQuery, limit: int) -> None:
    store, showcase = furnish(MemoryStore(), apps), Showcase()
    whole = shelf(store, showcase, wanted._replace(limit=1_000))
    assert shelf(store, showcase, wanted._replace(limit=limit)) == whole
    if wanted.newest:
        assert whole == sorted(whole, key=lambda entry: (-entry.listed_at.timestamp(), entry.slug))
    else:
        assert whole == sorted(whole, key=lambda entry: (folded(entry.name), entry.slug))
    every = shelf(store, showcase, CatalogQuery(limit=limit))
    assert set(whole) <= set(every)
    assert len(every) == sum(app.way in ("beta", "public", "back in beta") for app in apps)
