"""A customer's use of an app, and which uses count. The ledger says of each customer whether it counted, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


class Usage(NamedTuple):
    """One line of a batch: this customer used that app.

    Args:
        app: the subject's key, ``app/slug`` or a bare slug.
        customer: the platform's key for the customer's workspace (never a user).
        at: when (aware UTC).
        source: where the platform knows it from.
        excluded: why it must not count (``partner's own``, ``test workspace``); empty if it may.
    """

    app: str
    customer: str
    at: datetime
    source: str = ""
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """What is kept of one customer of one app: one row, merged from every batch."""

    customer: str
    first_seen: datetime
    last_seen: datetime
    source: str = ""
    excluded: str = ""

    def merged(self, usage: Usage) -> "Customer":
        """This row after one more usage. Earlier and later batches may arrive in any order.

        An exclusion stays until a later usage says otherwise; the newest usage names the source.
        """
        newest = usage.at >= self.last_seen
        return Customer(
            self.customer,
            min(self.first_seen, usage.at),
            max(self.last_seen, usage.at),
            usage.source if newest else self.source,
            usage.excluded if newest else self.excluded,
        )


class LedgerLine(NamedTuple):
    """One customer in the evidence ledger: did it count, and why."""

    customer: str
    counts: bool
    why: str
    first_seen: datetime
    last_seen: datetime
    source: str


def ledger(customers: Iterable[Customer], now: datetime, window: timedelta | None) -> list[LedgerLine]:
    """Which customers are active at ``now`` (aware UTC) and why the others are not.

    Args:
        customers: the rows of one app.
        now: the time of asking.
        window: how recent the last use must be; None for ever.
    """
    lines = []
    for row in sorted(customers, key=lambda row: row.customer):
        counts, why = _judged(row, now, window)
        lines.append(LedgerLine(row.customer, counts, why, row.first_seen, row.last_seen, row.source))
    return lines


def _judged(row: Customer, now: datetime, window: timedelta | None) -> tuple[bool, str]:
    if row.excluded:
        return False, f"does not count: {row.excluded}"
    if window is not None and row.last_seen < now - window:
        return False, f"last used it on {row.last_seen:%Y-%m-%d}, more than {window.days} days ago"
    return True, f"used it on {row.last_seen:%Y-%m-%d}"
