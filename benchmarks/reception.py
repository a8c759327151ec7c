"""How long a page of the queue takes, and a page of the catalog, in a large shop.

10,000 apps, of which 1,000 are submitted or in review and have a component and a running promise each; the rest is in
the catalog. Every page is asked of the engine, as a web page would ask it. The first catalog page of a process reads
the whole catalog; it is told apart from those that follow. "after a change" is the page right after an app was edited.

    python benchmarks/reception.py [--apps 10000] [--open 1000] [--turns 300] [--postgres postgresql+psycopg://...]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from review_engine import Actor, ReviewEngine, Settings, open_engine
from review_engine.domain.clocks import RUNNING, Clock
from review_engine.domain.evidence import Evidence
from review_engine.domain.facts import FactChange, Said
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.subjects import Subject
from review_engine.ports.reception import CatalogQuery, QueueQuery
from review_engine.ports.store import Change

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
ANN, RITA, HOST = Actor.partner("p-ann", of="acme"), Actor.reviewer("r-rita"), Actor.host()
CATEGORIES = ("Analytics", "CRM", "Email Marketing", "Surveys", "Video")
TYPES = ("subscription", "plugin", "stream")
SENTENCE = "Keeps contacts, accounts and events in step between two systems, and shows what became of each of them. "
URLS = ("website", "docs_url", "logo_url", "mark_url", "platform_docs_url", "catalog_copy_url", "launch_post_url")


def main() -> None:
    """Fill a database of each sort, and time pages of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--apps", type=int, default=10_000)
    options.add_argument("--open", type=int, default=1_000)
    options.add_argument("--turns", type=int, default=300)
    options.add_argument("--postgres", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        on(f"sqlite:///{folder}/reviews.db", chosen)
    if chosen.postgres:
        on(chosen.postgres, chosen)
    else:
        with_own_postgres(lambda url: on(url, chosen))


def on(url: str, chosen: argparse.Namespace) -> None:
    """Both desks, on one database."""
    engine = open_engine(Settings.model_validate({"database": {"url": url}}), clock=lambda: NOW)
    fill(engine, chosen.apps, chosen.open)
    print(f"{url.partition(':')[0]}: {chosen.apps} apps, {chosen.open} of them waiting")
    pages(engine, chosen.turns)
    engine.close()


def pages(engine: ReviewEngine, turns: int) -> None:
    """Time every sort of page."""
    behind = engine.queue(QueueQuery(), by=RITA).next
    for name, wanted in (
        ("queue, first page", QueueQuery()),
        ("queue, second page", QueueQuery(after=behind)),
        ("queue, by reviewer", QueueQuery(claimed_by="r-rita")),
        ("queue, by component", QueueQuery(component="plugin")),
        ("queue, search", QueueQuery(search="number 99")),
    ):
        told(name, partial(engine.queue, wanted, by=RITA), turns)
    told("catalog, very first page", lambda: engine.catalog(CatalogQuery(limit=50)), 1)
    for name, query in (
        ("catalog, first page", CatalogQuery(limit=50)),
        ("catalog, newest first", CatalogQuery(limit=50, newest=True)),
        ("catalog, category", CatalogQuery(limit=50, category="CRM")),
        ("catalog, search", CatalogQuery(limit=50, search="contacts 99")),
    ):
        told(name, partial(engine.catalog, query), turns)
    told("catalog, one entry", lambda: engine.catalog_entry("app-09000"), turns)
    told("catalog, after a change", lambda: engine.catalog(CatalogQuery(limit=50)), turns // 3, editing(engine))
    told("workload", lambda: engine.workload(by=RITA), turns // 10)
    month = NOW - timedelta(days=28)
    told("queue lengths, 28 days", lambda: engine.queue_lengths(by=RITA, since=month, until=NOW), turns // 10)


def told(name: str, ask: Callable[[], object], turns: int, uncounted: Callable[[], object] | None = None) -> None:
    """Print how long it takes; what comes before each turn is not counted."""
    times = []
    for _ in range(max(turns, 1)):
        if uncounted is not None:
            uncounted()
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"  {name:26} p50 {statistics.median(times) * 1e3:7.2f} ms   p99 {p99 * 1e3:7.2f} ms   of {len(times)}")


def editing(engine: ReviewEngine) -> Callable[[], object]:
    """Changes the description of one app after the other, as its partner would."""
    turn = iter(range(1_000_000))
    return lambda: engine.edit("app-09000", {"description": f"{SENTENCE} {next(turn)}"}, by=ANN)


def fill(engine: ReviewEngine, apps: int, waiting: int) -> None:
    """Apps that are listed, and behind them apps that wait."""
    lifecycle = engine.lifecycle("app")
    store, every = engine.desk.store, max(apps // waiting, 1)
    for number in range(apps):
        change = app_waiting(lifecycle, number) if number % every == every - 1 else app_listed(lifecycle, number)
        store.add(change)
        if number % every == every - 1:
            store.add(component(engine.lifecycle("component"), change.subject, number))


def facts_of(number: int) -> dict[str, str | int | bool | list[str]]:
    """The facts of an app, about as many as it has when it is submitted."""
    address = f"https://app-{number}.example/page?utm_source=acme&utm_medium=web&utm_campaign=launch"
    return {
        "name": f"App number {number}",
        "description": f"{SENTENCE * 3}{number}",
        "categories": [CATEGORIES[number % 5]],
        "methods": ["identify", "track"],
        "tier": "priority" if number % 4 == 0 else "standard",
        **dict.fromkeys(URLS, address),
    }


def registered(lifecycle: Lifecycle, kind: str, slug: str, facts: dict[str, str | int | bool | list[str]]) -> Change:
    """A new subject with its facts."""
    said = Said("partner", "p-ann", NOW - timedelta(days=60))
    changes = tuple(FactChange(name, value, said) for name, value in facts.items())
    blank = Subject(kind, slug, "acme", "", said.at, 0, 0, lifecycle.revision, said.at)
    rule = replace(lifecycle.transitions[next(iter(lifecycle.transitions))], name="register", opens="")
    subject, move = blank.edited(lifecycle.facts, changes).take(rule, lifecycle.starts, by=ANN, now=said.at)
    return Change(subject, (move,), facts=changes)


def moved(lifecycle: Lifecycle, change: Change, name: str, by: Actor, days: float) -> Change:
    """One more move, so many days ago."""
    rule = lifecycle.transitions[name]
    subject, move = change.subject.take(rule, rule.target, by=by, now=NOW - timedelta(days=days))
    return replace(change, subject=subject, moves=(*change.moves, move), submission=subject.submission)


def app_listed(lifecycle: Lifecycle, number: int) -> Change:
    """An app that was reviewed; two thirds are out of beta."""
    change = registered(lifecycle, "app", f"app-{number:05}", facts_of(number))
    for name, by, days in (("submit", ANN, 50.0), ("claim", RITA, 49.0), ("approve", RITA, 48.0 - number % 40)):
        change = moved(lifecycle, change, name, by, days)
    return moved(lifecycle, change, "launch", HOST, number % 7) if number % 3 else change


def app_waiting(lifecycle: Lifecycle, number: int) -> Change:
    """An app that waits; half of them are claimed, a tenth is overdue."""
    change = moved(
        lifecycle, registered(lifecycle, "app", f"app-{number:05}", facts_of(number)), "submit", ANN, 2 + number % 9
    )
    if number % 20 >= 10:
        change = moved(lifecycle, change, "claim", replace(RITA, key=f"r-{number // 10 % 20}"), 1)
    due = NOW + timedelta(minutes=number - 1_000)
    clocks = tuple(
        Clock(sla, 1, 1, RUNNING, change.subject.since, due, "2 business days", "", wakes_at=due + timedelta(days=9))
        for sla in ("first_response", "decision")
    )
    return replace(change, clocks=clocks)


def component(lifecycle: Lifecycle, app: Subject, number: int) -> Change:
    """An app's component."""
    change = registered(lifecycle, "component", f"{app.slug}.part", {"type": TYPES[number // 10 % 3]})
    seen = Evidence("test_suite", "green", NOW, "host")
    return replace(change, subject=replace(change.subject, parent=app.key, evidence={"test_suite": seen}))


def with_own_postgres(work: Callable[[str], None]) -> None:
    """A server for the length of the work, from the wheel that tests use."""
    from tests import postgres

    home = postgres.make_home()
    try:
        server = postgres.start_server(home)
        work(postgres.create_database(server))
    finally:
        postgres.stop_server(home)


if __name__ == "__main__":
    main()
