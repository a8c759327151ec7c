"""The workflows that come with the package: without a fault, every property proved, the whole process there."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from review_engine.checks.registry import Checks
from review_engine.domain.actors import Role
from review_engine.domain.lifecycle import Lifecycle
from review_engine.workflow_files.diagram import mermaid, xstate
from review_engine.workflow_files.library import FileLibrary
from review_engine.workflow_files.lint import lint
from review_engine.workflow_files.schema import json_schema, schema_text
from review_engine.workflow_files.verify import verify

FOLDER = Path(__file__).parents[2] / "workflows"
FILES = sorted(FOLDER.glob("*.toml"))
LIBRARY = FileLibrary(FOLDER, None, Checks())


def lifecycle(kind: str) -> Lifecycle:
    return LIBRARY.current(kind).lifecycle


def test_every_kind_has_a_file_of_its_name() -> None:
    assert LIBRARY.kinds() == ("access_request", "app", "classic_app", "component", "membership")
    assert tuple(file.stem for file in FILES) == LIBRARY.kinds()


def test_the_linter_finds_nothing() -> None:
    assert [str(fault) for fault in lint(FOLDER, Checks())] == []


@pytest.mark.parametrize("kind", LIBRARY.kinds())
def test_every_property_is_proved(kind: str) -> None:
    proofs = verify(lifecycle(kind))

    assert [str(one) for proof in proofs for one in proof.counterexamples] == []


def test_the_schema_of_the_editors_is_the_readers() -> None:
    assert (FOLDER / "schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_names_the_schema_and_follows_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert text.startswith("#:schema ./schema.json\n")
    jsonschema.Draft7Validator(json_schema()).validate(tomllib.loads(text))


@pytest.mark.parametrize("kind", LIBRARY.kinds())
def test_a_file_can_be_drawn(kind: str) -> None:
    text = mermaid(lifecycle(kind))
    assert [rule.title for rule in lifecycle(kind).transitions.values() if rule.title not in text] == []
    assert list(json.loads(xstate(lifecycle(kind)))["states"]) == list(lifecycle(kind).states)


@pytest.mark.parametrize("kind", LIBRARY.kinds())
def test_sentences_are_sentences_and_titles_are_not(kind: str) -> None:
    read = lifecycle(kind)
    states, facts, rules = read.states.values(), read.facts.values(), read.transitions.values()
    sentences = [one.says for one in states] + [one.says for one in facts] + [one.says for one in rules]
    sentences = [text for text in sentences if text] + [guard.fix for guard in read.guards.values()]
    titles = [one.title for one in states] + [one.title for one in facts] + [one.title for one in rules]
    titles += [guard.title for guard in read.guards.values()] + [sla.title for sla in read.slas.values()]

    assert [text for text in sentences if not text.endswith((".", "?")) or not text[0].isupper()] == []
    assert [text for text in titles if text.endswith(".") or not text[0].isupper()] == []


@pytest.mark.parametrize("kind", LIBRARY.kinds())
def test_every_fact_stands_somewhere_on_the_form(kind: str) -> None:
    assert [fact.name for fact in lifecycle(kind).facts.values() if not fact.section] == []


@pytest.mark.parametrize("kind", LIBRARY.kinds())
def test_refusals_and_removals_ask_for_a_reason(kind: str) -> None:
    against = ("reject", "decline", "suspend", "remove", "request_changes", "demote", "end", "ask", "uphold_decision")
    rules = [rule for rule in lifecycle(kind).transitions.values() if Role.PARTNER not in rule.by]

    assert [rule.name for rule in rules if rule.name in against and "comment" not in rule.needs] == []


def test_an_app_has_every_state_of_the_process() -> None:
    assert set(lifecycle("app").states) == {
        "preview", "submitted", "in_review", "changes_requested", "public_beta", "public", "withdrawn", "rejected",
        "suspended", "removed", "deprecated", "appeal",
    }  # fmt: skip


def test_what_the_partner_says_is_frozen_whenever_staff_have_the_word() -> None:
    waiting = [state for state in lifecycle("app").states.values() if state.waits_for in (Role.REVIEWER, Role.MANAGER)]

    assert waiting
    assert all(state.frozen for state in waiting)


def test_an_app_is_decided_by_another_than_who_submitted_it_and_for_what_was_submitted() -> None:
    approve = lifecycle("app").transitions["approve"]

    assert approve.decides
    assert "not_own_submission" in approve.guards
    assert set(approve.by) == {Role.REVIEWER, Role.MANAGER}


def test_there_are_the_twenty_two_categories_and_two_may_be_chosen() -> None:
    categories = lifecycle("app").facts["categories"]

    assert (len(categories.among), categories.max) == (22, 2)


def test_secrets_of_the_test_account_are_secrets() -> None:
    facts = lifecycle("app").facts

    assert {name for name, fact in facts.items() if fact.secret} == {"test_user", "test_password", "test_notes"}


def test_both_readings_of_the_review_promise_are_kept() -> None:
    slas = lifecycle("app").slas

    assert str(slas["first_response"].within) == "2 business days"
    assert str(slas["decision"].within) == "16 business hours"
    assert slas["decision"].pauses_in == ("changes_requested",)
    assert slas["partner_reply"].breach.move == "withdraw_silent"


def test_three_customers_in_four_weeks_and_the_button_lead_to_public_by_themselves() -> None:
    app = lifecycle("app")
    launch, customers = app.transitions["launch"], app.guards["active_customers"]

    assert (launch.auto, launch.guards) == (True, ("oauth_button", "active_customers"))
    assert (customers.params["at_least"], customers.params["within"]) == (3, "28 days")
    assert LIBRARY.windows("app") == (28 * 86_400,)


def test_an_approved_access_request_makes_a_partner_that_can_be_told() -> None:
    request = lifecycle("access_request")

    assert request.transitions["approve"].creates == "partner"
    assert {"company_name", "company_email", "contact_name"} <= request.facts.keys()
    assert str(request.slas["answer"].within) == "1 business day"
