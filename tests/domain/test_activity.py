"""Customers are merged in any order, and the ledger says of each whether it counts and why."""

from datetime import timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.activity import Customer, Usage, ledger
from tests.domain.sample import NOW

DAY = timedelta(days=1)


def usage(days_ago: int, excluded: str = "", source: str = "s") -> Usage:
    return Usage("acme-sync", "c-1", NOW - days_ago * DAY, source, excluded)


def merged(usages: "tuple[Usage, ...]") -> Customer:
    first, *rest = usages
    row = Customer(first.customer, first.at, first.at, first.source, first.excluded)
    for one in rest:
        row = row.merged(one)
    return row


@given(st.lists(st.integers(0, 400), min_size=1, max_size=4, unique=True))
def test_the_order_of_batches_does_not_matter(days: list[int]) -> None:
    usages = [usage(day, source=f"s{day}") for day in days]
    assert len({merged(order) for order in permutations(usages)}) == 1


def test_an_exclusion_holds_until_a_newer_use_says_otherwise() -> None:
    assert merged((usage(9), usage(3, "test workspace"))).excluded == "test workspace"
    assert merged((usage(3, "test workspace"), usage(9))).excluded == "test workspace"
    assert merged((usage(9, "test workspace"), usage(3))).excluded == ""


def test_the_ledger_says_why_a_customer_does_not_count() -> None:
    rows = [
        Customer("c-fresh", NOW - DAY, NOW - DAY),
        Customer("c-old", NOW - 90 * DAY, NOW - 40 * DAY),
        Customer("c-own", NOW, NOW, excluded="partner's own"),
    ]
    lines = {line.customer: line for line in ledger(rows, NOW, 28 * DAY)}
    assert [lines[name].counts for name in ("c-fresh", "c-old", "c-own")] == [True, False, False]
    assert "more than 28 days ago" in lines["c-old"].why
    assert "partner's own" in lines["c-own"].why


def test_without_a_window_every_use_counts() -> None:
    assert all(line.counts for line in ledger([Customer("c", NOW - 900 * DAY, NOW - 900 * DAY)], NOW, None))
