"""From a dossier to a change: the pure half of every use case that writes. Same dossier, same question, same change.

One decision may carry several moves: the one that was asked for, and those the engine takes by itself because the first
made all their guards true (``auto``). They are written together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from review_engine.domain.actors import ENGINE, Actor, Role
from review_engine.domain.calendar import Calendar
from review_engine.domain.canonical import instant
from review_engine.domain.cases import Case
from review_engine.domain.clocks import RUNNING, Clock, ClockEvent, ClockTurn
from review_engine.domain.cycles import turn
from review_engine.domain.evidence import Evidence, Waiver
from review_engine.domain.facts import FactChange
from review_engine.domain.findings import standing
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.domain.moves import Move
from review_engine.domain.notices import MOVED, Notice, idem_key
from review_engine.domain.playbook import Playbook
from review_engine.domain.reviews import FAILED, Finding
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Checklist, Item
from review_engine.ports.store import Answer, Change, Dossier, Enrolment, SealedSecret

_BESIDE = "Also"
"""The title of what a reviewer found wanting and no guard or fact is named for."""

_AUTO_MOVES_MAX = 20
"""More moves by itself in one go than any sane workflow makes; a circle of auto transitions stops here."""


@dataclass(slots=True)
class Decision:
    """A change in the making: the subject as it stands so far, and what has been collected for the ledger."""

    book: Playbook
    calendar: Calendar | None
    dossier: Dossier
    now: datetime
    subject: Subject = field(init=False)
    moves: list[Move] = field(default_factory=list)
    clocks: dict[str, Clock] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    events: list[ClockEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    facts: list[FactChange] = field(default_factory=list)
    secrets: list[SealedSecret] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    enrolment: Enrolment | None = None
    tells_moves: bool = False

    def __post_init__(self) -> None:
        self.subject = self.dossier.subject
        self.clocks = {clock.sla: clock for clock in self.dossier.clocks}

    def case(self, by: Actor) -> Case:
        """What checks look at, as things stand so far."""
        return Case(self.subject, by, self.now, self.dossier.children, self.dossier.active)

    @property
    def noted(self) -> bool:
        """Whether anything has been noted that is to be written."""
        said = self.facts or self.findings or self.evidence or self.waivers
        return bool(self.moves or said or self.notices or self.touched)

    def say(self, changes: Iterable[FactChange], secrets: Iterable[SealedSecret] = ()) -> None:
        """Note facts that were set or cleared, with the texts of those that are secret."""
        said = tuple(changes)
        if said:
            self.subject = self.subject.edited(self.book.lifecycle.facts, said)
            self.facts.extend(said)
            self.secrets.extend(secrets)

    def see(self, evidence: Evidence) -> None:
        """Note what was seen."""
        self.subject = self.subject.seeing(evidence)
        self.evidence.append(evidence)

    def excuse(self, waiver: Waiver) -> None:
        """Note an exception."""
        self.subject = self.subject.waiving(waiver)
        self.waivers.append(waiver)

    def take(self, transition: str, by: Actor, comment: str = "") -> Move:
        """Take one transition and note everything that goes with it; nothing is noted when it raises.

        Raises:
            Refused, NotAllowed, NotFound, UnknownName, InvalidInput: as ``Playbook.take``.
        """
        case = self.case(by)
        rule = self.book.lifecycle.transition(transition)
        subject, move = self.book.take(transition, case, comment)
        unmet = _unmet_of_decisions(self.book, rule, case, (*self.dossier.findings, *self.findings))
        self.note(move)
        self.subject = subject
        told = {**_told_of(self, rule, move), "unmet": unmet} if rule.notices else {}
        for name in rule.notices:
            self.tell(name, f"round {move.round}" if rule.opens else f"move {move.number}", told)
        if rule.creates == "partner":
            self.enrolment = enrolment(self.subject)
        return move

    def note(self, move: Move) -> None:
        """Note a move, and turn the clocks by it."""
        done = ClockTurn()
        if self.calendar is not None and self.book.lifecycle.slas:
            done = turn(self.book.lifecycle, self.calendar, tuple(self.clocks.values()), move, self.subject.facts)
        self.moves.append(move)
        if self.tells_moves:
            self.notices.append(moved(self.subject, move))
        for clock in done.clocks:
            self.turned(clock, ())
        self.events.extend(done.events)

    def turned(self, clock: Clock, events: Iterable[ClockEvent]) -> None:
        """Note how a clock stands now, and the lines for its ledger."""
        self.clocks[clock.sla] = clock
        self.touched.add(clock.sla)
        self.events.extend(events)

    def tell(self, name: str, cause: str, context: Mapping[str, object], *, also: str = "") -> None:
        """Put a notice into the outbox, for those the workflow names and ``also`` for an audience it escalates to."""
        subject = self.subject
        to = self.book.lifecycle.notices[name].to
        to = (*to, also) if also and also not in to else to
        self.notices.append(Notice(name, subject.key, subject.partner, cause, to, self.now, context))

    def settle(self) -> None:
        """Take every ``auto`` transition whose guards have become true, until none is left."""
        for _ in range(_AUTO_MOVES_MAX):
            for rule in self.book.leaving(self.subject.state):
                if rule.auto and self._takes(rule):
                    break
            else:
                return

    def _takes(self, rule: Transition) -> bool:
        if not all(verdict.met for verdict in self.book.verdicts(rule.name, self.case(ENGINE))):
            return False
        self.take(rule.name, ENGINE)
        return True

    def change(self, *, answer: Answer | None = None) -> Change:
        """Everything noted, as one change that counts as one write of the subject."""
        before = self.dossier.subject
        return Change(
            subject=_as_one_write(self.subject, before),
            moves=tuple(self.moves),
            submission=self.subject.submission if self.subject.submission is not before.submission else None,
            clocks=tuple(self.clocks[name] for name in sorted(self.touched)),
            clock_events=tuple(self.events),
            notices=tuple(self.notices),
            facts=tuple(self.facts),
            secrets=tuple(self.secrets),
            evidence=tuple(self.evidence),
            waivers=tuple(self.waivers),
            findings=tuple(self.findings),
            enrolment=self.enrolment,
            answer=answer,
            touches_parent=bool(before.parent and (self.moves or self.evidence)),
        )


def moved(subject: Subject, move: Move) -> Notice:
    """What a host's own functions are told of a move."""
    context = {
        "key": subject.key,
        "number": move.number,
        "transition": move.transition,
        "from": move.source,
        "to": move.target,
        "role": move.role,
        "by": move.by,
        "at": instant(move.at),
        "comment": move.comment,
        "round": move.round,
    }
    return Notice(MOVED, subject.key, subject.partner, f"move {move.number}", ("host",), move.at, context)


