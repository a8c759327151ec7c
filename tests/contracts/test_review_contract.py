"""What every store keeps of reviews: findings and remarks, with the change they belong to, each under its number."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from review_engine.domain.errors import Conflict, InvalidInput
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import FAILED, NOTED, PASSED, Drip, Finding, Remark
from review_engine.domain.submissions import Submission
from review_engine.ports.store import Ask, Change, Dossier, Store
from tests.contracts.builders import ASK, KEY, NOW, Decide, component, moving, registered, subject_in
from tests.contracts.test_store_races import together

REVIEW = Ask(NOW, review=True)
ODD = 'It says "hello".\nSchöne Grüße, 😀'


def finding(number: int, result: str = FAILED, **parts: Any) -> Finding:
    """What Rita found."""
    return Finding(1, number, "docs", result, ODD, "docs_url", "reviewer:rita", NOW)._replace(**parts)


def remark(number: int, text: str = ODD, *, internal: bool = False) -> Remark:
    """What Ann wrote."""
    return Remark(number, text, "partner", "p-ann", NOW, 1, internal)


def saying(*, findings: tuple[Finding, ...] = (), remarks: tuple[Remark, ...] = ()) -> Decide:
    """A decision that moves nothing and says something."""

    def decide(dossier: Dossier) -> tuple[Change | None, str]:
        subject = replace(dossier.subject, revision=dossier.subject.revision + 1)
        return Change(subject, findings=findings, remarks=remarks), "said"

    return decide


def test_findings_and_remarks_are_kept_as_they_were_said(store: Store) -> None:
    registered(store)
    found = (finding(1), finding(2, PASSED, comment="", about="", late=True))
    said = (remark(1), remark(2, "Between us.", internal=True))
    store.change(KEY, ASK, moving("review", findings=found, remarks=said))
    store.change(KEY, ASK, saying(findings=(finding(3, NOTED),), remarks=(remark(3),)))
    assert store.findings(KEY) == [*found, finding(3, NOTED)]
    assert store.remarks(KEY) == [*said, remark(3)]


def test_nothing_was_said_of_an_unknown_subject(store: Store) -> None:
    nobody = SubjectKey("app", "nobody")
    assert (store.findings(nobody), store.remarks(nobody), store.drips()) == ([], [], [])


def test_a_dossier_holds_the_review_when_it_is_asked_for(store: Store) -> None:
    registered(store)
    opened = Submission(1, NOW, "p-ann", "f" * 64)
    store.change(KEY, ASK, moving("review", findings=(finding(1),), remarks=(remark(1),), submission=opened))
    for ask, whole in ((ASK, False), (REVIEW, True)):
        dossier = store.dossier(KEY, ask)
        assert dossier.findings == ((finding(1),) if whole else ())
        assert dossier.remarks == ((remark(1),) if whole else ())
        assert [one.submission for one in dossier.rounds] == ([opened] if whole else [])


def test_a_decision_sees_what_was_said_before_it(store: Store) -> None:
    registered(store)

    def decide(dossier: Dossier) -> tuple[Change | None, int]:
        number = len(dossier.remarks) + 1
        return saying(remarks=(remark(number),))(dossier)[0], number

    assert [store.change(KEY, REVIEW, decide) for _ in range(3)] == [1, 2, 3]
    assert [one.number for one in store.remarks(KEY)] == [1, 2, 3]


@pytest.mark.parametrize("parts", [{"findings": (finding(1),)}, {"remarks": (remark(1),)}])
def test_a_number_is_given_once(store: Store, parts: dict[str, Any]) -> None:
    registered(store)
    store.change(KEY, ASK, moving("review", **parts))
    before = subject_in(store)
    with pytest.raises(Conflict):
        store.change(KEY, ASK, moving("beta", **parts))
    assert subject_in(store) == before
    other = component(store, "hook")
    store.change(other, ASK, moving("review", **parts))
    with pytest.raises(Conflict):
        store.change(other, ASK, saying(**{name: (each[0]._replace(number=2),) * 2 for name, each in parts.items()}))


@pytest.mark.parametrize("bad", ["a\0b", "half \ud800"])
@pytest.mark.parametrize(
    "said",
    [
        lambda text: saying(findings=(finding(1, comment=text),)),
        lambda text: saying(findings=(finding(1, about=text),)),
        lambda text: saying(remarks=(remark(1, text),)),
    ],
)
def test_words_that_cannot_be_kept_are_refused(store: Store, said: Callable[[str], Decide], bad: str) -> None:
    registered(store)
    with pytest.raises(InvalidInput):
        store.change(KEY, ASK, said(bad))
    assert store.findings(KEY) == []
    assert store.remarks(KEY) == []


def test_drips_are_counted_for_each_reviewer(store: Store) -> None:
    registered(store)
    later = NOW + timedelta(days=1)
    found = (
        finding(1),
        finding(2, round=2),
        finding(3, round=2, late=True),
        finding(4, NOTED, round=3, late=True, by="manager:mona"),
        finding(5, PASSED, round=2),
        finding(6, round=2, at=later, late=True),
    )
    store.change(KEY, ASK, saying(findings=found))
    assert store.drips() == [Drip("manager:mona", 1, 1), Drip("reviewer:rita", 3, 2)]
    assert store.drips(later) == [Drip("reviewer:rita", 1, 1)]


def test_of_many_who_speak_at_once_each_gets_a_number(store: Store) -> None:
    registered(store)

    def decide(dossier: Dossier) -> tuple[Change | None, int]:
        number = len(dossier.remarks) + 1
        return saying(remarks=(remark(number),), findings=(finding(number),))(dossier)[0], number

    given = together(8, lambda _: [store.change(KEY, REVIEW, decide) for _ in range(5)])
    numbers = [number for many in given for number in many]  # type: ignore[attr-defined]
    assert sorted(numbers) == list(range(1, 41))
    assert [one.number for one in store.remarks(KEY)] == list(range(1, 41))
    assert [one.number for one in store.findings(KEY)] == list(range(1, 41))


@pytest.mark.parametrize("plug", ["sqlite", "postgres"])
def test_a_host_speaks_in_its_own_transaction(store: Store, url: str) -> None:
    registered(store)

    def decide(dossier: Dossier) -> tuple[Change | None, int]:
        number = len(dossier.remarks) + 1
        return saying(remarks=(remark(number),), findings=(finding(number),))(dossier)[0], number

    with Session(create_engine(url, poolclass=NullPool)) as session:
        assert [store.change(KEY, REVIEW, decide, session=session) for _ in range(2)] == [1, 2]
        session.rollback()
        assert store.remarks(KEY) == []
        assert [store.change(KEY, REVIEW, decide, session=session) for _ in range(2)] == [1, 2]
        session.commit()
    assert (store.remarks(KEY), store.findings(KEY)) == ([remark(1), remark(2)], [finding(1), finding(2)])
