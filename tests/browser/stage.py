"""A desk to look at in a real browser: the demonstration's database, served by the real command, and Debian's Chromium.

The browser is the one that is installed; nothing is fetched. Where there is none, the tests are skipped and say so.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP, PHONE = (1280, 900), (390, 844)
_NO_FAULTS = ("status of 4", "ERR_NAME_NOT_RESOLVED")
"""A refusal is shown to people, and a fictional company's logo lies nowhere: neither is a fault of a page."""


def installed_browser() -> str | None:
    """The path of a browser that is installed; None for none."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """The browser, without a screen."""
    return playwright.chromium.launch(executable_path=installed_browser(), args=list(FLAGS))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which the demonstration is served while this lasts."""
    command = [str(Path(sys.executable).with_name("review-engine")), "--database", str(folder / "demo.db")]
    subprocess.run([*command, "demo"], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    serve = [*command, "serve", "--demo", "--port", str(port)]
    with (
        (folder / "serve.log").open("w") as log,
        subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("Sign in as"):
                    break
            address = f"http://127.0.0.1:{port}"
            with urlopen(f"{address}/healthz") as answer:
                assert answer.status == 200
            yield address
        finally:
            process.terminate()


@dataclass
class Desk:
    """The pages, and whoever is signed in at them.

    Args:
        address: where they are.
        browser: what they are looked at with.
    """

    address: str
    browser: Browser
    troubles: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, size: tuple[int, int] = DESKTOP, *, scripts: bool = True) -> Page:
        """Somebody who is not signed in."""
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if size == PHONE else "light",  # so that both are looked at
            java_script_enabled=scripts,
            base_url=self.address,
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        return page

    def signed_in(self, name: str, role: str, size: tuple[int, int] = DESKTOP, *, scripts: bool = True) -> Page:
        """One of the demonstration's people."""
        page = self.visitor(size, scripts=scripts)
        page.goto("/sign-in")
        page.get_by_role("button", name=f"{name} {role}").first.click()
        page.get_by_role("button", name="Sign out").wait_for()
        return page

    def close(self) -> None:
        """Everybody leaves."""
        for context in self._contexts:
            context.close()

    def _listen(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error" and not any(known in text for known in _NO_FAULTS):
            self.troubles.append(text)
