"""A review: claimed, sent back, submitted again, approved; each decision bound to what was seen."""

import pytest

from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import InvalidInput, MoveConflict, NotAllowed
from review_engine.domain.keys import SubjectKey
from tests.stories.world import ANN, APP, CRITERIA, HOST, MONA, OMAR, RITA, World


def test_a_review_goes_back_and_forth_and_ends_in_public_beta(world: World) -> None:
    world.claimed()
    engine = world.engine
    engine.edit(APP, {**CRITERIA, "adheres_to_docs": False}, by=RITA)
    engine.move(APP, "request_changes", by=RITA, comment="Step 3 names another button.")
    engine.edit(APP, {"docs_url": "https://acme.example/docs/2"}, by=ANN)
    engine.move(APP, "submit", by=ANN)
    engine.move(APP, "claim", by=OMAR)
    engine.edit(APP, CRITERIA, by=OMAR)
    engine.move(APP, "approve", by=OMAR)
    assert [(move.transition, move.target) for move in world.moves()[1:]] == [
        ("submit", "submitted"),
        ("claim", "in_review"),
        ("request_changes", "changes_requested"),
        ("submit", "submitted"),
        ("claim", "in_review"),
        ("approve", "public_beta"),
    ]
    assert [move.round for move in world.moves()[1:]] == [1, 1, 1, 2, 2, 2]


def test_criteria_confirmed_in_an_earlier_round_do_not_count_in_this_one(world: World) -> None:
    world.claimed()
    world.engine.edit(APP, CRITERIA, by=RITA)
    world.clock.turn("1 hour")
    world.engine.move(APP, "request_changes", by=RITA, comment="One more thing.")
    world.clock.turn("1 hour")
    world.engine.move(APP, "submit", by=ANN)
    world.engine.move(APP, "claim", by=RITA)
    assert len(world.unmet("approve", by=RITA)) == len(CRITERIA)
    world.engine.edit(APP, CRITERIA, by=RITA)
    assert world.unmet("approve", by=RITA) == set()


def test_changes_are_not_requested_without_words(world: World) -> None:
    world.claimed()
    with pytest.raises(InvalidInput, match="needs a comment"):
        world.engine.move(APP, "request_changes", by=RITA)


def test_a_reviewer_who_belongs_to_the_partner_does_not_decide(world: World) -> None:
    world.claimed()
    insider = Actor(Role.REVIEWER, "ina", frozenset({"acme"}))
    for attempt in ("approve", "request_changes", "reject"):
        with pytest.raises(NotAllowed):
            world.engine.move(APP, attempt, by=insider, comment="Fine.")


def test_the_page_a_reviewer_looked_at_is_what_they_decide_on(world: World) -> None:
    world.claimed()
    stale = world.engine.subject(APP, by=RITA).etag
    world.engine.move(APP, "release", by=RITA)
    world.engine.move(APP, "claim", by=OMAR)
    world.engine.edit(APP, CRITERIA, by=OMAR)
    with pytest.raises(MoveConflict):
        world.engine.move(APP, "approve", by=RITA, expect=stale)
    assert world.state() == "in_review"


def test_a_secret_is_shown_to_the_reviewer_of_the_round_and_the_look_is_recorded(world: World) -> None:
    world.claimed()
    assert world.engine.disclose(APP, "test_password", by=RITA) == "correct-horse-acme"
    for other in (OMAR, MONA, HOST, ANN):
        with pytest.raises(NotAllowed):
            world.engine.disclose(APP, "test_password", by=other)
    looks = world.engine.desk.store.looks(SubjectKey.parse(APP))
    assert [(look.fact, look.by) for look in looks] == [("test_password", "reviewer:rita")]
    assert "correct-horse" not in str(world.engine.subject(APP, by=RITA))


def test_an_absent_reviewer_is_replaced(world: World) -> None:
    world.claimed()
    world.engine.move(APP, "take_over", by=OMAR)
    assert world.engine.disclose(APP, "test_password", by=OMAR)
    with pytest.raises(NotAllowed):
        world.engine.disclose(APP, "test_password", by=RITA)


def test_asking_twice_with_one_key_moves_once(world: World) -> None:
    world.complete()
    first = world.engine.move(APP, "submit", by=ANN, idempotency_key="click-1")
    again = world.engine.move(APP, "submit", by=ANN, idempotency_key="click-1")
    assert first == again
    assert [move.transition for move in world.moves()] == ["register", "submit"]


def test_the_decision_clock_halts_while_the_partner_has_the_word(world: World) -> None:
    world.claimed()
    world.engine.edit(APP, {"adheres_to_docs": False}, by=RITA)
    world.engine.move(APP, "request_changes", by=RITA, comment="The docs.")
    before = clocks(world)["decision"]
    world.clock.turn("5 business days")
    world.engine.move(APP, "submit", by=ANN)
    after = clocks(world)["decision"]
    assert before[0] == "paused"
    assert after[0] == "running"
    assert after[1] > world.clock().isoformat()


def clocks(world: World) -> dict[str, tuple[str, str]]:
    """State and due date of each promise."""
    dossier = world.engine.desk.dossier(SubjectKey.parse(APP), HOST, world.clock())
    return {clock.sla: (clock.state, clock.due_at.isoformat()) for clock in dossier.clocks}
