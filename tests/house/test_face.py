"""The public face: what a host may import, held still, fully typed, and cheap to import."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import review_engine
from tests.house import tree

NAMES = {
    "Actor", "Assessment", "Case", "CatalogQuery", "Checklist", "Conflict", "Finding", "InvalidInput", "KeyReused",
    "Move", "MoveConflict", "NotAllowed", "NotFound", "Query", "QueueQuery", "Receipt", "Refused", "Remark",
    "ReviewEngine", "ReviewEngineError", "ReviewSheet", "Role", "SecretKeyMissing", "Settings", "SlugTaken",
    "StoreError", "Subject", "SubjectKey", "UnknownName", "Usage", "Verdict", "open_engine",
}  # fmt: skip


def test_the_exported_names_are_these() -> None:
    assert set(vars(review_engine)["__all__"]) == NAMES
    assert set(dir(review_engine)) >= NAMES


def test_type_checkers_are_told_the_same_names_from_the_same_homes() -> None:
    stub = ast.parse((tree.ROOT / "review_engine" / "__init__.pyi").read_text(encoding="utf-8"))
    told = {alias.asname: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    for name in NAMES:
        home = told[name]
        assert home is not None
        assert getattr(import_module(home), name) is getattr(review_engine, name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'open_engin'"):
        getattr(review_engine, "open_" + "engin")


def test_importing_the_face_imports_none_of_its_libraries() -> None:
    code = "import sys, review_engine; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {
        "sqlmodel",
        "sqlalchemy",
        "pydantic",
        "transitions",
        "jinja2",
        "typer",
        "apscheduler",
        "alembic",
        "psycopg",
    }
    assert heavy.isdisjoint(loaded)


def test_every_public_verb_of_the_engine_says_what_it_does_and_is_typed() -> None:
    for name, verb in inspect.getmembers(review_engine.ReviewEngine, inspect.isfunction):
        if name.startswith("_"):
            continue
        assert inspect.getdoc(verb), name
        signature = inspect.signature(verb)
        assert signature.return_annotation is not inspect.Signature.empty, name
        assert all(one.annotation is not inspect.Parameter.empty for one in list(signature.parameters.values())[1:]), (
            name
        )
