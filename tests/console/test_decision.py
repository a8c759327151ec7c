"""The decision page: who reads it, what it shows, and decisions that are bound to what was seen."""

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, OMAR, PEOPLE, RITA, Browser, Page
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


# -- Who reads it


def test_only_staff_opens_it_and_a_partner_learns_nothing(engine: ReviewEngine, claimed: str) -> None:
    seen = {who: Browser(engine, actor).get(PAGE).status for who, actor in PEOPLE.items()}
    assert seen == {"own": 403, "foreign": 403, "reviewer": 200, "manager": 200}
    eve = Browser(engine, PEOPLE["foreign"])
    assert eve.get(PAGE).body == eve.get("/review/app/no-such").body
    assert Browser(engine).get(PAGE).status == 401


@pytest.mark.parametrize(
    "address", ["/review/app/no-such", "/review/nothing/acme-sync", "/review/app/%00", "/review/app/A B"]
)
def test_what_there_is_not_is_not_found(rita: Browser, address: str) -> None:
    assert rita.get(address).status == 404


@pytest.mark.parametrize("form", ["", "/claims", "/looks", "/waivers", "/remarks"])
def test_no_form_is_taken_from_a_partner_or_from_another_site(engine: ReviewEngine, claimed: str, form: str) -> None:
    fields = {"transition": "release", "do": "approve", "fact": "test_password", "text": "Hello", "guard": "x"}
    ann, rita = Browser(engine, ANN), Browser(engine, RITA)
    token = rita.get(PAGE).form(PAGE).value("csrf")
    assert rita.post(PAGE + form, fields).status == 403
    assert rita.post(PAGE + form, {**fields, "csrf": "0" * 64}).status == 403
    assert rita.post(PAGE + form, {**fields, "csrf": token}, sec_fetch_site="cross-site").status == 403
    assert ann.post(PAGE + form, fields).status == 403
    own = next(form.value("csrf") for form in ann.get("/app/acme-sync").forms if form.value("csrf"))
    assert ann.post(PAGE + form, {**fields, "csrf": own}).status == 403
    assert state(engine, claimed) == "in_review"
    assert engine.remarks(claimed, by=of(RITA)) == ()


def test_an_address_that_forms_are_sent_to_leads_back_to_the_page(rita: Browser, claimed: str) -> None:
    for form in ("claims", "looks", "waivers", "remarks"):
        assert rita.get(f"{PAGE}/{form}").path == PAGE


# -- What it shows


def test_one_page_holds_what_a_decision_needs(engine: ReviewEngine, rita: Browser, second_round: str) -> None:
    engine.remark(second_round, "How do I sign in?", by=of(RITA))
    engine.remark(second_round, "Looks familiar.", by=of(RITA), internal=True)
    text = rita.get(PAGE).text
    for words in (
        "In review", "Acme Inc.", "Ann Archer", "Changed since round 1", "Keeps contacts in step.",
        "Keeps contacts in step, daily.", "Round 1, Rita Roe (reviewer): Failed", "Step 3 is wrong.",
        "test suite: green", "Not met: Adheres to the Spec", "Met: The documents are there",
        "Staff only", "Looks familiar.", "How do I sign in?", "Decision within 2 business days",
    ):  # fmt: skip
        assert words in text, words
    assert "correct horse" not in rita.get(PAGE).body


def test_addresses_open_elsewhere_and_tell_nothing(rita: Browser, claimed: str) -> None:
    outward = [given for tag, given in rita.get(PAGE).tags if tag == "a" and given["href"].startswith("http")]
    assert len(outward) >= 8
    assert all("noreferrer" in given["rel"] and given["target"] == "_blank" for given in outward)


def test_canned_replies_are_text_and_buttons(rita: Browser, claimed: str) -> None:
    page = rita.get(PAGE)
    buttons = [given for tag, given in page.tags if tag == "button" and "data-says" in given]
    assert buttons
    assert all(given["type"] == "button" and given["data-into"] in page.ids for given in buttons)
    assert all(given["data-says"].split()[0] in page.text for given in buttons)


def test_every_id_is_there_once_and_every_label_has_its_field(rita: Browser, second_round: str) -> None:
    page = rita.get(PAGE)
    assert len(page.ids) == len(set(page.ids))
    assert {given["for"] for tag, given in page.tags if tag == "label" and "for" in given} <= set(page.ids)
    assert sum(tag == "h1" for tag, _ in page.tags) == 1
    assert not [name for _, given in page.tags for name in given if name == "style" or name.startswith("on")]


