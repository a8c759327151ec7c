"""A worker is killed in the middle of delivering, again and again: nothing is lost, little arrives twice, and what does
is the same letter, byte for byte, under one Message-ID.

REVIEW_ENGINE_KILLS says how often (3 without it), REVIEW_ENGINE_LETTERS how many letters there are (300).
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from review_engine.domain.notices import Notice
from review_engine.ports.outbox import PENDING, SENDING, SENT, UNKNOWN, Chosen, Outbox, Outgoing, Recipient
from review_engine.store.opening import open_outbox, open_store
from tests.channels.scripted_sink import ScriptedSink

KILLS = int(os.environ.get("REVIEW_ENGINE_KILLS", "3"))
LETTERS = int(os.environ.get("REVIEW_ENGINE_LETTERS", "300"))
POOL = 8
LEASE = 1.0
DRAINER = Path(__file__).with_name("drainer.py")
PATIENCE = 120.0
"""Seconds after which a test that waits for a process gives up."""


@pytest.fixture(params=("sqlite", "postgres"))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
        return address
    return f"sqlite:///{tmp_path}/reviews.db"


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
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def killed_after(sink: ScriptedSink, process: asyncio.subprocess.Process, letters: int) -> None:
    """Kill the process once the relay has so many letters."""
    async with asyncio.timeout(PATIENCE):
        while len(sink.letters) < letters:
            await asyncio.sleep(0)
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def finished(outbox: Outbox, process: asyncio.subprocess.Process) -> None:
    """Wait until nothing waits, then end the process."""
    async with asyncio.timeout(PATIENCE):
        while any(status in (PENDING, SENDING) for _, status in await asyncio.to_thread(outbox.census)):
            await asyncio.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_a_killed_worker_loses_no_letter_and_doubles_few_as_the_same_bytes(url: str) -> None:
    store = open_store(url)
    outbox = open_outbox(store)
    fill(outbox)
    doubled_by_kill: list[int] = []
    async with ScriptedSink() as sink:
        for kill in range(1, KILLS + 1):
            process = await started(url, sink.port)
            await killed_after(sink, process, kill * LETTERS // (KILLS + 1))
            doubled_by_kill.append(_doubled(sink) - sum(doubled_by_kill))
        await finished(outbox, await started(url, sink.port))
        arrived = Counter(one.recipient for one in sink.letters)
        contents = {one.recipient: set[bytes]() for one in sink.letters}
        for one in sink.letters:
            contents[one.recipient].add(one.content)
        doubled = _doubled(sink)
    rows = outbox.rows(Chosen(limit=LETTERS))
    store.close()
    print(f"{KILLS} kills, {LETTERS} letters: {LETTERS - len(arrived)} lost, {doubled} doubled")
    assert len(arrived) == LETTERS
    assert doubled <= KILLS * POOL
    assert {len(each) for each in contents.values()} == {1}
    assert {row.status for row in rows} <= {SENT, UNKNOWN}
    known = {row.recipient.address: (row.message_id, (row.content or "").encode()) for row in rows}
    for recipient, (content,) in contents.items():
        assert known[recipient] == (str(message_from_bytes(content)["Message-ID"]), content)


def _doubled(sink: ScriptedSink) -> int:
    return len(sink.letters) - len({one.recipient for one in sink.letters})


async def test_a_worker_that_is_asked_to_end_leaves_nothing_claimed(url: str) -> None:
    from tests.crash.drainer import courier

    store = open_store(url)
    outbox = open_outbox(store)
    fill(outbox)
    stop = asyncio.Event()
    async with ScriptedSink() as sink:
        from review_engine.usecases.account import Pace

        running = asyncio.create_task(courier(url, sink.port, POOL, Pace(lease=timedelta(minutes=3))).run(stop))
        async with asyncio.timeout(PATIENCE):
            while len(sink.letters) < LETTERS // 3:
                await asyncio.sleep(0.001)
        stop.set()
        async with asyncio.timeout(10):
            await running
        arrived = len(sink.letters)
    standing = Counter(row.status for row in outbox.rows(Chosen(limit=LETTERS)))
    store.close()
    assert standing[SENT] == arrived == len({one.recipient for one in sink.letters})
    assert standing[PENDING] == LETTERS - arrived
