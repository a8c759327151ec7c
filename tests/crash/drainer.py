"""The process that is killed: it delivers what waits in a database to a relay, until nothing waits any more.

python tests/crash/drainer.py DATABASE_URL RELAY_PORT POOL LEASE_SECONDS
"""

import asyncio
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from review_engine.channels.email import EmailChannel
from review_engine.channels.letters import Letters
from review_engine.channels.smtp import Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.switchboard import Switchboard
from review_engine.ports.outbox import PENDING, SENDING, Outbox
from review_engine.settings import shipped
from review_engine.store.memory_people import MemoryRegister
from review_engine.store.opening import open_outbox, open_store
from review_engine.usecases.account import Pace
from review_engine.usecases.address import Addresser
from review_engine.usecases.deliver import Courier


def writer() -> Letters:
    """Writes letters as an installation does."""
    folder = shipped("templates") / "email"
    return Letters([folder], sender="center@platform.example", base_url="https://developers.example.com")


def courier(outbox: Outbox, port: int, pool: int, pace: Pace) -> Courier:
    """A courier for an outbox and a relay of this machine."""
    email = EmailChannel(writer, lambda: SmtpPool(Relay("127.0.0.1", port), size=pool), pool)
    exchange = Switchboard(lambda: {"email": email}, {})
    library: Any = None  # nothing is addressed here
    addresser = Addresser(outbox, MemoryRegister(), library, exchange)
    channels = dict(exchange.channels())
    return Courier(addresser, channels, clock=lambda: datetime.now(UTC), chance=random.random, pace=pace)


def tell_the_end(outbox: Outbox, tell: Callable[[], object]) -> None:
    """Have whatever ends a row tell, once none is left that has not come to an end."""

    def told(work: Callable[..., Any]) -> Callable[..., Any]:
        def worked(*args: Any, **named: Any) -> Any:
            answer = work(*args, **named)
            if not any(status in (PENDING, SENDING) for _, status in outbox.census()):
                tell()
            return answer

        return worked

    for name in ("record", "sweep"):
        setattr(outbox, name, told(getattr(outbox, name)))


async def main() -> None:
    """Deliver, say "ready" when it begins and "done" when everything has come to an end."""
    url, port, pool, lease = sys.argv[1:]
    outbox, stop = open_outbox(open_store(url)), asyncio.Event()
    loop = asyncio.get_running_loop()
    tell_the_end(outbox, lambda: loop.call_soon_threadsafe(stop.set))
    pace = Pace(lease=timedelta(seconds=float(lease)), idle=0.05)
    print("ready", flush=True)
    await courier(outbox, int(port), int(pool), pace).run(stop)
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
