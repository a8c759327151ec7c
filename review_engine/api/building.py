"""The router: every resource put up at one door, the way a host includes it.

Its paths are those of the engine's workflows as they are when it is built; register your own checks before that.
"""

from collections import defaultdict

from fastapi import APIRouter

from review_engine.api.door import Door
from review_engine.api.installation import activity, calendars, installation
from review_engine.api.letters import bounces, channels, handwork, letters, preferences
from review_engine.api.moves import moves, witnesses
from review_engine.api.names import collections
from review_engine.api.people import people
from review_engine.api.problem_route import NowhereRoute, ProblemRoute
from review_engine.api.reception import catalog, due_feed, figures, queue
from review_engine.api.reviews import conversation, reviews
from review_engine.api.subjects import books, pages, standing, subjects
from review_engine.engine import ReviewEngine
from review_engine.web.credentials import bearer
from review_engine.web.principal import Provider

_RESOURCES = (
    subjects, pages, moves, standing, witnesses, reviews, conversation, books, queue, due_feed, figures, catalog,
    activity, installation, calendars, letters, handwork, channels, bounces, preferences, people,
)  # fmt: skip


def router(engine: ReviewEngine, *, principal: Provider | None = None) -> APIRouter:
    """The engine as a router to include in an application, under any prefix.

    The application's own exception handlers, routes and OpenAPI document stay as they are; what goes wrong on these
    routes is answered with a problem document (RFC 9457).

    Args:
        engine: whose verbs are called.
        principal: a FastAPI dependency that answers who is asking: an ``Actor``, a ``Person`` of the directory, or
            None for nobody. None: callers send a token of the engine's as ``Authorization: Bearer ...``.

    Raises:
        InvalidFile: the engine's workflow files have faults.
    """
    named = collections(engine.desk.library.kinds())
    allowed: dict[str, list[str]] = {}
    sort = type("Route", (ProblemRoute,), {"collections": named, "allowed": allowed})
    routes = APIRouter(route_class=sort, redirect_slashes=False)
    door = Door(engine, principal or bearer(engine), named, routes)
    for put_up in _RESOURCES:
        put_up(door)
    allowed.update(_methods(routes))
    routes.routes.append(NowhereRoute("/{rest:path}", _nowhere, include_in_schema=False))
    return routes


def _methods(routes: APIRouter) -> dict[str, list[str]]:
    """Path -> the methods there are on it."""
    found: dict[str, list[str]] = defaultdict(list)
    for route in routes.routes:
        if isinstance(route, ProblemRoute):
            found[route.path_format].extend(sorted(route.methods or ()))
    return {path: sorted(methods) for path, methods in found.items()}


def _nowhere() -> None:
    """Never called: ``NowhereRoute`` answers by itself."""
