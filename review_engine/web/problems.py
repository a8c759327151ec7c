"""How the engine's errors read over HTTP: one table of statuses, and the problem document of RFC 9457.

A status is chosen by the branch of the error's tree, so a new error needs a line here only where it differs from its
branch. Both the REST interface and the pages ask this module, so one refusal is one status on every surface.
"""

from collections.abc import Mapping

from review_engine.domain import errors
from review_engine.domain.verdicts import Item, Refused

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[errors.ReviewEngineError], int], ...] = (
    (errors.NotAdmitted, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.KeyReused, 422),
    (Refused, 409),
    (errors.Conflict, 409),
    (errors.InvalidConfiguration, 500),
    (errors.InvalidInput, 422),
    (errors.StoreBusy, 503),
    (errors.ReviewEngineError, 500),
)

TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "This is not allowed",
    404: "There is no such thing",
    405: "This cannot be done here",
    408: "The request took too long",
    409: "This cannot be done as things stand",
    411: "The length is missing",
    412: "The page is no longer current",
    413: "The request is too large",
    415: "This type of content cannot be read",
    422: "What was handed in cannot be used",
    428: "The page must be named",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not at the moment",
}
"""Status -> what it says to a person."""

CODES: Mapping[int, str] = {
    400: "unreadable",
    401: "not_admitted",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unreadable_type",
    422: "invalid_request",
    429: "too_many_requests",
    503: "unavailable",
}
"""Status -> the code of a problem that no error of the engine's stands behind."""

IN_THE_LOG = "The log of the service says what happened."
"""All that is told to the outside of what went wrong on our side."""

RETRY_SECONDS = 1
"""What ``Retry-After`` says where the store was busy."""


def status_of(error: errors.ReviewEngineError, *, conditional: bool = False) -> int:
    """The HTTP status of an error.

    Args:
        error: what was raised.
        conditional: the request named the page it was made from (``If-Match``), so that a lost race is a 412.
    """
    if conditional and isinstance(error, errors.MoveConflict):
        return 412
    return next(status for branch, status in _STATUS if isinstance(error, branch))


def problem_of(error: errors.ReviewEngineError, *, conditional: bool = False) -> dict[str, object]:
    """The problem document of an error: RFC 9457's members, and ours (``code``, ``cure``, ``unmet`` ...).

    What went wrong on our side is not told to the outside: only its code is.
    """
    status = status_of(error, conditional=conditional)
    told = error.as_dict()
    if status == 500:  # noqa: PLR2004 - the one status whose cause stays in the log
        return problem(status, code=error.code, detail=IN_THE_LOG)
    detail = str(told.pop("what"))
    code = str(told.pop("code"))
    more = {name: value for name, value in told.items() if value}
    if isinstance(error, Refused):
        more["unmet"] = [_unmet(item) for item in error.unmet]
    return problem(status, code=code, detail=detail, **more)


def _unmet(item: Item) -> dict[str, object]:
    verdict = item.verdict
    return {
        "guard": verdict.guard,
        "title": item.title,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "cure": verdict.cure,
        "waivable": item.waivable,
    }


def problem(status: int, *, code: str, detail: str, **more: object) -> dict[str, object]:
    """A problem document from its parts."""
    return {
        "type": f"urn:review-engine:{code.replace('_', '-')}",
        "title": TITLES.get(status, "This did not work"),
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
