"""What guards answered: verdicts, the checklist they make up, and the refusal that carries them.

A refusal teaches: it holds every unmet guard with its reason and its cure, never the first only, never a bare False.
"""

from dataclasses import dataclass
from typing import NamedTuple

from review_engine.domain.errors import ReviewEngineError

PASSED, FAILED, WAIVED, UNKNOWN = "passed", "failed", "waived", "unknown"
OUTCOMES = (PASSED, FAILED, WAIVED, UNKNOWN)


class Verdict(NamedTuple):
    """One guard's answer.

    Args:
        guard: the guard's name; the engine fills it in for a host's own checks.
        outcome: passed, failed, waived or unknown. Unknown is unmet.
        reason: what was found, one sentence without its full stop.
        cure: what would make it pass.
        evidence: reference of the observation it rests on, if any.
    """

    guard: str
    outcome: str
    reason: str = ""
    cure: str = ""
    evidence: str = ""

    @classmethod
    def of(cls, passed: bool, reason: str, *, cure: str = "", evidence: str = "") -> "Verdict":
        """A verdict as a host's check returns it."""
        return cls("", PASSED if passed else FAILED, reason, cure, evidence)

    @classmethod
    def unknown(cls, reason: str, *, cure: str = "") -> "Verdict":
        """For a check that cannot tell at present."""
        return cls("", UNKNOWN, reason, cure)

    @property
    def met(self) -> bool:
        """Whether the guard lets the transition through."""
        return self.outcome in (PASSED, WAIVED)


class Item(NamedTuple):
    """One line of a checklist: the guard's title and its verdict."""

    title: str
    verdict: Verdict
    waivable: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    """All guards of one transition with their verdicts (the "launch requirements"). Derived, never stored.

    Args:
        subject: the subject's key.
        transition: the transition's name.
        title: the transition's title.
        items: one per guard, in the order of the workflow file.
        opens_from: False when the subject does not stand where the transition starts.
        note: why it cannot be taken now beside its guards (wrong state, whose turn it is); empty if it can.
    """

    subject: str
    transition: str
    title: str
    items: tuple[Item, ...]
    opens_from: bool = True
    note: str = ""

    @property
    def ready(self) -> bool:
        """Whether the transition would be taken now."""
        return self.opens_from and all(item.verdict.met for item in self.items)

    @property
    def unmet(self) -> tuple[Item, ...]:
        """The lines that stand in the way."""
        return tuple(item for item in self.items if not item.verdict.met)

    def as_dict(self) -> dict[str, object]:
        """The checklist as JSON-able values."""
        return {
            "subject": self.subject,
            "transition": self.transition,
            "title": self.title,
            "ready": self.ready,
            "note": self.note,
            "items": [
                {"title": item.title, "waivable": item.waivable, **item.verdict._asdict()} for item in self.items
            ],
        }


class Refused(ReviewEngineError):
    """A move that was asked for and not made, with everything that stands in its way. Nothing was written."""

    code = "refused"
    exit_code = 3

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist
        unmet = checklist.unmet
        if not checklist.opens_from:
            what, cure = checklist.note, ""
        else:
            what = f"'{checklist.title}' has {len(unmet)} unmet requirement{'s' if len(unmet) != 1 else ''}"
            cure = " ".join(f"{item.title}: {_told(item.verdict)}" for item in unmet)
        super().__init__(what, where=checklist.subject, cure=cure)

    @property
    def unmet(self) -> tuple[Item, ...]:
        """Every guard that is not met."""
        return self.checklist.unmet

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "checklist": self.checklist.as_dict()}


def _told(verdict: Verdict) -> str:
    parts = [part.rstrip(".") for part in (verdict.reason, verdict.cure) if part]
    return ". ".join(parts) + "." if parts else "not met."
