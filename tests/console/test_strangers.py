"""What strangers get from every page there is: made from the router, so that a page that is added is asked too."""

import json
from html.parser import HTMLParser
from typing import Final

import pytest
from fastapi.routing import APIRoute

from review_engine import Assessment, ReviewEngine
from review_engine.console import cookies, router
from review_engine.domain.activity import Usage
from review_engine.domain.reviews import FAILED, NOTED
from review_engine.testing import open_test_engine
from tests.console.browser import ANN, EVE, MO, RITA, Browser, acting_as
from tests.usecases.conftest import HOST, READY_FACTS

OPEN: Final = {"/", "/static/{name}", "/sign-in", "/catalog", "/catalog/{slug}", "/{kind}/{slug}/{form}"}
"""What is there for people who are not signed in; the last leads on to a page that is not."""

SCRIPT: Final = "\"'><script>alert(1)</script><svg onload=alert(2)>{{ 7 * 7 }}"
ADDRESS: Final = "https://acme.example/?\"'><script>alert(1)</script><svg/onload=alert(2)>"


def _routes(method: str) -> list[str]:
    engine = open_test_engine()
    found = [
        route for route in router(engine).routes if isinstance(route, APIRoute) and method in (route.methods or ())
    ]
    engine.close()
    return sorted({route.path for route in found})


LOOKS, FORMS = _routes("GET"), _routes("POST")
ABOUT_ONE: Final = [
    *[("GET", path) for path in LOOKS if "{slug}" in path and "catalog" not in path],
    *[("POST", path) for path in FORMS if "{slug}" in path],
]


def filled(path: str, slug: str = "acme-sync") -> str:
    """The path of a route, about one app."""
    given = {"kind": "app", "slug": slug, "form": "facts", "deed": "claims", "name": "email", "number": "1"}
    return path.format(**given)


def marked(browser: Browser) -> str:
    """A mark that this browser's forms may carry."""
    browser.get("/catalog")
    return cookies._token(browser.client.cookies[cookies.FORM])


@pytest.mark.parametrize(
    "data", [{}, {"transition": "withdraw", "comment": "x", "fact": "name", "guard": "x"}], ids=["empty", "filled in"]
)
def test_a_foreign_app_reads_like_an_absent_one_byte_for_byte(eve: Browser, app: str, data: dict[str, str]) -> None:
    mark = marked(eve)

    def answer(method: str, path: str, slug: str) -> tuple[int, list[tuple[str, str]], str]:
        sent = {"csrf": mark, **data} if method == "POST" else None
        told = eve.client.request(method, filled(path, slug), follow_redirects=False, data=sent)
        headers = sorted((name, value.replace(slug, "X")) for name, value in told.headers.items())
        return told.status_code, headers, told.text.replace(slug, "X")

    for method, path in ABOUT_ONE:
        foreign, absent = answer(method, path, "acme-sync"), answer(method, path, "no-such-x")
        assert foreign == absent, path
        assert foreign[0] in (303, 403, 404), path


@pytest.mark.parametrize("who", [ANN, RITA, MO])
def test_no_form_works_without_its_mark(engine: ReviewEngine, app: str, who: str) -> None:
    browser = Browser(engine, who)
    for path in FORMS:
        _refused(engine, browser, app, path)


def _refused(engine: ReviewEngine, browser: Browser, app: str, path: str) -> None:
    before = engine.subject(app, by=HOST)
    for forged in ({"comment": "x"}, {"csrf": "0" * 64}):
        assert browser.post(filled(path), forged).status == 403
    mark: dict[str, str | list[str]] = {"csrf": marked(browser)}
    for site in ("cross-site", "same-site", ""):
        assert browser.post(filled(path), mark, sec_fetch_site=site).status == 403
    for origin in ("null", "https://evil.example", "http://testserver.evil.example", "http://testserver:81"):
        assert browser.post(filled(path), mark, origin=origin).status == 403
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = browser.client.post(filled(path), content=json.dumps(mark), headers={"content-type": kind})
        assert answer.status_code == 422
    assert engine.subject(app, by=HOST) == before


