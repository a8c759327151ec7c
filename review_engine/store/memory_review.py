"""The memory store's half of what is said in reviews: findings, remarks, and how findings dripped.

Apart from ``memory``, as the tables of reviews are apart from the others.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from threading import RLock
from typing import Protocol

from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import WANTING, Drip, Finding, Remark
from review_engine.ports.store import Change
from review_engine.store.terms import ALWAYS, Clash

_NUMBER: Callable[[Finding | Remark], int] = attrgetter("number")


class ReviewedFile(Protocol):
    """What is read here of everything kept of one subject."""

    findings: list[Finding]
    remarks: list[Remark]


class MemoryReviews:
    """Methods of ``ports.store`` over the memory store's dictionaries; a base of ``MemoryStore``."""

    _lock: RLock
    _files: Mapping[SubjectKey, ReviewedFile]

    def findings(self, key: SubjectKey) -> list[Finding]:
        """See ``ports.store.Store.findings``."""
        return sorted(self._files[key].findings, key=_NUMBER) if key in self._files else []

    def remarks(self, key: SubjectKey) -> list[Remark]:
        """See ``ports.store.Store.remarks``."""
        return sorted(self._files[key].remarks, key=_NUMBER) if key in self._files else []

    def drips(self, since: datetime | None = None) -> list[Drip]:
        """See ``ports.store.Store.drips``."""
        counted: dict[str, Drip] = {}
        with self._lock:
            for one in [one for file in self._files.values() for one in file.findings]:
                if one.round > 1 and one.result in WANTING and one.at >= (since or ALWAYS):
                    before = counted.get(one.by, Drip(one.by, 0, 0))
                    counted[one.by] = Drip(one.by, before.found + 1, before.late + one.late)
        return [counted[by] for by in sorted(counted)]


def refuse_said_before(change: Change, file: ReviewedFile) -> None:
    """Each finding and each remark has a number of its own.

    Raises:
        Clash: one of them is there already.
    """
    for sort, kept, new in (
        ("finding", [one.number for one in file.findings], [one.number for one in change.findings]),
        ("remark", [one.number for one in file.remarks], [one.number for one in change.remarks]),
    ):
        if new and len({*kept, *new}) < len(kept) + len(new):
            raise Clash(sort, change.subject.key)
