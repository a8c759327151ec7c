"""Rules on findings: what may be handed in, what stands, and which finding comes late."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.domain.actors import Role
from review_engine.domain.errors import InvalidInput, UnknownName
from review_engine.domain.facts import Fact, Facts
from review_engine.domain.findings import (
    ASSESSMENTS_MAX,
    Rounds,
    checked,
    confirmed,
    criteria_of,
    differences,
    first_seen,
    is_late,
    standing,
)
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle, Transition
from review_engine.domain.reviews import (
    FAILED,
    NOT_APPLICABLE,
    NOTED,
    PASSED,
    RESULTS,
    WANTING,
    Assessment,
    Difference,
    Finding,
)
from review_engine.domain.submissions import Submission

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
STAFF = (Role.REVIEWER, Role.MANAGER)
FACTS = {
    "docs": Fact("docs", "Docs", "url"),
    "logo": Fact("logo", "Logo", "url"),
    "reads_well": Fact("reads_well", "Reads well", "bool", STAFF),
    "renders": Fact("renders", "Renders", "bool", STAFF),
    "links": Fact("links", "Links are tagged", "bool"),
    "seen_at": Fact("seen_at", "Seen", "datetime", STAFF),
}


def attested(name: str, fact: str, *, this_round: bool = True) -> Guard:
    """A guard that asks for somebody's word."""
    return Guard(name, name.title(), "attested", "Mend it.", {"fact": fact, "this_round": this_round})


GUARDS = (
    attested("documented", "reads_well"),
    attested("drawn", "renders"),
    attested("tagged", "links"),
    attested("seen", "seen_at"),
    attested("ever", "renders", this_round=False),
    Guard("complete", "Complete", "facts_present", "Fill it in.", {"facts": ["docs"]}),
    attested("elsewhere", "renders"),
)
NAMES = tuple(guard.name for guard in GUARDS)
APP = Lifecycle(
    name="app", title="App", starts="draft", revision="r1", calendar="", states={}, facts=FACTS,
    guards={guard.name: guard for guard in GUARDS},
    transitions={
        "approve": Transition("approve", "Approve", ("review",), "live", STAFF, NAMES[:-1], decides=True),
        "launch": Transition("launch", "Launch", ("live",), "public", STAFF, NAMES[-1:]),
    },
)  # fmt: skip


def found(round_: int, result: str = FAILED, criterion: str = "", about: str = "", comment: str = "x") -> Finding:
    """A finding of a round."""
    return Finding(round_, 0, criterion, result, comment, about, "reviewer:rita", NOW)


def numbered(*findings: Finding) -> tuple[Finding, ...]:
    """Findings as they are kept."""
    return tuple(one._replace(number=number) for number, one in enumerate(findings, start=1))


def rounds(*each: dict[str, str], decided: str = "request_changes") -> Rounds:
    """Rounds with these facts; all but the last are decided."""
    return [
        (Submission(number, NOW, "ann", repr(facts), decision=decided if number < len(each) else ""), facts)
        for number, facts in enumerate(each, start=1)
    ]


# What may be handed in


def test_criteria_are_what_staff_confirms_for_each_round_before_a_decision() -> None:
    assert list(criteria_of(APP)) == ["documented", "drawn"]


def test_confirming_sets_the_fact_and_denying_unsets_it() -> None:
    points = [Assessment(NOT_APPLICABLE, "documented", "x"), Assessment(FAILED, "drawn", "x"), Assessment(NOTED)]
    assert confirmed(APP, points) == {"reads_well": True, "renders": False}


def test_two_criteria_on_one_fact_have_to_be_met_both() -> None:
    twice = replace(APP, guards={**APP.guards, "drawn": attested("drawn", "reads_well")})
    for one, other in ((PASSED, FAILED), (FAILED, PASSED)):
        points = [Assessment(one, "documented", "x"), Assessment(other, "drawn", "x")]
        assert confirmed(twice, points) == {"reads_well": False}


