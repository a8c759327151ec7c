"""What a person chose: which letters go when, whatever the zone and the hour."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.errors import InvalidInput
from review_engine.domain.preferences import DIGEST, DIGEST_AT, IMMEDIATE, OFF, Preference

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Apia"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(zone=ZONES, now=MOMENTS, start=HOURS, end=HOURS)
def test_nothing_goes_within_the_quiet_hours_and_nothing_waits_outside_them(
    zone: str, now: datetime, start: time, end: time
) -> None:
    at = Preference("p", quiet_from=start, quiet_until=end, zone=zone).goes_at("tips", now)
    local = now.astimezone(ZoneInfo(zone)).time()
    quiet = start != end and (start <= local < end if start < end else local >= start or local < end)
    assert (at > now) is quiet
    assert at - now <= timedelta(hours=49)


@given(zone=ZONES, now=MOMENTS)
def test_a_digest_goes_the_next_time_the_person_s_clock_shows_the_hour(zone: str, now: datetime) -> None:
    at = Preference("p", DIGEST, zone=zone).goes_at("tips", now)
    assert now < at <= now + timedelta(hours=49)
    assert at.astimezone(ZoneInfo(zone)).time() == DIGEST_AT


def test_a_letter_may_be_told_otherwise_than_the_others() -> None:
    chose = Preference("p", DIGEST, {"tips": IMMEDIATE}).without("news")
    assert [chose.mode_of(letter) for letter in ("tips", "news", "other")] == [IMMEDIATE, OFF, DIGEST]


@pytest.mark.parametrize("wrong", [{"mode": "never"}, {"letters": {"tips": "no"}}, {"zone": "Mars/Base"}])
def test_what_is_no_choice_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Preference("p", **wrong)  # type: ignore[arg-type]
