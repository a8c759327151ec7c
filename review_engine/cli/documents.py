"""What commands answer as JSON-able values: one subject in the round, a line of a list, a census, a ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from review_engine.domain.activity import LedgerLine
from review_engine.domain.actors import Actor
from review_engine.domain.calendar import Calendar
from review_engine.domain.canonical import instant
from review_engine.domain.clocks import Clock
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle, State
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Checklist
from review_engine.engine import ReviewEngine
from review_engine.ports.store import Dossier, OddEvent


def key_of(engine: ReviewEngine, text: str) -> SubjectKey:
    """A subject's key; a bare slug is of the default kind.

    Raises:
        InvalidKey: it is no key.
    """
    return SubjectKey.parse(text, engine.default_kind)


def types_of(engine: ReviewEngine, kind: str) -> dict[str, str]:
    """The type of each fact that the kind declares.

    Raises:
        UnknownName: there is no such kind.
    """
    return {name: fact.type for name, fact in engine.lifecycle(kind).facts.items()}


def lifecycle_of(engine: ReviewEngine, subject: Subject) -> Lifecycle:
    """The workflow the subject is pinned to."""
    return engine.desk.book(subject).lifecycle


def line(engine: ReviewEngine, subject: Subject) -> dict[str, object]:
    """A subject as one line of a list."""
    waits_for = state_of(lifecycle_of(engine, subject), subject.state).waits_for
    return {
        "key": subject.key,
        "name": subject.name,
        "partner": subject.partner,
        "state": subject.state,
        "since": instant(subject.since),
        "waits_for": waits_for.value if waits_for else None,
        "etag": subject.etag,
    }


def state_of(lifecycle: Lifecycle, name: str) -> State:
    """A state's declaration; also of one that the workflow no longer has."""
    return lifecycle.states.get(name) or State(name, name)


def census(counted: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Counts by kind and state."""
    document: dict[str, dict[str, int]] = {}
    for (kind, state), count in sorted(counted.items()):
        document.setdefault(kind, {})[state] = count
    return document


def odd(event: OddEvent) -> dict[str, object]:
    """An imported event, or a fact of one, that could not be used, with the reason."""
    return {"subject": event.subject, "at": instant(event.at), "reason": event.reason}


def ledger(lines: Iterable[LedgerLine]) -> list[dict[str, object]]:
    """The evidence ledger of an app."""
    return [
        {**each._asdict(), "first_seen": instant(each.first_seen), "last_seen": instant(each.last_seen)}
        for each in lines
    ]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One subject in the round: its dossier, the workflow it is pinned to, and what can be done next."""

    dossier: Dossier
    lifecycle: Lifecycle
    calendar: Calendar | None
    checklists: Sequence[Checklist]
    now: datetime

    @property
    def subject(self) -> Subject:
        """The subject itself."""
        return self.dossier.subject

    @property
    def state(self) -> State:
        """Where it stands."""
        return state_of(self.lifecycle, self.subject.state)

    def document(self) -> dict[str, object]:
        """JSON-able values."""
        subject, state = self.subject, self.state
        return {
            "key": subject.key,
            "name": subject.name,
            "kind": subject.kind,
            "partner": subject.partner,
            "parent": subject.parent or None,
            "state": subject.state,
            "title": state.title,
            "says": state.says,
            "waits_for": state.waits_for.value if state.waits_for else None,
            "since": instant(subject.since),
            "moves": subject.number,
            "etag": subject.etag,
            "workflow": subject.workflow,
            "facts": {name: self._fact(name) for name in subject.facts},
            "components": [
                {"key": f"{child.kind}/{child.slug}", "state": child.state} for child in self.dossier.children
            ],
            "evidence": [_seen(subject, probe, self.now) for probe in sorted(subject.evidence)],
            "waivers": [_waived(subject, guard, self.now) for guard in sorted(subject.waivers)],
            "round": self._round(),
            "clocks": [self._clock(clock) for clock in self.dossier.clocks],
            "next": [self._next(each) for each in self.checklists],
        }

    def _fact(self, name: str) -> dict[str, object]:
        said = self.subject.said[name]
        return {"value": self.subject.facts[name], "role": said.role, "by": said.by, "at": instant(said.at)}

    def _round(self) -> dict[str, object] | None:
        round_ = self.subject.submission
        if round_ is None:
            return None
        return {
            "number": round_.round,
            "opened_at": instant(round_.opened_at),
            "opened_by": round_.opened_by,
            "claimed_by": round_.claimed_by or None,
            "decision": round_.decision or None,
        }

    def _clock(self, clock: Clock) -> dict[str, object]:
        return {
            "sla": clock.sla,
            "title": self.lifecycle.slas[clock.sla].title if clock.sla in self.lifecycle.slas else clock.sla,
            "state": clock.state,
            "due_at": instant(clock.due_at),
        }

    def _next(self, each: Checklist) -> dict[str, object]:
        rule = self.lifecycle.transitions[each.transition]
        return {
            "transition": each.transition,
            "title": each.title,
            "by": [role.value for role in rule.by],
            "ready": each.ready,
            "unmet": [item.verdict.guard for item in each.unmet],
        }


def _seen(subject: Subject, probe: str, now: datetime) -> dict[str, object]:
    seen = subject.evidence[probe]
    return {
        "probe": probe,
        "outcome": seen.outcome,
        "at": instant(seen.at),
        "by": seen.by,
        "fresh": seen.fresh(now),
        "note": seen.note,
    }


def _waived(subject: Subject, guard: str, now: datetime) -> dict[str, object]:
    waiver = subject.waivers[guard]
    return {
        "guard": guard,
        "reason": waiver.reason,
        "by": waiver.by,
        "at": instant(waiver.at),
        "holds": waiver.holds(now),
    }


def portrait(engine: ReviewEngine, app: str, by: Actor) -> Portrait:
    """Everything about one subject.

    Raises:
        NotFound: no such subject, or another partner's.
    """
    key, now = key_of(engine, app), engine.clock()
    dossier = engine.desk.dossier(key, by, now)
    lifecycle = lifecycle_of(engine, dossier.subject)
    calendar = engine.desk.library.calendar(lifecycle.calendar) if lifecycle.calendar else None
    return Portrait(dossier, lifecycle, calendar, engine.checklist(key, by=by), now)
