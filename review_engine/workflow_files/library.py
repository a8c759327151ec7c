"""The workflows of an installation, read from a folder once, and the revisions that subjects in flight are pinned to.

A subject keeps the rules it entered with: when a file has changed since, the revision it names is rebuilt from the
document that was kept, by the same reader.
"""

import json
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path

from review_engine.domain.calendar import Calendar
from review_engine.domain.errors import InvalidFile, UnknownName
from review_engine.domain.playbook import Playbook
from review_engine.workflow_files.calendars import read_calendar
from review_engine.workflow_files.lint import Binder, in_order, judged, read_folder
from review_engine.workflow_files.reader import rebuild

Kept = Callable[[str], "tuple[str, str] | None"]
"""Answers a revision with its kind and its document (JSON text), None when it was never kept."""


def _nothing_kept(revision: str) -> tuple[str, str] | None:
    return None


class FileLibrary:
    """A folder of workflow files as the socket ``ports.library`` asks for it.

    Args:
        folder: of ``*.toml`` workflow files.
        calendars: of ``*.toml`` calendar files; None for ``calendars`` inside the folder.
        checks: the register that guards are bound to.
        kept: where earlier revisions are found.
        read_one: how a calendar file is read.

    Raises:
        InvalidFile: files have faults that make them unfit to be played; every one of them is listed.
    """

    def __init__(
        self,
        folder: "str | PathLike[str]",
        calendars: "str | PathLike[str] | None",
        checks: Binder,
        kept: Kept = _nothing_kept,
        read_one: Callable[[Path], Calendar] = read_calendar,
    ) -> None:
        found = read_folder(folder, calendars, read_one)
        faults = in_order([*found.faults, *judged(found, checks)])
        if faults:
            count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
            raise InvalidFile(f"the workflow files have {count}", faults, where=str(folder))
        self._checks = checks
        self._kept = kept
        self._calendars = found.calendars
        self._current: dict[str, Playbook] = {}
        self._documents: dict[str, tuple[str, str]] = {}
        for reading in found.readings.values():
            if reading.lifecycle is not None:
                name, revision = reading.lifecycle.name, reading.lifecycle.revision
                self._current[name] = checks.bind(reading.lifecycle)
                self._documents[name] = (revision, json.dumps(reading.document))
        self._known = {(kind, book.lifecycle.revision): book for kind, book in self._current.items()}
        self._windows = {kind: book.windows for kind, book in self._current.items()}

    def kinds(self) -> tuple[str, ...]:
        """The kinds of subject there are workflows for, by name."""
        return tuple(sorted(self._current))

    def current(self, kind: str) -> Playbook:
        """The playbook new subjects enter.

        Raises:
            UnknownName: no workflow of that name.
        """
        try:
            return self._current[kind]
        except KeyError:
            raise UnknownName("workflow", kind, self._current) from None

    def pinned(self, kind: str, revision: str) -> Playbook:
        """The playbook a subject entered with.

        Raises:
            UnknownName: neither the files nor the store hold that revision.
            InvalidFile: the kept document can no longer be played, because a check it names is gone.
        """
        book = self._known.get((kind, revision))
        return book if book is not None else self._rebuilt(kind, revision)

    def windows(self, kind: str) -> tuple[int, ...]:
        """Every window (seconds; 0 for ever) in which a revision of the kind, as far as any was asked for, counts."""
        return self._windows.get(kind, ())

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name.

        Raises:
            UnknownName: there is none.
        """
        if name not in self._calendars:
            raise UnknownName("calendar", name, self._calendars)
        return self._calendars[name]

    def calendars(self) -> Mapping[str, Calendar]:
        """All calendars by name."""
        return self._calendars

    def documents(self) -> Mapping[str, tuple[str, str]]:
        """Kind -> revision and document (JSON text) of the files as they are: what has to be kept for later."""
        return self._documents

    def _rebuilt(self, kind: str, revision: str) -> Playbook:
        kept = self._kept(revision)
        if kept is None or kept[0] != kind:
            known = [of for name, of in self._known if name == kind]
            raise UnknownName(f"revision of workflow '{kind}'", revision, known)
        where = f"workflow {kind}, revision {revision[:12]}"
        lifecycle = rebuild(json.loads(kept[1]), where)
        book = self._known[kind, revision] = self._checks.bind(lifecycle)
        self._windows[kind] = tuple(sorted({*self._windows.get(kind, ()), *book.windows}))
        return book
