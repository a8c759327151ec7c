"""The form of a subject: what is typed into it, kept, and told when it cannot be."""

from dataclasses import replace

from review_engine import ReviewEngine
from review_engine.store.vault import FernetVault
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, RITA, Browser
from tests.console.rounds import PAGE, claimed, of, submitted, with_changes_requested
from tests.usecases.conftest import READY_FACTS, in_beta

# -- Facts


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
    assert {"#fact-website", "#fact-support_email"} <= set(page.links)
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


def test_where_secrets_cannot_be_kept_a_partner_hears_whose_matter_it_is(engine: ReviewEngine, app: str) -> None:
    keyless = Browser(replace(engine, desk=replace(engine.desk, vault=FernetVault(None))), ANN)
    page = keyless.send(keyless.get(PAGE).form("/facts", section="Test account"), fact__test_password="battery staple")
    assert "not set up to keep secrets yet" in page.text
    assert "REVIEW_ENGINE" not in page.text
    assert "battery staple" not in page.body


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
