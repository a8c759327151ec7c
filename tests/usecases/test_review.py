"""Handing in findings: with their facts or not at all, once for a key, by whom they may; what letters make of it."""

from datetime import datetime

import pytest

from review_engine import Actor, InvalidInput, KeyReused, MoveConflict, NotAllowed, NotFound, ReviewEngine, UnknownName
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import FAILED, NOTED, PASSED, Assessment, Drip
from review_engine.testing import TurnableClock
from tests.usecases.conftest import ANN, EVE, HOST, MO, RITA

OMAR = Actor.reviewer("r-omar")
CRITERIA = ("spec_adhered_to", "docs_adhered_to", "volume_handled", "entry_accurate", "signup_works", "data_seen")
ALL = [Assessment(PASSED, name) for name in CRITERIA]
DOCS = Assessment(FAILED, "docs_adhered_to", "Step 3 names another button.", "docs_url")


@pytest.fixture
def claimed(engine: ReviewEngine, app: str) -> str:
    """Acme's app, in Rita's hands."""
    engine.move(app, "submit", by=ANN)
    engine.move(app, "claim", by=RITA)
    return app


def findings(engine: ReviewEngine, app: str) -> list[tuple[str, str]]:
    """What was found, as (criterion, result)."""
    return [(one.criterion, one.result) for one in engine.desk.store.findings(SubjectKey.parse(app))]


def test_findings_and_facts_are_written_together(engine: ReviewEngine, claimed: str, clock: TurnableClock) -> None:
    before = engine.subject(claimed, by=RITA)
    receipt = engine.assess(claimed, [DOCS, ALL[0]], by=RITA)
    after = engine.subject(claimed, by=RITA)
    assert (after.facts["adheres_to_docs"], after.facts["adheres_to_spec"]) == (False, True)
    assert after.said["adheres_to_docs"] == ("reviewer", "r-rita", clock())
    assert (receipt.moves, receipt.etag, receipt.number) == ((), before.etag, before.number)
    assert after.revision == before.revision + 1
    (first, second) = engine.desk.store.findings(SubjectKey.parse(claimed))
    assert (first.number, first.round, first.by, first.about, first.at) == (
        1,
        1,
        "reviewer:r-rita",
        "docs_url",
        clock(),
    )
    assert (second.number, second.result) == (2, PASSED)


def test_one_point_that_cannot_be_kept_keeps_all_of_them_out(engine: ReviewEngine, claimed: str) -> None:
    before = engine.subject(claimed, by=RITA)
    for bad, error in (
        (Assessment(PASSED, "launch_info_complete"), UnknownName),
        (Assessment(FAILED, "data_seen"), InvalidInput),
        (Assessment(NOTED, "", "x", "nothing_declared"), UnknownName),
    ):
        with pytest.raises(error):
            engine.assess(claimed, [ALL[0], bad], by=RITA)
    assert engine.subject(claimed, by=RITA) == before
    assert findings(engine, claimed) == []


def test_handing_in_twice_with_one_key_is_handing_in_once(engine: ReviewEngine, claimed: str) -> None:
    first = engine.assess(claimed, [DOCS], by=RITA, idempotency_key="click-1")
    engine.move(claimed, "release", by=RITA)
    assert engine.assess(claimed, [DOCS], by=RITA, idempotency_key="click-1") == first
    assert findings(engine, claimed) == [("docs_adhered_to", FAILED)]
    with pytest.raises(KeyReused):
        engine.assess(claimed, ALL, by=RITA, idempotency_key="click-1")


def test_findings_are_bound_to_the_page_they_were_made_on(engine: ReviewEngine, claimed: str) -> None:
    page = engine.review(claimed, by=RITA)
    engine.move(claimed, "take_over", by=OMAR)
    engine.move(claimed, "take_over", by=RITA)
    with pytest.raises(MoveConflict):
        engine.assess(claimed, ALL, by=RITA, expect=page.etag)
    engine.assess(claimed, ALL, by=RITA, expect=engine.review(claimed, by=RITA).etag)
    assert len(findings(engine, claimed)) == len(CRITERIA)


