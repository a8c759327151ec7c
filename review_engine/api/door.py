"""The door that every resource is built at: the engine, who is asking, and how routes are put up.

A route is declared once with its words, its answer and its problems; this module makes of it what FastAPI and the
OpenAPI document need.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Path
from starlette.responses import JSONResponse

from review_engine.api.documents import ReviewProblem
from review_engine.domain.actors import Actor
from review_engine.domain.keys import SubjectKey
from review_engine.engine import ReviewEngine
from review_engine.web.principal import Provider, actor_of
from review_engine.web.problems import MEDIA_TYPE, TITLES

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

OPEN = (422, 500, 503)
READ = (401, 403, 422, 500, 503)
LOOK = (401, 403, 404, 422, 500, 503)
WRITE = (400, 401, 403, 404, 409, 412, 415, 422, 500, 503)

_NO_CONTENT, _NOT_ADMITTED = 204, 401
_REFERENCE = {"$ref": f"#/components/schemas/{ReviewProblem.__name__}"}
_HEADERS = {
    "ETag": "Names the page; send it back as `If-Match`.",
    "Location": "Where the new subject is.",
    "Link": 'The next page, as `rel="next"`; absent on the last.',
}


@dataclass(frozen=True)
class Door:
    """What a resource is built with.

    Args:
        engine: whose verbs are called.
        provider: says who is asking.
        collections: collection -> kind.
        routes: where routes are put up.
        by: the dependency for a route's ``by: Actor``.
        collection: the parameter for a route's ``collection: str``.
    """

    engine: ReviewEngine
    provider: Provider
    collections: Mapping[str, str]
    routes: APIRouter
    by: Any = field(init=False)
    collection: Any = field(init=False)

    def __post_init__(self) -> None:
        provider = self.provider

        async def acting(answer: object = Depends(provider)) -> Actor:
            return actor_of(answer)

        object.__setattr__(self, "by", Depends(acting))
        sort = Path(description="The sort of subject.", json_schema_extra={"enum": list(self.collections)})
        object.__setattr__(self, "collection", sort)

    def key(self, collection: str, slug: str) -> SubjectKey:
        """The subject that an address names."""
        return SubjectKey(self.collections[collection], slug)

    def route(
        self,
        method: str,
        path: str,
        answer: Any,
        *,
        tag: str,
        problems: Sequence[int] = LOOK,
        status: int = 200,
        headers: Sequence[str] = (),
        example: Any = None,
        content: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Callable[[Endpoint], Endpoint]:
        """Put up a route; its docstring is what the reference says of it, the first line as its title.

        Args:
            method: the HTTP method.
            path: beneath the prefix.
            answer: the model of the answer, for the reference; None for one without a body, or not in JSON.
            tag: the part of the reference it stands in.
            problems: statuses of the problems it may answer.
            status: of success.
            headers: names of headers that a success carries.
            example: an answer, for the reference.
            content: the answer's content in the reference, where it is no JSON.
            body: the request's content in the reference, where the route reads the bytes itself.
        """
        success = _success(method, headers, content, example)
        extra = {"requestBody": {"required": True, "content": dict(body)}} if body is not None else None

        def put_up(endpoint: Endpoint) -> Endpoint:
            title, _, more = (endpoint.__doc__ or "").strip().partition("\n")
            self.routes.add_api_route(
                path,
                endpoint,
                methods=[method],
                tags=[tag],
                response_model=answer,
                response_class=JSONResponse if content is None and status != _NO_CONTENT else _Other,
                status_code=status,
                summary=title.strip().rstrip("."),
                description=" ".join(more.split()) or title.strip(),
                operation_id=endpoint.__name__,
                responses={status: success, **{code: problem_answer(code) for code in problems}},
                openapi_extra=extra,
            )
            return endpoint

        return put_up


class _Other(JSONResponse):
    """For the reference only: an answer that is not JSON, or has no body."""

    media_type = ""


def _success(method: str, headers: Sequence[str], content: Mapping[str, Any] | None, example: Any) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done." if method != "GET" else "As asked."}
    if headers:
        success["headers"] = {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in headers}
    if example is not None:
        success["content"] = {"application/json": {"example": example}}
    if content is not None:
        success["content"] = dict(content)
    return success


def problem_answer(status: int) -> dict[str, Any]:
    """A problem in the reference."""
    answer: dict[str, Any] = {"description": f"{TITLES[status]}.", "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}
    if status == _NOT_ADMITTED:
        answer["headers"] = {"WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}}}
    return answer


def ok(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer, written straight away: no model goes over it again."""
    return JSONResponse(content, status, headers)
