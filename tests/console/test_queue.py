"""The queue: what waits, in which order, through which filters; and taking a review from it."""

from urllib.parse import urlencode

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, MO, OMAR, PEOPLE, RITA, SCRIPT, Browser, acting
from tests.usecases.conftest import ready


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


@pytest.fixture
def waiting(engine: ReviewEngine, clock: TurnableClock) -> list[str]:
    """Three apps: one overdue, one that Omar has, one fresh and of the upper tier."""
    slugs = ["late-one", "in-hand", "fresh-one"]
    for slug in slugs:
        ready(engine, slug)
        engine.edit(slug, {"name": slug.replace("-", " ").title()}, by=of(ANN))
    engine.move("late-one", "submit", by=of(ANN))
    clock.turn("2 days")
    engine.move("in-hand", "submit", by=of(ANN))
    engine.move("in-hand", "claim", by=of(OMAR))
    clock.turn("1 day")
    engine.edit("fresh-one", {"tier": "priority"}, by=of(MO))
    engine.move("fresh-one", "submit", by=of(ANN))
    return slugs


def order(browser: Browser, **chosen: str) -> list[str]:
    page = browser.get(f"/queue?{urlencode(chosen)}")
    assert page.status == 200, page.text
    return [link.rpartition("/")[2] for link in page.links if link.startswith("/review/")]


def test_only_staff_reads_the_queue(engine: ReviewEngine, waiting: list[str]) -> None:
    seen = {who: Browser(engine, actor).get("/queue").status for who, actor in PEOPLE.items()}
    assert seen == {"own": 403, "foreign": 403, "reviewer": 200, "manager": 200}
    assert "late-one" not in Browser(engine, ANN).get("/queue").body


def test_nobody_is_led_to_the_sign_in_or_told_to_sign_in(nobody: Browser) -> None:
    assert nobody.get("/queue").status == 401


def test_what_is_overdue_comes_first_and_is_said_in_words(rita: Browser, waiting: list[str]) -> None:
    page = rita.get("/queue")
    assert order(rita)[0] == "late-one"
    assert sorted(order(rita)) == sorted(waiting)
    assert "3 wait, 1 overdue." in page.text.replace(" ,", ",").replace(" .", ".")
    assert "1 day" in page.text
    assert "overdue" in page.text
    assert "in 1 day" in page.text
    assert "Acme Inc." in page.text
    assert "First submission" in page.text
    assert "Omar Orr" in page.text


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"overdue": "1"}, ["late-one"]),
        ({"whose": "unclaimed"}, ["late-one", "fresh-one"]),
        ({"whose": "mine"}, []),
        ({"reviewer": "r-omar"}, ["in-hand"]),
        ({"tier": "priority"}, ["fresh-one"]),
        ({"state": "in_review"}, ["in-hand"]),
        ({"search": "FRESH"}, ["fresh-one"]),
        ({"component": "stream"}, []),
        ({"reason": "appeal"}, []),
        ({"kind": "membership"}, []),
        ({"state": "no_such_state", "tier": "gold", "whose": "everybody's"}, ["late-one", "fresh-one", "in-hand"]),
    ],
)
def test_a_filter_is_an_address(rita: Browser, waiting: list[str], chosen: dict[str, str], found: list[str]) -> None:
    assert sorted(order(rita, **chosen)) == sorted(found)


def test_a_view_has_a_link_without_what_does_not_filter(rita: Browser, waiting: list[str]) -> None:
    page = rita.get("/queue?search=&whose=unclaimed&state=&overdue=1")
    assert "/queue?whose=unclaimed&overdue=1" in page.links


def test_an_empty_queue_says_so(rita: Browser) -> None:
    assert "Nothing waits for us" in rita.get("/queue").text
    assert "Nothing of this sort waits" in rita.get("/queue?overdue=1").text


def test_htmx_gets_the_rows_alone(rita: Browser, waiting: list[str]) -> None:
    part = rita.client.get("/queue", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert 'id="queue-rows"' in part.text
    assert part.headers["vary"] == "HX-Request"


def test_pages_follow_each_other(engine: ReviewEngine, rita: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review_engine.console.queue.ROWS", 2)
    slugs = [f"app-{number}" for number in range(5)]
    for slug in slugs:
        engine.move(ready(engine, slug), "submit", by=of(ANN))
    seen, address = [], "/queue?whose=unclaimed"
    while address:
        page = rita.get(address)
        seen += [link.rpartition("/")[2] for link in page.links if link.startswith("/review/")]
        address = next((given["href"] for tag, given in page.tags if tag == "a" and given.get("rel") == "next"), "")
        assert not address or "whose=unclaimed" in address
    assert sorted(seen) == slugs


def test_a_made_up_place_in_the_pages_is_no_fault_of_ours(rita: Browser, waiting: list[str]) -> None:
    for after in ("x", "%00", "9" * 5000, "%F0%9F%98%80", "../.."):
        assert rita.get(f"/queue?after={after}").status < 500


def test_a_review_is_taken_from_its_row(engine: ReviewEngine, rita: Browser, waiting: list[str]) -> None:
    form = rita.get("/queue").form("/review/app/late-one/claims")
    page = rita.send(form)
    assert page.path == "/review/app/late-one"
    assert "The review is yours." in page.text
    assert engine.review("late-one", by=of(RITA)).claimed_by == "r-rita"


def test_whoever_comes_second_reads_what_happened(
    engine: ReviewEngine, rita: Browser, waiting: list[str], clock: TurnableClock
) -> None:
    form = rita.get("/queue").form("/review/app/late-one/claims")
    clock.turn("1 minute")
    engine.move("late-one", "claim", by=of(OMAR))
    page = rita.send(form)
    assert page.status == 409
    assert "no longer as you saw it" in page.text
    assert "Start the review" in page.text
    assert engine.review("late-one", by=of(RITA)).claimed_by == "r-omar"


def test_a_reviewer_of_the_partner_takes_nothing(engine: ReviewEngine, waiting: list[str]) -> None:
    insider = Browser(engine, "reviewer:r-ina:acme")
    page = insider.get("/queue")
    assert "For a colleague: you belong to Acme Inc." in page.text
    assert not [form for form in page.forms if form.action.endswith("/claims")]


def test_an_appeal_is_for_a_manager(engine: ReviewEngine, rita: Browser, mo: Browser, waiting: list[str]) -> None:
    engine.move("in-hand", "reject", by=of(OMAR), comment="No.")
    engine.move("in-hand", "appeal", by=of(ANN), comment="Yes.")
    assert "for a manager" in rita.get("/queue?reason=appeal").text
    assert "for a manager" not in mo.get("/queue?reason=appeal").text


def test_a_script_in_a_name_or_in_the_search_is_shown_and_not_run(
    engine: ReviewEngine, rita: Browser, waiting: list[str]
) -> None:
    engine.move("in-hand", "request_changes", by=of(OMAR), comment="Mend it.")
    engine.edit("in-hand", {"name": SCRIPT[:80]}, by=of(ANN))
    engine.move("in-hand", "submit", by=of(ANN))
    page = rita.get("/queue")
    assert SCRIPT[:80] in page.text
    assert "<script>alert" not in page.body
    searched = rita.get(f"/queue?{urlencode({'search': SCRIPT})}")
    assert "<script>alert" not in searched.body
    assert not [name for _, given in searched.tags for name in given if name.startswith("on")]
