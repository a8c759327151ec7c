"""What is done on the page of a subject: moves, secrets, messages, exceptions."""

from review_engine import ReviewEngine
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, OMAR, PEOPLE, RITA, Browser
from tests.console.rounds import PAGE, claimed, of, submitted
from tests.usecases.conftest import in_beta

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


# -- Secrets


def test_the_reviewer_of_the_round_opens_a_secret_once_and_it_is_recorded(
    rita: Browser, engine: ReviewEngine, app: str
) -> None:
    claimed(engine, app)
    page = rita.get(PAGE)
    assert "correct horse" not in page.body
    shown = rita.send(page.form("/disclosures", fact="test_password"))
    assert "correct horse" in shown.text
    opened = [attrs["id"] for tag, attrs in shown.tags if tag == "details" and "open" in attrs and "id" in attrs]
    assert "section-test-account" in opened
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
