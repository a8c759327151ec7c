"""What goes wrong while a page is drawn, as a page: what happened, and the cure, never a bare status.

The route class catches the engine's own errors here, so that a host's exception handlers stay the host's. Somebody who
is not signed in and only looked is led to the sign-in and back.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from review_engine.console.visits import Console, Visit
from review_engine.domain.errors import NotAdmitted, ReviewEngineError
from review_engine.web.problems import IN_THE_LOG, TITLES, status_of

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_log = logging.getLogger("review_engine.console")


def page_route(console: Console) -> type[APIRoute]:
    """A class of routes that answer with pages, whatever happens."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> _Handler:
            draw = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await draw(request)
                except NotAdmitted as error:
                    return _sign_in_first(console, request, error)
                except ReviewEngineError as error:
                    return fault(console, request, status_of(error), error.what, error.cure)
                except RequestValidationError:
                    return fault(console, request, 422, "the request cannot be read", "Go back and try again.")
                except HTTPException as error:
                    return fault(console, request, error.status_code, str(error.detail), "")
                except Exception:
                    _log.exception("a page failed: %s %s", request.method, request.url.path)
                    return fault(console, request, 500, "", "Try again; if it stays, tell us what you did.")

            return answer

    return PageRoute


def fault(console: Console, request: Request, status: int, what: str, cure: str) -> Response:
    """The page that says what is wrong. What went wrong on our side stays in the log."""
    if status >= 500 and status != 503:  # noqa: PLR2004
        what = IN_THE_LOG
    heading = TITLES.get(status, "This did not work")
    # Whoever was known before it went wrong is still signed in; but where we are at fault, nobody is looked up again.
    actor = getattr(request.state, "review_actor", None) if status < 500 else None  # noqa: PLR2004
    return Visit(console, request, actor).page("fault.html", status, heading=heading, what=what, cure=cure)


def _sign_in_first(console: Console, request: Request, error: NotAdmitted) -> Response:
    visit = Visit(console, request)
    if not console.sign_in:
        return fault(console, request, 401, error.what, error.cure)
    if request.method != "GET":
        return fault(console, request, 401, "You are not signed in any more.", "Sign in, then send it again.")
    return visit.go("sign_in", q_next=request.url.path)
