"""The root of the command line: the options every command has, and the groups of commands, plugged in one by one.

To add a group, write a module with ``install(app)`` and name it in ``GROUPS``.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from review_engine.cli.arguments import hoisted, sound
from review_engine.cli.call import Call
from review_engine.cli.faults import INTERRUPTED, tell
from review_engine.cli.grouping import Grouped, group
from review_engine.domain.errors import ReviewEngineError

GROUPS = (
    "start", "subjects", "moving", "reviewing", "receiving", "tokens", "activity", "promises", "calendars", "working",
    "serving", "simulating", "history", "workflows", "letters", "outbox", "installation", "people",
    "preferences",
)  # fmt: skip
"""The modules of this room that hold commands, in the order the help shows them."""


class Root(Grouped):
    """Tells every error of the engine in one way, with its exit code, and lets common options stand anywhere."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> Any:
        """Run one command line, then leave with its exit code. What is not our error is not caught."""
        given = list(sys.argv[1:] if args is None else args)
        extra.update(standalone_mode=False, prog_name="review-engine")
        try:
            sound(given)
            code = super().main(hoisted(given), **extra)
        except (ReviewEngineError, typer.TyperException) as error:
            code = tell(error, as_json="--json" in given)
        except typer.Abort:
            typer.echo("Stopped.", err=True)
            code = INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


app = group(
    "The review and launch process of an app marketplace, from access request to general availability.",
    Root,
    epilog="The options above may also stand after the command: review-engine list --json",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A config.toml; without it the working folder's, if there is one."),
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="The database to use: an SQLite file, or postgresql+psycopg://...")
    ] = None,
    who: Annotated[
        str, typer.Option("--as", metavar="ROLE:WHO", help="In whose name, such as partner:ann@acme.example.")
    ] = "host",
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, on standard output only.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Read what every command has in common."""
    call = ctx.obj = Call(config, database, who, as_json)
    ctx.call_on_close(call.close)
    if version:
        from review_engine import __version__

        call.answer({"version": __version__}, f"review-engine {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


for _name in GROUPS:
    import_module(f"review_engine.cli.{_name}").install(app)
