"""A review over two rounds: findings, one that does not apply, one that comes late, a second reviewer, and the talk."""

from datetime import timedelta

import pytest

from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import MoveConflict, NotAllowed, NotFound
from review_engine.domain.reviews import FAILED, NOT_APPLICABLE, NOTED, PASSED, Assessment, Difference
from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, APP, HOST, INFO, MONA, OMAR, RITA, STRANGER, World

CRITERIA = ("spec_adhered_to", "docs_adhered_to", "volume_handled", "entry_accurate", "signup_works", "data_seen")
INSIDER = Actor(Role.REVIEWER, "ina", frozenset({"acme"}))
DOCS = "https://acme.example/docs/2"


def passed(*but: str) -> list[Assessment]:
    """Everything is fine, but for some."""
    return [Assessment(PASSED, name) for name in CRITERIA if name not in but]


def sent_back(world: World) -> None:
    """Round 1 was sent back for its documentation, and stands before a second review."""
    world.claimed()
    world.clock.turn("1 hour")
    findings = [
        *passed("docs_adhered_to", "volume_handled"),
        Assessment(FAILED, "docs_adhered_to", "Step 3 names another button.", "docs_url"),
        Assessment(NOT_APPLICABLE, "volume_handled", "It is used once a day."),
    ]
    world.engine.assess(APP, findings, by=RITA)
    world.clock.turn("1 hour")
    world.engine.move(APP, "request_changes", by=RITA, comment="The documentation.")
    world.engine.edit(APP, {"docs_url": DOCS}, by=ANN)
    world.clock.turn("1 hour")
    world.engine.move(APP, "submit", by=ANN)
    world.engine.move(APP, "claim", by=OMAR)
    world.clock.turn("1 hour")


def test_what_is_found_decides_what_approval_lacks(world: World) -> None:
    world.claimed()
    world.engine.assess(APP, passed("docs_adhered_to"), by=RITA)
    assert world.unmet("approve", by=RITA) == {"docs_adhered_to"}
    world.engine.assess(APP, [Assessment(FAILED, "docs_adhered_to", "Step 3.")], by=RITA)
    with pytest.raises(Refused) as refused:
        world.engine.move(APP, "approve", by=RITA)
    assert [item.verdict.guard for item in refused.value.unmet] == ["docs_adhered_to"]
    world.engine.assess(APP, [Assessment(NOT_APPLICABLE, "docs_adhered_to", "There is nothing to set up.")], by=RITA)
    world.engine.move(APP, "approve", by=RITA)
    assert world.state() == "public_beta"


def test_two_rounds_with_a_finding_that_comes_late(world: World) -> None:
    sent_back(world)
    late = Assessment(FAILED, "entry_accurate", "The logo does not render.", "logo_url")
    again = Assessment(FAILED, "docs_adhered_to", "Step 4 now.", "docs_url")
    fresh = Assessment(NOTED, "", "A second language would be nice.")
    world.engine.assess(APP, [*passed("entry_accurate", "docs_adhered_to"), late, again, fresh], by=OMAR)
    sheet = world.engine.review(APP, by=OMAR)
    assert (sheet.round, sheet.open, sheet.claimed_by) == (2, True, "omar")
    found = {(one.round, one.criterion, one.late) for one in sheet.findings if one.result in (FAILED, NOTED)}
    assert found == {
        (1, "docs_adhered_to", False),
        (2, "entry_accurate", True),
        (2, "docs_adhered_to", False),
        (2, "", False),
    }
    assert sheet.first_seen == {"docs_adhered_to": 1, "docs_url": 1, "entry_accurate": 2, "logo_url": 2}
    assert sheet.changed == (Difference("docs_url", "Your documentation", str(INFO["docs_url"]), DOCS),)
    docs = next(one for one in sheet.criteria if one.name == "docs_adhered_to")
    assert docs.current is not None
    assert (docs.current.comment, [one.comment for one in docs.earlier]) == (
        "Step 4 now.",
        ["Step 3 names another button."],
    )
    (drip,) = world.engine.late_findings(by=MONA)
    assert drip == ("reviewer:omar", 3, 1)


