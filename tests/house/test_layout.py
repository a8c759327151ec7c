"""The house rules that a machine can check, each first shown an example that breaks it."""

from pathlib import Path

import pytest

from tests.house import tree

# Below assembly.py `now` is an argument; these stand above it and hand the time in.
MAY_READ_A_CLOCK = ("review_engine/assembly.py", "review_engine/testing.py", "review_engine/worker.py")
MAY_READ_A_CLOCK_TOO = ("review_engine/cli.py", "review_engine/cli/")

LONG_FUNCTION = "def long() -> None:\n" + "    print()\n" * 50
# An escaped letter keeps an example from being a fault of this file.
BROKEN: list[tuple[tree.Rule, str]] = [
    (tree.long_module, "x = 1\n" * 401),
    (tree.long_functions, LONG_FUNCTION),
    (tree.long_functions, "async " + LONG_FUNCTION),
    (tree.swallowed_errors, "try:\n    x()\nexcept ValueError:\n    pass\n"),
    (tree.swallowed_errors, "try:\n    x()\nexcept ValueError:\n    'never mind'\n    ...\n"),
    (tree.swallowed_errors, "with contextlib.suppress(Exception):\n    x()\n"),
    (tree.clock_readings, "now = datetime.now(UTC)\n"),
    (tree.clock_readings, "now = datetime.datetime.utcnow()\n"),
    (tree.clock_readings, "def at(clock=datetime.now): ...\n"),
    (tree.clock_readings, "today = date.today()\n"),
    (tree.clock_readings, "seconds = time.time()\n"),
    (tree.clock_readings, "from time import time\n"),
    (tree.undocumented_module, "x = 1\n"),
    (tree.hidden_climbs, "if typing.TYPE_CHECKING:\n    import engine\n"),
    (tree.forbidden_words, "# TO\x44O: later\n"),
    (tree.forbidden_words, "raise NotImplemented\x45rror\n"),
    (tree.forbidden_words, "open('/tmp\x2fout')\n"),
    (tree.forbidden_words, "see https://pypi\x2eorg/simple\n"),
]
SOUND: list[tuple[tree.Rule, str]] = [
    (tree.long_module, "x = 1\n" * 400),
    (tree.long_functions, "def short() -> None:\n    '''" + "why\n" * 60 + "'''\n" + "    print()\n" * 49),
    (tree.swallowed_errors, "try:\n    x()\nexcept ValueError as error:\n    raise Refused from error\n"),
    (tree.swallowed_errors, "with suppress(FileNotFoundError):\n    x()\n"),
    (tree.clock_readings, "def decide(now: datetime) -> None:\n    subject.take(now=now)\n"),
    (tree.clock_readings, "from time import perf_counter\n"),
    (tree.undocumented_module, ""),
    (tree.forbidden_words, "GET https://acme.example/work/items, ../shared/data, docs/home/page.md\n"),
]


@pytest.mark.parametrize(("rule", "source"), BROKEN)
def test_a_rule_finds_what_it_forbids(rule: tree.Rule, source: str) -> None:
    assert list(rule(source))


@pytest.mark.parametrize(("rule", "source"), SOUND)
def test_a_rule_lets_sound_code_be(rule: tree.Rule, source: str) -> None:
    assert not list(rule(source))


@pytest.mark.parametrize("name", ["utils", "engine/helpers", "manager", "Managers", "_handler", "data", "misc/moves"])
def test_a_name_that_says_nothing_is_known(name: str) -> None:
    assert tree.refused_name(Path(f"{name}.py"))


def test_the_tree_is_there_to_be_checked() -> None:
    seen = {tree.shown(path) for path in tree.text_files()}
    assert {"review_engine/domain/errors.py", "tests/house/tree.py", "pyproject.toml", "Makefile", ".ci/run"} <= seen


@pytest.mark.parametrize("rule", [tree.long_module, tree.long_functions, tree.undocumented_module, tree.hidden_climbs])
def test_python_is_short_and_says_why_it_is_there(rule: tree.Rule) -> None:
    assert faults(rule, [path for path in written() if "migrations/versions" not in tree.shown(path)]) == []


def written() -> list[Path]:
    """All Python of the project. Migrations are no reading matter: lists of columns as they were on one day."""
    return tree.python_files("review_engine", "tests", "benchmarks", "examples")


def test_no_error_is_swallowed() -> None:
    assert faults(tree.swallowed_errors, written()) == []


def test_no_clock_is_read_below_the_assembly() -> None:
    below = [
        path
        for path in tree.python_files("review_engine")
        if not tree.shown(path).startswith(MAY_READ_A_CLOCK + MAY_READ_A_CLOCK_TOO)
    ]
    assert below
    assert faults(tree.clock_readings, below) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = [path.relative_to(tree.ROOT) for path in tree.python_files("review_engine", "tests", "benchmarks")]
    assert [path.as_posix() for path in paths if tree.refused_name(path)] == []


def test_nothing_is_left_undone_and_no_line_knows_one_machine() -> None:
    assert faults(tree.forbidden_words, tree.text_files()) == []


def faults(rule: tree.Rule, paths: list[Path]) -> list[str]:
    """Return every fault of the files, each with its place."""
    return [f"{tree.shown(path)}:{fault}" for path in paths for fault in rule(path.read_text(encoding="utf-8"))]
