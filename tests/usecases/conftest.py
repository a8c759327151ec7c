"""A whole engine in memory, with an app that is ready to be submitted."""

from collections.abc import Iterator

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine

HOST = Actor.host()
ANN = Actor.partner("p-ann", of="acme")
EVE = Actor.partner("p-eve", of="eve-corp")
RITA = Actor.reviewer("r-rita")
MO = Actor.manager("m-mo")

ADDRESS = "https://acme.example/it?utm_source=acme&utm_medium=web&utm_campaign=launch"
READY_FACTS: dict[str, object] = {
    "name": "Acme Sync",
    "description": "Keeps contacts in step.",
    "website": ADDRESS,
    "categories": ["CRM"],
    "logo_url": ADDRESS,
    "mark_url": ADDRESS,
    "support_email": "support@acme.example",
    "docs_url": ADDRESS,
    "platform_docs_url": ADDRESS,
    "catalog_copy_url": ADDRESS,
    "integrations_page_url": ADDRESS,
    "launch_post_url": ADDRESS,
    "brand_kit_url": ADDRESS,
    "utm_links": True,
    "test_user": "reviewer",
    "test_password": "correct horse",
    "agreement_version": "2026-01",
}
CRITERIA: dict[str, object] = dict.fromkeys(
    ["adheres_to_spec", "adheres_to_docs", "handles_volume", "entry_renders", "signup_matches", "data_arrives"], True
)


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def engine(clock: TurnableClock) -> Iterator[ReviewEngine]:
    """In memory, with a key for secrets."""
    opened = open_test_engine(clock=clock, secret_key=new_key())
    yield opened
    opened.close()


@pytest.fixture
def app(engine: ReviewEngine) -> str:
    """Acme's app, ready to be submitted."""
    return ready(engine, "acme-sync")


def ready(engine: ReviewEngine, slug: str) -> str:
    """An app of acme's with everything a submission asks for."""
    engine.register(slug, partner="acme", by=ANN, facts=READY_FACTS)
    hook = f"component/{slug}.hook"
    engine.register(hook, partner="acme", by=ANN, parent=slug, facts={"type": "subscription", "hosting": "webhook",
                    "endpoint_url": "https://hook.acme.example/in"})  # fmt: skip
    engine.record_evidence(hook, "test_suite", "green", by=HOST)
    return slug


def in_beta(engine: ReviewEngine, slug: str) -> str:
    """The app, reviewed and approved."""
    engine.move(slug, "submit", by=ANN)
    engine.move(slug, "claim", by=RITA)
    engine.edit(slug, CRITERIA, by=RITA)
    engine.move(slug, "approve", by=RITA)
    return slug
