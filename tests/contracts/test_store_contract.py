"""What every store promises of one decision, whatever the store is made of."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from review_engine.domain.errors import (
    Conflict,
    MoveConflict,
    NotFound,
    SlugTaken,
)
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import verify
from review_engine.ports.store import (
    Ask,
    Change,
    Dossier,
    Query,
    Store,
)
from tests.contracts.builders import (
    ASK,
    DAY,
    KEY,
    NOW,
    answer,
    answer_key,
    clock,
    clock_event,
    fresh,
    moved,
    moving,
    notice,
    registered,
    stating,
    subject_in,
    untouched,
    verdicts,
)

NOBODY = SubjectKey("app", "nobody")
WHOLE = Ask(NOW, windows=(0, DAY), children=True, clocks=True)


# Registering


def test_a_registered_subject_comes_back_as_it_was(store: Store) -> None:
    change = fresh()
    assert store.add(change) is None
    found = subject_in(store)
    assert found.id > 0
    assert replace(found, id=0) == change.subject
    assert store.history(KEY) == list(change.moves)


def test_a_slug_is_given_once_for_each_kind(store: Store) -> None:
    store.add(fresh())
    with pytest.raises(SlugTaken, match="app/acme-sync"):
        store.add(fresh(partner="other"))
    store.add(fresh(kind="component"))
    assert subject_in(store).partner == "acme"
    assert len(store.history(KEY)) == 1


def test_a_component_needs_its_parent(store: Store) -> None:
    with pytest.raises(NotFound, match="app/acme-sync"):
        store.add(fresh("export", kind="component", parent="app/acme-sync"))
    assert store.census(Query()) == {}


def test_registering_again_under_the_same_idempotency_key_gives_the_first_answer(store: Store) -> None:
    first = replace(fresh(), answer=answer(body='{"a": "ä😀"}'))
    assert store.add(first, answer=answer_key()) is None
    again = store.add(replace(fresh(), answer=answer(body="other")), answer=answer_key())
    assert again == first.answer
    assert store.add(replace(fresh("other"), answer=answer("k2")), answer=answer_key("k2")) is None


def test_a_new_component_bumps_its_parent_when_told_to(store: Store) -> None:
    before = registered(store)
    store.add(replace(fresh("export", kind="component", parent=before.key), touches_parent=True))
    assert subject_in(store).revision == before.revision + 1
    store.add(fresh("import", kind="component", parent=before.key))
    assert subject_in(store).revision == before.revision + 1


# One decision


def test_a_decision_sees_the_dossier_and_its_result_comes_back(store: Store) -> None:
    registered(store)
    assert store.change(KEY, ASK, untouched) == "draft"
    assert store.change(KEY, ASK, moving("review")) == subject_in(store).head


def test_a_decision_that_changes_nothing_writes_nothing(store: Store) -> None:
    before = registered(store)
    store.change(KEY, ASK, untouched)
    assert subject_in(store) == before


def test_a_move_is_written_whole(store: Store) -> None:
    registered(store)
    parts: dict[str, Any] = {
        "clocks": (clock(),),
        "clock_events": (clock_event(),),
        "notices": (notice(),),
        "answer": answer(),
    }
    store.change(KEY, WHOLE, moving("review", comment="please", verdicts=verdicts(), **parts))
    dossier = store.dossier(KEY, WHOLE._replace(answer=answer_key()))
    assert dossier.subject.state == "review"
    assert dossier.subject.number == 2
    assert dossier.clocks == (clock(),)
    assert dossier.answer == answer()
    assert store.history(KEY)[1].verdicts == verdicts()
    assert store.clock_events(KEY) == [clock_event()]
    assert [(one.number, one.status, one.notice) for one in store.notices()] == [(1, "pending", notice())]


def test_several_moves_of_one_decision_are_written_in_order(store: Store) -> None:
    registered(store)

    def decide(dossier: Dossier) -> tuple[Change | None, None]:
        first, one = moved(dossier.subject, "review")
        second, two = moved(first, "beta")
        return Change(replace(second, revision=dossier.subject.revision + 1), (one, two)), None

    store.change(KEY, ASK, decide)
    assert [move.number for move in store.history(KEY)] == [1, 2, 3]
    assert subject_in(store).revision == 2


def test_the_history_verifies_after_a_round_trip(store: Store) -> None:
    registered(store)
    for state in ("review", "beta", "review"):
        store.change(KEY, ASK, moving(state, comment='ünï\n\t"quoted" \'; -- 😀', verdicts=verdicts()))
    moves = store.history(KEY)
    assert [move.sealed() for move in moves] == moves
    assert verify(str(KEY), moves, head=subject_in(store).head) == []
    assert list(store.histories()) == [(str(KEY), subject_in(store).head, moves)]


@pytest.mark.parametrize("text", ["😀 & 'quotes\" \\ %s %(x)s :kind", "x" * 10_000, "line\nline\r\n\ttab", ""])
def test_text_comes_back_to_the_letter(store: Store, text: str) -> None:
    registered(store)
    store.change(KEY, ASK, stating(about=text))
    store.change(
        KEY, ASK, moving("review", comment=text, notices=(replace(notice(), context={"said": [text, {"x": text}]}),))
    )
    assert subject_in(store).facts == {"about": text}
    assert store.history(KEY)[-1].comment == text
    assert store.notices()[0].notice.context == {"said": [text, {"x": text}]}


@pytest.mark.parametrize(
    "moment", [NOW, NOW.replace(microsecond=0), NOW.replace(microsecond=1), NOW.replace(year=9999)]
)
def test_instants_come_back_to_the_microsecond(store: Store, moment: datetime) -> None:
    registered(store)
    running = clock(due_at=moment, wakes_at=moment)
    store.change(KEY, ASK, moving("review", clocks=(running,), clock_events=(clock_event()._replace(at=moment),)))
    found = store.dossier(KEY, WHOLE).clocks[0]
    assert found == running
    assert found.due_at.utcoffset() == timedelta(0)
    assert store.clock_events(KEY)[0].at == moment


def test_an_unknown_subject_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="app/nobody"):
        store.change(NOBODY, ASK, untouched)
    with pytest.raises(NotFound, match="app/nobody"):
        store.dossier(NOBODY, ASK)


def test_a_decision_that_raises_writes_nothing(store: Store) -> None:
    before = registered(store)

    def refuse(dossier: Dossier) -> tuple[Change | None, None]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.change(KEY, ASK, refuse)
    assert subject_in(store) == before
    assert store.change(KEY, ASK, untouched) == "draft"


def test_what_was_written_before_is_refused_and_nothing_half_written(store: Store) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review", clock_events=(clock_event(),), notices=(notice(),), answer=answer()))
    before = store.dossier(KEY, WHOLE)
    again: list[dict[str, Any]] = [
        {"clock_events": (clock_event(),), "notices": (notice(cause="move 3"),)},
        {"notices": (notice(cause="move 3"), notice())},
        {"notices": (notice(cause="move 3"), notice(cause="move 3"))},
        {"notices": (notice(cause="move 3"),), "answer": answer()},
        {"clock_events": (clock_event(mark=2), clock_event(mark=2)), "clocks": (clock(),)},
    ]
    for parts in again:
        with pytest.raises(Conflict):
            store.change(KEY, ASK, moving("beta", **parts))
    assert store.dossier(KEY, WHOLE) == before
    assert len(store.history(KEY)) == 2
    assert len(store.notices()) == 1
    assert len(store.clock_events(KEY)) == 1


def test_a_move_number_is_taken_once(store: Store) -> None:
    first = registered(store)

    def forged(dossier: Dossier) -> tuple[Change | None, None]:
        _, move = moved(replace(first, number=0), "review")
        return Change(replace(dossier.subject, revision=2), (move,)), None

    with pytest.raises(Conflict):
        store.change(KEY, ASK, forged)
    assert len(store.history(KEY)) == 1


def test_a_change_that_does_not_count_up_the_revision_is_refused(store: Store) -> None:
    registered(store)
    with pytest.raises(MoveConflict):
        store.change(KEY, ASK, lambda dossier: (Change(dossier.subject), None))
