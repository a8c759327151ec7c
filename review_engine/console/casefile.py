"""Everything that a decision is made from, gathered for one page.

The page is bound to the subject as it was read first: were anything newer among the rest, the decision would be refused
as made from an old page, never taken on something the reviewer did not see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from review_engine.console.names import Names
from review_engine.console.places import zone_of
from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.derivation import Derivation
from review_engine.domain.discretion import may_read_secrets
from review_engine.domain.evidence import Evidence
from review_engine.domain.facts import Fact, FactValue
from review_engine.domain.guards import Guard
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle, State, Transition
from review_engine.domain.moves import Move
from review_engine.domain.reviews import WANTING, Assessment, Finding, Remark, ReviewSheet
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Checklist, Item
from review_engine.engine import ReviewEngine
from review_engine.ports.store import Query

_SECTIONS_OPEN = 2


class FactLine(NamedTuple):
    """One fact: its declaration, its value (None for none), since when (aware UTC), whether this round changed it."""

    fact: Fact
    value: FactValue | None
    at: datetime | None
    changed: bool


class Section(NamedTuple):
    """A part of the form, with its facts; ``first`` for what a reviewer reads without being asked to open it."""

    title: str
    lines: tuple[FactLine, ...]
    first: bool


class Part(NamedTuple):
    """A component: as it stands, its state, and what its tests showed, newest first."""

    subject: Subject
    state: State
    evidence: tuple[Evidence, ...]


class Confirmation(NamedTuple):
    """A truth that staff confirms by a fact, outside the criteria of a round: the fact, its guard, what was said."""

    fact: Fact
    guard: Guard
    value: bool | None


class Option(NamedTuple):
    """Something that the actor's role may decide.

    Args:
        rule: the transition.
        checklist: what it asks for, and what is missing.
        words: the comment as it stands before anybody typed.
        summarises: the comment may be left to the findings, because the partner mends them and comes back.
        first: it is what a review hopes for; its button is the big one.
    """

    rule: Transition
    checklist: Checklist
    words: str
    summarises: bool
    first: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What the page shows.

    Args:
        subject: as it was read first; decisions are bound to its etag.
        lifecycle: the workflow it is pinned to.
        sheet: criteria and findings.
        zone: the time zone in which times are told.
        heads: transitions that settle who has the review.
        options: transitions that the role may take beside those.
        hindrance: why this actor does not decide at present; empty when they may.
        may_assess: whether findings can be saved by this actor.
        confirmations: what this actor may confirm beside the criteria.
        sections: the facts.
        parts: its components.
        due: the promises that run.
        remarks: the conversation.
        moves: its history, oldest first.
        waivable: unmet guards that may be excused.
        evidence: reference -> observation, for checklists.
        opens_secrets: whether this actor may have secrets shown.
    """

    subject: Subject
    lifecycle: Lifecycle
    sheet: ReviewSheet
    zone: str
    heads: tuple[Transition, ...]
    options: tuple[Option, ...]
    hindrance: str
    may_assess: bool
    confirmations: tuple[Confirmation, ...]
    sections: tuple[Section, ...]
    parts: tuple[Part, ...]
    due: tuple[Derivation, ...]
    remarks: tuple[Remark, ...]
    moves: tuple[Move, ...]
    waivable: tuple[Item, ...]
    evidence: Mapping[str, Evidence]
    opens_secrets: bool

    @property
    def state(self) -> State:
        """Where the subject stands."""
        return self.lifecycle.state(self.subject.state)

    @property
    def titles(self) -> Mapping[str, str]:
        """Name of a criterion or a fact -> its title."""
        return titles_of(self.lifecycle)

    def tells_partner(self, rule: Transition) -> bool:
        """Whether the partner hears of a transition, and so reads its comment."""
        plans = [self.lifecycle.notices[name] for name in rule.notices if name in self.lifecycle.notices]
        return any("partner" in plan.to for plan in plans)

    @property
    def own_points(self) -> tuple[Finding, ...]:
        """What was found in this round beside the criteria."""
        return tuple(
            finding for finding in self.sheet.findings if finding.round == self.sheet.round and not finding.criterion
        )


