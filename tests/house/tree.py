"""Which files make up the house, and the rules that can be read off a single one of them.

The rules are functions from a source text to faults, so that each can be shown a bad example as well as the real tree.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("review_engine", "tests", "workflows", "templates", "docs", "examples", "benchmarks", ".ci")
TEXT = {".css", ".html", ".ini", ".j2", ".js", ".json", ".mako", ".md", ".py", ".sh", ".toml", ".txt", ""}
LEFT_OUT = {"__pycache__", "_data"}

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
REFUSED_NAMES = {"data", "handler", "helper", "item", "manager", "misc", "process", "util"}
CLOCKS = {"datetime": {"now", "utcnow", "today"}, "date": {"today"}, "time": {"time", "time_ns"}}
BROAD = {"Exception", "BaseException"}

# A letter in brackets keeps these lines from being faults themselves.
LEFT_UNDONE = re.compile(r"\b(?:TO[D]O|FIX[M]E|NotImplemented[E]rror)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~}>)-])/(?:work|tmp|farm|root|home|Users|opt)[/]")
REGISTRY = re.compile(r"(?:pypi[.]org|pythonhosted[.]org|registry[.]npmjs[.])")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[str], Iterator[str]]


def python_files(*rooms: str) -> list[Path]:
    """Return the Python files of the named rooms of the tree, sorted."""
    return [path for path in text_files(*rooms) if path.suffix == ".py"]


def text_files(*rooms: str) -> list[Path]:
    """Return the files people wrote: in the named rooms or, with none named, everywhere, top level included."""
    found = [path for room in rooms or ROOMS for path in (ROOT / room).rglob("*")]
    if not rooms:
        found += ROOT.iterdir()
    return sorted(
        path
        for path in found
        if path.is_file() and path.suffix in TEXT and not LEFT_OUT & set(path.relative_to(ROOT).parts)
    )


def shown(path: Path) -> str:
    """Return the path as it stands in the tree."""
    return path.relative_to(ROOT).as_posix()


def long_module(source: str) -> Iterator[str]:
    """A module that cannot be read in one sitting."""
    if (lines := source.count("\n")) > LONGEST_MODULE:
        yield f"1: the module has {lines} lines, {LONGEST_MODULE} are the end"


def long_functions(source: str) -> Iterator[str]:
    """A function that does not fit on a screen; its docstring is not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function) and (lines := _lines(node)) > LONGEST_FUNCTION:
            yield f"{node.lineno}: {node.name} has {lines} lines, {LONGEST_FUNCTION} are the end"


def swallowed_errors(source: str) -> Iterator[str]:
    """An `except` that does nothing, or a suppression of every error there is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and all(_does_nothing(line) for line in node.body):
            yield f"{node.lineno}: an error is swallowed"
        if isinstance(node, ast.Call) and _name(node.func) == "suppress" and BROAD & {_name(arg) for arg in node.args}:
            yield f"{node.lineno}: every error is suppressed"


def clock_readings(source: str) -> Iterator[str]:
    """The wall clock, read or handed on: `datetime.now`, `date.today`, `time.time` and their like."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS.get(_name(node.value), set()):
            yield f"{node.lineno}: {_name(node.value)}.{node.attr} reads a clock; take `now` as an argument"
        if isinstance(node, ast.ImportFrom) and node.module == "time" and not node.level:
            for alias in node.names:
                if alias.name in CLOCKS["time"]:
                    yield f"{node.lineno}: time.{alias.name} reads a clock; take `now` as an argument"


def undocumented_module(source: str) -> Iterator[str]:
    """A module that does not say why it exists."""
    module = ast.parse(source)
    if module.body and ast.get_docstring(module) is None:
        yield "1: the module has no docstring"


def hidden_climbs(source: str) -> Iterator[str]:
    """An import for the type checker alone, which hides an arrow that runs back up."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING":
            yield f"{node.lineno}: an import hides behind TYPE_CHECKING"


def forbidden_words(source: str) -> Iterator[str]:
    """Work left undone, a path of somebody's machine, the address of a package registry."""
    for number, line in enumerate(source.splitlines(), start=1):
        for what, pattern in (
            ("work left undone", LEFT_UNDONE),
            ("a path of one machine", MACHINE_PATH),
            ("a registry's address", REGISTRY),
        ):
            if match := pattern.search(line):
                yield f"{number}: {what}: {match.group()}"


def refused_name(path: Path) -> bool:
    """Tell whether a file or one of its folders has a name that says nothing."""
    names = (part.lower().strip("_") for part in path.with_suffix("").parts)
    return any(name in REFUSED_NAMES or name.removesuffix("s") in REFUSED_NAMES for name in names)


def _lines(node: Function) -> int:
    """Count a function's lines from `def` to its end, without the docstring."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        length -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
    return length


def _does_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement is `pass`, `...` or a bare string."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _name(node: ast.expr) -> str:
    """Return the last name of a dotted expression, or nothing."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
