"""How long one letter takes to render and compose, beside the ways in which it is commonly done.

Run: python benchmarks/render_letter.py [letters]

The same notices of a review are written in turns within one process: by review_engine (templates folded, styled and
compiled once), and by hand in two steps: one Jinja environment kept for all letters, the styles written into every
letter by css-inline; and an environment for every letter with styles written in by a pure Python inliner (premailer, if
it is installed; else css-inline again). Both compose with the standard library's EmailMessage and policy.SMTP. All use
the same templates and the same values, and their HTML is compared before anything is timed. Printed: the median and the
least CPU time of a letter, and ratios of the medians.
"""

import email.policy
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from html.parser import HTMLParser
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from time import process_time

import css_inline
from jinja2 import FileSystemLoader

from review_engine.channels.letter_samples import PARTNER, samples
from review_engine.channels.letter_shelf import environment
from review_engine.channels.letter_view import Setting, view
from review_engine.channels.letters import Letters
from review_engine.channels.links import Pages
from review_engine.channels.message import Letter, compose
from review_engine.domain.notices import Notice
from review_engine.settings import shipped
from review_engine.testing import open_test_engine

FOLDER = shipped("templates") / "email"
PAGES = Pages("https://developers.example.com")
LETTERS = Letters([FOLDER], sender="Developer Center <letters@platform.example>", base_url=PAGES)
STYLE = LETTERS.shelf.style()
SETTING = Setting("Developer Center", PAGES, {})
NAMES = ("review_started", "submission_received", "changes_requested", "public_beta")
TEXT, HTML = (environment(FileSystemLoader(FOLDER), html=html) for html in (False, True))
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, extra_css=STYLE)

TURN = 20

Way = Callable[[Notice], bytes]


def ours(notice: Notice) -> bytes:
    """By review_engine."""
    return compose(LETTERS.render(notice, PARTNER))


def kept(notice: Notice) -> bytes:
    """One environment for all letters, css-inline and EmailMessage for each."""
    names = {**view(notice, PARTNER, SETTING, {}, None)}
    names["subject"] = TEXT.get_template(f"{notice.name}/subject.txt").render(names)
    text = TEXT.get_template(f"{notice.name}/body.txt").render(names)
    html = INLINER.inline(HTML.get_template(f"{notice.name}/body.html").render(names))
    return message(notice, str(names["subject"]), text, html)


def naive(notice: Notice) -> bytes:
    """An environment, an inliner and an EmailMessage for each letter."""
    text_place, html_place = (environment(FileSystemLoader(FOLDER), html=html) for html in (False, True))
    names = {**view(notice, PARTNER, SETTING, {}, None)}
    names["subject"] = text_place.get_template(f"{notice.name}/subject.txt").render(names)
    text = text_place.get_template(f"{notice.name}/body.txt").render(names)
    html = styled(html_place.get_template(f"{notice.name}/body.html").render(names))
    return message(notice, str(names["subject"]), text, html)


def styled(html: str) -> str:
    """Styles written in by premailer, or by css-inline where it is not installed."""
    if find_spec("premailer") is None:
        return css_inline.inline(html.replace("</head>", f"<style>{STYLE}</style></head>"), keep_at_rules=True)
    premailer = import_module("premailer")
    return str(premailer.Premailer(html, css_text=[STYLE], allow_network=False, keep_style_tags=True).transform())


def message(notice: Notice, subject: str, text: str, html: str) -> bytes:
    """The letter by the standard library, with the headers ours has."""
    letter: Letter = LETTERS.render(notice, PARTNER) if notice.name not in KNOWN else KNOWN[notice.name]
    made = EmailMessage(policy=email.policy.SMTP)
    made["Date"] = notice.at
    made["From"] = Address(letter.sender.name, addr_spec=letter.sender.address)
    made["To"] = Address(letter.to.name, addr_spec=letter.to.address)
    made["Subject"] = subject
    made["Message-ID"] = letter.message_id
    for reference in letter.references:
        made["In-Reply-To"] = reference
        made["References"] = reference
    for name, value in letter.headers:
        made[name] = value
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    if letter.calendar:
        made.add_attachment(letter.calendar, subtype="calendar", filename="deadline.ics")
    return made.as_bytes()


KNOWN: dict[str, Letter] = {}
"""Headers and calendar entries for the peers, so that these do not pay for what is ours to make."""


class _Words(HTMLParser):
    """What a page says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.said += data.split()


def compared(notice: Notice) -> None:
    """Stop if a peer does not say what we say."""
    mine = _Words(LETTERS.render(notice, PARTNER).html).said
    names = {**view(notice, PARTNER, SETTING, {}, None)}
    names["subject"] = LETTERS.render(notice, PARTNER).subject
    theirs = _Words(INLINER.inline(HTML.get_template(f"{notice.name}/body.html").render(names))).said
    assert mine
    assert mine == theirs


def timed(notice: Notice, letters: int) -> dict[str, tuple[float, float]]:
    """Median and least CPU seconds of each way, in turns of 20 letters, so that a busy moment meets all of them."""
    ways: dict[str, Way] = {"ours": ours, "kept": kept, "naive": naive}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(letters // TURN):
        for name, way in ways.items():
            for number in range(turn * TURN, turn * TURN + (1 if name == "naive" else TURN)):
                told = replace(notice, cause=f"move {number}", at=notice.at + timedelta(seconds=number))
                start = process_time()
                way(told)
                taken[name].append(process_time() - start)
    return {name: (median(all_of), min(all_of)) for name, all_of in taken.items()}


def main() -> None:
    """Compare, and print the figures."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    found = {sample.notice.name: sample.notice for sample in samples([open_test_engine().lifecycle("app")])}
    inliner = "premailer" if find_spec("premailer") else "css-inline"
    print(f"{letters} letters each; CPU microseconds a letter, rendered and composed: median (least)")
    for name in NAMES:
        notice = found[name]
        compared(notice)
        KNOWN[name] = LETTERS.render(notice, PARTNER)
        figures = timed(notice, letters)
        mine = figures["ours"][0]
        print(f"\n{name}: {len(ours(notice)):,} bytes")
        for way, label in (
            ("ours", "review_engine"),
            ("kept", "one environment, css-inline and EmailMessage a letter"),
            ("naive", f"an environment, {inliner} and EmailMessage a letter"),
        ):
            middle, least = figures[way]
            print(f"  {label:<56} {middle * 1e6:7.0f} ({least * 1e6:.0f})   {middle / mine:5.1f} x")


if __name__ == "__main__":
    main()
