"""The time socket on PostgreSQL: many workers on one database, none of which waits for another.

A ring locks the subjects it takes and passes over those that are locked already, so two workers never decide on one.
A subject may have been rung by somebody else between this one's look at the clocks and its lock on the subject; its
dossier is read under the lock, and who is no longer due is let go. Components are taken only together with their
parents, which a move of theirs will write to: so a ring waits for nobody, and no two wait in a circle.

How such statements are best run depends on how many rows there are now, so they are planned anew each time.
"""

from collections.abc import Sequence

from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Ask, Dossier
from review_engine.store import mapping
from review_engine.store.codec import encode
from review_engine.store.layout import SELDOM_UPDATED, SUBJECT
from review_engine.store.mapping import Row, Written
from review_engine.store.runners import Runner
from review_engine.store.terms import overtaken
from review_engine.store.timers import Decided, TimedStore, by_kind
from review_engine.store.writes import Writing

_SELDOM = tuple((name, SUBJECT.index(name)) for name in SELDOM_UPDATED)


class PostgresTimers(TimedStore):
    """A store on PostgreSQL that serves the time socket as well."""

    def _due(self, run: Runner, ask: Ask, limit: int) -> list[tuple[Row, Dossier]]:
        run.rows("replanned", {})
        asked = ask._replace(clocks=True)
        while True:
            taken = super()._due(run, asked, limit)
            due = [one for one in taken if _is_due(one[1], ask)]
            free = self._with_parents(run, due)
            if free or len(due) == len(taken):
                return free

    def _with_parents(self, run: Runner, taken: list[tuple[Row, Dossier]]) -> list[tuple[Row, Dossier]]:
        """Those whose parent, if they have one, could be locked as well."""
        parents = {row[mapping.PARENT_ID] for row, _ in taken} - {None}
        if not parents:
            return taken
        free = {number for (number,) in run.rows("subjects.free", {"ids": encode(sorted(parents))})} | {None}
        return [one for one in taken if one[0][mapping.PARENT_ID] in free]

    def _held(self, run: Runner, keys: Sequence[SubjectKey]) -> list[Row]:
        run.rows("replanned", {})
        ids = [number for given in by_kind(keys) for (number,) in run.rows("subjects.ids", given)]
        return run.rows("subjects.held", {"ids": encode(ids)})

    def _update_many(self, run: Writing, decided: Sequence[Decided]) -> None:
        rows = [_shortened(self._updated(one), one.row) for one in decided]
        if run.run("subjects.update", {"subject_rows": encode(rows)}) != len(rows):
            raise overtaken(decided[0].before.key if len(decided) == 1 else "one of the subjects")


def _is_due(dossier: Dossier, ask: Ask) -> bool:
    return any(clock.wakes_at is not None and clock.wakes_at <= ask.now for clock in dossier.clocks)


def _shortened(written: Written, read: Row) -> Written:
    """Without the documents that stay as they are."""
    for name, place in _SELDOM:
        if written[name] is read[place]:
            written[name] = None
    return written
