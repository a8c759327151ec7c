"""Who is asking: what a host's provider answers becomes an Actor, whatever of the three it prefers to answer.

A provider is anything that FastAPI can resolve as a dependency. It answers an ``Actor``, a ``Person`` of the directory
(who then acts in the strongest role held), or None for nobody.
"""

from collections.abc import Callable

from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import NotAdmitted
from review_engine.ports.directory import Person

Provider = Callable[..., object]
"""A dependency that answers ``Actor``, ``Person`` or None; sync or async."""

_STRONGEST_FIRST = (Role.MANAGER, Role.REVIEWER)


def actor_of(answer: object) -> Actor:
    """The actor that a provider's answer stands for.

    Raises:
        NotAdmitted: nobody, or somebody without any role.
        TypeError: the provider answered something else; a fault of the host's code.
    """
    if isinstance(answer, Actor):
        return answer
    if isinstance(answer, Person):
        return _acting(answer)
    if answer is None:
        raise NotAdmitted("nobody is signed in", cure="Sign in, or send a token.")
    raise TypeError(f"a principal provider answers an Actor, a Person or None, not {type(answer).__name__}")


def _acting(person: Person) -> Actor:
    for role in _STRONGEST_FIRST:
        if role in person.roles:
            return Actor(role, person.key, person.partners)
    if person.partners:
        return Actor(Role.PARTNER, person.key, person.partners)
    raise NotAdmitted(f"{person.key} has no role here", cure="Ask a manager to be given one.")
