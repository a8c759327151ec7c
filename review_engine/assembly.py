"""Where plugs meet sockets: settings in, an assembled engine out. The lowest room that reads the machine's clock."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from review_engine.checks.registry import Checks
from review_engine.domain.calendar import Calendar
from review_engine.domain.playbook import Playbook
from review_engine.engine import ReviewEngine
from review_engine.ports.directory import Directory
from review_engine.ports.library import Library
from review_engine.ports.store import Store
from review_engine.settings import Settings, read_settings
from review_engine.usecases.desk import Desk


def open_engine(
    config: "Settings | str | os.PathLike[str] | None" = None,
    *,
    url: str | None = None,
    directory: Directory | None = None,
    clock: Callable[[], datetime] | None = None,
    create: bool = True,
) -> ReviewEngine:
    """An engine on a database.

    Args:
        config: settings, or the path of a ``config.toml``; None for the working folder's, else the defaults.
        url: database to use instead of the configured one.
        directory: the host's people; None for the engine's own directory, in the store.
        clock: answers the present instant (aware); None for the machine's clock.
        create: set up the tables when the database is new. Existing tables are never changed here: that is
            ``review-engine db upgrade``.

    Raises:
        InvalidConfiguration: the settings cannot be used.
        SchemaBehind: the tables are of an older version.
        StoreError: the database cannot be reached.
    """
    from review_engine.store.opening import open_register, open_store
    from review_engine.store.vault import FernetVault

    settings = config if isinstance(config, Settings) else read_settings(config)
    address = url or settings.database.url
    store = open_store(address, synchronous=settings.database.synchronous, create=create)
    key = settings.secret_key.get_secret_value() if settings.secret_key else None
    checks = Checks()
    library = LazyLibrary(lambda: shelved(settings, checks, store))
    return ReviewEngine(
        desk=Desk(store, library, FernetVault(key)),
        directory=directory or open_register(store),
        checks=checks,
        clock=clock or machine_clock,
        default_kind=settings.workflows.default_kind,
    )


def machine_clock() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def shelved(settings: Settings, checks: Checks, store: Store) -> Library:
    """The workflows of an installation, read; and kept in the store, because subjects will be pinned to them.

    Raises:
        InvalidFile: the files have faults; all of them are listed.
    """
    from review_engine.workflow_files.library import FileLibrary

    workflows = settings.workflows
    folder = Path(workflows.folder) if workflows.folder else shipped("workflows")
    calendars = Path(workflows.calendars) if workflows.calendars else folder / "calendars"
    library = FileLibrary(folder, calendars, checks, store.workflow)
    for kind, (revision, document) in library.documents().items():
        if store.workflow(revision) is None:
            store.keep_workflow(kind, revision, document)
    return library


def shipped(name: str) -> Path:
    """A folder that comes with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "_data" / name
    return inside if inside.exists() else package.parent / name


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
