"""A FastAPI service that embeds the engine: its own users, its own check, the interface under /reviews, one process.

    python examples/embed_fastapi.py

A platform for plugins knows its users and counts installs already. The lines between the two rulers are all that the
engine needs of it; everything above them is there anyway.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from review_engine import Case, Role, Settings, Verdict, open_engine
from review_engine.api import router
from review_engine.ports.directory import Partner, Person

WORKFLOW = """
[lifecycle]
name   = "plugin"
title  = "Plugin"
starts = "draft"

[states.draft]
title     = "Draft"
waits_for = "partner"

[states.submitted]
title     = "Submitted"
waits_for = "reviewer"
frozen    = true

[states.published]
title  = "Published"
listed = true
final  = true

[facts.headline]
title = "Headline"
type  = "text"
by    = ["partner"]

[transitions.submit]
title  = "Submit"
from   = ["draft"]
to     = "submitted"
by     = ["partner"]
guards = ["headline_written", "is_used"]
opens  = "submission"

[transitions.publish]
title   = "Publish"
from    = ["submitted"]
to      = "published"
by      = ["reviewer"]
decides = true

[guards.headline_written]
title = "There is a headline"
check = "facts_present"
facts = ["headline"]
fix   = "Write a headline."

[guards.is_used]
title    = "Somebody uses it"
check    = "installs_at_least"
at_least = 3
fix      = "Ask a few customers to try it."
"""


# -- What the platform has already


USERS = {
    "u1": Person("u1", "Ann", "ann@acme.example", partners=frozenset({"acme"})),
    "u2": Person("u2", "Rita", "rita@platform.example", roles=frozenset({Role.REVIEWER})),
}
SESSIONS = {"cookie-of-ann": "u1", "cookie-of-rita": "u2"}
INSTALLS = {"plugin/lamp": 1}


class Users:
    """The port ``review_engine.ports.directory.Directory`` over the platform's own users."""

    def person(self, key: str) -> Person | None:
        """Whoever has the key."""
        return USERS.get(key)

    def person_at(self, address: str) -> Person | None:
        """Whoever has the address."""
        return next((user for user in USERS.values() if user.address == address), None)

    def partner(self, key: str) -> Partner | None:
        """The company."""
        return Partner(key, key.title())

    def members(self, partner: str) -> list[Person]:
        """Everybody of a company."""
        return [user for user in USERS.values() if partner in user.partners]

    def staff(self, role: Role) -> list[Person]:
        """Everybody who holds the role."""
        return [user for user in USERS.values() if role in user.roles]


def current_user(request: Request) -> Person | None:
    """Whoever the platform's own session cookie belongs to."""
    return USERS.get(SESSIONS.get(request.cookies.get("session", ""), ""))


# -- The engine in it --------------------------------------------------------------------------------------------------


def service(settings: Settings) -> FastAPI:
    """The platform's application, with reviews."""
    engine = open_engine(settings, directory=Users())

    @engine.check
    def installs_at_least(case: Case, *, at_least: int) -> Verdict:
        count = INSTALLS.get(case.key, 0)
        return Verdict.of(count >= at_least, f"{count} of {at_least} installs")

    app = FastAPI(lifespan=engine.lifespan)
    app.include_router(router(engine, principal=current_user), prefix="/reviews")
    return app


# ----------------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Play one plugin's way through it, over HTTP."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plugin.toml").write_text(WORKFLOW, encoding="utf-8")
        app = service(
            Settings.model_validate(
                {
                    "database": {"url": f"sqlite:///{folder / 'reviews.db'}"},
                    "workflows": {"folder": str(folder), "default_kind": "plugin"},
                    "mail": {"folder": str(folder / "letters")},
                }
            )
        )
        with TestClient(app) as ann, TestClient(app) as rita, TestClient(app) as nobody:
            ann.cookies["session"], rita.cookies["session"] = "cookie-of-ann", "cookie-of-rita"
            print("Nobody:", nobody.get("/reviews/plugins/lamp").status_code)

            new = {"slug": "lamp", "partner": "acme", "facts": {"headline": "A lamp"}}
            print("Registered:", ann.post("/reviews/plugins", json=new).status_code)

            refused = ann.post("/reviews/plugins/lamp/moves", json={"transition": "submit"})
            for guard in refused.json()["unmet"]:
                print(f"Refused with {refused.status_code}: {guard['title']}: {guard['reason']}. {guard['cure']}")

            INSTALLS["plugin/lamp"] = 4
            print("Now:", ann.post("/reviews/plugins/lamp/moves", json={"transition": "submit"}).json()["state"])

            page = rita.get("/reviews/plugins/lamp")
            drawn_from = {"If-Match": page.headers["etag"]}
            decided = rita.post("/reviews/plugins/lamp/moves", json={"transition": "publish"}, headers=drawn_from)
            print("Decided:", decided.json()["state"])
            again = rita.post("/reviews/plugins/lamp/moves", json={"transition": "publish"}, headers=drawn_from)
            print("From the same page once more:", again.status_code)


if __name__ == "__main__":
    main()
