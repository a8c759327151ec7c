"""What only a database can show of the time socket: who waits for whom, and what an index is asked."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from review_engine.domain.clocks import Clock
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.ports.timers import Keeper
from review_engine.store.opening import conninfo, open_store
from review_engine.store.sql import statements
from tests.contracts.builders import NOW, clock, fresh, registered
from tests.postgres import open_connection

HOUR = timedelta(hours=1)
ASK = Ask(NOW, clocks=True)


@pytest.fixture
def keeper(postgres_database: str) -> Iterator[Keeper]:
    """An empty store on PostgreSQL."""
    store = open_store(postgres_database)
    yield store
    store.close()


def wake(keeper: Keeper, key: SubjectKey, *clocks: Clock) -> None:
    """Give a subject clocks."""
    keeper.change(key, ASK, lambda dossier: (rewritten(dossier, clocks), None))


def rewritten(dossier: Dossier, clocks: tuple[Clock, ...]) -> Change:
    return Change(replace(dossier.subject, revision=dossier.subject.revision + 1), clocks=clocks)


def quiet(dossier: Dossier) -> tuple[Change | None, str]:
    """A decision that lets every clock sleep."""
    return rewritten(dossier, tuple(replace(each, wakes_at=None) for each in dossier.clocks)), dossier.subject.slug


@contextmanager
def held(url: str, slug: str) -> Iterator[None]:
    """Somebody who works on a subject and takes their time."""
    with psycopg.connect(conninfo(url)) as other:
        other.execute("SELECT id FROM review_subject WHERE slug = %s FOR NO KEY UPDATE", (slug,))
        yield


def test_a_subject_that_somebody_else_holds_is_passed_over_and_found_later(
    keeper: Keeper, postgres_database: str
) -> None:
    for slug in ("held", "free"):
        registered(keeper, slug)
        wake(keeper, SubjectKey("app", slug), clock("sla", wakes_at=NOW))
    with held(postgres_database, "held"):
        assert keeper.ring(ASK, quiet, limit=10) == ["free"]
        assert keeper.ring(ASK, quiet, limit=10) == []
    assert keeper.ring(ASK, quiet, limit=10) == ["held"]


def test_a_component_is_not_rung_while_somebody_holds_its_parent(keeper: Keeper, postgres_database: str) -> None:
    registered(keeper, "acme-sync")
    keeper.add(fresh("hook", kind="component", parent="app/acme-sync"))
    keeper.add(fresh("free", kind="component"))
    for slug in ("hook", "free"):
        wake(keeper, SubjectKey("component", slug), clock("sla", wakes_at=NOW))
    with held(postgres_database, "acme-sync"):
        assert keeper.ring(ASK, quiet, limit=10) == ["free"]
        assert keeper.ring(ASK, quiet, limit=10) == []
    assert keeper.ring(ASK, quiet, limit=10) == ["hook"]


def test_who_was_rung_between_the_look_and_the_lock_is_let_go(
    keeper: Keeper, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review_engine.store.timers import TimedStore

    for slug in ("early", "late"):
        registered(keeper, slug)
        wake(keeper, SubjectKey("app", slug), clock("sla", wakes_at=NOW))
    looked = TimedStore._due

    def overtaken(self: TimedStore, run: object, ask: Ask, limit: int) -> list[tuple[tuple[object, ...], Dossier]]:
        """The clocks as somebody else left them a moment later."""
        found = looked(self, run, ask, limit)  # type: ignore[arg-type]
        slept = [replace(each, wakes_at=None) for each in found[0][1].clocks] if found else []
        return [(found[0][0], replace(found[0][1], clocks=tuple(slept))), *found[1:]] if found else found

    monkeypatch.setattr(TimedStore, "_due", overtaken)
    assert keeper.ring(ASK, quiet, limit=10) == ["late"]


def test_the_partial_index_finds_who_is_due_on_postgresql(keeper: Keeper, postgres_database: str) -> None:
    registered(keeper, "box")
    wake(keeper, SubjectKey("app", "box"), clock("sla", wakes_at=NOW + HOUR))
    crowd(postgres_database)
    sql = statements("postgres")
    with open_connection(postgres_database) as connection:
        connection.execute("SET plan_cache_mode = force_custom_plan")
        for name, given in (("due", {"now": NOW.isoformat(), "limit": 500}), ("next_ring", {})):
            plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {sql[name].text}", given))
            assert "ix_review_clock_wakes_at" in plan
            assert "Seq Scan" not in plan
            assert "Sort" not in plan


def crowd(url: str) -> None:
    """Thousands of subjects with a clock like the one that is there."""
    given = ", ".join(("kind", "partner", "state", "since", "number", "revision", "workflow", "created_at", "facts",
                       "said", "facts_hash", "evidence", "waivers", "parent", "head"))  # fmt: skip
    clocks = "sla, cycle, round, state, started_at, due_at, within, calendar, reminded"
    with open_connection(url) as connection:
        connection.execute(
            f"INSERT INTO review_subject (id, slug, {given}) SELECT 1000 + n, 'box-' || n, {given}"
            " FROM review_subject, generate_series(1, 5000) AS s(n)"
        )
        connection.execute(
            f"INSERT INTO review_clock (subject_id, {clocks}, wakes_at)"
            f" SELECT 1000 + n, {clocks}, wakes_at + n * interval '1 minute'"
            " FROM review_clock, generate_series(1, 5000) AS s(n)"
        )
        connection.execute("ANALYZE")


def test_the_partial_index_finds_who_is_due_on_sqlite(tmp_path: Path) -> None:

    path = f"{tmp_path}/reviews.db"
    open_store(f"sqlite:///{path}").close()
    sql = statements("sqlite")
    with sqlite3.connect(path) as driver:
        for name, given in (("due", ("2026-03-02 18:00:00.000000", 500)), ("next_ring", ())):
            plan = "\n".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql[name].own}", given))
            assert "ix_review_clock_wakes_at" in plan
            assert "TEMP B-TREE" not in plan
    driver.close()
