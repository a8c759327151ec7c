"""Queue and catalog when the workflow file has changed since: a subject keeps the rules it entered with."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from review_engine import Actor, ReviewEngine, Settings, open_engine
from review_engine.ports.reception import QueueQuery
from review_engine.testing import TurnableClock

ANN, HOST = Actor.partner("p-ann", of="acme"), Actor.host()

FLOW = """
[lifecycle]
name   = "app"
title  = "App"
starts = "draft"

[states.draft]
title     = "Draft"
waits_for = "{drafts}"

[states.{looked}]
title     = "Looked at"
waits_for = "reviewer"

[states.done]
title  = "Done"
final  = true
listed = {listed}

[transitions.look]
title = "Look"
from  = ["draft"]
to    = "{looked}"
by    = ["host"]

[transitions.finish]
title = "Finish"
from  = ["{looked}"]
to    = "done"
by    = ["host"]

[facts.name]
title = "Name"
type  = "text"
by    = ["partner"]

[facts.description]
title = "Description"
type  = "{described}"
by    = ["partner"]
"""
OLD = FLOW.format(drafts="reviewer", looked="looked_at", listed='{ badge = "beta" }', described="text")
NEW = FLOW.format(drafts="partner", looked="in_review", listed="true", described="secret")
UNLISTED = FLOW.format(drafts="partner", looked="in_review", listed="false", described="text")

Opener = Callable[[str], ReviewEngine]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens an engine on one database, with a workflow file of this text."""
    engines: list[ReviewEngine] = []

    def opening(text: str) -> ReviewEngine:
        (tmp_path / "calendars").mkdir(exist_ok=True)
        (tmp_path / "app.toml").write_text(text, encoding="utf-8")
        database, workflows = {"url": f"sqlite:///{tmp_path}/reviews.db"}, {"folder": str(tmp_path)}
        settings = Settings.model_validate({"database": database, "workflows": workflows})
        engines.append(open_engine(settings, clock=TurnableClock()))
        engines[-1].lifecycle()  # the files are read now, not when they say something else
        return engines[-1]

    yield opening
    for engine in engines:
        engine.close()


def keys(engine: ReviewEngine, **wanted: object) -> list[str]:
    return [entry.key for entry in engine.queue(QueueQuery(**wanted), by=HOST).entries]  # type: ignore[arg-type]


def test_whose_turn_it_is_is_said_by_the_revision_a_subject_entered_with(opened: Opener) -> None:
    old = opened(OLD)
    old.register("old-draft", partner="acme", by=ANN)
    old.register("old-looked", partner="acme", by=ANN)
    old.move("old-looked", "look", by=HOST)
    new = opened(NEW)
    new.register("new-draft", partner="acme", by=ANN)
    new.register("new-looked", partner="acme", by=ANN)
    new.move("new-looked", "look", by=HOST)
    assert keys(new) == ["app/new-looked", "app/old-draft", "app/old-looked"]
    assert keys(new, states=("draft",)) == ["app/old-draft"]
    assert keys(new, states=("looked_at",)) == ["app/old-looked"]
    (today,) = new.queue_lengths(by=HOST, since=new.clock(), until=new.clock() + timedelta(hours=1))
    assert today.waiting == 3


def test_an_engine_that_stood_already_hears_of_a_revision_that_another_process_kept(opened: Opener) -> None:
    standing = opened(OLD)
    assert keys(standing) == []
    other = opened(NEW)
    other.register("fresh", partner="acme", by=ANN)
    other.move("fresh", "look", by=HOST)
    assert keys(standing) == ["app/fresh"]


def test_what_is_listed_and_under_which_badge_is_said_by_the_revision_too(opened: Opener) -> None:
    old = opened(OLD)
    for engine, slug in ((old, "old"), (opened(NEW), "new"), (opened(UNLISTED), "hidden")):
        facts = {"name": slug} if slug == "new" else {"name": slug, "description": f"{slug} words"}
        engine.register(slug, partner="acme", by=ANN, facts=facts)
        engine.move(slug, "look", by=HOST)
        engine.move(slug, "finish", by=HOST)
    for engine in (old, opened(UNLISTED)):
        assert [(entry.slug, entry.badge, entry.description) for entry in engine.catalog().entries] == [
            ("new", "", ""),
            ("old", "beta", "old words"),
        ]
