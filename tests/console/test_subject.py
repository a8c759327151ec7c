"""The page of one subject, for everybody who may open it, and what its forms do."""

from datetime import timedelta

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.domain.activity import Usage
from review_engine.domain.reviews import Assessment
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, OMAR, PEOPLE, RITA, SCRIPT, Browser, Page, acting
from tests.usecases.conftest import READY_FACTS, in_beta

PAGE = "/app/acme-sync"


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


def submitted(engine: ReviewEngine, app: str) -> str:
    engine.move(app, "submit", by=of(ANN))
    return app


def claimed(engine: ReviewEngine, app: str) -> str:
    engine.move(submitted(engine, app), "claim", by=of(RITA))
    return app


def with_changes_requested(engine: ReviewEngine, app: str) -> str:
    claimed(engine, app)
    found = [
        Assessment("failed", "entry_accurate", "The logo is cut off.", "logo_url"),
        Assessment("passed", "spec_adhered_to"),
    ]
    engine.assess(app, found, by=of(RITA))
    engine.move(app, "request_changes", by=of(RITA), comment="Two things have to change.")
    return app


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
    token = eve.get("/apps").forms[0].value("csrf") if eve.get("/apps").forms else eve.get("/choices").form(
        "/choices").value("csrf")  # fmt: skip
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
    assert "If you do this now, you will hear from us by Wed 4 Mar 2026, 17:00 PST" in ann.get(PAGE).text


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


# -- Moving


def test_submitting_moves_and_says_so(ann: Browser, engine: ReviewEngine, app: str) -> None:
    page = ann.send(ann.get(PAGE).form("/moves", transition="submit"))
    assert page.status == 200
    assert page.path == PAGE
    assert "Everybody who has to know is being told." in page.text
    assert engine.subject(app, by=of(ANN)).state == "submitted"


