"""A small world to tell stories in: an engine, a clock, a few people, and the ways an App gets to where one begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from review_engine.cli.demo.story import VERIFIED, basic_info, launch_info
from review_engine.domain.activity import Usage
from review_engine.domain.actors import Actor
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.moves import Move
from review_engine.engine import ReviewEngine
from review_engine.testing import TurnableClock
from review_engine.usecases.answers import Receipt

HOST: Final = Actor.host()
RITA: Final = Actor.reviewer("rita")
OMAR: Final = Actor.reviewer("omar")
MONA: Final = Actor.manager("mona")
ANN: Final = Actor.partner("acme.contact", of="acme")
STRANGER: Final = Actor.partner("globex.contact", of="globex")

CRITERIA: Final = {
    "adheres_to_spec": True,
    "adheres_to_docs": True,
    "handles_volume": True,
    "entry_renders": True,
    "signup_matches": True,
    "data_arrives": True,
}
APP, HOOK = "app/acme-sync", "component/acme-hook"
INFO: Final = basic_info("acme", "Acme Sync", "Keeps things in step.", ["Analytics"]) | launch_info("acme")
REQUEST: Final = {
    "company_name": "Acme",
    "website": "https://acme.example",
    "company_email": "ann@acme.example",
    "contact_name": "Ann",
    "data_in": "Over HTTPS.",
    "data_out": "Into a timeline.",
    "used_for": "Keeping in step.",
    "use_cases": "Send events to Acme.",
    "plan": "A function within the quarter.",
    "agreement_version": "2026-01",
}

__all__ = ["VERIFIED"]


@dataclass(frozen=True)
class World:
    """An engine and its clock."""

    engine: ReviewEngine
    clock: TurnableClock

    def state(self, key: str = APP) -> str:
        """Where a subject stands."""
        return self.engine.subject(key, by=HOST).state

    def moves(self, key: str = APP) -> list[Move]:
        """Its history."""
        return list(self.engine.history(key, by=HOST))

    def lifecycle(self, kind: str = "app") -> Lifecycle:
        """The workflow of a kind."""
        return self.engine.lifecycle(kind)

    def unmet(self, transition: str, key: str = APP, by: Actor = HOST) -> set[str]:
        """The guards that stand in the way."""
        (found,) = self.engine.checklist(key, transition, by=by)
        return {item.verdict.guard for item in found.unmet}

    def created(self) -> None:
        """Acme has an App with a name, and one component that was never tested."""
        self.engine.register(APP, partner="acme", by=ANN, facts={"name": "Acme Sync"})
        component = {"name": "Acme hook", "type": "subscription", "hosting": "function"}
        self.engine.register(HOOK, partner="acme", by=ANN, facts=component, parent=APP)

    def complete(self) -> None:
        """Everything that submitting asks for is there."""
        self.created()
        self.engine.edit(APP, INFO, by=ANN)
        self.tested("green")

    def tested(self, outcome: str, key: str = HOOK) -> Receipt:
        """The host saw the test suite."""
        return self.engine.record_evidence(key, "test_suite", outcome, by=HOST, lasts=timedelta(days=30))

    def claimed(self) -> None:
        """Submitted, and Rita reviews it."""
        self.complete()
        self.engine.move(APP, "submit", by=ANN)
        self.engine.move(APP, "claim", by=RITA)

    def in_beta(self) -> None:
        """Approved to Public Beta."""
        self.claimed()
        self.engine.edit(APP, CRITERIA, by=RITA)
        self.engine.move(APP, "approve", by=RITA)

    def use(self, *workspaces: str, excluded: str = "", app: str = APP, at: datetime | None = None) -> list[str]:
        """Customers use an App; answers with the moves the engine made because of it."""
        batch = [Usage(app, workspace, at or self.clock(), "installations", excluded) for workspace in workspaces]
        counted = self.engine.record_activity(batch, by=HOST)
        return [name for receipt in counted.moves for name in receipt.moves]

    def enable_button(self, key: str = APP) -> Receipt:
        """The platform sees the Enable button go live."""
        return self.engine.edit(key, {"oauth_enabled_at": self.clock()}, by=HOST)
