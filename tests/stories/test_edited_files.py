"""The files were edited while Apps were in flight: what was promised stands, until somebody says otherwise.

Told on an SQLite file alone, because it is about an engine that is opened again on what another one kept.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from review_engine.assembly import open_engine
from review_engine.domain.clocks import BREACHED, REMINDED, REPROJECTED
from review_engine.domain.keys import SubjectKey
from review_engine.engine import ReviewEngine
from review_engine.settings import Settings, WorkflowSettings, shipped
from review_engine.testing import TurnableClock
from tests.stories.conftest import KEY
from tests.stories.world import ANN, APP, MONA, World

Reopen = Callable[[], World]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Workflow files of our own."""
    return Path(shutil.copytree(shipped("workflows"), tmp_path / "workflows"))


@pytest.fixture
def reopen(folder: Path, tmp_path: Path) -> Iterator[Reopen]:
    """Opens the engine on the same database, with the files as they are then and the clock as it stands."""
    clock = TurnableClock()
    opened: list[ReviewEngine] = []

    def anew() -> World:
        settings = Settings(workflows=WorkflowSettings(folder=str(folder)), secret_key=SecretStr(KEY))
        engine = open_engine(settings, url=f"sqlite:///{tmp_path / 'story.db'}", clock=clock)
        opened.append(engine)
        clock.calendar = engine.desk.library.calendar("business")
        return World(engine, clock)

    yield anew
    for engine in opened:
        engine.close()


def edit(file: Path, before: str, after: str) -> None:
    """Change one passage of a file."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def kinds(world: World) -> list[str]:
    """What the clocks of the App did."""
    return [event.kind for event in world.engine.desk.store.clock_events(SubjectKey.parse(APP))]


def submitted(world: World) -> None:
    """On Monday at ten."""
    world.complete()
    world.engine.move(APP, "submit", by=ANN)


def test_a_clock_rings_by_the_calendar_it_was_started_on(reopen: Reopen, folder: Path) -> None:
    submitted(reopen())
    edit(folder / "calendars" / "business.toml", "[hours]", 'holidays = ["2026-03-03"]\n\n[hours]')
    world = reopen()
    before = [promise.due_at for promise in world.engine.due(APP, by=ANN)]
    world.clock.turn("2 business days")
    tick = world.engine.tick()
    assert (tick.breaches, tick.put_off) == (2, 0)
    assert [promise.due_at for promise in world.engine.due(APP, by=ANN)] == before
    assert kinds(world).count(BREACHED) == 2


def test_after_the_calendar_was_applied_the_clock_rings_by_the_new_one(reopen: Reopen, folder: Path) -> None:
    submitted(reopen())
    edit(folder / "calendars" / "business.toml", "[hours]", 'holidays = ["2026-03-03"]\n\n[hours]')
    world = reopen()
    found = world.engine.apply_calendar("business", by=MONA)
    assert (len(found.moved), found.failed) == (2, {})
    world.clock.turn("1 business day")
    assert (world.engine.tick().breaches, kinds(world).count(REMINDED)) == (0, 2)
    assert kinds(world).count(REPROJECTED) == 2
    world.clock.turn("1 business day")
    assert world.engine.tick().breaches == 2


def test_an_app_is_watched_by_the_workflow_it_entered_with(reopen: Reopen, folder: Path) -> None:
    submitted(reopen())
    edit(folder / "app.toml", 'within  = "2 business days"', 'within  = "9 business days"')
    world = reopen()
    world.clock.turn("2 business days")
    tick = world.engine.tick()
    assert (tick.breaches, tick.put_off) == (2, 0)
    assert world.engine.promise_report(by=MONA).promises[1].missed == 1


def test_a_calendar_that_was_only_previewed_moved_nothing(reopen: Reopen, folder: Path) -> None:
    submitted(reopen())
    edit(folder / "calendars" / "business.toml", "[hours]", 'holidays = ["2026-03-03"]\n\n[hours]')
    world = reopen()
    assert len(world.engine.preview_calendar("business", by=MONA).moved) == 2
    assert kinds(world) == ["start", "start"]
    assert world.engine.preview_calendar("business", by=MONA).clocks == 2
