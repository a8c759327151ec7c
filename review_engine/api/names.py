"""How collections are called in addresses: the plural of each kind of subject, with dashes.

Made from the workflows of the installation, so a platform that adds ``workflows/listing.toml`` has ``/listings``.
"""

from collections.abc import Iterable
from types import MappingProxyType

TAKEN = frozenset(
    {
        "activity", "bounces", "calendars", "catalog", "census", "channels", "late-findings", "me", "outbox",
        "preferences", "problems", "promises", "queue", "queue.ics", "tokens", "workflows", "workload",
    }
)  # fmt: skip
"""First words of addresses that are no collections."""

_SIBILANTS = ("s", "x", "z", "ch", "sh")
_VOWELS = "aeiou"


def plural(kind: str) -> str:
    """The collection of a kind: ``app`` -> ``apps``, ``access_request`` -> ``access-requests``."""
    word = kind.replace("_", "-")
    if word.endswith(_SIBILANTS):
        many = f"{word}es"
    elif word.endswith("y") and word[-2:-1] not in (*_VOWELS, ""):
        many = f"{word[:-1]}ies"
    else:
        many = f"{word}s"
    return f"{word}-subjects" if many in TAKEN else many


def collections(kinds: Iterable[str]) -> "MappingProxyType[str, str]":
    """Collection -> kind, by name; where two kinds share a plural, both are called by the kind and ``-subjects``."""
    known = sorted(kinds)
    plurals = [plural(kind) for kind in known]
    named = {
        many if plurals.count(many) == 1 else f"{kind.replace('_', '-')}-subjects": kind
        for kind, many in zip(known, plurals, strict=True)
    }
    return MappingProxyType(named)
