"""Every state of every shipped workflow has its page, for everybody who may open it; nothing is left undefined."""

from dataclasses import replace

import pytest

from review_engine import ReviewEngine
from review_engine.domain.subjects import Subject
from review_engine.domain.submissions import Submission
from review_engine.ports.store import Change
from tests.console.browser import PEOPLE, Browser
from tests.console.rounds import of

KINDS = ("access_request", "app", "classic_app", "component", "membership")


def standing_everywhere(engine: ReviewEngine, kind: str) -> list[str]:
    """One subject in each state of a workflow, in its second round; their paths."""
    lifecycle, now = engine.lifecycle(kind), engine.clock()
    parent = ""
    if lifecycle.parent:
        engine.register(f"{lifecycle.parent}/whole", partner="acme", by=of(PEOPLE["own"]))
        parent = f"{lifecycle.parent}/whole"
    blank = Subject(kind, "x", "acme", "", now, 1, 1, lifecycle.revision, now, parent=parent)
    round_ = Submission(2, now, "p-ann", blank.facts_hash, claimed_by="r-rita", claimed_at=now)
    for state in lifecycle.states:
        slug = state.replace("_", "-")
        engine.desk.store.add(Change(replace(blank, slug=slug, state=state, submission=round_)))
    return [f"/{kind}/{state.replace('_', '-')}" for state in lifecycle.states]


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_has_its_page(engine: ReviewEngine, kind: str) -> None:
    paths = standing_everywhere(engine, kind)
    for who in ("own", "reviewer", "manager"):
        browser = Browser(engine, PEOPLE[who])
        assert browser.get("/apps").status == 200
        for path in paths:
            page = browser.get(path)
            assert page.status == 200, path
            assert len(page.ids) == len(set(page.ids)), path
            anchors = {link.removeprefix("#") for link in page.links if link.startswith("#")}
            assert anchors <= set(page.ids), path
            assert all(form.buttons or not form.names & {"comment"} for form in page.forms), path
    foreign = Browser(engine, PEOPLE["foreign"])
    assert {foreign.get(path).status for path in paths} == {404}


def test_these_are_all_workflows(engine: ReviewEngine) -> None:
    assert sorted(engine.desk.library.kinds()) == sorted(KINDS)
