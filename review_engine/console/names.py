"""How people and organisations are called on a page: by the directory's name, else by their key.

A partner reads who of their own people did something, and of staff the role only: whoever decides need not be looked up
by whom they decided about.
"""

from dataclasses import dataclass, field

from review_engine.domain.actors import Actor, Role
from review_engine.ports.directory import Directory

ROLES = {
    Role.PARTNER: "partner",
    Role.REVIEWER: "reviewer",
    Role.MANAGER: "manager",
    Role.ENGINE: "automatically",
    Role.HOST: "the platform",
}
"""Role -> as people read it."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names, looked up once for each page.

    Args:
        directory: where they are kept.
        reader: who reads them; None for staff.
    """

    directory: Directory
    reader: Actor | None = None
    _people: dict[str, str] = field(default_factory=dict)
    _partners: dict[str, str] = field(default_factory=dict)

    def person(self, key: str) -> str:
        """The person's name, else the key."""
        if key not in self._people:
            found = self.directory.person(key)
            self._people[key] = (found.name if found else "") or key
        return self._people[key]

    def partner(self, key: str) -> str:
        """The organisation's name, else the key."""
        if key not in self._partners:
            found = self.directory.partner(key)
            self._partners[key] = (found.name if found else "") or key
        return self._partners[key]

    def doer(self, role: str, key: str) -> str:
        """Who did something: a name and the role; of staff, a partner reads the role only."""
        known = Role(role)
        if known in (Role.ENGINE, Role.HOST):
            return ROLES[known]
        if self.reader is not None and self.reader.role is Role.PARTNER and known is not Role.PARTNER:
            return f"a {ROLES[known]}"
        return f"{self.person(key)} ({ROLES[known]})"

    def actor(self, by: str) -> str:
        """The same for somebody written as ``role:key``."""
        role, _, key = by.partition(":")
        return self.doer(role, key)
