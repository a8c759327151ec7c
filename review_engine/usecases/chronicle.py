"""Read the past: one subject's history, the proof that nobody changed it, and an export that can prove it later."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.discretion import move_as_read_by
from review_engine.domain.errors import NotAllowed
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import Break, Move, verify
from review_engine.usecases.desk import Desk


def history(desk: Desk, key: SubjectKey, *, by: Actor, now: datetime) -> list[Move]:
    """The moves of one subject, oldest first; a partner's without comments that were meant for colleagues.

    Raises:
        NotFound: no such subject, or another partner's.
    """
    subject = desk.dossier(key, by, now).subject
    lifecycle = desk.book(subject).lifecycle
    return [move_as_read_by(move, subject, lifecycle, by) for move in desk.store.history(key)]


class Proof(NamedTuple):
    """Whether one history verifies.

    Args:
        head: hash of the newest move. Kept elsewhere, it proves later that nothing before it was changed.
        breaks: every place that does not verify; empty is what one hopes for.
    """

    head: str
    breaks: tuple[Break, ...]


def proof(desk: Desk, key: SubjectKey, *, by: Actor, now: datetime) -> Proof:
    """Walk the chain of one subject, over everything it says, whatever of that the actor may read.

    Raises:
        NotFound: no such subject, or another partner's.
    """
    head = desk.dossier(key, by, now).subject.head
    moves = desk.store.history(key)
    breaks = verify(str(key), moves)
    if all(move.hash != head for move in moves):  # it may have moved on between the two readings
        breaks.append(Break(str(key), len(moves), "the newest move is not the one the head names"))
    return Proof(moves[-1].hash if moves else head, tuple(breaks))


class Verified(NamedTuple):
    """What a verification found.

    Args:
        subjects: chains that were walked.
        moves: moves whose hashes were computed anew.
        breaks: every place that does not verify; empty is what one hopes for.
    """

    subjects: int
    moves: int
    breaks: tuple[Break, ...]


def verify_history(desk: Desk, *, kind: str | None = None, heads: Mapping[str, str] | None = None) -> Verified:
    """Walk every chain.

    Args:
        desk: the ports.
        kind: only subjects of this kind; None for all.
        heads: subject's key -> hash of the newest move in an earlier export. A chain must still contain that move:
            this finds a history that was cut off or written anew, which the database alone cannot show.
    """
    breaks: list[Break] = []
    subjects = moves = 0
    missing = dict(heads or {})
    for key, head, chain in desk.store.histories(kind):
        subjects += 1
        moves += len(chain)
        breaks.extend(verify(key, chain, head))
        exported = missing.pop(key, None)
        if exported is not None and all(move.hash != exported for move in chain):
            breaks.append(Break(key, len(chain), "the exported head is no longer in the chain"))
    breaks.extend(Break(key, 0, "the export knows it, the database does not") for key in sorted(missing))
    return Verified(subjects, moves, tuple(breaks))


def export_history(desk: Desk, *, by: Actor, kind: str | None = None) -> Iterator[dict[str, object]]:
    """Every move of every subject as JSON-able values, in key order, oldest first.

    Raises:
        NotAllowed: a partner may not export everybody's history, nor may staff who are members of one.
    """
    if by.partners or by.role not in STAFF | {Role.HOST, Role.ENGINE}:
        raise NotAllowed(f"{by} may not export the history", cure="Ask a manager.")
    for _key, _head, chain in desk.store.histories(kind):
        yield from (move.as_dict() for move in chain)
