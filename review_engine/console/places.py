"""A subject as the pages meet it: its workflow, its zone, whose turn it is, and by when.

What the list of subjects and the page of one subject both say, said once.
"""

from dataclasses import dataclass
from typing import NamedTuple

from review_engine.console.names import Names
from review_engine.console.visits import Visit
from review_engine.domain.actors import STAFF, Role
from review_engine.domain.derivation import Derivation
from review_engine.domain.errors import InvalidKey, NotFound, UnknownName
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle, State
from review_engine.domain.subjects import Subject
from review_engine.engine import ReviewEngine

_BY_RIGHT = {Role.REVIEWER: "a reviewer", Role.MANAGER: "a manager", Role.HOST: "the platform"}


class Turn(NamedTuple):
    """Whose turn it is: in words, and whether it is the reader's."""

    says: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a subject stands.

    Args:
        subject: the subject.
        lifecycle: the workflow it is pinned to.
        zone: in which its times are told.
        turn: whose turn it is.
        tone: how its badge is coloured: good, ours, bad or calm; the badge's words say the same.
    """

    subject: Subject
    lifecycle: Lifecycle
    zone: str
    turn: Turn
    tone: str

    @property
    def state(self) -> State:
        """The state it stands in."""
        return self.lifecycle.state(self.subject.state)

    @property
    def name(self) -> str:
        """As people call it."""
        named = self.subject.facts.get(name_fact(self.lifecycle))
        return named if isinstance(named, str) else self.subject.name


def key_of(visit: Visit, kind: str, slug: str) -> SubjectKey:
    """The key that an address names.

    Raises:
        NotFound: no subject can have it.
    """
    try:
        visit.engine.lifecycle(kind)
        return SubjectKey.parse(f"{kind}/{slug}")
    except (InvalidKey, UnknownName):
        raise NotFound("page", f"{kind}/{slug}") from None


def spot(visit: Visit, subject: Subject) -> Spot:
    """Where a subject stands, for whoever asks."""
    lifecycle = visit.engine.desk.book(subject).lifecycle
    state = lifecycle.state(subject.state)
    turn = _taken(visit, subject, state) or turn_of(state, visit.by.role)
    return Spot(subject, lifecycle, zone_of(visit.engine, lifecycle), turn, tone_of(state, turn))


def _taken(visit: Visit, subject: Subject, state: State) -> Turn | None:
    """The turn of the colleague who took the review; None where the reader is no staff, or nobody else took it."""
    by, holder = visit.by, subject.held_by
    if by.role not in STAFF or state.waits_for not in STAFF or holder in ("", by.key):
        return None
    return Turn(f"The turn of {Names(visit.engine.directory).person(holder)}", mine=False)


def zone_of(engine: ReviewEngine, lifecycle: Lifecycle) -> str:
    """The zone in which times of this workflow are told: its calendar's, UTC where it has none."""
    try:
        return engine.desk.library.calendar(lifecycle.calendar).zone
    except UnknownName:
        return "UTC"


def turn_of(state: State, role: Role) -> Turn:
    """Whose turn it is in a state, for a reader in that role."""
    waits = state.waits_for
    if waits is None:
        return Turn("Nothing is waiting", mine=False)
    if waits is role:
        return Turn("Your turn", mine=True)
    if waits is Role.PARTNER:
        return Turn("The partner's turn", mine=False)
    who = _BY_RIGHT.get(waits, waits.value)
    return Turn(f"Our turn: {who}" if role is Role.PARTNER else f"The turn of {who}", mine=False)


def tone_of(state: State, turn: Turn) -> str:
    """The colour of a state's badge."""
    if state.listed or state.milestone:
        return "good"
    if turn.mine:
        return "ours"
    return "bad" if state.voids_clocks and not state.final else "calm"


def due_of(visit: Visit, found: Spot) -> tuple[Derivation, ...]:
    """Every promise that is counted; asked only where one can be."""
    here = found.subject.state
    if not any(here in (*sla.runs_in, *sla.pauses_in) for sla in found.lifecycle.slas.values()):
        return ()
    return visit.engine.due(found.subject.subject_key, by=visit.by)


def name_fact(lifecycle: Lifecycle) -> str:
    """The fact that a subject is called by: ``name``, else the first line of text that partners give."""
    if "name" in lifecycle.facts:
        return "name"
    versions = {guard.params.get("fact") for guard in lifecycle.guards.values() if guard.check == "accepted"}
    lines = (fact for fact in lifecycle.facts.values() if fact.type == "text" and fact.max and Role.PARTNER in fact.by)
    return next((fact.name for fact in lines if fact.name not in versions), "")
