"""Commands about an installation: its database, its key."""

import typer

from review_engine.cli.call import Call, call_of
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


def _address(call: Call) -> str:
    return call.url or call.settings.database.url


@database.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the tables up to date; set them up when the database is new."""
    from review_engine.store.opening import upgrade_tables

    call = call_of(ctx)
    call.trusted("The database")
    version = upgrade_tables(_address(call))
    call.answer({"version": version}, f"The tables are up to date (version {version}).")


@database.command()
def check(ctx: typer.Context) -> None:
    """Check that the tables are those this engine writes; exit code 7 if not."""
    from review_engine.store.opening import check_tables

    call = call_of(ctx)
    call.trusted("The database")
    check_tables(_address(call))
    call.answer({"current": True}, "The tables are those this engine writes.")
