"""The first page of a partner: everything of theirs, where it stands, whose turn it is, and what is missing.

Staff see the same list over all partners, a page at a time; their work waits in the queue.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.joining import Offer, offers
from review_engine.console.names import Names
from review_engine.console.places import Spot, due_of, spot
from review_engine.console.steps import Step, next_step
from review_engine.console.visits import Visit, Visitors
from review_engine.domain.actors import Role
from review_engine.domain.errors import InvalidKey
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Query
from review_engine.usecases.checklist import Standing

PAGE = 100
FIRST_NEEDS = 3
"""How many missing things a card names before it only counts."""


@dataclass(slots=True)
class Card:
    """One subject in the list.

    Args:
        spot: where it stands.
        step: what is missing for its next step; None where nothing is.
        due_at: when the next promise is due (aware UTC); None without one.
        overdue: that is past.
        parts: its components.
    """

    spot: Spot
    step: Step | None
    due_at: datetime | None
    overdue: bool
    parts: list["Card"] = field(default_factory=list)


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug this page in."""

    @router.get("/apps", name="console_home")
    def home(visit: Visit = visitors.signed_in) -> Response:
        return _home(visit)


def _home(visit: Visit) -> Response:
    partner = visit.by.role is Role.PARTNER
    after = _after(visit.request.query_params.get("after", ""))
    found = list(_survey(visit, after))
    cards = [_card(visit, standing) for standing in found[:PAGE]]
    offered = offers(visit)
    return visit.page(
        "home.html",
        here="home",
        groups=_grouped(visit, cards),
        counted=len(cards),
        waiting=sum(card.spot.turn.mine for card in cards),
        offered=[offer for offer in offered if not offer.parent],
        parts=_parts(offered),
        names=Names(visit.engine.directory, visit.by),
        partner=partner,
        next_page=found[PAGE - 1].subject.key if len(found) > PAGE else "",
        first_needs=FIRST_NEEDS,
    )


def _after(text: str) -> str:
    """Where the list goes on; from the start for what is no key."""
    try:
        return str(SubjectKey.parse(text)) if text else ""
    except InvalidKey:
        return ""


def _survey(visit: Visit, after: str) -> Iterable[Standing]:
    """One page of what the reader may see, in key order, and one more to know whether there is another page."""
    left = PAGE + 1
    for kind in sorted(visit.engine.desk.library.kinds()):
        if left > 0:
            for standing in visit.engine.survey(Query(kind=kind, after=after, limit=left), by=visit.by):
                left -= 1
                yield standing


def _card(visit: Visit, standing: Standing) -> Card:
    found = spot(visit, standing.subject)
    due = due_of(visit, found)
    first = next((each for each in due if not each.course.paused), None)
    return Card(
        spot=found,
        step=next_step(found.lifecycle, standing.subject, standing.open),
        due_at=first.due_at if first else None,
        overdue=bool(first and first.late_by),
    )


def _grouped(visit: Visit, cards: list[Card]) -> list[tuple[str, list[Card]]]:
    """Cards by kind, the default kind first; a component stands beneath its app where that is on the same page."""
    by_key = {card.spot.subject.key: card for card in cards}
    groups: dict[str, list[Card]] = {}
    for card in cards:
        above = by_key.get(card.spot.subject.parent)
        if above:
            above.parts.append(card)
        else:
            groups.setdefault(card.spot.subject.kind, []).append(card)
    default = visit.engine.default_kind
    kinds = sorted(groups, key=lambda kind: (kind != default, kind))
    return [(groups[kind][0].spot.lifecycle.title, groups[kind]) for kind in kinds]


def _parts(offered: Iterable[Offer]) -> dict[str, list[Offer]]:
    """Kind of a whole -> what may be added to it."""
    parts: dict[str, list[Offer]] = {}
    for offer in offered:
        if offer.parent:
            parts.setdefault(offer.parent, []).append(offer)
    return parts
