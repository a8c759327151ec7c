"""How a courier goes about it, and what it has done: values, apart from ``deliver``, which needs an event loop."""

from datetime import timedelta
from typing import Literal, NamedTuple, Protocol


class Pace(NamedTuple):
    """How a courier goes about it.

    Args:
        lease: how long a claim holds; longer than any one delivery takes, and renewed in time.
        batch: rows of one claim.
        idle: seconds between two looks for work.
        grace: seconds in which everything under way is finished or given back when it is to stop.
    """

    lease: timedelta = timedelta(minutes=3)
    batch: int = 64
    idle: float = 1.0
    grace: float = 8.0


class Account(NamedTuple):
    """What was done: rows by what became of them, and notices addressed.

    ``lost`` are rows that somebody else had by the time they were to leave.
    """

    sent: int = 0
    retried: int = 0
    dead: int = 0
    unknown: int = 0
    lost: int = 0
    addressed: int = 0


class Signal(Protocol):
    """An event as event loops know it, such as ``asyncio.Event``."""

    def is_set(self) -> bool:
        """Whether it has happened."""

    async def wait(self) -> Literal[True]:
        """Wait until it has."""


class Delivering(Protocol):
    """What delivers, within one event loop. See ``usecases.deliver.Courier``."""

    @property
    def account(self) -> Account:
        """What was done so far."""

    async def drain(self) -> Account:
        """Deliver until nothing is due any more, then stop."""

    async def run(self, stop: Signal) -> None:
        """Deliver until ``stop`` is set; then finish or give back what is under way, within the grace."""
