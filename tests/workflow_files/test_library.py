"""A folder of workflow files as the engine's library."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review_engine.checks.registry import Checks
from review_engine.domain.errors import InvalidFile, UnknownName
from review_engine.ports.library import Library
from review_engine.workflow_files.library import FileLibrary
from tests.workflow_files.samples import APP, changed, folder_of

COUNTING = changed(
    APP,
    (
        'check = "facts_present"\nfacts = ["docs_url"]',
        'check = "count_at_least"\ncount = "active_customers"\nat_least = 1\nwithin = "7 days"',
    ),
)


def shelf(place: Path, app: str = APP, kept: dict[str, tuple[str, str]] | None = None) -> FileLibrary:
    place.mkdir()
    return FileLibrary(folder_of(place, app), None, Checks(), (kept or {}).get)


def test_it_fits_the_socket(tmp_path: Path) -> None:
    library: Library = shelf(tmp_path / "workflows")

    assert library.kinds() == ("app", "component")
    assert library.current("app").lifecycle.title == "App"
    assert library.calendar("business").is_open(datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert list(library.calendars()) == ["business"]


def test_names_that_are_not_there_are_told_with_the_nearest(tmp_path: Path) -> None:
    library = shelf(tmp_path / "workflows")

    with pytest.raises(UnknownName, match="there is no workflow 'ap'"):
        library.current("ap")
    with pytest.raises(UnknownName, match="there is no calendar 'busines'"):
        library.calendar("busines")
    with pytest.raises(UnknownName, match="there is no revision of workflow 'app'"):
        library.pinned("app", "0" * 64)


def test_calendars_may_lie_elsewhere(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "calendars").rename(folder / "hours")

    with pytest.raises(InvalidFile, match="there is no calendar 'business'"):
        FileLibrary(folder, None, Checks())
    assert list(FileLibrary(folder, folder / "hours", Checks()).calendars()) == ["business"]


def test_every_fault_of_every_file_is_in_the_one_error(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, changed(APP, ('starts = "preview"', 'starts = "no"'), ('to = "public"', 'to = "no"')))
    (folder / "other.toml").write_text("a =", encoding="utf-8")
    (folder / "latin.toml").write_bytes(b"# caf\xe9\n")

    with pytest.raises(InvalidFile) as caught:
        FileLibrary(folder, None, Checks())

    assert caught.value.what == "the workflow files have 4 faults"
    assert [Path(str(fault).split(":")[0]).name for fault in caught.value.faults] == [
        "app.toml", "app.toml", "latin.toml", "other.toml",
    ]  # fmt: skip


def test_what_is_only_untidy_does_not_stop_a_service(tmp_path: Path) -> None:
    untidy = changed(APP, ("\n[adopt]", 'idle = { to = ["host"] }\n\n[adopt]'))

    assert shelf(tmp_path / "workflows", untidy).kinds() == ("app", "component")


def test_a_subject_in_flight_keeps_the_revision_it_entered_with(tmp_path: Path) -> None:
    before = shelf(tmp_path / "before")
    revision, document = before.documents()["app"]
    after = shelf(tmp_path / "after", COUNTING, {revision: ("app", document)})

    assert after.pinned("app", revision).lifecycle == before.current("app").lifecycle
    assert after.pinned("app", revision) is after.pinned("app", revision)
    assert after.current("app").lifecycle.revision != revision
    assert after.pinned("app", after.current("app").lifecycle.revision) is after.current("app")
    with pytest.raises(UnknownName):
        after.pinned("component", revision)


def test_the_windows_of_every_known_revision_are_counted_in(tmp_path: Path) -> None:
    before = shelf(tmp_path / "before", COUNTING)
    revision, document = before.documents()["app"]
    after = shelf(tmp_path / "after", APP, {revision: ("app", document)})

    assert (before.windows("app"), after.windows("app")) == ((604_800,), ())
    after.pinned("app", revision)
    assert after.windows("app") == (604_800,)
    assert after.windows("component") == ()


def test_documents_are_json_and_name_their_revision(tmp_path: Path) -> None:
    library = shelf(tmp_path / "workflows")

    for kind, (revision, document) in library.documents().items():
        assert library.current(kind).lifecycle.revision == revision
        assert json.loads(document)["lifecycle"]["name"] == kind


def test_a_kept_revision_whose_check_is_gone_is_a_clear_error(tmp_path: Path) -> None:
    gone = json.dumps(json.loads(shelf(tmp_path / "a").documents()["app"][1])).replace("facts_present", "gone_check")
    library = shelf(tmp_path / "b", APP, {"r": ("app", gone)})

    with pytest.raises(InvalidFile, match="there is no check 'gone_check'"):
        library.pinned("app", "r")


def test_files_from_other_systems_are_read_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    plain = FileLibrary(folder, None, Checks()).current("app").lifecycle.revision
    (folder / "app.toml").write_bytes(b"\xef\xbb\xbf" + APP.replace("\n", "\r\n").encode())

    assert FileLibrary(folder, None, Checks()).current("app").lifecycle.revision == plain
