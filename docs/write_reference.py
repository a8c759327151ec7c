"""Writes the pages of docs/reference/ that can be made from the code: run it after a change, a test holds them equal.

    python docs/write_reference.py

They are made rather than typed so that a key, an option or an error cannot exist without being written down. What needs
more than a sentence is written by hand, on the pages this program leaves alone.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import typer
from typer.testing import CliRunner

import review_engine
from review_engine.checks.parameters import example
from review_engine.checks.registry import Checks
from review_engine.cli.faults import INTERRUPTED
from review_engine.cli.root import app
from review_engine.domain import errors as domain_errors
from review_engine.domain.errors import ReviewEngineError
from review_engine.workflow_files.schema import reference as workflow_files

HERE: Final = Path(__file__).parent / "reference"
_PACKAGE: Final = Path(review_engine.__file__ or "").parent
_RUNNER = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
_CHECKS = ("facts", "people", "time", "counts", "evidence")

_COMMAND_LINE = """\
# The command line

Every command takes the options of the first one below, before or after its own words. A bare slug means an App;
anything else is written `kind/slug`, such as `component/acme-hook`.

With `--json` the answer is JSON on standard output, and so is an error: `{"error": {"code", "what", "where", "cure"}}`.
Without it, errors go to standard error. The exit code says what sort of end it was:

| exit code | means |
|---|---|
"""
_ERRORS = """\
# Errors

Everything the engine raises on purpose is a `ReviewEngineError` and carries `what` happened, `where`, and the `cure`.
`as_dict()` gives the same as JSON-able values, with the `code` below; on the command line it ends with the exit code.
When one of these is raised, nothing was written.

Most are exported by `review_engine`; the others stand in the module named.

"""
_REST = """\
# The REST interface

What `review_engine.api.router` answers, beneath the prefix it is included under; made from its OpenAPI document, which
an application serves at `/openapi.json` with every schema. `{collection}` is the plural of a workflow's kind: `apps`,
`access-requests`. [How to use it](../howto/rest.md) shows it at work.

Every problem is a document of RFC 9457 (`application/problem+json`). Bodies are JSON, instants are text with their
zone, lengths of time are seconds. What a body may not hold is refused, not ignored.
"""
FIRST_PROBLEM: Final = 400
_CHECK_PAGE = """\
# Checks

What a guard in a workflow file may name as its `check`. Parameters stand beside `check` as keys of the guard; those
without *required* may be left out. A platform adds [its own](../howto/own_check.md).

"""


def pages() -> Mapping[str, Callable[[], str]]:
    """File name -> what makes its text."""
    return {
        "checks.md": checks,
        "command_line.md": command_line,
        "errors.md": errors,
        "rest.md": rest,
        "workflow_files.md": workflow_files,
    }


def command_line() -> str:
    """The page of commands: every help text, as the command line itself prints it."""
    codes = {0: "done", INTERRUPTED: "stopped with Ctrl-C"}
    for error in reversed(list(_tree(ReviewEngineError))):
        says = _first_sentence(error).rstrip(".")
        codes[error.exit_code] = says[:1].lower() + says[1:]
    codes[1] = "it answered, and the answer is no: refuted by `verify`, or a line left out under `--strict`"
    page = _COMMAND_LINE + "".join(f"| {code} | {means} |\n" for code, means in sorted(codes.items()))
    return page + "".join(_help(words) for words in _commands(typer.main.get_command(app), []))


def _commands(command: Any, words: list[str]) -> Iterator[list[str]]:
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, [*words, name])


def _help(words: list[str]) -> str:
    told = _RUNNER.invoke(app, [*words, "--help"]).output.rstrip()
    said = " ".join(["review-engine", *words])
    return f"\n## {said}\n\n```console\n$ {said} --help\n{told}\n```\n"


def rest() -> str:
    """The page of the REST interface: every operation of its OpenAPI document, by part."""
    from fastapi import FastAPI

    from review_engine.api import router
    from review_engine.testing import open_test_engine

    service = FastAPI()
    service.include_router(router(open_test_engine()))
    document = service.openapi()
    parts: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.setdefault(operation["tags"][0], []).append(_operation(method.upper(), path, operation, document))
    return _REST + "".join(f"\n## {part}\n" + "".join(told) for part, told in parts.items())


def _operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    said = f"`{method} {path}` (`{operation['operationId']}`).\n{operation['description']}\n"
    told = f"\n### {operation['summary']}\n\n{said}"
    parameters = [
        (f"`{one['name']}`", f"{one['in']}{', required' * one['required']}", one.get("description", ""))
        for one in operation.get("parameters", [])
    ]
    told += _rows("parameter", [row for row in parameters if row[0] not in ("`collection`", "`slug`")])
    for sort, content in operation.get("requestBody", {}).get("content", {}).items():
        told += f"\nBody: `{sort}`\n" + _rows("field", _fields(content["schema"], document))
    answers, problems = [], []
    for status, answer in operation["responses"].items():
        if int(status) < FIRST_PROBLEM:
            models = [content.get("schema", {}) for content in answer.get("content", {}).values()]
            names = [schema.get("$ref", "").rpartition("/")[2] for schema in models]
            answers.append(f"{status} {' '.join(f'`{name}`' for name in names if name)}".strip())
        else:
            problems.append(status)
    return f"{told}\nAnswers {', '.join(answers)}. Problems: {', '.join(problems)}.\n"


def _fields(schema: dict[str, Any], document: dict[str, Any]) -> list[tuple[str, str, str]]:
    known = document["components"]["schemas"]
    whole = known.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return [
        (f"`{name}`", "required" if name in whole.get("required", ()) else "", field.get("description", ""))
        for name, field in whole.get("properties", {}).items()
    ]


def _rows(what: str, rows: list[tuple[str, str, str]]) -> str:
    return f"\n| {what} | | |\n|---|---|---|\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows) if rows else ""


def errors() -> str:
    """The page of errors: the tree, with codes and exit codes."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        module = path.relative_to(_PACKAGE.parent).with_suffix("")
        if "migrations" not in module.parts:  # Alembic runs those, and nobody imports them
            import_module(".".join(module.parts).removesuffix(".__init__"))
    return _ERRORS + "".join(f"{line}\n" for line in _branch(ReviewEngineError, 0))


