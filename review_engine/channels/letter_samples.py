"""Sample notices for every letter that workflows name, so that a letter is seen before anybody gets it.

A sample holds what a real notice of its sort holds: the same names, with values made from the workflow's own titles.
The people and companies are invented. Each cause of a notice (a move, a reminder, a broken promise) makes one sample,
because a letter that several causes share has to be right for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from review_engine.channels.letter_view import Reader
from review_engine.domain.actors import Role
from review_engine.domain.canonical import instant
from review_engine.domain.durations import Duration
from review_engine.domain.facts import Fact
from review_engine.domain.lifecycle import Lifecycle, Sla, Transition
from review_engine.domain.notices import Notice, idem_key

AT: Final = datetime(2026, 3, 2, 18, 20, tzinfo=UTC)
ZONE: Final = "America/Los_Angeles"
PARTNER: Final = Reader("sample.ann", "ann@acme.example", "Ann Whitlock", "Europe/Berlin")
STAFF: Final = Reader("sample.rita", "rita@platform.example", "Rita Solberg", ZONE, staff=True)
PEOPLE: Final[Mapping[str, str]] = {"sample.rita": "Rita Solberg", "sample.omar": "Omar Haddad"}

_NAMES: Final[Mapping[str, str]] = {"access_request": "Acme", "membership": "Acme", "component": "Acme hook"}
_COMMENT = "Step 3 of the set-up page says 'Connect', the button says 'Enable'.\n\nEverything else is fine."
_REASONS: Final[Mapping[str, str]] = {
    "attested": "not confirmed yet",
    "facts_present": "something is missing",
    "count_at_least": "1 so far",
    "accepted": "not accepted yet",
    "evidence": "nothing was seen yet",
}
_VALUES: Final[Mapping[str, object]] = {"bool": True, "count": 50, "date": "2026-03-02", "datetime": instant(AT)}


class Sample(NamedTuple):
    """A notice that could be, and why it would be told.

    Args:
        kind: the workflow's name.
        cause: what would cause it, for people.
        notice: the notice.
        to: the readers it would be told to.
    """

    kind: str
    cause: str
    notice: Notice
    to: tuple[Reader, ...]


def samples(lifecycles: Iterable[Lifecycle]) -> Iterator[Sample]:
    """Every notice of these workflows, once for each of its causes."""
    for lifecycle in lifecycles:
        for rule in lifecycle.transitions.values():
            for name in rule.notices:
                if name in lifecycle.notices:
                    cause = "round 2" if rule.opens else "move 7"
                    yield _sample(lifecycle, name, rule.title, cause, _of_move(lifecycle, rule))
        yield from _remarks(lifecycle)
        yield from _greetings(lifecycle)
        for sla in lifecycle.slas.values():
            rings = [(False, f"reminder {place}", each.notices) for place, each in enumerate(sla.warnings, start=1)]
            for late, cause, names in [*rings, (True, "breach", sla.breach.notices)]:
                for name in names:
                    if name in lifecycle.notices:
                        yield _sample(
                            lifecycle, name, f"{sla.title}: {cause}", cause, _of_promise(lifecycle, sla, late)
                        )


def _remarks(lifecycle: Lifecycle) -> Iterator[Sample]:
    for side, name in lifecycle.conversation.items():
        if name in lifecycle.notices:
            told = _of_remark(lifecycle, by_staff=side == "partner")
            yield _sample(lifecycle, name, f"a remark, for the {side}", "remark 3", told)


def _greetings(lifecycle: Lifecycle) -> Iterator[Sample]:
    """What is told when a subject is registered, and of numbers of customers."""
    for name in lifecycle.welcomes:
        if name in lifecycle.notices:
            state = lifecycle.states[lifecycle.starts]
            told = {**_bearings(lifecycle, lifecycle.starts, False), "state": state.title}
            yield _sample(lifecycle, name, "registered", "move 1", told)
    for milestone in lifecycle.milestones.values():
        guard = lifecycle.guards.get(milestone.guard)
        wanted = guard.params.get("at_least") if guard else None
        for number in milestone.at:
            for name in milestone.notices:
                if name in lifecycle.notices:
                    told = _of_milestone(lifecycle, milestone.states[0], number, wanted)
                    cause = f"milestone {milestone.name} {number}"
                    yield _sample(lifecycle, name, f"{number} active customers", cause, told)


def _of_milestone(lifecycle: Lifecycle, state: str, number: int, wanted: object) -> dict[str, object]:
    in_round = any(each.opens for each in lifecycle.transitions.values())
    return {
        **_bearings(lifecycle, state, in_round),
        "state": lifecycle.states[state].title,
        "at": instant(AT),
        "reached": number,
        "wanted": wanted if isinstance(wanted, int) else number,
        "ahead": _ahead(lifecycle, state),
    }


def week_sample(now: datetime = AT) -> Notice:
    """What waits for staff: something overdue, something due soon, something without a date."""
    waiting = [
        {"key": f"app/{slug}", "kind": "App", "name": name, "state": "Submitted", "reviewer": "", "mine": mine, **due}
        for slug, name, mine, due in (
            ("acme-sync", "Acme Sync", True, _owed(now - timedelta(hours=3))),
            ("birch-mail", "Birch Mail", False, _owed(now + timedelta(days=2))),
            ("cedar-data", "Cedar Data", False, {}),
        )
    ]
    context = {"zone": ZONE, "total": 5, "tick": instant(now), "waiting": waiting}
    return Notice("weekly_digest", "weekly_digest/business", "", "week of 2026-03-02", ("reviewers",), now, context)


def _owed(at: datetime) -> dict[str, str]:
    return {"promise": "Decision within 2 business days", "within": "2 business days", "due_at": instant(at)}


def bare(sample: Sample) -> Sample:
    """The sample with nothing in it that may be missing: no comment, no due date, nothing unmet, nobody named."""
    context = dict(sample.notice.context)
    for name, nothing in (("comment", ""), ("unmet", []), ("ahead", []), ("recorded", []), ("due", {}), ("by", "")):
        if name in context:
            context[name] = nothing
    context |= {"reviewer": "", "turn": "", "round": 0}
    return sample._replace(notice=replace(sample.notice, context=context))


def _sample(lifecycle: Lifecycle, name: str, says: str, cause: str, context: Mapping[str, object]) -> Sample:
    audiences = lifecycle.notices[name].to
    staff = any(audience != "partner" for audience in audiences)
    readers = ((PARTNER,) if "partner" in audiences else ()) + ((STAFF,) if staff else ())
    notice = Notice(name, str(context["key"]), "acme", cause, audiences, AT, context)
    return Sample(lifecycle.name, says, notice, readers)


def _bearings(lifecycle: Lifecycle, state: str, in_round: bool) -> dict[str, object]:
    waits_for = lifecycle.states[state].waits_for
    key = f"{lifecycle.name}/acme-sync"
    return {
        "kind": lifecycle.title,
        "name": _NAMES.get(lifecycle.name, "Acme Sync"),
        "key": key,
        "parent": f"{lifecycle.parent}/acme" if lifecycle.parent else "",
        "round": 2 if in_round else 0,
        "reviewer": "sample.omar" if in_round else "",
        "turn": waits_for.value if waits_for else "",
        "zone": ZONE,
        "thread": {side: idem_key(key, "round 2", name) for side, name in _openings(lifecycle)} if in_round else {},
    }


def _openings(lifecycle: Lifecycle) -> Iterator[tuple[str, str]]:
    for rule in lifecycle.transitions.values():
        if rule.opens:
            for name in rule.notices:
                plan = lifecycle.notices.get(name)
                yield "partner" if plan and "partner" in plan.to else "staff", name
            return


def _of_move(lifecycle: Lifecycle, rule: Transition) -> dict[str, object]:
    target = lifecycle.states[rule.target]
    source = rule.sources[0] if rule.sources else rule.target
    in_round = any(each.opens for each in lifecycle.transitions.values())
    return {
        **_bearings(lifecycle, rule.target, in_round),
        "transition": rule.title,
        "from": lifecycle.states[source].title,
        "to": target.title,
        "says": target.says,
        "role": rule.by[0].value if rule.by else Role.ENGINE.value,
        "by": "sample.rita",
        "comment": _COMMENT if "comment" in rule.needs else "",
        "number": 7,
        "at": instant(AT),
        "next": [
            {"transition": each.name, "title": each.title, "by": [role.value for role in each.by]}
            for each in lifecycle.leaving(rule.target)
        ],
        "due": _running(lifecycle, rule.target),
        "ahead": _ahead(lifecycle, rule.target),
        "recorded": _recorded(lifecycle, rule),
        "unmet": _unmet(lifecycle, source) if rule.decides and not rule.guards else [],
    }


def _of_remark(lifecycle: Lifecycle, *, by_staff: bool) -> dict[str, object]:
    decided = [rule.sources[0] for rule in lifecycle.transitions.values() if rule.decides and rule.sources]
    state = decided[0] if decided else lifecycle.starts
    in_round = any(each.opens for each in lifecycle.transitions.values())
    return {
        **_bearings(lifecycle, state, in_round),
        "state": lifecycle.states[state].title,
        "role": (Role.REVIEWER if by_staff else Role.PARTNER).value,
        "by": "sample.rita" if by_staff else "sample.ann",
        "comment": _COMMENT,
        "number": 3,
        "at": instant(AT),
        "due": _running(lifecycle, state),
    }


def _of_promise(lifecycle: Lifecycle, sla: Sla, late: bool) -> dict[str, object]:
    state = sla.runs_in[-1]
    due = _due(sla.within)
    in_round = any(each.opens for each in lifecycle.transitions.values())
    return {
        **_bearings(lifecycle, state, in_round),
        "state": lifecycle.states[state].title,
        "promise": sla.title,
        "within": str(sla.within),
        "due_at": instant(due),
        "late_by": 0.0,
        "tick": instant(due + timedelta(hours=3 if late else -3)),
    }


def _running(lifecycle: Lifecycle, state: str) -> dict[str, dict[str, str]]:
    return {
        sla.name: {"title": sla.title, "within": str(sla.within), "due_at": instant(_due(sla.within))}
        for sla in lifecycle.slas.values()
        if state in sla.runs_in
    }


def _due(within: Duration) -> datetime:
    """About when a promise would be due; a sample need not know the calendar."""
    length = timedelta(days=within.amount) if "day" in within.unit else timedelta(hours=2 * within.amount)
    return (AT + length).replace(minute=0)


def _ahead(lifecycle: Lifecycle, state: str) -> list[dict[str, str]]:
    rules = [rule for rule in lifecycle.leaving(state) if rule.auto]
    return _listed(lifecycle, rules[0].guards) if len(rules) == 1 else []


def _unmet(lifecycle: Lifecycle, source: str) -> list[dict[str, str]]:
    others = [other for other in lifecycle.leaving(source) if other.decides and other.guards]
    return _listed(lifecycle, [name for other in others for name in other.guards][:3])


def _listed(lifecycle: Lifecycle, guards: Iterable[str]) -> list[dict[str, str]]:
    declared = [lifecycle.guards[name] for name in guards if name in lifecycle.guards]
    return [
        {"title": guard.title, "reason": _REASONS.get(guard.check, "not met yet"), "cure": guard.fix}
        for guard in declared
    ]


def _recorded(lifecycle: Lifecycle, rule: Transition) -> list[dict[str, object]]:
    params = [lifecycle.guards[name].params for name in rule.guards if name in lifecycle.guards]
    named = [name for each in params for name in (each.get("fact"), *_several(each.get("facts")))]
    facts = [lifecycle.facts[str(name)] for name in named if str(name) in lifecycle.facts]
    return [
        {"title": fact.title, "value": _value(fact)}
        for fact in facts
        if Role.PARTNER not in fact.by and not fact.secret
    ]


def _several(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _value(fact: Fact) -> object:
    if fact.type == "choices":
        return list(fact.among[:2])
    return fact.among[0] if fact.among else _VALUES.get(fact.type, "as agreed")
