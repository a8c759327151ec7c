"""Everything that the page of one subject shows, gathered for whoever looks; nothing is decided here.

What may be done is asked of the engine: checklists say what is missing, ``due_if`` by when there would be an answer.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from review_engine.console.forms import NOTHING_TYPED, Form, Typed
from review_engine.console.joining import Offer, offers
from review_engine.console.names import Names
from review_engine.console.places import Spot, due_of, spot
from review_engine.console.road import drawn, main_road
from review_engine.console.steps import CUSTOMERS, Step, steps
from review_engine.console.timeline import Happening, timeline
from review_engine.console.visits import Visit
from review_engine.domain.activity import LedgerLine
from review_engine.domain.actors import STAFF, Role
from review_engine.domain.derivation import Derivation
from review_engine.domain.discretion import may_read_secrets
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.domain.moves import Move
from review_engine.domain.reviews import WANTING, Changes, Finding
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Query


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what was just asked for was not done; the page is drawn again with it.

    Args:
        status: of the answer.
        what: the sentence at the top.
        place: the form it belongs to: a transition, ``remark``, ``waiver`` or a guard; empty for the page.
        text: what was typed there, to be kept.
        typed: what was typed into a section.
        changes: what somebody else changed meanwhile.
        refused: the checklist that stands in the way.
    """

    status: int = 200
    what: str = ""
    place: str = ""
    text: str = ""
    typed: Typed = NOTHING_TYPED
    changes: Changes | None = None
    refused: Step | None = None


NO_TROUBLE = Trouble()


class Action(NamedTuple):
    """A step the reader may take from here.

    Args:
        rule: the transition.
        main: the one that leads on; drawn large.
        unmet: how many requirements are missing; the button stands only when none is.
        note: why it cannot be taken beside them; empty if it can.
        due: the answer that is promised if it is taken now; None where none is.
    """

    rule: Transition
    main: bool
    unmet: int
    note: str
    due: Derivation | None

    @property
    def open(self) -> bool:
        """Whether it would be taken."""
        return not self.unmet and not self.note


class Part(NamedTuple):
    """A component, and the newest observation of each probe in words."""

    spot: Spot
    seen: tuple[str, ...]


class Group(NamedTuple):
    """Components of one sort: how the workflow calls the group, what is there, and the offer to add one."""

    title: str
    parts: tuple[Part, ...]
    offer: Offer | None


