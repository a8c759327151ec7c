"""What a simulated year came to, week by week."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from review_engine.domain.promises import Figures, PromiseReport


@dataclass(slots=True)
class Week:
    """One ISO week.

    Args:
        name: ``2026-W02``.
        arrived: submissions that came in, first ones and later rounds.
        decided: reviews that ended.
        waiting: submissions in the queue or under review when the week ended.
        most: the most that were there at once.
        breaches: promise -> how often it was found broken.
        percent_met: promise -> of those that ended or broke in this week, how many in a hundred were kept.
    """

    name: str
    arrived: int = 0
    decided: int = 0
    waiting: int = 0
    most: int = 0
    breaches: dict[str, int] = field(default_factory=dict)
    percent_met: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "week": self.name,
            "arrived": self.arrived,
            "decided": self.decided,
            "waiting": self.waiting,
            "most": self.most,
            "breaches": dict(sorted(self.breaches.items())),
            "percent_met": {name: round(value, 1) for name, value in sorted(self.percent_met.items())},
        }


@dataclass(frozen=True, slots=True)
class Account:
    """A whole simulated time.

    Args:
        weeks: oldest first.
        promises: how each promise was kept over the whole time.
        reviewers: how many people reviewed.
        subjects: what went through the process.
        moves: moves that were made, by people and by the engine.
        by_itself: of these, the engine's own.
        reminders: reminders that fired.
        breaches: promises that were found broken.
        states: state -> how many stand there at the end.
        digest: hash of every history and every figure; the same for the same scenario.
    """

    weeks: tuple[Week, ...]
    promises: tuple[Figures, ...]
    reviewers: int
    subjects: int
    moves: int
    by_itself: int
    reminders: int
    breaches: int
    states: dict[str, int]
    digest: str

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return {
            "weeks": [week.as_dict() for week in self.weeks],
            "promises": [line.as_dict() for line in self.promises],
            "reviewers": self.reviewers,
            "subjects": self.subjects,
            "moves": self.moves,
            "by_itself": self.by_itself,
            "reminders": self.reminders,
            "breaches": self.breaches,
            "states": dict(self.states),
            "digest": self.digest,
        }


def kept(weeks: Sequence[Week], report: PromiseReport, kind: str) -> None:
    """Write into each week how many of its promises were kept."""
    by_name = {week.name: week for week in weeks}
    for line in report.weeks:
        week = by_name.get(line.of)
        if week is not None and line.workflow == kind and line.percent_met is not None:
            week.percent_met[line.sla] = line.percent_met