def test_a_partner_reads_findings_when_the_round_is_decided(world: World) -> None:
    sent_back(world)
    world.engine.assess(APP, [Assessment(FAILED, "data_seen", "Nothing came.")], by=OMAR)
    world.engine.assess(APP, [Assessment(PASSED, "data_seen")], by=OMAR)
    for partners_side in (ANN, INSIDER):
        sheet = world.engine.review(APP, by=partners_side)
        assert {one.round for one in sheet.findings} == {1}
        assert (sheet.criteria, sheet.replies) == ((), ())
    world.engine.move(APP, "reject", by=OMAR, comment="It cannot be.")
    told = world.engine.review(APP, by=ANN)
    assert [one.result for one in told.findings if one.criterion == "data_seen"] == [PASSED, PASSED]
    assert not told.open
    with pytest.raises(NotFound):
        world.engine.review(APP, by=STRANGER)


def test_only_who_took_the_round_assesses(world: World) -> None:
    point = [Assessment(PASSED, "data_seen")]
    world.complete()
    for actor in (RITA, MONA):
        with pytest.raises(NotAllowed):
            world.engine.assess(APP, point, by=actor)
    world.engine.move(APP, "submit", by=ANN)
    with pytest.raises(NotAllowed, match="Start the review"):
        world.engine.assess(APP, point, by=RITA)
    world.engine.move(APP, "claim", by=RITA)
    with pytest.raises(NotAllowed, match="Take the review over"):
        world.engine.assess(APP, point, by=OMAR)
    for outsider in (ANN, HOST, INSIDER):
        with pytest.raises(NotAllowed):
            world.engine.assess(APP, point, by=outsider)
    world.engine.assess(APP, point, by=MONA)
    world.engine.move(APP, "release", by=RITA)
    with pytest.raises(NotAllowed):
        world.engine.assess(APP, point, by=RITA)
    assert world.engine.review(APP, by=RITA).claimed_by == ""
    world.engine.move(APP, "claim", by=OMAR)
    world.engine.assess(APP, point, by=OMAR)
    world.engine.move(APP, "withdraw", by=ANN)
    with pytest.raises(NotAllowed):
        world.engine.assess(APP, point, by=OMAR)


def test_a_round_that_was_withdrawn_was_no_chance_to_say_it(world: World) -> None:
    world.claimed()
    world.clock.turn("1 hour")
    world.engine.move(APP, "withdraw", by=ANN)
    world.engine.move(APP, "reopen", by=ANN)
    world.engine.move(APP, "submit", by=ANN)
    world.engine.move(APP, "claim", by=RITA)
    world.engine.assess(APP, [Assessment(FAILED, "data_seen", "Nothing came.", "docs_url")], by=RITA)
    assert [one.late for one in world.engine.review(APP, by=RITA).findings] == [False]


def test_who_asks_for_a_second_reviewer_does_not_approve(world: World) -> None:
    world.claimed()
    world.engine.assess(APP, passed(), by=RITA)
    world.engine.move(APP, "ask_second", by=RITA, comment="I know the people there.")
    assert world.unmet("approve", by=RITA) == {"second_opinion"}
    (notice,) = [one.notice for one in world.engine.notices(APP, by=RITA) if one.notice.name == "second_review_wanted"]
    assert notice.to == ("reviewers",)
    with pytest.raises(Refused):
        world.engine.move(APP, "approve", by=RITA)
    world.engine.move(APP, "take_over", by=OMAR)
    world.engine.move(APP, "approve", by=OMAR)
    assert world.state() == "public_beta"


