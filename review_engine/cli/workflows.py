"""Commands about workflow files: find their faults, prove what they promise, draw them, describe their form.

None of these touches a database, except to ask where one subject stands (``diagram --app``).
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from review_engine.cli.arguments import unreadable
from review_engine.cli.call import Call, call_of
from review_engine.domain.errors import InvalidFile, InvalidInput

_PANEL = "Workflows"
_REFUTED = 1

Folder = Annotated[
    str | None,
    typer.Argument(metavar="[FOLDER]", help="A folder of workflow files, or one file; else the configured ones."),
]


class Format(StrEnum):
    """What a diagram is written as."""

    MERMAID = "mermaid"
    XSTATE = "xstate"
    SVG = "svg"
    PNG = "png"
    TERMINAL = "terminal"


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    for command in (lint, verify, diagram, schema):
        app.command(rich_help_panel=_PANEL)(command)


def lint(
    ctx: typer.Context,
    folder: Folder = None,
    letters: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Letters that come before the configured and the shipped ones."),
    ] = None,
) -> None:
    """Find every fault of the workflow files and of the letters they name, each with its line and its cure."""
    from review_engine.checks.registry import Checks
    from review_engine.cli.folders import folders, kinds
    from review_engine.cli.letters import read_letters
    from review_engine.workflow_files.lint import lint as lint_files

    call = call_of(ctx)
    place, calendars = folders(call, folder)
    faults = lint_files(place, Checks(), calendars=calendars)
    if faults:
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise InvalidFile(f"the workflow files have {count}", faults, where=str(place))
    found = kinds(call, folder)
    read_letters(call, found.values(), letters)
    names = sorted(found)
    call.answer({"sound": True, "kinds": names}, f"{', '.join(names)}: no faults.")


def verify(ctx: typer.Context, folder: Folder = None) -> None:
    """Prove what the workflows promise, or show the shortest way in which they break the promise."""
    from review_engine.cli.folders import kinds
    from review_engine.workflow_files.verify import verify as prove

    call = call_of(ctx)
    proofs = {kind: prove(lifecycle) for kind, lifecycle in sorted(kinds(call, folder).items())}
    document = {
        kind: [{"says": each.says, "holds": each.holds, "counterexamples": [str(one) for one in each.counterexamples]}
               for each in found]
        for kind, found in proofs.items()
    }  # fmt: skip
    lines: list[str] = []
    for kind, found in proofs.items():
        lines.append(f"{kind}:")
        for each in found:
            lines.append(f"  {'holds   ' if each.holds else 'REFUTED '} {each.says}")
            lines += [f"            {one}" for one in each.counterexamples]
    call.answer(document, "\n".join(lines))
    if not all(each.holds for found in proofs.values() for each in found):
        raise typer.Exit(_REFUTED)


def diagram(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="The workflow, such as app.")],
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.MERMAID,
    app: Annotated[str | None, typer.Option(metavar="SLUG", help="Mark where this subject stands.")] = None,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Draw a workflow: as Mermaid text, as JSON for statechart editors, as a picture, or here in the terminal."""
    from review_engine.cli.folders import declared, standing
    from review_engine.workflow_files import diagram as drawing

    call = call_of(ctx)
    lifecycle, here = standing(call, kind, app) if app else (declared(call, kind), "")
    drawn: str | bytes = getattr(drawing, form.value)(lifecycle, here)
    if output is not None:
        _keep(output, drawn)
        call.answer({"kind": kind, "format": form.value, "file": output}, f"The diagram is in {output}.")
    elif isinstance(drawn, bytes):
        _pour(call, drawn)
    else:
        call.answer({"kind": kind, "format": form.value, "diagram": drawn}, drawn.rstrip("\n"))


def _keep(path: str, drawn: str | bytes) -> None:
    try:
        Path(path).write_bytes(drawn if isinstance(drawn, bytes) else drawn.encode())
    except OSError as error:
        raise unreadable(path, error, "written") from None


def _pour(call: Call, drawn: bytes) -> None:
    """A picture into a pipe; never onto a terminal, nor into JSON."""
    if call.as_json or sys.stdout.isatty():
        raise InvalidInput("a picture is not text", cure="Name a file for it with -o.")
    sys.stdout.buffer.write(drawn)


def schema(ctx: typer.Context) -> None:
    """Print the JSON Schema of workflow files, for editors."""
    from review_engine.workflow_files.schema import json_schema, schema_text

    call_of(ctx).answer(json_schema(), schema_text().rstrip("\n"))
