"""When the catalog is looked at again for something it does not show yet.

A pure rule with a room of its own, as ``backoff`` is: the row carries the next time, so all workers must find the same.
What was just moved is mostly there within a minute; what is not there after an hour waits for somebody.
"""

from datetime import datetime, timedelta

OVERDUE = timedelta(days=1)
"""After this the operator is told."""

_SOON, _LATE = timedelta(seconds=15), timedelta(hours=1)


def next_look(since: datetime, now: datetime) -> datetime:
    """The next time: after a quarter of the time it has waited so far, at least 15 seconds and at most an hour.

    Args:
        since: when it began to wait (aware UTC).
        now: when it was looked at (aware UTC).
    """
    return now + min(max((now - since) / 4, _SOON), _LATE)
