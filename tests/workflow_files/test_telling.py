"""Rules on what is told: terms that can come true, milestones that count somebody."""

from review_engine.checks.registry import Checks
from review_engine.settings import shipped
from review_engine.workflow_files.lint import lint_text

APP = (shipped("workflows") / "app.toml").read_text(encoding="utf-8")


def faults(old: str, new: str) -> list[str]:
    assert APP.count(old) == 1
    return [f"{fault.place}: {fault.what}" for fault in lint_text(APP.replace(old, new), "app.toml", Checks())]


def test_the_shipped_file_has_none() -> None:
    assert [
        fault for fault in lint_text(APP, "app.toml", Checks()) if fault.place.startswith(("notices", "mile"))
    ] == []


def test_what_waits_for_the_catalog_is_sent_by_moves_into_it() -> None:
    (fault,) = faults(
        'app_suspended       = { to = ["partner", "managers"] }',
        'app_suspended = { to = ["partner"], once_listed = true }',
    )
    assert fault.startswith("notices.app_suspended.once_listed: 'suspend' sends it and leads to 'suspended'")


def test_only_the_partner_waits_for_the_catalog() -> None:
    (fault,) = faults('to = ["partner", "managers"], once_listed = true', 'to = ["managers"], once_listed = true')
    assert "does not reach the partner" in fault


def test_a_milestone_needs_a_guard_that_counts_customers() -> None:
    old = '[milestones.customers]\nguard   = "active_customers"'
    (fault,) = faults(old, '[milestones.customers]\nguard   = "oauth_button"')
    assert fault == "milestones.customers.guard: the guard 'oauth_button' does not count active customers"


def test_names_that_are_not_declared_are_found() -> None:
    assert faults('welcomes = ["app_welcome"]', 'welcomes = ["app_welcom"]')[0].startswith("lifecycle.welcomes[0]")
