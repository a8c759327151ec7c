"""The three stories, walked in a real browser: a partner mends and submits, a reviewer decides, a manager steps in.

They share one demonstration and are independent of each other: each has Apps of its own.
"""

import re

from playwright.sync_api import Page, expect

from tests.browser.stage import PHONE, Desk


def choose(page: Page, criterion: str, result: str) -> None:
    """Mark one criterion."""
    page.get_by_role("radiogroup", name=criterion).get_by_role("radio", name=result, exact=True).check()


def test_a_partner_reads_what_has_to_change_mends_it_and_learns_by_when_there_is_an_answer(desk: Desk) -> None:
    page = desk.signed_in("Ola Brandt", "partner")
    page.get_by_role("link", name="Opal Onboarding").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Opal Onboarding")
    expect(page.get_by_text("The logo does not render on a dark page.")).to_be_visible()

    section = page.locator("form", has=page.get_by_label("Logo", exact=True)).first
    page.get_by_role("link", name="Logo", exact=True).first.click()
    page.get_by_label("Logo", exact=True).fill("https://opal-onboarding.example/brand/logo-2.svg")
    section.get_by_role("button", name=re.compile("Save")).click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    expect(page.get_by_text(re.compile("you will hear from us by")).first).to_be_visible()

    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile("Our turn"))).to_be_visible()


def test_a_partner_with_a_telephone_and_no_scripts_sees_what_is_missing_and_asks(desk: Desk) -> None:
    words = "<script>alert(1)</script> When is a good time?"
    page = desk.signed_in("Jo Lindqvist", "partner", PHONE, scripts=False)
    page.get_by_role("link", name="Juniper Tags").first.click()
    expect(page.get_by_text(re.compile("Not possible yet"))).to_have_count(1)
    page.get_by_label("A question, or a message to the reviewers").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(words)).to_be_visible()


def test_a_reviewer_takes_a_review_is_told_what_is_missing_and_approves(desk: Desk) -> None:
    page = desk.signed_in("Omar Haddad", "reviewer")
    page.get_by_role("link", name="Nobody's yet").click()
    page.get_by_role("button", name="Start the review: Opal Referrals").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review of Opal Referrals")

    choose(page, "Adheres to the Spec", "Passed")
    page.get_by_role("button", name="Approve for Public Beta").click()
    expect(page.get_by_role("alert").first).to_contain_text("requirements are unmet")

    for criterion in (
        "Adheres to the Spec", "Adheres to its own documentation", "Handles high volumes of data",
        "The catalog entry is accurate and renders", "Sign-up and API key work as documented",
        "Data arrives where the documentation says",
    ):  # fmt: skip
        choose(page, criterion, "Passed")
    page.get_by_role("button", name="Approve for Public Beta").click()
    expect(page.get_by_role("status").first).to_contain_text("Done")

    everybody = desk.visitor()
    everybody.goto("/catalog?search=referrals")
    expect(everybody.get_by_role("link", name="Opal Referrals")).to_be_visible()


def test_a_decision_on_a_page_that_is_no_longer_true_is_refused_and_says_what_changed(desk: Desk) -> None:
    reviewer = desk.signed_in("Omar Haddad", "reviewer")
    reviewer.goto("/queue")
    reviewer.get_by_role("button", name="Start the review: Willow Warehouse").click()
    reviewer.get_by_label("What the partner is told").first.wait_for()

    partner = desk.signed_in("Wes Okafor", "partner")
    partner.goto("/app/willow-warehouse")
    partner.get_by_text("Withdraw", exact=True).first.click()
    partner.get_by_role("button", name="Withdraw").click()
    expect(partner.get_by_text("Withdrawn", exact=True).first).to_be_visible()

    choose(reviewer, "Adheres to the Spec", "Passed")
    reviewer.get_by_role("button", name="Approve for Public Beta").click()
    expect(reviewer.get_by_text("Withdraw").first).to_be_visible()
    expect(reviewer.get_by_role("heading", level=1)).not_to_have_text("Review of Willow Warehouse")


def test_a_manager_sees_how_promises_were_kept_takes_a_review_over_and_grants_an_appeal(desk: Desk) -> None:
    page = desk.signed_in("Mona Feld", "manager")
    expect(page.get_by_role("heading", level=1)).to_have_text("Figures")
    expect(page.get_by_role("row", name=re.compile("First response within 2 business days")).first).to_be_visible()

    page.get_by_role("link", name="Cinder Chat").first.click()
    page.goto("/review/app/cinder-chat")
    page.get_by_role("button", name="Take the review over").click()
    page.goto("/review/app/cinder-chat")
    expect(page.get_by_text("You", exact=True).first).to_be_visible()
    expect(page.get_by_text("stood in an earlier round already").first).to_be_visible()

    page.goto("/review/app/willow-push")
    page.locator("#words-grant_appeal").fill("The switch settles it. We look at the App afresh.")
    page.get_by_role("button", name="Grant the appeal").click()
    page.goto("/app/willow-push")
    expect(page.get_by_text("Submitted", exact=True).first).to_be_visible()
