"""What every store tells again: customers, surveys, histories, the outbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from review_engine.domain.activity import Customer
from review_engine.domain.errors import (
    InvalidInput,
)
from review_engine.domain.evidence import Evidence
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import (
    Ask,
    Query,
    Store,
)
from tests.contracts.builders import (
    ASK,
    DAY,
    KEY,
    NOW,
    clock,
    fresh,
    moving,
    notice,
    registered,
    seeing,
    subject_in,
    use,
)

NOBODY = SubjectKey("app", "nobody")
WHOLE = Ask(NOW, windows=(0, DAY), children=True, clocks=True)


# Activity


def test_activity_is_merged_into_one_row_per_customer(store: Store) -> None:
    registered(store)
    batch = [use("c1", 5, source="old"), use("c2"), use("c1", 9, source="older"), use("c1", 2, source="new")]
    assert store.merge_activity(batch, "app") == ({"acme-sync": 4}, [])
    assert store.customers(KEY) == [
        Customer("c1", NOW - timedelta(days=9), NOW - timedelta(days=2), "new"),
        Customer("c2", NOW, NOW),
    ]
    store.merge_activity([use("c1", 20, source="oldest"), use("c2", 0, excluded="test workspace")], "app")
    assert store.customers(KEY) == [
        Customer("c1", NOW - timedelta(days=20), NOW - timedelta(days=2), "new"),
        Customer("c2", NOW, NOW, "", "test workspace"),
    ]


def test_only_customers_seen_within_the_window_and_not_excluded_are_counted(store: Store) -> None:
    registered(store)
    batch = [use("c1"), use("c2", 1), use("c3", 1.01), use("c4", excluded="partner's own"), use("c5", 800)]
    store.merge_activity(batch, "app")
    assert store.dossier(KEY, WHOLE).active == {0: 4, DAY: 2}
    assert store.dossier(KEY, ASK).active == {}


def test_apps_that_do_not_exist_are_named_and_the_others_merged(store: Store) -> None:
    registered(store)
    batch = [use("c1", app="nobody"), use("c1", app="app/acme-sync"), use("c2"), use("c1", app="\0 no key"), use("c3")]
    assert store.merge_activity(batch, "app") == ({"acme-sync": 3}, ["nobody", "\0 no key"])
    assert len(store.customers(KEY)) == 3
    assert store.merge_activity([], "app") == ({}, [])


def test_apps_of_another_kind_are_named_by_their_whole_key(store: Store) -> None:
    registered(store)
    store.add(fresh(kind="component"))
    assert store.merge_activity([use("c1", app="component/acme-sync"), use("c2")], "app") == (
        {"component/acme-sync": 1, "acme-sync": 1},
        [],
    )
    assert [row.customer for row in store.customers(SubjectKey("component", "acme-sync"))] == ["c1"]


def test_activity_bumps_the_revision_of_each_app_it_touched_once(store: Store) -> None:
    before, other = registered(store), registered(store, "other")
    store.merge_activity([use("c1"), use("c2"), use("c3")], "app")
    assert subject_in(store) == replace(before, revision=before.revision + 1)
    assert subject_in(store, SubjectKey("app", "other")) == other


# Reading many


@pytest.fixture
def catalog(store: Store) -> Store:
    """Five subjects of two kinds and partners in three states."""
    for slug, partner in (("b", "acme"), ("a", "globex"), ("c", "acme")):
        registered(store, slug, partner=partner)
    store.add(fresh("x", kind="component", parent="app/b"))
    store.add(fresh("a", kind="component", parent="app/b"))
    store.change(SubjectKey("app", "a"), ASK, moving("beta"))
    store.change(SubjectKey("app", "c"), ASK, moving("public"))
    return store


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (Query(), ["app/a", "app/b", "app/c", "component/a", "component/x"]),
        (Query("app"), ["app/a", "app/b", "app/c"]),
        (Query("nothing"), []),
        (Query(states=("beta", "public")), ["app/a", "app/c"]),
        (Query(states=("beta\0",)), []),
        (Query(partners=frozenset({"globex"})), ["app/a"]),
        (Query(partners=frozenset()), []),
        (Query(parent="app/b"), ["component/a", "component/x"]),
        (Query(parent="app/a"), []),
        (Query(after="app/b"), ["app/c", "component/a", "component/x"]),
        (Query("app", after="app/bb", limit=5), ["app/c"]),
        (Query(limit=2), ["app/a", "app/b"]),
        (Query(limit=0), []),
        (Query("app", ("draft",), frozenset({"acme"}), None, "app/a", 1), ["app/b"]),
    ],
)
def test_a_query_finds_its_subjects_in_key_order(catalog: Store, query: Query, keys: list[str]) -> None:
    if any("\0" in state for state in query.states):
        with pytest.raises(InvalidInput):
            list(catalog.scan(query, ASK))
        return
    assert [dossier.subject.key for dossier in catalog.scan(query, ASK)] == keys


def test_a_scan_shows_the_same_dossiers_as_one_by_one(catalog: Store) -> None:
    batch = [use("c1", app="b"), use("c2", 3, app="b"), use("c1", 3, app="c"), use("c1", app="a", excluded="own")]
    catalog.merge_activity(batch, "app")
    catalog.change(SubjectKey("app", "c"), ASK, moving("beta", clocks=(clock("b"), clock("a"))))
    catalog.change(SubjectKey("component", "x"), ASK, seeing(Evidence("suite", "green", NOW, "host:ci")))
    scanned = list(catalog.scan(Query(), WHOLE))
    assert scanned == [catalog.dossier(dossier.subject.subject_key, WHOLE) for dossier in scanned]
    assert scanned[1].active == {0: 2, DAY: 1}
    assert len(scanned[1].children) == 2
    assert len(scanned[2].clocks) == 2


def test_a_census_counts_by_kind_and_state(catalog: Store) -> None:
    assert catalog.census(Query()) == {
        ("app", "beta"): 1,
        ("app", "draft"): 1,
        ("app", "public"): 1,
        ("component", "draft"): 2,
    }
    assert catalog.census(Query("app", partners=frozenset({"acme"}))) == {("app", "draft"): 1, ("app", "public"): 1}
    assert catalog.census(Query("nothing")) == {}


def test_subjects_are_found_by_key(catalog: Store) -> None:
    keys = [SubjectKey("app", "c"), SubjectKey("component", "a"), NOBODY]
    found = catalog.subjects(keys)
    assert sorted(found) == ["app/c", "component/a"]
    assert found["app/c"] == subject_in(catalog, keys[0])
    assert catalog.subjects([]) == {}


def test_histories_are_told_in_key_order(catalog: Store) -> None:
    told = list(catalog.histories())
    assert [(key, len(moves)) for key, _, moves in told] == [
        ("app/a", 2),
        ("app/b", 1),
        ("app/c", 2),
        ("component/a", 1),
        ("component/x", 1),
    ]
    assert [key for key, _, _ in catalog.histories("component")] == ["component/a", "component/x"]
    assert all(moves[-1].hash == head for _, head, moves in told)


def test_nothing_is_known_of_an_unknown_subject(store: Store) -> None:
    assert store.history(NOBODY) == []
    assert store.facts_ledger(NOBODY) == []
    assert store.evidence_ledger(NOBODY) == []
    assert store.waivers_ledger(NOBODY) == []
    assert store.submissions(NOBODY) == []
    assert store.clock_events(NOBODY) == []
    assert store.customers(NOBODY) == []
    assert store.looks(NOBODY) == []
    assert store.sealed(NOBODY, "login") is None
    assert store.notices("app/nobody") == []


def test_the_outbox_is_read_in_order_and_from_a_place_on(store: Store) -> None:
    registered(store)
    registered(store, "other")
    store.change(KEY, ASK, moving("review", notices=(notice("a"), notice("b"))))
    store.change(SubjectKey("app", "other"), ASK, moving("review", notices=(notice("c", subject="app/other"),)))
    kept = store.notices()
    assert [one.notice.name for one in kept] == ["a", "b", "c"]
    assert store.notices(after=kept[0].number) == kept[1:]
    assert store.notices(limit=1) == kept[:1]
    assert store.notices("app/other") == kept[2:]
    assert store.notices("app/acme-sync", after=kept[0].number, limit=5) == kept[1:2]
