"""Properties of a workflow, proved or refuted by a shortest way."""

import pytest

from review_engine.domain.lifecycle import Lifecycle
from review_engine.workflow_files.reader import read
from review_engine.workflow_files.verify import PROPERTIES, Counterexample, verify
from tests.workflow_files.samples import APP, changed

LISTED, SUBMITTED, PROMISED, TOLD, ENDS = PROPERTIES
SOUND = changed(APP, ('to = "public"\nby = ["reviewer"]\n', 'to = "public"\nby = ["reviewer", "manager"]\n'))


def read_as(text: str) -> Lifecycle:
    reading = read(text, "app.toml")
    assert reading.lifecycle is not None
    assert reading.faults == []
    return reading.lifecycle


def refuted(*swaps: tuple[str, str]) -> dict[str, list[Counterexample]]:
    proofs = verify(read_as(changed(SOUND, *swaps)))
    return {proof.says: list(proof.counterexamples) for proof in proofs if not proof.holds}


def test_a_sound_workflow_is_proved() -> None:
    proofs = verify(read_as(SOUND))

    assert [proof.says for proof in proofs] == list(PROPERTIES)
    assert all(proof.holds for proof in proofs)


@pytest.mark.parametrize("by", ['["reviewer", "partner"]', '["engine"]', '["host"]', '["reviewer", "engine"]'])
def test_an_approval_that_is_not_staffs_alone_is_refuted_with_the_way_to_the_catalog(by: str) -> None:
    found = refuted(('by = ["reviewer", "manager"]', f"by = {by}"))

    assert [str(one) for one in found[LISTED]] == [
        "'public' is in the catalog without anybody's approval: preview -(submit)-> in_review -(approve)-> public"
    ]


def test_the_shortest_of_several_ways_is_shown() -> None:
    shortcut = '[transitions.shortcut]\ntitle = "S"\nfrom = ["preview"]\nto = "public"\nby = ["partner"]\n\n[guards'
    found = refuted(('by = ["reviewer", "manager"]', 'by = ["partner"]'), ("[guards", shortcut))

    assert found[LISTED][0].path == ("preview", "shortcut", "public")


def test_a_decision_on_what_nobody_submitted_is_refuted() -> None:
    direct = '[transitions.direct]\ntitle = "D"\nfrom = ["preview"]\nto = "in_review"\nby = ["partner"]\n'
    found = refuted(("[guards", direct + 'notices = ["review_wanted"]\n\n[guards'))

    assert [one.path for one in found[SUBMITTED]] == [
        ("preview", "direct", "in_review", "request_changes", "changes_requested"),
        ("preview", "direct", "in_review", "approve", "public"),
    ]


@pytest.mark.parametrize("role", ["reviewer", "manager"])
def test_a_state_that_waits_for_us_without_a_promise_is_refuted(role: str) -> None:
    found = refuted(
        ('runs_in = ["in_review"]', 'runs_in = ["preview"]'),
        ('waits_for = "reviewer"', f'waits_for = "{role}"'),
        ('to = ["reviewers"] }', 'to = ["reviewers", "managers"] }'),
    )

    assert [str(one) for one in found[PROMISED]] == [
        f"'in_review' waits for a {role}, and no SLA runs there: preview -(submit)-> in_review"
    ]


@pytest.mark.parametrize(
    ("swap", "what"),
    [
        (('notices = ["review_wanted"]\n', ""), "'submit' tells no reviewer, whose turn it is then"),
        (
            ('review_wanted = { to = ["reviewers"] }', 'review_wanted = { to = ["managers", "reviewer"] }'),
            "'submit' tells no reviewer, whose turn it is then",
        ),
        (
            ('changes_requested = { to = ["partner"] }', 'changes_requested = { to = ["reviewers"] }'),
            "'request_changes' tells no partner, whose turn it is then",
        ),
    ],
)
def test_a_transition_that_tells_nobody_who_must_act_next_is_refuted(swap: tuple[str, str], what: str) -> None:
    assert [one.what for one in refuted(swap)[TOLD]] == [what]


def test_whoever_acts_next_and_has_just_acted_needs_no_notice() -> None:
    rework = '[transitions.rework]\ntitle = "R"\nfrom = ["changes_requested"]\nto = "preview"\nby = ["partner"]\n\n'
    take = (
        '[transitions.take]\ntitle = "T"\nfrom = ["in_review"]\nto = "in_review"\nby = ["reviewer"]\nclaims = true\n\n'
    )

    assert refuted(("[guards", rework + take + "[guards")) == {}


def test_a_way_that_never_ends_is_refuted() -> None:
    found = refuted(('listed = { badge = "beta" }\nfinal = true', ""), ("final = true", ""))

    assert [one.path[-1] for one in found[ENDS]] == ["preview", "in_review", "changes_requested", "public", "withdrawn"]


def test_names_that_nobody_declared_do_not_stop_the_proof() -> None:
    broken = read_as(changed(SOUND, ('to = "public"', 'to = "publik"'), ('starts = "preview"', 'starts = "no"')))

    assert len(verify(broken)) == len(PROPERTIES)
