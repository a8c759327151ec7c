"""An engine in memory with people, an app that is ready to be submitted, and browsers."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from review_engine import ReviewEngine
from review_engine.domain.actors import Role
from review_engine.domain.reviews import Assessment
from review_engine.ports.directory import Partner, Person
from review_engine.ports.library import Library
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from tests.console.browser import ANN, EVE, MO, RITA, Browser, acting_as
from tests.usecases.conftest import ready


@cache
def _library() -> Library:
    """The shipped workflows, read once for all engines of a run: reading them is what opening an engine costs."""
    return open_test_engine().desk.library


@pytest.fixture
def clock() -> TurnableClock:
    """Time that stands still."""
    return TurnableClock()


@pytest.fixture
def engine(clock: TurnableClock) -> Iterator[ReviewEngine]:
    """In memory, with a key for secrets and people in its directory."""
    bare = open_test_engine(clock=clock, secret_key=new_key())
    opened = replace(bare, desk=replace(bare.desk, library=_library()))
    register = opened.directory
    register.add_partner(Partner("acme", "Acme Inc."))  # type: ignore[attr-defined]
    register.add_partner(Partner("eve-corp", "Eve Corp."))  # type: ignore[attr-defined]
    for person in (
        Person("p-ann", "Ann Archer", "ann@acme.example", partners=frozenset({"acme"})),
        Person("p-eve", "Eve Evans", "eve@eve.example", partners=frozenset({"eve-corp"})),
        Person("r-rita", "Rita Roe", "rita@platform.example", frozenset({Role.REVIEWER})),
        Person("r-omar", "Omar Orr", "omar@platform.example", frozenset({Role.REVIEWER})),
        Person("m-mo", "Mo Mann", "mo@platform.example", frozenset({Role.MANAGER})),
    ):
        register.add_person(person)  # type: ignore[attr-defined]
    yield opened
    opened.close()


@pytest.fixture
def app(engine: ReviewEngine) -> str:
    """Acme's app, ready to be submitted."""
    return ready(engine, "acme-sync")


@pytest.fixture
def ann(engine: ReviewEngine) -> Browser:
    """The partner whose app it is."""
    return Browser(engine, ANN)


@pytest.fixture
def eve(engine: ReviewEngine) -> Browser:
    """Another partner."""
    return Browser(engine, EVE)


@pytest.fixture
def rita(engine: ReviewEngine) -> Browser:
    """A reviewer."""
    return Browser(engine, RITA)


@pytest.fixture
def mo(engine: ReviewEngine) -> Browser:
    """A manager."""
    return Browser(engine, MO)


@pytest.fixture
def nobody(engine: ReviewEngine) -> Browser:
    """Somebody who is not signed in."""
    return Browser(engine)


@pytest.fixture
def submitted(engine: ReviewEngine, app: str) -> str:
    """Acme's app, handed in."""
    engine.move(app, "submit", by=acting_as(ANN))
    return app


@pytest.fixture
def claimed(engine: ReviewEngine, submitted: str) -> str:
    """The same, in Rita's hands."""
    engine.move(submitted, "claim", by=acting_as(RITA))
    return submitted


@pytest.fixture
def second_round(engine: ReviewEngine, claimed: str, clock: TurnableClock) -> str:
    """Claimed again after changes were requested."""
    engine.assess(claimed, [Assessment("failed", "docs_adhered_to", "Step 3 is wrong.")], by=acting_as(RITA))
    clock.turn("1 hour")
    engine.move(claimed, "request_changes", by=acting_as(RITA), comment="Step 3.")
    engine.edit(claimed, {"description": "Keeps contacts in step, daily."}, by=acting_as(ANN))
    clock.turn("1 hour")
    engine.move(claimed, "submit", by=acting_as(ANN))
    engine.move(claimed, "claim", by=acting_as(RITA))
    return claimed
