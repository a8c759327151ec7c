"""What a partner does not get to read: a round that is being judged, and words between colleagues."""

import pytest

from review_engine import Actor, Assessment, Query, ReviewEngine
from review_engine.domain.reviews import FAILED, PASSED
from review_engine.domain.verdicts import FAILED as UNMET
from tests.usecases.conftest import ANN, RITA

OMAR = Actor.reviewer("r-omar")


@pytest.fixture
def judged(engine: ReviewEngine, app: str) -> str:
    """Acme's app, of which one criterion was confirmed and one denied, without a decision so far."""
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    points = [Assessment(PASSED, "spec_adhered_to"), Assessment(FAILED, "docs_adhered_to", "Step 3 is missing.")]
    engine.assess(app, points, by=RITA)
    return app


def test_a_partner_does_not_see_criteria_of_a_round_that_is_not_decided(engine: ReviewEngine, judged: str) -> None:
    criteria = {"adheres_to_spec", "adheres_to_docs"}
    seen, whole = engine.subject(judged, by=ANN), engine.subject(judged, by=RITA)

    assert criteria.isdisjoint(seen.facts)
    assert criteria.isdisjoint(seen.said)
    assert criteria <= set(whole.facts)
    assert seen.etag == whole.etag
    assert [criteria.isdisjoint(each.facts) for each in engine.list(Query(kind="app"), by=ANN)] == [True]


def test_nor_does_the_checklist_tell(engine: ReviewEngine, judged: str) -> None:
    def outcome(by: Actor) -> str:
        (found,) = engine.checklist(judged, "approve", by=by)
        return next(item.verdict.outcome for item in found.items if item.verdict.guard == "spec_adhered_to")

    assert (outcome(ANN), outcome(RITA)) == (UNMET, PASSED)
    (partner,) = engine.survey(Query(kind="app"), by=ANN)
    (staff,) = engine.survey(Query(kind="app"), by=RITA)
    assert "spec_adhered_to" in dict(partner.open)["approve"]
    assert "spec_adhered_to" not in dict(staff.open)["approve"]


def test_the_decision_tells_everything(engine: ReviewEngine, judged: str) -> None:
    engine.move(judged, "request_changes", by=RITA, comment="Step 3 is missing.")

    assert engine.subject(judged, by=ANN).facts["adheres_to_docs"] is False
    assert engine.history(judged, by=ANN)[-1].comment == "Step 3 is missing."


def test_words_between_colleagues_stay_between_them_and_the_history_still_verifies(
    engine: ReviewEngine, judged: str
) -> None:
    engine.move(judged, "ask_second", by=RITA, comment="Is the docs point too strict?")

    assert engine.history(judged, by=OMAR)[-1].comment == "Is the docs point too strict?"
    assert engine.history(judged, by=ANN)[-1].comment == ""
    assert engine.proof(judged, by=ANN) == engine.proof(judged, by=RITA)
    assert engine.proof(judged, by=ANN).breaks == ()