def test_a_decision_on_a_stale_page_is_refused_and_what_changed_can_be_told(world: World) -> None:
    world.claimed()
    page, drawn = world.engine.review(APP, by=RITA), world.clock()
    world.clock.turn("5 minutes")
    world.engine.assess(APP, passed("data_seen"), by=RITA, expect=page.etag)
    world.engine.move(APP, "take_over", by=OMAR)
    with pytest.raises(MoveConflict):
        world.engine.move(APP, "reject", by=RITA, comment="No.", expect=page.etag)
    with pytest.raises(MoveConflict):
        world.engine.assess(APP, passed(), by=OMAR, expect=page.etag)
    changes = world.engine.changes_since(APP, drawn, by=RITA)
    assert changes.moves == ("Take the review over",)
    assert {one.fact: (one.before, one.after) for one in changes.facts}["adheres_to_spec"] == (None, True)
    assert "data_arrives" not in {one.fact for one in changes.facts}
    assert world.engine.changes_since(APP, drawn, by=ANN).facts == ()
    assert world.engine.changes_since(APP, world.clock(), by=RITA) == ((), ())


def test_the_conversation_reaches_the_other_side_and_no_page_grows_stale(world: World) -> None:
    world.claimed()
    engine, page = world.engine, world.engine.subject(APP, by=RITA)
    asked = engine.remark(APP, "Which key opens the sandbox?", by=RITA)
    engine.remark(APP, "Do we know them?", by=RITA, internal=True)
    world.clock.turn("1 hour")
    answered = engine.remark(APP, "The one on page 3.", by=ANN)
    assert (asked.number, answered.number, answered.round) == (1, 2, 1)
    assert [(one.number, one.role, one.internal) for one in engine.remarks(APP, by=OMAR)] == [
        (1, "reviewer", False),
        (2, "reviewer", True),
        (3, "partner", False),
    ]
    for partners_side in (ANN, INSIDER):
        seen = engine.remarks(APP, by=partners_side)
        assert [(one.number, one.text) for one in seen] == [
            (1, "Which key opens the sandbox?"),
            (2, "The one on page 3."),
        ]
    after = engine.subject(APP, by=RITA)
    assert after.etag == page.etag
    assert (after.number, after.state, after.facts) == (page.number, page.state, page.facts)
    told = [one.notice for one in engine.notices(APP, by=ANN) if one.notice.name.startswith("message_")]
    assert [(one.name, one.to, one.cause, one.context["comment"]) for one in told] == [
        ("message_for_partner", ("partner",), "remark 1", "Which key opens the sandbox?"),
        ("message_for_reviewer", ("reviewer",), "remark 2", "The one on page 3."),
    ]
    assert told[1].context["reviewer"] == "rita"


def test_internal_words_are_never_shown_to_the_partners_side(world: World) -> None:
    world.claimed()
    world.engine.remark(APP, "They owe us a reply.", by=MONA, internal=True)
    engine = world.engine
    shown = (
        engine.remarks(APP, by=ANN),
        engine.review(APP, by=ANN),
        engine.subject(APP, by=ANN),
        engine.history(APP, by=ANN),
        engine.notices(APP, by=ANN),
        engine.checklist(APP, by=ANN),
        engine.changes_since(APP, world.clock() - timedelta(days=9), by=ANN),
    )
    assert "owe us" not in repr(shown)
    assert "owe us" in repr(engine.remarks(APP, by=HOST))


def test_canned_replies_are_offered_where_they_belong(world: World) -> None:
    world.claimed()
    sheet = world.engine.review(APP, by=RITA)
    offered = {one.name: [reply.name for reply in one.replies] for one in sheet.criteria}
    assert list(offered) == list(CRITERIA)
    assert offered["entry_accurate"] == ["logo_missing", "wrong_category"]
    assert [reply.name for reply in sheet.replies] == ["test_account", "utm_missing"]
    assert len(world.engine.replies()) == sum(map(len, offered.values())) + 2
    assert world.engine.replies("component") == ()
