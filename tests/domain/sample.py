"""A small workflow for tests of the domain: a draft is submitted, reviewed and launched; three customers launch it."""

from datetime import UTC, datetime
from typing import Any

from review_engine.domain.actors import Actor, Role
from review_engine.domain.cases import Case
from review_engine.domain.facts import Fact
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle, State, Transition
from review_engine.domain.machine import Arbiter
from review_engine.domain.playbook import BoundGuard, Playbook
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import FAILED, PASSED, Verdict

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
ANN = Actor.partner("p-ann", of="acme")
RITA = Actor.reviewer("r-rita")
TURNCOAT = Actor(Role.REVIEWER, "r-acme", frozenset({"acme"}))

FACTS = {
    "name": Fact("name", "Name", "text", max=30),
    "docs": Fact("docs", "Documentation", "url"),
    "oauth": Fact("oauth", "Enable button", "bool", by=(Role.HOST, Role.REVIEWER)),
}


def has(fact: str) -> Guard:
    """A guard that wants a fact."""
    return Guard(f"has_{fact}", f"{fact} is there", "test", fix=f"Add {fact}.", waivable=True)


def wants(guard: Guard) -> BoundGuard:
    """The guard, bound to a look at the facts."""
    fact = guard.name.removeprefix("has_")

    def test(case: Case) -> Verdict:
        there = fact in case.facts
        return Verdict(
            guard.name, PASSED if there else FAILED, f"{fact} is {'there' if there else 'missing'}", guard.fix
        )

    return BoundGuard(guard, test)


DOCS, OAUTH = has("docs"), has("oauth")

LIFECYCLE = Lifecycle(
    name="app",
    title="App",
    starts="draft",
    revision="r1",
    calendar="business",
    states={
        "draft": State("draft", "Draft", waits_for=Role.PARTNER),
        "review": State("review", "In review", waits_for=Role.REVIEWER, frozen=True),
        "beta": State("beta", "Public Beta", listed=True),
        "public": State("public", "Public", listed=True, final=True),
    },
    transitions={
        "submit": Transition(
            "submit", "Submit", ("draft",), "review", (Role.PARTNER,), ("has_docs", "has_name"), opens="submission"
        ),
        "claim": Transition("claim", "Claim", ("review",), "review", (Role.REVIEWER,), claims=True),
        "reject": Transition(
            "reject", "Send back", ("review",), "draft", (Role.REVIEWER,), needs=("comment",), decides=True
        ),
        "approve": Transition("approve", "Approve", ("review",), "beta", (Role.REVIEWER,), ("has_docs",), decides=True),
        "launch": Transition("launch", "Launch", ("beta",), "public", (Role.REVIEWER, Role.ENGINE), ("has_oauth",)),
    },
    facts=FACTS,
    guards={guard.name: guard for guard in (DOCS, OAUTH, has("name"))},
)

BOOK = Playbook(
    LIFECYCLE,
    Arbiter(LIFECYCLE),
    {
        rule.name: tuple(wants(LIFECYCLE.guards[name]) for name in rule.guards)
        for rule in LIFECYCLE.transitions.values()
    },
)


def subject(**changes: Any) -> Subject:
    """An app of acme's in draft."""
    given: dict[str, Any] = {
        "kind": "app", "slug": "acme-sync", "partner": "acme", "state": "draft", "since": NOW, "number": 1,
        "revision": 1, "workflow": "r1", "created_at": NOW,
    }  # fmt: skip
    return Subject(**{**given, **changes})
