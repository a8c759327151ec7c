"""A worker is killed in the middle of delivering, again and again: nothing is lost, little arrives twice, and what does
is the same letter, byte for byte, under one Message-ID.

REVIEW_CRASH=full kills 20 on each database, among 2,000 letters.
"""

import asyncio
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from review_engine.domain.notices import Notice
from review_engine.ports.outbox import PENDING, SENT, UNKNOWN, Chosen, Outbox, Outgoing, Recipient
from review_engine.store.opening import open_outbox, open_store
from review_engine.usecases.account import Pace
from tests.channels.scripted_sink import ScriptedSink
from tests.crash.crew import FULL
from tests.crash.drainer import courier

KILLS = 20 if FULL else 3
LETTERS = 2_000 if FULL else 300
POOL = 8
LEASE = 3.0
DRAINER = Path(__file__).with_name("drainer.py")
PATIENCE = 120.0
"""Seconds after which a test that waits for a process gives up."""


def fill(outbox: Outbox) -> None:
    """Letters to as many people."""
    now = datetime.now(UTC)
    rows = []
    for number in range(LETTERS):
        context = {"subject": f"Letter {number}", "text": "x" * 2_000}
        notice = Notice("submitted", "app/acme-sync", "acme", f"move {number}", ("partner",), now, context)
        person = Recipient(f"p-{number}", f"ann{number}@acme.example", "Ann")
        rows.append(Outgoing(f"{notice.idem_key}#{number}", "email", person, "", notice, now, now))
    outbox.put(rows)


async def started(url: str, port: int) -> asyncio.subprocess.Process:
    """A process that delivers, once it has begun to."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(DRAINER), url, str(port), str(POOL), str(LEASE), stdout=asyncio.subprocess.PIPE
    )
    await said(process, b"ready")
    return process


async def said(process: asyncio.subprocess.Process, word: bytes) -> None:
    """Wait until a process says this."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await process.stdout.readline() == word + b"\n"


async def killed(process: asyncio.subprocess.Process) -> None:
    """Kill a process as the power cord does."""
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def arrived(sink: ScriptedSink, letters: int) -> None:
    """Wait until the relay has so many letters, and is about to answer the last of them."""
    enough = asyncio.Event()
    sink.always("content", lambda: enough.set() if len(sink.letters) + 1 >= letters else None)
    async with asyncio.timeout(PATIENCE):
        await enough.wait()


async def test_a_killed_worker_loses_no_letter_and_doubles_few_as_the_same_bytes(url: str) -> None:
    store = open_store(url)
    outbox = open_outbox(store)
    fill(outbox)
    async with ScriptedSink() as sink:
        for kill in range(1, KILLS + 1):
            process = await started(url, sink.port)
            await arrived(sink, kill * LETTERS // (KILLS + 1))
            await killed(process)
        process = await started(url, sink.port)
        await said(process, b"done")
        await process.wait()
        contents = {one.recipient: set[bytes]() for one in sink.letters}
        for one in sink.letters:
            contents[one.recipient].add(one.content)
        doubled = _doubled(sink)
    rows = outbox.rows(Chosen(limit=LETTERS))
    store.close()
    print(f"{KILLS} kills, {LETTERS} letters: {LETTERS - len(contents)} lost, {doubled / KILLS:.1f} doubled a kill")
    assert len(contents) == LETTERS
    assert doubled <= KILLS * POOL
    assert {len(each) for each in contents.values()} == {1}
    assert {row.status for row in rows} <= {SENT, UNKNOWN}
    known = {row.recipient.address: (row.message_id, (row.content or "").encode()) for row in rows}
    for recipient, (content,) in contents.items():
        assert known[recipient] == (str(message_from_bytes(content)["Message-ID"]), content)


def _doubled(sink: ScriptedSink) -> int:
    return len(sink.letters) - len({one.recipient for one in sink.letters})


async def test_a_worker_that_is_asked_to_end_leaves_nothing_claimed(url: str) -> None:
    store = open_store(url)
    outbox = open_outbox(store)
    fill(outbox)
    stop = asyncio.Event()
    async with ScriptedSink() as sink:
        pace = Pace(lease=timedelta(minutes=3))
        running = asyncio.create_task(courier(outbox, sink.port, POOL, pace).run(stop))
        await arrived(sink, LETTERS // 3)
        stop.set()
        async with asyncio.timeout(10):
            await running
        got = [one.recipient for one in sink.letters]
    standing = Counter(row.status for row in outbox.rows(Chosen(limit=LETTERS)))
    store.close()
    assert standing[SENT] == len(got) == len(set(got))
    assert standing[PENDING] == LETTERS - len(got) > 0
