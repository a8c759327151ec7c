"""Due dates as calendar entries, read back by a reader of their own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.channels.deadline import Deadline, calendar, folded
from tests.channels.calendar_reader import read
from tests.channels.journeys import every_notice
from tests.channels.test_letters import ANN, LETTERS, one

DUE = Deadline(
    identity="app/acme-sync#decision#1",
    domain="platform.example",
    revision=7,
    at=datetime(2026, 3, 5, 1, 0, tzinfo=UTC),
    told_at=datetime(2026, 3, 2, 18, 0, tzinfo=UTC),
    title="Our answer on Acme; Sync, round 1",
    says="Decision within 2 business days.\nMore: C:\\path",
    link="https://developers.example.com/app/acme-sync?utm_source=x&utm_medium=email&utm_campaign=y",
)


def test_an_entry_reads_back_as_it_was_written() -> None:
    event = read(calendar(DUE))
    assert event["SUMMARY"] == DUE.title
    assert event["DESCRIPTION"] == DUE.says
    assert event["URL"] == DUE.link
    assert event["DTSTART"] == "20260305T010000Z"
    assert event["DTSTAMP"] == "20260302T180000Z"
    assert event["SEQUENCE"] == "7"
    assert event["METHOD"] == "PUBLISH"
    assert event["UID"].endswith("@platform.example")
    assert "\r\nSUMMARY:Our answer on Acme\\; Sync\\, round 1\r\n" in calendar(DUE)


def test_an_instant_in_any_zone_is_written_in_utc() -> None:
    there = DUE.at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert calendar(replace(DUE, at=there)) == calendar(DUE)


def test_the_same_promise_is_the_same_entry_and_another_one_is_another() -> None:
    moved = read(calendar(replace(DUE, at=DUE.at + timedelta(days=1), revision=9)))
    assert moved["UID"] == read(calendar(DUE))["UID"]
    assert read(calendar(replace(DUE, identity="app/acme-sync#decision#2")))["UID"] != moved["UID"]


def test_what_is_no_web_address_is_no_link() -> None:
    assert "URL" not in read(calendar(replace(DUE, link="javascript:alert(1)\r\nATTENDEE:evil")))


@given(st.text(max_size=300))
def test_no_title_writes_a_property_of_its_own(title: str) -> None:
    event = read(calendar(replace(DUE, title=title, says=title)))
    assert set(event) == set(read(calendar(DUE)))
    kept = [letter for letter in title if letter.isprintable() and letter != " "]
    assert [letter for letter in event["SUMMARY"] if letter.isprintable() and letter != " "] == kept


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400))
def test_folding_is_undone_by_unfolding(text: str) -> None:
    made = folded(text)
    assert made.replace("\r\n ", "") == text
    assert all(len(piece.encode("utf-8")) <= 75 for piece in made.split("\r\n"))


def test_letters_with_a_date_to_keep_carry_it() -> None:
    submitted = read(LETTERS.render(one("submission_received"), ANN).calendar)
    assert submitted["SUMMARY"] == "Our answer on Acme Sync, round 1"
    assert submitted["DTSTART"] == "20260305T010000Z"  # Wednesday 17:00 in California
    changes = one("changes_requested")
    asked = read(LETTERS.render(changes, ANN).calendar)
    due = changes.context["due"]
    assert isinstance(due, dict)
    assert asked["DTSTART"] == due["partner_reply"]["due_at"][:19].translate(str.maketrans("", "", "-:")) + "Z"
    assert "/app/acme-sync?utm_source=" in asked["URL"]


def test_every_calendar_entry_can_be_read_and_most_letters_have_none() -> None:
    found = {notice.name: LETTERS.render(notice, ANN).calendar for notice in every_notice()}
    carrying = {name for name, document in found.items() if document and read(document)}
    assert {"submission_received", "changes_requested", "access_received"} <= carrying
    assert len(carrying) < len(found) / 4


@pytest.mark.parametrize("title", ["x" * 5_000, "\U0001f680" * 500, "a\r\nATTENDEE:mailto:evil@example.net"])
def test_a_strangers_name_stays_within_the_title(title: str) -> None:
    event = read(calendar(replace(DUE, title=title)))
    assert "ATTENDEE" not in event