class Customers(NamedTuple):
    """The ledger of customers: how many are wanted, and which count."""

    wanted: int
    lines: Sequence[LedgerLine]

    @property
    def counted(self) -> int:
        """How many count."""
        return sum(line.counts for line in self.lines)


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at one subject.

    Args:
        visit: who looks.
        spot: where it stands.
        names: how people are called.
        moves: its history, oldest first.
        steps: what is missing for the next steps.
        trouble: why what was asked for was not done.
        disclosed: secrets that were asked for: fact -> text.
    """

    visit: Visit
    spot: Spot
    names: Names
    moves: Sequence[Move]
    steps: tuple[Step, ...]
    trouble: Trouble = NO_TROUBLE
    disclosed: Mapping[str, str] = field(default_factory=dict)

    def context(self) -> dict[str, object]:
        """What the page is drawn with."""
        subject, lifecycle, by = self.spot.subject, self.spot.lifecycle, self.visit.by
        findings = self.visit.engine.review(subject.subject_key, by=by).findings
        wanting = [each for each in findings if each.result in WANTING]
        unmet = (
            _facts_of(lifecycle, self.steps)
            | {each.about for each in wanting if _latest(subject, each)}
            | {*self.disclosed}
        )
        return {
            "spot": self.spot,
            "subject": subject,
            "names": self.names,
            "trouble": self.trouble,
            "places": drawn(lifecycle, subject.state, self.moves),
            "dues": due_of(self.visit, self.spot),
            "steps": self.steps,
            "actions": actions(self.visit, self.spot, self.steps),
            "barred": by.role is not Role.PARTNER and by.belongs_to(subject.partner),
            "decides": by.role in STAFF and _decided_here(lifecycle, subject),
            "sections": Form(lifecycle, subject, by, self.spot.zone, self.trouble.typed).sections(unmet),
            "frozen": self.spot.state.frozen,
            "wanting": [each for each in wanting if _latest(subject, each)],
            "earlier": [each for each in wanting if not _latest(subject, each)],
            "criterion": lifecycle.guards.get,
            "word": last_word(self.happenings, self.moves),
            "happenings": self.happenings,
            "remarks": self.visit.engine.remarks(subject.subject_key, by=by),
            "groups": groups(self.visit, self.spot),
            "whole": _whole(self.visit, subject),
            "customers": customers(self.visit, self.spot),
            "evidence": sorted(subject.evidence.values(), key=lambda seen: seen.at, reverse=True),
            "disclosed": self.disclosed,
            "discloses": may_read_secrets(subject, self.spot.lifecycle, by),
            "here": "home",
            "once": secrets.token_urlsafe(18),
        }

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """The timeline."""
        return timeline(self.spot.lifecycle, self.moves, self.names)


def sight(visit: Visit, key: SubjectKey, trouble: Trouble = NO_TROUBLE) -> Sight:
    """A look at a subject.

    Raises:
        NotFound: no such subject, or another partner's.
    """
    found = spot(visit, visit.engine.subject(key, by=visit.by))
    lists = visit.engine.checklist(key, by=visit.by)
    return Sight(
        visit=visit,
        spot=found,
        names=Names(visit.engine.directory, visit.by),
        moves=visit.engine.history(key, by=visit.by),
        steps=steps(found.lifecycle, found.subject, lists, visit.by.role),
        trouble=trouble,
    )


def actions(visit: Visit, found: Spot, known: Iterable[Step]) -> tuple[Action, ...]:
    """What the reader may do from here; decisions have a page of their own. The one that leads on comes first."""
    lists = {step.rule.name: step for step in known}
    rules = [rule for rule in found.lifecycle.leaving(found.subject.state) if visit.by.role in rule.by]
    rules = [rule for rule in rules if not (rule.decides and visit.by.role in STAFF)]
    rules = [rule for rule in rules if not (rule.name in lists and lists[rule.name].ruled_out)]
    rules = [rule for rule in rules if not (rule.claims and rule.target == found.subject.state and found.turn.mine)]
    leading = [rule.name for rule in rules if _leads_on(found, rule)]
    open_ = [name for name in leading if name not in lists or lists[name].ready]
    main = next(iter([*open_, *leading]), "")
    made = [_action(visit, found, rule, lists.get(rule.name), main=rule.name == main) for rule in rules]
    return tuple(sorted(made, key=lambda action: not action.main))


def _leads_on(found: Spot, rule: Transition) -> bool:
    """Whether a step leads to where somebody waits, or to something worth reaching; never back, nor out of the way."""
    target, road = found.lifecycle.state(rule.target), main_road(found.lifecycle)
    here = road.index(found.subject.state) if found.subject.state in road else -1
    back = rule.target in road and road.index(rule.target) <= here
    worth = target.waits_for is not None or target.milestone or target.listed
    return worth and not back and not target.voids_clocks and rule.target != found.subject.state


def _action(visit: Visit, found: Spot, rule: Transition, step: Step | None, *, main: bool) -> Action:
    staff_next = found.lifecycle.state(rule.target).waits_for in STAFF
    promised = None
    if visit.by.role is Role.PARTNER and staff_next:
        supposed = visit.engine.due_if(found.subject.subject_key, rule.name, by=visit.by)
        slas = found.lifecycle.slas
        kept = (
            each for each in supposed if each.due_at > each.now
        )  # one that was broken before promises nothing any more
        promised = next((each for each in kept if rule.target in slas[each.sla].runs_in), None)
    return Action(rule, main, step.unmet if step else 0, step.note if step else "", promised)


def _facts_of(lifecycle: Lifecycle, known: Iterable[Step]) -> set[str]:
    """The facts that unmet requirements ask for."""
    named = {link for step in known for need in step.needs for link, _ in need.links if not step.ruled_out}
    return {name for name in lifecycle.facts if f"fact-{name}" in named}


def _decided_here(lifecycle: Lifecycle, subject: Subject) -> bool:
    waits = lifecycle.state(subject.state).waits_for
    return waits in STAFF or any(rule.decides for rule in lifecycle.leaving(subject.state))


def _latest(subject: Subject, finding: Finding) -> bool:
    """Whether a finding is of the round that was answered last and is the partner's to mend now."""
    return subject.submission is not None and finding.round == subject.round and bool(subject.submission.decision)


def last_word(told: Sequence[Happening], moves: Sequence[Move]) -> Happening | None:
    """What staff wrote with the last move, if the reader may read it."""
    written = bool(moves) and moves[-1].role in {role.value for role in STAFF} and bool(told[0].comment)
    return told[0] if written else None


def groups(visit: Visit, found: Spot) -> tuple[Group, ...]:
    """The components, group by group."""
    if not found.lifecycle.children:
        return ()
    children = visit.engine.list(Query(parent=found.subject.key), by=visit.by)
    offered = {offer.kind: offer for offer in offers(visit) if offer.parent == found.subject.kind}
    return tuple(
        Group(
            title.replace("_", " ").capitalize(),
            tuple(_part(visit, child) for child in children if child.kind == kind),
            offered.get(kind),
        )
        for title, kind in found.lifecycle.children.items()
    )


def _part(visit: Visit, child: Subject) -> Part:
    seen = tuple(f"{name.replace('_', ' ')}: {found.outcome}" for name, found in sorted(child.evidence.items()))
    return Part(spot(visit, child), seen)


def _whole(visit: Visit, subject: Subject) -> Spot | None:
    if not subject.parent:
        return None
    return spot(visit, visit.engine.subject(subject.parent, by=visit.by))


def customers(visit: Visit, found: Spot) -> Customers | None:
    """The ledger of customers, where they are asked for from here, or the subject is on show, or was used."""
    counting = [guard for guard in found.lifecycle.guards.values() if guard.params.get("count") == CUSTOMERS]
    if not counting:
        return None
    lines = visit.engine.activity(found.subject.subject_key, by=visit.by)
    asked = {name for rule in found.lifecycle.leaving(found.subject.state) for name in rule.guards}
    if not lines and not found.state.listed and asked.isdisjoint(guard.name for guard in counting):
        return None
    wanted = counting[0].params.get("at_least", 0)
    return Customers(wanted if isinstance(wanted, int) else 0, lines)
