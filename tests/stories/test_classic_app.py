"""The older rules, played by the same engine: in by request, beta by three customers, then the programme."""

from datetime import timedelta

import pytest

from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, HOST, MONA, RITA, World

KEY = "classic_app/acme-classic"


@pytest.fixture
def private_beta(world: World) -> World:
    """Let in, built, reviewed, approved."""
    engine = world.engine
    facts = {"name": "Acme Classic", "use_cases": "Send events.", "plan": "Soon.", "sort": "destination"}
    engine.register(KEY, partner="acme", by=ANN, facts=facts)
    engine.move(KEY, "request", by=ANN)
    engine.move(KEY, "let_in", by=RITA)
    engine.edit(
        KEY,
        {
            "description": "As it was.",
            "website": "https://acme.example",
            "docs_url": "https://acme.example/docs",
            "launch_post_url": "https://acme.example/blog",
        },
        by=ANN,
    )
    engine.record_evidence(KEY, "test_suite", "green", by=HOST, lasts=timedelta(days=30))
    engine.move(KEY, "submit", by=ANN)
    engine.move(KEY, "claim", by=RITA)
    engine.edit(KEY, {"works": True}, by=RITA)
    engine.move(KEY, "approve", by=RITA)
    return world


def test_the_third_customer_brings_it_to_public_beta(private_beta: World) -> None:
    private_beta.enable_button(KEY)
    assert private_beta.use("north", "south", app=KEY) == []
    assert private_beta.use("east", app=KEY) == ["launch"]
    assert private_beta.state(KEY) == "public_beta"


def test_a_source_has_no_button_to_show_and_is_excused(private_beta: World) -> None:
    private_beta.use("north", "south", "east", app=KEY)
    assert private_beta.unmet("launch", KEY) == {"oauth_button"}
    given = private_beta.engine.waive(KEY, "oauth_button", reason="It is a source.", by=MONA)
    assert given.moves == ("launch",)


def test_the_partner_programme_is_the_last_step(private_beta: World) -> None:
    private_beta.enable_button(KEY)
    private_beta.use("north", "south", "east", app=KEY)
    with pytest.raises(Refused):
        private_beta.engine.move(KEY, "join_programme", by=MONA)
    private_beta.engine.edit(KEY, {"programme_joined_at": "2026-03-02"}, by=HOST)
    private_beta.engine.move(KEY, "join_programme", by=MONA)
    assert private_beta.state(KEY) == "programme"


def test_both_rules_stand_beside_each_other(private_beta: World) -> None:
    private_beta.created()
    assert private_beta.engine.census(by=HOST) == {
        ("app", "preview"): 1,
        ("classic_app", "private_beta"): 1,
        ("component", "building"): 1,
    }
