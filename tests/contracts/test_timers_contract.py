"""What every store promises of time: whoever is due is found once, in order, and written whole or not at all."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from review_engine.domain.clocks import MET, PAUSED, Clock, ClockEvent
from review_engine.domain.errors import Conflict, MoveConflict
from review_engine.domain.evidence import Evidence, Waiver
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Ask, Change, Dossier, Enrolment
from review_engine.ports.timers import Heartbeat, Keeper
from review_engine.store.memory import MemoryStore
from review_engine.store.opening import open_register
from tests.contracts.builders import (
    KEY,
    NOW,
    clock,
    clock_event,
    fresh,
    moved,
    notice,
    registered,
    seeing,
    stating,
    untouched,
    waiving,
)

HOUR = timedelta(hours=1)
ASK = Ask(NOW, clocks=True)
NOBODY = SubjectKey("app", "nobody")


@pytest.fixture
def keeper(store: Keeper) -> Keeper:
    """An empty store, seen from its socket of time."""
    return store


def waking(keeper: Keeper, slug: str, *wakes: datetime | None, **fields: object) -> SubjectKey:
    """A subject with a clock for each of these times."""
    registered(keeper, slug)
    key = SubjectKey("app", slug)
    clocks = tuple(clock(f"sla-{place}", wakes_at=at, **fields) for place, at in enumerate(wakes))
    keeper.change(key, ASK, turning(*clocks))
    return key


def turning(*clocks: Clock, events: tuple[ClockEvent, ...] = ()) -> Callable[[Dossier], tuple[Change | None, str]]:
    """A decision that writes clocks and nothing else."""

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        subject = replace(dossier.subject, revision=dossier.subject.revision + 1)
        return Change(subject, clocks=clocks, clock_events=events), dossier.subject.slug

    return decide


def quiet(dossier: Dossier) -> tuple[Change | None, str]:
    """A decision that lets every clock sleep."""
    return turning(*(replace(each, wakes_at=None) for each in dossier.clocks))(dossier)


def clocks_of(keeper: Keeper, key: SubjectKey = KEY) -> tuple[Clock, ...]:
    """The clocks of a subject."""
    return keeper.dossier(key, ASK).clocks


# Ringing


def test_whoever_is_due_is_found_the_earliest_first(keeper: Keeper) -> None:
    waking(keeper, "second", NOW - HOUR)
    waking(keeper, "first", NOW - 2 * HOUR)
    waking(keeper, "third", NOW)
    waking(keeper, "later", NOW + timedelta(microseconds=1))
    waking(keeper, "never", None)
    assert keeper.ring(ASK, quiet, limit=10) == ["first", "second", "third"]


def test_what_was_rung_is_not_found_again(keeper: Keeper) -> None:
    key = waking(keeper, "acme-sync", NOW, NOW - HOUR)
    assert keeper.ring(ASK, quiet, limit=10) == ["acme-sync"]
    assert keeper.ring(ASK, quiet, limit=10) == []
    assert {each.wakes_at for each in clocks_of(keeper, key)} == {None}


def test_what_was_left_due_is_found_again(keeper: Keeper) -> None:
    waking(keeper, "acme-sync", NOW)
    assert keeper.ring(ASK, untouched, limit=10) == ["draft"]
    assert keeper.ring(ASK, untouched, limit=10) == ["draft"]


def test_a_ring_takes_no_more_subjects_than_it_was_told(keeper: Keeper) -> None:
    for place in range(5):
        waking(keeper, f"app-{place}", NOW - place * HOUR, NOW)
    assert keeper.ring(ASK, quiet, limit=2) == ["app-4", "app-3"]
    assert keeper.ring(ASK, quiet, limit=2) == ["app-2", "app-1"]
    assert keeper.ring(ASK, quiet, limit=2) == ["app-0"]


def test_a_ring_shows_the_whole_dossier(keeper: Keeper) -> None:
    waking(keeper, "acme-sync", NOW, NOW + HOUR)
    seen: list[Dossier] = []

    def look(dossier: Dossier) -> tuple[Change | None, str]:
        seen.append(dossier)
        return quiet(dossier)

    keeper.ring(Ask(NOW, windows=(0,), children=True, clocks=True), look, limit=1)
    (dossier,) = seen
    assert [each.wakes_at for each in dossier.clocks] == [NOW, NOW + HOUR]
    assert (dossier.subject.key, dossier.active, dossier.children) == ("app/acme-sync", {0: 0}, ())


def test_a_ring_writes_all_that_a_decision_says(keeper: Keeper) -> None:
    key = waking(keeper, "acme-sync", NOW)

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        subject, move = moved(dossier.subject, "late")
        asleep = tuple(replace(each, wakes_at=None, breached_at=NOW) for each in dossier.clocks)
        line = clock_event("sla-0", "breach")
        return Change(subject, (move,), clocks=asleep, clock_events=(line,), notices=(notice("late", "x"),)), "rung"

    assert keeper.ring(ASK, decide, limit=1) == ["rung"]
    assert keeper.dossier(key, ASK).subject.state == "late"
    assert clocks_of(keeper, key)[0].breached_at == NOW
    assert keeper.clock_events(key) == [clock_event("sla-0", "breach")]
    assert [kept.notice for kept in keeper.notices()] == [notice("late", "x")]
    assert len(keeper.history(key)) == 2


def test_a_decision_that_fails_leaves_nothing_of_the_whole_ring(keeper: Keeper) -> None:
    for slug, at in (("good", NOW - HOUR), ("bad", NOW)):
        waking(keeper, slug, at)

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        if dossier.subject.slug == "bad":
            raise ValueError("no decision")
        return quiet(dossier)

    with pytest.raises(ValueError, match="no decision"):
        keeper.ring(ASK, decide, limit=10)
    assert keeper.ring(ASK, quiet, limit=10) == ["good", "bad"]


def test_a_ring_that_moves_a_component_is_a_write_of_its_parent(keeper: Keeper) -> None:
    parent = registered(keeper, "acme-sync")
    keeper.add(fresh("hook", kind="component", parent="app/acme-sync"))
    key = SubjectKey("component", "hook")
    keeper.change(key, ASK, turning(clock("sla-0", wakes_at=NOW)))
    before = keeper.dossier(parent.subject_key, ASK).subject.revision

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        subject, move = moved(dossier.subject, "late")
        asleep = tuple(replace(each, wakes_at=None) for each in dossier.clocks)
        return Change(subject, (move,), clocks=asleep, touches_parent=True), "moved"

    assert keeper.ring(ASK, decide, limit=5) == ["moved"]
    assert keeper.dossier(parent.subject_key, ASK).subject.revision == before + 1


def test_a_ring_finds_apps_and_their_components_together(keeper: Keeper) -> None:
    waking(keeper, "acme-sync", NOW)
    keeper.add(fresh("hook", kind="component", parent="app/acme-sync"))
    keeper.change(SubjectKey("component", "hook"), ASK, turning(clock("sla-0", wakes_at=NOW - HOUR)))
    assert keeper.ring(ASK, quiet, limit=5) == ["hook", "acme-sync"]


def test_workers_that_ring_together_find_each_subject_once(keeper: Keeper, opened: Callable[[], Keeper]) -> None:
    slugs = [f"app-{place:02}" for place in range(40)]
    for slug in slugs:
        waking(keeper, slug, NOW)
    workers = [keeper] * 4 if isinstance(keeper, MemoryStore) else [opened() for _ in range(4)]
    found: list[str] = []

    def work(worker: Keeper) -> None:
        while batch := worker.ring(ASK, quiet, limit=3):
            found.extend(batch)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == slugs


# Who wakes next


def test_the_next_ring_is_the_earliest_of_all_clocks(keeper: Keeper) -> None:
    assert keeper.next_ring() is None
    waking(keeper, "late", NOW + 2 * HOUR, None)
    waking(keeper, "soon", NOW + HOUR, NOW + 3 * HOUR)
    assert keeper.next_ring() == NOW + HOUR
    keeper.change(SubjectKey("app", "soon"), ASK, quiet)
    assert keeper.next_ring() == NOW + 2 * HOUR
    keeper.change(SubjectKey("app", "late"), ASK, quiet)
    assert keeper.next_ring() is None


def test_a_clock_that_was_put_off_is_not_due_at_its_old_time(keeper: Keeper) -> None:
    key = waking(keeper, "acme-sync", NOW)
    keeper.change(key, ASK, turning(clock("sla-0", wakes_at=NOW + HOUR)))
    assert keeper.next_ring() == NOW + HOUR
    assert keeper.ring(ASK, quiet, limit=1) == []
    assert keeper.ring(ASK._replace(now=NOW + HOUR), quiet, limit=1) == ["acme-sync"]


def test_a_clock_that_was_put_forward_is_due_at_its_new_time(keeper: Keeper) -> None:
    key = waking(keeper, "acme-sync", NOW + HOUR)
    keeper.change(key, ASK, turning(clock("sla-0", wakes_at=NOW)))
    assert keeper.next_ring() == NOW
    assert keeper.ring(ASK, quiet, limit=1) == ["acme-sync"]
    assert keeper.next_ring() is None


# Many at once


def test_many_are_changed_in_the_order_of_their_keys_each_once(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("b", "a")]
    assert keeper.change_many([keys[0], NOBODY, keys[1], keys[0]], ASK, quiet) == ["b", "a"]
    assert keeper.next_ring() is None
    assert keeper.change_many([], ASK, quiet) == []


def test_a_decision_that_fails_leaves_nothing_of_the_whole_batch(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("a", "b")]

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        if dossier.subject.slug == "b":
            raise ValueError("no decision")
        return quiet(dossier)

    with pytest.raises(ValueError, match="no decision"):
        keeper.change_many(keys, ASK, decide)
    assert clocks_of(keeper, keys[0])[0].wakes_at == NOW


def test_many_can_be_looked_at_without_writing(keeper: Keeper) -> None:
    key = waking(keeper, "acme-sync", NOW)
    before = keeper.dossier(key, ASK)
    assert keeper.change_many([key], ASK, untouched) == ["draft"]
    assert keeper.dossier(key, ASK) == before


def test_a_change_that_is_not_newer_is_refused_and_so_is_its_batch(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("a", "b")]

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        change, told = quiet(dossier)
        return (Change(dossier.subject), "stale") if dossier.subject.slug == "b" else (change, told)

    with pytest.raises(MoveConflict):
        keeper.change_many(keys, ASK, decide)
    assert clocks_of(keeper, keys[0])[0].wakes_at == NOW


def test_a_batch_may_be_of_several_kinds(keeper: Keeper) -> None:
    keeper.add(fresh("hook", kind="component"))
    app, hook = waking(keeper, "acme-sync", NOW), SubjectKey("component", "hook")
    assert keeper.change_many([hook, app], ASK, quiet) == ["hook", "acme-sync"]
    assert keeper.dossier(hook, ASK).subject.revision == 2
    assert keeper.next_ring() is None


def test_a_batch_writes_what_each_decision_says_and_leaves_the_rest_alone(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("a", "b", "c")]
    keeper.change(keys[1], ASK, stating(name="Acme", size=3))
    seen = Evidence("test_suite", "green", NOW, "p-ann", None, "all of it", 7)
    waived = Waiver("docs", "they are on paper", "m-mo", NOW)
    decisions = {"a": stating(name="Other"), "b": seeing(seen), "c": waiving(waived)}
    keeper.change_many(keys, ASK, lambda dossier: decisions[dossier.subject.slug](dossier))
    a, b, c = (keeper.dossier(key, ASK).subject for key in keys)
    assert (a.facts, b.facts, c.facts) == ({"name": "Other"}, {"name": "Acme", "size": 3}, {})
    assert (dict(a.evidence), dict(b.evidence), dict(c.waivers)) == ({}, {"test_suite": seen}, {"docs": waived})
    assert set(a.said) == {"name"}
    assert set(b.said) == {"name", "size"}
    assert (keeper.evidence_ledger(keys[1]), keeper.waivers_ledger(keys[2])) == ([seen], [waived])
    assert [line.value for line in keeper.facts_ledger(keys[0])] == ["Other"]


def test_two_of_a_batch_may_enrol_one_partner(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("a", "b")]

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        change, told = quiet(dossier)
        assert change is not None
        return replace(change, enrolment=Enrolment("acme", f"Acme of {told}")), told

    assert keeper.change_many(keys, ASK, decide) == ["a", "b"]
    partner = open_register(keeper).partner("acme")
    assert partner is not None
    assert partner.name == "Acme of b"


def test_what_was_written_already_is_refused_and_so_is_its_batch(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("a", "b")]
    line = clock_event("sla-0")
    keeper.change(keys[1], ASK, turning(events=(line,)))
    with pytest.raises(Conflict):
        keeper.change_many(keys, ASK, turning(clock("sla-0", wakes_at=None), events=(line,)))
    assert clocks_of(keeper, keys[0])[0].wakes_at == NOW
    assert keeper.clock_events(keys[0]) == []


# Ledgers


def test_the_ledger_of_every_subject_that_had_a_clock_comes_in_key_order(keeper: Keeper) -> None:
    for slug in ("b", "a"):
        key = waking(keeper, slug, NOW)
        lines = (clock_event("sla-0"), clock_event("sla-0", "pause", 2))
        keeper.change(key, ASK, turning(events=lines))
    registered(keeper, "untimed")
    keeper.add(fresh("part", kind="component"))
    found = list(keeper.clock_ledgers())
    assert [ledger.subject.key for ledger in found] == ["app/a", "app/b"]
    assert [event.kind for event in found[0].events] == ["start", "pause"]
    assert [move.transition for move in found[0].moves] == ["register"]
    assert list(keeper.clock_ledgers("component")) == []
    assert len(list(keeper.clock_ledgers("app"))) == 2


def test_the_lines_of_many_ledgers_come_at_once(keeper: Keeper) -> None:
    keys = [waking(keeper, slug, NOW) for slug in ("a", "b")]
    keeper.change(keys[0], ASK, turning(events=(clock_event("sla-0"), clock_event("sla-0", "remind"))))
    found = keeper.clock_events_of([*keys, NOBODY])
    assert found["app/a"] == keeper.clock_events(keys[0])
    assert found["app/b"] == []
    assert "app/nobody" not in found
    assert keeper.clock_events_of([]) == {}


def test_the_lines_of_many_kinds_come_at_once_each_oldest_first(keeper: Keeper) -> None:
    app, hook = waking(keeper, "hook", NOW), SubjectKey("component", "hook")
    keeper.add(fresh("hook", kind="component"))
    for kind in ("start", "pause", "resume"):
        for key in (hook, app):
            keeper.change(key, ASK, turning(events=(clock_event("sla-0", kind),)))
    found = keeper.clock_events_of([hook, app])
    assert {key: [line.kind for line in lines] for key, lines in found.items()} == {
        "app/hook": ["start", "pause", "resume"],
        "component/hook": ["start", "pause", "resume"],
    }


# Calendars


def test_open_clocks_are_found_by_the_version_they_are_not_counted_by(keeper: Keeper) -> None:
    old = waking(keeper, "b-old", NOW, calendar="v1")
    paused = waking(keeper, "a-paused", None, calendar="v1", state=PAUSED)
    waking(keeper, "new", NOW, calendar="v2")
    waking(keeper, "closed", None, calendar="v1", state=MET)
    registered(keeper, "untimed")
    assert keeper.open_clocks("v2") == [paused, old]
    assert keeper.open_clocks("v1") == [SubjectKey("app", "new")]


def test_a_subject_with_several_such_clocks_is_named_once(keeper: Keeper) -> None:
    key = waking(keeper, "acme-sync", NOW, NOW + HOUR, None, calendar="v1")
    assert keeper.open_clocks("v2") == [key]


def test_a_version_of_a_calendar_is_kept_as_it_was_first(keeper: Keeper) -> None:
    assert keeper.calendar("v1") is None
    keeper.keep_calendar("business", "v1", '{"zone":"UTC","name":"ä😀"}', NOW)
    keeper.keep_calendar("business", "v1", '{"zone":"UTC","name":"ä😀"}', NOW + HOUR)
    keeper.keep_calendar("business", "v2", "{}", NOW)
    kept = keeper.calendar("v1")
    assert kept is not None
    assert kept[0] == "business"
    assert "ä😀" in kept[1] or "\\u00e4" in kept[1]
    assert keeper.calendar("v2") == ("business", "{}")


# Heartbeats


def test_the_last_sign_of_life_of_each_worker_is_kept(keeper: Keeper) -> None:
    assert keeper.heartbeats() == []
    keeper.beat(Heartbeat("b:2", NOW, {"ticks": 1}))
    keeper.beat(Heartbeat("a:1", NOW, {"ticks": 1, "next": None}))
    keeper.beat(Heartbeat("b:2", NOW + HOUR, {"ticks": 2, "says": "ä"}))
    assert keeper.heartbeats() == [
        Heartbeat("a:1", NOW, {"ticks": 1, "next": None}),
        Heartbeat("b:2", NOW + HOUR, {"ticks": 2, "says": "ä"}),
    ]
