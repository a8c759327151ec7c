"""The queue: everything that waits for a reviewer or a manager, due soonest first, what is overdue in front.

Every filter is a parameter of the address, so a filter is a link that can be kept or sent to a colleague.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.names import Names
from review_engine.console.places import zone_of
from review_engine.console.visits import Visit, Visitors, staff_only
from review_engine.domain.actors import STAFF, Actor
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.ports.reception import AGAIN, APPEAL, FIRST, QueueEntry, QueueQuery

REASONS = {FIRST: "First submission", AGAIN: "Came back", APPEAL: "Appeal"}
WHOSE = {"": "Anybody's", "mine": "Mine", "unclaimed": "Nobody's yet"}
ROWS = 50

_TEXT_MAX = 100
_NAMES = ("kind", "state", "reason", "tier", "component", "whose", "reviewer", "overdue", "search")


class Choice(NamedTuple):
    """One entry of a select."""

    value: str
    title: str


class Row(NamedTuple):
    """A line of the queue as the page shows it.

    Args:
        entry: as the engine answers it.
        kind, slug: the parts of its key.
        workflow: the title of its workflow.
        state: the title of where it stands.
        reason: why it waits, in words.
        zone: the time zone its promise is counted in.
        claim: the transition by which the actor could take it; None where that is not possible.
        own: the actor is a member of its partner, so a colleague has to take it.
        turn: whose it is, where nobody has it and the actor cannot take it.
    """

    entry: QueueEntry
    kind: str
    slug: str
    workflow: str
    state: str
    reason: str
    zone: str
    claim: Transition | None
    own: bool
    turn: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of an address.

    Args:
        chosen: name of a parameter -> what was chosen; only what filters.
        after: where the page begins.
    """

    chosen: Mapping[str, str]
    after: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str], known: Mapping[str, Iterable[Choice]]) -> "Wanted":
        """The filter that the parameters of an address ask for; what nobody offered is left out."""
        chosen: dict[str, str] = {}
        for name in _NAMES:
            text = clean(given.get(name, ""))
            offered = {choice.value for choice in known[name]} if name in known else None
            if text and (offered is None or text in offered):
                chosen[name] = text
        return cls(chosen, clean(given.get("after", ""), 400))

    def get(self, name: str) -> str:
        """What was chosen; empty for everything."""
        return self.chosen.get(name, "")

    def query(self, by: Actor) -> QueueQuery:
        """The same for the engine."""
        state, whose = self.get("state"), self.get("whose")
        return QueueQuery(
            kind=self.get("kind") or None,
            states=(state,) if state else (),
            reason=self.get("reason"),
            tier=self.get("tier"),
            component=self.get("component"),
            claimed_by=by.key if whose == "mine" else self.get("reviewer"),
            unclaimed=whose == "unclaimed",
            overdue=bool(self.get("overdue")),
            search=self.get("search"),
            after=self.after,
            limit=ROWS,
        )

    def parameters(self, **other: str) -> dict[str, str]:
        """For ``link``: the filter with other choices; an empty one takes a filter away."""
        return {f"q_{name}": value for name, value in {**self.chosen, **other}.items() if value}


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/queue", name="console_queue")
    def queue(visit: Visit = visitors.signed_in) -> Response:
        return _queue(visit)


def clean(text: str, most: int = _TEXT_MAX) -> str:
    """A parameter of an address as far as it can be looked for: printable, and not longer than people type."""
    return "".join(character for character in text if character.isprintable()).strip()[:most]


def _queue(visit: Visit) -> Response:
    staff_only(visit)
    engine = visit.engine
    lifecycles = [engine.lifecycle(kind) for kind in engine.desk.library.kinds()]
    choices = _choices(lifecycles)
    wanted = Wanted.of(visit.request.query_params, choices)
    page = engine.queue(wanted.query(visit.by), by=visit.by)
    by_kind = {lifecycle.name: lifecycle for lifecycle in lifecycles}
    zones = {lifecycle.name: zone_of(engine, lifecycle) for lifecycle in lifecycles}
    shown = visit.page(
        "_queue_rows.html" if visit.partial else "queue.html",
        rows=[_row(entry, by_kind, zones, visit.by) for entry in page.entries],
        found=page,
        wanted=wanted,
        choices=choices,
        whose=WHOSE,
        names=Names(engine.directory),
    )
    shown.headers["Vary"] = "HX-Request"
    return shown


def _row(entry: QueueEntry, lifecycles: Mapping[str, Lifecycle], zones: Mapping[str, str], by: Actor) -> Row:
    kind, _, slug = entry.key.partition("/")
    lifecycle = lifecycles.get(kind)  # None where the file of a workflow was taken away under subjects in flight
    state = lifecycle.states.get(entry.state) if lifecycle else None
    own = by.belongs_to(entry.partner)
    return Row(
        entry=entry,
        kind=kind,
        slug=slug,
        workflow=lifecycle.title if lifecycle else kind,
        state=state.title if state else entry.state,
        reason=REASONS.get(entry.reason, entry.reason),
        zone=zones.get(kind, "UTC"),
        claim=_claiming(lifecycle, entry.state, by) if lifecycle and not (entry.claimed_by or own) else None,
        own=own,
        turn="nobody" if not state or state.waits_for in (None, by.role) else f"for a {state.waits_for.value}",
    )


def _claiming(lifecycle: Lifecycle, state: str, by: Actor) -> Transition | None:
    return next((rule for rule in lifecycle.leaving(state) if rule.claims and by.role in rule.by), None)


def _choices(lifecycles: list[Lifecycle]) -> dict[str, list[Choice]]:
    """What can be chosen, by parameter; names that several workflows share are offered once."""
    states = {
        name: Choice(name, state.title)
        for lifecycle in lifecycles
        for name, state in lifecycle.states.items()
        if state.waits_for in STAFF
    }
    return {
        "kind": [Choice(lifecycle.name, lifecycle.title) for lifecycle in lifecycles],
        "state": list(states.values()),
        "reason": [Choice(*reason) for reason in REASONS.items()],
        "tier": [Choice(value, value.capitalize()) for value in _values(lifecycles, "tier")],
        "component": [Choice(value, value.capitalize()) for value in _values(lifecycles, "type", parts=True)],
        "whose": [Choice(*whose) for whose in WHOSE.items()],
    }


def _values(lifecycles: list[Lifecycle], fact: str, *, parts: bool = False) -> list[str]:
    found = [
        value
        for lifecycle in lifecycles
        if fact in lifecycle.facts and bool(lifecycle.parent) == parts
        for value in lifecycle.facts[fact].among
    ]
    return list(dict.fromkeys(found))
