"""The page of one subject: who may open it, and what it says."""

from datetime import timedelta

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.domain.activity import Usage
from review_engine.domain.reviews import Assessment
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, OMAR, PEOPLE, RITA, SCRIPT, Browser
from tests.console.rounds import PAGE, claimed, of, submitted, with_changes_requested
from tests.usecases.conftest import in_beta

# -- Who may open it


@pytest.mark.parametrize("who", ["own", "reviewer", "manager"])
def test_those_who_may_see_an_app_open_its_page(engine: ReviewEngine, app: str, who: str) -> None:
    page = Browser(engine, PEOPLE[who]).get(PAGE)
    assert page.status == 200
    assert "Acme Sync" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_foreign_app_looks_like_one_that_does_not_exist(eve: Browser, app: str) -> None:
    foreign, absent = eve.get(PAGE), eve.get("/app/no-such-app")
    assert (foreign.status, absent.status) == (404, 404)
    assert foreign.text.replace("acme-sync", "X") == absent.text.replace("no-such-app", "X")


@pytest.mark.parametrize("form", ["moves", "facts", "remarks", "waivers", "disclosures"])
def test_no_form_says_more_of_a_foreign_app_than_of_an_absent_one(eve: Browser, app: str, form: str) -> None:
    token = eve.get("/choices").form("/choices").value("csrf")
    data: dict[str, str | list[str]] = {
        "csrf": token, "transition": "submit", "section": "Basic info", "comment": "x", "guard": "active_customers",
        "fact": "test_user",
    }  # fmt: skip
    foreign = eve.post(f"{PAGE}/{form}", data)
    absent = eve.post(f"/app/no-such-app/{form}", data)
    assert (foreign.status, absent.status) == (404, 404)
    assert foreign.text.replace("acme-sync", "X") == absent.text.replace("no-such-app", "X")


def test_who_is_not_signed_in_is_asked_to(nobody: Browser, app: str) -> None:
    assert nobody.get(PAGE).status == 401


@pytest.mark.parametrize("path", ["/nonsense/acme-sync", "/app/UPPER", "/app/%00", "/APP/acme-sync"])
def test_an_address_that_no_subject_can_have_is_not_found(ann: Browser, path: str) -> None:
    assert ann.get(path).status == 404


def test_the_address_of_a_form_leads_back_to_its_page(ann: Browser, app: str) -> None:
    assert ann.get(f"{PAGE}/facts").path == PAGE
    assert ann.get(f"{PAGE}/nonsense").status == 404


# -- What it says


def test_the_road_marks_the_place_and_says_what_lies_ahead(ann: Browser, engine: ReviewEngine, app: str) -> None:
    submitted(engine, app)
    page = ann.get(PAGE)
    here = [attrs for tag, attrs in page.tags if tag == "li" and attrs.get("aria-current") == "step"]
    assert len(here) == 1
    assert "Preview done" in page.text
    assert "Submitted here since 2 Mar 2026" in page.text
    assert "Public Beta ahead" in page.text


def test_the_due_date_comes_with_its_derivation_in_the_calendars_zone(
    ann: Browser, engine: ReviewEngine, app: str
) -> None:
    submitted(engine, app)
    page = ann.get(PAGE)
    assert "Wed 4 Mar 2026, 17:00 PST" in page.text
    assert "All times are in the time zone America/Los_Angeles." in page.text


def test_the_checklist_names_what_is_missing_and_leads_to_the_field(ann: Browser, engine: ReviewEngine) -> None:
    engine.register("draft", partner="acme", by=of(ANN), facts={"name": "Draft"})
    page = ann.get("/app/draft")
    assert "Submit for review: 8 of 8 missing" in page.text
    assert "#fact-website" in page.links
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)
    assert "#fact-name" not in page.links


def test_a_step_that_is_not_ready_has_no_dead_button_but_says_why(ann: Browser, engine: ReviewEngine) -> None:
    engine.register("draft", partner="acme", by=of(ANN), facts={"name": "Draft"})
    page = ann.get("/app/draft")
    assert page.form("/moves", transition="submit").buttons == []
    assert "Not possible yet: 8 things are missing." in page.text
    assert not [tag for tag, attrs in page.tags if "disabled" in attrs]


def test_a_partner_reads_by_when_there_would_be_an_answer(ann: Browser, app: str) -> None:
    assert "If you do this now, you will hear from us by Wed 4 Mar 2026, 10:00 PST" in ann.get(PAGE).text


def test_ways_that_an_earlier_choice_rules_out_come_last(ann: Browser, engine: ReviewEngine, app: str) -> None:
    facts = {"name": "Side", "type": "plugin"}
    engine.register("component/side", partner="acme", by=of(ANN), parent=app, facts=facts)
    page = ann.get("/component/side")
    assert page.form("/moves", transition="join_waiting_list").buttons == ["Join the waiting list"]
    assert not [form for form in page.forms if form.value("transition") in ("ready", "ready_stream")]
    shown, _, others = page.text.partition("Other ways, which are not meant for this one")
    assert "Mark the Plugin ready: 3 of 4 missing" in shown
    assert "Mark the Subscription ready" in others


