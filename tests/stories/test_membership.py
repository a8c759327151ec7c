"""A partner joins the programme once its App is in Public Beta."""

import pytest

from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, APP, MONA, World

KEY = "membership/acme"


def test_an_invited_partner_joins_and_its_benefits_are_confirmed(world: World) -> None:
    world.in_beta()
    engine = world.engine
    engine.register(KEY, partner="acme", by=MONA, facts={"app": APP})
    with pytest.raises(Refused):
        engine.move(KEY, "invite", by=MONA)
    engine.edit(KEY, {"beta_since": "2026-03-02"}, by=MONA)
    engine.move(KEY, "invite", by=MONA)
    with pytest.raises(Refused):
        engine.move(KEY, "join", by=ANN)
    engine.edit(KEY, {"agreement_version": "2026-01"}, by=ANN)
    engine.move(KEY, "join", by=ANN)
    engine.edit(KEY, {"benefits": ["Training"]}, by=MONA)
    engine.move(KEY, "grant_benefits", by=MONA)
    assert world.state(KEY) == "member"


def test_an_invitation_can_be_declined(world: World) -> None:
    world.engine.register(KEY, partner="acme", by=MONA, facts={"app": APP, "beta_since": "2026-03-02"})
    world.engine.move(KEY, "invite", by=MONA)
    world.engine.move(KEY, "decline", by=ANN)
    assert world.state(KEY) == "declined"
