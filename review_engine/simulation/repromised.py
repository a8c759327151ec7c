"""Workflows with other promises: what would have been, had we promised less or more."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from review_engine.domain.calendar import Calendar
from review_engine.domain.durations import Duration
from review_engine.domain.errors import UnknownName
from review_engine.domain.playbook import Playbook
from review_engine.ports.library import Library


@dataclass(slots=True)
class Repromised:
    """A library in which one workflow makes other promises; everything else is as it was.

    Args:
        library: the real one.
        kind: the workflow.
        promises: name of a promise -> how long it shall be. Its tiers go: everybody is promised the same.
    """

    library: Library
    kind: str
    promises: Mapping[str, Duration]
    _books: dict[str, Playbook] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, library: Library, kind: str, promises: Mapping[str, str]) -> "Repromised":
        """The library with promises as a person writes them.

        Raises:
            UnknownName: the workflow makes no such promise.
            InvalidDuration: a length of time that is none.
        """
        lifecycle = library.current(kind).lifecycle
        for name in promises:
            if name not in lifecycle.slas:
                raise UnknownName("promise", name, lifecycle.slas, where=f"workflow {kind}")
        return cls(library, kind, {name: Duration.parse(text) for name, text in promises.items()})

    def kinds(self) -> tuple[str, ...]:
        """As ``ports.library``."""
        return self.library.kinds()

    def current(self, kind: str) -> Playbook:
        """As ``ports.library``, with the other promises."""
        return self._other(self.library.current(kind))

    def pinned(self, kind: str, revision: str) -> Playbook:
        """As ``ports.library``, with the other promises."""
        return self._other(self.library.pinned(kind, revision))

    def windows(self, kind: str) -> tuple[int, ...]:
        """As ``ports.library``."""
        return self.library.windows(kind)

    def calendar(self, name: str) -> Calendar:
        """As ``ports.library``."""
        return self.library.calendar(name)

    def calendars(self) -> Mapping[str, Calendar]:
        """As ``ports.library``."""
        return self.library.calendars()

    def _other(self, book: Playbook) -> Playbook:
        lifecycle = book.lifecycle
        if lifecycle.name != self.kind or not self.promises:
            return book
        if lifecycle.revision not in self._books:
            slas = {
                name: replace(sla, within=self.promises[name], tier_fact="", tiers={}) if name in self.promises else sla
                for name, sla in lifecycle.slas.items()
            }
            self._books[lifecycle.revision] = replace(book, lifecycle=replace(lifecycle, slas=slas))
        return self._books[lifecycle.revision]
