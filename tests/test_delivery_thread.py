"""Delivery on a thread of its own: it delivers while it is entered, and leaves nothing claimed when it is left."""

import threading

import pytest

from review_engine import ReviewEngine
from review_engine.channels.memory import MemoryChannel
from review_engine.delivery_thread import DeliveryThread
from review_engine.domain.notices import Notice
from review_engine.ports.channels import BeforeData, Channel, Delivery
from review_engine.ports.outbox import SENDING, SENT, Outgoing, Recipient
from review_engine.testing import A_MONDAY, open_test_engine
from review_engine.usecases.account import Pace
from review_engine.worker import Worker

PATIENCE = 30.0
"""Seconds after which a test that waits for a thread gives up."""


class Ringing(MemoryChannel):
    """Rings when it has been handed so many."""

    def __init__(self, enough: int) -> None:
        super().__init__()
        self.rung = threading.Event()
        self._enough = enough

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        delivery = await super().deliver(outgoing, content, before_data)
        if len(self.kept) >= self._enough:
            self.rung.set()
        return delivery


@pytest.fixture
def email() -> Ringing:
    return Ringing(20)


@pytest.fixture
def engine(email: Ringing) -> ReviewEngine:
    """An engine with twenty letters that wait."""
    channels: dict[str, Channel] = {"email": email, "log": MemoryChannel()}
    engine = open_test_engine(channels=channels)
    assert engine.post is not None
    for number in range(20):
        notice = Notice("submitted", "app/sync", "acme", f"move {number}", ("partner",), A_MONDAY, {})
        to = Recipient(f"p-{number}", f"ann{number}@acme.example")
        engine.post.outbox.put(
            [Outgoing(f"{notice.idem_key}#{number}", "email", to, "submitted", notice, A_MONDAY, A_MONDAY)]
        )
    return engine


def statuses(engine: ReviewEngine) -> dict[tuple[str, str], int]:
    assert engine.post is not None
    return engine.post.outbox.census()


def test_it_delivers_while_it_is_entered_and_leaves_nothing_claimed(engine: ReviewEngine, email: Ringing) -> None:
    with DeliveryThread(engine, Pace(idle=0.01)) as delivery:
        assert email.rung.wait(PATIENCE)
    assert statuses(engine) == {("email", SENT): 20}
    assert delivery.account.sent == 20
    assert not any(thread.name == "delivery" for thread in threading.enumerate())


def test_leaving_it_twice_is_no_fault(engine: ReviewEngine) -> None:
    delivery = DeliveryThread(engine, Pace(idle=0.01))
    delivery.start()
    assert [delivery.stop(), delivery.stop()] == [True, True]
    assert SENDING not in {status for _, status in statuses(engine)}


def test_a_worker_delivers_beside_its_clocks_until_it_is_told_to_stop(engine: ReviewEngine, email: Ringing) -> None:
    worker = Worker(engine, name="w")
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert email.rung.wait(PATIENCE)
    worker.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert statuses(engine) == {("email", SENT): 20}


def test_a_worker_may_leave_delivery_to_others(engine: ReviewEngine, email: Ringing) -> None:
    worker = Worker(engine, name="w", delivers=False)
    worker.stop()
    worker.run()
    assert email.kept == []
