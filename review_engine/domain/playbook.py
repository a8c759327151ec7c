"""A lifecycle made ready to be played: its guards bound to checks, its arbiter built. One per workflow revision.

Here a move is decided: whose subject, which role, which state, which guards, in that order; all of it pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.cases import Case
from review_engine.domain.errors import InvalidInput, NotAllowed, NotFound
from review_engine.domain.facts import check_text
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.domain.machine import Arbiter
from review_engine.domain.moves import Move
from review_engine.domain.sides import spoke_for
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import WAIVED, Checklist, Item, Refused, Verdict

Test = Callable[[Case], Verdict]
"""A check bound to one guard's parameters: asks a case, answers with the guard's name on the verdict."""


class BoundGuard(NamedTuple):
    """A guard and the test that answers it."""

    guard: Guard
    test: Test


@dataclass(frozen=True, slots=True)
class Playbook:
    """One lifecycle, playable.

    Args:
        lifecycle: the declared map.
        arbiter: where its transitions lead.
        bound: transition -> its guards, bound.
        windows: the windows (seconds; 0 for ever) in which its guards count active customers.
        reads_children: whether any guard reads components.
    """

    lifecycle: Lifecycle
    arbiter: Arbiter
    bound: Mapping[str, tuple[BoundGuard, ...]]
    windows: tuple[int, ...] = ()
    reads_children: bool = False
    _leaving: Mapping[str, tuple[Transition, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        exits = {state: self.lifecycle.leaving(state) for state in self.lifecycle.states}
        object.__setattr__(self, "_leaving", exits)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions that start in ``state``, in the order of the file."""
        return self._leaving[state]

    def verdicts(self, transition: str, case: Case) -> tuple[Verdict, ...]:
        """What every guard of the transition answers, waivers applied, in the order of the file."""
        answers = [bound.test(case) for bound in self.bound[transition]]
        waivers = case.subject.waivers
        if waivers:
            for place, verdict in enumerate(answers):
                waiver = waivers.get(verdict.guard)
                if waiver is not None and not verdict.met and waiver.holds(case.now):
                    answers[place] = Verdict(verdict.guard, WAIVED, f"waived by {waiver.by}: {waiver.reason}")
        return tuple(answers)

    def checklist(self, transition: str, case: Case) -> Checklist:
        """The checklist of one transition, whether or not it starts where the subject stands.

        Raises:
            UnknownName: no such transition.
        """
        rule = self.lifecycle.transition(transition)
        return self._checklist(rule, case, self.verdicts(transition, case))

    def take(self, transition: str, case: Case, comment: str = "") -> tuple[Subject, Move]:
        """The subject after the transition, and its move.

        Raises:
            NotFound: the subject belongs to another partner.
            UnknownName: no such transition.
            NotAllowed: the role may not, or the actor is a member of the partner being judged.
            InvalidInput: the transition asks for a comment and there is none.
            Refused: it does not start here, or guards are unmet; carries all of them.
        """
        subject = case.subject
        see(subject, case.by)
        rule = self.lifecycle.transition(transition)
        permit(rule, subject, case.by)
        _impartial(self.lifecycle, rule, subject, case.by)
        comment = check_text(comment, "the comment", where=subject.key)
        if "comment" in rule.needs and not comment:
            raise InvalidInput(
                f"'{rule.title}' needs a comment", where=subject.key, cure="Say why; the partner will read it."
            )
        self._stands_where(rule, case)
        verdicts = self.verdicts(transition, case)
        allowed = all(verdict.met for verdict in verdicts)
        target = self.arbiter.leads_to(subject.state, transition, allowed=allowed)
        if target is None:
            raise Refused(self._checklist(rule, case, verdicts))
        frees = self.lifecycle.awaits_claim(target)
        return subject.take(rule, target, by=case.by, now=case.now, verdicts=verdicts, comment=comment, frees=frees)

    def _stands_where(self, rule: Transition, case: Case) -> None:
        subject = case.subject
        stale = rule.decides and subject.submission is not None and subject.submission.facts_hash != subject.facts_hash
        if subject.state not in rule.sources or stale:
            raise Refused(self._checklist(rule, case, self.verdicts(rule.name, case)))

    def _checklist(self, rule: Transition, case: Case, verdicts: tuple[Verdict, ...]) -> Checklist:
        subject = case.subject
        note = self._note(rule, subject)
        return Checklist(
            subject=subject.key,
            transition=rule.name,
            title=rule.title,
            items=tuple(
                Item(bound.guard.title, verdict, bound.guard.waivable)
                for bound, verdict in zip(self.bound[rule.name], verdicts, strict=True)
            ),
            opens_from=not note,
            note=note,
        )

    def _note(self, rule: Transition, subject: Subject) -> str:
        states = self.lifecycle.states
        if subject.state not in rule.sources:
            starts = " or ".join(states[source].title for source in rule.sources)
            return f"'{rule.title}' starts from {starts}; {subject.name} stands in {states[subject.state].title}"
        round_ = subject.submission
        if rule.decides and round_ is not None and round_.facts_hash != subject.facts_hash:
            return f"the facts of {subject.name} are no longer those of round {round_.round}; review them again"
        return ""


def see(subject: Subject, actor: Actor) -> None:
    """Let nobody notice what is not theirs.

    Raises:
        NotFound: the subject belongs to another partner; it reads exactly like a subject that does not exist.
    """
    if not actor.sees(subject.partner):
        raise NotFound(subject.kind, subject.key)


def permit(rule: Transition, subject: Subject, actor: Actor) -> None:
    """Role first, before any guard speaks; and nobody decides over their own app.

    Raises:
        NotAllowed: the role is not among the transition's, or the actor is a member of the subject's partner and the
            transition is not the partner's to take.
    """
    if actor.role not in rule.by:
        may = " or ".join(role.value for role in rule.by)
        raise NotAllowed(
            f"'{rule.title}' is not for a {actor.role.value}", where=subject.key, cure=f"It is taken by: {may}."
        )
    if actor.role is not Role.PARTNER and actor.belongs_to(subject.partner):
        raise NotAllowed(
            f"'{rule.title}' may not be taken by a member of the partner it is about",
            where=subject.key,
            cure="Ask a colleague who is not a member of that partner.",
        )


def _impartial(lifecycle: Lifecycle, rule: Transition, subject: Subject, actor: Actor) -> None:
    """Nobody judges a round in which they spoke for the partner, whatever role they have been given since.

    Raises:
        NotAllowed: they would.
    """
    if actor.role in STAFF and spoke_for(lifecycle, subject, actor):
        raise NotAllowed(
            f"'{rule.title}' may not be taken by who spoke for the partner in this round",
            where=subject.key,
            cure="Ask a colleague who did not.",
        )
