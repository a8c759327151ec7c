"""Facts are typed: what fits is kept in one spelling, what does not is refused with the cure."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.canonical import canonical
from review_engine.domain.errors import InvalidFact, InvalidInput, UnknownName
from review_engine.domain.facts import TYPES, Fact, moment_of, parse_facts


def fact(type_: str, **more: Any) -> Fact:
    return Fact("it", "It", type_, **more)


FITS = [
    (fact("text"), "  two words ", "two words"),
    (fact("text"), "line one\nline two", "line one\nline two"),
    (fact("text", max=3), "\u00e4\u00f6\u00fc", "\u00e4\u00f6\u00fc"),
    (fact("url"), "https://acme.example/docs?utm_source=x#top", "https://acme.example/docs?utm_source=x#top"),
    (fact("email"), "ann@acme.example", "ann@acme.example"),
    (fact("choice", among=("red", "green")), "red", "red"),
    (fact("choices", among=("red", "green"), max=2), ["green", "red"], ["green", "red"]),
    (fact("bool"), False, False),
    (fact("count"), 0, 0),
    (fact("date"), "2026-02-28", "2026-02-28"),
    (fact("date"), date(2026, 2, 28), "2026-02-28"),
    (fact("datetime"), "2026-03-02T10:00:00-08:00", "2026-03-02T18:00:00.000000Z"),
    (fact("datetime"), datetime(2026, 3, 2, 19, tzinfo=timezone(timedelta(hours=1))), "2026-03-02T18:00:00.000000Z"),
    (fact("secret"), "correct horse", "correct horse"),
]
MISFITS = [
    (fact("text"), ""),
    (fact("text"), 7),
    (fact("text", max=3), "four"),
    (fact("text"), "a\x00b"),
    (fact("text"), "broken \ud800"),
    (fact("url"), "ftp://acme.example"),
    (fact("url"), "javascript:alert(1)"),
    (fact("url"), "https://"),
    (fact("url"), "https://ann:secret@acme.example/"),
    (fact("url"), "https://acme.example:99999/"),
    (fact("email"), "ann"),
    (fact("email"), "ann@acme.example, eve@eve.example"),
    (fact("email"), "Ann <ann@acme.example>"),
    (fact("choice", among=("red",)), "blue"),
    (fact("choices", among=("red", "green"), max=1), ["red", "green"]),
    (fact("choices", among=("red",)), ["red", "red"]),
    (fact("choices", among=("red",)), "red"),
    (fact("choices", among=("red",)), []),
    (fact("bool"), 1),
    (fact("bool"), "true"),
    (fact("count"), True),
    (fact("count"), -1),
    (fact("count"), 2**63),
    (fact("count", max=5), 6),
    (fact("date"), "2026-02-30"),
    (fact("date"), datetime(2026, 2, 28, tzinfo=UTC)),
    (fact("datetime"), "2026-03-02T10:00:00"),
    (fact("datetime"), "soon"),
    (fact("secret"), "two\nlines"),
]


@pytest.mark.parametrize(("declared", "value", "kept"), FITS)
def test_what_fits_is_kept_in_one_spelling(declared: Fact, value: object, kept: object) -> None:
    assert declared.parse(value) == kept


@pytest.mark.parametrize(("declared", "value"), MISFITS)
def test_what_does_not_fit_is_refused_with_the_facts_name_and_a_cure(declared: Fact, value: object) -> None:
    with pytest.raises(InvalidFact, match="fact 'it'") as refused:
        declared.parse(value)
    assert refused.value.cure


def test_an_unknown_fact_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'docs_url'"):
        parse_facts({"docs_url": fact("url")}, {"doc_url": "https://acme.example"})


def test_none_clears_a_fact_of_any_type() -> None:
    assert parse_facts({"it": fact("count")}, {"it": None}) == {"it": None}


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.binary()


@given(st.sampled_from(TYPES), anything)
def test_whatever_is_handed_in_is_kept_as_plain_json_or_refused(type_: str, value: object) -> None:
    declared = fact(type_, among=("a", "b"))
    try:
        kept = declared.parse(value)
    except InvalidFact:
        return
    assert declared.parse(kept) == kept
    canonical(kept).encode("ascii")


def test_a_date_stands_for_its_midnight_in_utc() -> None:
    assert moment_of("2026-03-02") == datetime(2026, 3, 2, tzinfo=UTC)
    assert moment_of(None) is None
    with pytest.raises(InvalidInput):
        moment_of("soon")
