"""Every page, at a desk by day and on a telephone by night: it is there, it fits, and axe finds nothing to mend."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.stage import DESKTOP, PHONE, Desk

PAGES = {
    "": ("/catalog", "/catalog/tidemark-sync", "/sign-in"),
    "Cai Romero partner": ("/apps", "/app/cinder-chat", "/component/cinder-chat-webhook", "/choices"),
    "Jo Lindqvist partner": ("/app/juniper-tags",),
    "Ola Brandt partner": ("/app/opal-onboarding",),
    "Ann Whitlock partner": ("/app/tidemark-sync",),
    "Rita Solberg reviewer": (
        "/queue", "/app/cinder-chat", "/review/app/cinder-chat", "/review/app/juniper-journeys",
    ),
    "Mona Feld manager": (
        "/figures", "/calendars", "/calendars/business", "/post", "/review/app/willow-push",
    ),
}  # fmt: skip


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("who", PAGES, ids=lambda who: who.partition(" ")[0] or "anybody")
def test_pages_are_there_and_fit_and_can_be_used_by_everybody(desk: Desk, who: str, size: tuple[int, int]) -> None:
    name, _, role = who.rpartition(" ")
    page = desk.signed_in(name, role, size) if who else desk.visitor(size)
    faults: list[str] = []
    for path in PAGES[who]:
        answer = page.goto(path)
        if answer is None or answer.status != 200 or page.locator("h1").count() != 1:
            faults.append(f"{path} is not there")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{path} is wider than the screen")
        found = Axe().run(page)
        if found.violations_count:
            faults.append(f"{path}: {found.generate_report()}")
    assert faults == []