# -- Decisions


def test_a_decision_takes_the_findings_along(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    page = decide(rita, "approve", **ALL_PASSED, **{"words-approve": "Welcome."})
    assert (page.status, page.path) == (200, PAGE)
    assert state(engine, claimed) == "public_beta"
    assert engine.history(claimed, by=of(RITA))[-1].comment == "Welcome."


def test_an_approval_that_lacks_something_shows_all_of_it(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    lacking = {
        **ALL_PASSED,
        "result-data_seen": "failed",
        "comment-data_seen": "Nothing came.",
        "result-signup_works": None,
    }
    page = decide(rita, "approve", **lacking)
    assert page.status == 409
    assert "2 requirements are unmet" in page.text
    assert "Sign-up and API key work as documented" in page.text
    assert "Data arrives" in page.text
    assert state(engine, claimed) == "in_review"
    assert len(engine.review(claimed, by=of(RITA)).findings) == 5, "the findings are saved all the same"


def test_a_request_for_changes_begins_with_what_failed(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    decide(rita, "save", **{"result-entry_accurate": "failed", "comment-entry_accurate": "Cut off."})
    words = rita.get(PAGE).form(PAGE).value("words-request_changes")
    assert words == "- The catalog entry is accurate and renders: Cut off."
    decide(rita, "request_changes", **{"result-volume_handled": "failed", "comment-volume_handled": "Refused."})
    told = engine.history(claimed, by=of(RITA))[-1].comment
    assert told == "- Handles high volumes of data: Refused.\n" + words, "what was found on the way is in it too"


def test_own_words_are_sent_as_they_are(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    decide(rita, "request_changes", **{"words-request_changes": "Line one\r\nLine two"})
    assert engine.history(claimed, by=of(RITA))[-1].comment == "Line one\nLine two"


@pytest.mark.parametrize("do", ["request_changes", "reject", "ask_second"])
def test_a_decision_without_its_words_asks_for_them(engine: ReviewEngine, rita: Browser, claimed: str, do: str) -> None:
    page = decide(rita, do)
    assert page.status == 422
    assert f"fault-words-{do}" in page.ids
    assert state(engine, claimed) == "in_review"


def test_who_asked_for_a_second_reviewer_does_not_approve(engine: ReviewEngine, rita: Browser, claimed: str) -> None:
    decide(rita, "ask_second", **{"words-ask_second": "I know the founder."})
    page = decide(rita, "approve", **ALL_PASSED)
    assert page.status == 409
    assert "1 requirement is unmet" in page.text
    omar = Browser(engine, OMAR)
    omar.send(omar.get(PAGE).form("/claims"))
    assert decide(omar, "approve").status == 200
    assert state(engine, claimed) == "public_beta"


def test_what_changed_meanwhile_is_said_and_nothing_is_decided(
    engine: ReviewEngine, rita: Browser, claimed: str, clock: TurnableClock
) -> None:
    form = rita.get(PAGE).form(PAGE)
    clock.turn("1 minute")
    engine.move(claimed, "withdraw", by=of(ANN))
    engine.move(claimed, "reopen", by=of(ANN))
    engine.edit(claimed, {"description": "Quite another thing."}, by=of(ANN))
    engine.move(claimed, "submit", by=of(ANN))
    engine.move(claimed, "claim", by=of(RITA))
    page = rita.send(form, do="approve", **{**ALL_PASSED, "words-approve": "Welcome."})
    assert page.status == 409
    for words in ("Withdraw", "Quite another thing.", "Keeps contacts in step.", "Welcome.", "Look again"):
        assert words in page.body, words
    assert state(engine, claimed) == "in_review"
    assert engine.review(claimed, by=of(RITA)).findings == ()


@pytest.mark.parametrize("drawn", ["", "yesterday", "2026-03-02T10:00:00", "9" * 300])
def test_a_page_that_does_not_say_when_it_was_drawn_is_stale_all_the_same(
    engine: ReviewEngine, rita: Browser, claimed: str, drawn: str
) -> None:
    page = rita.send(rita.get(PAGE).form(PAGE), do="approve", expect="1-0", drawn=drawn)
    assert page.status == 409
    assert "no longer as you saw it" in page.text


@pytest.mark.parametrize("do", ["fly", "submit", "launch", "appeal"])
def test_what_cannot_be_decided_here_is_refused(engine: ReviewEngine, rita: Browser, claimed: str, do: str) -> None:
    assert decide(rita, do).status in (403, 409, 422)
    assert state(engine, claimed) == "in_review"


# -- Whose review it is


def test_one_takes_a_review_first(engine: ReviewEngine, rita: Browser, submitted: str) -> None:
    page = rita.get(PAGE)
    assert "Nobody has this review yet" in page.text
    assert not [given for tag, given in page.tags if given.get("name") == "do"]
    rita.send(page.form("/claims"))
    assert 'value="approve"' in rita.get(PAGE).body


def test_somebody_elses_review_is_taken_over_first(engine: ReviewEngine, claimed: str) -> None:
    omar = Browser(engine, OMAR)
    page = omar.get(PAGE)
    assert "Rita Roe has this review" in page.text
    assert not [given for tag, given in page.tags if given.get("name") == "do"]
    assert [form.value("transition") for form in page.forms if form.action.endswith("/claims")] == ["take_over"]
    assert omar.send(page.form("/claims"), transition="release").status == 403
    omar.send(page.form("/claims"))
    assert engine.review(claimed, by=of(OMAR)).claimed_by == "r-omar"


def test_a_manager_gives_a_review_back_for_somebody_else(engine: ReviewEngine, mo: Browser, claimed: str) -> None:
    page = mo.send(mo.get(PAGE).form("/claims", transition="release"))
    assert "The review is back in the queue." in page.text
    assert state(engine, claimed) == "submitted"


def test_a_member_of_the_partner_reads_why_they_do_not_decide(engine: ReviewEngine, claimed: str) -> None:
    insider = Browser(engine, "reviewer:r-ina:acme")
    page = insider.get(PAGE)
    assert "You belong to Acme Inc." in page.text
    assert not [given for tag, given in page.tags if given.get("name") == "do"]
    assert not [form for form in page.forms if form.action.endswith("/claims")]
    sent = insider.post(
        PAGE,
        {
            **ALL_PASSED,
            "csrf": page.form(PAGE).value("csrf"),
            "expect": page.form(PAGE).value("expect"),
            "do": "approve",
        },
    )
    assert sent.status == 403
    assert state(engine, claimed) == "in_review"


def test_who_submitted_it_reads_why_they_do_not_decide(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=Actor.partner("r-rita", of="acme"))
    assert "You handed this round in yourself" in Browser(engine, RITA).get(PAGE).text


# -- Other kinds


def test_an_access_request_is_decided_on_the_same_page(engine: ReviewEngine, rita: Browser) -> None:
    new = Actor.partner("p-new", of="newco")
    facts = {"company_name": "Acme", "website": "https://acme.example", "company_email": "ann@acme.example",
             "contact_name": "Ann", "data_in": "HTTPS.", "data_out": "A list.", "used_for": "Lists.",
             "use_cases": "Send lists.", "plan": "Soon.", "agreement_version": "2026-01"}  # fmt: skip
    engine.register("access_request/newco", partner="newco", by=new, facts=facts)
    sends = next(rule for rule in engine.lifecycle("access_request").leaving("draft") if rule.target == "received")
    engine.move("access_request/newco", sends.name, by=new)
    address = "/review/access_request/newco"
    page = rita.get(address)
    assert page.status == 200
    assert "Received" in page.text
    verified = dict.fromkeys(("company_verified", "fit_verified", "able_verified", "new_verified"), "yes")
    confirmed = {f"confirm-{name}": answer for name, answer in verified.items()}
    lacking = rita.send(page.form(address), do="approve", **{**confirmed, "confirm-fit_verified": "no"})
    assert lacking.status == 409
    assert "1 requirement is unmet" in lacking.text
    assert engine.subject("access_request/newco", by=of(RITA)).facts["company_verified"] is True
    assert rita.send(rita.get(address).form(address), do="approve", **confirmed).status == 200
    assert engine.subject("access_request/newco", by=of(RITA)).state == "approved"


def test_a_decided_round_is_read_and_not_written(engine: ReviewEngine, rita: Browser, app: str) -> None:
    in_beta(engine, app)
    page = rita.get(PAGE)
    assert "Findings are recorded while a round is open." in page.text
    assert not [given for _, given in page.tags if given.get("name", "").startswith("result-")]
    assert decide(rita, "save", **ALL_PASSED).status == 200
    assert engine.review(app, by=of(RITA)).findings == ()
