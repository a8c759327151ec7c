"""The post: what became of letters, and the manager's hand in it."""

from datetime import timedelta

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.channels.memory import MemoryChannel
from review_engine.channels.switchboard import Switchboard
from review_engine.console.post import text_of
from review_engine.correspondence import Post
from review_engine.ports.channels import Delivery
from review_engine.ports.outbox import DEAD, HELD, PENDING, SENT, Chosen, Pause
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, PEOPLE, RITA, SCRIPT, Browser, acting

HOST = Actor.host()


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


def post_of(engine: ReviewEngine) -> Post:
    assert engine.post is not None
    return engine.post


def status(engine: ReviewEngine, number: int) -> str:
    (row,) = engine.outgoing(Chosen((number,)), by=HOST)
    return row.status


@pytest.fixture
def letters(engine: ReviewEngine, app: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Those that a submission sends: the first could not be sent, the others were."""
    engine.move(app, "submit", by=of(ANN))
    channel = MemoryChannel()
    monkeypatch.setattr(Switchboard, "channels", lambda _: {"email": channel, "log": MemoryChannel()})
    channel.answers.append(Delivery("dead", "rcpt", 550, "5.1.1", "no such mailbox"))
    engine.deliver_all()
    rows = engine.outgoing(by=HOST)
    assert sorted({row.status for row in rows}) == [DEAD, SENT]
    return [row.id for row in sorted(rows, key=lambda row: row.status)]


def test_the_post_is_for_managers(engine: ReviewEngine, letters: list[int]) -> None:
    for address in ("/post", f"/post/{letters[0]}", "/post/999"):
        seen = {who: Browser(engine, actor).get(address).status for who, actor in PEOPLE.items()}
        assert {seen["own"], seen["foreign"], seen["reviewer"]} == {403}
        assert seen["manager"] == (404 if address.endswith("999") else 200)
    rita = Browser(engine, RITA)
    token = rita.get("/choices").forms[0].value("csrf")
    for address in ("/post", f"/post/{letters[0]}", "/post/channels/email"):
        assert rita.post(address, {"csrf": token, "do": "replay", "status": DEAD}).status == 403
        assert rita.post(address, {"do": "replay"}).status == 403
    assert status(engine, letters[0]) == DEAD


def test_the_first_page_shows_what_needs_a_hand(mo: Browser, letters: list[int]) -> None:
    page = mo.get("/post")
    assert "What needs a hand" in page.text
    assert "no such mailbox" in page.text
    assert [link for link in page.links if link.startswith("/post/")] == [f"/post/{letters[0]}"]
    sent = mo.get("/post?status=sent")
    assert f"/post/{letters[1]}" in sent.links
    assert f"/post/{letters[0]}" not in sent.links
    assert len(mo.get("/post?subject=app/acme-sync&channel=email").links) > len(page.links)


@pytest.mark.parametrize(
    "query", ["status=odd", "after=x", "after=99999999999999999999", "channel=%00", "subject=nothing"]
)
def test_odd_questions_are_answered(mo: Browser, letters: list[int], query: str) -> None:
    assert mo.get(f"/post?{query}").status == 200


@pytest.mark.parametrize("number", ["0", "-1", "x", "9223372036854775808", "1e3", "999"])
def test_a_letter_that_there_is_not_is_not_found(mo: Browser, letters: list[int], number: str) -> None:
    assert mo.get(f"/post/{number}").status == 404


def test_a_letter_begins_afresh(engine: ReviewEngine, mo: Browser, letters: list[int]) -> None:
    page = mo.get(f"/post/{letters[0]}")
    assert "Could not be sent" in page.text
    form = next(form for form in page.forms if form.buttons == ["Let it begin afresh"])
    again = mo.send(form, do="replay")
    assert "It is on its way again." in again.text
    assert status(engine, letters[0]) == PENDING


def test_what_waits_is_held(engine: ReviewEngine, mo: Browser, letters: list[int]) -> None:
    engine.replay(Chosen((letters[0],)), by=HOST)
    form = mo.get(f"/post/{letters[0]}").forms[-1]
    assert "It is held." in mo.send(form, do="hold").text
    assert status(engine, letters[0]) == HELD
    late = mo.send(form, do="hold")
    assert late.status == 409
    assert "This cannot be done now: held." in late.text


def test_a_second_letter_is_sent_by_those_who_are_sure(engine: ReviewEngine, mo: Browser, letters: list[int]) -> None:
    form = mo.get(f"/post/{letters[1]}").forms[-1]
    assert mo.send(form, do="resend").status == 422
    done = mo.send(form, do="resend", sure="1")
    assert "A second letter is on its way." in done.text
    assert done.path != f"/post/{letters[1]}"
    assert len(engine.outgoing(by=HOST)) == len(letters) + 1


def test_all_of_a_status_begin_afresh_together(engine: ReviewEngine, mo: Browser, letters: list[int]) -> None:
    page = mo.get("/post?status=dead")
    form = page.form("/post", status="dead")
    assert mo.send(form, status="sent").status == 422
    mo.send(form)
    assert status(engine, letters[0]) == PENDING


def test_a_paused_channel_says_why_and_is_resumed(
    engine: ReviewEngine, mo: Browser, letters: list[int], clock: TurnableClock
) -> None:
    outbox = post_of(engine).outbox
    outbox.pause(Pause("email", clock(), clock() + timedelta(hours=1), 3, "535 authentication failed"))
    page = mo.get("/post")
    assert "email is paused" in page.text
    assert "535 authentication failed" in page.text
    assert "The channel is used again." in mo.send(page.form("/post/channels/email")).text
    assert outbox.pauses() == {}


def test_a_letter_is_read_as_text() -> None:
    letter = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    letter += "Content-Transfer-Encoding: base64\n\nSGVsbG8gdGhlcmUuCg==\n"
    assert text_of(letter) == ("Gr\u00fc\u00dfe", "Hello there.\n")
    assert text_of('{"event": "x"}') == ("", '{"event": "x"}')
    assert text_of("no letter at all") == ("", "no letter at all")
    broken = "Subject: Hello\nContent-Type: text/plain; charset=no-such-charset\n\n\xff\n"
    assert "Hello" in "".join(text_of(broken))


def test_a_script_in_a_letter_is_shown_and_not_run(engine: ReviewEngine, mo: Browser, app: str) -> None:
    engine.move(app, "submit", by=of(ANN))
    engine.move(app, "claim", by=of(RITA))
    engine.remark(app, SCRIPT, by=of(RITA))
    engine.deliver_all()
    rows = [row for row in engine.outgoing(by=HOST) if row.letter == "message_for_partner"]
    page = mo.get(f"/post/{rows[0].id}")
    assert page.status == 200
    assert "alert(1)" in page.text
    assert "<script>alert" not in page.body


def test_an_empty_outbox_says_so(mo: Browser) -> None:
    text = mo.get("/post").text
    assert "Nothing was addressed to anybody yet." in text
    assert "Nothing needs a hand." in text
