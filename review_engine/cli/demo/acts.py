"""The sorts of step a story is made of. Plain values, so that a story can be read from top to bottom like a script.

``says`` is the sentence people read; what the engine answers to the step is printed below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from review_engine.domain.reviews import Assessment

NOW: Final = object()
"""Stands for the moment of the step, in the value of a fact."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the story: role, key, name; for a partner also the organisation."""

    role: str
    key: str
    name: str
    address: str
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Turn the clock to a time of day, so many business days on (0: today)."""

    days: int
    at: str


@dataclass(frozen=True, slots=True)
class Register:
    """Somebody brings a subject into being."""

    key: str
    by: Person
    says: str
    facts: Mapping[str, object] = field(default_factory=dict)
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody says facts."""

    key: str
    by: Person
    facts: Mapping[str, object]
    says: str


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody takes a transition."""

    key: str
    transition: str
    by: Person
    says: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A reviewer hands in what was found."""

    key: str
    by: Person
    points: tuple[Assessment, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Remarked:
    """Somebody says something to the other side, or among staff."""

    key: str
    by: Person
    text: str
    says: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody asks for a transition that will be refused; everything that is missing is shown."""

    key: str
    transition: str
    by: Person
    says: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody records what a probe saw."""

    key: str
    probe: str
    outcome: str
    by: Person
    says: str
    note: str = ""
    lasts_days: int = 30


@dataclass(frozen=True, slots=True)
class Used:
    """Customers used an App. ``customers`` is workspace -> why it must not count, empty if it may."""

    app: str
    customers: Mapping[str, str]
    says: str


@dataclass(frozen=True, slots=True)
class Excuse:
    """Somebody waives a guard."""

    key: str
    guard: str
    by: Person
    reason: str
    says: str


@dataclass(frozen=True, slots=True)
class Secret:
    """The reviewer of the round looks at a secret."""

    key: str
    fact: str
    by: Person
    says: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Show which customers count."""

    key: str
    says: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Show the checklist of a transition."""

    key: str
    transition: str
    says: str


Act = Later | Register | Edit | Move | Found | Remarked | Refusal | Seen | Used | Excuse | Secret | Ledger | Missing


@dataclass(frozen=True, slots=True)
class Chapter:
    """A few steps under one heading."""

    title: str
    acts: tuple[Act, ...]
