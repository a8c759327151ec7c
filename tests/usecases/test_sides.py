"""Which side somebody stands on: nobody judges what is their own or what they handed in, whatever role they act in."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from review_engine import Actor, Assessment, NotAllowed, NotFound, ReviewEngine
from review_engine.domain.activity import Usage
from review_engine.domain.actors import Role
from review_engine.domain.reviews import PASSED
from tests.usecases.conftest import ANN, CRITERIA, EVE, HOST, MO, RITA, in_beta, ready

INSIDER = Actor(Role.REVIEWER, "r-ines", frozenset({"acme"}))
"""A reviewer who is a member of the partner."""

TURNCOAT = Actor(Role.REVIEWER, "p-ann")
"""Who handed the app in as a member of the partner, and has been a reviewer since, and no member any more."""

JUDGING: dict[str, Callable[[ReviewEngine, str, Actor], object]] = {
    "claim": lambda engine, app, by: engine.move(app, "take_over", by=by),
    "confirm": lambda engine, app, by: engine.edit(app, CRITERIA, by=by),
    "assess": lambda engine, app, by: engine.assess(app, [Assessment(PASSED, "spec_adhered_to")], by=by),
    "waive": lambda engine, app, by: engine.waive(app, "active_customers", reason="We know them.", by=by),
    "vouch": lambda engine, app, by: engine.record_evidence(app, "test_suite", "green", by=by),
    "decide": lambda engine, app, by: engine.move(app, "request_changes", by=by, comment="No."),
    "approve": lambda engine, app, by: engine.move(app, "approve", by=by),
    "conclude": lambda engine, app, by: engine.conclude(app, "reject", by=by, comment="No."),
    "conclude with findings": lambda engine, app, by: engine.conclude(
        app, "request_changes", [Assessment(PASSED, "spec_adhered_to")], by=by, comment="No."
    ),
    "count": lambda engine, app, by: engine.record_activity([Usage(app, "ws-1", engine.clock())], by=by),
    "look": lambda engine, app, by: engine.disclose(app, "test_password", by=by),
}


@pytest.fixture
def judged(engine: ReviewEngine, app: str) -> str:
    """Acme's app in review, with a word between colleagues and a criterion confirmed."""
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    engine.edit(app, {"adheres_to_spec": True}, by=RITA)
    engine.move(app, "ask_second", by=RITA, comment="Between colleagues.")
    return app


@pytest.mark.parametrize("deed", JUDGING)
@pytest.mark.parametrize("by", [INSIDER, TURNCOAT, replace(TURNCOAT, role=Role.MANAGER)], ids=str)
def test_whoever_is_on_the_partners_side_judges_nothing(
    engine: ReviewEngine, judged: str, by: Actor, deed: str
) -> None:
    before = engine.subject(judged, by=HOST)
    with pytest.raises(NotAllowed):
        JUDGING[deed](engine, judged, by)
    assert engine.subject(judged, by=HOST) == before


def test_a_round_that_somebody_else_handed_in_is_anybodys_to_judge(engine: ReviewEngine) -> None:
    app = ready(engine, "acme-two")
    engine.move(app, "submit", by=Actor.partner("p-abe", of="acme"))
    engine.move(app, "claim", by=TURNCOAT)
    engine.edit(app, CRITERIA, by=TURNCOAT)
    assert engine.move(app, "approve", by=TURNCOAT).state == "public_beta"


def test_whoever_handed_a_round_in_may_still_act_for_the_partner(engine: ReviewEngine, judged: str) -> None:
    assert engine.move(judged, "withdraw", by=ANN).state == "withdrawn"


@pytest.mark.parametrize("by", [ANN, INSIDER], ids=str)
def test_words_between_colleagues_are_in_no_book_the_partners_side_may_open(
    engine: ReviewEngine, judged: str, by: Actor
) -> None:
    engine.remark(judged, "Between colleagues.", by=MO, internal=True)
    books = (
        engine.notices(judged, by=by),
        engine.history(judged, by=by),
        engine.remarks(judged, by=by),
        engine.review(judged, by=by),
        engine.subject(judged, by=by),
        engine.checklist(judged, by=by),
    )
    assert "Between colleagues" not in repr(books)
    assert "Between colleagues" in repr(engine.notices(judged, by=RITA))
    assert engine.proof(judged, by=by).breaks == ()


def test_a_criterion_under_judgement_is_hidden_from_staff_of_the_partner_too(engine: ReviewEngine, judged: str) -> None:
    assert "adheres_to_spec" not in engine.subject(judged, by=INSIDER).facts
    assert "adheres_to_spec" in engine.subject(judged, by=RITA).facts


def test_the_partner_reads_what_is_told_to_it_and_what_it_caused(engine: ReviewEngine, judged: str) -> None:
    engine.remark(judged, "Which account?", by=RITA)
    engine.remark(judged, "The one on page 3.", by=ANN)
    names = [kept.notice.name for kept in engine.notices(judged, by=ANN)]
    assert names == [
        "app_welcome", "submission_received", "review_wanted", "review_started", "message_for_partner",
        "message_for_reviewer",
    ]  # fmt: skip


def test_everybodys_history_is_not_exported_for_a_member_of_a_partner(engine: ReviewEngine, judged: str) -> None:
    with pytest.raises(NotAllowed):
        list(engine.export_history(by=INSIDER))
    assert list(engine.export_history(by=RITA))


def test_an_idempotency_key_is_its_senders(engine: ReviewEngine, app: str) -> None:
    mine = engine.remark(app, "Hello?", by=ANN, idempotency_key="click-1")
    assert engine.remark(app, "Hello.", by=RITA, idempotency_key="click-1").text == "Hello."
    assert engine.remark(app, "Hello?", by=ANN, idempotency_key="click-1") == mine
    with pytest.raises(NotFound):
        engine.remark(app, "Hello?", by=EVE, idempotency_key="click-1")


@pytest.mark.parametrize("transition", ["grant_appeal", "uphold_decision"])
def test_nobody_decides_on_their_own_appeal(engine: ReviewEngine, judged: str, transition: str) -> None:
    engine.move(judged, "reject", by=RITA, comment="No.")
    engine.move(judged, "appeal", by=Actor.partner("p-abe", of="acme"), comment="Look again.")
    with pytest.raises(NotAllowed):
        engine.move(judged, transition, by=Actor.manager("p-abe"), comment="Yes.")
    assert engine.move(judged, transition, by=MO, comment="Yes.").number > 0


def test_nobody_lets_in_again_what_they_handed_in(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    engine.move(app, "suspend", by=RITA, comment="It breaks the Spec.")
    with pytest.raises(NotAllowed):
        engine.move(app, "reinstate", by=replace(TURNCOAT, role=Role.MANAGER), comment="It does not.")
