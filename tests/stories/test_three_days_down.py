"""The worker was down for three days. What fell due meanwhile is done once, in order, without a storm of letters."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from review_engine.domain.actors import Role
from review_engine.domain.clocks import BREACHED, REMINDED
from review_engine.domain.keys import SubjectKey
from review_engine.worker import GRACE, REST, Worker, standing
from tests.stories.world import ANN, APP, HOST, INFO, RITA, World

SILENT, WAITING, FRESH = "app/globex-sync", APP, "app/initech-sync"
FRIDAY_AT_NINE = datetime(2026, 3, 13, 9, tzinfo=ZoneInfo("America/Los_Angeles"))
DOWN = timedelta(days=3, hours=9)


@pytest.fixture
def stopped(world: World) -> World:
    """Three Apps: one whose partner never answered, one that waits for a reviewer, one that comes in much later."""
    world.complete()
    submitted(world, SILENT)
    world.engine.move(SILENT, "claim", by=RITA)
    world.engine.move(SILENT, "request_changes", by=RITA, comment="The documentation names another button.")
    world.clock.turn("7 business days")
    world.engine.tick()
    world.engine.move(WAITING, "submit", by=ANN)
    world.clock.turn(FRIDAY_AT_NINE)
    Worker(world.engine, name="w1").round()
    return world


def submitted(world: World, key: str) -> None:
    """One more App of Acme's, handed in."""
    hook = key.replace("app/", "component/").replace("-sync", "-hook")
    world.engine.register(key, partner="acme", by=ANN, facts=INFO)
    component = {"name": "Hook", "type": "subscription", "hosting": "function"}
    world.engine.register(hook, partner="acme", by=ANN, facts=component, parent=key)
    world.tested("green", hook)
    world.engine.move(key, "submit", by=ANN)


def letters(world: World) -> list[str]:
    """What was told since the worker went down, in order: the letter and its subject."""
    kept = world.engine.notices(by=HOST)
    return [f"{one.notice.name} {one.notice.subject}" for one in kept if one.notice.at == world.clock()]


def test_everything_that_fell_due_is_done_once_and_the_oldest_first(stopped: World) -> None:
    stopped.clock.turn(DOWN)
    tick = Worker(stopped.engine, name="w2").round()
    assert [rung.subject for rung in tick.rung] == [WAITING, SILENT]
    assert stopped.state(SILENT) == "withdrawn"
    assert stopped.moves(SILENT)[-1].role == Role.ENGINE.value
    assert stopped.state(WAITING) == "submitted"
    assert stopped.engine.tick().rung == ()
    assert stopped.engine.verify_history().breaks == ()


def test_there_is_one_letter_for_each_thing_and_none_for_what_a_later_one_says(stopped: World) -> None:
    stopped.clock.turn(DOWN)
    Worker(stopped.engine, name="w2").round()
    told = letters(stopped)
    assert told == [f"decision_overdue {WAITING}", f"review_overdue {WAITING}", f"app_withdrawn {SILENT}"]
    assert len(told) == len(set(told))


def test_the_ledgers_say_how_late_it_was_seen(stopped: World) -> None:
    stopped.clock.turn(DOWN)
    Worker(stopped.engine, name="w2").round()
    events = stopped.engine.desk.store.clock_events(SubjectKey.parse(WAITING))
    broken = {event.sla: event for event in events if event.kind == BREACHED}
    assert set(broken) == {"first_response", "decision"}
    assert all(event.at == stopped.clock() and "late by" in event.note for event in broken.values())
    assert [event for event in events if event.kind == REMINDED and event.at == stopped.clock()] == []


def test_nobody_was_told_anything_while_it_was_down_and_its_death_showed(stopped: World) -> None:
    before = len(stopped.engine.notices(by=HOST))
    stopped.clock.turn(REST + GRACE + timedelta(seconds=1))
    assert [(one.name, one.alive) for one in standing(stopped.engine)] == [("w1", False)]
    stopped.clock.turn("23 hours")
    assert len(stopped.engine.notices(by=HOST)) == before
    Worker(stopped.engine, name="w2").round()
    assert [(one.name, one.alive) for one in standing(stopped.engine)] == [("w1", False), ("w2", True)]


def test_what_came_in_after_it_is_promised_the_usual_time(stopped: World) -> None:
    stopped.clock.turn(DOWN)
    Worker(stopped.engine, name="w2").round()
    submitted(stopped, FRESH)
    assert stopped.engine.tick().rung == ()
    assert all(promise.due_at > stopped.clock() for promise in stopped.engine.due(FRESH, by=ANN))
