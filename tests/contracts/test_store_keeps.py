"""What every store keeps beside the moves: facts, observations, rounds, secrets, components; and what none can."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from review_engine.domain.activity import Usage
from review_engine.domain.clocks import MET
from review_engine.domain.errors import (
    Conflict,
    InvalidInput,
    InvalidKey,
)
from review_engine.domain.evidence import Child, Evidence, Waiver
from review_engine.domain.facts import FactChange, Said
from review_engine.domain.keys import SubjectKey
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
    ASK,
    DAY,
    KEY,
    NOW,
    answer,
    clock,
    clock_event,
    component,
    fresh,
    moving,
    notice,
    registered,
    seeing,
    stating,
    subject_in,
    verdicts,
    waiving,
)

NOBODY = SubjectKey("app", "nobody")
WHOLE = Ask(NOW, windows=(0, DAY), children=True, clocks=True)


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


def test_an_announcement_is_kept_once(store: Store) -> None:
    registered(store)
    first = notice(cause="milestone customers 1")
    store.announce([first])
    store.announce([first, notice(cause="milestone customers 2")])
    causes = [kept.notice.cause for kept in store.notices(str(KEY)) if kept.notice.cause.startswith("milestone")]
    assert causes == ["milestone customers 1", "milestone customers 2"]
    store.announce([])
