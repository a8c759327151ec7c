"""The people of a simulated year, and the lots they are drawn by. One seed, one year, on every machine.

Every number is a plain assumption with a name, to be changed by who knows better. ``random.Random`` draws the same
numbers from the same seed in every version of Python that is supported, as long as only these methods are asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil, log
from random import Random
from typing import NamedTuple

from review_engine.domain.errors import InvalidInput

_HOUR = timedelta(hours=1)
_BUSY_HOURS = 1850
"""Business hours a year in which a reviewer is at work."""

_SATURDAY, _RARE = 5, 4

_FULL = 0.85
"""How busy a reviewer is when there are as many as are needed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is assumed.

    Args:
        apps: submissions that arrive in the whole time.
        days: how long submissions arrive.
        seed: which year it is.
        reviewers: how many people review; None for as many as such a crowd needs.
        start: when the time begins; aware; None for the first Monday of 2026 in the calendar's zone.
        kind: the workflow.
        promises: name of a promise -> how long it shall be instead, such as ``"1 business day"``.
        approved: how many reviews in a hundred end well.
        sent_back: how many in a hundred go back to the partner.
        silent: how many partners in a hundred never answer what goes back.
        withdrawn: how many in a hundred are withdrawn while they wait.
        effort: business time of a usual review; half take less, half more.
        answer: plain time in which half of the partners have answered.
        weeks_off: weeks of the year in which a reviewer is away.
    """

    apps: int = 5000
    days: int = 365
    seed: int = 1
    reviewers: int | None = None
    start: datetime | None = None
    kind: str = "app"
    promises: Mapping[str, str] = field(default_factory=dict, hash=False)
    approved: int = 66
    sent_back: int = 29
    silent: int = 10
    withdrawn: int = 2
    effort: timedelta = timedelta(hours=2)
    answer: timedelta = timedelta(days=3)
    weeks_off: int = 4

    def __post_init__(self) -> None:
        if self.apps < 1 or self.days < 1 or (self.reviewers is not None and self.reviewers < 1):
            raise InvalidInput("there is nothing to simulate", cure="Ask for at least one of each.")

    @property
    def staff(self) -> int:
        """How many people review."""
        if self.reviewers is not None:
            return self.reviewers
        mean = self.effort / _HOUR * 1.2  # the mean lies above what half of them take
        rounds = 100 / (100 - self.sent_back)
        return max(1, ceil(self.apps * rounds * mean / (_BUSY_HOURS * self.days / 365 * _FULL)))


class Fate(NamedTuple):
    """What becomes of one round.

    Args:
        effort: the business time that its review takes.
        decision: ``approve``, ``send_back`` or ``reject``.
        answer: how long the partner takes to answer when it goes back; None for never.
    """

    effort: timedelta
    decision: str
    answer: timedelta | None


class Lots:
    """Everything that is left to chance. Each round has lots of its own, whatever happens to others before it."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def arrivals(self, start: datetime, end: datetime) -> list[datetime]:
        """When submissions arrive: any time of day, but few at weekends (UTC)."""
        lots, seconds = self._lots("arrivals"), int((end - start).total_seconds())
        found: list[datetime] = []
        while len(found) < self._scenario.apps:
            at = start + timedelta(seconds=lots.randrange(seconds))
            if at.weekday() < _SATURDAY or lots.randrange(_RARE) == 0:
                found.append(at)
        return sorted(found)

    def weeks_off(self, reviewer: int) -> frozenset[int]:
        """The weeks, counted from the start, in which a reviewer is away."""
        weeks = max(1, self._scenario.days // 7)
        away = min(weeks, round(self._scenario.weeks_off * weeks / 52))
        return frozenset(self._lots("reviewer", reviewer).sample(range(weeks), away))

    def patience(self, number: int) -> timedelta | None:
        """After how long a partner withdraws, unless there was an answer before; None for never."""
        lots = self._lots("patience", number)
        if lots.randrange(100) >= self._scenario.withdrawn:
            return None
        return timedelta(minutes=lots.randrange(60, 3 * 1440))

    def fate(self, number: int, round_: int) -> Fate:
        """What becomes of one round of one submission."""
        scenario, lots = self._scenario, self._lots("round", number, round_)
        effort = _around(lots, scenario.effort, 0.6, timedelta(minutes=10), timedelta(hours=16))
        lot = lots.randrange(100) - scenario.approved
        decision = "approve" if lot < 0 else "send_back" if lot < scenario.sent_back else "reject"
        answer = _around(lots, scenario.answer, 1.0, timedelta(minutes=30), timedelta(days=60))
        return Fate(effort, decision, None if lots.randrange(100) < scenario.silent else answer)

    def _lots(self, *of: object) -> Random:
        return Random("/".join(str(part) for part in (self._scenario.seed, *of)))


def _around(lots: Random, middle: timedelta, spread: float, least: timedelta, most: timedelta) -> timedelta:
    minutes = round(lots.lognormvariate(log(middle.total_seconds() / 60), spread))
    return max(least, min(most, timedelta(minutes=minutes)))
