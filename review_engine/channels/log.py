"""Notices as lines of the log: for operators, and for hosts whose log is read by machines."""

import json
import logging

from review_engine.channels.payload import payload
from review_engine.ports.channels import BeforeData, Delivery, Rendered
from review_engine.ports.outbox import Outgoing

_log = logging.getLogger("review_engine.notices")


class LogChannel:
    """One line a notice, at level WARNING for operators and INFO for everybody else."""

    room = 1

    async def open(self) -> None:
        """A log is always open."""

    async def close(self) -> None:
        """A log is never closed by us."""

    def render(self, outgoing: Outgoing) -> Rendered:
        """The notice as JSON on one line."""
        return Rendered(json.dumps(payload(outgoing)), outgoing.idem_key)

    async def deliver(self, outgoing: Outgoing, content: str, before_data: BeforeData) -> Delivery:
        """Write the line."""
        await before_data()
        level = logging.WARNING if "operator" in outgoing.notice.to else logging.INFO
        _log.log(level, "%s", content)
        return Delivery("sent", "content", text="logged")
