"""Let the engine take the moves that have become possible: after a customer, a component or a fact has changed.

Each settling is a decision of its own, so it may be asked any number of times; the worker asks again on its rounds, and
nothing is lost when a process dies between a change and its consequence.
"""

from collections.abc import Iterable
from datetime import datetime

from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.ports.store import Change, Dossier, Query
from review_engine.usecases.answers import Receipt, receipt
from review_engine.usecases.desk import Desk


def settle(desk: Desk, key: SubjectKey, *, now: datetime, session: object | None = None) -> Receipt | None:
    """Take every ``auto`` transition of one subject whose guards hold; None when there was none to take."""
    if not waiting_states(desk.library.current(key.kind).lifecycle):
        return None

    def decide(dossier: Dossier) -> tuple[Change | None, tuple[Receipt | None, str]]:
        decision = desk.decision(dossier, now)
        decision.settle()
        if not decision.moves:
            return None, (None, "")
        return decision.change(), (receipt(decision.subject, decision.moves, now), dossier.subject.parent)

    given, parent = desk.change(key, decide, now=now, session=session)
    settle_parent(desk, parent, now, session)
    return given


def settle_parent(desk: Desk, parent: str, now: datetime, session: object | None = None) -> None:
    """After a component moved: whether its app may now move by itself."""
    if parent:
        settle(desk, SubjectKey.parse(parent), now=now, session=session)


def settle_all(desk: Desk, keys: Iterable[SubjectKey], *, now: datetime) -> list[Receipt]:
    """Settle many, one decision each."""
    settled = (settle(desk, key, now=now) for key in keys)
    return [given for given in settled if given is not None]


def settle_round(desk: Desk, *, now: datetime) -> list[Receipt]:
    """Settle everything that stands where the engine may move it: the worker's round, and after an outage."""
    keys: list[SubjectKey] = []
    for kind in desk.library.kinds():
        states = waiting_states(desk.library.current(kind).lifecycle)
        if states:
            found = desk.store.scan(Query(kind=kind, states=states), desk.ask(kind, now, clocks=False))
            keys.extend(dossier.subject.subject_key for dossier in found if _may_move(desk, dossier, now))
    return settle_all(desk, keys, now=now)


def _may_move(desk: Desk, dossier: Dossier, now: datetime) -> bool:
    decision = desk.decision(dossier, now)
    decision.settle()
    return bool(decision.moves)


def waiting_states(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The states in which the engine may have something to do by itself."""
    return tuple(name for name in lifecycle.states if any(rule.auto for rule in lifecycle.leaving(name)))