def _branch(error: type[ReviewEngineError], depth: int) -> Iterator[str]:
    home = "" if error.__name__ in dir(review_engine) else f" (`{error.__module__}`)"
    head = f"{'  ' * depth}- **{error.__name__}**{home}"
    yield f"{head}, `{error.code}`, exit code {error.exit_code}: {_first_sentence(error)}"
    for inner in _below(error):
        yield from _branch(inner, depth + 1)


def _below(error: type[ReviewEngineError]) -> list[type[ReviewEngineError]]:
    """The errors under one, in the order in which the tree is drawn. Those without a code of their own are not told
    apart by anybody; those of the command line are not for hosts."""
    drawn = domain_errors.__doc__ or ""
    found = [
        inner
        for inner in error.__subclasses__()
        if inner.__module__.startswith("review_engine.")
        and not inner.__module__.startswith("review_engine.cli.")
        and "code" in vars(inner)
    ]
    return sorted(found, key=lambda inner: (drawn.find(f"- {inner.__name__} ") % (len(drawn) + 1), inner.__name__))


def _tree(error: type[ReviewEngineError]) -> Iterator[type[ReviewEngineError]]:
    yield error
    for inner in _below(error):
        yield from _tree(inner)


def checks() -> str:
    """The page of built-in checks: what each asks, and its parameters."""
    homes = [import_module(f"review_engine.checks.{name}") for name in _CHECKS]
    found = [(name, next(getattr(home, name) for home in homes if hasattr(home, name))) for name in Checks().names()]
    return _CHECK_PAGE + "\n".join(_check(name, factory) for name, factory in found)


def _check(name: str, factory: Callable[..., object]) -> str:
    signature = Checks().signatures()[name]
    says = _arguments(factory)
    rows = [
        f"| `{one.name} = {example(one.annotation)}` | {'**required.** ' if one.required else ''}{says[one.name]} |"
        for one in signature.parameters.values()
    ]
    return f"## {name}\n\n{_paragraph(factory)}\n\n| parameter | |\n|---|---|\n" + "\n".join(rows) + "\n"


def _arguments(function: Callable[..., object]) -> dict[str, str]:
    """Each argument's sentence in a docstring."""
    text = _plain(function)
    found: dict[str, str] = {}
    for line in text.partition("Args:\n")[2].partition("\n\n")[0].splitlines():
        name, colon, says = line.strip().partition(": ")
        if colon and line.startswith("    ") and not line.startswith("     "):
            found[name] = says[:1].upper() + says[1:]
        elif found:
            found[list(found)[-1]] += f" {line.strip()}"
    return found


def _plain(thing: object) -> str:
    """A docstring as Markdown."""
    return (inspect.getdoc(thing) or "").replace("``", "`")


def _paragraph(thing: object) -> str:
    return " ".join(_plain(thing).partition("\n\n")[0].split())


def _first_sentence(thing: object) -> str:
    return _paragraph(thing).partition(". ")[0].rstrip(".") + "."


def main() -> None:
    """Write every page."""
    HERE.mkdir(exist_ok=True)
    for name, made in pages().items():
        (HERE / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
