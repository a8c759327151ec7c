"""Taking a catalog in: every event is accounted for, nothing is pretended, and a second run changes nothing."""

import json

import pytest

from review_engine import InvalidInput, ReviewEngine
from tests.usecases.conftest import HOST


def line(slug: str, event: str, after: str | None = None, at: str = "2021-03-01T09:00:00+01:00", **more: object) -> str:
    document = {"at": at, "slug": slug, "event": event, **more}
    return json.dumps(document if after is None else {**document, "after": after})


LISTED = line("acme", "listed", "PUBLIC_BETA", display_name="Acme", website="https://acme.example/")


def test_an_app_stands_where_the_catalog_last_showed_it(engine: ReviewEngine) -> None:
    lines = [LISTED, line("acme", "status", "PUBLIC", at="2022-03-01T09:00:00+01:00")]
    account = engine.adopt(lines, by=HOST)
    acme = engine.subject("acme", by=HOST)
    assert (account.events, account.moves, account.subjects) == (2, 2, 1)
    assert (acme.state, acme.name, acme.number) == ("public", "Acme", 2)


def test_imported_history_claims_nobodys_approval(engine: ReviewEngine) -> None:
    engine.adopt([LISTED], by=HOST)
    (move,) = engine.history("acme", by=HOST)
    assert (move.transition, move.role, move.source) == ("imported", "host", "")
    assert [verdict.outcome for verdict in move.verdicts] == ["unknown"]
    assert engine.notices(by=HOST) == []
    assert engine.verify_history().breaks == ()


def test_an_app_may_be_delisted_and_listed_again(engine: ReviewEngine) -> None:
    lines = [LISTED, line("acme", "delisted", at="2021-06-01T00:00:00Z"), line("acme", "listed", "PUBLIC")]
    account = engine.adopt(lines, by=HOST)
    assert account.moves == 3
    assert [move.target for move in engine.history("acme", by=HOST)] == ["public_beta", "removed", "public"]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (line("acme", "delisted"), "it was not listed"),
        (line("acme", "status", "PUBLIC"), "it was not listed"),
        (line("acme", "listed", "SECRET"), "stands for no state"),
        (line("acme", "listed", "PUBLIC", partner="two\nlines"), "cannot be a partner's key"),
    ],
)
def test_an_event_that_cannot_be_a_move_is_kept_as_an_exception(engine: ReviewEngine, odd: str, reason: str) -> None:
    account = engine.adopt([odd], by=HOST)
    (kept,) = engine.desk.store.odd_events()
    assert (account.events, account.moves, account.odd) == (1, 0, 1)
    assert reason in kept.reason
    assert json.loads(kept.event) == json.loads(odd)


def test_a_second_run_changes_nothing(engine: ReviewEngine) -> None:
    lines = [LISTED, line("other", "delisted"), line("third", "listed", "PUBLIC")]
    engine.adopt(lines, by=HOST)
    before = [engine.subject(slug, by=HOST) for slug in ("acme", "third")]
    again = engine.adopt(lines, by=HOST)
    assert (again.events, again.moves, again.odd, again.repeated) == (3, 0, 0, 3)
    assert [engine.subject(slug, by=HOST) for slug in ("acme", "third")] == before


def test_the_same_event_twice_in_one_file_counts_once(engine: ReviewEngine) -> None:
    account = engine.adopt([LISTED, LISTED], by=HOST)
    assert (account.moves, account.repeated) == (1, 1)


@pytest.mark.parametrize(
    "broken",
    ["{", "[]", '"text"', "{}", '{"at": 7, "slug": "x", "event": "listed"}', line("Not A Slug", "listed", "PUBLIC"),
     line("acme", "exploded"), line("acme", "listed", "PUBLIC", at="2021-03-01T09:00:00"), "x" * 300_000],
)  # fmt: skip
def test_a_broken_line_is_named_and_the_rest_goes_in(engine: ReviewEngine, broken: str) -> None:
    account = engine.adopt([LISTED, broken, "", line("third", "listed", "PUBLIC")], by=HOST)
    assert account.moves == 2
    assert [one.line for one in account.broken] == [2]
    assert "line 2" in account.broken[0].reason


def test_a_value_that_does_not_fit_is_left_out_and_said(engine: ReviewEngine) -> None:
    listed = line("acme", "listed", "PUBLIC", display_name="Acme", website="ftp://x", categories=["CRM", "Knitting"])
    account = engine.adopt([listed], by=HOST)
    assert (account.moves, account.facts_left_out) == (1, 2)
    assert engine.subject("acme", by=HOST).facts == {"name": "Acme", "categories": ["CRM"]}
    assert len(engine.desk.store.odd_events()) == 2


def test_events_of_one_app_across_chunks_are_one_history(engine: ReviewEngine) -> None:
    others = [line(f"app-{n}", "listed", "PUBLIC") for n in range(2_500)]
    account = engine.adopt([LISTED, *others, line("acme", "status", "PUBLIC")], by=HOST)
    assert account.moves == 2_502
    assert len(engine.history("acme", by=HOST)) == 2


def test_a_workflow_that_does_not_say_how_takes_no_catalog_in(engine: ReviewEngine) -> None:
    with pytest.raises(InvalidInput, match=r"\[adopt\]"):
        engine.adopt([LISTED], by=HOST, kind="component")