def _as_one_write(after: Subject, before: Subject) -> Subject:
    """However many moves and edits it took, the store sees one write."""
    revision = before.revision + 1
    return after if after.revision == revision else replace(after, revision=revision)


def bearings(decision: Decision) -> dict[str, object]:
    """What every letter may say of its subject: which one, which round, whose turn it is, where its office hours are.

    ``thread`` holds the idempotency keys of the notices that opened the round, for the partner's side and for staff's.
    """
    lifecycle, subject = decision.book.lifecycle, decision.subject
    waits_for = lifecycle.states[subject.state].waits_for
    return {
        "kind": lifecycle.title,
        "name": _called(subject),
        "key": subject.key,
        "parent": subject.parent,
        "round": subject.round,
        "reviewer": subject.submission.claimed_by if subject.submission else "",
        "turn": waits_for.value if waits_for else "",
        "zone": decision.calendar.zone if decision.calendar else "UTC",
        "thread": _thread(lifecycle, subject),
    }


def _called(subject: Subject) -> str:
    """As people call it; a request for access is called by its company."""
    company = subject.facts.get("company_name", "")
    return company if subject.name == subject.slug and company and isinstance(company, str) else subject.name


def _thread(lifecycle: Lifecycle, subject: Subject) -> dict[str, str]:
    taken = subject.submission.taken if subject.submission else ()
    openings = [rule for name, rule in lifecycle.transitions.items() if rule.opens and name in taken]
    thread: dict[str, str] = {}
    for notice in (notice for rule in openings for notice in rule.notices):
        side = "partner" if "partner" in lifecycle.notices[notice].to else "staff"
        thread.setdefault(side, idem_key(subject.key, f"round {subject.round}", notice))
    return thread


