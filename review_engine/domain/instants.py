"""Moments as integers: microseconds since 1970-01-01T00:00Z, so that the arithmetic of calendars is exact and quick.

Datetimes enter and leave here. What enters must be aware, in any zone; what leaves is in UTC.
"""

from datetime import UTC, date, datetime, timedelta

from review_engine.domain.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
MICROSECONDS = 1_000_000
DAY = 86_400 * MICROSECONDS

TICK = timedelta(microseconds=1)
"""A product with it builds a timedelta in half the time that the constructor takes."""

Span = tuple[int, int]
"""From the first instant up to, not including, the second."""


class NaiveDatetime(InvalidInput):
    """A time without a time zone, which may mean any of forty instants."""

    code = "naive_datetime"


def instant(t: datetime) -> int:
    """Microseconds from the epoch to ``t``.

    Raises:
        NaiveDatetime: ``t`` has no time zone, or is no datetime.
    """
    try:
        since = t - EPOCH
    except TypeError as error:
        raise NaiveDatetime(
            f"{t!r} is not a time with a time zone", cure="Pass an aware datetime, in UTC: datetime.now(UTC)."
        ) from error
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(at: int) -> datetime:
    """The instant as a datetime, aware, UTC."""
    return EPOCH + TICK * at


def midnight(day: date) -> int:
    """The instant at which the date begins in UTC."""
    return (day.toordinal() - EPOCH_DAY) * DAY
