"""A host's application with the interface in it, an engine with data behind it, and a few people who may ask.

Tests sign in with ``Authorization: Bearer role:key:partner``, which a provider of the test reads: what is tested is
what the engine lets each of them do, not how a token is checked (that is ``test_tokens``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.testclient import TestClient

from review_engine.api import router
from review_engine.domain.activity import Usage
from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import NotAdmitted
from review_engine.engine import ReviewEngine
from review_engine.ports.directory import Partner, Person
from review_engine.ports.library import Library
from review_engine.store.vault import new_key
from review_engine.testing import open_test_engine
from tests.usecases.conftest import CRITERIA, ready

PREFIX: Final = "/api"
HOST, ANN, EVE = "host:host:", "partner:p-ann:acme", "partner:p-eve:eve-corp"
RITA, MO = "reviewer:r-rita:", "manager:m-mo:"
PEOPLE: Final = {"anonymous": "", "own": ANN, "foreign": EVE, "reviewer": RITA, "manager": MO, "host": HOST}
KEY: Final = new_key()
_signed = HTTPBearer(auto_error=False)


def acting(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_signed)] = None) -> Actor | None:
    """Who a test says it is."""
    return actor_named(given.credentials) if given else None


def actor_named(text: str) -> Actor:
    """The actor of ``role:key:partner``.

    Raises:
        NotAdmitted: of no such form.
    """
    role, _, rest = text.partition(":")
    key, _, partner = rest.partition(":")
    if role not in list(Role) or not key:
        raise NotAdmitted("the token is not valid")
    return Actor(Role(role), key, frozenset({partner}) if partner else frozenset())


def application(engine: ReviewEngine) -> FastAPI:
    """A host's application: the interface under a prefix."""
    app = FastAPI(title="A host", version="1")
    app.include_router(router(engine, principal=acting), prefix=PREFIX)
    return app


@dataclass
class Caller:
    """Somebody who calls the interface.

    Args:
        client: the application.
        who: as ``actor_named`` reads it; empty for nobody.
    """

    client: TestClient
    who: str = ANN

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """One request; ``body`` goes as JSON."""
        headers = {"authorization": f"Bearer {self.who}"} if self.who else {}
        headers |= more.pop("headers", {})
        sent = {"json": body} if body is not None else {}
        return self.client.request(method, f"{PREFIX}{path}", headers=headers, **sent, **more)

    def get(self, path: str, **more: Any) -> Any:
        """A GET."""
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """A POST of JSON."""
        return self.ask("POST", path, body, **more)

    def as_(self, who: str) -> "Caller":
        """Somebody else on the same application."""
        return Caller(self.client, who)


def caller(engine: ReviewEngine, who: str = ANN) -> Caller:
    """Somebody who calls the interface of an engine. What goes wrong inside is answered, not raised."""
    return Caller(TestClient(application(engine), raise_server_exceptions=False), who)


@cache
def _library() -> Library:
    """The shipped workflows, read once for all engines of a run: reading them is what opening an engine costs."""
    return open_test_engine().desk.library


def opened(clock: Callable[[], datetime] | None = None) -> ReviewEngine:
    """An engine in memory with data behind it."""
    bare = open_test_engine(clock=clock, secret_key=KEY)
    return furnished(replace(bare, desk=replace(bare.desk, library=_library())))


def peopled(engine: ReviewEngine) -> None:
    """People and organisations, as the directory knows them."""
    register: Any = engine.directory
    register.add_partner(Partner("acme", "Acme"))
    register.add_partner(Partner("eve-corp", "Eve & Co"))
    for person in (
        Person("p-ann", "Ann", "ann@acme.example", partners=frozenset({"acme"})),
        Person("p-eve", "Eve", "eve@eve.example", partners=frozenset({"eve-corp"})),
        Person("r-rita", "Rita", "rita@example.com", frozenset({Role.REVIEWER})),
        Person("m-mo", "Mo", "mo@example.com", frozenset({Role.MANAGER})),
    ):
        register.add_person(person)


def furnished(engine: ReviewEngine) -> ReviewEngine:
    """An engine with people, one app in beta, one in review, one ready to be submitted, and one of somebody else."""
    peopled(engine)
    ann, rita, host = actor_named(ANN), actor_named(RITA), actor_named(HOST)
    for slug in ("acme-beta", "acme-round", "acme-sync"):
        ready(engine, slug)
    for slug in ("acme-beta", "acme-round"):
        engine.move(slug, "submit", by=ann)
        engine.move(slug, "claim", by=rita)
    engine.edit("acme-beta", CRITERIA, by=rita)
    engine.move("acme-beta", "approve", by=rita)
    engine.record_activity(
        [Usage("acme-beta", f"ws-{n}", engine.clock() - timedelta(days=n)) for n in range(2)], by=host
    )
    engine.register("eve-app", partner="eve-corp", by=actor_named(EVE), facts={"name": "Eve's"})
    engine.register("access_request/acme", partner="acme", by=ann)
    engine.remark("acme-round", "Which account?", by=rita)
    return engine


class Stage:
    """Stands in for an engine, so that one router can be played on many engines, one after the other."""

    engine: ReviewEngine

    def admit(self, secret: str, *, sort: str = "token") -> Any:
        """The people of these tests have no tokens, of whatever sort; they say who they are."""
        del sort
        return actor_named(secret)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)
