"""Letters as they would be sent: for every notice the engine really makes, and for whatever words strangers choose."""

import email.policy
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from review_engine.channels.letter_samples import samples
from review_engine.channels.letter_shelf import InvalidLetter
from review_engine.channels.letter_view import Reader
from review_engine.channels.letter_words import COLUMNS
from review_engine.channels.letters import Bundle, Letters, Waiting, mailbox_of
from review_engine.channels.links import untracked
from review_engine.channels.message import Letter, Mailbox, compose
from review_engine.domain.errors import InvalidConfiguration
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.notices import Notice
from review_engine.settings import shipped
from review_engine.testing import open_test_engine
from tests.channels.journeys import every_notice

FOLDER = shipped("templates") / "email"
BASE = "https://developers.example.com"
LETTERS = Letters([FOLDER], sender="Developer Center <letters@platform.example>", base_url=BASE)
ANN = Reader("ann", "ann@acme.example", "Ann Whitlock", "Europe/Berlin")
RITA = Reader("rita", "rita@platform.example", "Rita Solberg", "America/Los_Angeles", staff=True)
STOP = "https://developers.example.com/letters/stop/x"
HEADERS = {
    "date", "from", "to", "subject", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "list-unsubscribe", "list-unsubscribe-post",
}  # fmt: skip
STRANGERS = [
    "line\r\nBcc: evil@example.net",
    "=?utf-8?q?=0D=0ABcc=3A_evil=40example.net?=",
    "\u202egnp.exe \u2066isolated",
    "\u05d0\u05e4\u05dc\u05d9\u05e7\u05e6\u05d9\u05d4\u200f 7",
    "launch \U0001f680\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "{{ 7 * 7 }}{% for x in y %}{{ name.__class__ }}{% endfor %}{# gone #}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '"><a href="https://evil.example">click</a>',
    "javascript:alert(1)",
    "&amp; &lt;b&gt; & < > \" '",
    "nul\x00 bell\x07 lone \ud800 surrogate",
    "\ue0000\ue001 {{ link }}",
    "x" * 5_000,
    "word " * 1_000,
    "\U0001f680" * 5_000,
    "Best regards,\n-- \nThe platform",
]


def lifecycles() -> list[Lifecycle]:
    engine = open_test_engine()
    return [engine.lifecycle(kind) for kind in engine.desk.library.kinds()]


def reader_of(notice: Notice) -> Reader:
    return ANN if "partner" in notice.to else RITA


def parsed(letter: Letter) -> EmailMessage:
    message = BytesParser(policy=email.policy.default).parsebytes(compose(letter))
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


class Elements(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def one(name: str) -> Notice:
    return next(notice for notice in every_notice() if notice.name == name)


def by_name(notices: tuple[Notice, ...]) -> list[Notice]:
    return list({notice.name: notice for notice in notices}.values())


def test_the_journeys_bring_forth_every_notice_of_every_shipped_workflow() -> None:
    assert {notice.name for notice in every_notice()} == {name for each in lifecycles() for name in each.notices}


@pytest.mark.parametrize("unsubscribe", [None, STOP])
def test_every_letter_is_written_for_partners_and_for_staff_and_reads_back(unsubscribe: str | None) -> None:
    for notice in every_notice():
        for reader in (ANN, RITA):
            letter = LETTERS.render(notice, reader, unsubscribe=unsubscribe, people={"rita": "Rita"})
            message = parsed(letter)
            assert message["subject"] == letter.subject
            assert set(map(str.lower, message.keys())) <= HEADERS
            (text,) = [part for part in message.walk() if part.get_content_type() == "text/plain"]
            assert str(text.get_content()).replace("\r\n", "\n") == letter.text


def test_every_letter_says_what_it_is_about_whose_turn_it_is_and_where_to_go() -> None:
    for notice in every_notice():
        letter = LETTERS.render(notice, reader_of(notice))
        key = str(notice.context["key"])
        page = Elements(letter.html).text
        for body in (letter.text, page):
            flat = " ".join(body.split())
            assert str(notice.context["name"]) in flat, notice.name
            assert str(notice.context["kind"]) in flat
            assert "Whose turn" in flat
        assert f"{BASE}/{key}?utm_source=" in letter.text
        assert f'href="{BASE}/{key}?utm_source=' in letter.html
        if notice.context["round"]:
            assert f"round {notice.context['round']}" in letter.text


def test_every_due_date_is_told_with_its_time_and_the_readers_zone_by_name() -> None:
    seen = 0
    for notice in every_notice():
        due = notice.context.get("due") or notice.context.get("promise")
        if not due:
            continue
        seen += 1
        letter = LETTERS.render(notice, ANN)
        text = " ".join(letter.text.split())
        assert re.search(r"\w+day \d+ \w+ 20\d\d at \d\d:\d\d \(Central European Time, UTC\+[12]\)", text), notice.name
        assert "Where we work:" in text
        assert "(Pacific Time, UTC-" in text
        assert "Central European Time" in letter.html
        office = " ".join(LETTERS.render(notice, RITA).text.split())
        assert "Where we work:" not in office
    assert seen > 30


def test_every_link_to_the_platform_says_which_letter_it_stands_in() -> None:
    for notice in every_notice():
        letter = LETTERS.render(notice, RITA, unsubscribe=STOP)
        links = re.findall(r"https?://[^\s\"<>)]+", letter.text + unescape(letter.html))
        ours = [link for link in links if link.startswith(BASE)]
        assert len(ours) >= 4
        assert [link for link in ours if untracked(link)] == []
        assert all(f"utm_campaign={notice.name}" in link for link in ours)


def test_text_letters_hold_no_markup_and_no_line_that_could_be_shorter() -> None:
    for notice in every_notice():
        text = LETTERS.render(notice, reader_of(notice)).text
        assert not re.search(r"&(?:\w+|#\d+);|</?\w+>|\{\{|\{%|\n\n\n", text)
        assert [line for line in text.split("\n") if len(line) > COLUMNS and " " in line.strip()] == []


def test_html_letters_load_nothing_run_nothing_and_are_labelled() -> None:
    for notice in by_name(every_notice()):
        html = LETTERS.render(notice, reader_of(notice)).html
        found = Elements(html).found
        names = [tag for tag, _ in found]
        assert not {"script", "img", "iframe", "form", "link", "object"} & set(names)
        assert names.count("h1") == names.count("title") == 1
        assert ("html", {"lang": "en"}) in found
        assert all(attributes.get("role") or "card" for tag, attributes in found if tag == "table")
        assert [a for tag, attributes in found for a in attributes if a.startswith("on")] == []
        assert html.isascii()
        assert "prefers-color-scheme: dark" in html
        assert len(html) < 16_000


@pytest.mark.parametrize("words", STRANGERS, ids=range(len(STRANGERS)))
def test_strangers_words_are_shown_and_nothing_more(words: str) -> None:
    for notice in some(STRANGERS.index(words)):
        context = hostile(notice.context, words)
        reader = replace(reader_of(notice), name=words)
        letter = LETTERS.render(replace(notice, context=context), reader, people={"rita": words, "omar": words})
        calm = LETTERS.render(replace(notice, context=hostile(notice.context, "Acme")), replace(reader, name="Acme"))
        message = parsed(letter)
        assert set(map(str.lower, message.keys())) <= HEADERS
        assert [each.addr_spec for each in message["to"].addresses] == [reader.address]
        assert "bcc" not in message
        assert skeleton(letter.html) == skeleton(calm.html)
        assert not re.search(
            "[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\ud800-\udfff]", letter.subject + letter.text
        )
        assert "\n" not in letter.subject
        assert len(letter.subject) <= 200


def some(turn: int) -> list[Notice]:
    """Letters that quote the most, and some of the others, so that in the end each has had its turn."""
    notices = by_name(every_notice())
    return [one("changes_requested"), one("public_beta"), one("programme_benefits"), *notices[turn % 8 :: 8]]


def test_who_or_what_has_no_name_is_written_about_all_the_same() -> None:
    notice = one("changes_requested")
    for name in ("", " ", "\u202e"):
        letter = LETTERS.render(replace(notice, context={**notice.context, "name": name}), replace(ANN, name=name))
        assert letter.subject == "Changes requested: acme-sync (round 1)"
        assert letter.text.startswith("Hello,\n")


def skeleton(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a letter, but for line breaks; whatever a stranger writes does not change them."""
    return [each for each in Elements(html).found if each[0] != "br"]


def hostile(context: Mapping[str, object], words: str) -> dict[str, object]:
    """A notice's context in which strangers chose every word that they may choose."""
    made = {**context, "name": words}
    if context.get("comment"):
        made["comment"] = words or "Acme"
    for name in ("unmet", "ahead"):
        if context.get(name):
            made[name] = [{"title": words or "Acme", "reason": words or "Acme", "cure": words or "Acme"}]
    if context.get("recorded"):
        made["recorded"] = [{"title": "Benefits", "value": [words or "Acme", "Training"]}]
    return made


def test_template_syntax_and_markup_in_a_name_read_as_they_were_written() -> None:
    notice = one("changes_requested")
    name = "{{ 7 * 7 }} <b>&amp;</b>"
    letter = LETTERS.render(replace(notice, context={**notice.context, "name": name, "comment": name}), ANN)
    assert name in letter.subject
    assert letter.text.count(name) == 3
    assert f"> {name}\n" in letter.text
    page = Elements(letter.html)
    assert page.text.count(name) >= 3
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in letter.html


def test_a_comment_keeps_its_lines_and_cannot_pass_for_the_letter() -> None:
    notice = one("changes_requested")
    comment = "First.\r\n\r\n-- \r\nThe platform\u2028Last."
    letter = LETTERS.render(replace(notice, context={**notice.context, "comment": comment}), ANN)
    assert "> First.\n>\n> --\n> The platform\n> Last.\n" in letter.text
    assert letter.text.count("\n-- \n") == 1


def test_changes_requested_lists_every_unmet_point_with_its_cure_and_the_reviewers_words() -> None:
    notice = one("changes_requested")
    unmet = notice.context["unmet"]
    assert isinstance(unmet, list)
    assert unmet
    letter = LETTERS.render(notice, ANN)
    text, page = " ".join(letter.text.split()), " ".join(Elements(letter.html).text.split())
    for place, point in enumerate(unmet, start=1):
        assert f"{place}. {point['title']}" in text
        assert point["cure"] in text
        assert point["cure"] in page
    assert "> Step 3 names another button." in letter.text


def test_public_beta_names_what_is_left_before_public() -> None:
    letter = LETTERS.render(one("public_beta"), ANN)
    assert "1. The Enable button is live." in letter.text
    assert "2. At least 3 customers use the App." in letter.text


def test_confirmed_benefits_are_named() -> None:
    assert "- Benefits: Training and Co-marketing" in LETTERS.render(one("programme_benefits"), ANN).text


def test_the_letters_of_a_round_hang_under_the_one_that_opened_it() -> None:
    for reader, opening in ((ANN, "submission_received"), (RITA, "review_wanted")):
        root = LETTERS.render(one(opening), reader)
        assert root.references == ()
        for name in ("review_started", "decision_overdue", "changes_requested"):
            assert LETTERS.render(one(name), reader).references == (root.message_id,)
        assert parsed(LETTERS.render(one("changes_requested"), reader))["in-reply-to"] == root.message_id


def test_a_new_round_is_a_new_thread() -> None:
    rounds = [notice for notice in every_notice() if notice.name == "submission_received"]
    assert len({LETTERS.render(notice, ANN).message_id for notice in rounds}) == len(rounds) >= 2


def test_no_two_letters_have_one_message_id() -> None:
    letters = [LETTERS.render(notice, reader) for notice in every_notice() for reader in (ANN, RITA)]
    assert len({letter.message_id for letter in letters}) == len(letters)


def test_the_same_notice_is_the_same_bytes_whoever_writes_it_and_whenever() -> None:
    again = Letters([FOLDER], sender="Developer Center <letters@platform.example>", base_url=BASE)
    for notice in every_notice()[::8]:
        reader = reader_of(notice)
        assert compose(LETTERS.render(notice, reader)) == compose(again.render(notice, reader))


def test_only_a_letter_one_may_refuse_says_how() -> None:
    notice = one("replay_request")
    told = parsed(LETTERS.render(notice, ANN, unsubscribe=STOP))
    assert told["list-unsubscribe"] == f"<{STOP}>"
    assert told["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert told["auto-submitted"] == "auto-generated"
    mandatory = LETTERS.render(notice, ANN)
    assert "list-unsubscribe" not in parsed(mandatory)
    assert "cannot be turned off" in " ".join(mandatory.text.split())
    plain = LETTERS.render(notice, ANN, unsubscribe="http://127.0.0.1:8000/stop")
    assert "List-Unsubscribe-Post" not in dict(plain.headers)


def test_a_colleague_is_called_by_name_if_it_may_be_known() -> None:
    notice = one("review_taken_over")
    assert "Omar Haddad has taken over" in LETTERS.render(notice, RITA, people={"omar": "Omar Haddad"}).text
    assert "A colleague has taken over" in LETTERS.render(notice, RITA).text


def test_a_reader_without_a_zone_or_with_none_that_exists_reads_that_of_the_calendar() -> None:
    notice = one("reply_due_soon")
    for zone in ("", "Mars/Olympus", "../../etc/passwd"):
        text = LETTERS.render(notice, replace(ANN, zone=zone)).text
        assert "(Pacific Time, UTC-" in " ".join(text.split())


def test_a_host_may_call_a_zone_what_it_likes() -> None:
    own = Letters([FOLDER], sender="a@platform.example", base_url=BASE, zone_names={"Europe/Berlin": "Berlin office"})
    assert "(Berlin office, UTC+1)" in " ".join(own.render(one("reply_due_soon"), ANN).text.split())


def test_a_hosts_own_letter_wins_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "app_public").mkdir()
    (tmp_path / "app_public" / "subject.txt").write_text("Hurrah for {{ name }}", encoding="utf-8")
    own = Letters([tmp_path, FOLDER], sender=LETTERS.sender, base_url=BASE)
    ours, theirs = own.render(one("app_public"), ANN), LETTERS.render(one("app_public"), ANN)
    assert ours.subject == "Hurrah for Acme Sync"
    assert ours.text == theirs.text


def test_a_letter_that_is_missing_or_asks_too_much_is_told_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidLetter, match=r"there is no template nothing/subject\.txt"):
        LETTERS.render(replace(one("app_public"), name="nothing"), ANN)
    for name in ("../app_public", "_base", "app_public/..", ""):
        with pytest.raises(InvalidLetter):
            LETTERS.render(replace(one("app_public"), name=name), ANN)
    (tmp_path / "app_public").mkdir()
    (tmp_path / "app_public" / "body.txt").write_text("Hello.\n\n{{ promise }}\n", encoding="utf-8")
    with pytest.raises(InvalidLetter, match=r"body\.txt:3: .*'promise' is undefined"):
        Letters([tmp_path, FOLDER], sender="a@platform.example", base_url=BASE).render(one("app_public"), ANN)


def test_samples_hold_what_real_notices_hold() -> None:
    real = {notice.name: notice for notice in every_notice()}
    for sample in samples(lifecycles()):
        told = {notice.name: set(notice.context) for notice in every_notice() if notice.name == sample.notice.name}
        assert set(sample.notice.context) == told[sample.notice.name]
        assert sample.notice.to == real[sample.notice.name].to or "managers" in real[sample.notice.name].to


def test_a_digest_holds_every_notice_once_the_most_urgent_first() -> None:
    staff = [notice for notice in every_notice() if "partner" not in notice.to]
    waiting = [Waiting("app/x", "App", "Acme X", "Submitted", "Decision", "2 business days", "2026-03-04T18:00:00Z")]
    bundle = Bundle("week 10", datetime(2026, 3, 9, 9, tzinfo=UTC), staff, waiting, "This week", "America/Los_Angeles")
    letter = LETTERS.digest(bundle, RITA, unsubscribe=STOP)
    assert letter.subject == f"This week: {len(staff)} letters in one"
    text = letter.text
    assert text.index("\nOverdue\n") < text.index("\nWith a date\n") < text.index("\nFor your information\n")
    for notice in staff:
        assert LETTERS.render(notice, RITA).subject in " ".join(text.split())
    assert len(re.findall(r"\n- ", text)) == len(staff) + 1
    assert text.index("Acme X: Submitted") > text.index("What waits now")
    assert skeleton(letter.html) == skeleton(LETTERS.digest(bundle, RITA, unsubscribe=STOP).html)
    assert len(Elements(letter.html).text) < 40_000
    assert parsed(letter)["list-unsubscribe"] == f"<{STOP}>"


def test_a_digest_of_one_and_of_none() -> None:
    at = datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert LETTERS.digest(Bundle("d1", at, [one("app_public")]), ANN).subject == "1 letter in one"
    assert LETTERS.digest(Bundle("d0", at, []), ANN).subject == "what waits for you"


def test_who_letters_are_from() -> None:
    assert mailbox_of("Developer Center <dc@platform.example>") == Mailbox("dc@platform.example", "Developer Center")
    assert mailbox_of("dc@platform.example") == Mailbox("dc@platform.example")
    assert mailbox_of('"Center, Developer" <dc@platform.example>').name == "Center, Developer"
    for wrong in ("nobody", "Name <a@platform.example", "a b@platform.example", ""):
        with pytest.raises(InvalidConfiguration, match="not who letters can be from"):
            mailbox_of(wrong)


@pytest.mark.parametrize("base", ["", "ftp://x.example", "https://x.example/?a=b", "//x", 'https://x.example/"'])
def test_pages_are_somewhere_on_the_web(base: str) -> None:
    with pytest.raises(InvalidConfiguration):
        Letters([FOLDER], sender="a@platform.example", base_url=base)
