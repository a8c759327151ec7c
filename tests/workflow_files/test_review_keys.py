"""What a workflow file says of reviews: canned replies, and who hears of a remark."""

from pathlib import Path

import pytest

from review_engine.checks.registry import Checks
from review_engine.domain.reviews import Reply
from review_engine.workflow_files.lint import lint
from review_engine.workflow_files.reader import read, rebuild
from tests.workflow_files.samples import APP, changed, folder_of, line_of

SPOKEN = changed(
    APP,
    (
        "[facts.tier]",
        '[facts.reads_well]\ntitle = "The documentation reads well"\ntype = "bool"\nby = ["reviewer"]\n\n[facts.tier]',
    ),
    (
        'to = "public"\nby = ["reviewer"]\ndecides = true',
        'to = "public"\nby = ["reviewer"]\ndecides = true\nguards = ["documented"]',
    ),
    (
        "[guards.components_ready]",
        '[guards.documented]\ntitle = "Documented"\ncheck = "attested"\nfact = "reads_well"\nby = ["reviewer"]\n'
        'this_round = true\nfix = "Write it down."\n\n'
        '[conversation]\npartner = "for_partner"\nreviewer = "for_reviewer"\n\n'
        '[replies.steps]\ntitle = "Steps differ"\nsays = "Step by step, we got lost."\ncriterion = "documented"\n\n'
        '[replies.thanks]\ntitle = "Thanks"\nsays = "Thank you."\n\n'
        "[guards.components_ready]",
    ),
    ("\n[adopt]", 'for_partner = { to = ["partner"] }\nfor_reviewer = { to = ["reviewer"] }\n\n[adopt]'),
)


def test_replies_and_conversation_are_read_as_they_are_written() -> None:
    reading = read(SPOKEN, "app.toml")
    assert reading.faults == []
    assert reading.lifecycle is not None
    assert reading.lifecycle.replies == {
        "steps": Reply("steps", "Steps differ", "Step by step, we got lost.", "documented"),
        "thanks": Reply("thanks", "Thanks", "Thank you."),
    }
    assert reading.lifecycle.conversation == {"partner": "for_partner", "reviewer": "for_reviewer"}
    assert rebuild(reading.document, "kept") == reading.lifecycle


def test_a_file_that_says_nothing_of_reviews_has_neither() -> None:
    lifecycle = read(APP, "app.toml").lifecycle
    assert lifecycle is not None
    assert (lifecycle.replies, lifecycle.conversation) == ({}, {})


def test_a_notice_that_only_a_remark_sends_is_in_use(tmp_path: Path) -> None:
    assert lint(folder_of(tmp_path, SPOKEN), Checks()) == []


@pytest.mark.parametrize(
    ("swap", "at", "place", "words"),
    [
        (('partner = "for_partner"', 'partner = "for_partnr"'),
         'partner = "for_partnr', "conversation.partner", "Did you mean 'for_partner'?"),
        (('reviewer = "for_reviewer"', 'reviewr = "for_reviewer"'),
         "reviewr", "conversation.reviewr", "Did you mean 'reviewer'?"),
        (('for_partner = { to = ["partner"] }', 'for_partner = { to = ["host"] }'),
         'partner = "for_partner', "conversation.partner", "does not reach the partner"),
        (('for_reviewer = { to = ["reviewer"] }', 'for_reviewer = { to = ["partner", "reviewer"] }'),
         "reviewer = \"for", "conversation.reviewer", "would tell the partner what the partner wrote"),
        (('criterion = "documented"', 'criterion = "documentd"'),
         "criterion", "replies.steps.criterion", "Did you mean 'documented'?"),
        (('criterion = "documented"', 'criterion = "documents_present"'),
         "criterion", "replies.steps.criterion", "not one that reviewers confirm"),
        (('says = "Thank you."\n', ""), "[replies.thanks]", "replies.thanks", "the key 'says' is missing"),
        (('title = "Thanks"', 'titel = "Thanks"'), "titel", "replies.thanks.titel", "Did you mean 'title'?"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)  # fmt: skip
def test_a_fault_in_them_is_reported_with_its_line_and_its_cure(
    swap: tuple[str, str], at: str, place: str, words: str, tmp_path: Path
) -> None:
    text = changed(SPOKEN, swap)
    faults = [fault for fault in lint(folder_of(tmp_path, text), Checks()) if fault.place == place]
    assert [fault.line for fault in faults] == [line_of(text, at)]
    assert words in str(faults[0])
