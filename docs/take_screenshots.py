"""Take the pictures in docs/screenshots anew, from the demonstration served by the real command.

    python docs/take_screenshots.py

Needs the test tools and a Chromium. Pictures differ from run to run in dates, so no test compares them.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from playwright.sync_api import sync_playwright  # noqa: E402 - after the path

from tests.browser.stage import DESKTOP, PHONE, Desk, launch, served  # noqa: E402 - after the path

PARTNER, REVIEWER, MANAGER = ("Ola Brandt", "partner"), ("Rita Solberg", "reviewer"), ("Mona Feld", "manager")
PICTURES = (
    ("partner", PARTNER, "/app/opal-onboarding", DESKTOP),
    ("partner_phone", PARTNER, "/app/opal-onboarding", PHONE),
    ("queue", REVIEWER, "/queue", DESKTOP),
    ("decision", REVIEWER, "/review/app/cinder-chat", DESKTOP),
    ("figures", MANAGER, "/figures", DESKTOP),
    ("catalog", None, "/catalog", DESKTOP),
)
"""Name, who looks, at what, on which screen. A picture is the first screenful, twice as tall for a desk."""


def main() -> None:
    """Take every picture."""
    folder = HERE / "screenshots"
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory() as place, served(Path(place)) as address, sync_playwright() as playwright:
        desk = Desk(address, launch(playwright))
        for name, who, path, (width, height) in PICTURES:
            page = desk.signed_in(*who, (width, height)) if who else desk.visitor((width, height))
            page.goto(path)
            page.set_viewport_size({"width": width, "height": 2 * height if who and width > height else height})
            page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png")
        desk.close()


if __name__ == "__main__":
    main()
