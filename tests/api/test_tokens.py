"""Tokens as callers meet them: given out once, good for what they say, over when they are taken back; and the feed."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from icalendar import Calendar
from starlette.testclient import TestClient

from review_engine import ReviewEngine
from review_engine.api import router
from review_engine.domain.actors import Role
from review_engine.testing import TurnableClock
from tests.api.desk import HOST, PREFIX, actor_named


@pytest.fixture
def client(engine: ReviewEngine) -> TestClient:
    """An application whose callers send tokens of the engine's."""
    app = FastAPI()
    app.include_router(router(engine), prefix=PREFIX)
    return TestClient(app)


def token(engine: ReviewEngine, person: str, role: Role, **more: Any) -> str:
    """A token of somebody's."""
    return engine.issue_token(person, role=role, by=actor_named(HOST), **more).secret


def bearing(secret: str) -> dict[str, str]:
    """The header that a token goes in."""
    return {"authorization": f"Bearer {secret}"}


def test_a_token_lets_its_person_in_and_nobody_else(engine: ReviewEngine, client: TestClient) -> None:
    secret = token(engine, "p-ann", Role.PARTNER)

    assert client.get("/api/me", headers=bearing(secret)).json()["key"] == "p-ann"
    assert client.get("/api/apps/eve-app", headers=bearing(secret)).status_code == 404
    for wrong in (secret[:-1], secret + "x", "rve_", "x", "é"):
        refused = client.get("/api/me", headers={b"authorization": f"Bearer {wrong}".encode("latin-1")})
        assert (refused.status_code, refused.json()["code"]) == (401, "not_admitted")


def test_a_token_is_given_out_once_and_taken_back(engine: ReviewEngine, client: TestClient) -> None:
    own = bearing(token(engine, "p-ann", Role.PARTNER))
    made = client.post("/api/tokens", headers=own, json={"role": "partner", "label": "build", "lasts_days": 7})
    other = bearing(made.json()["secret"])
    listed = client.get("/api/tokens", headers=own)

    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    assert made.json()["secret"] not in listed.text
    assert client.get("/api/me", headers=other).status_code == 200
    gone = client.delete(f"/api/tokens/{made.json()['token']['id']}", headers=own)
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get("/api/me", headers=other).status_code == 401


def test_a_token_is_over_when_its_time_is(engine: ReviewEngine, client: TestClient, clock: TurnableClock) -> None:
    secret = token(engine, "p-ann", Role.PARTNER, lasts=timedelta(days=1))
    clock.turn("2 days")

    assert client.get("/api/me", headers=bearing(secret)).status_code == 401


def test_the_reference_says_that_a_token_is_sent(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert document["paths"]["/api/{collection}"]["get"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in document["paths"]["/api/catalog"]["get"]


def test_a_calendar_program_subscribes_with_a_token_in_the_address(engine: ReviewEngine, client: TestClient) -> None:
    engine.move("acme-sync", "submit", by=actor_named("partner:p-ann:acme"))
    secret = token(engine, "r-rita", Role.REVIEWER)
    answer = client.get("/api/queue.ics", params={"token": token(engine, "r-rita", Role.REVIEWER, sort="feed")})
    events: list[Any] = Calendar.from_ical(answer.content).walk("VEVENT")

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    due = {each.key: each.due_at for each in engine.queue(by=actor_named(HOST)).entries}
    assert [each for each in events if str(each["SUMMARY"]).startswith("Acme Sync: ")]
    assert {event["DTSTART"].dt for event in events} <= set(due.values())
    again = Calendar.from_ical(client.get("/api/queue.ics", headers=bearing(secret)).content).walk("VEVENT")
    assert [event["UID"] for event in again] == [event["UID"] for event in events]


def test_a_feed_without_a_good_token_is_a_problem(engine: ReviewEngine, client: TestClient) -> None:
    assert client.get("/api/queue.ics").status_code == 401
    assert client.get("/api/queue.ics?token=rve_x_y").status_code == 401
    partner = token(engine, "p-ann", Role.PARTNER, sort="feed")
    assert client.get("/api/queue.ics", params={"token": partner}).status_code == 403


def test_what_stands_in_an_address_opens_the_feed_and_nothing_else(engine: ReviewEngine, client: TestClient) -> None:
    own = bearing(token(engine, "r-rita", Role.REVIEWER))
    feed = client.post("/api/tokens", headers=own, json={"role": "reviewer", "sort": "feed", "label": "phone"}).json()
    listed = client.get("/api/tokens?sort=feed", headers=own).json()["items"]

    assert client.get("/api/queue.ics", params={"token": feed["secret"]}).status_code == 200
    assert client.get("/api/queue", headers=bearing(feed["secret"])).status_code == 401
    assert client.get("/api/queue.ics", headers=bearing(feed["secret"])).status_code == 401
    assert client.get("/api/queue.ics", params={"token": own["authorization"].split()[1]}).status_code == 401
    assert [(each["sort"], each["label"]) for each in listed] == [("feed", "phone")]


def test_the_session_of_a_browser_is_no_token_of_a_client(engine: ReviewEngine, client: TestClient) -> None:
    session = engine.sign_in(token(engine, "r-rita", Role.REVIEWER)).secret
    assert client.get("/api/me", headers=bearing(session)).status_code == 401
    more = client.post("/api/tokens", headers=bearing(session), json={"role": "reviewer"})
    assert more.status_code == 401


def test_no_session_is_given_out_by_the_interface(engine: ReviewEngine, client: TestClient) -> None:
    own = bearing(token(engine, "r-rita", Role.REVIEWER))
    asked = client.post("/api/tokens", headers=own, json={"role": "reviewer", "sort": "session"})
    assert asked.status_code == 422


def test_a_manager_gets_no_token_in_a_colleagues_name(engine: ReviewEngine, client: TestClient) -> None:
    own = bearing(token(engine, "m-mo", Role.MANAGER))
    asked = client.post("/api/tokens", headers=own, json={"role": "reviewer", "person": "r-rita"})
    assert (asked.status_code, asked.json()["code"]) == (403, "not_allowed")


def test_what_is_private_is_kept_by_no_cache(engine: ReviewEngine, client: TestClient) -> None:
    own = bearing(token(engine, "r-rita", Role.REVIEWER))
    for path in ("/me", "/apps", "/apps/acme-round", "/queue", "/queue.ics", "/tokens", "/apps/nothing"):
        assert client.get(f"/api{path}", headers=own).headers["cache-control"] == "no-store", path
    assert client.get("/api/me").headers["cache-control"] == "no-store"
    feed = token(engine, "r-rita", Role.REVIEWER, sort="feed")
    assert client.get("/api/queue.ics", params={"token": feed}).headers["cache-control"] == "no-store"
