"""What states mean, where revisions of a workflow agree and where they do not."""

from dataclasses import replace
from typing import cast

import pytest

from review_engine import ReviewEngine, Role, UnknownName
from review_engine.domain.lifecycle import Lifecycle, State
from review_engine.domain.playbook import Playbook
from review_engine.ports.library import Library
from review_engine.ports.reception import Place
from review_engine.usecases.places import Atlas, Meaning, atlas

TODAY, BEFORE = "r2", "r1"


def staffed(meaning: Meaning) -> bool:
    return meaning.awaits is not None


def listed(meaning: Meaning) -> bool:
    return meaning.listed


@pytest.fixture
def today(engine: ReviewEngine) -> Lifecycle:
    return replace(engine.lifecycle("app"), revision=TODAY)


def changed(lifecycle: Lifecycle, **states: State) -> Lifecycle:
    return replace(lifecycle, revision=BEFORE, states={**lifecycle.states, **states})


def drawn(*lifecycles: Lifecycle) -> Atlas:
    return Atlas({"app": {one.revision: one for one in lifecycles}})


def test_places_are_the_states_that_wait_for_staff(today: Lifecycle) -> None:
    assert drawn(today).places(staffed) == (
        Place("app", "submitted"),
        Place("app", "in_review"),
        Place("app", "appeal"),
    )
    assert [place.state for place in drawn(today).places(listed)] == ["public_beta", "public"]
    assert drawn(today).places(staffed, "component") == ()


def test_a_state_that_only_an_older_revision_has_is_a_place_too(today: Lifecycle) -> None:
    older = changed(today, legal=State("legal", "Legal", waits_for=Role.MANAGER))
    assert Place("app", "legal") in drawn(today, older).places(staffed)


def test_a_state_that_means_another_thing_in_another_revision_is_a_place_of_that_one(today: Lifecycle) -> None:
    older = changed(today, preview=State("preview", "Preview", waits_for=Role.REVIEWER))
    both = drawn(today, older)
    assert Place("app", "preview", BEFORE) in both.places(staffed)
    assert "preview" not in {place.state for place in both.places(staffed) if place.workflow != BEFORE}
    assert both.of("app", BEFORE, "preview").awaits is Role.REVIEWER
    assert both.of("app", TODAY, "preview").awaits is None
    assert both.of("app", "never kept", "preview").awaits is None


def test_what_nobody_declared_means_nothing(today: Lifecycle) -> None:
    assert drawn(today).of("app", TODAY, "nowhere") == Meaning()
    assert drawn(today).of("nothing", TODAY, "preview") == Meaning()


def test_decisions_are_those_of_every_revision(today: Lifecycle) -> None:
    rule = replace(today.transitions["approve"], name="accept")
    older = replace(today, revision=BEFORE, transitions={**today.transitions, "accept": rule})
    assert drawn(today, older).deciding() == (
        ("app", "request_changes"),
        ("app", "approve"),
        ("app", "reject"),
        ("app", "accept"),
    )
    assert drawn(today, older).deciding("component") == ()


class _Shelf:
    """A library with one workflow, and one older revision that can be read."""

    def __init__(self, today: Lifecycle, older: Lifecycle) -> None:
        self.books = {one.revision: one for one in (today, older)}

    def kinds(self) -> tuple[str, ...]:
        return ("app",)

    def current(self, kind: str) -> Playbook:
        return self.pinned(kind, TODAY)

    def pinned(self, kind: str, revision: str) -> Playbook:
        if revision not in self.books:
            raise UnknownName("revision", revision, self.books)
        return Playbook(self.books[revision], cast("object", None), {})  # type: ignore[arg-type]


def test_a_revision_that_cannot_be_read_any_longer_is_left_out(today: Lifecycle) -> None:
    older = replace(today, revision=BEFORE)
    library = cast(Library, _Shelf(today, older))
    found = atlas(library, [("app", BEFORE), ("app", TODAY), ("app", "gone"), ("dropped", "r9")])
    assert {kind: list(revisions) for kind, revisions in found.lifecycles.items()} == {"app": [TODAY, BEFORE]}
    assert found.lifecycle("app", "gone") is today
