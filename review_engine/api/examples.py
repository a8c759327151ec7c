"""Answers as they look, for the reference. A test reads each against the model it stands for.

None of them holds a null: what makes the OpenAPI document leaves those out.
"""

from typing import Any, Final

RECEIPT: Final[dict[str, Any]] = {
    "subject": "app/acme-sync",
    "state": "submitted",
    "number": 2,
    "etag": "2-9f86d081884c7d65",
    "hash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "at": "2026-03-02T18:00:00.000000Z",
    "moves": ["submit"],
}
LINE: Final[dict[str, Any]] = {
    "key": "app/acme-sync",
    "kind": "app",
    "slug": "acme-sync",
    "name": "Acme Sync",
    "partner": "acme",
    "parent": "",
    "state": "submitted",
    "since": "2026-03-02T18:00:00.000000Z",
    "number": 2,
    "round": 1,
    "etag": "2-9f86d081884c7d65",
    "created_at": "2026-03-02T17:00:00.000000Z",
}
PAGE: Final[dict[str, Any]] = {
    **LINE,
    "title": "Submitted",
    "says": "A review was asked for. The App's information cannot be changed until there is an answer.",
    "waits_for": "reviewer",
    "workflow": "0b6f6c7f9f5e",
    "head": RECEIPT["hash"],
    "facts": {"name": "Acme Sync", "categories": ["CRM"], "test_password": "sealed:1"},
    "evidence": {},
    "waivers": {},
    "submission": {"round": 1, "opened_at": "2026-03-02T18:00:00.000000Z", "opened_by": "p-ann"},
}
FACTS: Final[dict[str, Any]] = {
    "subject": "app/acme-sync",
    "etag": "1-9f86d081884c7d65",
    "facts": {"name": "Acme Sync", "categories": ["CRM"]},
    "said": {"name": {"role": "partner", "by": "p-ann", "at": "2026-03-02T17:00:00.000000Z"}},
}
CHECKLIST: Final[dict[str, Any]] = {
    "subject": "app/acme-sync",
    "transition": "submit",
    "title": "Submit for review",
    "ready": False,
    "note": "",
    "items": [
        {
            "title": "There is a logo",
            "waivable": False,
            "guard": "logo_given",
            "outcome": "failed",
            "reason": "Logo is missing",
            "cure": "Add the address of your logo.",
            "evidence": "",
        }
    ],
}
MOVE: Final[dict[str, Any]] = {
    "subject": "app/acme-sync",
    "number": 1,
    "transition": "register",
    "from": "",
    "to": "preview",
    "role": "partner",
    "by": "p-ann",
    "at": "2026-03-02T17:00:00.000000Z",
    "workflow": "0b6f6c7f9f5e",
    "round": 0,
    "facts_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "comment": "",
    "verdicts": [],
    "previous": "0" * 64,
    "hash": RECEIPT["hash"],
}
REMARK: Final[dict[str, Any]] = {
    "number": 1,
    "text": "Which account should we test with?",
    "role": "reviewer",
    "by": "r-rita",
    "at": "2026-03-03T18:00:00.000000Z",
    "round": 1,
    "internal": False,
}
QUEUE_LINE: Final[dict[str, Any]] = {
    "key": "app/acme-sync",
    "name": "Acme Sync",
    "partner": "acme",
    "state": "submitted",
    "since": "2026-03-02T18:00:00.000000Z",
    "round": 1,
    "reason": "first",
    "tier": "standard",
    "components": ["subscription"],
    "due_at": "2026-03-05T01:00:00.000000Z",
    "sla": "first_response",
    "overdue": False,
    "claimed_by": "r-rita",
    "claimed_at": "2026-03-03T18:00:00.000000Z",
    "etag": "2-9f86d081884c7d65",
}
ENTRY: Final[dict[str, Any]] = {
    "slug": "acme-sync",
    "name": "Acme Sync",
    "description": "Keeps contacts in step.",
    "website": "https://acme.example",
    "docs_url": "https://acme.example/docs",
    "logo_url": "https://acme.example/logo.svg",
    "mark_url": "https://acme.example/mark.svg",
    "categories": ["CRM"],
    "methods": ["track"],
    "platforms": ["server"],
    "badge": "beta",
    "listed_at": "2026-03-05T18:00:00.000000Z",
    "noteworthy": True,
}
TOKEN: Final[dict[str, Any]] = {
    "id": "t3kq",
    "sort": "token",
    "person": "p-ann",
    "role": "partner",
    "partner": "acme",
    "label": "build",
    "created_at": "2026-03-02T17:00:00.000000Z",
    "expires_at": "2026-05-31T17:00:00.000000Z",
    "revoked_at": "2026-04-01T09:00:00.000000Z",
}
PREFERENCE: Final[dict[str, Any]] = {
    "person": "p-ann",
    "mode": "digest",
    "letters": {"tips": "off"},
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "zone": "Europe/Berlin",
}
