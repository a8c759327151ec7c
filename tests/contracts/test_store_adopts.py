"""What every store promises of an adopted catalog, and of workflows that are kept."""

from dataclasses import replace

import pytest

from review_engine.domain.errors import (
    Conflict,
    MoveConflict,
    NotFound,
    SlugTaken,
)
from review_engine.domain.facts import FactChange, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import verify
from review_engine.ports.store import (
    Ask,
    Change,
    OddEvent,
    Query,
    Store,
)
from tests.contracts.builders import (
    ANN,
    ASK,
    DAY,
    KEY,
    NOW,
    fresh,
    moved,
    moving,
    registered,
    subject_in,
    transition,
    use,
)

NOBODY = SubjectKey("app", "nobody")
WHOLE = Ask(NOW, windows=(0, DAY), children=True, clocks=True)


# Adopting, workflows


def imported(slug: str, states: tuple[str, ...], digests: tuple[str, ...]) -> Change:
    change = fresh(slug)
    subject, moves = change.subject, list(change.moves)
    for state in states:
        subject, move = subject.take(transition("imported", state), state, by=ANN, now=NOW)
        moves.append(move)
    facts = (FactChange("name", slug, Said("host", "host", NOW)),)
    subject = replace(subject.edited({}, facts), revision=1)
    return Change(subject, tuple(moves), facts, imported=digests)


def test_imported_changes_are_adopted_whole(store: Store) -> None:
    registered(store, "known")
    odd = OddEvent("d9", "app/x", "no such state", '{"at": 1}', NOW)
    changes = [imported(f"slug-{n}", ("beta", "public"), (f"d{n}", f"e{n}")) for n in range(3)]
    store.adopt(changes, [odd])
    for change in changes:
        found = subject_in(store, change.subject.subject_key)
        assert replace(found, id=0) == change.subject
        assert store.history(change.subject.subject_key) == list(change.moves)
        assert store.facts_ledger(change.subject.subject_key) == list(change.facts)
    assert store.odd_events() == [odd]
    assert store.adopted(["d0", "e2", "d9", "nothing"]) == {"d0", "e2", "d9"}
    assert store.adopted([]) == frozenset()
    assert len({one.id for one in store.subjects([change.subject.subject_key for change in changes]).values()}) == 3


def test_an_adopted_subject_is_written_on(store: Store) -> None:
    store.adopt([imported("a", ("beta",), ("d1",))], [])
    key = SubjectKey("app", "a")
    before = subject_in(store, key)
    after, move = moved(before, "public")
    store.adopt([Change(after, (move,), imported=("d2",))], [])
    assert subject_in(store, key) == after
    assert verify("app/a", store.history(key), after.head) == []
    store.change(key, ASK, moving("beta"))
    registered(store, "b")


def test_an_adopted_change_of_a_subject_that_went_on_is_refused(store: Store) -> None:
    before = registered(store)
    after, move = moved(before, "beta")
    store.merge_activity([use("c1")], "app")
    with pytest.raises(MoveConflict):
        store.adopt([imported("new", (), ("d1",)), Change(after, (move,), imported=("d2",))], [])
    assert store.census(Query()) == {("app", "draft"): 1}
    assert store.adopted(["d1", "d2"]) == frozenset()


def test_adopting_a_taken_slug_writes_nothing(store: Store) -> None:
    registered(store)
    odd = OddEvent("d9", "app/x", "why", "{}", NOW)
    with pytest.raises(SlugTaken, match="app/acme-sync"):
        store.adopt([imported("a", (), ("d1",)), imported("acme-sync", (), ("d2",))], [odd])
    assert store.adopted(["d1", "d2", "d9"]) == frozenset()
    assert store.odd_events() == []


def test_an_event_is_adopted_once(store: Store) -> None:
    store.adopt([imported("a", (), ("d1",))], [])
    with pytest.raises(Conflict):
        store.adopt([imported("b", (), ("d1",))], [])
    assert store.census(Query()) == {("app", "draft"): 1}


def test_adopted_components_find_their_parents(store: Store) -> None:
    before = registered(store)
    child = replace(fresh("x", kind="component", parent=str(KEY)), touches_parent=True)
    grandchild = fresh("y", kind="part", parent="component/x")
    store.adopt([child, grandchild], [])
    assert [one.slug for one in store.dossier(KEY, WHOLE).children] == ["x"]
    assert [one.slug for one in store.dossier(SubjectKey("component", "x"), WHOLE).children] == ["y"]
    assert subject_in(store).revision == before.revision + 1
    with pytest.raises(NotFound):
        store.adopt([fresh("z", kind="component", parent="app/nobody")], [])


def test_a_workflow_revision_is_kept_once(store: Store) -> None:
    assert store.workflow("r1") is None
    store.keep_workflow("app", "r1", '{"a": "ä"}')
    store.keep_workflow("app", "r1", '{"b": 2}')
    assert store.workflow("r1") == ("app", '{"a": "ä"}')


def test_a_store_that_was_set_up_has_the_right_tables(store: Store) -> None:
    store.check_schema()
