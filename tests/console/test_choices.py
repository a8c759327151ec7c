"""What a person chooses about their letters."""

from datetime import time

import pytest

from review_engine import ReviewEngine
from review_engine.domain.preferences import DIGEST, IMMEDIATE, OFF
from tests.console.browser import PEOPLE, Browser


@pytest.mark.parametrize("who", ["own", "foreign", "reviewer", "manager"])
def test_everybody_who_is_signed_in_has_the_page(engine: ReviewEngine, who: str) -> None:
    assert Browser(engine, PEOPLE[who]).get("/choices").status == 200


def test_who_is_not_signed_in_is_asked_to(nobody: Browser) -> None:
    assert nobody.get("/choices").status == 401


def test_a_choice_is_kept_and_shown(ann: Browser, engine: ReviewEngine) -> None:
    form = ann.get("/choices").form("/choices")
    assert form.value("mode") == IMMEDIATE
    page = ann.send(form, mode=DIGEST, quiet_from="22:00", quiet_until="07:30", zone="Europe/Berlin")
    assert "Your choice is kept." in page.text
    kept = engine.preference("p-ann")
    assert (kept.mode, kept.quiet_from, kept.quiet_until) == (DIGEST, time(22), time(7, 30))
    again = ann.get("/choices").form("/choices")
    assert [again.value(name) for name in ("mode", "quiet_from", "quiet_until", "zone")] == [
        DIGEST, "22:00", "07:30", "Europe/Berlin",
    ]  # fmt: skip


def test_one_letter_differs_from_the_others(ann: Browser, engine: ReviewEngine) -> None:
    form = ann.get("/choices").form("/choices")
    ann.send(form, letter__replay_request=OFF)
    kept = engine.preference("p-ann")
    assert (kept.mode_of("replay_request"), kept.mode_of("invitation_reminder")) == (OFF, IMMEDIATE)
    ann.send(ann.get("/choices").form("/choices"), letter__replay_request="")
    assert engine.preference("p-ann").mode_of("replay_request") == IMMEDIATE


def test_only_letters_that_may_be_refused_are_offered(ann: Browser, mo: Browser) -> None:
    names = ann.get("/choices").form("/choices").names
    assert "letter.replay_request" in names
    assert not {"letter.changes_requested", "letter.admission_wanted"} & names
    assert "letter.admission_wanted" in mo.get("/choices").form("/choices").names


@pytest.mark.parametrize(
    "changes", [{"mode": "sometimes"}, {"quiet_from": "late"}, {"zone": "Middle/Earth"}, {"zone": "../../etc/passwd"}]
)
def test_a_choice_that_is_none_comes_back(ann: Browser, engine: ReviewEngine, changes: dict[str, str]) -> None:
    page = ann.send(ann.get("/choices").form("/choices"), **changes)
    assert page.status == 422
    assert engine.preference("p-ann").mode == IMMEDIATE


def test_a_choice_is_ones_own(ann: Browser, eve: Browser, engine: ReviewEngine) -> None:
    ann.send(ann.get("/choices").form("/choices"), mode=OFF, person="p-eve")
    assert engine.preference("p-eve").mode == IMMEDIATE
    assert engine.preference("p-ann").mode == OFF
