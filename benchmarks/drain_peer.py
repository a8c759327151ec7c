"""django-post_office as a peer of ``drain_letters``: the same bodies, drained into the same relay.

It runs in a process of its own, because Django has one configuration a process, and drains when it is told to, so that
the two take turns. Its letters are queued with their bodies written; ours are rendered while they are drained. It is
asked for with ``--peer`` and must be installed for that (``pip install django-post_office``); nothing else needs it.
"""

import sys
import time
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

THREADS = 8
"""Connections at once; with more it is no quicker, since they share one interpreter."""


class Peer:
    """The peer's process.

    Args:
        url: the database, as the engine's store is given it; an SQLite file is not shared with ours.
        port: of the relay.
        text, html: bodies of every letter.
    """

    def __init__(self, url: str, port: int, text: str, html: str) -> None:
        if find_spec("post_office") is None:
            sys.exit("The peer is not installed: pip install django-post_office")
        self._ours, theirs = Pipe()
        self._process = get_context("spawn").Process(target=_serve, args=(theirs, url, port, text, html), daemon=True)
        self._process.start()

    def rate(self, letters: int) -> float:
        """Letters a second, this time."""
        self._ours.send(letters)
        rate: float = self._ours.recv()
        return rate

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()


def _serve(asked: Connection, url: str, port: int, text: str, html: str) -> None:
    _configure(url, port)
    from django.core.management import call_command

    send_queued, models = import_module("post_office.mail").send_queued, import_module("post_office.models")
    STATUS, Email = models.STATUS, models.Email  # noqa: N806 - as the peer calls them

    call_command("migrate", verbosity=0)
    while True:
        letters = asked.recv()
        queued: list[Any] = [
            Email(
                from_email="center@platform.example",
                to=[f"ann{number}@acme.example"],
                subject=f"Letter {number}",
                message=text,
                html_message=html,
                status=STATUS.queued,
                priority=2,
            )
            for number in range(letters)
        ]
        Email.objects.bulk_create(queued, batch_size=500)
        begun = time.perf_counter()
        sent, failed, requeued = send_queued()
        rate = letters / (time.perf_counter() - begun)
        assert (sent, failed, requeued) == (letters, 0, 0)
        asked.send(rate)


def _configure(url: str, port: int) -> None:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": _database(url)},
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGGING_CONFIG=None,
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        POST_OFFICE={
            "BATCH_SIZE": 1_000_000,
            "THREADS_PER_PROCESS": THREADS,
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        },
    )
    django.setup()


def _database(url: str) -> dict[str, object]:
    if url.startswith("sqlite:///"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///") + ".peer"}
    parts = urlsplit(url.replace("postgresql+psycopg", "postgresql"))
    place = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or place.get("user", ""),
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or place.get("host", "").replace("%2F", "/"),
        "PORT": parts.port or place.get("port", ""),
    }
