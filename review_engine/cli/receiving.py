"""Commands at the front door: what waits for staff, and what is on show for everybody."""

from collections.abc import Iterator
from typing import Annotated

import typer

from review_engine.cli.call import call_of
from review_engine.ports.reception import CatalogEntry, CatalogPage, CatalogQuery, QueueEntry, QueuePage, QueueQuery

PANEL = "Front door"
"""The heading of all commands of the reception."""

After = Annotated[str, typer.Option(help="Go on where the page before ended: its 'next'.")]
Limit = Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")]
Kind = Annotated[str | None, typer.Option(help="Only this kind, such as app.")]


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.command(rich_help_panel=PANEL)(queue)
    app.command(rich_help_panel=PANEL)(catalog)


def queue(
    ctx: typer.Context,
    kind: Kind = None,
    state: Annotated[list[str] | None, typer.Option(help="Only in this state; may be given again.")] = None,
    reason: Annotated[str, typer.Option(help="first, again or appeal.")] = "",
    tier: Annotated[str, typer.Option(help="Only of this tier.")] = "",
    component: Annotated[str, typer.Option(help="Only with a component of this type.")] = "",
    claimed_by: Annotated[str, typer.Option(metavar="PERSON", help="Only what this reviewer took.")] = "",
    unclaimed: Annotated[bool, typer.Option("--unclaimed", help="Only what nobody took.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    search: Annotated[str, typer.Option(help="Part of a name, a slug or a partner's key.")] = "",
    after: After = "",
    limit: Limit = 50,
) -> None:
    """Show what waits for staff, due soonest first."""
    call = call_of(ctx)
    call.trusted("The queue")
    wanted = QueueQuery(
        kind, tuple(state or ()), reason, tier, component, claimed_by, unclaimed, overdue, search, after, limit
    )
    page = call.engine.queue(wanted, by=call.by)
    document = {
        "entries": [_waiting(entry) for entry in page.entries],
        "next": page.next,
        "total": page.total,
        "overdue": page.overdue,
    }
    call.answer(document, lambda: _queue(page))


def catalog(
    ctx: typer.Context,
    search: Annotated[str, typer.Argument(help="Words that occur in name or description.")] = "",
    category: Annotated[str, typer.Option(help="Only of this category.")] = "",
    badge: Annotated[str | None, typer.Option(help='Only with this badge, such as beta; "" for those without.')] = None,
    noteworthy: Annotated[bool, typer.Option("--noteworthy", help="Only what is new & noteworthy.")] = False,
    newest: Annotated[bool, typer.Option("--newest", help="Newest first instead of by name.")] = False,
    kind: Kind = None,
    after: After = "",
    limit: Limit = 24,
) -> None:
    """Show what everybody may know of what is listed."""
    call = call_of(ctx)
    page = call.engine.catalog(CatalogQuery(kind, search, category, badge, noteworthy, newest, after, limit))
    document = {
        "entries": [_shown(entry) for entry in page.entries],
        "next": page.next,
        "total": page.total,
        "categories": [{"category": name, "count": count} for name, count in page.categories],
    }
    call.answer(document, lambda: _catalog(page))


def _waiting(entry: QueueEntry) -> dict[str, object]:
    return {
        **entry._asdict(),
        "since": entry.since.isoformat(),
        "components": list(entry.components),
        "due_at": entry.due_at.isoformat() if entry.due_at else None,
        "claimed_at": entry.claimed_at.isoformat() if entry.claimed_at else None,
    }


def _shown(entry: CatalogEntry) -> dict[str, object]:
    lists = {name: list(getattr(entry, name)) for name in ("categories", "methods", "platforms")}
    return {**entry._asdict(), **lists, "listed_at": entry.listed_at.isoformat()}


def _queue(page: QueuePage) -> Iterator[object]:
    from review_engine.cli.screen import DIM, day, rows, said, table

    if page.entries:
        lines = (
            (
                said(day(entry.due_at, year=False) if entry.due_at else "-", "red" if entry.overdue else ""),
                entry.key,
                entry.state,
                entry.reason,
                entry.claimed_by or said("nobody", DIM),
            )
            for entry in page.entries
        )
        yield rows(table("due", "key", "state", "reason", "claimed by"), lines)
    yield said(f"{page.total} waiting, {page.overdue} overdue.", DIM)
    yield from _more(page.next)


def _catalog(page: CatalogPage) -> Iterator[object]:
    from review_engine.cli.screen import DIM, rows, said, table

    if page.entries:
        lines = (
            (entry.name, entry.badge or ("new" if entry.noteworthy else ""), ", ".join(entry.categories))
            for entry in page.entries
        )
        yield rows(table("name", "", "categories"), lines)
    yield said(f"{page.total} found.", DIM)
    yield from _more(page.next)


def _more(place: str) -> Iterator[object]:
    from review_engine.cli.screen import DIM, said

    if place:
        yield said(f"There is more: --after {place}", DIM)
