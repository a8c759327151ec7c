"""Which workflow files a command means: those of a folder that was named, else the configured or the shipped ones.

Apart from ``workflows`` because it knows the reader of the files, which help and errors can do without.
"""

from pathlib import Path

from review_engine.cli.call import Call
from review_engine.domain.errors import InvalidFile, InvalidInput, UnknownName
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.settings import shipped
from review_engine.workflow_files.lint import in_order, read_folder


def folders(call: Call, folder: str | None) -> tuple[Path, Path | None]:
    """Where workflow files are, and their calendars if elsewhere than beside them."""
    if folder is not None:
        return Path(folder), None
    workflows = call.settings.workflows
    found = Path(workflows.folder) if workflows.folder else shipped("workflows")
    return found, Path(workflows.calendars) if workflows.calendars else None


def kinds(call: Call, folder: str | None) -> dict[str, Lifecycle]:
    """The workflows of a folder, when their files can be read.

    Raises:
        InvalidFile: they cannot; every fault is listed.
    """
    place, calendars = folders(call, folder)
    alone = place if place.is_file() else None
    found = read_folder(place.parent if alone else place, calendars)
    faults = in_order([*found.faults, *(fault for reading in found.readings.values() for fault in reading.faults)])
    if faults:
        raise InvalidFile("the workflow files cannot be read", faults, where=str(place), cure="Lint them.")
    if alone:
        return {
            each.lifecycle.name: each.lifecycle
            for path, each in found.readings.items()
            if each.lifecycle and Path(path) == alone
        }
    return found.kinds


def declared(call: Call, kind: str) -> Lifecycle:
    """The workflow of that kind, as the configured files declare it.

    Raises:
        UnknownName: there is none.
        InvalidFile: the files cannot be read.
    """
    found = kinds(call, None)
    if kind not in found:
        raise UnknownName("workflow", kind, found)
    return found[kind]


def standing(call: Call, kind: str, slug: str) -> tuple[Lifecycle, str]:
    """The workflow a subject is pinned to, and where it stands."""
    subject = call.engine.subject(SubjectKey.parse(slug, kind), by=call.by)
    if subject.kind != kind:
        raise InvalidInput(f"{subject.key} is no {kind}", cure=f"Ask for its own diagram: diagram {subject.kind}.")
    return call.engine.desk.book(subject).lifecycle, subject.state
