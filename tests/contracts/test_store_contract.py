"""What every store promises, whatever it is made of."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from review_engine.domain.activity import Customer, Usage
from review_engine.domain.clocks import MET
from review_engine.domain.errors import (
    Conflict,
    InvalidInput,
    InvalidKey,
    MoveConflict,
    NotFound,
    SlugTaken,
)
from review_engine.domain.evidence import Child, Evidence, Waiver
from review_engine.domain.facts import FactChange, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.moves import verify
from review_engine.domain.submissions import Submission
from review_engine.ports.store import (
    Ask,
    Change,
    Dossier,
    Enrolment,
    Look,
    OddEvent,
    Query,
    SealedSecret,
    Store,
    SubmissionRecord,
)
from review_engine.store.opening import open_register
from tests.contracts.builders import (
    ANN,
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
    seeing,
    stating,
    subject_in,
    transition,
    untouched,
    verdicts,
    waiving,
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


# Facts, observations, exceptions, rounds


def test_facts_are_kept_with_who_said_them_and_their_ledger(store: Store) -> None:
    registered(store)
    store.change(KEY, ASK, stating(name="Acme", count=3, live=True, tags=["a", "b"]))
    store.change(KEY, ASK, stating(name=None, live=False))
    found = subject_in(store)
    assert found.facts == {"count": 3, "live": False, "tags": ["a", "b"]}
    said = Said("partner", "p-ann", NOW)
    assert found.said == dict.fromkeys(("name", "count", "live", "tags"), said)
    assert store.facts_ledger(KEY) == [
        FactChange("name", "Acme", said),
        FactChange("count", 3, said),
        FactChange("live", True, said),
        FactChange("tags", ["a", "b"], said),
        FactChange("name", None, said),
        FactChange("live", False, said),
    ]


def test_a_large_number_is_kept(store: Store) -> None:
    registered(store)
    store.change(KEY, ASK, stating(count=2**53 - 1))
    assert subject_in(store).facts == {"count": 2**53 - 1}


def test_the_newest_observation_stands_and_all_are_kept(store: Store) -> None:
    registered(store)
    first = Evidence("suite", "red", NOW, "reviewer:rita", NOW + timedelta(days=3), "3 of 9 failed", 1)
    second = Evidence("suite", "green", NOW + timedelta(hours=1), "reviewer:rita", None, "", 2)
    for evidence in (first, second):
        store.change(KEY, ASK, seeing(evidence))
    assert subject_in(store).evidence == {"suite": second}
    assert store.evidence_ledger(KEY) == [first, second]


def test_waivers_are_kept(store: Store) -> None:
    registered(store)
    waiver = Waiver("logo", "known brand", "manager:max", NOW, NOW + timedelta(days=30))
    endless = Waiver("docs", "in print", "manager:max", NOW)
    for one in (waiver, endless):
        store.change(KEY, ASK, waiving(one))
    assert subject_in(store).waivers == {"logo": waiver, "docs": endless}
    assert store.waivers_ledger(KEY) == [waiver, endless]


def test_a_round_keeps_the_facts_it_was_opened_with(store: Store) -> None:
    registered(store)
    store.change(KEY, ASK, stating(name="Acme"))
    opened = Submission(1, NOW, "p-ann", "f" * 64, taken={"submit": ("p-ann",)})
    decided = replace(opened, claimed_by="r-rita", claimed_at=NOW, decision="approve").noting("claim", "r-rita")

    def reviewing(submission: Submission) -> Callable[[Dossier], tuple[Change | None, None]]:
        def decide(dossier: Dossier) -> tuple[Change | None, None]:
            subject = replace(dossier.subject, submission=submission, revision=dossier.subject.revision + 1)
            return Change(subject, submission=submission), None

        return decide

    store.change(KEY, ASK, reviewing(opened))
    assert subject_in(store).submission == opened
    store.change(KEY, ASK, stating(name="Acme 2"))
    store.change(KEY, ASK, reviewing(decided))
    second = replace(opened, round=2)
    store.change(KEY, ASK, reviewing(second))
    assert subject_in(store).submission == second
    assert store.submissions(KEY) == [
        SubmissionRecord(decided, {"name": "Acme"}),
        SubmissionRecord(second, {"name": "Acme 2"}),
    ]


def test_clocks_are_written_over_the_current_ones(store: Store) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review", clocks=(clock("b"), clock("a"))))
    stopped = clock("a", state=MET, stopped_at=NOW, wakes_at=None, rest=86_400_000_000, cycle=2, reminded=1)
    store.change(KEY, ASK, moving("beta", clocks=(stopped,)))
    assert store.dossier(KEY, WHOLE).clocks == (stopped, clock("b"))
    assert store.dossier(KEY, ASK).clocks == ()


def test_secrets_are_kept_sealed_and_looks_are_remembered(store: Store) -> None:
    registered(store)
    for version, sealed in ((1, b"\x00\xff one"), (2, b"two")):
        secrets = (SealedSecret("login", version, sealed),)
        store.change(KEY, ASK, moving("draft", secrets=secrets, looks=(Look("login", "reviewer:rita", NOW),)))
    assert store.sealed(KEY, "login") == SealedSecret("login", 2, b"two")
    assert store.sealed(KEY, "other") is None
    assert store.looks(KEY) == [Look("login", "reviewer:rita", NOW)] * 2
    with pytest.raises(Conflict):
        store.change(KEY, ASK, moving("review", secrets=(SealedSecret("login", 2, b"again"),)))


def test_an_enrolment_is_written_with_its_move(store: Store) -> None:
    registered(store)
    register = open_register(store)
    enrolment = Enrolment("acme", "Acme Inc.", "acme.contact", "Ann", "ann@acme.example")
    store.change(KEY, ASK, moving("approved", enrolment=enrolment))
    partner, person = register.partner("acme"), register.person("acme.contact")
    assert partner is not None
    assert partner.name == "Acme Inc."
    assert person is not None
    assert person.address == "ann@acme.example"
    assert register.members("acme") == [person]


def test_a_member_who_is_known_already_keeps_name_and_address(store: Store) -> None:
    registered(store)
    register = open_register(store)
    for partner, name in (("acme", "Ann"), ("globex", "Annie")):
        enrolment = Enrolment(partner, partner.title(), f"{partner}.contact", name, "Ann@acme.example")
        store.change(KEY, ASK, moving("approved", enrolment=enrolment))
    store.change(KEY, ASK, moving("approved", enrolment=Enrolment("bare", "Bare")))
    assert [partner.key for partner in register.partners()] == ["acme", "bare", "globex"]
    (person,) = register.people()
    assert (person.key, person.name) == ("acme.contact", "Ann")
    assert person.partners == {"acme", "globex"}
    assert register.members("bare") == []


# Components


def component(store: Store, slug: str) -> SubjectKey:
    store.add(fresh(slug, kind="component", parent=str(KEY)))
    return SubjectKey("component", slug)


def test_a_dossier_shows_components_by_slug_when_asked(store: Store) -> None:
    registered(store)
    green = Evidence("suite", "green", NOW, "host:ci")
    component(store, "zeta")
    store.change(component(store, "alpha"), ASK, seeing(green))
    assert store.dossier(KEY, ASK).children == ()
    assert store.dossier(KEY, WHOLE).children == (
        Child("component", "alpha", "draft", {"suite": green}),
        Child("component", "zeta", "draft", {}),
    )


def test_a_component_bumps_its_parent_with_its_own_change(store: Store) -> None:
    before = registered(store)
    key = component(store, "export")
    store.change(key, ASK, moving("live", touches_parent=True))
    assert subject_in(store).revision == before.revision + 1
    assert subject_in(store).number == before.number
    store.change(key, ASK, moving("draft"))
    assert subject_in(store).revision == before.revision + 1
    store.change(KEY, ASK, moving("review", touches_parent=True))
    assert subject_in(store).state == "review"


# Free texts and numbers that no database can keep


@pytest.mark.parametrize("bad", ["a\0b", "half \ud800"])
def test_text_that_cannot_be_kept_is_refused_before_anything_is_written(store: Store, bad: str) -> None:
    before = registered(store)
    decisions = [
        moving("review", comment=bad),
        moving("review", notices=(replace(notice(), context={"a": [{"b": bad}]}),)),
        moving("review", notices=(replace(notice(), context={bad: 1}),)),
        moving("review", verdicts=(verdicts()[0]._replace(reason=bad),)),
        moving("review", answer=answer(body=bad)),
        moving("review", clock_events=(clock_event()._replace(note=bad),)),
        moving("review", enrolment=Enrolment("acme", bad)),
        seeing(Evidence("suite", "green", NOW, "host:ci", note=bad)),
        waiving(Waiver("logo", bad, "manager:max", NOW)),
    ]
    for decide in decisions:
        with pytest.raises(InvalidInput):
            store.change(KEY, ASK, decide)
    with pytest.raises(InvalidInput):
        store.add(fresh("other", partner=bad))
    with pytest.raises(InvalidInput):
        store.merge_activity([Usage(str(KEY), "c1", NOW, source=bad)], "app")
    with pytest.raises(InvalidInput):
        store.adopt([], [OddEvent("d1", "app/x", bad, "{}", NOW)])
    assert subject_in(store) == before
    assert store.customers(KEY) == []
    assert store.odd_events() == []


@pytest.mark.parametrize("bad", ["", "x" * 201, "a\0b", "\ud800", "tab\t"])
def test_keys_that_cannot_be_kept_are_refused(store: Store, bad: str) -> None:
    registered(store)
    with pytest.raises(InvalidKey):
        store.change(KEY, ASK, moving("review", answer=answer(bad)))
    with pytest.raises(InvalidKey):
        store.merge_activity([Usage(str(KEY), bad, NOW)], "app")
    assert subject_in(store).state == "draft"


def test_numbers_beyond_any_column_are_just_large(store: Store) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review", notices=(notice(),)))
    assert store.notices(after=2**70) == []
    assert len(store.notices(limit=2**70)) == 1
    assert len(list(store.scan(Query(limit=2**70), ASK))) == 1


def test_a_window_longer_than_time_counts_for_ever(store: Store) -> None:
    registered(store)
    store.merge_activity([Usage(str(KEY), "c1", NOW - timedelta(days=700_000))], "app")
    assert store.dossier(KEY, Ask(NOW, windows=(10**12,))).active == {10**12: 1}


# Activity


def use(customer: str, days: float = 0, app: str = "acme-sync", excluded: str = "", source: str = "") -> Usage:
    return Usage(app, customer, NOW - timedelta(days=days), source, excluded)


def test_activity_is_merged_into_one_row_per_customer(store: Store) -> None:
    registered(store)
    batch = [use("c1", 5, source="old"), use("c2"), use("c1", 9, source="older"), use("c1", 2, source="new")]
    assert store.merge_activity(batch, "app") == ({"acme-sync": 4}, [])
    assert store.customers(KEY) == [
        Customer("c1", NOW - timedelta(days=9), NOW - timedelta(days=2), "new"),
        Customer("c2", NOW, NOW),
    ]
    store.merge_activity([use("c1", 20, source="oldest"), use("c2", 0, excluded="test workspace")], "app")
    assert store.customers(KEY) == [
        Customer("c1", NOW - timedelta(days=20), NOW - timedelta(days=2), "new"),
        Customer("c2", NOW, NOW, "", "test workspace"),
    ]


def test_only_customers_seen_within_the_window_and_not_excluded_are_counted(store: Store) -> None:
    registered(store)
    batch = [use("c1"), use("c2", 1), use("c3", 1.01), use("c4", excluded="partner's own"), use("c5", 800)]
    store.merge_activity(batch, "app")
    assert store.dossier(KEY, WHOLE).active == {0: 4, DAY: 2}
    assert store.dossier(KEY, ASK).active == {}


def test_apps_that_do_not_exist_are_named_and_the_others_merged(store: Store) -> None:
    registered(store)
    batch = [use("c1", app="nobody"), use("c1", app="app/acme-sync"), use("c2"), use("c1", app="\0 no key"), use("c3")]
    assert store.merge_activity(batch, "app") == ({"acme-sync": 3}, ["nobody", "\0 no key"])
    assert len(store.customers(KEY)) == 3
    assert store.merge_activity([], "app") == ({}, [])


def test_apps_of_another_kind_are_named_by_their_whole_key(store: Store) -> None:
    registered(store)
    store.add(fresh(kind="component"))
    assert store.merge_activity([use("c1", app="component/acme-sync"), use("c2")], "app") == (
        {"component/acme-sync": 1, "acme-sync": 1},
        [],
    )
    assert [row.customer for row in store.customers(SubjectKey("component", "acme-sync"))] == ["c1"]


def test_activity_bumps_the_revision_of_each_app_it_touched_once(store: Store) -> None:
    before, other = registered(store), registered(store, "other")
    store.merge_activity([use("c1"), use("c2"), use("c3")], "app")
    assert subject_in(store) == replace(before, revision=before.revision + 1)
    assert subject_in(store, SubjectKey("app", "other")) == other


# Reading many


@pytest.fixture
def catalog(store: Store) -> Store:
    """Five subjects of two kinds and partners in three states."""
    for slug, partner in (("b", "acme"), ("a", "globex"), ("c", "acme")):
        registered(store, slug, partner=partner)
    store.add(fresh("x", kind="component", parent="app/b"))
    store.add(fresh("a", kind="component", parent="app/b"))
    store.change(SubjectKey("app", "a"), ASK, moving("beta"))
    store.change(SubjectKey("app", "c"), ASK, moving("public"))
    return store


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (Query(), ["app/a", "app/b", "app/c", "component/a", "component/x"]),
        (Query("app"), ["app/a", "app/b", "app/c"]),
        (Query("nothing"), []),
        (Query(states=("beta", "public")), ["app/a", "app/c"]),
        (Query(states=("beta\0",)), []),
        (Query(partners=frozenset({"globex"})), ["app/a"]),
        (Query(partners=frozenset()), []),
        (Query(parent="app/b"), ["component/a", "component/x"]),
        (Query(parent="app/a"), []),
        (Query(after="app/b"), ["app/c", "component/a", "component/x"]),
        (Query("app", after="app/bb", limit=5), ["app/c"]),
        (Query(limit=2), ["app/a", "app/b"]),
        (Query(limit=0), []),
        (Query("app", ("draft",), frozenset({"acme"}), None, "app/a", 1), ["app/b"]),
    ],
)
def test_a_query_finds_its_subjects_in_key_order(catalog: Store, query: Query, keys: list[str]) -> None:
    if any("\0" in state for state in query.states):
        with pytest.raises(InvalidInput):
            list(catalog.scan(query, ASK))
        return
    assert [dossier.subject.key for dossier in catalog.scan(query, ASK)] == keys


def test_a_scan_shows_the_same_dossiers_as_one_by_one(catalog: Store) -> None:
    batch = [use("c1", app="b"), use("c2", 3, app="b"), use("c1", 3, app="c"), use("c1", app="a", excluded="own")]
    catalog.merge_activity(batch, "app")
    catalog.change(SubjectKey("app", "c"), ASK, moving("beta", clocks=(clock("b"), clock("a"))))
    catalog.change(SubjectKey("component", "x"), ASK, seeing(Evidence("suite", "green", NOW, "host:ci")))
    scanned = list(catalog.scan(Query(), WHOLE))
    assert scanned == [catalog.dossier(dossier.subject.subject_key, WHOLE) for dossier in scanned]
    assert scanned[1].active == {0: 2, DAY: 1}
    assert len(scanned[1].children) == 2
    assert len(scanned[2].clocks) == 2


def test_a_census_counts_by_kind_and_state(catalog: Store) -> None:
    assert catalog.census(Query()) == {
        ("app", "beta"): 1,
        ("app", "draft"): 1,
        ("app", "public"): 1,
        ("component", "draft"): 2,
    }
    assert catalog.census(Query("app", partners=frozenset({"acme"}))) == {("app", "draft"): 1, ("app", "public"): 1}
    assert catalog.census(Query("nothing")) == {}


def test_subjects_are_found_by_key(catalog: Store) -> None:
    keys = [SubjectKey("app", "c"), SubjectKey("component", "a"), NOBODY]
    found = catalog.subjects(keys)
    assert sorted(found) == ["app/c", "component/a"]
    assert found["app/c"] == subject_in(catalog, keys[0])
    assert catalog.subjects([]) == {}


def test_histories_are_told_in_key_order(catalog: Store) -> None:
    told = list(catalog.histories())
    assert [(key, len(moves)) for key, _, moves in told] == [
        ("app/a", 2),
        ("app/b", 1),
        ("app/c", 2),
        ("component/a", 1),
        ("component/x", 1),
    ]
    assert [key for key, _, _ in catalog.histories("component")] == ["component/a", "component/x"]
    assert all(moves[-1].hash == head for _, head, moves in told)


def test_nothing_is_known_of_an_unknown_subject(store: Store) -> None:
    assert store.history(NOBODY) == []
    assert store.facts_ledger(NOBODY) == []
    assert store.evidence_ledger(NOBODY) == []
    assert store.waivers_ledger(NOBODY) == []
    assert store.submissions(NOBODY) == []
    assert store.clock_events(NOBODY) == []
    assert store.customers(NOBODY) == []
    assert store.looks(NOBODY) == []
    assert store.sealed(NOBODY, "login") is None
    assert store.notices("app/nobody") == []


def test_the_outbox_is_read_in_order_and_from_a_place_on(store: Store) -> None:
    registered(store)
    registered(store, "other")
    store.change(KEY, ASK, moving("review", notices=(notice("a"), notice("b"))))
    store.change(SubjectKey("app", "other"), ASK, moving("review", notices=(notice("c", subject="app/other"),)))
    kept = store.notices()
    assert [one.notice.name for one in kept] == ["a", "b", "c"]
    assert store.notices(after=kept[0].number) == kept[1:]
    assert store.notices(limit=1) == kept[:1]
    assert store.notices("app/other") == kept[2:]
    assert store.notices("app/acme-sync", after=kept[0].number, limit=5) == kept[1:2]


# Adopting, workflows


def imported(slug: str, states: tuple[str, ...], digests: tuple[str, ...]) -> Change:
    change = fresh(slug)
    subject, moves = change.subject, list(change.moves)
    for state in states:
        subject, move = subject.take(transition("imported", state), state, by=ANN, now=NOW)
        moves.append(move)
    facts = (FactChange("name", slug, Said("host", "host", NOW)),)
    subject = replace(subject.edited({}, facts), revision=1)
    return Change(subject, tuple(moves), facts, imported=digests)


def test_imported_changes_are_adopted_whole(store: Store) -> None:
    registered(store, "known")
    odd = OddEvent("d9", "app/x", "no such state", '{"at": 1}', NOW)
    changes = [imported(f"slug-{n}", ("beta", "public"), (f"d{n}", f"e{n}")) for n in range(3)]
    store.adopt(changes, [odd])
    for change in changes:
        found = subject_in(store, change.subject.subject_key)
        assert replace(found, id=0) == change.subject
        assert store.history(change.subject.subject_key) == list(change.moves)
        assert store.facts_ledger(change.subject.subject_key) == list(change.facts)
    assert store.odd_events() == [odd]
    assert store.adopted(["d0", "e2", "d9", "nothing"]) == {"d0", "e2", "d9"}
    assert store.adopted([]) == frozenset()
    assert len({one.id for one in store.subjects([change.subject.subject_key for change in changes]).values()}) == 3


def test_an_adopted_subject_is_written_on(store: Store) -> None:
    store.adopt([imported("a", ("beta",), ("d1",))], [])
    key = SubjectKey("app", "a")
    before = subject_in(store, key)
    after, move = moved(before, "public")
    store.adopt([Change(after, (move,), imported=("d2",))], [])
    assert subject_in(store, key) == after
    assert verify("app/a", store.history(key), after.head) == []
    store.change(key, ASK, moving("beta"))
    registered(store, "b")


def test_an_adopted_change_of_a_subject_that_went_on_is_refused(store: Store) -> None:
    before = registered(store)
    after, move = moved(before, "beta")
    store.merge_activity([use("c1")], "app")
    with pytest.raises(MoveConflict):
        store.adopt([imported("new", (), ("d1",)), Change(after, (move,), imported=("d2",))], [])
    assert store.census(Query()) == {("app", "draft"): 1}
    assert store.adopted(["d1", "d2"]) == frozenset()


def test_adopting_a_taken_slug_writes_nothing(store: Store) -> None:
    registered(store)
    odd = OddEvent("d9", "app/x", "why", "{}", NOW)
    with pytest.raises(SlugTaken, match="app/acme-sync"):
        store.adopt([imported("a", (), ("d1",)), imported("acme-sync", (), ("d2",))], [odd])
    assert store.adopted(["d1", "d2", "d9"]) == frozenset()
    assert store.odd_events() == []


def test_an_event_is_adopted_once(store: Store) -> None:
    store.adopt([imported("a", (), ("d1",))], [])
    with pytest.raises(Conflict):
        store.adopt([imported("b", (), ("d1",))], [])
    assert store.census(Query()) == {("app", "draft"): 1}


def test_adopted_components_find_their_parents(store: Store) -> None:
    before = registered(store)
    child = replace(fresh("x", kind="component", parent=str(KEY)), touches_parent=True)
    grandchild = fresh("y", kind="part", parent="component/x")
    store.adopt([child, grandchild], [])
    assert [one.slug for one in store.dossier(KEY, WHOLE).children] == ["x"]
    assert [one.slug for one in store.dossier(SubjectKey("component", "x"), WHOLE).children] == ["y"]
    assert subject_in(store).revision == before.revision + 1
    with pytest.raises(NotFound):
        store.adopt([fresh("z", kind="component", parent="app/nobody")], [])


def test_a_workflow_revision_is_kept_once(store: Store) -> None:
    assert store.workflow("r1") is None
    store.keep_workflow("app", "r1", '{"a": "ä"}')
    store.keep_workflow("app", "r1", '{"b": 2}')
    assert store.workflow("r1") == ("app", '{"a": "ä"}')


def test_a_store_that_was_set_up_has_the_right_tables(store: Store) -> None:
    store.check_schema()


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