def test_confirming_again_in_a_new_round_counts_for_it(
    engine: ReviewEngine, claimed: str, clock: TurnableClock
) -> None:
    engine.assess(claimed, ALL, by=RITA)
    engine.move(claimed, "request_changes", by=RITA, comment="One more thing.")
    clock.turn("1 hour")
    engine.move(claimed, "submit", by=ANN)
    engine.move(claimed, "claim", by=RITA)
    engine.assess(claimed, ALL, by=RITA)
    assert engine.move(claimed, "approve", by=RITA).state == "public_beta"


@pytest.mark.parametrize("actor", [ANN, HOST, OMAR, Actor(RITA.role, "r-rita", frozenset({"acme"}))], ids=str)
def test_others_do_not_assess(engine: ReviewEngine, claimed: str, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        engine.assess(claimed, ALL, by=actor)


def test_a_strangers_app_is_not_there(engine: ReviewEngine, claimed: str, clock: TurnableClock) -> None:
    absent = "app/nobodys"
    for key in (claimed, absent):
        with pytest.raises(NotFound):
            engine.review(key, by=EVE)
        with pytest.raises(NotFound):
            engine.assess(key, ALL, by=EVE)
        with pytest.raises(NotFound):
            engine.changes_since(key, clock(), by=EVE)


def test_a_sheet_before_the_first_submission_is_empty(engine: ReviewEngine, app: str) -> None:
    sheet = engine.review(app, by=RITA)
    assert (sheet.round, sheet.open, sheet.findings, sheet.changed) == (0, False, (), ())
    assert [one.current for one in sheet.criteria] == [None] * len(CRITERIA)


def test_a_sheet_can_be_written_as_json(engine: ReviewEngine, claimed: str) -> None:
    engine.assess(claimed, [DOCS, ALL[0]], by=RITA)
    shown = engine.review(claimed, by=RITA).as_dict()
    assert shown["etag"] == engine.subject(claimed, by=RITA).etag
    assert shown["first_seen"] == {"docs_adhered_to": 1, "docs_url": 1}
    docs = next(one for one in shown["criteria"] if one["name"] == "docs_adhered_to")  # type: ignore[attr-defined]
    assert docs["current"]["comment"] == DOCS.comment


def test_what_was_found_stands_in_the_letter_to_the_partner(engine: ReviewEngine, claimed: str) -> None:
    beside = Assessment(FAILED, "", "The logo is blurred.", "logo_url")
    engine.assess(claimed, [*ALL[2:], ALL[0], DOCS, beside, Assessment(FAILED, "", "Too loud.")], by=RITA)
    engine.move(claimed, "request_changes", by=RITA, comment="Nearly there.")
    (told,) = [one.notice for one in engine.notices(claimed, by=RITA) if one.notice.name == "changes_requested"]
    assert [(each["title"], each["reason"]) for each in told.context["unmet"]] == [  # type: ignore[attr-defined]
        ("Adheres to its own documentation", "Step 3 names another button."),
        ("Logo", "The logo is blurred."),
        ("Also", "Too loud."),
    ]


def test_how_findings_dripped_is_for_staff_and_host(engine: ReviewEngine, claimed: str, clock: TurnableClock) -> None:
    engine.assess(claimed, [DOCS], by=RITA)
    engine.move(claimed, "request_changes", by=RITA, comment="The docs.")
    engine.move(claimed, "submit", by=ANN)
    engine.move(claimed, "claim", by=RITA)
    clock.turn("1 hour")
    engine.assess(claimed, [DOCS, DOCS._replace(criterion="data_seen")], by=RITA)
    for actor in (RITA, MO, HOST):
        assert engine.late_findings(by=actor) == [Drip("reviewer:r-rita", 2, 1)]
    assert engine.late_findings(by=MO, since=clock()) == [Drip("reviewer:r-rita", 2, 1)]
    clock.turn("1 hour")
    assert engine.late_findings(by=MO, since=clock()) == []
    with pytest.raises(NotAllowed):
        engine.late_findings(by=ANN)
    with pytest.raises(InvalidInput):
        engine.late_findings(by=MO, since=datetime(2026, 3, 2))
