"""Who acts. A person's key goes into the history; names and addresses stay with the Directory, to be erased there."""

from dataclasses import dataclass
from enum import StrEnum

from review_engine.domain.errors import InvalidKey, UnknownName, shown

_KEY_MAX = 200


class Role(StrEnum):
    """In which capacity somebody acts. A workflow names roles in ``by`` and ``to``."""

    PARTNER = "partner"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ENGINE = "engine"
    HOST = "host"

    @classmethod
    def named(cls, name: str) -> "Role":
        """The role of that name.

        Raises:
            UnknownName: there is none.
        """
        try:
            return cls(name)
        except ValueError:
            raise UnknownName("role", name, [role.value for role in cls]) from None


STAFF = frozenset({Role.REVIEWER, Role.MANAGER})
TRUSTED = frozenset({Role.REVIEWER, Role.MANAGER, Role.ENGINE, Role.HOST})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, in one role.

    Args:
        role: the capacity.
        key: the person's key in the Directory (never a name or an address).
        partners: keys of the partner organisations this person is a member of, whatever the role.
    """

    role: Role
    key: str
    partners: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_key(self.key, "a person's key")

    @classmethod
    def partner(cls, key: str, *, of: str) -> "Actor":
        """A member of the partner organisation ``of``."""
        return cls(Role.PARTNER, key, frozenset({of}))

    @classmethod
    def reviewer(cls, key: str) -> "Actor":
        """A reviewer."""
        return cls(Role.REVIEWER, key)

    @classmethod
    def manager(cls, key: str) -> "Actor":
        """A manager of reviewers."""
        return cls(Role.MANAGER, key)

    @classmethod
    def host(cls, key: str = "host") -> "Actor":
        """The embedding service itself."""
        return cls(Role.HOST, key)

    def belongs_to(self, partner: str) -> bool:
        """Whether this person is a member of that partner organisation."""
        return partner in self.partners

    def sees(self, partner: str) -> bool:
        """Whether subjects of that partner exist for this actor (guarantee: foreign looks like absent)."""
        return self.role is not Role.PARTNER or partner in self.partners

    def __str__(self) -> str:
        return f"{self.role.value}:{self.key}"


def check_key(key: str, sort: str) -> str:
    """``key`` itself, when it can be kept: 1-200 printable characters.

    Raises:
        InvalidKey: empty, too long, or with control characters, NUL or lone surrogates.
    """
    if not 0 < len(key) <= _KEY_MAX or not key.isprintable():
        raise InvalidKey(f"{shown(str(key))} cannot be {sort}", cure=f"Use 1 to {_KEY_MAX} printable characters.")
    return key


ENGINE = Actor(Role.ENGINE, "engine")
