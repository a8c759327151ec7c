"""What a user installs is what lies in the tree: built, installed and run outside of the checkout."""

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.house import tree

SHIPPED = ("workflows", "templates", "config.toml")
PIN = re.compile(r"[A-Za-z0-9][\w.-]*==[0-9][\w.]*")


class Built(NamedTuple):
    """What the build left behind, by file name inside the archive."""

    source: dict[str, bytes]
    wheel: dict[str, bytes]
    wheel_path: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the source archive, and the wheel out of it, as a release does."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(tree.ROOT), cwd=out)
    (archive,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return Built(source=unpack_source(archive), wheel=unpack_wheel(wheel), wheel_path=wheel)


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into an empty directory; the libraries are those of this environment."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(site)]
    run(*pip, str(built.wheel_path), cwd=site)
    return site


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The `[project]` table."""
    return tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]  # type: ignore[no-any-return]


def test_the_source_archive_holds_what_a_platform_edits(built: Built) -> None:
    missing = [name for name in shipped_files() if name not in built.source]
    assert missing == []
    assert {"LICENSE", "pyproject.toml", "README.md", "review_engine/py.typed"} <= set(built.source)


def test_the_wheel_carries_workflows_templates_and_configuration_inside_the_package(built: Built) -> None:
    carried = {name: built.wheel.get(f"review_engine/_data/{name}") for name in shipped_files()}
    assert carried == {name: (tree.ROOT / name).read_bytes() for name in shipped_files()}
    assert any(re.fullmatch(r"workflows/\w+\.toml", name) for name in carried)
    assert any(name.startswith("templates/") for name in carried)
    assert "config.toml" in carried


def test_the_wheel_holds_every_module_and_says_that_it_is_typed(built: Built) -> None:
    modules = {tree.shown(path) for path in tree.python_files("review_engine")}
    assert modules <= set(built.wheel)
    assert "review_engine/py.typed" in built.wheel


def test_the_wheel_holds_nothing_but_the_package_and_its_licence(built: Built) -> None:
    strangers = [name for name in built.wheel if not re.match(r"review_engine(/|-[\d.]+\.dist-info/)", name)]
    assert strangers == []
    assert any(name.endswith("licenses/LICENSE") for name in built.wheel)


def test_the_installed_package_is_the_one_that_answers(installed: Path, tmp_path: Path) -> None:
    where = run(
        sys.executable, "-c", "import review_engine; print(review_engine.__file__)", cwd=tmp_path, site=installed
    )
    assert Path(where.strip()).is_relative_to(installed)


def test_the_installed_command_lints_its_own_workflows_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    run(str(installed / "bin" / "review-engine"), "lint", cwd=tmp_path, site=installed)


def test_every_library_the_package_imports_is_a_declared_dependency(project: dict[str, Any]) -> None:
    extras = [line for extra, lines in project["optional-dependencies"].items() if extra != "dev" for line in lines]
    declared = {plain(line) for line in project["dependencies"] + extras}
    undeclared = [
        f"{place} imports {top}"
        for place, top in third_party_imports()
        if declared.isdisjoint(plain(name) for name in packages_distributions().get(top, [top]))
    ]
    assert undeclared == []


def test_every_dependency_is_pinned_and_a_pin_is_a_name_and_a_version(project: dict[str, Any]) -> None:
    text = (tree.ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in pins if not PIN.fullmatch(line)] == []
    wanted = {plain(line) for group in project["optional-dependencies"].values() for line in group}
    wanted |= {plain(line) for line in project["dependencies"]}
    assert wanted - {plain(line) for line in pins} == set()


def shipped_files() -> list[str]:
    """Return what a platform edits, as it stands in the tree."""
    roots = [tree.ROOT / name for name in SHIPPED]
    files = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    return [tree.shown(path) for path in files if path.is_file()]


def third_party_imports() -> Iterator[tuple[str, str]]:
    """Yield place and top-level name of what the package imports from outside itself and the standard library."""
    own = {*sys.stdlib_module_names, "review_engine"}
    for path in tree.python_files("review_engine"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in imported(node):
                if (top := name.partition(".")[0]) not in own:
                    yield f"{tree.shown(path)}:{getattr(node, 'lineno', 1)}", top


def imported(node: ast.AST) -> list[str]:
    """Return the modules an import statement names; none for any other statement."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def plain(requirement: str) -> str:
    """Return a requirement's name alone, in the one spelling that compares."""
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def unpack_source(path: Path) -> dict[str, bytes]:
    """Read a source archive; names are relative to its one top folder."""
    with tarfile.open(path) as archive:
        files = {member.name.partition("/")[2]: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: stream.read() for name, stream in files.items() if stream is not None}


def unpack_wheel(path: Path) -> dict[str, bytes]:
    """Read a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def run(*command: str, cwd: Path, site: Path | None = None) -> str:
    """Run a command to its good end and return what it printed; `site` comes before every installed package."""
    environment = {**os.environ, "PYTHONPATH": str(site)} if site else None
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
