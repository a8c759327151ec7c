"""Writes of many deliveries under way, put together: one transaction, one flush to the disk, for all that wait at once.

A message costs two commits (it is about to leave; it was accepted), and a commit costs a flush of the disk. While one
is being flushed, the marks of other messages gather and go with the next. All of it happens on one thread: two that
wrote rows in different orders could wait for each other on PostgreSQL.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from review_engine.ports.outbox import Mark, Outbox

P = ParamSpec("P")
T = TypeVar("T")


class Ledger:
    """One courier's hand in the outbox, for one event loop."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._waiting: list[tuple[Mark, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, mark: Mark) -> bool:
        """Write a mark; True once it is durable, False if its claim no longer holds.

        Raises:
            StoreError: it could not be written.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((mark, written))
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return await written

    async def ask(self, question: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Anything else of the outbox, on the same thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: question(*args, **named))

    def close(self) -> None:
        """Let what is being written be written; no more after it."""
        self._thread.shutdown(wait=True)

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._write_all(batch)
        finally:
            self._writing = None

    async def _write_all(self, batch: list[tuple[Mark, "asyncio.Future[bool]"]]) -> None:
        try:
            held = await self.ask(self.outbox.record, [mark for mark, _ in batch])
        except Exception as error:
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            return
        for (_, written), holds in zip(batch, held, strict=True):
            if not written.done():
                written.set_result(holds)
