"""review_engine: the review and launch process of an app marketplace, declared in files, kept in one durable engine.

This is the face: it hands names on and defines nothing of its own. Names are imported when they are first used, so that
``import review_engine`` costs a host next to nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "open_engine": "assembly",
    "ReviewEngine": "engine",
    "Receipt": "usecases.answers",
    "Actor": "domain.actors",
    "Role": "domain.actors",
    "Usage": "domain.activity",
    "Case": "domain.cases",
    "Subject": "domain.subjects",
    "SubjectKey": "domain.keys",
    "Move": "domain.moves",
    "Verdict": "domain.verdicts",
    "Checklist": "domain.verdicts",
    "Refused": "domain.verdicts",
    "Assessment": "domain.reviews",
    "Finding": "domain.reviews",
    "Remark": "domain.reviews",
    "ReviewSheet": "domain.reviews",
    "Query": "ports.store",
    "QueueQuery": "ports.reception",
    "CatalogQuery": "ports.reception",
    "Settings": "settings",
    "ReviewEngineError": "domain.errors",
    "InvalidInput": "domain.errors",
    "UnknownName": "domain.errors",
    "NotFound": "domain.errors",
    "NotAllowed": "domain.errors",
    "Conflict": "domain.errors",
    "MoveConflict": "domain.errors",
    "SlugTaken": "domain.errors",
    "KeyReused": "domain.errors",
    "SecretKeyMissing": "domain.errors",
    "StoreError": "domain.errors",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'review_engine' has no attribute '{name}'")
    value = getattr(import_module(f"review_engine.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
