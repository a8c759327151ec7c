"""What is wrong with a file, as values: every fault at once, each with its line and its cure.

A value and not an exception, because a reader who fixes one fault and meets the next has been told too little. The
rooms that read files collect them; the one error raised at the end carries them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from review_engine.domain.errors import InvalidFile


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file.

    Args:
        path: the file, as it was named by whoever asked.
        line: from 1; the nearest line when the fault is something missing.
        place: the dotted name of what is wrong, such as ``hours.monday``; empty for the file as a whole.
        what: what is wrong, one sentence without a closing full stop.
        cure: what to do about it, one sentence.
    """

    path: str
    line: int
    place: str
    what: str
    cure: str = ""

    def __str__(self) -> str:
        place = f"[{self.place}] " if self.place else ""
        return f"{self.path}:{self.line}: {place}{self.what}.{' ' if self.cure else ''}{self.cure}"


class CalendarFileInvalid(InvalidFile):
    """A calendar file with faults; ``faults`` holds every one of them, in the order of their lines."""

    code = "calendar_file_invalid"

    def __init__(self, path: str, faults: Iterable[Fault]) -> None:
        found = sorted(faults, key=lambda fault: fault.line)
        count = "a fault" if len(found) == 1 else f"{len(found)} faults"
        super().__init__(f"the calendar file has {count}", found, where=path, cure="No calendar was read from it.")
