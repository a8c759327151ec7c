"""Letters a second out of the outbox into a relay on this machine, rendering included, beside the connections alone.

    python benchmarks/drain_letters.py [--letters 2000] [--pool 48] [--rounds 3] [--postgres URL] [--peer]

The relay is a process of its own that accepts everything. A letter here is claimed with a lease, rendered from its
templates, composed, kept, committed as about to leave, handed over, and committed as sent. The floor hands the same
bytes to the same relay over the same number of connections, and keeps nothing. The two run in turn, in one process;
printed are the medians, the median of the rounds' ratios, and the CPU time of this process for a letter, which a busy
machine changes least. With ``--peer``, django-post_office takes its turn too.
"""

import argparse
import asyncio
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.drain_peer import Peer
from benchmarks.store_change import with_own_postgres
from review_engine.channels.email import EmailChannel
from review_engine.channels.letters import Letters
from review_engine.channels.smtp import Relay
from review_engine.channels.smtp_pool import SmtpPool
from review_engine.channels.switchboard import Switchboard
from review_engine.domain.notices import Notice
from review_engine.ports.outbox import SENT, Chosen, Outbox, Outgoing, Recipient
from review_engine.settings import shipped
from review_engine.store.memory_people import MemoryRegister
from review_engine.store.opening import open_outbox, open_store
from review_engine.usecases.account import Pace
from review_engine.usecases.address import Addresser
from review_engine.usecases.deliver import Courier

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
NAME = "review_started"
CONTEXT = {
    "kind": "App",
    "name": "Acme Sync",
    "key": "app/acme-sync",
    "round": 2,
    "reviewer": "r-rita",
    "turn": "reviewer",
    "zone": "America/Los_Angeles",
    "transition": "Take for review",
    "from": "Submitted",
    "to": "In review",
    "says": "A reviewer is looking at the App.",
    "role": "reviewer",
    "by": "r-rita",
    "comment": "",
    "number": 7,
    "at": "2026-03-02T18:00:00.000000Z",
    "next": [],
    "due": {
        "decision": {
            "title": "Decision within 2 business days of review time",
            "within": "16 business hours",
            "due_at": "2026-03-05T01:00:00.000000Z",
        }
    },
    "ahead": [],
    "recorded": [],
    "unmet": [],
    "thread": {"partner": "app/acme-sync#round 2#submission_received"},
}


