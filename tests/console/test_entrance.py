"""The way in, and what every form has to carry."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from review_engine import Actor, ReviewEngine
from review_engine.console import cookies, router, routes
from review_engine.console.entrance import local
from review_engine.domain.actors import Role
from tests.console.browser import ANN, SCRIPT, Browser, Page, acting


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


class Visitor:
    """A browser that signs in by the page."""

    def __init__(self, engine: ReviewEngine, *, demo: bool = False, prefix: str = "") -> None:
        app = FastAPI()
        app.include_router(router(engine, demo=demo), prefix=prefix)
        self.client, self.prefix = TestClient(app, raise_server_exceptions=True), prefix

    def get(self, path: str) -> Page:
        answer = self.client.get(self.prefix + path)
        return Page(answer.status_code, answer.text, answer.url.path, answer.headers)

    def sign_in(self, **fields: str) -> Page:
        page = self.get("/sign-in" + (f"?next={fields.pop('ask')}" if "ask" in fields else ""))
        form = page.forms[-1]
        answer = self.client.post(form.action, data={**dict(form.fields), **fields})
        return Page(answer.status_code, answer.text, answer.url.path, answer.headers)


def token(engine: ReviewEngine, person: str = "p-ann", role: Role = Role.PARTNER) -> str:
    return engine.issue_token(person, role=role, by=Actor.host()).secret


# -- Signing in and out


def test_a_marksigns_in_and_leads_to_ones_first_page(engine: ReviewEngine) -> None:
    page = Visitor(engine).sign_in(token=token(engine))
    assert page.path == "/apps"
    assert "Ann Archer" in page.text


def test_a_session_is_not_the_markand_is_not_readable_by_scripts(engine: ReviewEngine) -> None:
    secret, visitor = token(engine), Visitor(engine)
    visitor.sign_in(token=secret)
    cookie = next(each for each in visitor.client.cookies.jar if each.name == cookies.SESSION)
    assert cookie.value != secret
    assert cookie.has_nonstandard_attr("HttpOnly")


@pytest.mark.parametrize("wrong", ["", "nonsense", "rve_x_y", SCRIPT])
def test_a_wrong_token_is_told_as_such_and_lets_nobody_in(engine: ReviewEngine, wrong: str) -> None:
    visitor = Visitor(engine)
    page = visitor.sign_in(token=wrong)
    assert page.status == 401
    assert "The token is not valid." in page.text
    assert "ask for a new one" in page.text
    assert visitor.get("/apps").path == "/sign-in"


def test_signing_out_ends_the_session_for_good(engine: ReviewEngine) -> None:
    visitor = Visitor(engine)
    visitor.sign_in(token=token(engine))
    stolen = next(each.value for each in visitor.client.cookies.jar if each.name == cookies.SESSION)
    form = visitor.get("/apps").form("/sign-out")
    answer = visitor.client.post(form.action, data=dict(form.fields))
    assert "You are signed out." in answer.text
    assert visitor.get("/apps").path == "/sign-in"
    visitor.client.cookies.set(cookies.SESSION, str(stolen))
    assert visitor.get("/apps").path == "/sign-in"


def test_who_only_looked_is_led_to_the_sign_in_and_back(engine: ReviewEngine, app: str) -> None:
    visitor = Visitor(engine)
    page = visitor.get("/app/acme-sync")
    assert page.path == "/sign-in"
    assert visitor.sign_in(token=token(engine), ask="/app/acme-sync").path == "/app/acme-sync"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\\b",
        "\t//evil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/\u2028//evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(engine: ReviewEngine, elsewhere: str) -> None:
    assert local(elsewhere) == ""
    assert Visitor(engine).sign_in(token=token(engine), next=elsewhere).path == "/apps"


def test_the_demonstration_offers_its_people_and_nobody_else_does(engine: ReviewEngine) -> None:
    offered = Visitor(engine, demo=True).get("/sign-in")
    assert "Ann Archer" in offered.text
    assert "Acme Inc." in offered.text
    plain = Visitor(engine)
    assert "Ann Archer" not in plain.get("/sign-in").text
    assert plain.sign_in(person="p-ann", role="partner").status == 401


@pytest.mark.parametrize("role", ["host", "engine", "nonsense"])
def test_nobody_signs_in_as_the_platform_itself(engine: ReviewEngine, role: str) -> None:
    page = Visitor(engine, demo=True).sign_in(person="m-mo", role=role)
    assert page.status in (401, 422)


def test_the_pages_work_beneath_a_prefix(engine: ReviewEngine, app: str) -> None:
    visitor = Visitor(engine, prefix="/reviews")
    page = visitor.sign_in(token=token(engine))
    assert page.path == "/reviews/apps"
    assert "/reviews/app/acme-sync" in page.links
    assert all(path.startswith(("/reviews", "#")) for path in page.links)


# -- What every form has to carry


@pytest.mark.parametrize("given", [None, "", "forged", "0" * 64])
def test_a_form_without_its_mark_changes_nothing(ann: Browser, engine: ReviewEngine, app: str, given: str) -> None:
    form = ann.get("/app/acme-sync").form("/moves", transition="submit")
    assert ann.send(form, csrf=given).status == 403
    assert engine.subject(app, by=of(ANN)).state == "preview"


def test_the_mark_of_another_browser_is_no_good(ann: Browser, engine: ReviewEngine, app: str) -> None:
    stolen = Browser(engine, ANN).get("/app/acme-sync").form("/moves", transition="submit").value("csrf")
    form = ann.get("/app/acme-sync").form("/moves", transition="submit")
    assert ann.send(form, csrf=stolen).status == 403


@pytest.mark.parametrize(
    "headers", [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"}]
)
def test_a_form_that_another_site_sends_is_refused(
    ann: Browser, engine: ReviewEngine, app: str, headers: dict[str, str]
) -> None:
    form = ann.get("/app/acme-sync").form("/moves", transition="submit")
    assert ann.post(form.action, dict(form.fields), **headers).status == 403
    assert engine.subject(app, by=of(ANN)).state == "preview"


@pytest.mark.parametrize("path", ["/apps", "/choices", "/app/acme-sync/moves", "/app/acme-sync/facts"])
def test_nobody_sends_a_form_without_being_signed_in(nobody: Browser, app: str, path: str) -> None:
    nobody.get("/catalog")  # leaves the secret that the mark is made from
    mark = cookies._token(nobody.client.cookies[cookies.FORM])
    assert nobody.post(path, {"csrf": mark}).status == 401


@pytest.mark.parametrize("path", ["/app/acme-sync/remarks", "/app/acme-sync/facts", "/apps"])
def test_odd_characters_and_odd_contents_are_no_fault_of_ours(ann: Browser, app: str, path: str) -> None:
    mark = ann.get("/app/acme-sync").form("/remarks").value("csrf")
    odd: list[dict[str, str | list[str]]] = [
        {"csrf": mark, "comment": "a\0b", "section": "Basic info", "fact.name": "a\0b"},
        {"csrf": mark, "comment": "x" * 70_000, "section": "Basic info", "fact.name": "x" * 70_000},
        {"csrf": mark, "section": "Basic info", **{f"f{number}": "x" for number in range(400)}},
    ]
    for data in odd:
        assert 400 <= ann.post(path, data).status < 500
    raw = ann.client.post(path, content=b'{"a": 1}', headers={"content-type": "application/json"})
    assert raw.status_code == 422
    broken = ann.client.post(path, content=b"csrf=%ff%fe&comment=%ed%a0%80", headers={
        "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert 400 <= broken.status_code < 500


def test_what_a_page_says_after_a_form_is_never_what_the_address_says(ann: Browser, app: str) -> None:
    page = ann.get("/app/acme-sync?told=You+have+won")
    assert "You have won" not in page.text


def test_no_two_pages_have_one_name(engine: ReviewEngine) -> None:
    names = [getattr(route, "name", "") for route in router(engine).routes]
    assert sorted(names) == sorted(set(names))
    assert len(routes.MODULES) == len(set(routes.MODULES))


def test_files_are_served_by_name_only(nobody: Browser) -> None:
    assert nobody.get("/static/console.css").status == 200
    assert nobody.client.get("/static/..%2froutes.py").status_code == 404
    assert nobody.get("/static/none.css").status == 404
    for odd in ("a" * 5_000, "%00", "%2e%2e", ".hidden", "console.css%00.js", "console.css/x"):
        assert nobody.client.get(f"/static/{odd}").status_code == 404, odd


def test_who_asks_for_what_is_not_there_is_still_signed_in(ann: Browser) -> None:
    page = ann.get("/app/nowhere")

    assert page.status == 404
    assert "My apps" in page.text
