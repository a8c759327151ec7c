"""What an operator must know of delivery itself, told through the outbox like everything else: after commit, and at
least once. It also goes into the log at once, because the log needs no channel.
"""

import logging
from collections.abc import Iterator
from datetime import datetime

from review_engine.domain.notices import Notice
from review_engine.ports.channels import Exchange
from review_engine.ports.outbox import Outbox, Outgoing, Recipient

OPERATOR = "operator"
"""The audience of alerts; ``[routes] operator`` says how it is told."""

_log = logging.getLogger("review_engine.deliver")


def alert(
    outbox: Outbox,
    exchange: Exchange,
    name: str,
    about: str,
    *,
    says: str,
    mark: str,
    now: datetime,
    without: str = "",
    to: str = "",
) -> int:
    """Tell the operator; how many rows were put into the outbox. The same alert is put once.

    Args:
        outbox: where it goes.
        exchange: knows the routes.
        name: of the event, such as ``channel_paused``.
        about: what it is about, such as a channel's name.
        says: one or two sentences.
        mark: tells this occurrence from others of its name and subject.
        now: when (aware UTC).
        without: a channel that cannot be used for it.
        to: the operator's e-mail address; empty if alerts never go to a person.
    """
    _log.error("%s: %s: %s", name, about, says)
    notice = Notice(
        name, f"{OPERATOR}/{about}", "", mark, (OPERATOR,), now, {"subject": f"{name}: {about}", "text": says}
    )
    return outbox.put(list(_rows(exchange, notice, now, without, to)))


def _rows(exchange: Exchange, notice: Notice, now: datetime, without: str, to: str) -> Iterator[Outgoing]:
    for route in exchange.routes(OPERATOR):
        address = to if route.personal else route.channel
        if address and route.channel != without and route.takes(notice.name):
            yield Outgoing(
                idem_key=f"{notice.idem_key}#{route.channel}",
                channel=route.channel,
                recipient=Recipient(OPERATOR, address, staff=True),
                letter="",
                notice=notice,
                available_at=now,
                created_at=now,
            )
