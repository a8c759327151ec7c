"""The process that is killed: it delivers what waits in a database to a relay, until somebody ends it.

python tests/crash/drainer.py DATABASE_URL RELAY_PORT POOL LEASE_SECONDS
"""

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from review_engine.channels.email import EmailChannel
from review_engine.channels.letters import Letters
from review_engine.channels.smtp import Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.switchboard import Switchboard
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


def courier(url: str, port: int, pool: int, pace: Pace) -> Courier:
    """A courier on a database and a relay of this machine."""
    email = EmailChannel(writer, lambda: SmtpPool(Relay("127.0.0.1", port), size=pool), pool)
    exchange = Switchboard(lambda: {"email": email}, {})
    library: Any = None  # nothing is addressed here
    addresser = Addresser(open_outbox(open_store(url)), MemoryRegister(), library, exchange)
    channels = dict(exchange.channels())
    return Courier(addresser, channels, clock=lambda: datetime.now(UTC), chance=random.random, pace=pace)


async def main() -> None:
    """Deliver for ever."""
    url, port, pool, lease = sys.argv[1:]
    pace = Pace(lease=timedelta(seconds=float(lease)), idle=0.05)
    print("ready", flush=True)
    await courier(url, int(port), int(pool), pace).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
