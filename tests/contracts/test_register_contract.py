"""What every register of people promises."""

import pytest

from review_engine.domain.actors import Role
from review_engine.domain.errors import Conflict, InvalidInput, InvalidKey
from review_engine.ports.directory import Partner, Person, Register

ANN = Person("p-ann", "Ann Ö", "Ann@acme.example", partners=frozenset({"acme"}))
RITA = Person("r-rita", "Rita", "rita@platform.example", frozenset({Role.REVIEWER, Role.MANAGER}))
BOB = Person("p-bob", "Bob", "bob@acme.example", partners=frozenset({"acme", "globex"}))


@pytest.fixture
def people(register: Register) -> Register:
    """A register with three people and two partners."""
    for partner in (Partner("globex", "Globex"), Partner("acme", "Acme")):
        register.add_partner(partner)
    for person in (RITA, BOB, ANN):
        register.add_person(person)
    return register


def test_people_are_found_by_key_and_by_address_in_any_spelling(people: Register) -> None:
    assert people.person("p-ann") == ANN
    assert people.person_at("aNN@ACME.example") == ANN
    assert people.person("nobody") is None
    assert people.person_at("nobody@acme.example") is None
    assert people.person_at("") is None


def test_people_and_partners_are_told_by_key(people: Register) -> None:
    assert people.people() == [ANN, BOB, RITA]
    assert people.partners() == [Partner("acme", "Acme"), Partner("globex", "Globex")]
    assert people.partner("acme") == Partner("acme", "Acme")
    assert people.partner("nobody") is None


def test_members_and_staff_are_told_by_key(people: Register) -> None:
    assert people.members("acme") == [ANN, BOB]
    assert people.members("globex") == [BOB]
    assert people.members("nobody") == []
    assert people.staff(Role.REVIEWER) == [RITA]
    assert people.staff(Role.MANAGER) == [RITA]
    assert people.staff(Role.HOST) == []


def test_adding_a_partner_again_renames_it(people: Register) -> None:
    people.add_partner(Partner("acme", "Acme & Sons"))
    assert people.partner("acme") == Partner("acme", "Acme & Sons")
    assert len(people.partners()) == 2


def test_adding_a_person_again_replaces_what_is_known(people: Register) -> None:
    moved = Person("p-bob", "Bobby", "bobby@globex.example", frozenset({Role.REVIEWER}), frozenset({"globex"}))
    people.add_person(moved)
    assert people.person("p-bob") == moved
    assert people.members("acme") == [ANN]
    assert people.person_at("bob@acme.example") is None
    assert people.staff(Role.REVIEWER) == [moved, RITA]


def test_an_address_belongs_to_one_person(people: Register) -> None:
    with pytest.raises(Conflict, match="e-mail address"):
        people.add_person(Person("p-eve", "Eve", "ANN@acme.example"))
    with pytest.raises(Conflict):
        people.add_person(BOB._replace(address="ann@acme.example", partners=frozenset()))
    assert people.person("p-eve") is None
    assert people.person("p-bob") == BOB


def test_people_without_an_address_do_not_share_one(people: Register) -> None:
    for key in ("s-1", "s-2"):
        people.add_person(Person(key, "Silent", ""))
    assert len(people.people()) == 5
    assert people.person_at("") is None


def test_an_erased_person_is_forgotten_and_the_address_is_free_again(people: Register) -> None:
    assert people.erase("p-ann") is True
    assert people.erase("p-ann") is False
    assert people.person("p-ann") is None
    assert people.person_at("ann@acme.example") is None
    assert people.members("acme") == [BOB]
    people.add_person(Person("p-ann2", "Ann", "ann@acme.example"))


def test_a_membership_may_name_a_partner_that_is_only_a_key(register: Register) -> None:
    register.add_person(BOB)
    assert register.members("globex") == [BOB]
    assert register.partners() == []


@pytest.mark.parametrize("bad", ["", "a\0b", "\ud800", "x" * 201])
def test_keys_that_cannot_be_kept_are_refused(register: Register, bad: str) -> None:
    with pytest.raises(InvalidKey):
        register.add_partner(Partner(bad, "Acme"))
    with pytest.raises(InvalidKey):
        register.add_person(ANN._replace(key=bad))
    with pytest.raises(InvalidKey):
        register.add_person(ANN._replace(partners=frozenset({bad})))
    assert register.people() == []


@pytest.mark.parametrize(
    "bad", ["ann", "ann@", "@acme.example", "ann @acme.example", "Ann <ann@acme.example>", "a@b@c"]
)
def test_what_no_letter_can_be_sent_to_is_no_address(register: Register, bad: str) -> None:
    with pytest.raises(InvalidInput, match="is no e-mail address"):
        register.add_person(ANN._replace(address=bad, partners=frozenset()))
    assert register.people() == []


@pytest.mark.parametrize("bad", ["a\0b", "half \ud800"])
def test_names_that_cannot_be_kept_are_refused(register: Register, bad: str) -> None:
    with pytest.raises(InvalidInput):
        register.add_partner(Partner("acme", bad))
    with pytest.raises(InvalidInput):
        register.add_person(ANN._replace(name=bad))
    with pytest.raises(InvalidInput):
        register.add_person(ANN._replace(address=bad))
    assert register.partners() == []
