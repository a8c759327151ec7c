"""The declared map of one workflow file: states, transitions, facts, guards, promises, notices.

Plain frozen values. ``workflow_files`` reads them from TOML, ``machine`` arbitrates over them, ``playbook`` makes them
ready to be played. Nothing here is ever executed from a file: a condition is a guard, a guard names a check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from review_engine.domain.actors import Role
from review_engine.domain.durations import Duration
from review_engine.domain.errors import UnknownName
from review_engine.domain.facts import Fact
from review_engine.domain.guards import Guard
from review_engine.domain.reviews import Reply

AUDIENCES = ("partner", "reviewer", "reviewers", "managers", "host")
"""Whom a notice may be addressed to: the partner's members, the reviewer of the round, all reviewers, all managers."""

SIDES = ("partner", "reviewer")
"""Who may be written to in the conversation about a subject."""

NEEDS = ("comment",)
"""What a transition may ask its actor for."""

REGISTER, IMPORTED, MIGRATED = "register", "imported", "migrated"
"""Moves the engine makes itself; no workflow may declare transitions of these names."""


@dataclass(frozen=True, slots=True)
class State:
    """A place to stand.

    Args:
        name: as transitions refer to it.
        title: as people read it.
        says: one sentence on what it means to stand here.
        waits_for: whose turn it is; None for nobody's.
        milestone: worth celebrating on a timeline.
        final: nothing leaves it.
        listed: shown in the public catalog.
        badge: the badge the catalog shows, such as ``beta``.
        frozen: the partner's facts may not change here.
        voids_clocks: standing here cancels running promises instead of meeting them (withdrawn, suspended, removed).
    """

    name: str
    title: str
    says: str = ""
    waits_for: Role | None = None
    milestone: bool = False
    final: bool = False
    listed: bool = False
    badge: str = ""
    frozen: bool = False
    voids_clocks: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A rule: from, to, by whom, on what guards.

    Args:
        name: what callers ask for.
        title: as a button reads.
        sources: states it may be taken from.
        target: the state it leads to.
        by: roles that may take it.
        guards: names of the truths that must hold, in the order they are shown.
        needs: what the actor must hand in with it (``comment``).
        notices: names of what is told, to whom the file's ``[notices]`` say.
        opens: ``submission`` begins a round: the facts are hashed and decisions bound to the hash.
        claims: the actor becomes the reviewer of the round.
        decides: a decision of the round; refused when the partner's facts are not those that were submitted.
        auto: the engine takes it by itself once all guards pass.
        creates: ``partner`` makes the subject's owner a partner of the directory.
        says: one sentence for people on what it does.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    target: str
    by: tuple[Role, ...]
    guards: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    opens: str = ""
    claims: bool = False
    decides: bool = False
    auto: bool = False
    creates: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder before a promise is due: so much time after it began, these notices."""

    at: Duration
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreachPlan:
    """What happens when a promise is broken: notices, an escalation to a role, a move by the engine."""

    notices: tuple[str, ...] = ()
    escalate_to: str = ""
    move: str = ""


@dataclass(frozen=True, slots=True)
class Sla:
    """A promise: how long a subject may stand in ``runs_in``, with the time in ``pauses_in`` not counted.

    Args:
        name: as clocks refer to it.
        title: as people read it.
        runs_in: states in which the clock runs.
        pauses_in: states in which it is halted and keeps its rest.
        within: how long, in business days, business hours or plain time.
        warnings: reminders, earliest first.
        breach: what happens when it is due and not met.
        tier_fact: fact whose value selects another ``within``; empty for none.
        tiers: the other durations, by that fact's value.
    """

    name: str
    title: str
    runs_in: tuple[str, ...]
    within: Duration
    pauses_in: tuple[str, ...] = ()
    warnings: tuple[Reminder, ...] = ()
    breach: BreachPlan = BreachPlan()
    tier_fact: str = ""
    tiers: Mapping[str, Duration] = field(default_factory=dict)

    def duration(self, facts: Mapping[str, object]) -> Duration:
        """The promise as it holds for these facts."""
        return self.tiers.get(str(facts.get(self.tier_fact, "")), self.within) if self.tier_fact else self.within


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """Who hears of a notice, and on what terms.

    Args:
        name: as transitions and promises refer to it.
        to: ``AUDIENCES``.
        optional: whether a person may decline it.
        once_listed: the partner is told only once the catalog is seen serving the subject.
        expires: how long after its cause it makes sense; None for ever.
    """

    name: str
    to: tuple[str, ...]
    optional: bool = False
    once_listed: bool = False
    expires: Duration | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A number of active customers that is worth a letter, told once however the number goes on.

    Args:
        name: as the file calls it.
        guard: the guard that counts; its letter says how many it asks for.
        states: where a subject must stand.
        at: the numbers, smallest first.
        notices: what is told.
    """

    name: str
    guard: str
    states: tuple[str, ...]
    at: tuple[int, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adoption:
    """How an existing catalog is read into this workflow.

    Args:
        states: what the catalog calls a status -> the state it stands for.
        delisted: the state of what is no longer in the catalog; empty when such events cannot be taken in.
        facts: name of a fact -> name of the field it is read from.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    delisted: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """One workflow file, read. ``revision`` is the hash of its content; subjects are pinned to it.

    ``conversation`` names, for each of ``SIDES``, the notice by which that side hears of a remark; ``welcomes`` the
    notices that are sent when a subject is registered.
    """

    name: str
    title: str
    starts: str
    revision: str
    calendar: str
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    slas: Mapping[str, Sla] = field(default_factory=dict)
    notices: Mapping[str, NoticePlan] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    adoption: Adoption | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, Reply] = field(default_factory=dict)
    conversation: Mapping[str, str] = field(default_factory=dict)
    welcomes: tuple[str, ...] = ()
    offered: bool = True
    milestones: Mapping[str, Milestone] = field(default_factory=dict)

    def state(self, name: str) -> State:
        """The state of that name.

        Raises:
            UnknownName: there is none.
        """
        if name not in self.states:
            raise UnknownName("state", name, self.states, where=f"workflow {self.name}")
        return self.states[name]

    def transition(self, name: str) -> Transition:
        """The transition of that name.

        Raises:
            UnknownName: there is none.
        """
        if name not in self.transitions:
            raise UnknownName("transition", name, self.transitions, where=f"workflow {self.name}")
        return self.transitions[name]

    def guard(self, name: str) -> Guard:
        """The guard of that name.

        Raises:
            UnknownName: there is none.
        """
        if name not in self.guards:
            raise UnknownName("guard", name, self.guards, where=f"workflow {self.name}")
        return self.guards[name]

    def awaits_claim(self, state: str) -> bool:
        """Whether a round that comes to stand here is nobody's, and waits to be taken: a claim leads on from here."""
        return any(rule.claims and rule.target != state for rule in self.leaving(state))

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions that start in ``state``, in the order of the file."""
        return tuple(transition for transition in self.transitions.values() if state in transition.sources)
