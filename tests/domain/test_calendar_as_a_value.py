"""A calendar is pure data: it can be kept, compared and known by its hash, or it cannot be made."""

import json
import pickle
import subprocess
import sys
from typing import Any

import pytest

from review_engine.domain.calendar import (
    Calendar,
    InvalidCalendar,
)
from tests.domain.offices import NINE_TO_FIVE, everything, office, utc


def test_a_calendar_comes_back_from_json_as_it_was() -> None:
    calendar = everything()
    again = Calendar.from_dict(json.loads(json.dumps(calendar.to_dict())))
    assert again == calendar
    assert (again.version, hash(again)) == (calendar.version, hash(calendar))
    assert again.hours["saturday"][0].texts == ("00:00", "24:00")


@pytest.mark.parametrize("written", [{}, {"name": "x"}, {**everything().to_dict(), "colour": "red"}])
def test_what_is_no_calendar_does_not_become_one(written: dict[str, object]) -> None:
    with pytest.raises(InvalidCalendar, match=r"Calendar\.to_dict"):
        Calendar.from_dict(written)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "other"),
        ("zone", "Europe/Dublin"),
        ("hours", {"monday": [["09:00", "17:00"]]}),
        ("holidays", {"2026-12-25": "Christmas"}),
        ("overrides", {}),
        ("holiday_rule", "start_date"),
    ],
)
def test_the_version_changes_with_every_part_of_the_calendar(key: str, value: object) -> None:
    changed = Calendar.from_dict({**everything().to_dict(), key: value})
    assert changed.version != everything().version
    assert changed != everything()


def test_the_version_does_not_hang_on_the_order_in_which_things_were_given() -> None:
    one = office(holidays=["2026-01-05", "2026-01-06"], hours={"monday": [["09:00", "12:00"], ["13:00", "17:00"]]})
    two = office(holidays=["2026-01-06", "2026-01-05"], hours={"monday": [["13:00", "17:00"], ["09:00", "12:00"]]})
    assert one.version == two.version


def test_the_version_is_the_same_in_another_process() -> None:
    written = json.dumps(everything().to_dict())
    code = (
        "import json, sys; from review_engine.domain.calendar import Calendar; "
        "print(Calendar.from_dict(json.load(sys.stdin)).version)"
    )
    run = subprocess.run([sys.executable, "-c", code], input=written, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == everything().version


def test_a_pickled_calendar_carries_the_value_and_none_of_what_was_compiled() -> None:
    calendar = everything()
    fresh = len(pickle.dumps(calendar))
    calendar.difference(utc("2000-01-01 00:00"), utc("2030-01-01 00:00"))
    assert len(pickle.dumps(calendar)) == fresh
    assert pickle.loads(pickle.dumps(calendar)) == calendar


def test_what_the_caller_does_to_his_lists_afterwards_does_not_reach_the_calendar() -> None:
    days = {"monday": Calendar.of("a", "UTC", NINE_TO_FIVE).hours["monday"]}
    calendar = Calendar("office", "UTC", days)
    days.clear()
    assert calendar.is_open(utc("2026-01-05 10:00"))


@pytest.mark.parametrize(
    ("given_", "what"),
    [
        ({"zone": "Europe/Berlinn"}, "Did you mean 'Europe/Berlin'"),
        ({"zone": ""}, "no time zone"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"hours": {}}, "no open hours at all"),
        ({"hours": {"monday": []}, "overrides": {"2026-01-05": []}}, "no open hours at all"),
        ({"hours": {"moonday": [["09:00", "17:00"]]}}, "Did you mean 'monday'"),
        ({"hours": {"monday": [["9:00", "17:00"]]}}, "'9:00' is not a time of day"),
        ({"hours": {"monday": [["24:00", "02:00"]]}}, "'24:00' is not a time of day"),
        ({"hours": {"monday": [["09:00", "24:01"]]}}, "'24:01' is not a time of day"),
        ({"hours": {"monday": [["09:60", "17:00"]]}}, "'09:60' is not a time of day"),
        ({"holidays": ["2026-02-30"]}, "'2026-02-30' is not a date"),
        ({"holiday_rule": "sometimes"}, "start_date, civil_date"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_the_cure(given_: dict[str, Any], what: str) -> None:
    with pytest.raises(InvalidCalendar, match=what):
        Calendar.of(**{"name": "odd", "zone": "UTC", "hours": NINE_TO_FIVE, **given_})
