"""When a delivery that failed is tried again.

A pure rule with a room of its own, because letters and webhooks follow the same one and because it must be the same on
every worker: whoever fails, the row carries the next time. Chance is an argument, as the time is; the domain draws no
random numbers and reads no clock.
"""

from datetime import datetime, timedelta

from review_engine.domain.errors import InvalidInput

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)  # after the first failure, the second, ...; together just under two days
JITTER = 0.2  # of a pause, to either side, so that what failed together does not come back together


def next_attempt(failures: int, *, now: datetime, chance: float, expires_at: datetime | None = None) -> datetime | None:
    """The time of the next attempt, or None when there is to be none.

    There is none after the last pause has been waited for, and none at or after ``expires_at``.

    Args:
        failures: how many attempts have failed so far, this one included; from 1.
        now: when the last one failed; aware, in UTC.
        chance: a random number in [0, 1); 0.5 gives the pause exactly.
        expires_at: when the message loses its point; aware, in UTC. None if it never does.

    Raises:
        InvalidInput: if ``failures`` is below 1, ``chance`` outside [0, 1), or a time naive.
    """
    if failures < 1:
        raise InvalidInput(f"there is no attempt after {failures} failures", cure="Count from 1.")
    if not 0 <= chance < 1:
        raise InvalidInput(f"a chance of {chance} is outside [0, 1)", cure="Give a number as random.random() does.")
    if now.tzinfo is None or (expires_at is not None and expires_at.tzinfo is None):
        raise InvalidInput("a time without a time zone", cure="Give aware times, in UTC.")
    if failures > len(PAUSES):
        return None
    again = now + PAUSES[failures - 1] * (1 - JITTER + 2 * JITTER * chance)
    return again if expires_at is None or again < expires_at else None
