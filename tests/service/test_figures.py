"""/metrics: what stands where, what waits, what was moved; in a registry of its own."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta

import prometheus_client
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from review_engine import Actor, Assessment, Receipt, ReviewEngine, Usage
from review_engine.domain.notices import Notice
from review_engine.ports.outbox import Outgoing, Recipient
from review_engine.service import asgi
from review_engine.service.figures import CountedEngine, Figures
from review_engine.testing import A_MONDAY, TurnableClock
from tests.service.conftest import ANN, HOST
from tests.usecases.conftest import RITA, ready

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(client: TestClient) -> Samples:
    """Every sample: name and labels -> value."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name.removeprefix("review_engine_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_subjects_are_counted_by_state_and_what_waits_and_is_overdue(
    engine: ReviewEngine, client: TestClient, clock: TurnableClock
) -> None:
    ready(engine, "sync")
    engine.register("other", partner="acme", by=ANN)
    engine.move("sync", "submit", by=ANN)
    clock.turn("14 days")
    engine.tick()
    found = scraped(client)
    assert found["subjects", (("kind", "app"), ("state", "preview"))] == 1
    assert found["subjects", (("kind", "app"), ("state", "submitted"))] == 1
    assert (found["queue_length", ()], found["queue_overdue", ()]) == (1, 1)


def test_letters_are_counted_and_the_oldest_that_waits_has_an_age(
    engine: ReviewEngine, client: TestClient, clock: TurnableClock
) -> None:
    assert scraped(client)["outbox_oldest_waiting_seconds", ()] == 0
    assert engine.post is not None
    notice = Notice("submitted", "app/sync", "acme", "move 1", ("partner",), A_MONDAY, {})
    to = Recipient("p-ann", "ann@acme.example")
    engine.post.outbox.put([Outgoing("key", "email", to, "submitted", notice, A_MONDAY, A_MONDAY)])
    clock.turn(timedelta(minutes=3))
    found = scraped(client)
    assert found["outbox", (("channel", "email"), ("status", "pending"))] == 1
    assert found["outbox_oldest_waiting_seconds", ()] == 180


def test_a_notice_that_nobody_addressed_waits_as_well(
    engine: ReviewEngine, client: TestClient, clock: TurnableClock
) -> None:
    ready(engine, "sync")
    engine.move("sync", "submit", by=ANN)
    clock.turn(timedelta(minutes=1))
    assert scraped(client)["outbox_oldest_waiting_seconds", ()] == 60


def test_workers_are_counted_by_how_they_stand(
    client: TestClient, clock: TurnableClock, round: Callable[[], object]
) -> None:
    round()
    assert scraped(client)["workers", (("standing", "alive"),)] == 1
    assert scraped(client)["worker_late_seconds", ()] == 0
    clock.turn(timedelta(minutes=5))
    assert scraped(client)["workers", (("standing", "dead"),)] == 1


def test_moves_of_this_process_are_counted_whoever_makes_them(engine: ReviewEngine, clock: TurnableClock) -> None:
    figures = Figures(engine)
    counted = figures.engine
    assert isinstance(counted, CountedEngine)
    ready(counted, "sync")
    counted.edit("sync", {"description": "Another one."}, by=ANN)
    counted.move("sync", "submit", by=ANN)
    counted.record_activity([Usage("sync", "workspace-1", clock())], by=HOST)
    clock.turn("14 days")
    counted.tick()
    counted.settle()
    counted.move("sync", "withdraw", by=ANN)
    client = TestClient(asgi(engine, metrics=True, worker=False))
    assert client.get("/metrics").status_code == 200
    told = {
        (sample.labels["kind"], sample.labels["transition"]): sample.value
        for family in figures._registry.collect()
        for sample in family.samples
        if sample.name == "review_engine_moves_total"
    }
    assert told == {("component", "ready"): 1, ("app", "submit"): 1, ("app", "withdraw"): 1}


def test_a_decision_with_its_findings_is_counted_as_the_move_it_is(engine: ReviewEngine) -> None:
    noted: list[tuple[str, list[str]]] = []
    counted = CountedEngine(
        **{each.name: getattr(engine, each.name) for each in fields(engine)},
        noted=lambda kind, moves: noted.append((kind, list(moves))),
    )
    ready(engine, "sync")
    engine.move("sync", "submit", by=ANN)
    engine.move("sync", "claim", by=RITA)
    counted.assess("sync", [Assessment("passed", "spec_adhered_to")], by=RITA)
    counted.conclude("sync", "request_changes", [Assessment("failed", "data_seen", "No.")], by=RITA, comment="Data.")
    assert noted == [("app", []), ("app", ["request_changes"])]


def test_no_verb_that_may_move_something_goes_uncounted() -> None:
    verbs = inspect.getmembers(ReviewEngine, inspect.isfunction)
    answering = {name for name, verb in verbs if inspect.signature(verb).return_annotation in (Receipt, "Receipt")}
    assert answering - {"register"} <= set(vars(CountedEngine)), "a registration is counted as a subject, not as a move"


def test_two_services_in_one_process_do_not_share_figures(engine: ReviewEngine) -> None:
    before = set(prometheus_client.REGISTRY._names_to_collectors)
    first, second = (TestClient(asgi(engine, metrics=True, worker=False)) for _ in range(2))
    assert scraped(first) == scraped(second)
    assert set(prometheus_client.REGISTRY._names_to_collectors) == before


def test_the_counted_engine_is_the_engine_in_everything_else(engine: ReviewEngine) -> None:
    counted = Figures(engine).engine
    counted.register("sync", partner="acme", by=ANN)
    assert engine.subject("sync", by=ANN) == counted.subject("sync", by=ANN)
    assert counted.checks is engine.checks
    assert counted.list(by=Actor.host()) == engine.list(by=Actor.host())
