"""The history: kept, exported, verified against an exported head."""

from dataclasses import replace

import pytest

from review_engine import NotAllowed, NotFound, ReviewEngine
from review_engine.store.memory import MemoryStore
from tests.usecases.conftest import ANN, EVE, HOST, MO, in_beta


def test_every_chain_verifies_after_a_whole_journey(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    found = engine.verify_history()
    assert found.breaks == ()
    assert (found.subjects, found.moves) == (2, 6)


def test_an_export_holds_keys_of_people_and_no_addresses(engine: ReviewEngine, app: str) -> None:
    in_beta(engine, app)
    exported = list(engine.export_history(by=MO))
    assert len(exported) == 6
    assert all("@" not in str(move) for move in exported)
    assert {move["by"] for move in exported} >= {"p-ann", "r-rita"}


def test_a_partner_exports_nothing_and_reads_its_own_only(engine: ReviewEngine, app: str) -> None:
    with pytest.raises(NotAllowed):
        list(engine.export_history(by=ANN))
    with pytest.raises(NotFound):
        engine.history(app, by=EVE)


def test_a_history_that_was_cut_off_is_found_by_an_exported_head(engine: ReviewEngine, app: str) -> None:
    engine.move(app, "submit", by=ANN)
    head = engine.subject(app, by=HOST).head
    store = engine.desk.store
    assert isinstance(store, MemoryStore)
    file = store._files[engine.subject(app, by=HOST).subject_key]
    file.moves.pop()
    file.subject = replace(file.subject, head=file.moves[-1].hash)
    assert engine.verify_history().breaks == ()
    (found,) = engine.verify_history(heads={f"app/{app}": head}).breaks
    assert "no longer in the chain" in found.what


def test_a_subject_that_vanished_is_found_by_an_exported_head(engine: ReviewEngine, app: str) -> None:
    (found,) = engine.verify_history(heads={"app/vanished": "0" * 64}).breaks
    assert found.subject == "app/vanished"
    assert engine.subject(app, by=ANN).number == 1
