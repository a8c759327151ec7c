"""Apps that leave the way: withdrawn, suspended, appealed, reinstated, deprecated."""

import pytest

from review_engine.domain.errors import InvalidInput, NotAllowed
from review_engine.domain.keys import SubjectKey
from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, APP, HOST, MONA, RITA, World


def test_an_app_is_suspended_with_a_reason_and_the_partner_may_appeal(world: World) -> None:
    world.in_beta()
    with pytest.raises(InvalidInput, match="needs a comment"):
        world.engine.move(APP, "suspend", by=RITA)
    world.engine.move(APP, "suspend", by=RITA, comment="It asks for 'Purchase' where the Spec says 'Order Completed'.")
    assert not world.lifecycle().states[world.state()].listed
    world.engine.move(APP, "appeal", by=ANN, comment="It was an old page.")
    with pytest.raises(NotAllowed):
        world.engine.move(APP, "grant_appeal", by=RITA, comment="Fine.")
    world.engine.move(APP, "grant_appeal", by=MONA, comment="Look at it afresh.")
    assert world.state() == "submitted"
    assert world.engine.subject(APP, by=HOST).round == 2


def test_a_suspended_app_is_not_launched_by_its_customers(world: World) -> None:
    world.in_beta()
    world.enable_button()
    world.engine.move(APP, "suspend", by=RITA, comment="The Spec.")
    assert world.use("north", "south", "east") == []
    world.engine.move(APP, "reinstate", by=MONA, comment="Mended.")
    assert world.state() == "public"
    assert [move.transition for move in world.moves()[-2:]] == ["reinstate", "launch"]


def test_a_partner_withdraws_and_takes_it_up_again_without_losing_anything(world: World) -> None:
    world.claimed()
    world.engine.move(APP, "withdraw", by=ANN)
    clocks = world.engine.desk.dossier(SubjectKey.parse(APP), HOST, world.clock()).clocks
    assert {clock.state for clock in clocks} <= {"void", "met"}
    world.engine.move(APP, "reopen", by=ANN)
    assert world.unmet("submit") == set()
    assert world.engine.move(APP, "submit", by=ANN).state == "submitted"


def test_a_listed_app_is_not_withdrawn_but_deprecated(world: World) -> None:
    world.in_beta()
    with pytest.raises(Refused, match="stands in Public Beta"):
        world.engine.move(APP, "withdraw", by=ANN)
    world.engine.move(APP, "deprecate", by=ANN, comment="We make something better.")
    assert world.state() == "deprecated"


def test_a_rejected_app_can_be_reworked(world: World) -> None:
    world.claimed()
    world.engine.move(APP, "reject", by=RITA, comment="It sells the data it receives.")
    world.engine.move(APP, "rework", by=ANN)
    assert world.state() == "preview"


def test_every_history_still_verifies(world: World) -> None:
    world.in_beta()
    world.engine.move(APP, "suspend", by=RITA, comment="The Spec.")
    verified = world.engine.verify_history()
    assert verified.breaks == ()
    assert verified.subjects == 2
    assert verified.moves == len(world.moves()) + len(world.moves("component/acme-hook"))
