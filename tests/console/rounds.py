"""An app brought to where a test begins: submitted, taken by a reviewer, sent back with findings."""

from review_engine import Actor, ReviewEngine
from review_engine.domain.reviews import Assessment
from tests.console.browser import ANN, RITA, acting

PAGE = "/app/acme-sync"


def of(who: str) -> Actor:
    actor = acting(who)
    assert actor is not None
    return actor


def submitted(engine: ReviewEngine, app: str) -> str:
    engine.move(app, "submit", by=of(ANN))
    return app


def claimed(engine: ReviewEngine, app: str) -> str:
    engine.move(submitted(engine, app), "claim", by=of(RITA))
    return app


def with_changes_requested(engine: ReviewEngine, app: str) -> str:
    claimed(engine, app)
    found = [
        Assessment("failed", "entry_accurate", "The logo is cut off.", "logo_url"),
        Assessment("passed", "spec_adhered_to"),
    ]
    engine.assess(app, found, by=of(RITA))
    engine.move(app, "request_changes", by=of(RITA), comment="Two things have to change.")
    return app
