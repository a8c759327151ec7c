"""The reference says all there is: what is made is as the code makes it, what is typed leaves nothing out."""

import inspect
import re

import pytest
from pydantic import BaseModel

from docs.write_reference import HERE, pages
from review_engine.engine import ReviewEngine
from review_engine.settings import Settings
from review_engine.workflow_files.calendars import KEYS


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_made_page_is_as_the_code_makes_it(name: str) -> None:
    assert (HERE / name).read_text(encoding="utf-8") == pages()[name](), "run: python docs/write_reference.py"


def test_every_setting_is_told_with_its_environment_name_and_default() -> None:
    rows = [
        f"| `{place}` | `REVIEW_ENGINE_{place.strip('[').replace('] ', '__').upper()}` | {default} |"
        for place, default in settings("", Settings)
    ]

    assert re.findall(r"^\| `.*?` \| `REVIEW_ENGINE_.*?` \| .*? \|", text("configuration.md"), re.MULTILINE) == rows


def test_every_key_of_a_calendar_is_told() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", text("calendar_files.md"), re.MULTILINE)) == sorted(KEYS)


def test_every_verb_is_told_with_what_it_takes() -> None:
    verbs = {
        f"{name}({', '.join(list(inspect.signature(verb).parameters)[1:])})"
        for name, verb in inspect.getmembers(ReviewEngine, inspect.isfunction)
        if not name.startswith("_")
    }

    assert set(re.findall(r"^\| `(\w+\(.*?\))` \|", text("engine.md"), re.MULTILINE)) == verbs


def settings(table: str, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Every setting as ``[table] key``, with its default as the page words it."""
    found = []
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            found += settings(f"[{name}] ", type(field.default))
        else:
            word = "empty" if field.default in ("", (), {}) else f"`{field.default}`"
            word = "none" if field.default is None else word
            found.append((f"{table}{name}", word))
    return found


def text(name: str) -> str:
    """A page of the reference."""
    return (HERE / name).read_text(encoding="utf-8")
