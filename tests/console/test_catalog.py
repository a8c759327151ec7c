"""The catalog: for everybody, without signing in, and nothing but what is listed."""

from urllib.parse import quote, urlencode

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, PEOPLE, SCRIPT, Browser, acting
from tests.usecases.conftest import in_beta, ready


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


def listed(engine: ReviewEngine, slug: str, **facts: object) -> str:
    """An app in Public Beta."""
    ready(engine, slug)
    engine.edit(slug, {"name": slug.replace("-", " ").title(), **facts}, by=of(ANN))
    return in_beta(engine, slug)


@pytest.fixture
def market(engine: ReviewEngine, clock: TurnableClock) -> None:
    """One entry from long ago, two of today, and one that is not listed."""
    listed(engine, "old-hand", categories=["CRM"], description="Sorts contacts.")
    clock.turn("60 days")
    listed(
        engine, "mail-maker", categories=["Email Marketing"], description="Writes LETTERS for you.", methods=["track"]
    )
    listed(engine, "survey-star", categories=["Surveys", "CRM"], platforms=["browser"])
    ready(engine, "hidden-thing")


def shown(browser: Browser, **chosen: str) -> list[str]:
    page = browser.get(f"/catalog?{urlencode(chosen)}")
    assert page.status == 200
    return [link.rpartition("/")[2] for link in page.links if link.startswith("/catalog/")]


def test_everybody_sees_what_is_listed_and_nothing_else(engine: ReviewEngine, nobody: Browser, market: None) -> None:
    for browser in (nobody, *(Browser(engine, who) for who in PEOPLE.values())):
        page = browser.get("/catalog")
        assert page.status == 200
        assert shown(browser) == ["mail-maker", "old-hand", "survey-star"]
        assert "hidden-thing" not in page.body
        assert "support@acme.example" not in page.body


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"search": "letters"}, ["mail-maker"]),
        ({"search": "HAND"}, ["old-hand"]),
        ({"search": "%"}, []),
        ({"category": "CRM"}, ["old-hand", "survey-star"]),
        ({"show": "noteworthy"}, ["mail-maker", "survey-star"]),
        ({"show": "newest", "category": "CRM"}, ["old-hand", "survey-star"]),
        ({"show": "everything"}, ["mail-maker", "old-hand", "survey-star"]),
        ({"category": "No such"}, []),
    ],
)
def test_what_is_looked_for_is_found(nobody: Browser, market: None, chosen: dict[str, str], found: list[str]) -> None:
    assert sorted(shown(nobody, **chosen)) == found


def test_categories_say_how_many_they_hold(nobody: Browser, market: None) -> None:
    text = nobody.get("/catalog").text
    assert "CRM (2)" in text
    assert "Email Marketing (1)" in text
    assert "Beta" in text


def test_an_entry_says_what_it_is(nobody: Browser, market: None) -> None:
    page = nobody.get("/catalog/mail-maker")
    for words in (
        "Mail Maker",
        "Writes LETTERS for you.",
        "Public Beta",
        "Email Marketing",
        "track",
        "New & Noteworthy",
    ):
        assert words in page.text
    assert "support@acme.example" not in page.body
    outward = [given for tag, given in page.tags if tag == "a" and given["href"].startswith("http")]
    assert outward
    assert all("noreferrer" in given["rel"] for given in outward)


@pytest.mark.parametrize("slug", ["hidden-thing", "no-such", "A B", "%00", "x" * 300])
def test_what_is_not_listed_is_not_there(nobody: Browser, market: None, slug: str) -> None:
    page = nobody.get(f"/catalog/{slug}")
    assert page.status in (404, 422)
    assert page.status == 404 or slug not in ("hidden-thing", "no-such")


def test_what_is_hidden_reads_like_what_does_not_exist(nobody: Browser, market: None) -> None:
    hidden, absent = nobody.get("/catalog/hidden-thing"), nobody.get("/catalog/no-such")
    assert hidden.body.replace("hidden-thing", "X") == absent.body.replace("no-such", "X")


def test_an_empty_catalog_says_so(nobody: Browser) -> None:
    assert "The catalog is empty as yet." in nobody.get("/catalog").text


def test_htmx_gets_the_cards_alone(nobody: Browser, market: None) -> None:
    part = nobody.client.get("/catalog", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert 'id="catalog-cards"' in part.text


def test_pages_follow_each_other(
    engine: ReviewEngine, nobody: Browser, market: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review_engine.console.catalog.CARDS", 2)
    page = nobody.get("/catalog")
    following = next(given["href"] for tag, given in page.tags if tag == "a" and given.get("rel") == "next")
    assert shown(nobody) == ["mail-maker", "old-hand"]
    assert [link for link in nobody.get(following).links if link.startswith("/catalog/")] == ["/catalog/survey-star"]


def test_a_script_is_shown_and_an_odd_address_is_no_link(engine: ReviewEngine, nobody: Browser) -> None:
    listed(engine, "odd-one", name=SCRIPT[:60], description=SCRIPT)
    for address in ("/catalog", "/catalog/odd-one", f"/catalog?search={quote(SCRIPT)}"):
        page = nobody.get(address)
        assert page.status == 200
        assert "<script>alert" not in page.body
        assert not [given for _, given in page.tags if given.get("href", "").startswith("javascript")]
    assert nobody.get("/catalog?after=%00%ff").status < 500
