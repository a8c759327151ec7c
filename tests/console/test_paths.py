"""Links of pages are remembered, and are those that the framework would make."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from review_engine.console.paths import Paths

GIVEN = (
    {"kind": "app", "slug": "acme-sync"},
    {"kind": "app", "slug": "-0-mark-"},
    {"kind": "-1-mark-", "slug": "{0}"},
    {"kind": "a b", "slug": "{}"},
    {"kind": "app", "slug": "later"},
)


def served(paths: Paths, prefix: str) -> TestClient:
    """An application that answers with every link, made twice by us and once by the framework."""

    def told(request: Request) -> Response:
        twice = [paths.path(request, "subject", given) for _ in range(2) for given in GIVEN]
        own = [request.url_for("subject", **given).path for given in GIVEN]
        return PlainTextResponse("alike" if twice == own * 2 else f"{twice} {own}")

    routes = [Route("/told", told), Route("/{kind}/{slug}", told, name="subject")]
    return TestClient(Starlette(routes=[Mount(prefix, app=Starlette(routes=routes))] if prefix else routes))


def test_a_remembered_link_is_the_one_the_framework_makes() -> None:
    paths = Paths()

    assert served(paths, "").get("/told").text == "alike"


def test_the_same_pages_mounted_twice_keep_their_own_links() -> None:
    paths = Paths()

    assert [served(paths, prefix).get(f"{prefix}/told").text for prefix in ("/here", "/there", "")] == ["alike"] * 3
