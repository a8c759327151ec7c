"""What every store promises when many write at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from review_engine.domain.errors import (
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
    component,
    fresh,
    moved,
    moving,
    registered,
    subject_in,
    use,
)

NOBODY = SubjectKey("app", "nobody")
WHOLE = Ask(NOW, windows=(0, DAY), children=True, clocks=True)


# Many at once


def together(count: int, work: Callable[[int], object]) -> list[object]:
    """Run ``work`` on so many threads that set out at once."""
    barrier = threading.Barrier(count)

    def one(number: int) -> object:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(one, number) for number in range(count)]]


def test_of_many_who_move_one_subject_each_wins_in_turn(store: Store) -> None:
    registered(store)
    hashes = together(8, lambda n: [store.change(KEY, ASK, moving(f"s{n}")) for _ in range(10)])
    assert len({one for many in hashes for one in many}) == 80  # type: ignore[attr-defined]
    moves = store.history(KEY)
    assert [move.number for move in moves] == list(range(1, 82))
    assert verify(str(KEY), moves, subject_in(store).head) == []


def test_one_idempotency_key_has_one_effect_whoever_asks_at_once(store: Store) -> None:
    for number in range(6):
        registered(store, f"app-{number}")
    ask = ASK._replace(answer=answer_key())

    def once(number: int) -> str:
        def decide(dossier: Dossier) -> tuple[Change | None, str]:
            if dossier.answer is not None:
                return None, dossier.answer.body
            subject, move = moved(dossier.subject, "review")
            return Change(subject, (move,), answer=answer(body=f"by {number}")), f"by {number}"

        return store.change(SubjectKey("app", f"app-{number}"), ask, decide)

    assert len(set(together(6, once))) == 1
    assert store.census(Query()) == {("app", "draft"): 5, ("app", "review"): 1}


def test_of_many_who_register_one_slug_one_wins(store: Store) -> None:
    def register_it(number: int) -> bool:
        try:
            store.add(fresh(partner=f"p{number}"))
        except SlugTaken:
            return False
        return True

    assert sorted(map(bool, together(6, register_it))) == [False] * 5 + [True]
    assert len(store.history(KEY)) == 1


def test_of_many_who_register_under_one_idempotency_key_all_get_one_answer(store: Store) -> None:
    def register_it(number: int) -> str:
        change = replace(fresh(), answer=answer(body=f"by {number}"))
        given = store.add(change, answer=answer_key())
        return given.body if given else f"by {number}"

    assert len(set(together(6, register_it))) == 1


def test_a_guard_on_counted_customers_still_holds_when_its_move_is_written(store: Store) -> None:
    for turn in range(10):
        slug = f"app-{turn}"
        key = SubjectKey("app", slug)
        registered(store, slug)
        store.merge_activity([use(f"c{n}", app=slug) for n in range(3)], "app")

        def launch(dossier: Dossier) -> tuple[Change | None, bool]:
            if dossier.active[0] < 3 or dossier.subject.facts.get("closed"):
                return None, False
            subject, move = moved(dossier.subject, "public")
            return Change(subject, (move,)), True

        def work(number: int, slug: str = slug, key: SubjectKey = key) -> object:
            if number:
                store.merge_activity([use("c0", -1, app=slug, excluded="left")], "app")
                return store.dossier(key, WHOLE).subject.state
            return store.change(key, WHOLE, launch)

        launched, seen = together(2, work)
        assert launched or seen == "draft"
        if launched:
            moves = store.history(key)
            assert moves[-1].target == "public"
        else:
            assert subject_in(store, key).state == "draft"
        assert store.dossier(key, WHOLE).active[0] == 2


def test_components_and_their_parent_written_at_once_lose_nothing(store: Store) -> None:
    registered(store)
    keys = [component(store, f"part-{number}") for number in range(3)]

    def work(number: int) -> None:
        for _ in range(10):
            if number < 3:
                store.change(keys[number], WHOLE, moving("draft", touches_parent=True))
            else:
                store.change(KEY, WHOLE, moving("draft"))

    together(4, work)
    assert subject_in(store).number == 11
    assert subject_in(store).revision == 1 + 10 + 30
    assert all(subject_in(store, key).number == 11 for key in keys)
