"""The conversation: kept once, counted for each side, told to the other one, and binding nobody's page."""

import pytest

from review_engine import Actor, InvalidInput, KeyReused, NotAllowed, NotFound, ReviewEngine
from review_engine.domain.actors import Role
from review_engine.testing import TurnableClock
from review_engine.usecases.converse import TEXT_MAX
from tests.usecases.conftest import ANN, EVE, HOST, MO, RITA

INSIDER = Actor(Role.REVIEWER, "r-ina", frozenset({"acme"}))


def told(engine: ReviewEngine, app: str) -> list[tuple[str, tuple[str, ...], str]]:
    """The notices about remarks: name, audience, words."""
    kept = [one.notice for one in engine.notices(app, by=HOST) if one.notice.cause.startswith("remark")]
    return [(one.name, one.to, str(one.context["comment"])) for one in kept]


def test_a_remark_is_kept_and_binds_nobodys_page(engine: ReviewEngine, app: str, clock: TurnableClock) -> None:
    before = engine.subject(app, by=ANN)
    said = engine.remark(app, "  Which key?\nThe old one? ", by=RITA)
    assert (said.number, said.text, said.role, said.by) == (1, "Which key?\nThe old one?", "reviewer", "r-rita")
    assert (said.at, said.round, said.internal) == (clock(), 0, False)
    assert engine.remarks(app, by=ANN) == (said,)
    after = engine.subject(app, by=ANN)
    assert (after.etag, after.number, after.facts) == (before.etag, before.number, before.facts)
    engine.move(app, "submit", by=ANN, expect=before.etag)


def test_the_other_side_is_told(engine: ReviewEngine, app: str) -> None:
    for actor, text in ((ANN, "one"), (RITA, "two"), (HOST, "three"), (MO, "four")):
        engine.remark(app, text, by=actor)
    engine.remark(app, "between us", by=MO, internal=True)
    assert told(engine, app) == [
        ("message_for_reviewer", ("reviewer",), "one"),
        ("message_for_partner", ("partner",), "two"),
        ("message_for_partner", ("partner",), "three"),
        ("message_for_partner", ("partner",), "four"),
    ]


def test_a_partner_counts_without_what_is_internal(engine: ReviewEngine, app: str) -> None:
    engine.remark(app, "between us", by=MO, internal=True)
    assert engine.remark(app, "Hello?", by=ANN).number == 1
    assert engine.remark(app, "Hello.", by=RITA).number == 3
    assert [one.number for one in engine.remarks(app, by=ANN)] == [1, 2]
    assert [one.number for one in engine.remarks(app, by=RITA)] == [1, 2, 3]
    causes = [one.notice.cause for one in engine.notices(app, by=ANN) if one.notice.name.startswith("message")]
    assert causes == ["remark 1", "remark 2"]


def test_saying_it_twice_with_one_key_is_saying_it_once(engine: ReviewEngine, app: str) -> None:
    first = engine.remark(app, "Hello?", by=ANN, idempotency_key="click-1")
    engine.remark(app, "Hello.", by=RITA)
    assert engine.remark(app, "Hello?", by=ANN, idempotency_key="click-1") == first
    assert len(engine.remarks(app, by=RITA)) == 2
    with pytest.raises(KeyReused):
        engine.remark(app, "Hello!", by=ANN, idempotency_key="click-1")


@pytest.mark.parametrize("text", ["", " \n ", "x" * (TEXT_MAX + 1), "a\0b", "\ud800"])
def test_words_that_cannot_be_kept_are_refused(engine: ReviewEngine, app: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        engine.remark(app, text, by=ANN)
    assert engine.remarks(app, by=ANN) == ()


def test_partners_write_nothing_internal_and_nobody_writes_for_both_sides(engine: ReviewEngine, app: str) -> None:
    for actor in (ANN, INSIDER):
        with pytest.raises(NotAllowed):
            engine.remark(app, "x", by=actor, internal=True)
    with pytest.raises(NotAllowed):
        engine.remark(app, "x", by=INSIDER)


def test_a_strangers_conversation_is_not_there(engine: ReviewEngine, app: str) -> None:
    for key in (app, "app/nobodys"):
        with pytest.raises(NotFound):
            engine.remark(key, "x", by=EVE)
        with pytest.raises(NotFound):
            engine.remarks(key, by=EVE)


def test_a_workflow_without_a_conversation_keeps_remarks_and_tells_nobody(engine: ReviewEngine, app: str) -> None:
    hook = f"component/{app}.hook"
    engine.remark(hook, "Does it retry?", by=RITA)
    assert [one.text for one in engine.remarks(hook, by=ANN)] == ["Does it retry?"]
    assert told(engine, hook) == []