def gather(engine: ReviewEngine, key: SubjectKey, by: Actor) -> CaseFile:
    """Everything about a subject that its decision is made from.

    Raises:
        NotFound: no such subject.
    """
    subject = engine.subject(key, by=by)
    lifecycle = engine.desk.book(subject).lifecycle
    sheet = engine.review(key, by=by)
    rules = [rule for rule in lifecycle.leaving(subject.state) if by.role in rule.by]
    heads = tuple(rule for rule in rules if _settles_who(lifecycle, rule))
    checklists = {found.transition: found for found in engine.checklist(key, by=by)}
    hindrance = why_not(subject, lifecycle, sheet, by, Names(engine.directory))
    own = by.belongs_to(subject.partner)
    return CaseFile(
        subject=subject,
        lifecycle=lifecycle,
        sheet=sheet,
        zone=zone_of(engine, lifecycle),
        heads=() if own else _offered(heads, sheet, by),
        options=_options(lifecycle, sheet, [rule for rule in rules if rule not in heads], checklists),
        hindrance=hindrance,
        may_assess=bool(sheet.open and sheet.criteria and not hindrance),
        confirmations=() if hindrance else _confirmations(lifecycle, subject, sheet, by),
        sections=_sections(lifecycle, subject, sheet),
        parts=_parts(engine, key, by) if lifecycle.children else (),
        due=engine.due(key, by=by),
        remarks=engine.remarks(key, by=by),
        moves=tuple(engine.history(key, by=by)),
        waivable=() if own else _waivable(checklists.values()),
        evidence={seen.reference: seen for seen in subject.evidence.values()},
        opens_secrets=may_read_secrets(subject, lifecycle, by),
    )


def why_not(subject: Subject, lifecycle: Lifecycle, sheet: ReviewSheet, by: Actor, names: Names) -> str:
    """Why this actor does not decide on the subject as it stands; empty when they may.

    Args:
        subject: what is to be decided on.
        lifecycle: its workflow.
        sheet: its review.
        by: who looks at the page.
        names: of people.
    """
    if by.belongs_to(subject.partner):
        return f"You belong to {names.partner(subject.partner)}. A colleague who does not has to decide."
    round_ = subject.submission
    if lifecycle.state(subject.state).waits_for not in STAFF or round_ is None or round_.decision:
        return ""
    if round_.opened_by == by.key:
        return "You handed this round in yourself. A colleague has to decide."
    return _somebody_elses(subject, lifecycle, sheet, by, names)


def _somebody_elses(subject: Subject, lifecycle: Lifecycle, sheet: ReviewSheet, by: Actor, names: Names) -> str:
    """Who has the review, where one has to have it first; empty when it is the actor's."""
    claiming = [rule for rule in lifecycle.leaving(subject.state) if rule.claims and by.role in rule.by]
    if not claiming:
        return ""
    if not sheet.claimed_by:
        return f"Nobody has this review yet. Choose \u201c{claiming[0].title}\u201d first."
    if sheet.claimed_by != by.key and by.role is not Role.MANAGER:
        return (
            f"{names.person(sheet.claimed_by)} has this review. Choose \u201c{claiming[0].title}\u201d to decide on it."
        )
    return ""


def titles_of(lifecycle: Lifecycle) -> dict[str, str]:
    """Name of a guard or a fact -> its title; a guard's where both have the name."""
    facts = {name: fact.title for name, fact in lifecycle.facts.items()}
    return {**facts, **{name: guard.title for name, guard in lifecycle.guards.items()}}


def composed(titles: Mapping[str, str], findings: Sequence[Finding | Assessment]) -> str:
    """What a request for changes says before anybody typed: every point found wanting, with the reviewer's words."""
    lines = []
    for finding in findings:
        title = titles.get(finding.criterion or finding.about, finding.criterion or finding.about)
        lines.append(": ".join(filter(None, (title, finding.comment))))
    return "\n".join(f"- {line}" for line in lines if line)


def wanting(sheet: ReviewSheet, news: Sequence[Assessment] = ()) -> list[Finding | Assessment]:
    """What this round found wanting: of each criterion what was found last, then the points beside.

    Args:
        sheet: what was found so far.
        news: what is being handed in.
    """
    said = {one.criterion: one for one in news if one.criterion}
    held = [said.get(criterion.name, criterion.current) for criterion in sheet.criteria]
    beside = [found for found in sheet.findings if found.round == sheet.round and not found.criterion]
    points = [one for one in news if not one.criterion]
    return [found for found in (*held, *beside, *points) if found and found.result in WANTING]


