"""The JSON Schema of workflow files, for editors, and the reference of keys, for people; both made from ``keys``."""

import json
from collections.abc import Iterator

from review_engine.workflow_files.keys import WORKFLOW
from review_engine.workflow_files.shapes import Book, Either, Many, Record, Schema, Shape


def json_schema() -> Schema:
    """The schema, as JSON-able values."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A workflow of review_engine",
        "description": "What goes through a lifecycle: states, facts, transitions, guards, SLAs, notices.",
        **WORKFLOW.schema(),
    }


def schema_text() -> str:
    """The schema as it stands in ``workflows/schema.json``."""
    return json.dumps(json_schema(), indent=2) + "\n"


def reference() -> str:
    """Every key of a workflow file as a Markdown page: a heading a table, a line a key."""
    return "# Keys of a workflow file\n\n" + "\n".join(_section("", WORKFLOW)).strip() + "\n"


def _section(place: str, table: Record, says: str = "") -> Iterator[str]:
    if place:
        yield f"## `[{place}]`\n"
        if says:
            yield f"{says}\n"
        yield "| key | value | |\n|---|---|---|"
        for name, key in table.keys.items():
            need = "**required.** " if key.required else ""
            yield f"| `{name}` | {_word(key.shape)} | {need}{key.says} |"
        if table.rest is not None:
            yield "| *anything else* | | Parameters of the check. |"
        yield ""
    for name, key in table.keys.items():
        inner = f"{place}.{name}" if place else name
        found = _table_in(inner, key.shape)
        if found:
            yield from _section(*found, key.says)
        elif not place:
            yield f"## `[{name}]`\n\n{key.says}\n\nIt holds {_word(key.shape)}.\n"


def _table_in(place: str, shape: Shape) -> tuple[str, Record] | None:
    match shape:
        case Record():
            return place, shape
        case Book(of=Record() as inner):
            return f"{place}.<name>", inner
        case Many(of=Record() as inner):
            return f"{place}[]", inner
        case Either(more=Record() as inner):
            return place, inner
    return None


def _word(shape: Shape) -> str:
    match shape:
        case Many(of=inner):
            return f"a list of: {_word(inner)}"
        case Book(of=inner):
            return f"a table of names, each with {_word(inner)}"
    return shape.word
