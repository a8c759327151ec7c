"""The list of subjects, and registering new ones."""

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.console import home
from review_engine.console.joining import slug_of
from review_engine.ports.store import Query
from tests.console.browser import ANN, PEOPLE, SCRIPT, Browser, acting
from tests.usecases.conftest import in_beta


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


# -- The list


def test_an_empty_list_tells_what_to_do_first(ann: Browser) -> None:
    page = ann.get("/apps")
    assert page.status == 200
    assert "Begin with an app" in page.text
    assert "/apps/new?kind=app" in page.links
    assert not any("membership" in link for link in page.links)


def test_the_list_says_state_turn_date_and_what_is_missing(ann: Browser, engine: ReviewEngine, app: str) -> None:
    engine.register("draft", partner="acme", by=of(ANN), facts={"name": "Draft"})
    engine.move(app, "submit", by=of(ANN))
    text = ann.get("/apps").text
    assert "Submitted" in text
    assert "Our turn: a reviewer" in text
    assert "by Wed 4 Mar 2026, 10:00 PST" in text
    assert "8 things are missing" in text
    assert "and 5 more" in text


def test_overdue_is_said_in_words(ann: Browser, engine: ReviewEngine, app: str, clock: object) -> None:
    engine.move(app, "submit", by=of(ANN))
    clock.turn("30 days")  # type: ignore[attr-defined]
    assert "overdue since" in ann.get("/apps").text


def test_a_component_stands_beneath_its_app(ann: Browser, app: str) -> None:
    page = ann.get("/apps")
    assert page.text.index("Acme Sync") < page.text.index("acme-sync.hook")
    assert "/apps/new?kind=component&parent=app%2Facme-sync" in page.links


def test_a_partner_sees_nothing_of_another(eve: Browser, app: str) -> None:
    page = eve.get("/apps")
    assert "acme" not in page.text.lower()
    assert "Nothing here yet" in page.text


def test_who_is_not_signed_in_is_asked_to(nobody: Browser) -> None:
    assert nobody.get("/apps").status == 401
    assert nobody.get("/apps/new").status == 401


@pytest.mark.parametrize("who", ["reviewer", "manager"])
def test_staff_sees_everybodys_with_the_owner(engine: ReviewEngine, app: str, who: str) -> None:
    page = Browser(engine, PEOPLE[who]).get("/apps")
    assert "Acme Inc." in page.text


def test_a_long_list_is_paged_and_every_subject_comes_once(
    ann: Browser, engine: ReviewEngine, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "PAGE", 3)
    for number in range(5):
        engine.register(f"more-{number}", partner="acme", by=of(ANN))
    engine.register("access_request/acme", partner="acme", by=of(ANN))
    seen: list[str] = []
    path = "/apps"
    while path:
        page = ann.get(path)
        seen += [link for link in page.links if link.count("/") == 2 and not link.startswith(("/apps", "/static"))]
        path = next((link for link in page.links if link.startswith("/apps?after=")), "")
    shown = sorted({link.removeprefix("/") for link in seen})
    assert shown == sorted(subject.key for subject in engine.list(Query(), by=of(ANN)))


def test_an_odd_place_to_go_on_from_begins_at_the_start(ann: Browser, app: str) -> None:
    assert "Acme Sync" in ann.get("/apps?after=%3Cscript%3E").text


