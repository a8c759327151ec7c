"""/healthz says that the process answers; /readyz names everything that is not well, and never more than that."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from review_engine import ReviewEngine, StoreError
from review_engine.domain.errors import SchemaBehind
from review_engine.domain.notices import Notice
from review_engine.ports.outbox import DEAD, Outgoing, Pause, Recipient
from review_engine.testing import A_MONDAY, TurnableClock


def failing(answer: Any) -> set[str]:
    """The checks that failed; the status is held against them."""
    document = answer.json()
    failed = {name for name, finding in document["checks"].items() if not finding["ok"]}
    assert (answer.status_code, document["ready"]) == (503 if failed else 200, not failed)
    assert all(finding["says"] for finding in document["checks"].values())
    return failed


def test_the_process_answers(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (200, {"status": "ok"}, "no-store")
    head = client.head("/healthz")
    assert (head.status_code, head.content) == (200, b"")


def test_all_is_well(client: TestClient, round: Callable[[], object]) -> None:
    round()
    answer = client.get("/readyz")
    assert failing(answer) == set()
    assert set(answer.json()["checks"]) == {"database", "schema", "worker", "letters", "channels"}


def test_nobody_turns_the_clocks(client: TestClient) -> None:
    assert failing(client.get("/readyz")) == {"worker"}


def test_the_worker_died(client: TestClient, round: Callable[[], object], clock: TurnableClock) -> None:
    round()
    clock.turn(timedelta(minutes=2))
    assert failing(client.get("/readyz")) == {"worker"}


def test_one_that_died_does_no_harm_beside_one_that_lives(
    engine: ReviewEngine, client: TestClient, round: Callable[[], object], clock: TurnableClock
) -> None:
    from review_engine.worker import Worker

    Worker(engine, name="killed", delivers=False).round()
    clock.turn(timedelta(minutes=2))
    round()
    answer = client.get("/readyz")
    assert failing(answer) == set()
    assert "1 ended without saying so" in answer.json()["checks"]["worker"]["says"]


def test_a_letter_is_dead(engine: ReviewEngine, client: TestClient, round: Callable[[], object]) -> None:
    round()
    assert engine.post is not None
    notice = Notice("submitted", "app/sync", "acme", "move 1", ("partner",), A_MONDAY, {})
    to = Recipient("p-ann", "ann@acme.example")
    engine.post.outbox.put([Outgoing("key", "email", to, "submitted", notice, A_MONDAY, A_MONDAY, status=DEAD)])
    answer = client.get("/readyz")
    assert failing(answer) == {"letters"}
    assert "1 could not be delivered" in answer.json()["checks"]["letters"]["says"]


def test_a_channel_is_paused_and_used_again(
    engine: ReviewEngine, client: TestClient, round: Callable[[], object]
) -> None:
    round()
    assert engine.post is not None
    engine.post.outbox.pause(Pause("email", A_MONDAY, None, 3, "said 421"))
    answer = client.get("/readyz")
    assert failing(answer) == {"channels"}
    assert "email" in answer.json()["checks"]["channels"]["says"]
    engine.post.outbox.pause(Pause("email", A_MONDAY, A_MONDAY - timedelta(seconds=1), 3, "said 421"))
    assert failing(client.get("/readyz")) == set()


def test_the_tables_are_behind(
    engine: ReviewEngine, client: TestClient, round: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def behind() -> None:
        raise SchemaBehind("the tables are of version 1", cure="Run review-engine db upgrade.")

    round()
    monkeypatch.setattr(engine.desk.store, "check_schema", behind)
    answer = client.get("/readyz")
    assert failing(answer) == {"schema"}
    assert "db upgrade" in answer.json()["checks"]["schema"]["says"]


def test_the_database_is_away_and_why_stays_in_the_log(
    engine: ReviewEngine, client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> Any:
        raise StoreError("no route to db.internal:5432")

    for name in ("heartbeats", "check_schema"):
        monkeypatch.setattr(engine.desk.store, name, away)
    answer = client.get("/readyz")
    assert failing(answer) == {"database", "schema", "worker"}
    assert "db.internal" not in answer.text
    assert "db.internal" in caplog.text


def test_a_load_balancer_asks_for_what_concerns_it_only(client: TestClient) -> None:
    answer = client.get("/readyz?only=database&only=schema")
    assert failing(answer) == set()
    assert set(answer.json()["checks"]) == {"database", "schema"}
    unknown = client.get("/readyz?only=weather")
    assert (unknown.status_code, unknown.headers["content-type"]) == (422, "application/problem+json")
