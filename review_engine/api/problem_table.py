"""The sorts of problems there are, from the tree of errors: a caller can look up every code this interface answers."""

from typing import Any

from review_engine.domain.errors import ReviewEngineError
from review_engine.web.problems import problem, status_of


def problem_table() -> list[dict[str, Any]]:
    """One problem document for each branch of the errors' tree that callers can meet, by code."""
    found = {error.code: error for error in _tree(ReviewEngineError)}
    return [_told(found[code]) for code in sorted(found)]


def _tree(error: type[ReviewEngineError]) -> list[type[ReviewEngineError]]:
    own = [error] if "code" in vars(error) else []
    return own + [inner for below in error.__subclasses__() for inner in _tree(below)]


def _told(error: type[ReviewEngineError]) -> dict[str, Any]:
    says = " ".join((error.__doc__ or "").strip().partition("\n\n")[0].split())
    return problem(status_of(error.__new__(error)), code=error.code, detail=says)
