"""What is written on the decision page beside the decision: findings, looks at secrets, exceptions, messages."""

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import Assessment
from tests.console.browser import ANN, MO, OMAR, RITA, SCRIPT, Browser, Page
from tests.console.browser import acting_as as of
from tests.usecases.conftest import in_beta

PAGE = "/review/app/acme-sync"
POINTS = ["spec_adhered_to", "docs_adhered_to", "volume_handled", "entry_accurate", "signup_works", "data_seen"]
ALL_PASSED = {f"result-{name}": "passed" for name in POINTS}


def decide(browser: Browser, do: str, **fields: str | None) -> Page:
    """Fill the review form in and press one of its buttons."""
    return browser.send(browser.get(PAGE).form(PAGE), do=do, **fields)


def state(engine: ReviewEngine, app: str) -> str:
    return engine.subject(app, by=Actor.host()).state


# -- Findings


def test_findings_are_saved_without_a_decision(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    given = {
        "result-spec_adhered_to": "passed",
        "result-entry_accurate": "failed",
        "comment-entry_accurate": "Cut off.",
    }
    page = decide(rita, "save", **given)
    assert "Your findings are saved." in page.text
    found = {each.criterion: (each.result, each.comment) for each in engine.review(claimed, by=of(RITA)).findings}
    assert found == {"spec_adhered_to": ("passed", ""), "entry_accurate": ("failed", "Cut off.")}
    again = decide(rita, "save")
    assert again.status == 200
    assert len(engine.review(claimed, by=of(RITA)).findings) == 2, "what says nothing new is not kept twice"


def test_a_point_beside_the_criteria_is_kept(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    decide(rita, "save", **{"point": "The name is taken.", "point-about": "name"})
    (found,) = engine.review(claimed, by=of(RITA)).findings
    assert (found.result, found.comment, found.about) == ("noted", "The name is taken.", "name")
    assert "The name is taken." in rita.get(PAGE).text


@pytest.mark.parametrize("result", ["failed", "not_applicable"])
def test_a_comment_is_asked_for_beside_its_field_and_nothing_typed_is_lost(
    engine: ReviewEngine, rita: Browser, claimed: str, result: str
) -> None:
    page = decide(rita, "save", **{"result-volume_handled": result, "comment-spec_adhered_to": "Kept?"})
    assert page.status == 422
    assert {"fault-volume_handled", "fault-spec_adhered_to"} <= set(page.ids)
    assert page.form(PAGE).value("result-volume_handled") == result
    assert page.form(PAGE).value("comment-spec_adhered_to") == "Kept?"
    assert engine.review(claimed, by=of(RITA)).findings == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"result-volume_handled": "excellent"},
        {"point": "x", "point-about": "no_such_fact"},
        {"result-volume_handled": "failed", "comment-volume_handled": "a\x01b"},
        {"result-volume_handled": "failed", "comment-volume_handled": "x" * 20_000},
    ],
)
def test_bad_values_come_back_as_a_page(
    engine: ReviewEngine, rita: Browser, claimed: str, fields: dict[str, str]
) -> None:
    page = decide(rita, "save", **fields)
    assert page.status == 422
    assert "Review of Acme Sync" in page.text
    assert engine.review(claimed, by=of(RITA)).findings == ()


@pytest.mark.parametrize("text", ["a\x00b", "x" * 70_000])
def test_what_no_form_of_ours_sends_is_refused(rita: Browser, claimed: str, text: str) -> None:
    assert decide(rita, "save", point=text).status in (400, 422)


def test_a_finding_that_stood_before_is_marked(engine: ReviewEngine, rita: Browser, second_round: str) -> None:
    engine.assess(second_round, [Assessment("failed", "entry_accurate", "Cut off.", "logo_url")], by=of(RITA))
    assert "stood in an earlier round already" in rita.get(PAGE).text


