"""The router of the pages: puts the rooms of the console together under one roof.

Each module of pages has ``install(router, visitors)``; the order below is the order in which addresses are tried, and a
subject's page, ``/{kind}/{slug}``, comes last because it would answer for all.
"""

from collections.abc import Callable
from importlib import import_module

from fastapi import APIRouter

from review_engine.console.faults import page_route
from review_engine.console.visits import Console, Visitors
from review_engine.engine import ReviewEngine

MODULES = (
    "entrance",
    "catalog",
    "queue",
    "figures",
    "calendars",
    "post",
    "home",
    "joining",
    "choices",
    "decision",
    "subject",
)
"""The modules of pages, most particular addresses first."""


def router(
    engine: ReviewEngine,
    *,
    principal: Callable[..., object] | None = None,
    sign_in: bool = True,
    demo: bool = False,
) -> APIRouter:
    """The pages of an engine, to be included in a FastAPI application.

    Args:
        engine: whose pages.
        principal: who asks: a FastAPI dependency that answers an ``Actor``, a ``Person`` or None. Without it one
            signs in here, with a token.
        sign_in: whether there is a page to sign in; only without ``principal``.
        demo: whether that page offers the people of the directory, without any secret. For trying it out only.
    """
    console = Console(engine, sign_in=sign_in and principal is None, demo=demo)
    visitors = Visitors(console, principal)
    pages = APIRouter(include_in_schema=False, route_class=page_route(console))
    for name in MODULES:
        import_module(f"review_engine.console.{name}").install(pages, visitors)
    return pages
