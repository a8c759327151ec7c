"""A route that answers every failure with a problem document (RFC 9457), without touching the host's application.

A host that includes the router keeps its own exception handlers: what goes wrong on these routes is settled on these
routes. That also holds for what never reaches a function: another method, another address, a body that cannot be read.
"""

import json
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from review_engine.domain.errors import NotAdmitted, ReviewEngineError, StoreBusy
from review_engine.domain.verdicts import Refused
from review_engine.web.problems import (
    CODES,
    IN_THE_LOG,
    MEDIA_TYPE,
    RETRY_SECONDS,
    TITLES,
    problem,
    problem_of,
    status_of,
)

JSON_TYPES = ("application/json",)

_log = logging.getLogger("review_engine.api")
_ERRORS_MAX = 100
_DETAIL_MAX = 300
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ProblemRoute(APIRoute):
    """One operation of the interface. ``collections`` and ``allowed`` are set for each router, by subclass."""

    collections: Mapping[str, str] = {}
    allowed: Mapping[str, Sequence[str]] = {}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As FastAPI; a collection that is none of ours is not ours to answer for."""
        match, child = super().matches(scope)
        if match is not Match.NONE:
            collection = child["path_params"].get("collection")
            if collection is not None and collection not in self.collections:
                return Match.NONE, {}
        return match, child

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As FastAPI; another method is answered with a problem that names those there are."""
        if self.methods and scope["method"] not in self.methods:
            methods = ", ".join(self.allowed.get(self.path_format, sorted(self.methods)))
            detail = f"Here one can {methods}."
            document = problem(405, code=CODES[405], detail=detail)
            await problem_response(document, {"allow": methods})(scope, receive, send)
            return
        await super().handle(scope, receive, send)

    def get_route_handler(self) -> _Handler:
        """FastAPI's, with every failure turned into a problem."""
        answer = super().get_route_handler()
        reads_json = self.body_field is not None

        async def settled(request: Request) -> Response:
            response = await attempted(request)
            response.headers.setdefault("cache-control", "no-store")  # whose it is may stand in the address alone
            return response

        async def attempted(request: Request) -> Response:
            try:
                if reads_json:
                    wanted(request, JSON_TYPES)
                return await answer(request)
            except ReviewEngineError as error:
                return refused(error, request)
            except RequestValidationError as error:
                return unfit(error.errors())
            except HTTPException as error:
                if error.status_code < 400:  # noqa: PLR2004 - a provider that sends people to a page to sign in
                    raise
                return _turned_away(error)
            except Exception:
                _log.exception("%s %s could not be answered", request.method, request.url.path)
                return problem_response(problem(500, code="error", detail=IN_THE_LOG))

        return settled


class NowhereRoute(ProblemRoute):
    """The end of the line: an address beneath the prefix that nothing answers to.

    It gives way to every route of the host's, and without a prefix, where any address is beneath it, it does not match.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Never more than in part, so that whatever else there is goes first."""
        match, child = super().matches(scope)
        if match is Match.NONE:
            return match, child
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.strip("/") == child["path_params"].get("rest", "").strip("/"):
            return Match.NONE, {}
        return Match.PARTIAL, child

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is nothing."""
        detail = "There is nothing at this address."
        await problem_response(problem(404, code=CODES[404], detail=detail))(scope, receive, send)


def wanted(request: Request, types: Sequence[str]) -> None:
    """Hold the body's content type against what can be read here.

    Raises:
        HTTPException: 415, there is a body of another type.
    """
    headers = request.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in types and not (
        types == JSON_TYPES and given.startswith("application/") and given.endswith("+json")
    ):
        raise HTTPException(415, f"Send it as {' or '.join(types)}.", {"accept": ", ".join(types)})


def problem_response(document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem document as it travels; ASCII, whatever it quotes."""
    return Response(json.dumps(document), int(document["status"]), headers, MEDIA_TYPE)


def refused(error: ReviewEngineError, request: Request) -> Response:
    """What the engine raised, as a problem."""
    conditional = "if-match" in request.headers
    status = status_of(error, conditional=conditional)
    document = problem_of(error, conditional=conditional)
    if isinstance(error, Refused):
        document["unmet"] = [
            {"guard": item.verdict.guard, "title": item.title, "outcome": item.verdict.outcome,
             "reason": item.verdict.reason, "cure": item.verdict.cure, "waivable": item.waivable}
            for item in error.unmet
        ]  # fmt: skip
    if status == 500:  # noqa: PLR2004 - told to the log, because it is not told to the caller
        _log.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
    headers = {"www-authenticate": "Bearer"} if isinstance(error, NotAdmitted) else {}
    if isinstance(error, StoreBusy):
        headers["retry-after"] = str(RETRY_SECONDS)
    return problem_response(document, headers)


def unfit(faults: Sequence[Mapping[str, Any]]) -> Response:
    """What a request lacks or holds too much of: every fault, with the place it is at."""
    unreadable = next((fault for fault in faults if fault["type"] == "json_invalid"), None)
    if unreadable is not None:
        why = str(unreadable.get("ctx", {}).get("error", "it cannot be parsed"))[:_DETAIL_MAX]
        return problem_response(problem(400, code=CODES[400], detail=f"The body is not JSON: {_plain(why)}."))
    errors = [_fault(fault) for fault in faults[:_ERRORS_MAX]]
    detail = f"{len(faults)} part{'s' if len(faults) != 1 else ''} of the request cannot be used."
    return problem_response(problem(422, code=CODES[422], detail=detail, errors=errors))


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    place, *path = fault["loc"]
    pointer = "".join(f"/{_plain(str(part)).replace('~', '~0').replace('/', '~1')}" for part in path)
    return {"in": str(place), "pointer": pointer[:_DETAIL_MAX], "detail": _plain(str(fault["msg"]))[:_DETAIL_MAX]}


def _turned_away(error: HTTPException) -> Response:
    status = error.status_code
    code = CODES.get(status, "http_error")
    said = error.detail or TITLES.get(status, "This did not work")
    return problem_response(problem(status, code=code, detail=_plain(said)), error.headers)


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8").rstrip(".") if not text.isascii() else text
