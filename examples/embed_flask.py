"""A Flask application that embeds the engine: synchronous, and both write in one transaction.

    python examples/embed_flask.py

A shop sells listings. Booking a payment and submitting the listing happen together or not at all: the route hands its
own session to the engine. What the engine refuses is answered as the engine's own interface would answer it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import create_engine
from sqlmodel import Field, Session, SQLModel

from review_engine import Actor, Case, ReviewEngineError, Settings, Verdict, open_engine
from review_engine.web.problems import MEDIA_TYPE, problem_of

WORKFLOW = """
[lifecycle]
name   = "listing"
title  = "Listing"
starts = "draft"

[states.draft]
title     = "Draft"
waits_for = "partner"

[states.submitted]
title     = "Submitted"
waits_for = "reviewer"

[states.published]
title  = "Published"
listed = true
final  = true

[facts.paid_cents]
title = "Paid, in cents"
type  = "count"
by    = ["host"]

[transitions.submit]
title  = "Submit"
from   = ["draft"]
to     = "submitted"
by     = ["partner"]
guards = ["order_paid"]
opens  = "submission"

[transitions.publish]
title   = "Publish"
from    = ["submitted"]
to      = "published"
by      = ["reviewer"]
decides = true

[guards.order_paid]
title = "The order is paid"
check = "paid_at_least"
cents = 5000
fix   = "Pay what is left."
"""


class Order(SQLModel, table=True):
    """The shop's own table: what has been paid for a listing."""

    __tablename__ = "shop_order"

    listing: str = Field(primary_key=True)
    paid_cents: int = 0


USERS = {"ann": Actor.partner("u-ann", of="acme"), "rita": Actor.reviewer("u-rita")}
"""Who is signed in under which name; a real shop asks its sessions."""


def paid_at_least(case: Case, *, cents: int) -> Verdict:
    """Enough has been paid."""
    paid = case.facts.get("paid_cents", 0)
    return Verdict.of(isinstance(paid, int) and paid >= cents, f"{paid} of {cents} cents are paid")


def refused(error: ReviewEngineError) -> Response:
    """What the engine refuses, as a problem document."""
    document = problem_of(error)
    answer = jsonify(document)
    answer.status_code, answer.mimetype = int(str(document["status"])), MEDIA_TYPE
    return answer


def shop(settings: Settings) -> Flask:
    """The shop, with reviews."""
    app = Flask(__name__)
    database = create_engine(settings.database.url)
    SQLModel.metadata.create_all(database, tables=[SQLModel.metadata.tables["shop_order"]])
    engine = open_engine(settings)
    engine.check(paid_at_least)

    def current_user() -> Actor:
        return USERS[request.headers["X-User"]]

    @app.post("/listings/<slug>")
    def write(slug: str) -> tuple[dict[str, Any], int]:
        with Session(database) as session, session.begin():
            session.add(Order(listing=slug))
            return engine.register(slug, partner="acme", by=current_user(), session=session).as_dict(), 201

    @app.post("/listings/<slug>/payment")
    def pay(slug: str) -> dict[str, Any]:
        with Session(database) as session, session.begin():  # both, or neither
            order = session.get_one(Order, slug)
            order.paid_cents += int(request.get_json()["cents"])
            engine.edit(slug, {"paid_cents": order.paid_cents}, by=Actor.host(), session=session)
            return engine.move(slug, "submit", by=current_user(), session=session).as_dict()

    @app.post("/listings/<slug>/<transition>")
    def move(slug: str, transition: str) -> dict[str, Any]:
        expect = request.headers.get("If-Match")
        return engine.move(slug, transition, by=current_user(), expect=expect).as_dict()

    @app.get("/listings/<slug>")
    def read(slug: str) -> dict[str, Any]:
        subject = engine.subject(slug, by=current_user())
        with Session(database) as session:
            paid = session.get_one(Order, slug).paid_cents
        return {"state": subject.state, "etag": subject.etag, "paid_cents": paid}

    app.register_error_handler(ReviewEngineError, refused)

    @app.cli.command("turn-the-clocks")
    def turn_the_clocks() -> None:
        """What is due, and the letters: from cron, unless `review-engine worker` runs beside the shop."""
        engine.tick()
        engine.settle()
        engine.deliver_all()

    return app


def main() -> None:
    """Play one listing through it, over HTTP, then have the clocks turned."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "listing.toml").write_text(WORKFLOW, encoding="utf-8")
        settings = Settings.model_validate(
            {
                "database": {"url": f"sqlite:///{folder / 'shop.db'}"},
                "workflows": {"folder": str(folder), "default_kind": "listing"},
                "mail": {"folder": str(folder / "letters")},
            }
        )
        app = shop(settings)
        client = app.test_client()
        ann, rita = {"X-User": "ann"}, {"X-User": "rita"}
        print("Written:", client.post("/listings/lamp", headers=ann).status_code)

        refused = client.post("/listings/lamp/payment", json={"cents": 2000}, headers=ann)
        print(f"Refused with {refused.status_code}: {refused.get_json()['unmet'][0]['reason']}")
        print("Paid after the refusal:", client.get("/listings/lamp", headers=ann).get_json()["paid_cents"])

        submitted = client.post("/listings/lamp/payment", json={"cents": 5000}, headers=ann)
        print("Now:", submitted.get_json()["state"])
        by_ann = client.post("/listings/lamp/publish", headers=ann)
        print(f"By Ann: {by_ann.status_code}, {by_ann.get_json()['detail']}")
        print("By Rita:", client.post("/listings/lamp/publish", headers=rita).get_json()["state"])
        print("Clocks turned:", app.test_cli_runner().invoke(args=["turn-the-clocks"]).exit_code)


if __name__ == "__main__":
    main()
