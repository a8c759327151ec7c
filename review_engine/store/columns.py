"""The kinds of column our tables are made of, and the registry they stand in.

A host may have a class ``Subject`` or a table ``move`` of its own, so ours live in a registry and a metadata of our own
and every table begins with ``review_``. Constraints are named by rule, so that a migration can find them again.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

PREFIX = "review_"

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=CONVENTION))):
    """The root of our tables. Rows never leave the store: what is handed out are frozen values of the domain."""


metadata = Table.metadata

ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite gives out numbers by itself only to a column that is exactly INTEGER."""

DOCUMENT = JSON().with_variant(JSONB(), "postgresql")

KEY = String().with_variant(String(collation="C"), "postgresql")
"""Keys are sorted by their bytes on every database, whatever language the server was set up in."""


def number() -> Any:
    """The number a database gives to a row."""
    return Column(ID, primary_key=True, autoincrement=True)


def owner(*, primary_key: bool = False, index: bool = False, ondelete: str = "CASCADE") -> Any:
    """The subject a row belongs to; the row goes with it unless ``ondelete`` says otherwise."""
    target = ForeignKey(f"{PREFIX}subject.id", ondelete=ondelete)
    return Column(ID, target, primary_key=primary_key, nullable=False, index=index, autoincrement=False)


def key(*, primary_key: bool = False, nullable: bool = False) -> Any:
    """A key, compared and sorted by its bytes."""
    return Column(KEY, primary_key=primary_key, nullable=nullable)


def document(*, nullable: bool = False) -> Any:
    """A JSON document."""
    return Column(DOCUMENT, nullable=nullable)


def text() -> Any:
    """Text of any length."""
    return Column(Text, nullable=False)
