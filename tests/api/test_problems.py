"""Whatever is sent, the answer is a problem document that says what to do, never a trace and never a 5xx."""

import json
import logging
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from starlette.testclient import TestClient

from review_engine import Actor, ReviewEngine
from review_engine.api import router
from review_engine.api.names import collections
from tests.api.desk import HOST, PREFIX, RITA, Caller

DEEP = "[" * 100_000 + "]" * 100_000
JSON = {"content-type": "application/json"}
BODIES: list[tuple[str, str | bytes, int]] = [
    ("half of it", '{"transition": ', 400),
    ("nothing", "", 422),
    ("no JSON", "transition=submit", 400),
    ("deep", DEEP, 400),
    ("deep within", '{"transition": ' + DEEP + "}", 400),
    ("bytes that are no text", b'{"transition": "\xff\xfe"}', 400),
    ("a list", "[]", 422),
    ("null", "null", 422),
    ("a number too large to read", '{"transition": 1' + "0" * 5_000 + "}", 400),
    ("another type", '{"transition": 7}', 422),
    ("nothing within", '{"transition": ""}', 422),
    ("no such transition", '{"transition": "fly"}', 422),
    ("NUL", '{"transition": "submit\\u0000"}', 422),
    ("half a character", '{"transition": "\\ud800"}', 422),
    ("NUL in words", '{"transition": "submit", "comment": "\\u0000"}', 422),
    ("half a character in words", '{"transition": "submit", "comment": "\\udfff"}', 422),
    ("too many words", json.dumps({"transition": "submit", "comment": "x" * 10_001}), 422),
    ("a field nobody knows", '{"transition": "submit", "state": "public"}', 422),
    ("an infinite number", '{"transition": Infinity}', 422),
]


FACTS: list[object] = [2**53, -1, 2**63, 2**200, 1.5, {"a": 1}, [[]], ["x" * 201], ["a"] * 201, "x" * 10_001]


def signed_in() -> Actor:
    """A host's provider: everybody is the host."""
    return Actor.host()


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem document of an answer, once it is one."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert problem["status"] == status
    assert "Traceback" not in answer.text
    return problem


@pytest.mark.parametrize(("what", "body", "status"), BODIES, ids=[what for what, _, _ in BODIES])
def test_a_body_that_cannot_be_used_is_a_problem(ann: Caller, what: str, body: str | bytes, status: int) -> None:
    is_problem(ann.ask("POST", "/apps/acme-sync/moves", content=body, headers=JSON), status)

    assert ann.get("/apps/acme-sync").json()["number"] == 1


def test_every_part_that_cannot_be_used_is_pointed_at(ann: Caller) -> None:
    body = {"slug": "No Slug", "partner": "acme", "facts": {"name": {"a": 1}, "Bad Name": 1}, "state": "public"}
    problem = is_problem(ann.post("/apps", body), 422)

    pointers = [(fault["in"], fault["pointer"].partition("/facts/name/")[0]) for fault in problem["errors"]]
    assert ("body", "/slug") in pointers
    assert ("body", "/state") in pointers
    assert any(pointer.startswith("/facts") for _, pointer in pointers)


@pytest.mark.parametrize(
    "value", [2**53, -1, 2**63, 2**200, 1.5, {"a": 1}, [[]], ["x" * 201], ["a"] * 201, "x" * 10_001]
)
def test_a_fact_that_no_form_could_hold_is_a_problem(ann: Caller, value: object) -> None:
    is_problem(ann.ask("PATCH", "/apps/acme-sync/facts", {"replay_rate": value}), 422)


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_a_body_of_another_type_is_not_read(ann: Caller, type_: str) -> None:
    sent = {"content": b"{}", "headers": {"content-type": type_}}
    answer = ann.ask("POST", "/apps/acme-sync/moves", **sent)

    assert is_problem(answer, 415)["code"] == "unreadable_type"
    assert answer.headers["accept"] == "application/json"


def test_json_by_another_name_is_read(ann: Caller) -> None:
    sent = {"content": b'{"description": "x"}', "headers": {"content-type": "application/merge-patch+json"}}
    assert ann.ask("PATCH", "/apps/acme-sync/facts", **sent).status_code == 200


