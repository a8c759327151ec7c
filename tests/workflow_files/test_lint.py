"""Every fault a workflow file can have, each on its exact line, with its cure."""

from pathlib import Path

import pytest

from review_engine.checks.registry import Checks
from review_engine.workflow_files.lint import lint, lint_text
from tests.workflow_files.broken import FAULTS
from tests.workflow_files.samples import APP, COMPONENT, changed, folder_of, line_of


@pytest.mark.parametrize(("swap", "at", "place", "words"), FAULTS, ids=[f"{f[2]}: {f[3]}"[:80] for f in FAULTS])
def test_a_fault_is_reported_with_its_line_and_its_cure(
    swap: tuple[str, str], at: str, place: str, words: str, tmp_path: Path
) -> None:
    text = changed(APP, swap)
    faults = [fault for fault in lint(folder_of(tmp_path, text), Checks()) if fault.place == place]

    assert [fault.line for fault in faults] == [line_of(text, at)]
    assert faults[0].path == str(tmp_path / "app.toml")
    assert words in str(faults[0])
    assert faults[0].cure.endswith((".", "?"))


def test_a_sound_folder_has_no_faults(tmp_path: Path) -> None:
    assert lint(folder_of(tmp_path), Checks()) == []


def test_every_fault_is_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed(
        APP,
        ('starts = "preview"', 'starts = "preveiw"'),
        ("frozen = true", "frozn = true"),
        ('check = "facts_present"', 'check = "os.system"'),
        ('move = "withdraw_silent"', 'move = "withdraw"'),
    )

    faults = lint(folder_of(tmp_path, text), Checks())

    assert [fault.place for fault in faults] == [
        "lifecycle.starts",
        "states.in_review.frozn",
        "guards.documents_present.check",
        "sla.partner_reply.breach.move",
    ]
    assert str(faults[0]) == (
        f"{tmp_path / 'app.toml'}:4: [lifecycle.starts] there is no state 'preveiw'. Did you mean 'preview'?"
    )


def test_a_circle_of_automatic_moves_is_found(tmp_path: Path) -> None:
    text = changed(
        APP,
        ('by = ["partner"]\nguards', 'by = ["partner", "engine"]\nauto = true\nguards'),
        ('by = ["reviewer"]\nneeds = ["comment"]', 'by = ["reviewer", "engine"]\nauto = true'),
    )

    (fault,) = lint(folder_of(tmp_path, text), Checks())

    assert fault.what == "the engine would go in a circle: in_review to changes_requested to in_review"
    assert fault.line == line_of(text, "auto = true\ndecides")


def test_decisions_of_a_round_that_nothing_begins_are_found(tmp_path: Path) -> None:
    text = changed(APP, ('opens = "submission"\n', "claims = true\n"))

    faults = lint(folder_of(tmp_path, text), Checks())

    assert [fault.place for fault in faults] == [
        "transitions.submit.claims", "transitions.request_changes.decides", "transitions.approve.decides",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("app", "component", "file", "at", "words"),
    [
        (("", ""), ('parent = "app"', 'parent = "apps"'), "component", "parent", "there is no workflow 'apps'"),
        (("", ""), ('parent = "app"\n', ""), "app", "components =", "are components of nothing"),
        (('components = "component"', 'components = "komponent"'), ("", ""), "app", "components =", "'component'?"),
        (('states = ["ready"]', 'states = ["redy"]'), ("", ""), "app", 'states = ["redy', "Did you mean 'ready'?"),
        (('calendar = "business"', 'calendar = "busines"'), ("", ""), "app", "calendar", "Did you mean 'business'?"),
        (("", ""), ('name = "component"', 'name = "app"'), "component", "name", "there is a workflow 'app' already"),
    ],
)
def test_files_that_disagree_are_reported(
    app: tuple[str, str], component: tuple[str, str], file: str, at: str, words: str, tmp_path: Path
) -> None:
    texts = {"app": changed(APP, app), "component": changed(COMPONENT, component)}

    faults = lint(folder_of(tmp_path, **texts), Checks())

    found = [fault for fault in faults if words in str(fault)]
    assert [(fault.path, fault.line) for fault in found] == [(str(tmp_path / f"{file}.toml"), line_of(texts[file], at))]


def test_kinds_that_are_components_of_each_other_are_found(tmp_path: Path) -> None:
    children = '[lifecycle.children]\napps = "app"\n\n[states.building]'
    component = changed(COMPONENT, ("[states.building]", children))
    app = changed(APP, ('starts = "preview"\n', 'starts = "preview"\nparent = "component"\n'))

    faults = lint(folder_of(tmp_path, app, component), Checks())

    assert [fault.what for fault in faults] == [
        "kinds are components of each other: 'app' has 'component' has 'app'"
    ] * 2
    assert [fault.line for fault in faults] == [line_of(app, "components ="), line_of(component, "apps =")]


def test_notices_without_a_letter_are_found_when_there_is_a_folder_of_letters(tmp_path: Path) -> None:
    letters, workflows = tmp_path / "letters", tmp_path / "workflows"
    workflows.mkdir()
    for name in ("review_wanted", "changes_requested", "review_due_soon", "review_overdu"):
        (letters / name).mkdir(parents=True)

    (fault,) = lint(folder_of(workflows), Checks(), templates=letters)

    assert fault.line == line_of(APP, "review_overdue = {")
    assert (fault.what, fault.cure) == (
        "there is no letter for the notice 'review_overdue'", "Did you mean 'review_overdu'?",
    )  # fmt: skip


def test_one_file_is_judged_with_the_others_of_its_folder_in_view(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, component=changed(COMPONENT, ('starts = "building"', 'starts = "bilding"')))

    assert lint(folder / "app.toml", Checks()) == []
    assert [fault.line for fault in lint(folder / "component.toml", Checks())] == [4]


def test_a_file_by_itself_is_judged_without_looking_around() -> None:
    assert lint_text(APP, "app.toml", Checks()) == []
    (fault,) = lint_text(changed(APP, ('to = "public"', 'to = "publik"')), "app.toml", Checks())[:1]
    assert str(fault).startswith("app.toml:")


def test_a_calendar_with_faults_is_reported_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "calendars" / "business.toml").write_text('zone = "Mars/Olympus"\n', encoding="utf-8")

    assert {Path(fault.path).name for fault in lint(folder, Checks())} == {"business.toml"}


@pytest.mark.parametrize("text", ["a = " + "1" * 5_000, "a = " + "[" * 5_000])
def test_a_calendar_that_is_beyond_reading_is_a_fault_as_well(text: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "calendars" / "business.toml").write_text(text, encoding="utf-8")

    assert {Path(fault.path).name for fault in lint(folder, Checks())} == {"business.toml"}


@pytest.mark.parametrize("name", ["nowhere", "nowhere.toml"])
def test_what_is_not_there_is_a_fault(name: str, tmp_path: Path) -> None:
    assert [fault.path for fault in lint(tmp_path / name, Checks())] == [str(tmp_path / name)]


def test_a_folder_without_workflows_is_a_fault(tmp_path: Path) -> None:
    assert lint(tmp_path, Checks())[0].what == "there are no workflow files here"
