"""From TOML text to a Lifecycle."""

import json
import tomllib

import pytest

from review_engine.domain.actors import Role
from review_engine.domain.canonical import digest
from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidFile
from review_engine.domain.lifecycle import Adoption, BreachPlan, Lifecycle, NoticePlan
from review_engine.workflow_files.reader import read, rebuild
from tests.workflow_files.samples import APP, changed, line_of


def lifecycle() -> Lifecycle:
    reading = read(APP, "app.toml")
    assert reading.faults == []
    assert reading.lifecycle is not None
    return reading.lifecycle


def test_the_head_names_the_kind_and_its_components() -> None:
    head = lifecycle()

    assert (head.name, head.title, head.starts, head.calendar) == ("app", "App", "preview", "business")
    assert head.children == {"components": "component"}
    assert head.renamed == {"beta": "public"}


def test_the_revision_is_the_hash_of_the_content_and_not_of_its_layout() -> None:
    assert lifecycle().revision == digest(tomllib.loads(APP))
    commented = read("# another comment\n" + APP.replace(" = ", "="), "app.toml").lifecycle
    reworded = read(changed(APP, ('title = "App"', 'title = "Apps"')), "app.toml").lifecycle

    assert commented is not None
    assert commented.revision == lifecycle().revision
    assert reworded is not None
    assert reworded.revision != lifecycle().revision


def test_states_keep_their_order_and_their_marks() -> None:
    states = lifecycle().states

    assert list(states) == ["preview", "in_review", "changes_requested", "public", "withdrawn"]
    assert (states["in_review"].waits_for, states["in_review"].frozen) == (Role.REVIEWER, True)
    assert (states["public"].listed, states["public"].badge, states["public"].final) == (True, "beta", True)
    assert (states["withdrawn"].listed, states["withdrawn"].waits_for) == (False, None)


@pytest.mark.parametrize(("written", "listed"), [("true", True), ("false", False), ("{}", True)])
def test_a_state_is_listed_with_or_without_a_badge(written: str, listed: bool) -> None:
    text = changed(APP, ('listed = { badge = "beta" }', f"listed = {written}"))
    reading = read(text, "app.toml")

    assert reading.lifecycle is not None
    assert (reading.lifecycle.states["public"].listed, reading.lifecycle.states["public"].badge) == (listed, "")


def test_transitions_say_from_where_to_where_by_whom_on_what_terms() -> None:
    rules = lifecycle().transitions
    submit, ask = rules["submit"], rules["request_changes"]

    assert (submit.sources, submit.target) == (("preview", "changes_requested"), "in_review")
    assert (submit.by, submit.opens, submit.decides) == ((Role.PARTNER,), "submission", False)
    assert submit.guards == ("documents_present", "components_ready")
    assert (ask.needs, ask.notices, ask.decides) == (("comment",), ("changes_requested",), True)


def test_a_guards_other_keys_are_its_checks_parameters() -> None:
    guard = lifecycle().guards["documents_present"]

    assert (guard.title, guard.check, guard.fix) == (
        "The documents are there", "facts_present", "Add the missing links.",
    )  # fmt: skip
    assert guard.params == {"facts": ["docs_url"]}


def test_a_fact_is_declared_with_its_type_its_values_and_who_may_say_it() -> None:
    tier = lifecycle().facts["tier"]

    assert (tier.type, tier.among, tier.by) == ("choice", ("standard", "priority"), (Role.MANAGER,))


def test_a_promise_has_reminders_a_breach_and_tiers() -> None:
    decision, reply = lifecycle().slas["decision"], lifecycle().slas["partner_reply"]

    assert decision.within == Duration(2, "business day")
    assert [warning.at for warning in decision.warnings] == [Duration(4, "business hour"), Duration(1, "business day")]
    assert decision.breach == BreachPlan(("review_overdue",), "manager")
    assert reply.breach.move == "withdraw_silent"
    assert decision.duration({"tier": "priority"}) == Duration(1, "business day")
    assert decision.duration({"tier": "standard"}) == decision.duration({}) == Duration(2, "business day")


def test_notices_and_adoption_are_read() -> None:
    assert lifecycle().notices["review_due_soon"] == NoticePlan("review_due_soon", ("reviewers",), optional=True)
    assert lifecycle().adoption == Adoption({"PUBLIC": "public"}, "withdrawn", {"docs_url": "docs"})


def test_a_kept_document_reads_as_the_same_lifecycle() -> None:
    kept = json.loads(json.dumps(read(APP, "app.toml").document))

    assert rebuild(kept, "workflow app") == lifecycle()


def test_a_kept_document_that_no_longer_reads_is_a_clear_error() -> None:
    with pytest.raises(InvalidFile, match="the kept workflow cannot be read") as caught:
        rebuild({"lifecycle": {"name": "app"}, "spells": 1}, "workflow app")

    assert "did you mean" in str(caught.value).lower() or "there is no key 'spells'" in str(caught.value)
    assert len(caught.value.faults) >= 3


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a = 1\nb = \n", 2, "this is not TOML: invalid value"),
        ('a = "open\n', 1, "this is not TOML: illegal character"),
        ("a = 1\n[b\n", 2, "this is not TOML"),
        ("a = [1,\n2\n", 3, "this is not TOML: unclosed array"),
        ("a = 1\n\x00", 2, "this is not TOML"),
        ('title = "a\\uD800"', 1, "this is not TOML"),
        ("a = 1" + "0" * 5000, 1, "it holds a number too long to be read"),
        ("a = " + "[" * 5000, 1, "it is nested too deeply"),
        ("a = " + "[" * 40 + "]" * 40, 1, "it is nested too deeply"),
        ("a" + ".a" * 4000 + " = 1", 1, "it is nested too deeply"),
    ],
)
def test_what_is_no_toml_is_a_fault_with_its_line(text: str, line: int, what: str) -> None:
    reading = read(text, "app.toml")

    assert reading.lifecycle is None
    assert [(fault.path, fault.line) for fault in reading.faults] == [("app.toml", line)]
    assert reading.faults[0].what.startswith(what)
    assert reading.faults[0].cure


TWICE = [
    (
        ('name = "app"\n', 'name = "app"\nname = "apps"\n'),
        'name = "apps"',
        "the key 'name' is given twice",
        'name = "app"',
    ),
    (
        ("[states.withdrawn]", "[states.preview]"),
        'title = "Withdrawn"',
        "the table [states.preview] is declared twice",
        "[states.preview]",
    ),
    (
        ("delisted =", 'states = { PUBLIC = "public" }\ndelisted ='),
        'states = { PUBLIC = "public" }\ndelisted',
        "the key 'states' is given twice",
        "[adopt]\nstates",
    ),
]


@pytest.mark.parametrize(("swap", "at", "what", "first"), TWICE)
def test_a_key_given_twice_is_reported_with_both_lines(swap: tuple[str, str], at: str, what: str, first: str) -> None:
    text = changed(APP, swap)
    (fault,) = read(text, "app.toml").faults
    line = line_of(text, at) - (0 if "key" in what else 1)
    before = line_of(text, first) + first.count("\n")  # where the passage ends

    assert (fault.line, fault.what) == (line, f"{what}; first on line {before}")
    assert fault.place in ("lifecycle.name", "states.preview", "adopt.states")
