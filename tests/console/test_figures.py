"""The figures and the calendars: numbers of a period, who has what, and due dates that would move."""

from datetime import date

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.domain.calendar import Calendar
from review_engine.domain.reviews import Assessment
from review_engine.testing import TurnableClock
from tests.console.browser import ANN, OMAR, PEOPLE, RITA, Browser, acting
from tests.usecases.conftest import ready


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


@pytest.fixture
def busy(engine: ReviewEngine, clock: TurnableClock) -> None:
    """One app overdue with Rita after two rounds, one decided in time by Omar, one that nobody has."""
    for slug in ("slow-one", "quick-one", "new-one"):
        ready(engine, slug)
        engine.edit(slug, {"name": slug.replace("-", " ").title()}, by=of(ANN))
    engine.move("quick-one", "submit", by=of(ANN))
    engine.move("quick-one", "claim", by=of(OMAR))
    clock.turn("1 hour")
    engine.move("quick-one", "reject", by=of(OMAR), comment="No.")
    engine.move("slow-one", "submit", by=of(ANN))
    engine.move("slow-one", "claim", by=of(RITA))
    engine.assess("slow-one", [Assessment("failed", "docs_adhered_to", "Step 3.")], by=of(RITA))
    engine.move("slow-one", "request_changes", by=of(RITA), comment="Step 3.")
    engine.move("slow-one", "submit", by=of(ANN))
    engine.move("slow-one", "claim", by=of(RITA))
    engine.assess("slow-one", [Assessment("failed", "entry_accurate", "Cut off.", "logo_url")], by=of(RITA))
    clock.turn("5 days")
    engine.tick()
    engine.move("new-one", "submit", by=of(ANN))


def test_only_staff_reads_the_figures(engine: ReviewEngine, busy: None) -> None:
    seen = {who: Browser(engine, actor).get("/figures").status for who, actor in PEOPLE.items()}
    assert seen == {"own": 403, "foreign": 403, "reviewer": 200, "manager": 200}
    assert Browser(engine).get("/figures").status == 401


def test_the_figures_are_those_of_the_engine(engine: ReviewEngine, mo: Browser, busy: None) -> None:
    page = mo.get("/figures")
    for words in (
        "Decision within 2 business days of review time", "Overdue now (1)", "Slow One", "with Rita Roe",
        "How many waited for us at the end of each day, from 8 Feb 2026 to 7 Mar 2026",
        "What Rita Roe has in hand (1)", "Promises broken in this period", "Still open", "1 hour",
        "Findings that came late",
    ):  # fmt: skip
        assert words in page.text, words
    assert "/review/app/slow-one" in page.links
    assert "/queue?reviewer=r-rita" in page.links
    assert [tag for tag, given in page.tags if tag == "svg" and given["role"] == "img" and given["aria-label"]]
    assert "Rita Roe (reviewer) 1 1" in page.text, "the finding that stood in round one is counted as late"


def test_a_period_and_a_kind_are_chosen_by_the_address(mo: Browser, busy: None) -> None:
    assert "Nothing was promised in this period." in mo.get("/figures?since=2025-01-01&until=2025-02-01").text
    assert "Nothing was promised in this period." in mo.get("/figures?kind=membership").text
    assert mo.get("/figures?since=2026-03-01&until=2026-03-02").status == 200
    one_day = mo.get("/figures?since=2026-03-02&until=2026-03-02")
    assert "Choose more than one day to see a line." in one_day.text


@pytest.mark.parametrize(
    "period",
    ["since=yesterday", "since=2026-03-02&until=2026-03-01", "since=0001-01-01", "until=9999-99-99", "since=%00"],
)
def test_a_period_that_cannot_be_used_is_said(mo: Browser, busy: None, period: str) -> None:
    page = mo.get(f"/figures?{period}")
    assert page.status == 422
    assert "These are the last 28 days." in page.text


def test_a_quiet_desk_has_figures_too(mo: Browser) -> None:
    page = mo.get("/figures")
    assert page.status == 200
    assert "Nothing is overdue." in page.text


# -- Calendars


def test_calendars_are_for_managers(engine: ReviewEngine) -> None:
    seen = {who: Browser(engine, actor).get("/calendars").status for who, actor in PEOPLE.items()}
    assert seen == {"own": 403, "foreign": 403, "reviewer": 403, "manager": 200}
    reviewer = Browser(engine, RITA)
    token = reviewer.get("/choices").forms[0].value("csrf")
    assert reviewer.post("/calendars/business", {"csrf": token}).status == 403


def test_a_calendar_shows_hours_holidays_and_who_counts_by_it(mo: Browser) -> None:
    text = mo.get("/calendars").text
    for words in ("Business", "America/Los_Angeles", "09:00 to 17:00", "closed", "Monday 25 May 2026 Memorial Day",
                  "Counts the promises of:", "There is nothing to apply."):  # fmt: skip
        assert words in text, words


def test_due_dates_move_when_the_version_that_was_looked_at_is_applied(
    engine: ReviewEngine, mo: Browser, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.move(app, "submit", by=of(ANN))
    before = engine.due(app, by=of(RITA))[0].due_at
    _close_a_day(engine, monkeypatch, "2026-03-03")
    page = mo.get("/calendars")
    assert "2 open promises are counted by an older version; 2 due dates would move." in page.text
    form = page.form("/calendars/business")
    assert engine.due(app, by=of(RITA))[0].due_at == before, "looking moves nothing"
    stale = mo.send(form, version="another")
    assert stale.status == 409
    done = mo.send(form)
    assert "The calendar is applied." in done.text
    assert "There is nothing to apply." in done.text
    assert engine.due(app, by=of(RITA))[0].due_at > before
    assert mo.send(form, csrf="").status == 403


def test_a_calendar_that_there_is_not_is_not_found(mo: Browser) -> None:
    token = mo.get("/choices").forms[0].value("csrf")
    assert mo.post("/calendars/nothing", {"csrf": token, "version": "x"}).status == 404


def _close_a_day(engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch, on: str) -> None:
    """As if the file of the business calendar had been edited, and the process started anew."""
    library = engine.desk.library
    known = dict(library.calendars())
    old = known["business"]
    known["business"] = Calendar(
        old.name, old.zone, old.hours, {**old.holidays, date.fromisoformat(on): "Carnival"}, old.overrides
    )
    monkeypatch.setattr(type(library), "calendar", lambda _, name: known[name])
    monkeypatch.setattr(type(library), "calendars", lambda _: known)