def test_a_finding_asked_for_again_says_since_when(engine: ReviewEngine, rita: Browser, second_round: str) -> None:
    engine.assess(second_round, [Assessment("failed", "docs_adhered_to", "Still wrong.")], by=of(RITA))
    assert "asked for since round 1" in rita.get(PAGE).text


# -- Secrets


def test_a_secret_is_shown_once_to_the_reviewer_and_the_look_is_recorded(
    engine: ReviewEngine, rita: Browser, claimed: str
) -> None:
    page = rita.send(rita.get(PAGE).form("#fact-test_password"))
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert "correct horse" in page.text
    assert "correct horse" not in rita.get(PAGE).body
    looks = engine.desk.store.looks(SubjectKey("app", "acme-sync"))
    assert [(look.fact, look.by) for look in looks] == [("test_password", "reviewer:r-rita")]


@pytest.mark.parametrize("who", [OMAR, MO, ANN, "reviewer:r-ina:acme"])
def test_nobody_else_gets_a_secret(engine: ReviewEngine, claimed: str, who: str) -> None:
    browser = Browser(engine, who)
    seen = browser.get("/app/acme-sync" if who == ANN else PAGE)
    token = next(form.value("csrf") for form in seen.forms if form.value("csrf"))
    page = browser.post(f"{PAGE}/looks", {"csrf": token, "fact": "test_password"})
    assert page.status == 403
    assert "correct horse" not in page.body


def test_what_is_no_secret_is_not_looked_at(rita: Browser, claimed: str) -> None:
    form = rita.get(PAGE).form("#fact-test_password")
    assert rita.send(form, fact="name").status == 422
    assert rita.send(form, fact="nothing").status == 422


# -- Exceptions and words


def test_an_exception_is_recorded_with_its_reason(engine: ReviewEngine, rita: Browser, app: str) -> None:
    in_beta(engine, app)
    form = rita.get(PAGE).form("/waivers#waive")
    assert rita.send(form, reason="").status == 422
    assert rita.send(form, reason="Known well.", until="tomorrow").status == 422
    assert rita.send(form, reason="Known well.", until="9999-12-31").status == 422
    assert rita.send(form, reason="Known well.", until="2026-01-01").status == 422
    page = rita.send(form, reason="Known well.", until="2026-04-01")
    assert "The exception is recorded." in page.text
    assert "Known well." in page.text
    waiver = engine.subject(app, by=of(RITA)).waivers["active_customers"]
    assert waiver.until is not None
    assert waiver.until.isoformat() == "2026-04-02T07:00:00+00:00"


def test_words_to_the_partner_and_notes_among_staff(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    form = rita.get(PAGE).form("/remarks#conversation")
    assert rita.send(form, text="  ").status == 422
    assert "Your message is sent." in rita.send(form, text="Where is the key?").text
    assert "Only the staff sees it." in rita.send(form, text="Hm.", internal="1").text
    assert [(each.text, each.internal) for each in engine.remarks(claimed, by=of(RITA))] == [
        ("Where is the key?", False),
        ("Hm.", True),
    ]
    kept = rita.send(form, text="a\x01b")
    assert kept.status == 422
    assert "fault-text" in kept.ids


def test_a_script_is_shown_wherever_it_stands(engine: ReviewEngine, rita: Browser, app: str) -> None:
    engine.edit(app, {"description": SCRIPT, "name": SCRIPT[:60]}, by=of(ANN))
    engine.move(app, "submit", by=of(ANN))
    engine.move(app, "claim", by=of(RITA))
    engine.remark(app, SCRIPT, by=of(ANN))
    decide(rita, "save", **{"result-volume_handled": "failed", "comment-volume_handled": SCRIPT, "point": SCRIPT})
    page = rita.get(PAGE)
    assert "<script>alert" not in page.body
    assert page.text.count("<script>alert(1)") >= 4
    assert all(given.get("src", "/").startswith("/") for tag, given in page.tags if tag in ("img", "script"))
    stale = rita.send(page.form(PAGE), expect="0", **{"words-approve": SCRIPT})
    assert stale.status == 409
    assert "<script>alert" not in stale.body
