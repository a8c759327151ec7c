"""Everything that is wrong with workflow files, at once, each with file, line and cure.

The rules stand in rooms of their own: ``names_declared`` (what is referred to exists), ``conduct`` (it leads somewhere,
by the right hands), ``kin`` (files agree), and the register of checks for what guards ask. Here they are put to work.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Protocol

from review_engine.domain.calendar import Calendar
from review_engine.domain.errors import InvalidFile
from review_engine.domain.faults import Fault
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Playbook
from review_engine.workflow_files import conduct, kin, names_declared, telling
from review_engine.workflow_files.calendars import read_calendar
from review_engine.workflow_files.lines import Lines
from review_engine.workflow_files.names_declared import Finding
from review_engine.workflow_files.reader import Reading, read

_SOUND: tuple[Callable[[Lifecycle], Iterator[Finding]], ...] = (
    names_declared.unknown_names,
    names_declared.taken_names,
    conduct.ways,
    conduct.hands,
    conduct.remarks,
    conduct.forms,
    conduct.promises,
    telling.notices,
    telling.milestones,
)


class Binder(Protocol):
    """What is needed of the register of checks (``review_engine.checks.registry``)."""

    def faults(self, lifecycle: Lifecycle, kin: Mapping[str, Lifecycle] | None = None) -> list[Fault]:
        """What is wrong with the checks that guards name, and with their parameters."""

    def bind(self, lifecycle: Lifecycle) -> Playbook:
        """The lifecycle, playable."""


@dataclass(slots=True)
class Folder:
    """A folder of workflow files, read: every file, and the calendars beside them, as far as they are sound."""

    texts: dict[str, str] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    calendar_names: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, Lifecycle]:
        """The lifecycles by the kind they are for."""
        read = [reading.lifecycle for reading in self.readings.values() if reading.lifecycle is not None]
        return {lifecycle.name: lifecycle for lifecycle in reversed(read) if lifecycle.name}


def read_folder(
    folder: "str | PathLike[str]",
    calendars: "str | PathLike[str] | None" = None,
    read_one: Callable[[Path], Calendar] = read_calendar,
) -> Folder:
    """Read every workflow file of a folder, and every calendar; faults are collected, nothing is raised.

    Args:
        folder: of ``*.toml`` workflow files.
        calendars: of ``*.toml`` calendar files; None for ``calendars`` inside the folder.
        read_one: how a calendar file is read.
    """
    found = Folder()
    place = Path(folder)
    files = sorted(place.glob("*.toml")) if place.is_dir() else []
    if not files:
        what = "there are no workflow files here" if place.is_dir() else "there is no such folder"
        found.faults.append(Fault(str(place), 1, "", what, "Name a folder that holds app.toml and its like."))
    for file in files:
        _read_file(file, found)
    for file in sorted((Path(calendars) if calendars else place / "calendars").glob("*.toml")):
        found.calendar_names.add(file.stem)
        try:
            found.calendars[file.stem] = read_one(file)
        except InvalidFile as error:
            found.faults += [fault for fault in error.faults if isinstance(fault, Fault)]
        except (ValueError, RecursionError):  # a number of 5,000 digits, brackets without end
            what, cure = "the calendar file cannot be read", "Take overlong numbers and deep nesting out of it."
            found.faults.append(Fault(str(file), 1, "", what, cure))
    return found


def _read_file(file: Path, found: Folder) -> None:
    path = str(file)
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        found.faults.append(Fault(path, 1, "", f"the file cannot be read: {why}", "Save it as plain text, in UTF-8."))
        return
    found.texts[path] = text
    found.readings[path] = read(text, path)


def lint(
    path: "str | PathLike[str]",
    checks: Binder,
    *,
    calendars: "str | PathLike[str] | None" = None,
    templates: "str | PathLike[str] | None" = None,
) -> list[Fault]:
    """Everything that is wrong with the workflow files of a folder, or with one file of it.

    Args:
        path: a folder, or one file; the others of its folder are read too, because files refer to each other.
        checks: the register that guards are held against.
        calendars: folder of calendars; None for ``calendars`` beside the files.
        templates: folder of letters; None when letters are not to be looked at.
    """
    asked = Path(path)
    found = read_folder(asked if asked.is_dir() else asked.parent, calendars)
    if not asked.is_dir() and not asked.is_file():
        return [Fault(str(asked), 1, "", "there is no such file", "Name a workflow file, or a folder of them.")]
    faults = [*found.faults, *judged(found, checks, Path(templates) if templates else None), *untidy(found)]
    if asked.is_file():
        faults = [fault for fault in faults if fault.path == str(asked)]
    return in_order(faults)


def lint_text(text: str, path: str, checks: Binder) -> list[Fault]:
    """Everything that is wrong with one workflow file by itself, without looking at other files."""
    reading = read(text, path)
    found = Folder({path: text}, {path: reading})
    alone = [] if reading.lifecycle is None else [*_alone(reading.lifecycle), *_checked(reading.lifecycle, checks, {})]
    return in_order([*reading.faults, *_placed(path, text, alone), *untidy(found)])


def judged(found: Folder, checks: Binder, templates: Path | None = None) -> list[Fault]:
    """What makes the files unfit to be played: each by itself, and all together."""
    kinds, faults, first = found.kinds, list[Fault](), dict[str, str]()
    whole = all(reading.lifecycle is not None for reading in found.readings.values())
    for path, reading in found.readings.items():
        faults += reading.faults
        lifecycle = reading.lifecycle
        if lifecycle is None:
            continue
        findings = [*_alone(lifecycle), *_checked(lifecycle, checks, kinds)]
        findings += kin.relations(lifecycle, kinds) if whole else ()
        findings += kin.calendar_there(lifecycle, found.calendar_names)
        if templates is not None:
            findings += kin.letters_there(lifecycle, templates)
        if lifecycle.name and first.setdefault(lifecycle.name, path) != path:
            what = f"there is a workflow '{lifecycle.name}' already, in {first[lifecycle.name]}"
            findings.append(("lifecycle.name", what, "Give one of them another name."))
        faults += _placed(path, found.texts[path], findings)
    return faults


def untidy(found: Folder) -> list[Fault]:
    """What could be left out without a difference: it does no harm, and misleads who reads the file."""
    return [
        fault
        for path, reading in found.readings.items()
        if reading.lifecycle is not None
        for fault in _placed(path, found.texts[path], names_declared.unused_names(reading.lifecycle))
    ]


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults by file and line, each once."""
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.path, fault.line, fault.place))


def _alone(lifecycle: Lifecycle) -> Iterator[Finding]:
    for rule in _SOUND:
        yield from rule(lifecycle)


def _checked(lifecycle: Lifecycle, checks: Binder, kinds: Mapping[str, Lifecycle]) -> list[Finding]:
    return [(fault.place, fault.what, fault.cure) for fault in checks.faults(lifecycle, kinds)]


def _placed(path: str, text: str, findings: Iterable[Finding]) -> list[Fault]:
    found = list(findings)
    lines = Lines(text) if found else Lines("")
    return [Fault(path, lines.of(place), place, what, cure) for place, what, cure in found]
