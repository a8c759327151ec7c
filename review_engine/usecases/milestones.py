"""Tell a partner how far their app has come: the first active customer, the second, and that there are enough.

A milestone is found after customers were counted. It is no move and changes nothing, so it is told beside the subject:
under a key of its own, which makes it the same milestone however often it is found. A number that was leapt over is
marked as told to nobody, so that it is not told when the count goes back to it.
"""

from collections.abc import Iterator
from datetime import datetime

from review_engine.domain.canonical import instant
from review_engine.domain.durations import Duration
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Milestone
from review_engine.domain.notices import Notice
from review_engine.domain.subjects import Subject
from review_engine.usecases.decide import Decision, ahead, bearings
from review_engine.usecases.desk import Desk


def tell_milestones(desk: Desk, keys: list[SubjectKey], *, now: datetime) -> None:
    """Tell what the counts of these subjects have reached and was not told before.

    Args:
        desk: the ports.
        keys: subjects whose customers were counted.
        now: when (aware UTC).
    """
    found: list[Notice] = []
    counting = [key for key in keys if desk.library.current(key.kind).lifecycle.milestones]
    standing = desk.store.subjects(counting)
    for key in counting:
        if _has_any(desk, standing[str(key)]):
            dossier = desk.store.dossier(key, desk.ask(key.kind, now))
            found += reached(desk.decision(dossier, now))
    if found:
        desk.store.announce(found)


def _has_any(desk: Desk, subject: Subject) -> bool:
    """Whether there are milestones where it stands."""
    milestones = desk.book(subject).lifecycle.milestones
    return any(subject.state in milestone.states for milestone in milestones.values())


def reached(decision: Decision) -> Iterator[Notice]:
    """The milestones a subject has come to, as it stands."""
    lifecycle, subject = decision.book.lifecycle, decision.subject
    for milestone in lifecycle.milestones.values():
        if subject.state not in milestone.states:
            continue
        params = lifecycle.guards[milestone.guard].params
        count = _count(decision, params.get("within"))
        passed = [number for number in milestone.at if number <= count]
        for number in passed:
            for name in milestone.notices:
                context = _context(decision, count, params.get("at_least"))
                to = lifecycle.notices[name].to if number == passed[-1] else ()
                yield Notice(name, subject.key, subject.partner, _cause(milestone, number), to, decision.now, context)


def _cause(milestone: Milestone, number: int) -> str:
    return f"milestone {milestone.name} {number}"


def _count(decision: Decision, within: object) -> int:
    """Active customers within the guard's own time, which the dossier was asked for with all others."""
    window = Duration.parse(within).seconds if within else 0
    return decision.dossier.active.get(window, 0)


def _context(decision: Decision, count: int, wanted: object) -> dict[str, object]:
    lifecycle, subject = decision.book.lifecycle, decision.subject
    return {
        **bearings(decision),
        "state": lifecycle.states[subject.state].title,
        "at": instant(decision.now),
        "reached": count,
        "wanted": wanted if isinstance(wanted, int) else count,
        "ahead": ahead(decision),
    }
