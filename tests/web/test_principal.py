"""Whoever a provider answers becomes an actor, in the strongest role held; nobody is nobody."""

import pytest

from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import NotAdmitted
from review_engine.ports.directory import Person
from review_engine.web.principal import actor_of


def person(*roles: Role, partners: frozenset[str] = frozenset()) -> Person:
    return Person("u-1", "Ann", "ann@acme.example", frozenset(roles), partners)


def test_an_actor_is_taken_as_it_is() -> None:
    ann = Actor.partner("p-ann", of="acme")
    assert actor_of(ann) is ann


@pytest.mark.parametrize(
    ("somebody", "role"),
    [
        (person(Role.REVIEWER, Role.MANAGER), Role.MANAGER),
        (person(Role.REVIEWER), Role.REVIEWER),
        (person(Role.REVIEWER, partners=frozenset({"acme"})), Role.REVIEWER),
        (person(partners=frozenset({"acme", "globex"})), Role.PARTNER),
    ],
)
def test_a_person_acts_in_the_strongest_role_and_keeps_their_organisations(somebody: Person, role: Role) -> None:
    assert actor_of(somebody) == Actor(role, "u-1", somebody.partners)


def test_nobody_and_people_without_a_role_are_not_admitted() -> None:
    for answer in (None, person()):
        with pytest.raises(NotAdmitted):
            actor_of(answer)


@pytest.mark.parametrize("answer", ["ann", {"key": "ann"}, True, 0, object()])
def test_anything_else_is_a_fault_of_the_host(answer: object) -> None:
    with pytest.raises(TypeError, match="a principal provider answers"):
        actor_of(answer)
