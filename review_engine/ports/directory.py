"""The socket of people: who may act, who is to be told, and the facts a host knows of its partners, asked by key.

Stand-alone the engine keeps a directory of its own in the store; a host plugs in its own people instead.
"""

from typing import NamedTuple, Protocol

from review_engine.domain.actors import Role

UNKNOWN_PERSON = (
    "Check the spelling and the role. 'review-engine people list' shows who is known, "
    "'review-engine people add' enters somebody."
)
"""The cure where somebody is named whom the directory does not know, or not in that role."""


class Person(NamedTuple):
    """Somebody.

    Args:
        key: never a name or an address; it goes into the history.
        name: as letters greet.
        address: e-mail address.
        roles: staff roles held (reviewer, manager).
        partners: keys of the partner organisations this person is a member of.
    """

    key: str
    name: str
    address: str
    roles: frozenset[Role] = frozenset()
    partners: frozenset[str] = frozenset()


class Partner(NamedTuple):
    """An organisation that owns subjects."""

    key: str
    name: str


class Directory(Protocol):
    """People and organisations, by key."""

    def person(self, key: str) -> Person | None:
        """The person of that key; None for an unknown or erased one."""

    def person_at(self, address: str) -> Person | None:
        """The person with that e-mail address."""

    def partner(self, key: str) -> Partner | None:
        """The organisation of that key."""

    def members(self, partner: str) -> list[Person]:
        """The members of a partner, by key."""

    def staff(self, role: Role) -> list[Person]:
        """Everybody who holds the role, by key."""


class Register(Directory, Protocol):
    """A directory that can be written to: the engine's own, when it stands alone."""

    def add_partner(self, partner: Partner) -> None:
        """Add an organisation, or rename it."""

    def add_person(self, person: Person) -> None:
        """Add a person, or replace what is known of them.

        Raises:
            Conflict: somebody else has the address.
        """

    def erase(self, key: str) -> bool:
        """Forget a person's name and address; the key stays in the history. False when there was nobody."""

    def people(self) -> list[Person]:
        """Everybody, by key."""

    def partners(self) -> list[Partner]:
        """Every organisation, by key."""
