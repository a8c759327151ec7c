"""The queue: what waits for staff, due soonest first; how long it was; who has how much in hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.domain.actors import ENGINE
from review_engine.domain.errors import InvalidInput, NotAllowed, UnknownName
from review_engine.ports.reception import QueueEntry, QueueQuery
from review_engine.testing import TurnableClock
from tests.usecases.conftest import ANN, CRITERIA, EVE, HOST, MO, RITA, ready

ROB = Actor.reviewer("r-rob")


def submitted(engine: ReviewEngine, slug: str) -> str:
    engine.move(ready(engine, slug), "submit", by=ANN)
    return slug


def claimed(engine: ReviewEngine, slug: str, by: Actor = RITA) -> str:
    engine.move(submitted(engine, slug), "claim", by=by)
    return slug


def appealed(engine: ReviewEngine, slug: str) -> str:
    engine.move(claimed(engine, slug), "reject", by=RITA, comment="It cannot be listed.")
    engine.move(slug, "appeal", by=ANN, comment="It can.")
    return slug


def slugs(engine: ReviewEngine, **wanted: object) -> list[str]:
    page = engine.queue(QueueQuery(**wanted), by=RITA)  # type: ignore[arg-type]
    return [entry.key.partition("/")[2] for entry in page.entries]


def entry_of(engine: ReviewEngine, slug: str) -> QueueEntry:
    return next(entry for entry in engine.queue(by=RITA).entries if entry.key == f"app/{slug}")


def test_what_nobody_of_staff_has_to_do_is_not_in_the_queue(engine: ReviewEngine) -> None:
    ready(engine, "preview")
    submitted(engine, "waits")
    engine.move(claimed(engine, "answered"), "request_changes", by=RITA, comment="Name it.")
    assert slugs(engine) == ["waits"]


def test_an_entry_says_everything_a_reviewer_sorts_by(engine: ReviewEngine, clock: TurnableClock) -> None:
    submitted(engine, "sync")
    since = clock()
    engine.edit("sync", {"tier": "priority"}, by=MO)
    clock.turn("1 hour")
    engine.move("sync", "claim", by=RITA)
    promised = engine.due("sync", by=RITA)[0]
    assert entry_of(engine, "sync") == QueueEntry(
        key="app/sync",
        name="Acme Sync",
        partner="acme",
        state="in_review",
        since=clock(),
        round=1,
        reason="first",
        tier="priority",
        components=("subscription",),
        due_at=promised.due_at,
        sla=promised.sla,
        overdue=False,
        claimed_by="r-rita",
        claimed_at=since + timedelta(hours=1),
        etag=engine.subject("sync", by=RITA).etag,
    )


def test_what_is_due_soonest_comes_first_and_what_has_no_promise_last(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    engine.register("membership/club", partner="acme", by=HOST)
    for slug in ("b", "a"):
        submitted(engine, slug)
        clock.turn("1 hour")
    assert slugs(engine, kind="app") == ["b", "a"]
    clock.turn("7 days")
    submitted(engine, "late")
    page = engine.queue(by=RITA)
    assert [entry.overdue for entry in page.entries if entry.key.startswith("app/")] == [True, True, False]
    assert (page.total, page.overdue, page.next) == (len(page.entries), 2, "")
    undated = [entry.due_at is None for entry in page.entries]
    assert undated == sorted(undated)
    assert slugs(engine, overdue=True) == ["b", "a"]


def test_a_promise_that_ends_now_is_not_overdue_yet(engine: ReviewEngine, clock: TurnableClock) -> None:
    submitted(engine, "sync")
    due_at = entry_of(engine, "sync").due_at
    assert due_at is not None
    clock.turn(due_at)
    assert entry_of(engine, "sync").overdue is False
    clock.turn(timedelta(microseconds=1))
    assert entry_of(engine, "sync").overdue is True
    assert engine.queue(by=RITA).overdue == 1


def test_why_something_waits_is_said_and_can_be_asked_for(engine: ReviewEngine) -> None:
    submitted(engine, "first")
    engine.move(claimed(engine, "again"), "request_changes", by=RITA, comment="Name it.")
    engine.move("again", "submit", by=ANN)
    appealed(engine, "appeal")
    assert {entry.key: entry.reason for entry in engine.queue(by=RITA).entries} == {
        "app/first": "first",
        "app/again": "again",
        "app/appeal": "appeal",
    }
    for reason in ("first", "again", "appeal"):
        assert slugs(engine, reason=reason) == [reason]


def test_an_appeal_is_in_nobodys_hand_although_the_round_was_claimed(engine: ReviewEngine) -> None:
    appealed(engine, "appeal")
    assert (entry_of(engine, "appeal").claimed_by, entry_of(engine, "appeal").claimed_at) == ("", None)
    assert slugs(engine, unclaimed=True) == ["appeal"]
    assert slugs(engine, claimed_by="r-rita") == []


def test_a_review_that_was_given_back_waits_to_be_claimed(engine: ReviewEngine) -> None:
    engine.move(claimed(engine, "back"), "release", by=RITA)
    assert entry_of(engine, "back").claimed_by == ""
    assert slugs(engine, unclaimed=True) == ["back"]
    engine.move("back", "claim", by=ROB)
    assert slugs(engine, claimed_by="r-rob") == ["back"]
    engine.move("back", "take_over", by=RITA)
    assert slugs(engine, claimed_by="r-rita") == ["back"]
    assert slugs(engine, unclaimed=True) == []


def test_the_queue_is_narrowed_by_state_tier_component_and_kind(engine: ReviewEngine) -> None:
    submitted(engine, "a")
    claimed(engine, "b")
    engine.edit("b", {"tier": "priority"}, by=MO)
    assert slugs(engine, states=("in_review",)) == ["b"]
    assert slugs(engine, states=("in_review", "submitted"), tier="priority") == ["b"]
    assert slugs(engine, component="subscription") == ["a", "b"]
    assert slugs(engine, component="stream") == []
    assert slugs(engine, kind="access_request") == []


@pytest.mark.parametrize("words", ["ACME sync", "cme", "  sync  ", "Acme"])
def test_a_search_looks_into_name_slug_and_partner_in_any_case(engine: ReviewEngine, words: str) -> None:
    submitted(engine, "one")
    assert slugs(engine, search=words) == ["one"]


@pytest.mark.parametrize("words", ["%", "_", "acme%sync", "zebra", "\x00", "\ud800"])
def test_a_search_takes_every_letter_as_it_is(engine: ReviewEngine, words: str) -> None:
    submitted(engine, "one")
    assert slugs(engine, search=words) == []


def test_counts_are_of_what_was_asked_for_on_all_pages(engine: ReviewEngine, clock: TurnableClock) -> None:
    for slug in ("a", "b", "c"):
        claimed(engine, slug, by=RITA if slug == "c" else ROB)
    clock.turn("14 days")
    page = engine.queue(QueueQuery(claimed_by="r-rob", limit=1), by=RITA)
    assert (len(page.entries), page.total, page.overdue) == (1, 2, 2)


def test_pages_go_on_where_they_ended_although_something_came_between(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    for slug in ("b", "d", "c"):
        submitted(engine, slug)
        clock.turn("1 hour")
    first = engine.queue(QueueQuery(limit=2), by=RITA)
    assert [entry.key for entry in first.entries] == ["app/b", "app/d"]
    engine.move("b", "withdraw", by=ANN)
    submitted(engine, "a")
    second = engine.queue(QueueQuery(limit=2, after=first.next), by=RITA)
    assert [entry.key for entry in second.entries] == ["app/c", "app/a"]
    assert second.next == ""


@pytest.mark.parametrize("by", [RITA, MO, HOST, ENGINE])
def test_staff_and_host_may_look(engine: ReviewEngine, clock: TurnableClock, by: Actor) -> None:
    assert engine.queue(by=by).total == 0
    assert engine.workload(by=by) == []
    assert engine.queue_lengths(by=by, since=clock(), until=clock()) == []


def asks(engine: ReviewEngine, by: Actor) -> list[Callable[[], object]]:
    now = engine.clock()
    return [
        lambda: engine.queue(by=by),
        lambda: engine.workload(by=by),
        lambda: engine.queue_lengths(by=by, since=now - timedelta(days=1), until=now),
    ]


@pytest.mark.parametrize("by", [ANN, EVE, Actor.partner("r-rita", of="acme")])
def test_a_partner_may_not_even_for_what_is_their_own(engine: ReviewEngine, by: Actor) -> None:
    submitted(engine, "sync")
    for ask in asks(engine, by):
        with pytest.raises(NotAllowed):
            ask()


def test_what_nobody_declared_is_refused_with_what_is(engine: ReviewEngine) -> None:
    with pytest.raises(UnknownName, match="submitted"):
        engine.queue(QueueQuery(states=("submited",)), by=RITA)
    with pytest.raises(UnknownName, match="preview"):
        engine.queue(QueueQuery(states=("preview",)), by=RITA)
    with pytest.raises(UnknownName, match="appeal"):
        engine.queue(QueueQuery(reason="appeals"), by=RITA)
    for ask in (
        lambda: engine.queue(QueueQuery(kind="apps"), by=RITA),
        lambda: engine.workload(by=RITA, kind="apps"),
        lambda: engine.queue_lengths(by=RITA, since=engine.clock(), until=engine.clock(), kind="apps"),
    ):
        with pytest.raises(UnknownName, match="apps"):
            ask()


@pytest.mark.parametrize("wanted", [QueueQuery(limit=0), QueueQuery(limit=1_001), QueueQuery(after="nonsense")])
def test_a_page_that_cannot_be_cut_is_refused(engine: ReviewEngine, wanted: QueueQuery) -> None:
    with pytest.raises(InvalidInput):
        engine.queue(wanted, by=RITA)


def test_lengths_are_told_for_the_end_of_each_day(engine: ReviewEngine, clock: TurnableClock) -> None:
    monday = clock()
    submitted(engine, "a")
    submitted(engine, "b")
    clock.turn(timedelta(days=2))
    engine.move("a", "withdraw", by=ANN)
    engine.move("b", "claim", by=RITA)
    clock.turn(timedelta(days=1))
    submitted(engine, "c")
    found = engine.queue_lengths(by=RITA, since=monday - timedelta(days=1), until=clock() + timedelta(days=9))
    assert [(one.day, one.waiting) for one in found] == [
        (date(2026, 3, 1), 0),
        (date(2026, 3, 2), 2),
        (date(2026, 3, 3), 2),
        (date(2026, 3, 4), 1),
        (date(2026, 3, 5), 2),
    ]
    assert found[-1].waiting == engine.queue(by=RITA).total


def test_lengths_of_days_gone_by_do_not_change_with_what_happens_later(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    since = clock()
    submitted(engine, "a")
    clock.turn(timedelta(days=3))
    until = datetime(2026, 3, 4, tzinfo=UTC)
    before = engine.queue_lengths(by=RITA, since=since, until=until)
    engine.move("a", "withdraw", by=ANN)
    submitted(engine, "b")
    assert engine.queue_lengths(by=RITA, since=since, until=until) == before
    assert [one.waiting for one in before] == [1, 1]
    assert engine.queue_lengths(by=RITA, since=since, until=until, kind="component") == [
        one._replace(waiting=0) for one in before
    ]


def test_times_that_make_no_period_are_refused_or_hold_no_day(engine: ReviewEngine, clock: TurnableClock) -> None:
    now = clock()
    assert engine.queue_lengths(by=RITA, since=now, until=now - timedelta(days=1)) == []
    assert engine.queue_lengths(by=RITA, since=now + timedelta(days=1), until=now + timedelta(days=2)) == []
    with pytest.raises(InvalidInput, match="time zone"):
        engine.queue_lengths(by=RITA, since=now.replace(tzinfo=None), until=now)
    with pytest.raises(InvalidInput, match="ten years"):
        engine.queue_lengths(by=RITA, since=now - timedelta(days=4_000), until=now)


def test_workload_counts_claims_overdue_ones_and_decisions_of_late(engine: ReviewEngine, clock: TurnableClock) -> None:
    engine.move(claimed(engine, "old"), "reject", by=RITA, comment="No.")
    clock.turn(timedelta(days=29))
    engine.move(claimed(engine, "no", by=ROB), "reject", by=ROB, comment="No.")
    engine.edit(claimed(engine, "yes", by=ROB), CRITERIA, by=ROB)
    engine.move("yes", "approve", by=ROB)
    claimed(engine, "mine")
    clock.turn("14 days")
    claimed(engine, "fresh")
    submitted(engine, "free")
    assert [tuple(one) for one in engine.workload(by=MO)] == [("r-rita", 2, 1, 0), ("r-rob", 0, 0, 2)]
    assert engine.workload(by=MO, kind="component") == []
