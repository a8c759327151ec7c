"""Webhooks a second out of the outbox to a receiver on this machine, signed, over connections that are kept.

    python benchmarks/webhooks.py [--messages 2000] [--room 32] [--rounds 3] [--postgres URL] [--only sqlite] [--close]

The receiver is a process of its own that answers 204 to everything; with ``--close`` it hangs up after each. A message
here is claimed with a lease, written, kept, committed as about to leave, signed, posted, and committed as sent. Printed
are the medians of the rounds, and the CPU time of this process for a message, which a busy machine changes least.
"""

import argparse
import asyncio
import base64
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.drain_letters import CONTEXT, NAME, NOW
from benchmarks.store_change import with_own_postgres
from review_engine.channels.switchboard import Switchboard
from review_engine.channels.webhook import WebhookChannel
from review_engine.domain.notices import Notice
from review_engine.ports.outbox import SENT, Outbox, Outgoing, Recipient
from review_engine.store.memory_people import MemoryRegister
from review_engine.store.opening import open_outbox, open_store
from review_engine.usecases.account import Pace
from review_engine.usecases.address import Addresser
from review_engine.usecases.deliver import Courier

CHANNEL = "webhook:crm"
SECRET = "whsec_" + base64.b64encode(b"a key for a benchmark only").decode("ascii")


def main() -> None:
    """Print the figures of both databases."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=2_000)
    options.add_argument("--room", type=int, default=32)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--postgres", default="")
    options.add_argument("--close", action="store_true", help="the receiver hangs up after each message")
    options.add_argument("--only", choices=("sqlite", "postgres"), default="")
    chosen = options.parse_args()
    ours, theirs = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("spawn").Process(
        target=answer_everything, args=(theirs, chosen.close), daemon=True
    )
    receiver.start()
    port = ours.recv()

    def measure(name: str, url: str) -> None:
        asyncio.run(measured(name, url, port, chosen.messages, chosen.room, chosen.rounds))

    if chosen.only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", f"sqlite:///{folder}/webhooks.db")
    if chosen.only != "sqlite":
        if chosen.postgres:
            measure("PostgreSQL", chosen.postgres)
        else:
            with_own_postgres(lambda url: measure("PostgreSQL", url))
    receiver.terminate()


async def measured(name: str, url: str, port: int, messages: int, room: int, rounds: int) -> None:
    """Several rounds on one database."""
    store = open_store(url)
    outbox = open_outbox(store)
    fill(outbox, -1, 200)
    await drained(outbox, port, room)
    rates, costs = [], []
    for number in range(rounds):
        fill(outbox, number, messages)
        begun, used = time.perf_counter(), time.process_time()
        done = await drained(outbox, port, room)
        rates.append(messages / (time.perf_counter() - begun))
        costs.append((time.process_time() - used) / messages)
        assert done == messages
    assert outbox.census() == {(CHANNEL, SENT): rounds * messages + 200}
    store.close()
    print(
        f"{name:11} {statistics.median(rates):6,.0f} webhooks/s delivered    {statistics.median(costs) * 1e6:.0f} us"
        f" CPU each    (room {room}, {rounds} x {messages:,}; least {min(rates):,.0f}, most {max(rates):,.0f})"
    )


def fill(outbox: Outbox, mark: int, messages: int) -> None:
    """Messages to one endpoint."""
    rows = []
    for number in range(messages):
        notice = Notice(NAME, "app/acme-sync", "acme", f"move {mark}.{number}", ("host",), NOW, CONTEXT)
        rows.append(Outgoing(f"{notice.idem_key}#{CHANNEL}", CHANNEL, Recipient("crm", CHANNEL), "", notice, NOW, NOW))
    for start in range(0, messages, 500):
        outbox.put(rows[start : start + 500])


async def drained(outbox: Outbox, port: int, room: int) -> int:
    """Deliver everything; how many messages were accepted."""
    address = f"http://127.0.0.1:{port}/hooks"
    endpoint = WebhookChannel(address, [SECRET], lambda: datetime.now(UTC), allow_private=True, room=room)
    exchange = Switchboard(lambda: {CHANNEL: endpoint}, {})
    library: Any = None  # nothing is addressed here
    addresser = Addresser(outbox, MemoryRegister(), library, exchange)
    channels = dict(exchange.channels())
    courier = Courier(addresser, channels, clock=lambda: datetime.now(UTC), chance=random.random, pace=Pace())
    return (await courier.drain()).sent


def answer_everything(told: Connection, close: bool) -> None:
    """A receiver that answers 204 to whatever is posted; tells its port."""
    sort = HangingUp if close else Answering

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(sort, "127.0.0.1", 0, backlog=1_024)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class Answering(asyncio.Protocol):
    """One connection, one request after the other."""

    last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.text = transport, b""

    def data_received(self, given: bytes) -> None:
        """Answer once the whole body is there."""
        self.text += given
        head, blank, body = self.text.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if blank and len(body) >= int(length or 0):
            self.text = b""
            self.transport.write(b"HTTP/1.1 204 No Content\r\n" + self.last + b"\r\n")
            if self.last:
                self.transport.close()


class HangingUp(Answering):
    """One connection, one request."""

    last = b"Connection: close\r\n"


if __name__ == "__main__":
    main()
