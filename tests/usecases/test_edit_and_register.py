"""Facts and beginnings: all or nothing, by those who may, and never under a reviewer's hands."""

import pytest

from review_engine import (
    Actor,
    InvalidInput,
    NotAllowed,
    NotFound,
    ReviewEngine,
    SecretKeyMissing,
    SlugTaken,
    UnknownName,
)
from review_engine.domain.errors import InvalidFact
from review_engine.testing import open_test_engine
from tests.usecases.conftest import ANN, EVE, HOST, MO, READY_FACTS, RITA


def test_a_registration_is_the_first_move(engine: ReviewEngine) -> None:
    engine.register("acme-sync", partner="acme", by=ANN)
    (move,) = engine.history("acme-sync", by=ANN)
    assert (move.number, move.transition, move.source, move.target) == (1, "register", "", "preview")


def test_a_slug_is_given_once(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(SlugTaken):
        engine.register(app, partner="acme", by=ANN)


def test_a_partner_registers_for_its_own_organisation_only(engine: ReviewEngine) -> None:
    with pytest.raises(NotAllowed, match="not a member"):
        engine.register("acme-sync", partner="acme", by=EVE)


def test_a_component_belongs_to_an_app_of_the_same_partner(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotFound):
        engine.register("component/eves", partner="eve-corp", by=EVE, parent=app)
    with pytest.raises(InvalidInput, match="belongs to a subject of kind 'app'"):
        engine.register("component/orphan", partner="acme", by=ANN)
    with pytest.raises(InvalidInput, match="has no parent"):
        engine.register("other-app", partner="acme", by=ANN, parent=app)


def test_one_bad_fact_keeps_all_of_them_out(engine: ReviewEngine, app: str) -> None:
    before = engine.subject(app, by=ANN)
    with pytest.raises(InvalidFact):
        engine.edit(app, {"description": "Fine.", "website": "not an address"}, by=ANN)
    assert engine.subject(app, by=ANN) == before


def test_what_is_already_so_is_not_written_again(engine: ReviewEngine, app: str) -> None:
    before = engine.subject(app, by=ANN)
    engine.edit(app, {"name": READY_FACTS["name"], "categories": ["CRM"]}, by=ANN)
    assert engine.subject(app, by=ANN) == before


def test_facts_are_frozen_while_an_app_is_under_review(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    with pytest.raises(NotAllowed, match="frozen while it stands in Submitted"):
        engine.edit(app, {"description": "Other words."}, by=ANN)


def test_a_fact_is_set_by_those_the_workflow_names(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotAllowed, match="It is set by: host or reviewer or manager"):
        engine.edit(app, {"oauth_enabled_at": engine.clock()}, by=ANN)


def test_an_unknown_fact_is_answered_with_the_nearest(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'docs_url'"):
        engine.edit(app, {"doc_url": "https://acme.example"}, by=ANN)


def test_the_ledger_of_facts_keeps_what_they_were(engine: ReviewEngine, app: str) -> None:
    engine.edit(app, {"description": "Second words."}, by=ANN)
    engine.edit(app, {"description": None}, by=ANN)
    ledger = engine.desk.store.facts_ledger(engine.subject(app, by=ANN).subject_key)
    words = [change.value for change in ledger if change.name == "description"]
    assert words == ["Keeps contacts in step.", "Second words.", None]


def test_a_secret_is_sealed_and_shown_to_the_reviewer_of_the_round_only(engine: ReviewEngine, app: str) -> None:
    assert engine.subject(app, by=ANN).facts["test_password"] == "sealed:1"
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    assert engine.disclose(app, "test_password", by=RITA) == "correct horse"
    for other in (ANN, MO, HOST, Actor.reviewer("r-ralf")):
        with pytest.raises(NotAllowed):
            engine.disclose(app, "test_password", by=other)
    looks = engine.desk.store.looks(engine.subject(app, by=RITA).subject_key)
    assert [(look.fact, look.by) for look in looks] == [("test_password", "reviewer:r-rita")]


def test_whoever_gives_a_review_back_sees_its_secrets_no_longer(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    engine.move(app, "release", by=RITA)
    with pytest.raises(NotAllowed, match="reviewer of the current round"):
        engine.disclose(app, "test_password", by=RITA)


def test_a_secret_may_be_cleared_and_given_again(engine: ReviewEngine, app: str) -> None:
    engine.edit(app, {"test_password": None}, by=ANN)
    engine.edit(app, {"test_password": "battery staple"}, by=ANN)
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    assert engine.disclose(app, "test_password", by=RITA) == "battery staple"


def test_without_a_key_a_secret_is_refused_and_nothing_is_kept() -> None:
    engine = open_test_engine()
    with pytest.raises(SecretKeyMissing):
        engine.register("acme-sync", partner="acme", by=ANN, facts={"test_password": "correct horse"})
    with pytest.raises(NotFound):
        engine.subject("acme-sync", by=ANN)


def test_a_retried_registration_gets_the_same_receipt(engine: ReviewEngine) -> None:
    first = engine.register("acme-sync", partner="acme", by=ANN, facts={"name": "Acme"}, idempotency_key="k")
    again = engine.register("acme-sync", partner="acme", by=ANN, facts={"name": "Acme"}, idempotency_key="k")
    assert again == first


def test_evidence_comes_from_people_who_do_not_own_the_app(engine: ReviewEngine, app: str) -> None:
    hook = f"component/{app}.hook"
    with pytest.raises(NotAllowed):
        engine.record_evidence(hook, "test_suite", "green", by=ANN)
    with pytest.raises(UnknownName, match="Did you mean 'test_suite'"):
        engine.record_evidence(hook, "test_suit", "green", by=HOST)


def test_a_component_that_turns_red_bars_the_submission(engine: ReviewEngine, app: str) -> None:
    engine.record_evidence(f"component/{app}.hook", "test_suite", "red", by=HOST, note="401 on identify")
    (submit,) = engine.checklist(app, "submit", by=ANN)
    assert [item.verdict.guard for item in submit.unmet] == ["components_tested"]