def _told_of(decision: Decision, rule: Transition, move: Move) -> dict[str, object]:
    """What a letter about a move may say, frozen at this moment."""
    lifecycle, subject = decision.book.lifecycle, decision.subject
    return {
        **bearings(decision),
        "transition": rule.title,
        "from": lifecycle.states[move.source].title if move.source in lifecycle.states else "",
        "to": lifecycle.states[move.target].title,
        "says": lifecycle.states[move.target].says,
        "role": move.role,
        "by": move.by,
        "comment": move.comment,
        "number": move.number,
        "at": instant(move.at),
        "next": next_steps(lifecycle, subject.state),
        "due": due_dates(lifecycle, decision.clocks.values()),
        "ahead": ahead(decision),
        "recorded": _recorded(lifecycle, rule, subject),
    }


def ahead(decision: Decision) -> list[dict[str, str]]:
    """What the move that the engine will make by itself from here still lacks; empty when there is no one such move."""
    rules = [rule for rule in decision.book.lifecycle.leaving(decision.subject.state) if rule.auto]
    return _listed(decision.book.checklist(rules[0].name, decision.case(ENGINE)).unmet) if len(rules) == 1 else []


def _recorded(lifecycle: Lifecycle, rule: Transition, subject: Subject) -> list[dict[str, object]]:
    """What staff or the host had recorded of what the transition's guards read."""
    params = [lifecycle.guards[name].params for name in rule.guards]
    read = dict.fromkeys(name for each in params for name in _texts([each.get("fact")]) + _texts(each.get("facts")))
    facts = [lifecycle.facts[name] for name in read if name in lifecycle.facts and name in subject.facts]
    return [
        {"title": fact.title, "value": subject.facts[fact.name]}
        for fact in facts
        if Role.PARTNER not in fact.by and not fact.secret
    ]


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list | tuple) else []


def next_steps(lifecycle: Lifecycle, state: str) -> list[dict[str, object]]:
    """What can be done from a state, by whom."""
    return [
        {"transition": rule.name, "title": rule.title, "by": [role.value for role in rule.by]}
        for rule in lifecycle.leaving(state)
    ]


def due_dates(lifecycle: Lifecycle, clocks: Iterable[Clock]) -> dict[str, dict[str, str]]:
    """The promises that are running, each with its title, its length and its due date (UTC)."""
    return {
        clock.sla: {
            "title": lifecycle.slas[clock.sla].title,
            "within": clock.within,
            "due_at": instant(clock.due_at),
        }
        for clock in clocks
        if clock.state == RUNNING
    }


def _unmet_of_decisions(
    book: Playbook, rule: Transition, case: Case, findings: Iterable[Finding]
) -> list[dict[str, str]]:
    """When a round is decided against its subject: every guard of the other decisions that is not met.

    What the reviewer wrote about a guard in this round is told as its reason, and what was found beside all guards
    stands behind them.
    """
    if not rule.decides or rule.guards:
        return []
    checklists = [
        Checklist(case.key, other.name, other.title, book.checklist(other.name, case).items)
        for other in book.leaving(case.subject.state)
        if other.decides and other.guards
    ]
    unmet = {item.verdict.guard: item for checklist in checklists for item in checklist.unmet}
    failed = [one for one in standing(findings) if one.round == case.subject.round and one.result == FAILED]
    words = {one.criterion: one.comment for one in failed if one.criterion}
    told = [
        item._replace(verdict=item.verdict._replace(reason=words.get(guard, item.verdict.reason)))
        for guard, item in unmet.items()
    ]
    facts = book.lifecycle.facts
    beside = [
        {"title": facts[one.about].title if one.about in facts else _BESIDE, "reason": one.comment, "cure": ""}
        for one in failed
        if not one.criterion
    ]
    return [*_listed(told), *beside]


def _listed(items: Iterable[Item]) -> list[dict[str, str]]:
    return [{"title": item.title, "reason": item.verdict.reason, "cure": item.verdict.cure} for item in items]


def enrolment(subject: Subject) -> Enrolment:
    """The partner that an approved request brings into being, and its first member if an address is known.

    The member's key is derived from the request's key, never from the address, so that the history can keep it.
    """
    facts = subject.facts
    address = str(facts.get("contact_email", facts.get("company_email", "")))
    return Enrolment(
        partner=subject.partner,
        name=str(facts.get("company_name", subject.name)),
        person=f"{subject.partner}.contact" if address else "",
        person_name=str(facts.get("contact_name", "")),
        address=address,
    )