def test_nobody_looks_at_a_page_without_being_signed_in(engine: ReviewEngine, app: str) -> None:
    nobody = Browser(engine)
    for path in sorted({*LOOKS} - OPEN):
        answer = nobody.client.get(filled(path), follow_redirects=False)
        assert (path, answer.status_code, "Acme Sync" in answer.text) == (path, 401, False)


@pytest.mark.parametrize("who", [ANN, EVE, RITA, MO])
def test_no_page_is_kept_by_a_cache(engine: ReviewEngine, app: str, who: str) -> None:
    browser = Browser(engine, who)
    for path in sorted({*LOOKS} - OPEN):
        answer = browser.client.get(filled(path), follow_redirects=False)
        assert answer.status_code == 303 or answer.headers["cache-control"] == "no-store", path


class _Running(HTMLParser):
    """Finds whatever a browser would run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("svg", "script") and ("src" not in given if tag == "script" else "onload" in given):
            self.found.append(tag)
        for name, value in given.items():
            led = (value or "").strip().lower()
            away = name in ("href", "src", "action") and led.startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or name == "style" or away:
                self.found.append(f"{tag} {name}={value}")


@pytest.fixture
def written(engine: ReviewEngine, app: str) -> str:
    """Acme's app with a script wherever somebody may write something."""
    ann, rita, mo = acting_as(ANN), acting_as(RITA), acting_as(MO)
    texts = {name: ADDRESS if str(READY_FACTS[name]).startswith("https") else SCRIPT for name in READY_FACTS
             if name not in ("categories", "support_email", "utm_links", "agreement_version")}  # fmt: skip
    engine.edit(app, {**texts, "name": SCRIPT[:80], "launch_post_url": READY_FACTS["launch_post_url"]}, by=ann)
    engine.edit(app, {name: READY_FACTS[name] for name in ("integrations_page_url", "launch_post_url")}, by=ann)
    engine.remark(app, SCRIPT, by=ann)
    engine.move(app, "submit", by=ann)
    engine.move(app, "claim", by=rita)
    engine.remark(app, SCRIPT, by=rita)
    engine.remark(app, SCRIPT, by=mo, internal=True)
    engine.assess(app, [Assessment(FAILED, "spec_adhered_to", SCRIPT), Assessment(NOTED, "", SCRIPT, "name")], by=rita)
    engine.record_evidence("component/acme-sync.hook", "test_suite", SCRIPT[:80], note=SCRIPT, by=rita)
    engine.waive(app, "active_customers", reason=SCRIPT, by=rita)
    engine.record_activity([Usage(app, SCRIPT, engine.clock(), SCRIPT, SCRIPT)], by=HOST)
    engine.move(app, "ask_second", by=rita, comment=SCRIPT)
    engine.deliver_all()
    return app


@pytest.mark.parametrize("who", [ANN, RITA, MO])
def test_a_script_that_somebody_wrote_is_shown_and_never_run(engine: ReviewEngine, written: str, who: str) -> None:
    browser = Browser(engine, who)
    asked = "?search={0}&channel={0}&subject={0}&kind={0}&next=/{0}&told={0}".format("%22><script>x</script>")
    for path in sorted({*LOOKS} - {"/static/{name}"}):
        for query in ("", asked):
            page = browser.get(filled(path) + query)
            assert page.status < 500, path
            assert _Running(page.body).found == [], path
            assert ">49<" not in page.body


@pytest.mark.parametrize("bad", [SCRIPT, '"><svg onload=alert(1)>', "..%2f..", "a" * 3_000, "%00", "%ed%a0%80"])
def test_an_odd_address_is_answered_without_a_fault_of_ours(engine: ReviewEngine, app: str, bad: str) -> None:
    for path in LOOKS:
        given = dict.fromkeys(("kind", "slug", "form", "deed", "name", "number"), bad.replace("/", "%2f"))
        answer = Browser(engine, MO).client.get(path.format(**given).replace("#", "%23").replace("?", "%3f"))
        assert answer.status_code < 500, path
        assert _Running(answer.text).found == []
