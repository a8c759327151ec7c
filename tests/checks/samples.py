"""A small lifecycle, and cases to ask its checks about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from review_engine.domain.actors import Actor, Role
from review_engine.domain.cases import Case
from review_engine.domain.evidence import Child, Evidence
from review_engine.domain.facts import Fact, FactValue, Said
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle, State, Transition
from review_engine.domain.subjects import Subject
from review_engine.domain.submissions import Submission

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANN = Actor(Role.PARTNER, "ann", frozenset({"acme"}))
REX = Actor(Role.REVIEWER, "rex")
STAFF = (Role.REVIEWER, Role.MANAGER)

FACTS = (
    Fact("name", "Name", "text"),
    Fact("docs_url", "Your documentation", "url"),
    Fact("launch_post_url", "Launch post", "url"),
    Fact("tier", "Tier", "choice", among=("standard", "priority")),
    Fact("categories", "Categories", "choices", among=("Analytics", "CRM", "Surveys")),
    Fact("seats", "Seats", "count"),
    Fact("agreement_version", "Partner agreement", "text"),
    Fact("sound", "It is sound", "bool", by=STAFF),
    Fact("live_at", "Enable button", "datetime", by=(Role.HOST, Role.REVIEWER)),
    Fact("beta_since", "In beta since", "date", by=(Role.MANAGER,)),
)

LIFECYCLE = Lifecycle(
    name="app",
    title="App",
    starts="preview",
    revision="r",
    calendar="",
    states={
        "preview": State("preview", "Preview"),
        "public_beta": State("public_beta", "Public Beta"),
        "public": State("public", "Public", final=True),
    },
    transitions={
        "submit": Transition("submit", "Submit for review", ("preview",), "public_beta", (Role.PARTNER,)),
        "approve": Transition("approve", "Approve", ("public_beta",), "public", (Role.REVIEWER,)),
    },
    facts={fact.name: fact for fact in FACTS},
    children={"components": "component"},
)


def guard(check: str = "check", **params: object) -> Guard:
    """A guard whose name and cure every verdict has to carry."""
    return Guard("truth", "It is true", check, "Make it true.", params)


def subject(facts: Mapping[str, FactValue] | None = None, *, said: str = "partner", **changes: object) -> Subject:
    """An app in preview since twenty days, its facts set by that role a day ago."""
    given = facts or {}
    whole: dict[str, object] = {
        "kind": "app",
        "slug": "acme-sync",
        "partner": "acme",
        "state": "preview",
        "since": NOW - timedelta(days=20),
        "number": 1,
        "revision": 1,
        "workflow": "r",
        "created_at": NOW - timedelta(days=20),
        "facts": given,
        "said": {name: Said(said, "somebody", NOW - timedelta(days=1)) for name in given},
        **changes,
    }
    return Subject(**whole)  # type: ignore[arg-type]


def case(
    facts: Mapping[str, FactValue] | None = None, *, by: Actor = ANN, said: str = "partner", **changes: object
) -> Case:
    """That app, asked about by ann."""
    return Case(subject(facts, said=said, **changes), by, NOW)


def seen(outcome: str, *, days_ago: int = 1, expires_in: int | None = None, number: int = 7) -> Evidence:
    """A result of the test suite."""
    expires = None if expires_in is None else NOW + timedelta(days=expires_in)
    return Evidence("test_suite", outcome, NOW - timedelta(days=days_ago), "host:host", expires, number=number)


def child(slug: str, result: Evidence | None, *, state: str = "ready", kind: str = "component") -> Child:
    """A component of the app."""
    return Child(kind, slug, state, {result.probe: result} if result else {})


def round_of(**taken: tuple[str, ...]) -> Submission:
    """A round that was opened two days ago, in which these people took these transitions."""
    return Submission(1, NOW - timedelta(days=2), "ann", "hash", taken=taken)
