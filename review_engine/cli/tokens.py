"""Commands about tokens: what a client signs in with, instead of a person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from review_engine.cli.arguments import length_of
from review_engine.cli.call import call_of
from review_engine.cli.grouping import group
from review_engine.cli.receiving import PANEL
from review_engine.domain.actors import Role
from review_engine.ports.reception import TokenRecord
from review_engine.usecases.admit import FEED, TOKEN

token = group("Tokens: what a client signs in with.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(token, name="token", rich_help_panel=PANEL)


@token.command()
def create(
    ctx: typer.Context,
    person: Annotated[str, typer.Option("--for", metavar="PERSON", help="Key of whose it is.")],
    role: Annotated[str, typer.Option(help="partner, reviewer, manager; or host, for a service of yours.")],
    partner: Annotated[str, typer.Option(help="Narrows it to one of the person's partners.")] = "",
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    lasts: Annotated[str | None, typer.Option(metavar="TIME", help='For how long, such as "90 days".')] = None,
    feed: Annotated[
        bool, typer.Option("--feed", help="For the address of a calendar feed; it opens nothing else.")
    ] = False,
) -> None:
    """Issue a token. Its secret is shown once, here."""
    call = call_of(ctx)
    issued = call.engine.issue_token(
        person,
        role=Role.named(role),
        by=call.by,
        partner=partner,
        label=label,
        lasts=length_of(lasts),
        sort=FEED if feed else TOKEN,
    )
    told = f"{issued.secret}\n\nKeep it now: it is not shown again. Its number is {issued.record.id}."
    call.answer({"secret": issued.secret, **_document(issued.record)}, told)


@token.command("list")
def list_tokens(
    ctx: typer.Context,
    sort: Annotated[str, typer.Option(help="token, session (a browser that is signed in), or feed.")] = TOKEN,
) -> None:
    """List tokens, newest first: all for host and managers, your own otherwise."""
    call = call_of(ctx)
    by = call.by
    found, now = list(call.engine.tokens(by=by, sort=sort)), call.engine.clock()
    call.answer([_document(record) for record in found], lambda: _drawn(found, now))


@token.command()
def revoke(ctx: typer.Context, id: Annotated[str, typer.Argument(help="Its number.")]) -> None:
    """Take a token back, at once."""
    call = call_of(ctx)
    done = call.engine.revoke_token(id, by=call.by)
    call.answer({"revoked": done}, "It is taken back." if done else "There is no such token, or it was taken back.")


def _document(record: TokenRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "person": record.person,
        "role": record.role.value,
        "partner": record.partner,
        "label": record.label,
        "created_at": record.created_at.isoformat(),
        "expires_at": record.expires_at.isoformat() if record.expires_at else None,
        "revoked_at": record.revoked_at.isoformat() if record.revoked_at else None,
    }


def _drawn(found: list[TokenRecord], now: datetime) -> Iterator[object]:
    from review_engine.cli.screen import DIM, rows, said, table

    if found:
        lines = (
            (one.id, f"{one.role.value}:{one.person}", one.partner, _standing(one, now), one.label) for one in found
        )
        yield rows(table("number", "who", "partner", "valid", "label"), lines)
    yield said(f"{len(found)} found.", DIM)


def _standing(record: TokenRecord, now: datetime) -> str:
    if record.revoked_at is not None:
        return "taken back"
    if record.expires_at is None:
        return "for ever"
    return "no longer" if record.expires_at <= now else f"until {record.expires_at:%Y-%m-%d}"
