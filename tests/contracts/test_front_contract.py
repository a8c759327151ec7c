"""What every store answers the reception: what waits, what is on show, how it flowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from review_engine.domain.actors import Actor
from review_engine.domain.clocks import PAUSED
from review_engine.domain.errors import InvalidInput
from review_engine.ports.reception import Asked, Flow, Place
from review_engine.ports.store import Store
from tests.contracts.builders import ANN, ASK, KEY, NOW, clock, moving, stating, subject_in, transition
from tests.contracts.fronts import (
    CLAIM,
    DECIDE,
    QUEUED,
    RELEASE,
    RITA,
    SHOWN,
    SUBMIT,
    TAKEN,
    front_of,
    put,
    queued,
    shown,
    taken,
    waiting,
)

HOUR = timedelta(hours=1)
NEVER_SEEN = 2**62


def test_what_stands_in_the_places_waits_and_nothing_else(store: Store) -> None:
    queued(store, "a")
    taken(store, "b")
    shown(store, "c")
    put(store, "d")
    queued(store, "a", kind="component")
    assert set(waiting(front_of(store))) == {"a", "b"}
    assert set(waiting(front_of(store), TAKEN)) == {"b"}
    assert set(waiting(front_of(store), Place("component", "queued"))) == {"a"}
    assert front_of(store).waiting(Asked(()), lambda spots: [spot.id for spot in spots]) == []


def test_a_place_of_one_revision_is_for_those_who_are_pinned_to_it(store: Store) -> None:
    queued(store, "old", workflow="r1")
    queued(store, "new", workflow="r2")
    assert set(waiting(front_of(store), Place("app", "queued", "r2"))) == {"new"}
    assert set(waiting(front_of(store), QUEUED)) == {"old", "new"}


def test_what_waits_is_read_in_the_order_it_was_chosen_in_with_subject_and_components(store: Store) -> None:
    app = taken(store, "acme", tier="priority", name="Acme Sync")
    for slug, sort in (("one", "stream"), ("two", "plugin"), ("three", "plugin")):
        put(store, slug, kind="component", parent=app.key, type=sort)
    put(store, "four", kind="component", parent=app.key)
    _, found = waiting(front_of(store))["acme"]
    assert found.subject == subject_in(store, app.subject_key)
    assert found.components == ("plugin", "stream")
    assert (found.due_at, found.sla) == (None, "")


def test_the_running_promise_that_ends_first_is_told(store: Store) -> None:
    late, soon = clock("decision", due_at=NOW + 2 * HOUR), clock("first_response", due_at=NOW + HOUR)
    queued(store, "a", clocks=(late, soon))
    spot, found = waiting(front_of(store))["a"]
    assert (found.due_at, found.sla) == (NOW + HOUR, "first_response")
    assert spot.due_at == NOW + HOUR


def test_a_promise_that_is_paused_or_over_is_not_due(store: Store) -> None:
    over = clock("over", state="met", stopped_at=NOW, wakes_at=None)
    queued(store, "a", clocks=(over, clock("paused", state=PAUSED, rest=1, paused_at=NOW, wakes_at=None)))
    spot, found = waiting(front_of(store))["a"]
    assert (spot.due_at, found.due_at, found.sla) == (None, None, "")


def test_what_waits_is_narrowed_by_round_tier_and_component(store: Store) -> None:
    first = queued(store, "first", tier="priority")
    put(store, "again", (SUBMIT, ANN), (DECIDE, RITA), (SUBMIT, ANN), tier="standard")
    put(store, "none", (transition("wait", "taken"), ANN))
    put(store, "part", kind="component", parent=first.key, type="stream")
    front = front_of(store)
    assert set(waiting(front, again=True)) == {"again"}
    assert set(waiting(front, again=False)) == {"first", "none"}
    assert set(waiting(front, tier="priority")) == {"first"}
    assert set(waiting(front, component="stream")) == {"first"}
    assert set(waiting(front, component="plugin")) == set()
    assert set(waiting(front, component="stream", tier="standard")) == set()


def test_a_claim_counts_while_its_round_is_open_and_not_given_back(store: Store) -> None:
    taken(store, "mine")
    taken(store, "others", by=Actor.reviewer("r-rob"))
    queued(store, "new")
    put(store, "back", (SUBMIT, ANN), (CLAIM, RITA), (RELEASE, RITA))
    put(store, "decided", (SUBMIT, ANN), (CLAIM, RITA), (replace(DECIDE, target="taken"), RITA))
    front = front_of(store)
    assert set(waiting(front, claimed_by="r-rita")) == {"mine"}
    assert set(waiting(front, unclaimed=True)) == {"new", "back", "decided"}
    claimed = {slug: spot.claimed_by for slug, (spot, _) in waiting(front, words=True).items()}
    assert claimed == {"mine": "r-rita", "others": "r-rob", "new": "", "back": "", "decided": ""}


def test_words_come_only_when_they_are_asked_for(store: Store) -> None:
    queued(store, "a", name="Acme Ö", partner="globex")
    queued(store, "b")
    assert {spot[4:] for spot, _ in waiting(front_of(store)).values()} == {("", "", "")}
    spots = {slug: spot for slug, (spot, _) in waiting(front_of(store), words=True).items()}
    assert (spots["a"].name, spots["a"].partner) == ("Acme Ö", "globex")
    assert (spots["b"].name, spots["b"].partner) == ("", "acme")


@pytest.mark.parametrize("bad", ["a\0b", "\ud800"])
def test_words_no_database_holds_are_refused(store: Store, bad: str) -> None:
    for name in ("tier", "component", "claimed_by"):
        with pytest.raises(InvalidInput):
            waiting(front_of(store), **{name: bad})


def test_a_tier_is_only_equal_to_itself(store: Store) -> None:
    queued(store, "flag", tier=True)
    queued(store, "number", tier=1)
    queued(store, "text", tier="1")
    queued(store, "quoted", tier='%"')
    assert set(waiting(front_of(store), tier="1")) == {"text"}
    assert set(waiting(front_of(store), tier="true")) == set()
    assert set(waiting(front_of(store), tier='%"')) == {"quoted"}


def test_moves_are_counted_by_day_with_the_revisions_they_were_judged_by(store: Store) -> None:
    yesterday = datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)
    queued(store, "old", at=yesterday - timedelta(days=9))
    queued(store, "late", at=yesterday)
    queued(store, "a", workflow="r2")
    queued(store, "b", workflow="r2")
    count, flows = front_of(store).flow((QUEUED,), yesterday - HOUR)
    day, today = yesterday.date(), NOW.date()
    assert count == 4
    assert sorted(flows) == [
        Flow(day, "app", "r1", "draft", "", "", 1),
        Flow(day, "app", "r1", "queued", "r1", "draft", 1),
        Flow(today, "app", "r2", "draft", "", "", 2),
        Flow(today, "app", "r2", "queued", "r2", "draft", 2),
    ]
    assert front_of(store).flow((QUEUED,), NOW) == (4, [])


def test_decisions_of_staff_are_counted_by_person(store: Store) -> None:
    shown(store, "a")
    shown(store, "b")
    shown(store, "old", at=NOW - timedelta(days=40))
    put(store, "host", (SUBMIT, ANN), (DECIDE, Actor.host("bot")))
    put(store, "mo", (SUBMIT, ANN), (DECIDE, Actor.manager("m-mo")))
    decided = front_of(store).decided
    assert decided([("app", "decide")], NOW - timedelta(days=28)) == {"r-rita": 2, "m-mo": 1}
    assert decided([("component", "decide")], NOW - timedelta(days=28)) == {}
    assert decided([("app", "decide"), ("app", "claim")], NOW) == {"r-rita": 4, "m-mo": 1}


def ids(standing: tuple[str, ...]) -> list[set[int]]:
    return [{int(mark.partition(":")[0]) for mark in marks.split(",") if mark} for marks in standing]


def test_a_glance_tells_who_stands_where_and_notices_who_comes_and_goes(store: Store) -> None:
    a, b = shown(store, "acme-sync"), queued(store, "b")
    places = (SHOWN, QUEUED, Place("app", "nowhere"))
    first = front_of(store).glance(places, NEVER_SEEN)
    assert ids(first.standing) == [{a.id}, {b.id}, set()]
    assert first.touched == ()
    again = front_of(store).glance(places, first.newest)
    assert (again.standing, again.touched) == (first.standing, ())
    store.change(KEY, ASK, moving("draft"))
    third = front_of(store).glance(places, first.newest)
    assert ids(third.standing) == [set(), {b.id}, set()]


def test_a_glance_notices_a_fact_that_was_changed(store: Store) -> None:
    subject = shown(store, "acme-sync", name="Acme")
    front = front_of(store)
    before = front.glance((SHOWN,), NEVER_SEEN)
    store.change(KEY, ASK, stating(name="Acme 2"))
    after = front.glance((SHOWN,), before.newest)
    assert subject.id in after.touched or after.standing != before.standing
    quiet = front.glance((SHOWN,), after.newest)
    assert (quiet.standing, quiet.touched) == (after.standing, ())


def test_versions_are_the_revisions_of_those_who_stand_there(store: Store) -> None:
    subject = shown(store, "acme-sync")
    queued(store, "b")
    assert front_of(store).versions((SHOWN,)) == {subject.id: subject.revision}
    store.change(KEY, ASK, stating(name="Acme"))
    assert front_of(store).versions((SHOWN,)) == {subject.id: subject.revision + 1}


def test_subjects_are_shown_with_the_way_they_went(store: Store) -> None:
    one, two = shown(store, "a"), put(store, "b", workflow="r2")
    found = {each.subject.slug: each for each in front_of(store).shown([two.id, one.id, 10**9])}
    assert set(found) == {"a", "b"}
    assert found["a"].subject == one
    assert [step.target for step in found["a"].steps] == ["draft", "queued", "taken", "shown"]
    assert [(step.workflow, step.at) for step in found["b"].steps] == [("r2", NOW)]
    assert front_of(store).shown([]) == []


def test_every_revision_that_was_kept_is_told(store: Store) -> None:
    for kind, revision in (("app", "r2"), ("component", "r9"), ("app", "r1"), ("app", "r1")):
        store.keep_workflow(kind, revision, "{}")
    assert front_of(store).revisions() == [("app", "r1"), ("app", "r2"), ("component", "r9")]
