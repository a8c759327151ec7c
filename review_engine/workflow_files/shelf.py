"""The shelf of an installation: its workflows and calendars, read when first needed and kept for those in flight."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from review_engine.domain.calendar import Calendar
from review_engine.domain.canonical import canonical
from review_engine.domain.playbook import Playbook
from review_engine.ports.library import Library
from review_engine.ports.timers import Keeper
from review_engine.settings import Settings, shipped
from review_engine.workflow_files.calendars import read_calendar
from review_engine.workflow_files.library import FileLibrary
from review_engine.workflow_files.lint import Binder


def shelved(settings: Settings, checks: Binder, store: Keeper, now: datetime) -> Library:
    """The workflows and calendars of an installation, read; and kept in the store, because subjects will be pinned to
    the former and their clocks counted by the latter.

    Args:
        settings: where the files are.
        checks: the register that guards are bound to.
        store: where they are kept.
        now: when they were read (aware UTC).

    Raises:
        InvalidFile: the files have faults; all of them are listed.
    """
    workflows = settings.workflows
    folder = Path(workflows.folder) if workflows.folder else shipped("workflows")
    calendars = Path(workflows.calendars) if workflows.calendars else folder / "calendars"
    library = FileLibrary(folder, calendars, checks, store.workflow, lambda file: resolved(file, store, now))
    for kind, (revision, document) in library.documents().items():
        if store.workflow(revision) is None:
            store.keep_workflow(kind, revision, document)
    return library


def resolved(file: Path, store: Keeper, now: datetime) -> Calendar:
    """The calendar of a file, with its public holidays as they were when the file first said so.

    They are looked up once for each content of the file and kept with it. A later list of holidays changes no due date
    behind anybody's back, and a cold start does not pay for the looking up.

    Raises:
        CalendarFileInvalid: the file has faults.
    """
    text = file.read_bytes()
    source = f"file {hashlib.sha256(file.stem.encode() + text).hexdigest()}"
    kept = store.calendar(source)
    if kept is not None:
        return Calendar.from_dict(json.loads(kept[1]))
    calendar = read_calendar(file)
    document = canonical(calendar.to_dict())
    for version in (calendar.version, source):
        store.keep_calendar(file.stem, version, document, now)
    return calendar


@dataclass(slots=True)
class LazyLibrary:
    """A library that is read when it is first used, so that a host can register its own checks after opening."""

    read: Callable[[], Library]
    _library: Library | None = field(default=None, init=False)

    def _shelf(self) -> Library:
        if self._library is None:
            self._library = self.read()
        return self._library

    def kinds(self) -> tuple[str, ...]:
        """As ``ports.library``."""
        return self._shelf().kinds()

    def current(self, kind: str) -> Playbook:
        """As ``ports.library``."""
        return self._shelf().current(kind)

    def pinned(self, kind: str, revision: str) -> Playbook:
        """As ``ports.library``."""
        return self._shelf().pinned(kind, revision)

    def windows(self, kind: str) -> tuple[int, ...]:
        """As ``ports.library``."""
        return self._shelf().windows(kind)

    def calendar(self, name: str) -> Calendar:
        """As ``ports.library``."""
        return self._shelf().calendar(name)

    def calendars(self) -> "dict[str, Calendar]":
        """As ``ports.library``."""
        return dict(self._shelf().calendars())