def _settles_who(lifecycle: Lifecycle, rule: Transition) -> bool:
    """Whether a transition only says who has the review: taking it, or giving it back."""
    gives_back = lifecycle.awaits_claim(rule.target) and rule.target not in rule.sources
    return rule.claims or (gives_back and not (rule.decides or rule.opens or rule.needs or rule.guards))


def _offered(heads: Sequence[Transition], sheet: ReviewSheet, by: Actor) -> tuple[Transition, ...]:
    """Nobody takes over from themselves, and nobody but its reviewer or a manager gives a review back."""
    mine = sheet.claimed_by == by.key
    return tuple(
        rule
        for rule in heads
        if (not mine or rule.target not in rule.sources) and (rule.claims or mine or by.role is Role.MANAGER)
    )


def _options(
    lifecycle: Lifecycle, sheet: ReviewSheet, rules: Sequence[Transition], checklists: Mapping[str, Checklist]
) -> tuple[Option, ...]:
    titles = titles_of(lifecycle)
    asked = composed(titles, wanting(sheet)) if sheet.open else ""
    options = []
    for rule in sorted(rules, key=lambda rule: (not (rule.decides and rule.guards), not rule.decides)):
        summarises = bool(rule.needs and rule.decides and _comes_back(lifecycle, rule))
        first = bool(rule.decides and rule.guards)
        options.append(Option(rule, checklists[rule.name], asked if summarises else "", summarises, first))
    return tuple(options)


def _comes_back(lifecycle: Lifecycle, rule: Transition) -> bool:
    return any(then.opens and Role.PARTNER in then.by for then in lifecycle.leaving(rule.target))


def _sections(lifecycle: Lifecycle, subject: Subject, sheet: ReviewSheet) -> tuple[Section, ...]:
    confirmed = {criterion.fact for criterion in sheet.criteria}
    changed = {difference.fact for difference in sheet.changed}
    grouped: dict[str, list[FactLine]] = {}
    for name, fact in lifecycle.facts.items():
        if name in confirmed:
            continue
        said = subject.said.get(name)
        line = FactLine(fact, subject.facts.get(name), said.at if said else None, name in changed)
        grouped.setdefault(fact.section or "More", []).append(line)
    return tuple(
        Section(title, tuple(lines), place < _SECTIONS_OPEN or any(line.changed or line.fact.secret for line in lines))
        for place, (title, lines) in enumerate(grouped.items())
        if any(line.value is not None or Role.PARTNER in line.fact.by for line in lines)
    )


def _confirmations(lifecycle: Lifecycle, subject: Subject, sheet: ReviewSheet, by: Actor) -> tuple[Confirmation, ...]:
    """What guards of the ways out of here want confirmed by a yes or no that this actor may give."""
    criteria = {criterion.name for criterion in sheet.criteria}
    wanted = dict.fromkeys(name for rule in lifecycle.leaving(subject.state) for name in rule.guards)
    found = []
    for guard in (lifecycle.guards[name] for name in wanted if name not in criteria):
        fact = lifecycle.facts.get(str(guard.params.get("fact", "")))
        if fact is not None and fact.type == "bool" and guard.check == "attested" and fact.permits(by):
            value = subject.facts.get(fact.name)
            found.append(Confirmation(fact, guard, value if isinstance(value, bool) else None))
    return tuple(found)


def _parts(engine: ReviewEngine, key: SubjectKey, by: Actor) -> tuple[Part, ...]:
    return tuple(
        Part(
            part,
            engine.desk.book(part).lifecycle.state(part.state),
            tuple(sorted(part.evidence.values(), key=lambda seen: seen.at, reverse=True)),
        )
        for part in engine.list(Query(parent=str(key)), by=by)
    )


def _waivable(checklists: Iterable[Checklist]) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for checklist in checklists:
        found.update({item.verdict.guard: item for item in checklist.unmet if item.waivable})
    return tuple(found.values())
