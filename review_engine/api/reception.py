"""The reception as resources: what waits to be reviewed, who has what in hand, how promises were kept, the catalog."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from review_engine.api.documents_of_the_desk import (
    CatalogTold,
    EntryTold,
    PromiseReportTold,
    QueueLengths,
    QueueTold,
    Workloads,
)
from review_engine.api.door import OPEN, READ, Door, ok
from review_engine.api.examples import ENTRY, QUEUE_LINE
from review_engine.api.feed import feed
from review_engine.api.requests import After, KindWanted, Limit, Since, Slug, Until, kept, onward
from review_engine.api.told import told
from review_engine.domain.actors import Actor
from review_engine.domain.errors import InvalidInput, NotAdmitted
from review_engine.ports.reception import REASONS, CatalogQuery, QueueQuery
from review_engine.usecases.admit import FEED

QUEUE, CATALOG = "Queue", "Catalog"

FEED_MAX = 1_000
"""Due dates in one calendar feed, the soonest first."""

_SECRET_MAX = 1_000
_Text = Annotated[str, Query(max_length=200)]
_States = Annotated[list[str], Query(max_length=50, description="Standing in any of these states.")]
_Reason = Annotated[Literal[("", *REASONS)], Query(description="Why it waits.")]  # type: ignore[valid-type]
_Yes = Annotated[bool, Query()]
_Badge = Annotated[str | None, Query(max_length=60, description="Only with this badge; empty for those without one.")]
_Token = Annotated[str, Query(max_length=_SECRET_MAX, description="A feed's token, for programs that send no headers.")]
_Given = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, scheme_name="HTTPBearer", description="A token of this engine.")),
]


def queue(door: Door) -> None:
    """Put up the queue."""
    engine = door.engine

    @door.route("GET", "/queue", QueueTold, tag=QUEUE, problems=READ, headers=["Link"],
                example={"items": [QUEUE_LINE], "next": "acme-sync", "total": 1, "overdue": 0})  # fmt: skip
    def read_queue(
        request: Request,
        kind: KindWanted = None,
        state: _States = [],  # noqa: B006 - FastAPI reads it, nobody writes it
        reason: _Reason = "",
        tier: _Text = "",
        component: _Text = "",
        claimed_by: _Text = "",
        unclaimed: _Yes = False,
        overdue: _Yes = False,
        search: _Text = "",
        after: After = "",
        limit: Limit = 50,
        by: Actor = door.by,
    ) -> Response:
        """Read the queue.

        What waits for staff, due soonest first. For staff and host.
        """
        texts = [kept(text) for text in (tier, component, claimed_by, search, after, kind or "", *state)]
        wanted = QueueQuery(
            kind=kind, states=tuple(state), reason=reason, tier=texts[0], component=texts[1], claimed_by=texts[2],
            unclaimed=unclaimed, overdue=overdue, search=texts[3], after=texts[4], limit=limit,
        )  # fmt: skip
        page = engine.queue(wanted, by=by)
        answer = {
            "items": [told(entry) for entry in page.entries],
            "next": page.next or None,
            "total": page.total,
            "overdue": page.overdue,
        }
        return ok(answer, headers=onward(request, page.next))


def due_feed(door: Door) -> None:
    """Put up the feed of due dates."""
    engine = door.engine

    @door.route("GET", "/queue.ics", None, tag=QUEUE, problems=READ,
                content={"text/calendar": {"schema": {"type": "string"}}})  # fmt: skip
    def read_queue_feed(token: _Token = "", given: _Given = None) -> Response:
        """Subscribe to due dates.

        An iCalendar feed of what you took and of what nobody took yet, for the calendar program you use. It signs in
        with a token of this engine in the header or, because such programs send none, with one of the sort `feed` in
        the address. Addresses end up in logs, so a feed's token opens nothing else, and no other one is taken there.
        """
        if given is None and not token:
            raise NotAdmitted("nobody is signed in", cure="Send a feed's token as ?token=..., or one in the header.")
        by = engine.admit(given.credentials[:_SECRET_MAX]) if given else engine.admit(token, sort=FEED)
        entries = engine.queue(QueueQuery(limit=FEED_MAX), by=by).entries
        mine = [entry for entry in entries if entry.due_at is not None and entry.claimed_by in ("", by.key)]
        return Response(feed(mine, engine.clock()), media_type="text/calendar; charset=utf-8")


def figures(door: Door) -> None:
    """Put up the figures."""
    engine = door.engine

    @door.route("GET", "/queue/lengths", QueueLengths, tag=QUEUE, problems=READ)
    def read_queue_lengths(
        since: Since = None, until: Until = None, kind: KindWanted = None, by: Actor = door.by
    ) -> Response:
        """Read how long the queue was.

        How many waited at the end of each day (UTC). Both ends of the period are wanted. For staff and host.
        """
        if since is None or until is None:
            raise InvalidInput("the period has no ends", cure="Give both since and until.")
        found = engine.queue_lengths(by=by, since=since, until=until, kind=kind)
        return ok({"items": [told(each) for each in found]})

    @door.route("GET", "/workload", Workloads, tag=QUEUE, problems=READ)
    def read_workload(kind: KindWanted = None, by: Actor = door.by) -> Response:
        """Read who has what in hand.

        For each reviewer: what they took, what of it is overdue, what they decided in the last 28 days. For staff and
        host.
        """
        return ok({"items": [told(each) for each in engine.workload(by=by, kind=kind)]})

    @door.route("GET", "/promises", PromiseReportTold, tag=QUEUE, problems=READ)
    def read_promises(
        since: Since = None, until: Until = None, kind: KindWanted = None, by: Actor = door.by
    ) -> Response:
        """Read how promises were kept.

        By promise, by reviewer, by week; lengths in seconds of the promise's own time. For staff and host.
        """
        return ok(engine.promise_report(by=by, since=since, until=until, kind=kind).as_dict())


def catalog(door: Door) -> None:
    """Put up what everybody may see."""
    engine = door.engine

    @door.route("GET", "/catalog", CatalogTold, tag=CATALOG, problems=OPEN, headers=["Link"],
                example={"items": [ENTRY], "next": "acme-sync", "total": 1,
                         "categories": [{"category": "CRM", "entries": 1}]})  # fmt: skip
    def read_catalog(
        request: Request,
        kind: KindWanted = None,
        search: _Text = "",
        category: _Text = "",
        badge: _Badge = None,
        noteworthy: _Yes = False,
        newest: _Yes = False,
        after: After = "",
        limit: Limit = 24,
    ) -> Response:
        """Read the catalog.

        What is listed, for everybody; nobody has to sign in.
        """
        texts = [kept(text) for text in (search, category, badge or "", after, kind or "")]
        wanted = CatalogQuery(
            kind=kind, search=texts[0], category=texts[1], badge=badge, noteworthy=noteworthy, newest=newest,
            after=texts[3], limit=limit,
        )  # fmt: skip
        page = engine.catalog(wanted)
        answer = {
            "items": [told(entry) for entry in page.entries],
            "next": page.next or None,
            "total": page.total,
            "categories": [{"category": name, "entries": count} for name, count in page.categories],
        }
        return ok(answer, headers=onward(request, page.next))

    @door.route("GET", "/catalog/{slug}", EntryTold, tag=CATALOG, problems=(404, *OPEN), example=ENTRY)
    def read_catalog_entry(slug: Slug, kind: KindWanted = None) -> Response:
        """Read an entry of the catalog.

        For everybody; nobody has to sign in.
        """
        return ok(told(engine.catalog_entry(slug, kind)))
