"""What is told only once the catalog serves it: the partner waits, nobody else does, and waiting costs nothing."""

from datetime import timedelta

import pytest

from review_engine import ReviewEngine
from review_engine.channels.memory import MemoryChannel
from review_engine.domain.listings import OVERDUE
from review_engine.ports.directory import Person
from review_engine.ports.outbox import CANCELLED, PENDING, SENT, Outgoing
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from tests.usecases.conftest import HOST, MO, RITA, in_beta, ready

BETA = "public_beta"


@pytest.fixture
def engine(clock: TurnableClock) -> ReviewEngine:
    """An engine that delivers into memory, with an app in Public Beta that nobody was told of yet."""
    opened = open_test_engine(clock=clock, secret_key=new_key(), channels={"email": MemoryChannel()})
    opened.directory.add_person(Person("p-ann", "Ann", "ann@acme.example", partners=frozenset({"acme"})))  # type: ignore[attr-defined]
    in_beta(opened, ready(opened, "acme-sync"))
    return opened


def beta(engine: ReviewEngine, staff: bool = False) -> Outgoing:
    """The row about Public Beta for the partner, or for staff."""
    (row,) = [row for row in engine.outgoing(by=HOST) if row.notice.name == BETA and row.recipient.staff is staff]
    return row


async def test_the_engine_s_own_catalog_serves_what_is_listed_at_once(engine: ReviewEngine) -> None:
    await engine.deliver()
    assert beta(engine).status == SENT


async def test_the_partner_is_told_once_the_host_s_catalog_serves_the_app(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    asked: list[str] = []
    served = False

    @engine.serves
    def shows(subject: str) -> bool:
        asked.append(subject)
        return served

    await engine.deliver()
    row = beta(engine)
    assert (row.status, row.attempts, row.last_stage) == (PENDING, 0, "listing")
    assert row.available_at == clock() + timedelta(seconds=15)
    assert asked == ["app/acme-sync"]
    served = True
    clock.turn("1 minute")
    await engine.deliver()
    assert beta(engine).status == SENT


async def test_a_catalog_that_cannot_be_asked_serves_nothing(engine: ReviewEngine) -> None:
    @engine.serves
    def broken(subject: str) -> bool:
        raise OSError("no route")

    await engine.deliver()
    assert beta(engine).status == PENDING


async def test_after_a_day_the_operator_is_told_once(engine: ReviewEngine, clock: TurnableClock) -> None:
    engine.serves(lambda subject: False)
    await engine.deliver()
    for _ in range(3):
        clock.turn(OVERDUE)
        await engine.deliver()
    (alert,) = [row for row in engine.outgoing(by=HOST) if row.notice.name == "listing_overdue"]
    assert alert.channel == "log"
    assert "app/acme-sync is to be in the catalog since" in str(alert.notice.context["text"])
    assert beta(engine).status == PENDING


async def test_what_leaves_the_catalog_meanwhile_is_not_told(engine: ReviewEngine, clock: TurnableClock) -> None:
    engine.serves(lambda subject: False)
    await engine.deliver()
    engine.move("acme-sync", "suspend", by=RITA, comment="The guide breaks the Spec.")
    engine.move("acme-sync", "reinstate", by=MO, comment="Mended.")
    engine.move("acme-sync", "suspend", by=RITA, comment="Again.")
    clock.turn("1 hour")
    await engine.deliver()
    row = beta(engine)
    assert row.status == CANCELLED
    assert "left the catalog" in row.last_error