def main() -> None:
    """Print the figures of both databases."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--letters", type=int, default=2_000)
    options.add_argument("--pool", type=int, default=48)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--postgres", default="")
    options.add_argument("--only", choices=("sqlite", "postgres"), default="")
    options.add_argument("--peer", action="store_true", help="django-post_office too; it must be installed")
    chosen = options.parse_args()
    ours, theirs = multiprocessing.Pipe()
    relay = multiprocessing.get_context("spawn").Process(target=accept_everything, args=(theirs,), daemon=True)
    relay.start()
    port = ours.recv()

    def compare(name: str, url: str) -> None:
        asyncio.run(measured(name, url, port, chosen.letters, chosen.pool, chosen.rounds, chosen.peer))

    if chosen.only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            compare("SQLite", f"sqlite:///{folder}/letters.db")
    if chosen.only != "sqlite":
        if chosen.postgres:
            compare("PostgreSQL", chosen.postgres)
        else:
            with_own_postgres(lambda url: compare("PostgreSQL", url))
    relay.terminate()


async def measured(name: str, url: str, port: int, letters: int, pool: int, rounds: int, with_peer: bool) -> None:
    """Both ways in turn, on one database."""
    store = open_store(url)
    outbox = open_outbox(store)
    fill(outbox, -1, 200)
    await drained(outbox, port, pool)  # templates are read, statements prepared
    ready = [(row.content or "").encode() for row in outbox.rows(Chosen(limit=letters))]
    peer = Peer(url, port, *bodies(ready[0])) if with_peer else None
    peers = [peer.rate(200)] if peer else []
    peers.clear()
    floors, rates, ratios, costs = [], [], [], []
    for number in range(rounds):
        floor = await handed_over(ready, letters, port, pool)
        fill(outbox, number, letters)
        begun, used = time.perf_counter(), time.process_time()
        done = await drained(outbox, port, pool)
        rate = letters / (time.perf_counter() - begun)
        costs.append((time.process_time() - used) / letters)
        assert done == letters
        floors.append(floor)
        rates.append(rate)
        ratios.append(rate / floor)
        if peer:
            peers.append(peer.rate(letters))
    assert outbox.census() == {("email", SENT): rounds * letters + 200}
    store.close()
    if peer:
        peer.close()
    size = statistics.median(len(each) for each in ready)
    print(
        f"{name:11} {statistics.median(rates):6,.0f} letters/s drained"
        f"    {statistics.median(costs) * 1e6:.0f} us CPU each    connections alone"
        f" {statistics.median(floors):6,.0f}/s    ratio {statistics.median(ratios):.2f}"
        f"    ({size / 1000:.1f} kB, pool {pool}, {rounds} x {letters:,})"
    )
    if peers:
        ahead = statistics.median(ours / theirs for ours, theirs in zip(rates, peers, strict=True))
        rate = statistics.median(peers)
        print(f"{'':11} {rate:6,.0f} letters/s by django-post_office, which renders nothing here; ratio {ahead:.2f}")


def bodies(letter: bytes) -> tuple[str, str]:
    """Text and HTML of a letter."""
    found = message_from_bytes(letter, policy=default)
    parts = [found.get_body((sort,)) for sort in ("plain", "html")]
    text, html = (str(part.get_content()) if part is not None else "" for part in parts)
    return text, html


def fill(outbox: Outbox, mark: int, letters: int) -> None:
    """Letters to as many people."""
    rows = []
    for number in range(letters):
        notice = Notice(NAME, "app/acme-sync", "acme", f"move {mark}.{number}", ("partner",), NOW, CONTEXT)
        person = Recipient(
            f"p-{number}", f"ann{number}@acme.example", "Ann Whitlock", people={"r-rita": "Rita Solberg"}
        )
        rows.append(Outgoing(f"{notice.idem_key}#email#{number}", "email", person, NAME, notice, NOW, NOW))
    for start in range(0, letters, 500):
        outbox.put(rows[start : start + 500])


async def drained(outbox: Outbox, port: int, pool: int) -> int:
    """Deliver everything; how many letters were sent."""
    email = EmailChannel(writer, lambda: SmtpPool(Relay("127.0.0.1", port), size=pool), pool)
    exchange = Switchboard(lambda: {"email": email}, {})
    library: Any = None  # nothing is addressed here
    addresser = Addresser(outbox, MemoryRegister(), library, exchange)
    courier = Courier(
        addresser, dict(exchange.channels()), clock=lambda: datetime.now(UTC), chance=random.random, pace=Pace()
    )
    return (await courier.drain()).sent


async def handed_over(ready: list[bytes], letters: int, port: int, pool: int) -> float:
    """Letters a second over the connections alone."""

    async def nothing() -> None:
        return None

    numbers = iter(range(letters))

    async def carry(carrier: SmtpPool) -> None:
        for number in numbers:
            to = f"ann{number}@acme.example"
            delivery = await carrier.deliver("center@platform.example", to, ready[number % len(ready)], nothing)
            assert delivery.outcome == "sent", delivery

    async with SmtpPool(Relay("127.0.0.1", port), size=pool) as carrier:
        begun = time.perf_counter()
        await asyncio.gather(*(carry(carrier) for _ in range(pool)))
        return letters / (time.perf_counter() - begun)


@lru_cache(maxsize=1)  # a worker reads its templates once
def writer() -> Letters:
    """Writes letters as an installation does."""
    folder = shipped("templates") / "email"
    return Letters([folder], sender="Center <center@platform.example>", base_url="https://developers.example.com")


def accept_everything(told: Connection) -> None:
    """A relay that accepts whatever comes, as quickly as this language can; tells its port."""

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Accepting, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class Accepting(asyncio.Protocol):
    """One connection's dialogue."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.text, self.rest = transport, False, b""
        transport.write(b"220 sink\r\n")

    def data_received(self, given: bytes) -> None:
        """Answer every whole line, or a text once its final dot is there."""
        self.rest += given
        while True:
            end = self.rest.find(b"\r\n.\r\n") if self.text else self.rest.find(b"\r\n")
            if end < 0:
                return
            line, self.rest = self.rest[:end], self.rest[end + (5 if self.text else 2) :]
            if self.text:
                self.text = False
                self.transport.write(b"250 2.0.0 queued\r\n")
            else:
                self.transport.write(self.answered(line[:4].upper()))

    def answered(self, verb: bytes) -> bytes:
        """The answer to a command."""
        self.text = verb == b"DATA"
        answers = {b"DATA": b"354 go on\r\n", b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"QUIT": b"221 bye\r\n"}
        return answers.get(verb, b"250 ok\r\n")


if __name__ == "__main__":
    main()
