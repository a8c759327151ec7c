"""From Public Beta to Public: three customers and a button, and nobody presses anything."""

from datetime import timedelta

import pytest

from review_engine.domain.errors import InvalidInput, NotAllowed, UnknownName
from tests.stories.world import ANN, APP, HOST, MONA, RITA, World


def test_the_third_customer_launches_an_app_that_has_the_button(world: World) -> None:
    world.in_beta()
    world.enable_button()
    assert world.use("north") == []
    assert world.use("south") == []
    assert world.use("east") == ["launch"]
    last = world.moves()[-1]
    assert (last.target, last.role, last.by) == ("public", "engine", "engine")
    assert {verdict.outcome for verdict in last.verdicts} == {"passed"}


def test_the_button_launches_an_app_that_has_three_customers(world: World) -> None:
    world.in_beta()
    assert world.use("north", "south", "east") == []
    assert world.unmet("launch") == {"oauth_button"}
    assert world.enable_button().moves == ("launch",)
    assert world.state() == "public"


def test_the_same_customer_three_times_is_one(world: World) -> None:
    world.in_beta()
    world.enable_button()
    for _ in range(3):
        world.use("north")
    assert world.state() == "public_beta"
    assert len(world.engine.activity(APP, by=HOST)) == 1


def test_own_and_test_workspaces_stand_in_the_ledger_and_do_not_count(world: World) -> None:
    world.in_beta()
    world.enable_button()
    world.use("acme-own", excluded="partner's own")
    world.use("acme-staging", excluded="test workspace")
    world.use("north", "south")
    ledger = {line.customer: (line.counts, line.why) for line in world.engine.activity(APP, by=ANN)}
    assert ledger["acme-own"] == (False, "does not count: partner's own")
    assert ledger["acme-staging"] == (False, "does not count: test workspace")
    assert [customer for customer, (counts, _) in ledger.items() if counts] == ["north", "south"]
    assert world.state() == "public_beta"


def test_customers_of_long_ago_no_longer_count(world: World) -> None:
    world.in_beta()
    world.enable_button()
    world.use("north", "south")
    world.clock.turn(timedelta(days=29))
    world.use("east")
    assert world.state() == "public_beta"
    assert sum(line.counts for line in world.engine.activity(APP, by=HOST)) == 1
    world.use("north", "south")
    assert world.state() == "public"


def test_a_batch_merged_again_changes_nothing(world: World) -> None:
    world.in_beta()
    world.use("north", "south")
    before = world.engine.activity(APP, by=HOST)
    world.use("north", "south")
    assert world.engine.activity(APP, by=HOST) == before


def test_partners_do_not_count_their_own_customers(world: World) -> None:
    world.in_beta()
    with pytest.raises(NotAllowed):
        world.engine.record_activity([], by=ANN)


def test_a_use_in_the_future_is_refused_and_nothing_is_merged(world: World) -> None:
    world.in_beta()
    with pytest.raises(InvalidInput, match="future"):
        world.use("north", at=world.clock() + timedelta(minutes=1))
    assert world.engine.activity(APP, by=HOST) == []


def test_a_waived_guard_shows_as_waived_and_launches(world: World) -> None:
    world.in_beta()
    world.enable_button()
    given = world.engine.waive(APP, "active_customers", reason="Shown on stage.", by=MONA)
    assert given.moves == ("launch",)
    verdicts = {verdict.guard: verdict for verdict in world.moves()[-1].verdicts}
    assert verdicts["active_customers"].outcome == "waived"
    assert "Shown on stage." in verdicts["active_customers"].reason


def test_only_what_may_be_waived_is_waived_and_only_by_staff_and_with_a_reason(world: World) -> None:
    world.in_beta()
    with pytest.raises(NotAllowed, match="cannot be waived"):
        world.engine.waive(APP, "oauth_button", reason="In a hurry.", by=MONA)
    with pytest.raises(NotAllowed):
        world.engine.waive(APP, "active_customers", reason="In a hurry.", by=ANN)
    with pytest.raises(InvalidInput, match="reason"):
        world.engine.waive(APP, "active_customers", reason=" ", by=RITA)
    with pytest.raises(UnknownName, match="active_customers"):
        world.engine.waive(APP, "active_customer", reason="In a hurry.", by=RITA)


def test_an_exception_that_has_ended_excuses_no_longer(world: World) -> None:
    world.in_beta()
    until = world.clock() + timedelta(days=7)
    world.engine.waive(APP, "active_customers", reason="For the fair.", by=MONA, until=until)
    assert world.unmet("launch") == {"oauth_button"}
    world.clock.turn(timedelta(days=7))
    assert world.unmet("launch") == {"oauth_button", "active_customers"}
