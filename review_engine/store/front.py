"""What the reception asks of a database: what waits, what is on show, how it flowed. One transaction a method.

What waits is read slim first, put in order by the asker, and read in full for one page only: both within one snapshot,
so that no page shows what has gone meanwhile.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache

from review_engine.domain.subjects import Subject
from review_engine.ports.reception import Asked, Awaiting, Flow, Glance, Place, Shown, Spot, Step
from review_engine.store import mapping
from review_engine.store.codec import decode, encode, moment, moment_if
from review_engine.store.mapping import Row, Written
from review_engine.store.reads import Readable
from review_engine.store.runners import Runner
from review_engine.store.soundness import refuse_texts

_CHUNK = 1_000
"""Subjects read at a time."""

_remembered: Callable[[str], datetime] = lru_cache(8_192)(moment)
"""Who looks at the queue looks at the same due dates again and again; reading one costs as much as all else of it."""


class DatabaseFront:
    """See ``ports.reception.Front``."""

    def __init__(self, database: Readable) -> None:
        self._database = database

    def revisions(self) -> list[tuple[str, str]]:
        """See ``ports.reception.Front.revisions``."""
        with self._database.reading() as run:
            return [(kind, revision) for kind, revision in run.rows("front.revisions", {})]

    def waiting(self, asked: Asked, choose: Callable[[Sequence[Spot]], Sequence[int]]) -> list[Awaiting]:
        """See ``ports.reception.Front.waiting``."""
        refuse_texts((asked.tier, asked.component, asked.claimed_by))
        with self._database.reading(snapshot=True) as run:
            if "replanned" in self._database.sql:  # PostgreSQL: a plan for all questions is ten times as slow
                run.rows("replanned", {})
            found = run.rows("front.waiting", _asked(asked))
            chosen = choose([Spot(row[0], row[1], row[2], _due(row[3]), row[4], row[5], row[6]) for row in found])
            return self._awaiting(run, chosen) if chosen else []

    def flow(self, places: Sequence[Place], since: datetime) -> tuple[int, list[Flow]]:
        """See ``ports.reception.Front.flow``."""
        with self._database.reading(snapshot=True) as run:
            ((count,),) = run.rows("front.count", {"places": _spelled(places)})
            rows = run.rows("front.flow", {"since": self._database.codec.stamp(since)})
        return count, [Flow(date.fromisoformat(row[0]), *row[1:]) for row in rows]

    def decided(self, transitions: Sequence[tuple[str, str]], since: datetime) -> dict[str, int]:
        """See ``ports.reception.Front.decided``."""
        given = {"places": _spelled([Place(*one) for one in transitions]), "since": self._database.codec.stamp(since)}
        with self._database.reading() as run:
            return dict(run.rows("front.decided", given))

    def glance(self, places: Sequence[Place], seen: int) -> Glance:
        """See ``ports.reception.Front.glance``."""
        with self._database.reading(snapshot=True) as run:
            standing = run.rows("front.standing", {"places": _spelled(places)})
            ((newest,),) = run.rows("front.newest", {})
            touched = run.rows("front.touched", {"seen": seen}) if newest and newest > seen else []
        return Glance(
            tuple([marks or "" for _, marks in standing]), newest or 0, tuple({number for (number,) in touched})
        )

    def versions(self, places: Sequence[Place]) -> dict[int, int]:
        """See ``ports.reception.Front.versions``."""
        with self._database.reading() as run:
            return dict(run.rows("front.versions", {"places": _spelled(places)}))

    def shown(self, ids: Sequence[int]) -> list[Shown]:
        """See ``ports.reception.Front.shown``."""
        found: list[Shown] = []
        with self._database.reading(snapshot=True) as run:
            for start in range(0, len(ids), _CHUNK):
                given = {"ids": encode(list(ids[start : start + _CHUNK]))}
                steps: dict[int, list[Step]] = {}
                for number, workflow, target, at in run.rows("front.steps", given):
                    steps.setdefault(number, []).append(Step(workflow, target, moment(at)))
                subjects = run.rows("front.subjects", given)
                found += [Shown(mapping.subject_of(row), tuple(steps.get(row[0], ()))) for row in subjects]
        return found

    def _awaiting(self, run: Runner, chosen: Sequence[int]) -> list[Awaiting]:
        given = {"ids": encode(list(chosen))}
        subjects: dict[int, Subject] = {row[0]: mapping.subject_of(row) for row in run.rows("front.subjects", given)}
        promises: dict[int, Row] = {}
        for row in run.rows("front.promises", given):
            promises.setdefault(row[0], row)
        types: dict[int, set[str]] = {}
        for above, facts in run.rows("front.components", given):
            types.setdefault(above, set()).add(type_of(decode(facts)))
        return [_one(subjects[number], promises.get(number), types.get(number, set())) for number in chosen]


def _due(at: "str | datetime | None") -> datetime | None:
    return _remembered(at) if isinstance(at, str) else moment_if(at)


def _one(subject: Subject, promise: Row | None, types: set[str]) -> Awaiting:
    _, due_at, sla = promise or (0, None, "")
    return Awaiting(subject, moment_if(due_at), sla, tuple(sorted(types - {""})))


def type_of(facts: "dict[str, object]") -> str:
    """The type of a component; empty for none."""
    sort = facts.get("type")
    return sort if isinstance(sort, str) else ""


def _asked(asked: Asked) -> Written:
    return {
        "places": _spelled(asked.places),
        "words": int(asked.words),
        "again": -1 if asked.again is None else int(asked.again),
        "tier": asked.tier,
        "component": asked.component,
        "unclaimed": int(asked.unclaimed),
        "claimed_by": asked.claimed_by,
    }


def _spelled(places: Sequence[Place]) -> str:
    return encode([place._asdict() for place in places])
