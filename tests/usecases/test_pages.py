"""Places in lists that are cut into pages, and words that are compared."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.errors import InvalidInput
from review_engine.usecases.pages import MOST, behind, check_limit, folded, place_of

WORDS = st.text(st.characters(codec="utf-8"))


@given(st.lists(WORDS, max_size=4))
def test_a_place_comes_back_as_it_was_and_may_stand_in_an_address(place: list[str]) -> None:
    after = behind(place)
    assert place_of(after, len(place)) == place
    assert all(letter.isalnum() or letter in "-_" for letter in after)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_what_was_not_made_here_is_refused(after: str) -> None:
    with suppress(InvalidInput):
        assert len(place_of(after, 3)) == 3


@pytest.mark.parametrize("after", ["x", "é", "[]", behind(["a", "b"]), behind(["a", "b", "c", "d"]), "W10", "bnVsbA"])
def test_a_place_of_another_list_is_refused(after: str) -> None:
    with pytest.raises(InvalidInput, match="no place in this list"):
        place_of(after, 3)


@pytest.mark.parametrize("limit", [0, -1, MOST + 1, 2**70])
def test_a_page_has_at_least_one_line_and_not_too_many(limit: int) -> None:
    with pytest.raises(InvalidInput, match="lines"):
        check_limit(limit)
    assert [check_limit(one) for one in (1, MOST)] == [1, MOST]


@pytest.mark.parametrize(
    ("one", "other"),
    [("STRASSE", "straße"), ("É", "e\u0301"), ("\uff21\uff22", "ab"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("\ufb01ne", "FINE")],
)
def test_spellings_of_the_same_letters_are_equal(one: str, other: str) -> None:
    assert folded(one) == folded(other)
