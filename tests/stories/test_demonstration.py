"""The story the demonstration tells comes out as it is told."""

from zoneinfo import ZoneInfo

import pytest

from review_engine.cli.demo.acts import Chapter, Move, Refusal
from review_engine.cli.demo.narrator import Narrator
from review_engine.cli.demo.player import Player, StoryBroken
from review_engine.cli.demo.story import ANN, INBOX, LETTERS, STORY, SYNC
from review_engine.domain.verdicts import Refused
from tests.stories.world import World


@pytest.fixture
def player(world: World) -> Player:
    """Somebody who plays silently."""
    calendar = world.engine.desk.library.calendar("business")
    return Player(world.engine, world.clock, calendar, Narrator(ZoneInfo(calendar.zone), silent=True))


def test_the_story_ends_where_it_says(world: World, player: Player) -> None:
    player.play(STORY)
    assert {key: world.state(key) for key in (SYNC, INBOX, LETTERS)} == {
        SYNC: "public",
        INBOX: "suspended",
        LETTERS: "withdrawn",
    }
    assert world.state("access_request/sunnyside") == "declined"
    assert world.state("membership/tidemark") == "member"
    partners = [world.engine.directory.partner(key) for key in ("tidemark", "brightbell", "quillpost", "sunnyside")]
    assert [partner.name if partner else None for partner in partners] == ["Tidemark", "Brightbell", "Quillpost", None]


def test_both_launches_were_the_engines_own(world: World, player: Player) -> None:
    player.play(STORY)
    for key in (SYNC, INBOX):
        (launch,) = [move for move in world.moves(key) if move.transition == "launch"]
        assert (launch.role, launch.by) == ("engine", "engine")


def test_a_story_that_comes_out_otherwise_is_not_told_on(world: World, player: Player) -> None:
    world.engine.register(SYNC, partner="tidemark", by=player._actor(ANN))
    with pytest.raises(Refused):
        player.play([Chapter("Too early", (Move(SYNC, "submit", ANN, "Now."),))])
    with pytest.raises(StoryBroken):
        player.play([Chapter("Refused?", (Refusal(SYNC, "withdraw", ANN, "No."),))])