def test_findings_of_a_decided_round_stand_above_the_checklist(ann: Browser, engine: ReviewEngine, app: str) -> None:
    with_changes_requested(engine, app)
    text = ann.get(PAGE).text
    said = text.index("What the review says")
    assert said < text.index("Two things have to change.") < text.index("The logo is cut off.")
    assert text.index("The logo is cut off.") < text.index("What can be done now")
    assert "Correct categories, logos and description" in text


def test_a_partner_learns_nothing_of_an_open_round(ann: Browser, engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    engine.assess(app, [Assessment("failed", "entry_accurate", "Cut off.")], by=of(RITA))
    engine.assess(app, [Assessment("passed", "spec_adhered_to")], by=of(RITA))
    text = ann.get(PAGE).text
    assert "Cut off." not in text
    assert "The App adheres to the Spec" not in text
    assert "Approve for Public Beta" not in text


def test_a_partner_reads_that_a_reviewer_decided_not_who(ann: Browser, engine: ReviewEngine, app: str) -> None:
    with_changes_requested(engine, app)
    text = ann.get(PAGE).text
    assert "a reviewer" in text
    assert "Rita" not in text
    assert "r-rita" not in text


def test_a_note_between_reviewers_is_not_shown_to_the_partner(ann: Browser, engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    engine.move(app, "ask_second", by=of(RITA), comment="I am not sure about their volume.")
    assert "not sure about their volume" not in ann.get(PAGE).text
    assert "not sure about their volume" in Browser(engine, OMAR).get(PAGE).text


def test_the_ledger_says_which_customers_count_and_why_not(
    ann: Browser, engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    in_beta(engine, app)
    at = clock() - timedelta(days=1)
    batch = [Usage(app, "one", at), Usage(app, "two", at), Usage(app, "own", at, excluded="partner's own")]
    engine.record_activity(batch, by=Actor.host())
    text = ann.get(PAGE).text
    assert "Customers: 2 of 3" in text
    assert "does not count: partner's own" in text


def test_the_page_of_a_component_leads_to_its_app_and_back(ann: Browser, app: str) -> None:
    assert "/component/acme-sync.hook" in ann.get(PAGE).links
    assert PAGE in ann.get("/component/acme-sync.hook").links


def test_staff_sees_observations_and_the_way_to_the_review(rita: Browser, engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    page = rita.get(PAGE)
    assert f"/review{PAGE}" in page.links
    assert "green" in rita.get("/component/acme-sync.hook").text
    assert not [form for form in page.forms if form.value("transition") in ("approve", "reject", "request_changes")]


def test_a_review_that_a_colleague_has_is_not_said_to_be_ones_own_turn(engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    assert "The turn of Rita Roe" in Browser(engine, OMAR).get(PAGE).text
    assert "Your turn" in Browser(engine, RITA).get(PAGE).text


def test_a_member_of_the_partner_is_told_why_they_cannot_act_as_staff(engine: ReviewEngine, app: str) -> None:
    submitted(engine, app)
    page = Browser(engine, "reviewer:p-ann:acme").get(PAGE)
    assert "You are a member of this partner" in page.text
    assert not [form for form in page.forms if form.value("transition")]


# -- What people write is shown, never run


def test_scripts_in_every_text_are_shown_and_not_run(
    ann: Browser, rita: Browser, engine: ReviewEngine, app: str
) -> None:
    facts = {"name": SCRIPT[:80], "description": SCRIPT, "website": f"https://a.example/?{SCRIPT.replace(' ', '')}"}
    engine.edit(app, facts, by=of(ANN))
    engine.remark(app, SCRIPT, by=of(ANN))
    claimed(engine, app)
    engine.assess(app, [Assessment("failed", "entry_accurate", SCRIPT)], by=of(RITA))
    engine.move(app, "request_changes", by=of(RITA), comment=SCRIPT)
    for browser in (ann, rita):
        for path in (PAGE, "/apps"):
            page = browser.get(path)
            assert page.status == 200
            scripts = [attrs for tag, attrs in page.tags if tag == "script"]
            assert all(attrs.get("src", "").startswith(("/static/", "http://testserver/static/")) for attrs in scripts)
            assert not [attrs for tag, attrs in page.tags if any(name.startswith("on") for name in attrs)]
            assert not [tag for tag, attrs in page.tags if tag == "img" or "style" in attrs]
    assert "<script>alert(1)</script>" in ann.get(PAGE).text


def test_a_page_needs_nothing_from_elsewhere(ann: Browser, app: str) -> None:
    page = ann.get(PAGE)
    fetched = [attrs.get("src") or attrs.get("href", "") for tag, attrs in page.tags if tag in ("script", "link")]
    assert all(path.startswith("/static/") for path in fetched)
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_every_id_is_unique_and_every_label_names_a_field(ann: Browser, rita: Browser, engine: ReviewEngine) -> None:
    engine.register("draft", partner="acme", by=of(ANN), facts={"name": "Draft"})
    for page in (ann.get("/app/draft"), rita.get("/app/draft")):
        assert len(page.ids) == len(set(page.ids))
        assert {attrs["for"] for tag, attrs in page.tags if tag == "label" and "for" in attrs} <= set(page.ids)
        assert sum(tag == "h1" for tag, _ in page.tags) == 1
