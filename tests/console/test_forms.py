"""Forms made from declared facts: what is drawn is read back as nothing new, and what is typed as what it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from review_engine import Actor, ReviewEngine
from review_engine.console.forms import Form, control_of, texts_of, value_of, words_of
from review_engine.domain.actors import Role
from review_engine.domain.facts import TYPES, Fact
from review_engine.domain.lifecycle import Lifecycle, State
from review_engine.domain.subjects import Subject

ANN = Actor.partner("p-ann", of="acme")
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ZONE = "America/Los_Angeles"
CHOICES = ("one", "two", "three", "four", "five")

FACTS = {kind: Fact(kind, kind.title(), kind, among=CHOICES if "choice" in kind else ()) for kind in TYPES}
FACTS["ranked"] = Fact("ranked", "Ranked", "choices", among=CHOICES, max=3)
LIFECYCLE = Lifecycle("thing", "Thing", "start", "r", "", {"start": State("start", "Start")}, {}, FACTS)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(
        str.strip
    ),
    "url": st.just("https://acme.example/?a=b&c=%22"),
    "email": st.just("ann@acme.example"),
    "choice": st.sampled_from(CHOICES),
    "choices": st.lists(st.sampled_from(CHOICES), min_size=1, unique=True),
    "ranked": st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True),
    "bool": st.booleans(),
    "count": st.integers(0, 2**53 - 1),
    "date": st.dates().map(lambda day: day.isoformat()),
    "datetime": st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
    "secret": st.just("sealed:7"),
}


def form(**facts: Any) -> Form:
    subject = Subject("thing", "x", "acme", "start", NOW, 1, 1, "r", NOW, facts=facts)
    return Form(LIFECYCLE, subject, ANN, ZONE)


def sent_as_drawn(drawn: Form) -> FormData:
    """What a browser sends when nobody touched the page."""
    pairs: list[tuple[str, str | UploadFile]] = []
    for section in drawn.sections():
        for entry in section.entries:
            name = f"fact.{entry.fact.name}"
            if entry.control in ("box", "ticks", "accept"):
                pairs.append(("has", entry.fact.name))
                pairs += [(name, text) for text in entry.texts]
            else:
                texts = entry.ranks if entry.control == "ranked" else [entry.text]
                pairs += [(name, text.replace("\n", "\r\n")) for text in texts]
    return FormData(pairs)


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_a_page_nobody_touched_changes_nothing(facts: dict[str, Any]) -> None:
    kept = {name: value if name == "secret" else FACTS[name].parse(value) for name, value in facts.items()}
    values, typed = form(**kept).read(sent_as_drawn(form(**kept)), FACTS.values())
    assert (values, typed.wrong) == ({}, {})


@given(st.fixed_dictionaries({}, optional={name: each for name, each in VALUES.items() if name != "secret"}))
def test_what_is_typed_into_an_empty_page_is_what_is_kept(facts: dict[str, Any]) -> None:
    wanted = {name: FACTS[name].parse(value) for name, value in facts.items()}
    filled = form(**wanted)
    values, typed = form().read(sent_as_drawn(filled), FACTS.values())
    unsaid = {name for name, value in wanted.items() if value is False}  # an empty box says nothing yet
    expected = {name: value for name, value in wanted.items() if name not in unsaid}
    if "choices" in expected:  # boxes are ticked in the order in which they stand
        expected["choices"] = [choice for choice in CHOICES if choice in facts["choices"]]
    assert not typed.wrong
    doubtful = {"datetime"} if "datetime" in expected and _repeated(expected["datetime"]) else set()
    assert {k: v for k, v in values.items() if k not in doubtful} == {
        k: v for k, v in expected.items() if k not in doubtful
    }


def _repeated(moment: object) -> bool:
    """Whether the wall clock showed that time twice."""
    fact = FACTS["datetime"]
    at = datetime.fromisoformat(str(moment))
    texts = texts_of(fact, at.isoformat(), ZONE)
    return any(texts_of(fact, (at + timedelta(hours=hours)).isoformat(), ZONE) == texts for hours in (-1, 1))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("url", "javascript:alert(1)"), ("url", "ftp://x"), ("email", "ann"), ("choice", "six"), ("count", "-1"),
     ("count", "1e5"), ("count", "²"), ("count", "9" * 300), ("date", "2026-02-30"), ("datetime", "soon"),
     ("text", "x" * 10_001)],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_kept(kind: str, text: str) -> None:
    values, typed = form().read(FormData([(f"fact.{kind}", text)]), [FACTS[kind]])
    assert values == {}
    assert typed.wrong[kind]
    assert list(typed.texts[kind]) == [text]
    again = replace(form(), typed=typed).entry(FACTS[kind])
    assert (again.texts, again.wrong) == ((text,), typed.wrong[kind])


def test_too_many_choices_and_unknown_ones_are_told(engine: ReviewEngine) -> None:
    for name, texts in (("ranked", ["one", "one"]), ("choices", ["one", "six"]), ("ranked", list(CHOICES))):
        pairs: list[tuple[str, str | UploadFile]] = [("has", name), *((f"fact.{name}", text) for text in texts)]
        _, typed = form().read(FormData(pairs), [FACTS[name]])
        assert typed.wrong[name]


def test_an_emptied_field_clears_its_fact() -> None:
    values, _ = form(text="old", choice="one").read(FormData([("fact.text", ""), ("fact.choice", "")]), FACTS.values())
    assert values == {"text": None, "choice": None}


def test_a_field_that_was_not_sent_is_left_alone() -> None:
    assert form(text="old", bool=True).read(FormData([]), FACTS.values())[0] == {}


def test_a_secret_is_shown_as_its_version_only() -> None:
    fact = FACTS["secret"]
    assert texts_of(fact, "sealed:7", ZONE) == ()
    assert words_of(fact, "sealed:7", ZONE) == "Set, version 7"


def test_every_type_has_an_input_and_an_empty_value() -> None:
    for fact in FACTS.values():
        assert control_of(fact)
        assert value_of(fact, [], ZONE) in (None, False)


def test_a_partner_sees_nothing_of_what_staff_has_not_said_yet(engine: ReviewEngine) -> None:
    lifecycle = engine.lifecycle("app")
    engine.register("draft", partner="acme", by=ANN)
    subject = engine.subject("draft", by=ANN)
    names = {e.fact.name for s in Form(lifecycle, subject, ANN, ZONE).sections() for e in s.entries}
    assert all(Role.PARTNER in lifecycle.facts[name].by for name in names)
    told = replace(subject, facts={"private_link_url": "https://x.example/", "adheres_to_spec": True})
    names = {e.fact.name for s in Form(lifecycle, told, ANN, ZONE).sections() for e in s.entries}
    assert "private_link_url" in names
    assert "adheres_to_spec" not in names