@pytest.mark.parametrize(
    ("point", "error", "says"),
    [
        (Assessment("fine", "documented"), UnknownName, "no result 'fine'"),
        (Assessment(PASSED, "documentd"), UnknownName, "documented"),
        (Assessment(PASSED, "complete"), UnknownName, "no criterion"),
        (Assessment(FAILED, "documented", "x", "doc"), UnknownName, "docs"),
        (Assessment(NOTED, "documented", "x"), InvalidInput, "neither"),
        (Assessment(PASSED), InvalidInput, "without a criterion"),
        (Assessment(NOT_APPLICABLE, "", "x"), InvalidInput, "without a criterion"),
        (Assessment(FAILED, "documented", " "), InvalidInput, "needs a comment"),
        (Assessment(NOT_APPLICABLE, "documented"), InvalidInput, "needs a comment"),
        (Assessment(NOTED), InvalidInput, "needs a comment"),
        (Assessment(FAILED, "documented", "a\0b"), InvalidInput, "control characters"),
        (Assessment(FAILED, "documented", "\ud800"), InvalidInput, "control characters"),
        (Assessment(FAILED, "documented", "x" * 5_001), InvalidInput, "5000"),
    ],
)
def test_what_cannot_be_found_is_refused_with_the_reason(point: Assessment, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        checked(APP, [point], where="app/acme")


def test_each_criterion_is_assessed_once_and_not_nothing_nor_everything() -> None:
    for points in ([], [Assessment(PASSED, "documented")] * 2, [Assessment(NOTED, "", "x")] * (ASSESSMENTS_MAX + 1)):
        with pytest.raises(InvalidInput):
            checked(APP, points, where="app/acme")


def test_what_is_handed_in_is_kept_without_surrounding_space() -> None:
    given = [Assessment(FAILED, "documented", " Step 3. \n", "docs"), Assessment(PASSED, "drawn")]
    assert checked(APP, given, where="app/acme") == (given[0]._replace(comment="Step 3."), given[1])


# What stands


def test_a_later_finding_on_a_criterion_takes_the_place_of_the_earlier_in_its_round() -> None:
    first, note, other, second = numbered(
        found(1, FAILED, "documented"), found(1, NOTED), found(2, FAILED, "documented"), found(1, PASSED, "documented")
    )
    assert standing([first, note, other, second]) == (note, other, second)


def test_first_seen_names_the_first_round_in_which_something_was_wanting() -> None:
    findings = numbered(
        found(1, FAILED, "drawn"),
        found(1, PASSED, "drawn"),
        found(2, FAILED, "drawn", "logo"),
        found(3, FAILED, "drawn", "docs"),
        found(3, NOTED, "", "logo"),
        found(3, PASSED, "documented"),
    )
    assert first_seen(findings) == {"drawn": 2, "logo": 2, "docs": 3}


def test_differences_are_told_in_the_order_of_the_file() -> None:
    before: Facts = {"logo": "a", "docs": "b", "gone": "x"}
    after: Facts = {"logo": "c", "links": True}
    assert differences(FACTS, before, after) == (
        Difference("docs", "Docs", "b", None),
        Difference("logo", "Logo", "a", "c"),
        Difference("links", "Links are tagged", None, True),
    )


# What comes late


DOCS = Assessment(FAILED, "documented", "Step 3.", "docs")


def test_a_finding_on_what_did_not_change_is_late() -> None:
    assert is_late(DOCS, 2, (), rounds({"docs": "a", "logo": "a"}, {"docs": "a", "logo": "b"}))


def test_a_finding_on_what_changed_is_in_time() -> None:
    assert not is_late(DOCS, 2, (), rounds({"docs": "a"}, {"docs": "b"}))
    assert not is_late(DOCS, 2, (), rounds({}, {"docs": "b"}))


def test_a_finding_in_the_first_round_is_in_time() -> None:
    assert not is_late(DOCS, 1, (), rounds({"docs": "a"}))


@pytest.mark.parametrize("result", [PASSED, NOT_APPLICABLE])
def test_what_is_not_wanting_is_never_late(result: str) -> None:
    assert not is_late(DOCS._replace(result=result), 2, (), rounds({}, {}))


def test_without_a_fact_it_is_about_all_that_was_submitted() -> None:
    whole = DOCS._replace(about="")
    assert is_late(whole, 2, (), rounds({"docs": "a"}, {"docs": "a"}))
    assert not is_late(whole, 2, (), rounds({"docs": "a"}, {"docs": "b"}))


@pytest.mark.parametrize(
    ("before", "covers"),
    [
        (found(1, FAILED, "documented", "docs"), True),
        (found(1, FAILED, "documented"), True),
        (found(1, NOTED, "", "docs"), True),
        (found(1, FAILED, "documented", "logo"), False),
        (found(1, FAILED, "drawn", "docs"), False),
        (found(1, PASSED, "documented"), False),
        (found(1, NOTED), False),
    ],
)
def test_what_was_said_before_is_not_late_when_it_is_said_again(before: Finding, covers: bool) -> None:
    assert is_late(DOCS, 2, numbered(before), rounds({"docs": "a"}, {"docs": "a"})) is not covers


def test_what_was_found_and_then_taken_back_was_not_said() -> None:
    taken_back = numbered(found(1, FAILED, "documented"), found(1, PASSED, "documented"))
    assert is_late(DOCS, 2, taken_back, rounds({}, {}))


def test_a_note_on_nothing_in_particular_is_known_by_its_words() -> None:
    before = numbered(found(1, NOTED, comment="Shorten the name."))
    assert not is_late(Assessment(NOTED, "", "Shorten the name."), 2, before, rounds({}, {}))
    assert is_late(Assessment(NOTED, "", "And the subtitle."), 2, before, rounds({}, {}))


def test_a_round_without_a_decision_was_no_chance() -> None:
    assert not is_late(DOCS, 2, (), rounds({}, {}, decided=""))


def test_what_changed_back_is_held_against_the_last_round_alone() -> None:
    assert not is_late(DOCS, 3, (), rounds({"docs": "a"}, {"docs": "b"}, {"docs": "a"}))
    assert is_late(DOCS, 3, (), rounds({"docs": "a"}, {"docs": "b"}, {"docs": "b"}))


POINTS = st.builds(
    lambda result, criterion, about, comment: Assessment(result, criterion, comment, about),
    st.sampled_from(RESULTS),
    st.sampled_from(["", "documented", "drawn"]),
    st.sampled_from(["", "docs", "logo"]),
    st.sampled_from(["x", "y"]),
)
SUBMITTED = st.lists(st.dictionaries(st.sampled_from(["docs", "logo"]), st.sampled_from(["a", "b"])), min_size=1)


@st.composite
def reviews(draw: st.DrawFn) -> tuple[Rounds, tuple[Finding, ...]]:
    """Rounds, some without a decision, and what was found in those before the last."""
    each = draw(SUBMITTED)
    decisions = draw(st.lists(st.sampled_from(["", "request_changes"]), min_size=len(each), max_size=len(each)))
    held = [
        (Submission(number, NOW, "ann", repr(sorted(facts.items())), decision=decision), facts)
        for number, (facts, decision) in enumerate(zip(each, decisions, strict=True), start=1)
    ]
    said = draw(st.lists(st.tuples(st.integers(1, max(1, len(each) - 1)), POINTS), max_size=6))
    kept = [found(number, point.result, point.criterion, point.about, point.comment) for number, point in said]
    return held, numbered(*sorted(kept, key=lambda one: one.round))


@given(reviews(), POINTS)
def test_late_is_only_what_could_have_been_said_and_was_not(
    review: tuple[Rounds, tuple[Finding, ...]], point: Assessment
) -> None:
    held, findings = review
    last = held[-1][0].round
    earlier = [one for one in held[:-1] if one[0].decision]
    if not is_late(point, last, findings, held):
        return
    assert point.result in WANTING
    assert earlier
    before, now = earlier[-1], held[-1]
    if point.about:
        assert before[1].get(point.about) == now[1].get(point.about)
    else:
        assert before[1] == now[1]
    told = {one[0].round for one in earlier}
    same = (point.criterion, point.about)
    if same != ("", ""):
        assert all(
            one.result not in WANTING or one.round not in told or (one.criterion, one.about) != same
            for one in standing(findings)
        )


@given(reviews(), POINTS)
def test_saying_it_in_time_makes_it_never_late(review: tuple[Rounds, tuple[Finding, ...]], point: Assessment) -> None:
    held, findings = review
    last = held[-1][0].round
    decided = [one[0].round for one in held[:-1] if one[0].decision]
    if not decided:
        assert not is_late(point, last, findings, held)
        return
    said = found(decided[-1], FAILED, point.criterion, point.about, point.comment)
    assert not is_late(point, last, numbered(*findings, said), held)


@given(reviews(), POINTS)
def test_what_is_found_in_the_round_itself_changes_nothing(
    review: tuple[Rounds, tuple[Finding, ...]], point: Assessment
) -> None:
    held, findings = review
    last = held[-1][0].round
    before = tuple(one for one in findings if one.round < last)
    now = found(last, FAILED, point.criterion, point.about, point.comment)
    assert is_late(point, last, before, held) == is_late(point, last, numbered(*before, now), held)
