"""One served demonstration and one browser for each file of tests; each test signs in afresh."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.stage import Desk, installed_browser, launch, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a screen. It has an event loop while it lasts, so it does not outlast its file of tests."""
    if installed_browser() is None:
        pytest.skip("no browser is installed: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """Where the demonstration is served; one for each file of tests, since stories change it."""
    folder: Path = tmp_path_factory.mktemp("desk")
    with served(folder) as where:
        yield where


@pytest.fixture
def desk(address: str, browser: Browser) -> Iterator[Desk]:
    """The desk; when the test is over, no page may have broken a rule of its own (scripts, styles, errors)."""
    opened = Desk(address, browser)
    yield opened
    opened.close()
    assert opened.troubles == []
