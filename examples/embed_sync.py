"""A plain host that embeds the engine: its own tables, its own people, its own check, one transaction for both.

    python examples/embed_sync.py

A small shop sells listings in its catalog. Partners, people and orders are tables of the shop. A listing may only be
submitted once its order is paid; paying the order and submitting the listing happen together or not at all.
"""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import Field, Session, SQLModel, col, create_engine, select

from review_engine import Actor, Case, Refused, ReviewEngine, Role, Settings, Verdict, open_engine
from review_engine.ports.directory import Partner, Person
from review_engine.settings import WorkflowSettings

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
frozen    = true

[states.published]
title  = "Published"
listed = true
final  = true

[facts.paid_cents]
title = "Paid, in cents"
type  = "count"
by    = ["host"]

[facts.headline]
title = "Headline"
type  = "text"
max   = 80
by    = ["partner"]

[transitions.submit]
title  = "Submit"
from   = ["draft"]
to     = "submitted"
by     = ["partner"]
guards = ["headline_written", "order_paid"]
opens  = "submission"

[transitions.publish]
title   = "Publish"
from    = ["submitted"]
to      = "published"
by      = ["reviewer"]
guards  = ["not_own_listing"]
decides = true

[guards.headline_written]
title = "There is a headline"
check = "facts_present"
facts = ["headline"]
fix   = "Write a headline of up to 80 characters."

[guards.order_paid]
title = "The order is paid"
check = "paid_at_least"
cents = 5000
fix   = "Pay what is left."

[guards.not_own_listing]
title       = "Published by somebody who did not submit it"
check       = "not_same_person"
transitions = ["submit"]
fix         = "Ask a colleague."
"""


# -- The shop's own tables


class Company(SQLModel, table=True):
    """A customer of the shop: a partner, as the engine sees it."""

    id: str = Field(primary_key=True)
    name: str


class Account(SQLModel, table=True):
    """Somebody who can sign in; staff belongs to no company."""

    id: str = Field(primary_key=True)
    name: str
    address: str = Field(unique=True)
    company: str | None = Field(default=None, foreign_key="company.id")
    is_staff: bool = False


class Order(SQLModel, table=True):
    """What a listing costs, and what has been paid."""

    listing: str = Field(primary_key=True)
    paid_cents: int = 0


# -- The shop's people, as the engine asks for them


class ShopDirectory:
    """The port ``review_engine.ports.directory.Directory`` over the shop's own tables."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def person(self, key: str) -> Person | None:
        """Whoever has this account; None for an unknown or erased one."""
        with Session(self._database) as session:
            return _person(session.get(Account, key))

    def person_at(self, address: str) -> Person | None:
        """Whoever has this address."""
        with Session(self._database) as session:
            return _person(session.exec(select(Account).where(Account.address == address)).first())

    def partner(self, key: str) -> Partner | None:
        """The company."""
        with Session(self._database) as session:
            company = session.get(Company, key)
            return Partner(company.id, company.name) if company else None

    def members(self, partner: str) -> list[Person]:
        """Everybody of a company, by key."""
        with Session(self._database) as session:
            return _people(session.exec(select(Account).where(Account.company == partner)).all())

    def staff(self, role: Role) -> list[Person]:
        """Everybody who reviews; the shop has no managers."""
        if role is not Role.REVIEWER:
            return []
        with Session(self._database) as session:
            return _people(session.exec(select(Account).where(col(Account.is_staff))).all())


def _people(accounts: Iterable[Account]) -> list[Person]:
    found = [_person(account) for account in sorted(accounts, key=lambda account: account.id)]
    return [person for person in found if person is not None]


def _person(account: Account | None) -> Person | None:
    if account is None:
        return None
    roles = frozenset({Role.REVIEWER}) if account.is_staff else frozenset[Role]()
    companies = frozenset({account.company}) if account.company else frozenset[str]()
    return Person(account.id, account.name, account.address, roles, companies)


# -- The shop's own check


def paid_at_least(case: Case, *, cents: int) -> Verdict:
    """Enough has been paid. The amount is a fact that only the host sets, so it is still true when the move commits."""
    paid = case.facts.get("paid_cents", 0)
    enough = isinstance(paid, int) and paid >= cents
    return Verdict.of(enough, f"{paid} of {cents} cents are paid")


# -- The shop at work


def open_shop(folder: Path) -> tuple[Engine, ReviewEngine]:
    """The shop's database, and the engine on the same one."""
    workflows = folder / "workflows"
    workflows.mkdir()
    (workflows / "listing.toml").write_text(WORKFLOW, encoding="utf-8")
    url = f"sqlite:///{folder / 'shop.db'}"
    database = create_engine(url)
    SQLModel.metadata.create_all(database)
    settings = Settings(workflows=WorkflowSettings(folder=str(workflows), default_kind="listing"))
    engine = open_engine(settings, url=url, directory=ShopDirectory(database))
    engine.check(paid_at_least)
    return database, engine


def pay_and_submit(database: Engine, engine: ReviewEngine, listing: str, cents: int, by: Actor) -> str:
    """Book a payment and submit the listing: both, or neither."""
    with Session(database) as session:
        order = session.get_one(Order, listing)
        order.paid_cents += cents
        session.add(order)
        engine.edit(listing, {"paid_cents": order.paid_cents}, by=Actor.host(), session=session)
        receipt = engine.move(listing, "submit", by=by, session=session)
        session.commit()
        return receipt.state


def main() -> None:
    """Play one day at the shop."""
    with TemporaryDirectory() as folder:
        database, engine = open_shop(Path(folder))
        with Session(database) as session:
            session.add(Company(id="acme", name="Acme"))
            session.add(Account(id="u1", name="Ann", address="ann@acme.example", company="acme"))
            session.add(Account(id="u2", name="Rita", address="rita@shop.example", is_staff=True))
            session.commit()
        ann, rita = engine.actor("partner:ann@acme.example"), engine.actor("reviewer:rita@shop.example")

        with Session(database) as session:
            session.add(Order(listing="lamp"))
            engine.register("lamp", partner="acme", by=ann, facts={"headline": "A lamp"}, session=session)
            session.commit()

        try:
            pay_and_submit(database, engine, "lamp", 2000, by=ann)
        except Refused as refused:
            for item in refused.unmet:
                print(f"Refused: {item.title}: {item.verdict.reason}. {item.verdict.cure}")
        with Session(database) as session:
            print("Paid after the refusal:", session.get_one(Order, "lamp").paid_cents)

        print("Now:", pay_and_submit(database, engine, "lamp", 5000, by=ann))
        engine.move("lamp", "publish", by=rita)
        for move in engine.history("lamp", by=rita):
            person = engine.directory.person(move.by)
            print(f"{move.number}. {move.transition} by {person.name if person else move.by}")
        engine.close()
        database.dispose()


if __name__ == "__main__":
    main()
