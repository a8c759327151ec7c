"""The register of people and partners in the database: the directory of an engine that stands alone.

Names and addresses are here and nowhere else; the history holds keys. So a person can be erased and it still verifies.
"""

from review_engine.domain.actors import Role
from review_engine.ports.directory import Partner, Person
from review_engine.store.mapping import Written, people_of
from review_engine.store.memory_people import address_taken, check_partner, check_person
from review_engine.store.parts import mailbox_of, person_row
from review_engine.store.terms import Clash
from review_engine.store.writes import Database


class DatabaseRegister:
    """A directory that can be written to, in the store's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, key: str) -> Person | None:
        """The person of that key; None for an unknown or erased one."""
        return next(iter(self._people("person", {"key": key})), None)

    def person_at(self, address: str) -> Person | None:
        """The person with that e-mail address, in any spelling of small and large letters."""
        return next(iter(self._people("person_at", {"mailbox": mailbox_of(address)})), None)

    def partner(self, key: str) -> Partner | None:
        """The organisation of that key."""
        return next(iter(self._partners("partner", {"key": key})), None)

    def members(self, partner: str) -> list[Person]:
        """The members of a partner, by key."""
        return self._people("members", {"partner": partner})

    def staff(self, role: Role) -> list[Person]:
        """Everybody who holds the role, by key."""
        return self._people("staff", {"role": role.value})

    def people(self) -> list[Person]:
        """Everybody, by key."""
        return self._people("people", {})

    def partners(self) -> list[Partner]:
        """Every organisation, by key."""
        return self._partners("partners", {})

    def add_partner(self, partner: Partner) -> None:
        """Add an organisation, or rename it.

        Raises:
            InvalidKey: its key cannot be kept.
            InvalidInput: its name cannot be kept.
        """
        check_partner(partner)
        with self._database.writing() as run:
            run.insert("partner", [{**partner._asdict()}])

    def add_person(self, person: Person) -> None:
        """Add a person, or replace what is known of them.

        Raises:
            InvalidKey, InvalidInput: the key, name or address cannot be kept.
            Conflict: somebody else has the address.
        """
        check_person(person)
        memberships: list[Written] = [
            {"person": person.key, "partner": partner, "mailbox": None} for partner in sorted(person.partners)
        ]
        try:
            with self._database.writing() as run:
                run.run("person.save", person_row(person))
                run.run("person.leave", {"key": person.key})
                if memberships:
                    run.insert("person_partner", memberships)
        except Clash:
            raise address_taken(person.key) from None

    def erase(self, key: str) -> bool:
        """Forget a person's name and address; the key stays in the history. False when there was nobody."""
        with self._database.writing() as run:
            return run.run("person.erase", {"key": key}) == 1

    def _people(self, name: str, given: Written) -> list[Person]:
        with self._database.reading() as run:
            return people_of(run.rows(name, given))

    def _partners(self, name: str, given: Written) -> list[Partner]:
        with self._database.reading() as run:
            return [Partner(key, title) for key, title in run.rows(name, given)]
