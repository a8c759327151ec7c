"""Where in a TOML text a path stands."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_engine.workflow_files.lines import Lines

TEXT = '''\
# a comment with [brackets] and key = "value"
title = "one"
zone."Europe/Berlin".hours = 3            # dotted, quoted

[transitions.submit]
from   = ["preview", "changes"]
guards = [
  "docs",        # a ] in a comment
  "logo]",

  { name = "team", at_least = 3 }, [1,
     2],
]

[[notices]]
name = "first"
to = ["partner"]

[[notices]]
name = 'second # no comment'
[notices.letter]
subject = """
[not.a.table]
not = "a key" \\"""
"""
body = \'\'\'
key = 3\'\'\'

[overrides]
"2026-12-24" = [["09:00", "12:00"]]
2026-12-31 = [["09:00", "12:00"],
              ["13:00", "14:00"]]
at = 2026-12-24 10:00:00
'café "x"' = { a.b = 1, c = [
  1,
  2 ] }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 2),
        ('zone."Europe/Berlin".hours', 3),
        ('zone."Europe/Berlin"', 3),
        ("zone", 3),
        ("transitions", 5),
        ("transitions.submit", 5),
        ("transitions.submit.from", 6),
        ("transitions.submit.guards", 7),
        ("transitions.submit.guards[0]", 8),
        ("transitions.submit.guards.1", 9),
        ("transitions.submit.guards[2].at_least", 11),
        ("transitions.submit.guards[3]", 11),
        ("transitions.submit.guards[3][1]", 12),
        ("notices", 15),
        ("notices[0].to", 17),
        ("notices[1]", 19),
        ("notices[1].name", 20),
        ("notices[1].letter", 21),
        ("notices[1].letter.subject", 22),
        ("notices[1].letter.body", 26),
        ("overrides", 29),
        ('overrides."2026-12-24"', 30),
        ("overrides.2026-12-31", 31),
        ("overrides.2026-12-31[1]", 32),
        ("overrides.2026-12-31[1][0]", 32),
        ("overrides.at", 33),
        ("overrides.'café \"x\"'.a.b", 34),
        ("overrides.'café \"x\"'.c[1]", 36),
    ],
)
def test_a_path_stands_where_it_is_first_written(path: str, line: int) -> None:
    tomllib.loads(TEXT)
    assert Lines(TEXT).of(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("transitions.submit.to", 5),
        ("transitions.approve.guards", 5),
        ("transitions.submit.guards[9]", 7),
        ("notices[1].letter.colour", 21),
        ("nothing.at.all", 1),
        ("", 1),
    ],
)
def test_what_is_not_there_stands_where_its_nearest_parent_does(path: str, line: int) -> None:
    assert Lines(TEXT).of(path) == line


def test_a_path_may_be_given_in_parts() -> None:
    assert Lines(TEXT).of(("overrides", "2026-12-31", 1)) == 32


def test_a_key_that_is_a_number_is_found_as_a_key() -> None:
    assert Lines("[tiers]\n1 = 'a'\n\n22 = 'b'\n").of("tiers.22") == 4


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "# only a comment", "a = ", "[[", "a = [1, ", "= 3", "]", "a = {b", 'x = "', '"\\1" = 3', "é = 1"],
)
def test_text_that_is_no_toml_has_lines_all_the_same(text: str) -> None:
    assert Lines(text).of("a.b[3]") == 1


@settings(deadline=None)
@given(st.text(alphabet="ab=[]{}\"'.,#\n \\1", max_size=40))
def test_no_text_at_all_keeps_the_walk_from_ending(text: str) -> None:
    assert 1 <= Lines(text).of("a.b") <= text.count("\n") + 1


def test_windows_line_ends_count_as_one() -> None:
    assert Lines("a = 1\r\n\r\n[b]\r\nc = [\r\n 1,\r\n 2]\r\n").of("b.c[1]") == 6


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every scalar of a document with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path, value


keys = st.text(alphabet="ab-_. \"'é#[]=", min_size=0, max_size=4)
values = st.recursive(
    st.integers(0, 9) | st.text(alphabet="a#]}\"'\n\\,", max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


def written(value: Any) -> str:
    """A value as TOML, an array with one element a line."""
    if isinstance(value, list):
        return "[" + "".join(f"\n  {written(inner)}, # ], = [" for inner in value) + "\n]"
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@settings(deadline=None)
@given(st.dictionaries(keys, st.dictionaries(keys, values, max_size=3), max_size=3))
def test_every_value_is_on_the_line_it_is_said_to_be_on(document: dict[str, dict[str, Any]]) -> None:
    text = "".join(
        f"[{_quoted(table)}]\n" + "".join(f"{_quoted(key)} = {written(value)}\n" for key, value in pairs.items())
        for table, pairs in document.items()
    )
    assert tomllib.loads(text) == document
    lines, rows = Lines(text), text.splitlines()
    for path, value in leaves(document):
        assert written(value) in rows[lines.of(path) - 1]


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("workflows/**/*.toml")), ids=lambda path: path.stem
)
def test_in_the_shipped_files_every_key_is_on_the_line_it_is_said_to_be_on(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines, rows = Lines(text), text.splitlines()
    for where, _ in leaves(tomllib.loads(text)):
        last_key = next(part for part in reversed(where) if isinstance(part, str))
        up_to_key = where[: len(where) - where[::-1].index(last_key)]
        assert last_key in rows[lines.of(up_to_key) - 1]
