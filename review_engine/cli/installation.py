"""Commands about an installation: its files, its database, its key."""

import re
import shutil
from pathlib import Path
from typing import Annotated

import typer

from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.domain.errors import InvalidInput

_PANEL = "Installation"

database = group("The tables: bring them up to date, or check that they are.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(database, name="db", rich_help_panel=_PANEL)
    app.command(rich_help_panel=_PANEL)(init)
    app.command(rich_help_panel=_PANEL)(key)


def init(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where to; the working folder if left out.")] = ".",
) -> None:
    """Copy the workflows, the letters and a config.toml that names them, to make them your own."""
    from review_engine.settings import shipped

    place = Path(folder)
    files = {name: place / name for name in ("workflows", "templates", "config.toml")}
    taken = [str(path) for path in files.values() if path.exists()]
    if taken:
        raise InvalidInput(f"{', '.join(taken)} stands there already", cure="Name another folder; nothing was copied.")
    place.mkdir(parents=True, exist_ok=True)
    for name in ("workflows", "templates"):
        shutil.copytree(shipped(name), files[name])
    settings = shipped("config.toml").read_text(encoding="utf-8")
    for setting, its_folder in (("folder", "workflows"), ("templates", "templates/email")):
        settings = re.sub(rf'^({setting}\s*= )""', rf'\1"{its_folder}"', settings, flags=re.MULTILINE)
    files["config.toml"].write_text(settings, encoding="utf-8")
    made = [str(path) for path in files.values()]
    call_of(ctx).answer({"made": made}, "\n".join([*made, "Edit them, then try: review-engine lint"]))


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
