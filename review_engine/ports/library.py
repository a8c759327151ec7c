"""The socket of workflows: the playbook of a kind as it is today, or as a subject in flight was promised it."""

from collections.abc import Mapping
from typing import Protocol

from review_engine.domain.calendar import Calendar
from review_engine.domain.playbook import Playbook


class Library(Protocol):
    """Playbooks by kind and revision, and the calendars their promises are counted by."""

    def kinds(self) -> tuple[str, ...]:
        """The kinds of subject there are workflows for."""

    def current(self, kind: str) -> Playbook:
        """The playbook new subjects enter.

        Raises:
            UnknownName: no workflow of that name.
        """

    def pinned(self, kind: str, revision: str) -> Playbook:
        """The playbook a subject entered with.

        Raises:
            UnknownName: neither the files nor the store hold that revision.
        """

    def windows(self, kind: str) -> tuple[int, ...]:
        """Every window in which any known revision of the kind counts customers."""

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name.

        Raises:
            UnknownName: there is none.
        """

    def calendars(self) -> Mapping[str, Calendar]:
        """All calendars by name."""
