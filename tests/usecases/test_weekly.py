"""The letter of the week: to each reviewer, once, when the week opens, however often and late it is asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from review_engine import ReviewEngine
from review_engine.channels.memory import MemoryChannel
from review_engine.domain.actors import Role
from review_engine.domain.preferences import OFF, Preference
from review_engine.ports.directory import Person
from review_engine.ports.outbox import Outgoing
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from review_engine.usecases.weekly import LASTS, WEEKLY
from tests.usecases.conftest import ANN, HOST, RITA, ready

FRIDAY = datetime(2026, 3, 6, 18, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 17, tzinfo=UTC)  # 10:00 in California: summer time began on Sunday


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock(FRIDAY)


@pytest.fixture
def engine(clock: TurnableClock) -> ReviewEngine:
    """On a Friday, with two reviewers and an app that one of them has claimed."""
    opened = open_test_engine(clock=clock, secret_key=new_key(), channels={"email": MemoryChannel()})
    for key, name in (("r-rita", "Rita"), ("r-omar", "Omar")):
        person = Person(key, name, f"{name.lower()}@platform.example", frozenset({Role.REVIEWER}))
        opened.directory.add_person(person)  # type: ignore[attr-defined]
    ready(opened, "acme-sync")
    opened.move("acme-sync", "submit", by=ANN)
    opened.move("acme-sync", "claim", by=RITA)
    return opened


def letters(engine: ReviewEngine) -> list[Outgoing]:
    """The letters of weeks in the outbox."""
    return [row for row in engine.outgoing(by=HOST) if row.letter == WEEKLY]


async def test_each_reviewer_hears_on_monday_what_waits_and_when_it_is_due(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    clock.turn(MONDAY)
    await engine.deliver()
    rows = letters(engine)
    assert {row.recipient.key for row in rows} == {"r-rita", "r-omar"}
    waiting: dict[str, Any] = {row.recipient.key: row.notice.context["waiting"] for row in rows}
    (entry,) = waiting["r-rita"]
    assert (entry["key"], entry["state"], entry["mine"]) == ("app/acme-sync", "In review", True)
    assert entry["promise"].startswith("Decision")
    assert waiting["r-omar"][0]["mine"] is False


async def test_a_week_is_told_once_however_often_a_worker_starts_anew(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    clock.turn(MONDAY)
    for _ in range(3):
        await engine.deliver()  # each has a courier of its own, which remembers nothing
    assert len(letters(engine)) == 2
    clock.turn("7 days")
    await engine.deliver()
    assert len(letters(engine)) == 4


async def test_before_monday_s_opening_and_after_its_point_nothing_is_told(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    clock.turn(datetime(2026, 3, 9, 10, tzinfo=UTC))  # 03:00 in California
    await engine.deliver()
    assert letters(engine) == []
    clock.turn(MONDAY + LASTS)
    await engine.deliver()
    assert letters(engine) == []


async def test_it_can_be_declined_and_loses_its_point(engine: ReviewEngine, clock: TurnableClock) -> None:
    engine.prefer(Preference("r-omar", letters={WEEKLY: OFF}), by=HOST)
    clock.turn(MONDAY)
    await engine.deliver()
    (row,) = letters(engine)
    assert row.recipient.key == "r-rita"
    assert row.recipient.unsubscribe
    assert row.expires_at is not None
    assert row.expires_at - MONDAY <= timedelta(days=2)


async def test_where_nothing_waits_nothing_is_told(engine: ReviewEngine, clock: TurnableClock) -> None:
    engine.move("acme-sync", "withdraw", by=ANN)
    clock.turn(MONDAY)
    await engine.deliver()
    assert letters(engine) == []
