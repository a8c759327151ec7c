"""What every store promises of tokens."""

from datetime import timedelta

import pytest

from review_engine.domain.actors import Role
from review_engine.domain.errors import Conflict, InvalidInput
from review_engine.ports.reception import TokenRecord
from review_engine.ports.store import Store
from tests.contracts.builders import NOW
from tests.contracts.fronts import tokens_of

DAY = timedelta(days=1)
ONE = TokenRecord("1" * 16, "d" * 64, "token", "p-ann", Role.PARTNER, "acme", "Ann's script Ö", NOW, NOW + DAY)
TWO = TokenRecord("2" * 16, "e" * 64, "token", "r-rita", Role.REVIEWER, "", "", NOW + DAY)
PAGE = TokenRecord("3" * 16, "f" * 64, "session", "r-rita", Role.REVIEWER, "", "", NOW)


def test_a_token_is_kept_as_it_was_given(store: Store) -> None:
    tokens = tokens_of(store)
    for record in (ONE, TWO, PAGE):
        tokens.add(record)
    assert [tokens.token(record.id) for record in (ONE, TWO, PAGE)] == [ONE, TWO, PAGE]
    assert tokens.token("9" * 16) is None


def test_tokens_are_told_by_sort_newest_first_then_by_number(store: Store) -> None:
    tokens = tokens_of(store)
    twin = ONE._replace(id="0" * 16)
    for record in (ONE, PAGE, TWO, twin):
        tokens.add(record)
    assert list(tokens.all()) == [TWO, twin, ONE]
    assert list(tokens.all(sort="session")) == [PAGE]
    assert list(tokens.all(sort="other")) == []


def test_a_number_is_given_once(store: Store) -> None:
    tokens_of(store).add(ONE)
    with pytest.raises(Conflict):
        tokens_of(store).add(ONE._replace(digest="0" * 64))
    assert tokens_of(store).token(ONE.id) == ONE


def test_a_token_is_taken_back_once(store: Store) -> None:
    tokens = tokens_of(store)
    tokens.add(ONE)
    tokens.add(TWO)
    assert tokens.revoke(ONE.id, NOW + DAY) is True
    assert tokens.revoke(ONE.id, NOW + 2 * DAY) is False
    assert tokens.revoke("9" * 16, NOW) is False
    assert tokens.token(ONE.id) == ONE._replace(revoked_at=NOW + DAY)
    assert tokens.token(TWO.id) == TWO


def test_what_was_over_or_taken_back_before_is_forgotten(store: Store) -> None:
    tokens = tokens_of(store)
    for record in (ONE, TWO, PAGE):
        tokens.add(record)
    tokens.revoke(PAGE.id, NOW)
    assert tokens.forget(NOW) == 0
    assert tokens.forget(NOW + DAY) == 1
    assert [tokens.token(record.id) is None for record in (ONE, TWO, PAGE)] == [False, False, True]
    assert tokens.forget(NOW + 99 * DAY) == 1
    assert list(tokens.all()) == [TWO]


@pytest.mark.parametrize("bad", ["a\0b", "\ud800"])
def test_what_cannot_be_kept_is_refused(store: Store, bad: str) -> None:
    for record in (ONE._replace(person=bad), ONE._replace(partner=bad), ONE._replace(label=bad)):
        with pytest.raises(InvalidInput):
            tokens_of(store).add(record)
    assert list(tokens_of(store).all()) == []
