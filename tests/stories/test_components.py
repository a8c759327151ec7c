"""Components: ready by themselves once tested; Plugins and Streams let in one by one."""

import pytest

from review_engine.domain.errors import InvalidInput, NotFound
from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, APP, HOOK, HOST, INFO, MONA, STRANGER, World

PLUGIN = "component/acme-plugin"


def test_a_tested_subscription_becomes_ready_by_itself(world: World) -> None:
    world.created()
    assert world.tested("red").moves == ()
    assert world.tested("green").moves == ("ready",)
    assert world.moves(HOOK)[-1].role == "engine"


def test_a_component_belongs_to_an_app_of_the_same_partner(world: World) -> None:
    world.created()
    with pytest.raises(InvalidInput, match="belongs to a subject of kind 'app'"):
        world.engine.register("component/loose", partner="acme", by=ANN)
    with pytest.raises(NotFound):
        world.engine.register("component/foreign", partner="globex", by=STRANGER, parent=APP)


def test_one_red_component_holds_the_whole_app_back(world: World) -> None:
    world.complete()
    facts = {"name": "Second", "type": "subscription", "hosting": "webhook"}
    world.engine.register("component/second", partner="acme", by=ANN, facts=facts, parent=APP)
    assert world.unmet("submit") == {"components_ready", "components_tested"}
    (checklist,) = world.engine.checklist(APP, "submit", by=ANN)
    reasons = " ".join(item.verdict.reason for item in checklist.unmet)
    assert "second" in reasons
    assert "acme-hook" not in reasons
    world.engine.move("component/second", "retire", by=ANN)
    assert world.unmet("submit") == set()


def test_a_plugin_waits_to_be_let_in_and_needs_a_device_report(world: World) -> None:
    world.created()
    engine = world.engine
    engine.register(PLUGIN, partner="acme", by=ANN, facts={"name": "Plugin", "type": "plugin"}, parent=APP)
    world.tested("green", PLUGIN)
    assert world.unmet("ready_plugin", PLUGIN) == {"admitted", "devices_tested"}
    engine.move(PLUGIN, "join_waiting_list", by=ANN)
    with pytest.raises(Refused):
        engine.move(PLUGIN, "admit", by=MONA)
    engine.edit(PLUGIN, {"admitted": True}, by=MONA)
    engine.move(PLUGIN, "admit", by=MONA)
    report = {"device_platforms": ["web", "ios"], "device_report_url": "https://acme.example/report"}
    assert engine.edit(PLUGIN, report, by=ANN).moves == ("ready_plugin",)


def test_a_subscription_needs_no_admission(world: World) -> None:
    world.created()
    with pytest.raises(Refused):
        world.engine.move(HOOK, "join_waiting_list", by=ANN)


def test_a_component_that_is_changed_has_to_be_ready_again_before_its_app_goes_in(world: World) -> None:
    world.engine.register(APP, partner="acme", by=ANN, facts=INFO)
    plugin = {"name": "Plugin", "type": "plugin", "device_platforms": ["web"]}
    world.engine.register(PLUGIN, partner="acme", by=ANN, facts=plugin, parent=APP)
    world.engine.edit(PLUGIN, {"admitted": True}, by=HOST)
    world.tested("green", PLUGIN)
    assert world.unmet("submit") == {"components_ready"}
    world.engine.edit(PLUGIN, {"device_report_url": "https://acme.example/report"}, by=ANN)
    assert world.unmet("submit") == set()
