"""The catalog: what everybody may install. No sign-in; nothing but what the engine answers for anybody is shown."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.queue import clean
from review_engine.console.visits import Visit, Visitors
from review_engine.ports.reception import CatalogQuery

CARDS, NOTEWORTHY = 24, 4
SHOWN = {"": "By name", "newest": "Newest first", "noteworthy": "New & Noteworthy"}


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/catalog", name="console_catalog")
    def catalog(visit: Visit = visitors.anybody) -> Response:
        return _catalog(visit)

    @router.get("/catalog/{slug}", name="console_catalog_entry")
    def entry(slug: str, visit: Visit = visitors.anybody) -> Response:
        return visit.page("catalog_entry.html", entry=visit.engine.catalog_entry(slug))


def _catalog(visit: Visit) -> Response:
    given = visit.request.query_params
    wanted = _wanted(given)
    page = visit.engine.catalog(wanted)
    plain = not (wanted.search or wanted.category or wanted.after or wanted.noteworthy or wanted.newest)
    many = page.total > 2 * NOTEWORTHY
    fresh = (
        visit.engine.catalog(CatalogQuery(noteworthy=True, newest=True, limit=NOTEWORTHY)) if plain and many else None
    )
    return visit.page(
        "_catalog_cards.html" if visit.partial else "catalog.html",
        found=page,
        fresh=fresh.entries if fresh else (),
        wanted=wanted,
        show=_show(wanted),
        shows=SHOWN,
    )


def _wanted(given: Mapping[str, str]) -> CatalogQuery:
    show = given.get("show", "")
    return CatalogQuery(
        search=clean(given.get("search", "")),
        category=clean(given.get("category", "")),
        noteworthy=show == "noteworthy",
        newest=show in ("newest", "noteworthy"),
        after=clean(given.get("after", ""), 400),
        limit=CARDS,
    )


def _show(wanted: CatalogQuery) -> str:
    return "noteworthy" if wanted.noteworthy else "newest" if wanted.newest else ""