def test_an_app_on_show_is_not_said_to_wait(ann: Browser, engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    assert "Nothing is waiting" in ann.get("/apps").text


# -- Registering


def test_an_app_is_registered_by_its_name_alone(ann: Browser, engine: ReviewEngine) -> None:
    page = ann.send(ann.get("/apps/new?kind=app").form("/apps"), fact__name="Acme Flow!")
    assert page.status == 200
    assert page.path == "/app/acme-flow"
    assert "Fill in what is missing" in page.text
    subject = engine.subject("acme-flow", by=of(ANN))
    assert (subject.partner, subject.facts["name"]) == ("acme", "Acme Flow!")


def test_a_component_is_registered_with_its_type_beneath_its_app(ann: Browser, engine: ReviewEngine, app: str) -> None:
    form = ann.get("/apps/new?kind=component&parent=app/acme-sync").form("/apps")
    assert form.value("parent") == "app/acme-sync"
    page = ann.send(form, fact__name="Device part", fact__type="plugin")
    assert page.path == "/component/device-part"
    subject = engine.subject("component/device-part", by=of(ANN))
    assert (subject.parent, subject.facts["type"]) == ("app/acme-sync", "plugin")


def test_an_access_request_goes_by_the_company(ann: Browser, engine: ReviewEngine) -> None:
    form = ann.get("/apps/new?kind=access_request").form("/apps")
    ann.send(form, fact__company_name="Acme Inc.")
    assert engine.subject("access_request/acme-inc", by=of(ANN)).facts["company_name"] == "Acme Inc."


def test_a_manager_prepares_a_membership_for_a_partner(mo: Browser, engine: ReviewEngine) -> None:
    form = mo.get("/apps/new?kind=membership").form("/apps")
    mo.send(form, slug="acme-2026", partner="acme")
    assert engine.subject("membership/acme-2026", by=of(ANN)).partner == "acme"


def test_a_kind_that_is_not_for_this_role_cannot_be_begun(ann: Browser, rita: Browser) -> None:
    assert ann.get("/apps/new?kind=membership").status == 404
    assert rita.get("/apps/new?kind=app").status == 404
    assert ann.get("/apps/new?kind=nonsense").status == 404
    form = ann.get("/apps/new?kind=app").form("/apps")
    assert ann.send(form, kind="membership", slug="mine").status == 404


def test_a_name_in_use_comes_back_beside_the_field(ann: Browser, app: str) -> None:
    form = ann.get("/apps/new?kind=app").form("/apps")
    page = ann.send(form, fact__name="Another", slug="acme-sync")
    assert page.status == 409
    assert "This short name is in use." in page.text
    back = page.form("/apps")
    assert (back.value("slug"), back.value("fact.name")) == ("acme-sync", "Another")


@pytest.mark.parametrize("slug", ["a/b", "../up", "Ünïcode", "x" * 101, "-", SCRIPT])
def test_a_short_name_that_cannot_be_used_comes_back(ann: Browser, slug: str) -> None:
    page = ann.send(ann.get("/apps/new?kind=app").form("/apps"), fact__name="Fine", slug=slug)
    assert page.status == 422
    assert page.form("/apps").value("slug") == slug
    assert [attrs["id"] for _, attrs in page.tags if attrs.get("aria-invalid") == "true"] == ["slug"]


def test_nothing_given_asks_for_a_name(ann: Browser) -> None:
    page = ann.send(ann.get("/apps/new?kind=app").form("/apps"))
    assert page.status == 422
    assert "Give a name" in page.text


def test_a_name_that_is_too_long_comes_back(ann: Browser) -> None:
    page = ann.send(ann.get("/apps/new?kind=app").form("/apps"), fact__name="n" * 81)
    assert page.status == 422
    assert "Shorten it to 80 characters" in page.text


def test_a_partner_registers_nothing_for_another(ann: Browser, engine: ReviewEngine) -> None:
    page = ann.send(ann.get("/apps/new?kind=app").form("/apps"), fact__name="Theirs", partner="eve-corp")
    assert page.status == 403
    assert not engine.list(Query(), by=Actor.host())


def test_a_component_cannot_be_hung_beneath_a_foreign_app(eve: Browser, engine: ReviewEngine, app: str) -> None:
    form = eve.get("/apps/new?kind=component").form("/apps")
    foreign = eve.send(form, fact__name="Leech", parent="app/acme-sync")
    absent = eve.send(form, fact__name="Leech", parent="app/no-such")
    assert (foreign.status, absent.status) == (404, 404)
    assert foreign.text.replace("acme-sync", "X") == absent.text.replace("no-such", "X")
    assert eve.send(form, fact__name="Leech", parent="nonsense of mine").status == 422


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Acme Sync", "acme-sync"), ("  Ünï  Code! ", "uni-code"), ("../..", ""), ("名前", ""), ("x" * 200, "x" * 60)],
)
def test_a_slug_is_made_from_a_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_a_workflow_that_is_not_offered_is_not_begun_from_a_page(ann: Browser) -> None:
    assert "kind=classic_app" not in " ".join(ann.get("/apps").links)
    assert ann.get("/apps/new?kind=classic_app").status == 404
