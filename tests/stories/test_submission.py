"""A partner submits too early, and is told everything at once."""

import pytest

from review_engine.domain.errors import NotAllowed, NotFound
from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, APP, HOOK, HOST, INFO, RITA, STRANGER, World


def test_a_refusal_names_every_unmet_guard_with_a_reason_and_a_cure(world: World) -> None:
    world.created()
    with pytest.raises(Refused) as refusal:
        world.engine.move(APP, "submit", by=ANN)
    unmet = [item.verdict for item in refusal.value.unmet]
    assert [verdict.guard for verdict in unmet] == list(world.lifecycle().transitions["submit"].guards)
    assert all(verdict.reason and verdict.cure for verdict in unmet)


def test_a_refusal_leaves_nothing_behind(world: World) -> None:
    world.created()
    before = world.engine.subject(APP, by=HOST)
    with pytest.raises(Refused):
        world.engine.move(APP, "submit", by=ANN)
    assert world.engine.subject(APP, by=HOST) == before
    assert [move.transition for move in world.moves()] == ["register"]
    assert [kept.notice.name for kept in world.engine.notices(APP, by=HOST)] == ["app_welcome"]


def test_the_checklist_says_the_same_without_moving(world: World) -> None:
    world.created()
    with pytest.raises(Refused) as refusal:
        world.engine.move(APP, "submit", by=ANN)
    (checklist,) = world.engine.checklist(APP, "submit", by=ANN)
    assert checklist == refusal.value.checklist


def test_what_was_mended_is_no_longer_named(world: World) -> None:
    world.created()
    world.engine.edit(APP, INFO, by=ANN)
    assert world.unmet("submit") == {"components_ready", "components_tested"}
    world.tested("red")
    assert world.unmet("submit") == {"components_ready", "components_tested"}
    world.tested("yellow")
    assert world.unmet("submit") == set()
    assert world.engine.move(APP, "submit", by=ANN).state == "submitted"


def test_an_app_without_components_is_told_to_have_one(world: World) -> None:
    world.engine.register(APP, partner="acme", by=ANN, facts=INFO)
    assert world.unmet("submit") == {"components_ready", "components_tested"}


def test_a_submission_freezes_the_facts_for_the_partner(world: World) -> None:
    world.complete()
    world.engine.move(APP, "submit", by=ANN)
    with pytest.raises(NotAllowed, match="frozen"):
        world.engine.edit(APP, {"description": "Better still."}, by=ANN)


def test_the_wrong_role_is_refused_before_any_guard_speaks(world: World) -> None:
    world.created()
    with pytest.raises(NotAllowed):
        world.engine.move(APP, "submit", by=RITA)


def test_another_partner_can_neither_see_nor_touch_the_app(world: World) -> None:
    world.complete()
    for touch in (
        lambda: world.engine.subject(APP, by=STRANGER),
        lambda: world.engine.move(APP, "submit", by=STRANGER),
        lambda: world.engine.edit(APP, {"name": "Mine"}, by=STRANGER),
        lambda: world.engine.checklist(APP, by=STRANGER),
        lambda: world.engine.history(APP, by=STRANGER),
        lambda: world.engine.activity(APP, by=STRANGER),
    ):
        with pytest.raises(NotFound):
            touch()
    assert world.engine.list(by=STRANGER) == []


def test_evidence_that_grew_old_has_to_be_renewed(world: World) -> None:
    world.complete()
    world.clock.turn("31 days")
    assert world.unmet("submit") == {"components_tested"}
    world.tested("green")
    assert world.unmet("submit") == set()


def test_nobody_vouches_for_their_own_component(world: World) -> None:
    world.created()
    with pytest.raises(NotAllowed):
        world.engine.record_evidence(HOOK, "test_suite", "green", by=ANN)
