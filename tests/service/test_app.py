"""The whole service: interface, pages and probes under one roof, with the guards in front of all of them."""

import re

import pytest
from fastapi.testclient import TestClient

from review_engine import InvalidInput, ReviewEngine
from review_engine.service import asgi
from review_engine.settings import WebSettings
from tests.service.conftest import ANN

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_the_interface_is_under_api_and_the_pages_are_everywhere_else(client: TestClient) -> None:
    assert client.get("/api/workflows").status_code in {200, 401}
    assert client.get("/", headers=BROWSER).status_code == 303
    catalog = client.get("/catalog", headers=BROWSER)
    assert (catalog.status_code, catalog.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", ["/api/", "/api/nowhere", "/api/nowhere/x", "/api/apps/", "/api/a/b/c/d"])
def test_no_page_answers_for_an_address_of_the_interface(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_another_method_is_a_405_even_where_a_page_has_a_like_address(client: TestClient) -> None:
    answer = client.get("/api/bounces", headers=BROWSER)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_what_is_not_there_is_a_page_to_people_and_a_problem_to_programs(client: TestClient) -> None:
    page = client.get("/no/such/page/here", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem = client.get("/no/such/page/here")
    assert (problem.status_code, problem.json()["code"]) == (404, "not_found")
    assert problem.headers["content-type"] == "application/problem+json"
    assert client.delete("/catalog").json()["status"] == 405


@pytest.mark.parametrize(
    "path", ["/", "/catalog", "/healthz", "/api/workflows", "/api/nowhere", "/metrics", "/unsubscribe/x", "/a/b/c/d"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path, headers=BROWSER).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"


def test_the_interface_describes_itself_and_nothing_is_fetched_from_elsewhere(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/") for path in document["paths"])
    for path in ("/docs", "/redoc", "/api/docs", "/api/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404
    for path in ("/catalog", "/sign-in", "/unsubscribe/x", "/no/such/page/here"):
        page = client.get(path, headers=BROWSER).text
        assert re.findall(r"<(?:script|link|img)[^>]+(?:https?:)?//[^>]+>", page) == []


def test_a_request_that_is_too_large_is_refused_and_a_batch_may_be_larger(engine: ReviewEngine) -> None:
    client = TestClient(asgi(engine, worker=False, web=WebSettings(body=2048)))
    large = b" " * 4096
    refused = client.post("/api/apps", content=large, headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert "content-security-policy" in refused.headers
    batch = client.post("/api/activity", content=large, headers={"Content-Type": "application/json"})
    assert 400 <= batch.status_code < 500
    assert batch.status_code != 413


def test_only_named_hosts_are_answered_for_but_probes_are(engine: ReviewEngine) -> None:
    client = TestClient(asgi(engine, worker=False, web=WebSettings(hosts=("reviews.example.com",))))
    assert client.get("/catalog").json()["code"] == "unknown_host"
    assert client.get("/catalog", headers={"Host": "reviews.example.com"}).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_behind_a_proxy_that_ends_tls_cookies_are_secure(engine: ReviewEngine) -> None:
    client = TestClient(asgi(engine, worker=False, web=WebSettings(https=True)))
    answer = client.get("/sign-in", headers=BROWSER)
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"]
    plain = TestClient(asgi(engine, worker=False)).get("/sign-in", headers=BROWSER)
    assert "secure" not in plain.headers["set-cookie"].lower()


def test_the_people_of_a_demonstration_are_offered_to_nobody_else(engine: ReviewEngine) -> None:
    from review_engine.cli.people import register_of
    from review_engine.ports.directory import Person

    register_of(engine).add_person(Person("p-ann", "Ann Whitlock", "ann@acme.example", partners=frozenset({"acme"})))
    offered = TestClient(asgi(engine, demo=True, worker=False)).get("/sign-in", headers=BROWSER).text
    assert "Ann Whitlock" in offered
    assert "Ann Whitlock" not in TestClient(asgi(engine, worker=False)).get("/sign-in", headers=BROWSER).text


def test_a_token_of_the_engine_opens_the_interface(engine: ReviewEngine) -> None:
    from review_engine.cli.people import register_of
    from review_engine.domain.actors import Actor, Role
    from review_engine.ports.directory import Partner, Person

    register_of(engine).add_partner(Partner("acme", "Acme"))
    register_of(engine).add_person(Person("p-ann", "Ann", "ann@acme.example", partners=frozenset({"acme"})))
    engine.register("acme-sync", partner="acme", by=ANN)
    issued = engine.issue_token("p-ann", role=Role.PARTNER, by=Actor.host())
    client = TestClient(asgi(engine, worker=False))
    assert client.get("/api/apps/acme-sync").status_code == 401
    assert client.get("/api/apps/acme-sync", headers={"Authorization": f"Bearer {issued.secret}"}).status_code == 200
    for secret in ("", "rve_1_x", "x" * 9000, issued.secret[:-1], issued.secret + "x"):
        assert client.get("/api/apps/acme-sync", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_the_worker_runs_with_the_service_unless_it_is_told_not_to(engine: ReviewEngine) -> None:
    from review_engine.worker import standing

    with TestClient(asgi(engine, worker=False)):
        assert standing(engine) == []
    with TestClient(asgi(engine)):
        pass
    assert [one.stopped for one in standing(engine)] == [True]


def test_what_breaks_outside_of_every_route_is_a_problem_too(
    engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = asgi(engine, worker=False)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret of the inside")

    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    assert "secret" not in answer.text


def test_figures_need_their_library(engine: ReviewEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(InvalidInput, match="prometheus-client"):
        asgi(engine, metrics=True)
    assert TestClient(asgi(engine, worker=False)).get("/metrics").status_code == 404
