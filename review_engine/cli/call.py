"""One call of the command line: how it was asked (the common options) and how it answers (for people, or in JSON)."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

import typer

import review_engine
from review_engine.domain.errors import NotAllowed


@dataclass(slots=True)
class Call:
    """What a command works with.

    Args:
        config: path of a ``config.toml``; None for the working folder's, else the defaults.
        database: a URL, or the path of an SQLite file; None for the configured one.
        who: in whose name, as ``role:who``.
        as_json: answer in JSON.
        creates: whether a new database may be set up: true for commands that bring something in, so that a misspelt
            address is not answered with an empty list.
    """

    config: str | None = None
    database: str | None = None
    who: str = "host"
    as_json: bool = False
    creates: bool = False
    _engine: "review_engine.ReviewEngine | None" = field(default=None, init=False)

    @property
    def engine(self) -> "review_engine.ReviewEngine":
        """The engine, opened when it is first asked for."""
        if self._engine is None:
            self._engine = review_engine.open_engine(self.config, url=self.url, create=self.creates)
        return self._engine

    @property
    def url(self) -> str | None:
        """The database that was asked for, as a URL."""
        return url_of(self.database) if self.database else None

    @property
    def settings(self) -> "review_engine.Settings":
        """The settings as ``engine`` reads them."""
        from review_engine.settings import read_settings

        return read_settings(self.config)

    @property
    def by(self) -> "review_engine.Actor":
        """In whose name the command acts."""
        return self.engine.actor(self.who)

    def trusted(self, what: str) -> None:
        """Refuse what is not a partner's to do.

        Raises:
            NotAllowed: the command acts in a partner's name.
        """
        if self.who.partition(":")[0] == "partner":
            raise NotAllowed(f"{what} is not for a partner", cure="Leave --as out, or act as staff.")

    def answer(self, document: object, drawn: "str | Callable[[], Iterable[object]]") -> None:
        """Answer: ``document`` in JSON, or what is drawn for people (text, or a function to rich renderables)."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, indent=2) + "\n")
        elif isinstance(drawn, str):
            typer.echo(drawn)
        else:
            from review_engine.cli.screen import put

            for piece in drawn():
                put(piece)

    def warn(self, text: str) -> None:
        """Something people should know, on standard error; JSON answers say it themselves."""
        if not self.as_json:
            typer.echo(f"Warning: {text}", err=True)

    def close(self) -> None:
        """Give back the connections."""
        if self._engine is not None:
            self._engine.close()


def call_of(ctx: typer.Context, *, creates: bool = False) -> Call:
    """The call a command belongs to; ``creates`` if the command may set up a new database."""
    call = cast(Call, ctx.obj)
    call.creates = creates
    return call


def url_of(database: str) -> str:
    """A database as a URL; what is none already is the path of an SQLite file."""
    return database if "://" in database else f"sqlite:///{database}"
