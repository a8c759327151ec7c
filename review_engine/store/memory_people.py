"""People and partners in memory: the register of the memory store, for tests and for trying things out."""

import re
from dataclasses import dataclass, field
from threading import RLock

from review_engine.domain.actors import Role, check_key
from review_engine.domain.errors import Conflict, InvalidInput, shown
from review_engine.ports.directory import Partner, Person
from review_engine.ports.store import Enrolment
from review_engine.store.soundness import refuse_texts

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
"""What may be written to at all; whether somebody reads it, only a letter can tell."""


@dataclass(slots=True)
class MemoryRegister:
    """A directory that can be written to, held in two dictionaries."""

    _people: dict[str, Person] = field(default_factory=dict)
    _partners: dict[str, Partner] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def person(self, key: str) -> Person | None:
        """The person of that key; None for an unknown or erased one."""
        return self._people.get(key)

    def person_at(self, address: str) -> Person | None:
        """The person with that e-mail address, in any spelling of small and large letters."""
        mailbox = address.lower()
        return next((person for person in self.people() if mailbox and person.address.lower() == mailbox), None)

    def partner(self, key: str) -> Partner | None:
        """The organisation of that key."""
        return self._partners.get(key)

    def members(self, partner: str) -> list[Person]:
        """The members of a partner, by key."""
        return [person for person in self.people() if partner in person.partners]

    def staff(self, role: Role) -> list[Person]:
        """Everybody who holds the role, by key."""
        return [person for person in self.people() if role in person.roles]

    def people(self) -> list[Person]:
        """Everybody, by key."""
        with self._lock:
            return [self._people[key] for key in sorted(self._people)]

    def partners(self) -> list[Partner]:
        """Every organisation, by key."""
        with self._lock:
            return [self._partners[key] for key in sorted(self._partners)]

    def add_partner(self, partner: Partner) -> None:
        """Add an organisation, or rename it.

        Raises:
            InvalidKey: its key cannot be kept.
            InvalidInput: its name cannot be kept.
        """
        check_partner(partner)
        with self._lock:
            self._partners[partner.key] = partner

    def add_person(self, person: Person) -> None:
        """Add a person, or replace what is known of them.

        Raises:
            InvalidKey, InvalidInput: the key, name or address cannot be kept.
            Conflict: somebody else has the address.
        """
        check_person(person)
        with self._lock:
            self.refuse_address(person.key, person.address)
            self._people[person.key] = person

    def erase(self, key: str) -> bool:
        """Forget a person's name and address; the key stays in the history. False when there was nobody."""
        with self._lock:
            return self._people.pop(key, None) is not None

    def enrol(self, enrolment: Enrolment) -> None:
        """Add a partner and its first member. Who is known already, by key or by address, keeps name and address."""
        self._partners[enrolment.partner] = Partner(enrolment.partner, enrolment.name)
        if enrolment.person:
            fresh = Person(enrolment.person, enrolment.person_name, enrolment.address)
            known = self.person(enrolment.person) or self.person_at(enrolment.address) or fresh
            self._people[known.key] = known._replace(partners=known.partners | {enrolment.partner})

    def refuse_address(self, key: str, address: str) -> None:
        """Raise Conflict when somebody other than ``key`` has the address."""
        holder = self.person_at(address)
        if holder is not None and holder.key != key:
            raise address_taken(key)


def address_taken(key: str = "") -> Conflict:
    """The error for an e-mail address that belongs to somebody else. It does not say to whom."""
    return Conflict(
        "somebody else has this e-mail address", where=key, cure="Use another address, or erase the other person first."
    )


def check_partner(partner: Partner) -> None:
    """Refuse a partner that cannot be kept (InvalidKey, InvalidInput)."""
    check_key(partner.key, "a partner's key")
    refuse_texts((partner.name,), where=partner.key)


def check_person(person: Person) -> None:
    """Refuse a person that cannot be kept (InvalidKey, InvalidInput)."""
    check_key(person.key, "a person's key")
    for partner in person.partners:
        check_key(partner, "a partner's key")
    refuse_texts((person.name, person.address), where=person.key)
    if person.address and not _ADDRESS.fullmatch(person.address):
        cure = "Give one such as ann@example.com, or leave it out; then no letters are sent."
        raise InvalidInput(f"{shown(person.address)} is no e-mail address", where=person.key, cure=cure)
