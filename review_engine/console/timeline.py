"""What happened to a subject, for people: its moves, newest first, with the words that were meant for the reader.

The comment of a step that tells nobody of the partner (a note between reviewers) is not the partner's to read.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from review_engine.console.names import Names
from review_engine.domain.lifecycle import IMPORTED, MIGRATED, REGISTER, Lifecycle
from review_engine.domain.moves import Move

_OWN_MOVES = {REGISTER: "Registered", IMPORTED: "Taken over from the catalog", MIGRATED: "Moved to the new rules"}


class Happening(NamedTuple):
    """One line.

    Args:
        title: what happened.
        who: by whom.
        at: when (aware UTC).
        to: title of the state entered; empty where it stayed.
        comment: the words that came with it.
        milestone: worth celebrating.
        round: of review; 0 before the first.
    """

    title: str
    who: str
    at: datetime
    to: str
    comment: str
    milestone: bool
    round: int


def timeline(lifecycle: Lifecycle, moves: Iterable[Move], names: Names) -> tuple[Happening, ...]:
    """The moves as the reader of ``names`` may read them, newest first."""
    told = [_happening(lifecycle, move, names) for move in moves]
    return tuple(reversed(told))


def _happening(lifecycle: Lifecycle, move: Move, names: Names) -> Happening:
    rule, state = lifecycle.transitions.get(move.transition), lifecycle.states.get(move.target)
    return Happening(
        title=rule.title if rule else _OWN_MOVES.get(move.transition, move.transition),
        who=names.doer(move.role, move.by),
        at=move.at,
        to=(state.title if state else move.target) if move.target != move.source else "",
        comment=move.comment,
        milestone=bool(state and state.milestone and move.target != move.source),
        round=move.round,
    )
