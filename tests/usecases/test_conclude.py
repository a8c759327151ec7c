"""Deciding on a round: what was found and what follows from it stand together, or neither does."""

import pytest

from review_engine import Actor, InvalidInput, KeyReused, MoveConflict, NotAllowed, NotFound, Refused, ReviewEngine
from review_engine.domain.reviews import FAILED, PASSED, Assessment
from tests.usecases.conftest import ANN, EVE, MO, RITA

OMAR = Actor.reviewer("r-omar")
CRITERIA = ("spec_adhered_to", "docs_adhered_to", "volume_handled", "entry_accurate", "signup_works", "data_seen")
ALL = [Assessment(PASSED, name) for name in CRITERIA]
DOCS = Assessment(FAILED, "docs_adhered_to", "Step 3 names another button.")


@pytest.fixture
def claimed(engine: ReviewEngine, app: str) -> str:
    """Acme's app, in Rita's hands."""
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    return app


def test_findings_and_the_decision_that_rests_on_them_are_one_write(engine: ReviewEngine, claimed: str) -> None:
    before = engine.subject(claimed, by=RITA)
    receipt = engine.conclude(claimed, "approve", ALL, by=RITA, expect=before.etag, comment="Welcome.")
    after = engine.subject(claimed, by=RITA)
    assert (after.state, after.revision) == ("public_beta", before.revision + 1)
    assert (receipt.moves, receipt.etag) == (("approve",), after.etag)
    assert {one.criterion for one in engine.review(claimed, by=RITA).findings} == set(CRITERIA)
    assert engine.history(claimed, by=RITA)[-1].comment == "Welcome."
    assert engine.proof(claimed, by=RITA).breaks == ()


def test_a_refused_decision_keeps_none_of_its_findings(engine: ReviewEngine, claimed: str) -> None:
    before = engine.subject(claimed, by=RITA)
    with pytest.raises(Refused) as refused:
        engine.conclude(claimed, "approve", [*ALL[:1], DOCS], by=RITA)
    assert "docs_adhered_to" in {item.verdict.guard for item in refused.value.unmet}
    assert "spec_adhered_to" not in {item.verdict.guard for item in refused.value.unmet}
    assert engine.subject(claimed, by=RITA) == before
    assert engine.review(claimed, by=RITA).findings == ()


def test_a_decision_from_a_stale_page_keeps_none_of_its_findings(engine: ReviewEngine, claimed: str) -> None:
    page = engine.review(claimed, by=RITA)
    engine.move(claimed, "ask_second", by=RITA, comment="Have a look, please.")
    with pytest.raises(MoveConflict):
        engine.conclude(claimed, "approve", ALL, by=RITA, expect=page.etag)
    assert engine.review(claimed, by=RITA).findings == ()


def test_deciding_twice_with_one_key_is_deciding_once(engine: ReviewEngine, claimed: str) -> None:
    first = engine.conclude(claimed, "approve", ALL, by=RITA, idempotency_key="click-1")
    assert engine.conclude(claimed, "approve", ALL, by=RITA, idempotency_key="click-1") == first
    assert len(engine.review(claimed, by=RITA).findings) == len(CRITERIA)
    with pytest.raises(KeyReused):
        engine.conclude(claimed, "approve", ALL[:1], by=RITA, idempotency_key="click-1")


def test_the_letter_tells_what_was_found_with_the_decision(engine: ReviewEngine, claimed: str) -> None:
    engine.conclude(claimed, "request_changes", [*ALL[2:], ALL[0], DOCS], by=RITA, comment="Nearly there.")
    (told,) = [one.notice for one in engine.notices(claimed, by=RITA) if one.notice.name == "changes_requested"]
    assert [each["reason"] for each in told.context["unmet"]] == [DOCS.comment]  # type: ignore[attr-defined]


def test_facts_that_the_decision_rests_on_are_set_with_it(engine: ReviewEngine, claimed: str) -> None:
    engine.conclude(claimed, "approve", ALL, by=MO, facts={"tier": "priority"})
    assert engine.subject(claimed, by=MO).facts["tier"] == "priority"
    ledger = engine.desk.store.facts_ledger(engine.subject(claimed, by=MO).subject_key)
    assert [change.said.by for change in ledger if change.name == "tier"] == ["m-mo"]


def test_what_a_finding_says_of_a_fact_holds_whatever_else_is_said_of_it(engine: ReviewEngine, claimed: str) -> None:
    engine.conclude(claimed, "request_changes", [DOCS], by=RITA, facts={"adheres_to_docs": True}, comment="Step 3.")
    assert engine.subject(claimed, by=RITA).facts["adheres_to_docs"] is False


def test_a_decision_without_findings_is_a_move(engine: ReviewEngine, claimed: str) -> None:
    assert engine.conclude(claimed, "reject", by=RITA, comment="Not for us.").moves == ("reject",)


@pytest.mark.parametrize(("actor", "error"), [(OMAR, NotAllowed), (ANN, NotAllowed), (EVE, NotFound)], ids=str)
def test_others_do_not_conclude(engine: ReviewEngine, claimed: str, actor: Actor, error: type[Exception]) -> None:
    with pytest.raises(error):
        engine.conclude(claimed, "approve", ALL, by=actor)
    assert engine.subject(claimed, by=RITA).state == "in_review"


def test_a_finding_that_cannot_be_kept_keeps_the_decision_out(engine: ReviewEngine, claimed: str) -> None:
    with pytest.raises(InvalidInput):
        engine.conclude(claimed, "reject", [Assessment(FAILED, "data_seen")], by=RITA, comment="Not for us.")
    assert engine.subject(claimed, by=RITA).state == "in_review"