def test_a_button_pressed_twice_moves_once(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/moves", transition="submit")
    assert [ann.send(form).status, ann.send(form).status] == [200, 200]
    assert engine.subject(app, by=of(ANN)).round == 1


def test_a_refusal_names_every_unmet_guard(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/moves", transition="submit")
    engine.edit(app, {"docs_url": None, "test_user": None}, by=of(ANN))
    page = ann.send(form, etag="")
    assert page.status == 409
    assert "'Submit for review' cannot be done yet." in page.text
    assert "Missing: Your documentation." in page.text
    assert "Missing: Test account user name." in page.text


def test_a_page_that_is_no_longer_current_says_what_changed(
    ann: Browser, engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    form = ann.get(PAGE).form("/moves", transition="submit")
    clock.turn("1 minute")
    engine.edit(app, {"website": "https://elsewhere.example/"}, by=of(ANN))
    page = ann.send(form)
    assert page.status == 409
    assert "Website was changed meanwhile" in page.text
    assert engine.subject(app, by=of(ANN)).state == "preview"


def test_a_move_that_needs_words_comes_back_with_the_message_beside_the_field(
    ann: Browser, engine: ReviewEngine, app: str
) -> None:
    claimed(engine, app)
    engine.move(app, "reject", by=of(RITA), comment="It cannot be listed.")
    form = ann.get(PAGE).form("/moves", transition="appeal")
    page = ann.send(form, comment="  ")
    assert page.status == 422
    wrong = [attrs for tag, attrs in page.tags if tag == "textarea" and attrs.get("aria-invalid") == "true"]
    assert [attrs["id"] for attrs in wrong] == ["comment-appeal"]
    assert wrong[0]["aria-describedby"] in page.ids
    assert ann.send(form, comment="Please look again.").status == 200
    assert engine.subject(app, by=of(ANN)).state == "appeal"


def test_what_was_typed_is_kept_when_a_move_fails(ann: Browser, engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    engine.move(app, "reject", by=of(RITA), comment="It cannot be listed.")
    page = ann.send(ann.get(PAGE).form("/moves", transition="appeal"), comment="x" * 20_000)
    assert page.status == 422
    assert "x" * 20_000 in page.form("/moves", transition="appeal").value("comment")


def test_a_role_that_may_not_is_refused(ann: Browser, engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    form = ann.get(PAGE).form("/moves", transition="withdraw")
    assert ann.send(form, transition="approve").status == 403
    assert ann.send(form, transition="no_such_thing").status == 422
    assert engine.subject(app, by=of(ANN)).state == "in_review"


def test_a_reviewer_claims_and_is_led_to_the_review(rita: Browser, engine: ReviewEngine, app: str) -> None:
    submitted(engine, app)
    page = rita.send(rita.get(PAGE).form("/moves", transition="claim"))
    assert page.path == f"/review{PAGE}"
    assert engine.subject(app, by=of(RITA)).state == "in_review"


# -- Facts


def basic(page: Page) -> object:
    return page.form("/facts", section="Basic info")


def test_a_section_is_saved_and_shown(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Basic info")
    page = ann.send(form, fact__name="Acme Flow", fact__categories=["Analytics", "CRM"])
    assert page.status == 200
    assert "Saved." in page.text
    facts = engine.subject(app, by=of(ANN)).facts
    assert (facts["name"], facts["categories"]) == ("Acme Flow", ["Analytics", "CRM"])
    assert facts["website"] == READY_FACTS["website"]


def test_the_main_choice_comes_first_as_it_was_chosen(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Basic info")
    ann.send(form, fact__categories=["Video", "CRM"])
    again = ann.get(PAGE).form("/facts", section="Basic info")
    assert [value for name, value in again.fields if name == "fact.categories"] == ["Video", "CRM"]


def test_every_wrong_field_is_named_at_once_and_keeps_what_was_typed(
    ann: Browser, engine: ReviewEngine, app: str
) -> None:
    form = ann.get(PAGE).form("/facts", section="Basic info")
    page = ann.send(form, fact__website="nonsense", fact__support_email="nobody", fact__name="New")
    assert page.status == 422
    wrong = {attrs["id"] for tag, attrs in page.tags if tag == "input" and attrs.get("aria-invalid") == "true"}
    assert wrong == {"fact-website", "fact-support_email"}
    back = page.form("/facts", section="Basic info")
    kept = {name: back.value(f"fact.{name}") for name in ("website", "support_email", "name")}
    assert kept == {"website": "nonsense", "support_email": "nobody", "name": "New"}
    assert engine.subject(app, by=of(ANN)).facts["name"] == "Acme Sync"


def test_a_colleagues_newer_value_is_not_undone_by_a_page_that_is_older(
    ann: Browser, engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    form = ann.get(PAGE).form("/facts", section="Basic info")
    clock.turn("1 minute")
    engine.edit(app, {"website": "https://newer.example/"}, by=of(ANN))
    page = ann.send(form, fact__name="Typed here")
    assert page.status == 409
    assert "Website was changed meanwhile" in page.text
    back = page.form("/facts", section="Basic info")
    assert (back.value("fact.website"), back.value("fact.name")) == ("https://newer.example/", "Typed here")
    assert ann.send(back).status == 200
    facts = engine.subject(app, by=of(ANN)).facts
    assert (facts["website"], facts["name"]) == ("https://newer.example/", "Typed here")


def test_frozen_facts_say_why_and_have_no_form(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Basic info")
    submitted(engine, app)
    page = ann.get(PAGE)
    assert "Nothing can be changed while it stands in Submitted" in page.text
    assert not [each for each in page.forms if each.action.endswith("/facts")]
    late = ann.send(form, etag="", fact__name="Too late")
    assert late.status == 403
    assert "frozen" in late.text


def test_a_box_is_ticked_and_cleared(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Launch info")
    assert form.value("fact.utm_links") == "yes"
    ann.send(form, fact__utm_links=None)
    assert engine.subject(app, by=of(ANN)).facts["utm_links"] is False
    ann.send(ann.get(PAGE).form("/facts", section="Launch info"), fact__utm_links="yes")
    assert engine.subject(app, by=of(ANN)).facts["utm_links"] is True


def test_an_agreement_is_accepted_by_its_version(ann: Browser, engine: ReviewEngine) -> None:
    engine.register("draft", partner="acme", by=of(ANN))
    form = ann.get("/app/draft").form("/facts", section="Agreement")
    ann.send(form, fact__agreement_version="2026-01")
    assert engine.subject("draft", by=of(ANN)).facts["agreement_version"] == "2026-01"


def test_a_number_that_is_none_comes_back(ann: Browser, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Replay")
    page = ann.send(form, fact__replay_rate="many")
    assert page.status == 422
    assert page.form("/facts", section="Replay").value("fact.replay_rate") == "many"
    assert ann.send(form, fact__replay_rate="50").status == 200


def test_a_secret_is_never_drawn_and_an_empty_field_keeps_it(ann: Browser, engine: ReviewEngine, app: str) -> None:
    page = ann.get(PAGE)
    assert "correct horse" not in page.body
    assert "Set, version 1" in page.text
    form = page.form("/facts", section="Test account")
    assert form.value("fact.test_password") == ""
    before = engine.subject(app, by=of(ANN)).facts["test_password"]
    ann.send(form)
    assert engine.subject(app, by=of(ANN)).facts["test_password"] == before
    ann.send(ann.get(PAGE).form("/facts", section="Test account"), fact__test_password="battery staple")
    assert engine.subject(app, by=of(ANN)).facts["test_password"] != before


def test_a_secret_that_cannot_be_kept_does_not_come_back_in_the_page(ann: Browser, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Test account")
    page = ann.send(form, fact__test_password="two\nlines of secret")
    assert page.status == 422
    assert "lines of secret" not in page.body


def test_a_secret_is_removed_on_request(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Test account")
    ann.send(form, remove=["test_user"])
    facts = engine.subject(app, by=of(ANN)).facts
    assert "test_user" not in facts
    assert "test_password" in facts


def test_a_time_is_typed_and_kept_in_the_calendars_zone(mo: Browser, engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    form = mo.get(PAGE).form("/facts", section="After launch")
    assert mo.send(form, fact__oauth_enabled_at="2026-03-02T09:00").status == 200
    assert engine.subject(app, by=of(ANN)).facts["oauth_enabled_at"] == "2026-03-02T17:00:00.000000Z"
    assert mo.get(PAGE).form("/facts", section="After launch").value("fact.oauth_enabled_at") == "2026-03-02T09:00"
    assert mo.send(form, fact__oauth_enabled_at="yesterday").status == 422


def test_saving_another_field_of_staff_confirms_no_criterion_anew(
    mo: Browser, engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    with_changes_requested(engine, app)
    clock.turn("1 hour")
    claimed(engine, app)
    said = engine.subject(app, by=of(RITA)).said["adheres_to_spec"]
    form = mo.get(PAGE).form("/facts", section="Review")
    assert "fact.adheres_to_spec" not in form.names
    assert mo.send(form, fact__tier="priority", fact__adheres_to_spec="yes").status == 200
    assert engine.subject(app, by=of(RITA)).said["adheres_to_spec"] in (said,)


def test_a_section_that_does_not_exist_is_not_found(ann: Browser, app: str) -> None:
    form = ann.get(PAGE).form("/facts", section="Basic info")
    assert ann.send(form, section="Nonsense").status == 404


# -- Secrets


def test_the_reviewer_of_the_round_opens_a_secret_once_and_it_is_recorded(
    rita: Browser, engine: ReviewEngine, app: str
) -> None:
    claimed(engine, app)
    page = rita.get(PAGE)
    assert "correct horse" not in page.body
    shown = rita.send(page.form("/disclosures", fact="test_password"))
    assert "correct horse" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert [look.fact for look in engine.desk.store.looks(engine.subject(app, by=of(RITA)).subject_key)] == [
        "test_password"
    ]
    assert "correct horse" not in rita.get(PAGE).body


def test_nobody_else_is_offered_a_secret_nor_gets_it(engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    form = Browser(engine, RITA).get(PAGE).form("/disclosures", fact="test_password")
    for who in (OMAR, PEOPLE["manager"], ANN):
        browser = Browser(engine, who)
        page = browser.get(PAGE)
        assert not [each for each in page.forms if each.action.endswith("/disclosures")]
        token = page.form("/remarks").value("csrf")
        refused = browser.send(form, csrf=token)
        assert refused.status == 403
        assert "correct horse" not in refused.body


# -- The conversation


def test_partner_and_reviewer_write_to_each_other(ann: Browser, rita: Browser, engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    page = rita.send(rita.get(PAGE).form("/remarks"), comment="Where is the API key?")
    assert "Your message is sent." in page.text
    assert "Where is the API key?" in ann.get(PAGE).text
    ann.send(ann.get(PAGE).form("/remarks"), comment="Under Settings.")
    assert "Ann Archer" in rita.get(PAGE).text
    assert [remark.text for remark in engine.remarks(app, by=of(RITA))] == ["Where is the API key?", "Under Settings."]


def test_an_internal_note_is_marked_for_staff_and_absent_for_the_partner(
    ann: Browser, rita: Browser, engine: ReviewEngine, app: str
) -> None:
    claimed(engine, app)
    rita.send(rita.get(PAGE).form("/remarks"), comment="Looks doubtful.", internal="yes")
    assert "Only staff sees this" in rita.get(PAGE).text
    assert "doubtful" not in ann.get(PAGE).body


def test_a_partner_cannot_write_an_internal_note(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get(PAGE).form("/remarks")
    assert "internal" not in form.names
    ann.send(form, comment="Hello", internal="yes")
    assert [remark.internal for remark in engine.remarks(app, by=of(RITA))] == [False]


def test_an_empty_message_comes_back_beside_its_field(ann: Browser, app: str) -> None:
    page = ann.send(ann.get(PAGE).form("/remarks"), comment="   ")
    assert page.status == 422
    assert [attrs["id"] for tag, attrs in page.tags if attrs.get("aria-invalid") == "true"] == ["remark"]


# -- Waivers


def test_a_manager_makes_an_exception_with_a_reason_and_an_end(mo: Browser, engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    form = mo.get(PAGE).form("/waivers", guard="active_customers")
    assert mo.send(form, comment="").status == 422
    assert mo.send(form, comment="A launch partner.", until="31 March").status == 422
    page = mo.send(form, comment="A launch partner.", until="2026-03-31")
    assert page.status == 200
    assert "The exception is recorded." in page.text
    assert "An exception was made: A launch partner." in page.text
    waiver = engine.subject(app, by=of(ANN)).waivers["active_customers"]
    assert waiver.until is not None
    assert waiver.until.isoformat() == "2026-04-01T06:59:59+00:00"


def test_a_partner_is_offered_no_exception_and_gets_none(ann: Browser, engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    page = ann.get(PAGE)
    assert not [form for form in page.forms if form.action.endswith("/waivers")]
    token = page.form("/remarks").value("csrf")
    data: dict[str, str | list[str]] = {"csrf": token, "guard": "active_customers", "comment": "Please"}
    assert ann.post(f"{PAGE}/waivers", data).status == 403
    assert not engine.subject(app, by=of(ANN)).waivers


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
