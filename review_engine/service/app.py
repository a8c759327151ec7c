"""The application: the REST interface under /api, the pages under /, what an operator asks, and the guards in front.

Everything that is particular to standing alone is here; interface and pages are the same as in a host's application.
"""

import logging
from collections.abc import Mapping

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import review_engine
from review_engine.engine import ReviewEngine
from review_engine.service import farewell, probes
from review_engine.settings import WebSettings
from review_engine.web.headers import SecurityHeaders, TrustedHosts
from review_engine.web.limits import Limits
from review_engine.web.problems import CODES, IN_THE_LOG, MEDIA_TYPE, TITLES, problem
from review_engine.web.refusals import Application, Receive, Scope, Send

API = "/api"
BATCH_BYTES = 8 * 1024 * 1024
"""Bytes that a batch of activity, or a letter that came back, may have."""

_LARGER = (f"{API}/activity", f"{API}/bounces")
_PROBES = ("/healthz", "/readyz", "/metrics")

_log = logging.getLogger("review_engine.service")


def asgi(
    engine: ReviewEngine,
    *,
    demo: bool = False,
    metrics: bool = False,
    worker: bool = True,
    web: WebSettings = WebSettings(),  # noqa: B008 - frozen
) -> FastAPI:
    """The whole service over one engine, for any ASGI server.

    Args:
        engine: whose; it is not closed by the application.
        demo: whether the sign-in page offers the people of the directory. For trying it out only.
        metrics: whether ``/metrics`` is answered, for Prometheus.
        worker: whether this process also turns the clocks and delivers; otherwise ``review-engine worker`` has to.
        web: limits, hosts and whether it is reached over https.

    Raises:
        InvalidInput: ``metrics`` is asked for and prometheus-client is not installed.
    """
    from review_engine.api import router as interface

    figures = None
    if metrics:
        from review_engine.service.figures import Figures

        figures = Figures(engine)
        engine = figures.engine
    app = FastAPI(
        title="Review engine",
        version=review_engine.__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=engine.lifespan if worker else None,
    )
    app.include_router(interface(engine), prefix=API)
    app.include_router(probes.router(engine))
    if figures is not None:
        app.include_router(figures.router())
    app.include_router(farewell.router(engine))
    app.router.default = _elsewhere(_pages(engine, demo))
    _explain(app)
    _guard(app, web)
    return app


def _pages(engine: ReviewEngine, demo: bool) -> FastAPI:
    """The pages, as an application of their own: their addresses would answer for those of the interface."""
    from review_engine.console import router
    from review_engine.console.faults import fault
    from review_engine.console.visits import Console

    console = Console(engine, demo=demo)

    async def nothing_here(request: Request, error: Exception) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return _turned_away(error)
        return fault(console, request, _status(error), "", "Check the address, or begin at the first page.")

    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages.include_router(router(engine, demo=demo))
    pages.add_exception_handler(HTTPException, nothing_here)
    return pages


def _elsewhere(pages: Application) -> Application:
    """What is asked when no route of the service answers."""

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        scope.pop("router", None)  # links of a page are made by the pages' own
        await pages(scope, receive, send)

    return ask


def _guard(app: FastAPI, web: WebSettings) -> None:
    """Put the guards in front; the last one is met first."""
    larger = {path: max(BATCH_BYTES, web.body) for path in _LARGER}
    app.add_middleware(Limits, body=web.body, seconds=web.body_seconds, larger=larger)
    app.add_middleware(TrustedHosts, names=web.hosts, but=_PROBES)
    app.add_middleware(SecurityHeaders, https=web.https)


def _explain(app: FastAPI) -> None:
    """Answer what goes wrong outside of every route with a problem, too."""

    async def turned_away(request: Request, error: Exception) -> Response:
        return _turned_away(error)

    async def broken(request: Request, error: Exception) -> Response:
        _log.error("a request failed: %s %s", request.method, request.url.path)
        return _problem(500, "error", IN_THE_LOG)

    app.add_exception_handler(HTTPException, turned_away)
    app.add_exception_handler(Exception, broken)


def _status(error: Exception) -> int:
    return error.status_code if isinstance(error, HTTPException) else 500


def _turned_away(error: Exception) -> Response:
    status = _status(error)
    headers = error.headers if isinstance(error, HTTPException) else None
    return _problem(status, CODES.get(status, "unreadable"), f"{TITLES.get(status, 'This did not work')}.", headers)


def _problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    document = problem(status, code=code, detail=detail)
    return JSONResponse(document, status_code=status, headers=headers, media_type=MEDIA_TYPE)
