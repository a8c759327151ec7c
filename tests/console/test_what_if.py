"""A calendar that is only thought of: what it would move is shown, and nothing is changed."""

from datetime import date

import pytest

from review_engine import ReviewEngine
from review_engine.console.what_if import Wish, lines_to_write, wished
from review_engine.domain.calendar import Calendar
from review_engine.domain.errors import InvalidInput
from tests.console.browser import MO, Browser, acting_as

WEEK = "monday=09:00-17:00&tuesday=09:00-17:00&wednesday=09:00-17:00&thursday=09:00-17:00&friday=09:00-17:00"
MONDAY_TO_THURSDAY = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "09:00-17:00")


@pytest.fixture
def business(engine: ReviewEngine) -> Calendar:
    """The shipped calendar."""
    return engine.desk.library.calendar("business")


def test_a_wish_that_changes_nothing_is_the_calendar_itself(business: Calendar) -> None:
    same = wished(business, Wish.of(business))

    assert same.version == business.version
    assert lines_to_write(business, same) == ()


def test_hours_closed_days_and_days_opened_after_all_become_lines_of_the_file(business: Calendar) -> None:
    hours = {**MONDAY_TO_THURSDAY, "friday": "9:00-12:30, 13:30 to 16:00"}
    edited = wished(business, Wish(hours, closed="2026-03-05", opened="2026-12-25"))

    assert date(2026, 3, 5) in edited.holidays
    assert date(2026, 12, 25) not in edited.holidays
    assert lines_to_write(business, edited) == (
        'hours.friday = [["09:00", "12:30"], ["13:30", "16:00"]]',
        'holidays = [..., "2026-03-05"]',
        'overrides."2026-12-25" = [["09:00", "12:30"], ["13:30", "16:00"]]',
    )


@pytest.mark.parametrize(
    "wish",
    [
        Wish({"monday": "nine to five"}),
        Wish({"monday": "25:00-26:00"}),
        Wish({"monday": "09:00-17:00,10:00-11:00"}),
        Wish({}),
        Wish(MONDAY_TO_THURSDAY, closed="24 December"),
        Wish(MONDAY_TO_THURSDAY, closed=" ".join(["2026-01-01"] * 61)),
        Wish({"monday": ",".join(["09:00-10:00"] * 7)}),
    ],
)
def test_what_cannot_be_read_is_said(business: Calendar, wish: Wish) -> None:
    with pytest.raises(InvalidInput) as caught:
        wished(business, wish)
    assert caught.value.cure


def test_a_manager_sees_which_due_dates_would_move_and_none_does(
    mo: Browser, engine: ReviewEngine, submitted: str
) -> None:
    before = engine.due(submitted, by=acting_as(MO))
    page = mo.get(f"/calendars/business?{WEEK}&closed=2026-03-03")

    assert page.status == 200
    assert "would move" in page.text
    assert 'holidays = [..., "2026-03-03"]' in page.text
    assert engine.due(submitted, by=acting_as(MO)) == before


def test_the_form_shows_the_hours_as_they_are(mo: Browser) -> None:
    assert mo.get("/calendars/business").form("business").value("monday") == "09:00-17:00"
    assert mo.get("/calendars/nowhere").status == 404


def test_it_is_for_managers(ann: Browser, rita: Browser) -> None:
    assert [each.get("/calendars/business").status for each in (ann, rita)] == [403, 403]


def test_hours_that_cannot_be_read_come_back_with_what_was_typed(mo: Browser) -> None:
    page = mo.get("/calendars/business?monday=nine&closed=")

    assert page.status == 422
    assert "are no hours" in page.text
    assert page.form("business").value("monday") == "nine"
