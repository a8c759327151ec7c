"""Paths of our pages, remembered: a page has a hundred links, and the framework looks through every route for each.

The framework is asked once for each sort of link, with marks in place of what varies; what varies is put in here.
"""

import re

from starlette.requests import Request

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+").fullmatch
"""What stands in a path as it is. Anything else goes the framework's own way."""


class Paths:
    """What the framework answered. Safe to use from many threads: whoever comes second finds the same."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        # With each, the application it is of: while that is held here, no other can have its id.
        self._known: dict[tuple[int, str, str, tuple[str, ...]], tuple[object, str]] = {}

    def path(self, request: Request, route: str, given: dict[str, str]) -> str:
        """The path of a route, wherever it is mounted.

        Args:
            request: the one that is answered.
            route: its name.
            given: what its path needs.

        Raises:
            NoMatchFound: there is no such route, or it needs something else.
        """
        if not all(map(_PLAIN, given.values())):
            return request.url_for(route, **given).path
        owner = request.scope.get("router") or request.scope.get("app")
        names = tuple(given)
        key = (id(owner), request.base_url.path, route, names)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = owner, _template(request, route, names)
        return known[1].format(*given.values())


def _template(request: Request, route: str, names: tuple[str, ...]) -> str:
    marks = {name: f"-{place}-mark-" for place, name in enumerate(names)}
    path = request.url_for(route, **marks).path.replace("{", "{{").replace("}", "}}")
    for place, mark in enumerate(marks.values()):
        path = path.replace(mark, f"{{{place}}}")
    return path
