"""Commands about an installation: its database, its key."""

import typer

from review_engine.cli.call import call_of
from review_engine.cli.grouping import group

_PANEL = "Installation"

database = group("The tables: bring them up to date, or check that they are.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(database, name="db", rich_help_panel=_PANEL)
    app.command(rich_help_panel=_PANEL)(key)


def key(ctx: typer.Context) -> None:
    """Print a fresh key for secrets. Keep a copy: without it, what it sealed is lost."""
    from review_engine.store.vault import new_key

    fresh = new_key()
    call_of(ctx).answer({"key": fresh}, fresh)