QUERIES = [
    ("/apps?limit=0", 422),
    ("/apps?limit=501", 422),
    ("/apps?limit=9223372036854775808", 422),
    ("/apps?after=%00", 422),
    ("/apps?after=Not A Slug", 422),
    ("/apps?parent=%00", 422),
    ("/apps?partner=%00", 422),
    ("/apps?partner=" + "x" * 300, 422),
    ("/apps?state=%00", 422),
    ("/apps/acme-sync/moves?after=9223372036854775808", 422),
    ("/apps/acme-sync/moves?after=9223372036854775807", 200),
    ("/apps/acme-sync/checklist?transition=fly", 422),
    ("/apps/acme-sync/due?if=approve", 422),
    ("/apps/acme-sync/changes", 422),
    ("/apps/acme-sync/changes?since=2026-03-01", 422),
    ("/apps/acme-sync/changes?since=2026-03-01T00:00:00", 422),
    ("/apps/acme-sync/changes?since=0001-01-01T00:00:00%2B23:59", 422),
    ("/apps/acme-sync/changes?since=1700000000", 422),
    ("/apps/%00", 422),
    ("/apps/%ED%A0%80", 422),
    ("/apps/..%2f..%2fetc", 404),
    ("/workflows/%00", 422),
    ("/workflows/no_such", 422),
    ("/catalog?search=%00", 422),
    ("/catalog?kind=no_such", 422),
    ("/catalog/no-such", 404),
]


@pytest.mark.parametrize(("path", "status"), QUERIES, ids=[path[:60] for path, _ in QUERIES])
def test_an_address_that_cannot_be_used_is_a_problem(ann: Caller, path: str, status: int) -> None:
    answer = ann.get(path)
    if status != 200:
        is_problem(answer, status)
    assert answer.status_code == status


STAFF_QUERIES = [
    "/queue?search=%00",
    "/queue?reason=because",
    "/queue?state=%00",
    "/queue?after=%00",
    "/queue?after=nonsense",
    "/queue?kind=no_such",
    "/outbox?status=lost",
    "/outbox?subject=%00",
    "/outbox?channel=%00",
    "/outbox?after=-1",
    "/outbox?after=9223372036854775808",
    "/promises?kind=no_such",
    "/promises?since=2026-03-01T00:00:00",
    "/queue/lengths",
]


@pytest.mark.parametrize("path", STAFF_QUERIES)
def test_a_question_of_staff_that_cannot_be_used_is_a_problem(ann: Caller, path: str) -> None:
    is_problem(ann.as_(RITA).get(path), 422)


def test_activity_that_cannot_be_used_is_a_problem_and_nothing_of_it_is_kept(ann: Caller) -> None:
    host = ann.as_(HOST)
    good = {"app": "acme-sync", "customer": "ws", "at": "2026-03-02T17:00:00Z"}
    for bad in (
        {**good, "at": "2999-01-01T00:00:00Z"},
        {**good, "at": "0001-01-01T00:00:00+23:59"},
        {**good, "at": "2026-03-02T17:00:00"},
        {**good, "at": 1_700_000_000},
        {**good, "customer": "ws\u0000"},
        {**good, "app": "No Slug"},
        {**good, "users": 7},
        {"app": "acme-sync"},
    ):
        is_problem(host.post("/activity", {"rows": [good, bad]}), 422)
    is_problem(host.post("/activity", {"rows": [good] * 10_001}), 422)
    is_problem(host.ask("POST", "/activity", content=b"{", headers=JSON), 400)
    is_problem(host.ask("POST", "/activity", content=DEEP.encode(), headers=JSON), 400)
    is_problem(host.ask("POST", "/activity", content=b'{"rows": [{"app": "\\ud800"}]}', headers=JSON), 400)
    assert ann.get("/apps/acme-sync/activity").json()["items"] == []


@pytest.mark.parametrize("given", ['"unclosed', "W/", '"a" "b"', '"a",', "a b", "\u00e9"])
def test_a_page_that_is_not_named_as_it_should_be_is_a_problem(ann: Caller, given: str) -> None:
    named = {"if-match": given.encode("latin-1")}
    is_problem(ann.post("/apps/acme-sync/moves", {"transition": "submit"}, headers=named), 400)


def test_a_page_is_named_in_any_of_the_ways_there_are(ann: Caller) -> None:
    for spelling in ("*", '"{}"', 'W/"{}"', "{}", '"0-0", "{}"', 'W/"0-0",W/"{}"'):
        etag = ann.get("/apps/acme-sync").json()["etag"]
        named = {"if-match": spelling.format(etag)}
        facts = {"description": f"As {spelling}."}
        assert ann.ask("PATCH", "/apps/acme-sync/facts", facts, headers=named).status_code == 200, spelling


def test_a_stale_page_is_a_412_and_tells_what_to_do(ann: Caller) -> None:
    stale = {"if-match": '"0-0000"'}
    problem = is_problem(ann.post("/apps/acme-sync/moves", {"transition": "submit"}, headers=stale), 412)

    assert (problem["code"], bool(problem["cure"])) == ("move_conflict", True)


def test_a_slug_that_is_taken_is_a_409(ann: Caller) -> None:
    assert is_problem(ann.post("/apps", {"slug": "acme-sync", "partner": "acme"}), 409)["code"] == "slug_taken"


