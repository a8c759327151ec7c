"""Commands about subjects: list them, show one, bring one into being, say facts, ask for a secret."""

from typing import Annotated

import typer

from review_engine.cli.arguments import facts_of
from review_engine.cli.call import Call, call_of
from review_engine.domain.errors import UnknownName

App = Annotated[str, typer.Argument(metavar="APP", help="Slug of an App, or kind/slug.")]
_PANEL = "Apps, components, requests"


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.command("list", rich_help_panel=_PANEL)(list_subjects)
    app.command("show", rich_help_panel=_PANEL)(show)
    app.command("register", rich_help_panel=_PANEL)(register)
    app.command("edit", rich_help_panel=_PANEL)(edit)
    app.command("secret", rich_help_panel=_PANEL)(secret)


def list_subjects(
    ctx: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as app or component.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="Only in this state; may be given again.")] = None,
    partner: Annotated[list[str] | None, typer.Option(help="Only of this partner; may be given again.")] = None,
    counts: Annotated[bool, typer.Option("--counts", help="How many stand in each state.")] = False,
    after: Annotated[str, typer.Option(metavar="KEY", help="Continue behind this kind/slug.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="At most so many.")] = None,
) -> None:
    """List what there is, or count it by state."""
    from review_engine.cli import documents, sheets
    from review_engine.ports.store import Query

    call = call_of(ctx)
    _known(call, kind, state or [])
    query = Query(kind, tuple(state or ()), frozenset(partner) if partner else None, None, after, limit)
    by = call.by
    if counts:
        census = call.engine.census(query._replace(after="", limit=None), by=by)
        call.answer(documents.census(census), lambda: sheets.census(call.engine, census))
        return
    found = call.engine.list(query, by=by)
    call.answer([documents.line(call.engine, subject) for subject in found], lambda: sheets.listing(call.engine, found))


def _known(call: Call, kind: str | None, states: list[str]) -> None:
    """Refuse kinds and states that no workflow declares (a misspelt state would read as an empty list)."""
    if kind is None and not states:
        return
    library = call.engine.desk.library
    kinds = (kind,) if kind else library.kinds()
    known = {name for each in kinds for name in library.current(each).lifecycle.states}
    for state in states:
        if state not in known and all(state != standing for _, standing in call.engine.census(by=call.by)):
            raise UnknownName("state", state, known, where=f"workflow {kind}" if kind else "")


def show(ctx: typer.Context, app: App) -> None:
    """Show one: what is known of it, where it stands, whose turn it is, and by when."""
    from review_engine.cli import documents, sheets

    call = call_of(ctx)
    portrait = documents.portrait(call.engine, app, call.by)
    call.answer(portrait.document(), lambda: sheets.portrait(portrait))


def register(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KIND/SLUG", help="What it shall be called; the pair must be free.")],
    partner: Annotated[str, typer.Option(help="Key of the organisation that owns it.")],
    parent: Annotated[str | None, typer.Option(metavar="APP", help="The App it is a component of.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A first fact; may be given again.")
    ] = None,
    idempotency: Annotated[str | None, typer.Option("--key", help="The same key again gets the same answer.")] = None,
) -> None:
    """Bring a subject into being."""
    from review_engine.cli.documents import key_of, types_of

    call = call_of(ctx, creates=True)
    subject = key_of(call.engine, key)
    facts = facts_of(fact or [], types_of(call.engine, subject.kind))
    given = call.engine.register(
        subject, partner=partner, by=call.by, facts=facts, parent=parent, idempotency_key=idempotency
    )
    call.answer(given.as_dict(), f"{given.subject} stands in {given.state}.")


def edit(
    ctx: typer.Context,
    app: App,
    facts: Annotated[list[str], typer.Argument(metavar="NAME=VALUE", help="Facts, as described above.")],
    idempotency: Annotated[str | None, typer.Option("--key", help="The same key again gets the same answer.")] = None,
    expect: Annotated[str | None, typer.Option(metavar="ETAG", help="Refuse if it changed since you saw it.")] = None,
) -> None:
    """Set or clear facts, all of them or none.

    NAME=VALUE sets a fact, NAME= clears it, NAME=@FILE takes a file's text (@- for standard input), and @FILE a JSON
    object of many facts. Lists may be written with commas or as JSON.
    """
    from review_engine.cli.documents import key_of, types_of

    call = call_of(ctx)
    key = key_of(call.engine, app)
    given = facts_of(facts, types_of(call.engine, key.kind))
    receipt = call.engine.edit(key, given, by=call.by, idempotency_key=idempotency, expect=expect)
    moved = f" The engine took: {', '.join(receipt.moves)}." if receipt.moves else ""
    call.answer(receipt.as_dict(), f"{receipt.subject} stands in {receipt.state} (etag {receipt.etag}).{moved}")


def secret(ctx: typer.Context, app: App, fact: Annotated[str, typer.Argument(help="Name of a secret fact.")]) -> None:
    """Print a secret, for the reviewer of the current round; the look is recorded."""
    call = call_of(ctx)
    text = call.engine.disclose(app, fact, by=call.by)
    call.answer({"fact": fact, "secret": text}, text)