def test_nobody_is_told_how_to_sign_in_but_that_they_must(ann: Caller) -> None:
    answer = ann.as_("").get("/apps")

    assert is_problem(answer, 401)["code"] == "not_admitted"
    assert answer.headers["www-authenticate"] == "Bearer"
    is_problem(ann.as_("partner").get("/apps"), 401)


def test_another_method_is_a_405_that_names_those_there_are(ann: Caller) -> None:
    facts = ann.ask("DELETE", "/apps/acme-sync/facts")
    queue = ann.post("/queue", {})

    assert (is_problem(facts, 405)["code"], facts.headers["allow"]) == ("method_not_allowed", "GET, PATCH")
    assert (is_problem(queue, 405)["code"], queue.headers["allow"]) == ("method_not_allowed", "GET")


@pytest.mark.parametrize("path", ["/nothing", "/nothing/at-all", "/apps/acme-sync/nothing", "/apps/", "/"])
def test_an_address_that_is_none_is_a_404(ann: Caller, path: str) -> None:
    is_problem(ann.get(path), 404)


def test_what_goes_wrong_on_our_side_goes_to_the_log_and_not_to_the_caller(
    ann: Caller, engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(type(engine), "history", broken)
    with caplog.at_level(logging.ERROR, "review_engine.api"):
        answer = ann.get("/apps/acme-sync/moves")

    assert is_problem(answer, 500)["code"] == "error"
    assert "hunter2" not in answer.text
    assert "hunter2" in caplog.text


def test_a_host_keeps_its_own_handlers_routes_and_answers(engine: ReviewEngine) -> None:
    app = FastAPI()

    class Sorry(Exception):
        """The host's own."""

    @app.exception_handler(404)
    def not_here(*_: object) -> Any:
        from starlette.responses import PlainTextResponse

        return PlainTextResponse("the host's own page", 404)

    app.include_router(router(engine, principal=signed_in), prefix="/reviews")

    @app.get("/reviews/ours")
    def ours() -> str:
        return "ours"

    @app.post("/items")
    def items(count: int) -> int:
        return count

    client = TestClient(app, raise_server_exceptions=False)
    assert client.get("/reviews/ours").json() == "ours"
    assert client.get("/elsewhere").text == "the host's own page"
    assert client.post("/items?count=x").json()["detail"][0]["loc"] == ["query", "count"]
    is_problem(client.get("/reviews/nothing"), 404)
    is_problem(client.get("/reviews/apps/nothing"), 404)


def test_a_host_may_put_it_at_the_root_beside_its_own_routes(engine: ReviewEngine) -> None:
    app = FastAPI()
    app.include_router(router(engine, principal=signed_in))

    @app.get("/{page}")
    def page(page: str) -> str:
        return page

    client = TestClient(app)
    assert client.get("/apps").status_code == 200
    assert client.get("/imprint").json() == "imprint"
    assert client.get("/no/such/page").json() == {"detail": "Not Found"}


def test_what_a_hosts_own_sign_in_refuses_keeps_its_status(engine: ReviewEngine) -> None:
    def locked() -> None:
        raise HTTPException(403, "Your account is locked.", {"x-why": "unpaid"})

    app = FastAPI()
    app.include_router(router(engine, principal=locked), prefix=PREFIX)
    answer = TestClient(app).get(f"{PREFIX}/apps")

    assert is_problem(answer, 403)["detail"] == "Your account is locked."
    assert answer.headers["x-why"] == "unpaid"


def test_a_host_may_send_people_to_its_page_to_sign_in(engine: ReviewEngine) -> None:
    def elsewhere() -> None:
        raise HTTPException(307, headers={"location": "/sign-in"})

    app = FastAPI()
    app.include_router(router(engine, principal=elsewhere), prefix=PREFIX)
    answer = TestClient(app, follow_redirects=False).get(f"{PREFIX}/apps")

    assert (answer.status_code, answer.headers["location"]) == (307, "/sign-in")


def test_a_person_of_the_directory_acts_in_the_strongest_role(engine: ReviewEngine) -> None:
    app = FastAPI()
    app.include_router(router(engine, principal=lambda: engine.directory.person("m-mo")), prefix=PREFIX)

    assert TestClient(app).get(f"{PREFIX}/me").json()["role"] == "manager"


def test_a_workflow_of_any_name_has_a_collection_of_its_own() -> None:
    named = collections(["app", "access_request", "category", "bus", "token", "survey"])

    assert dict(named) == {
        "access-requests": "access_request",
        "apps": "app",
        "buses": "bus",
        "categories": "category",
        "surveys": "survey",
        "token-subjects": "token",
    }
    assert collections(["box", "boxe"]) == {"box-subjects": "box", "boxe-subjects": "boxe"}
