"""Where plugs meet sockets: settings in, an assembled engine out. The lowest room that reads the machine's clock."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from review_engine.channels.switchboard import switchboard
from review_engine.checks.registry import Checks
from review_engine.correspondence import Post
from review_engine.engine import ReviewEngine
from review_engine.ports.channels import Exchange
from review_engine.ports.directory import Directory
from review_engine.ports.outbox import Outbox
from review_engine.reception import Entrance
from review_engine.settings import Settings, read_settings
from review_engine.usecases.desk import Desk
from review_engine.usecases.listing import OwnCatalog
from review_engine.worker import Hands
from review_engine.workflow_files.shelf import LazyLibrary, shelved


def open_engine(
    config: "Settings | str | os.PathLike[str] | None" = None,
    *,
    url: str | None = None,
    directory: Directory | None = None,
    clock: Callable[[], datetime] | None = None,
    create: bool = True,
) -> ReviewEngine:
    """An engine on a database.

    Args:
        config: settings, or the path of a ``config.toml``; None for the working folder's, else the defaults.
        url: database to use instead of the configured one.
        directory: the host's people; None for the engine's own directory, in the store.
        clock: answers the present instant (aware); None for the machine's clock.
        create: set up the tables when the database is new. Existing tables are never changed here: that is
            ``review-engine db upgrade``.

    Raises:
        InvalidConfiguration: the settings cannot be used.
        SchemaBehind: the tables are of an older version.
        StoreError: the database cannot be reached.
    """
    from review_engine.store.opening import open_front, open_outbox, open_register, open_store
    from review_engine.store.vault import FernetVault

    settings = config if isinstance(config, Settings) else read_settings(config)
    address = url or settings.database.url
    store = open_store(address, synchronous=settings.database.synchronous, create=create)
    key = settings.secret_key.get_secret_value() if settings.secret_key else None
    checks = Checks()
    now = clock or machine_clock
    library = LazyLibrary(lambda: shelved(settings, checks, store, now()))
    exchange = switchboard(settings, now)
    return ReviewEngine(
        desk=Desk(store, library, FernetVault(key), lambda: bool(exchange.listeners)),
        post=post_of(settings, open_outbox(store), exchange),
        entrance=Entrance(*open_front(store)),
        directory=directory or open_register(store),
        checks=checks,
        clock=now,
        default_kind=settings.workflows.default_kind,
        hands=Hands(),
    )


def post_of(settings: Settings, outbox: Outbox, exchange: Exchange) -> Post:
    """What delivering needs, as an installation decides it."""
    mail = settings.mail
    return Post(
        outbox=outbox,
        exchange=exchange,
        once=frozenset(mail.once),
        base_url=mail.base_url,
        operator=mail.operator,
        catalog=_catalog_of(settings),
    )


def _catalog_of(settings: Settings) -> OwnCatalog:
    configured = settings.catalog
    if not configured.url:
        return OwnCatalog()
    from review_engine.channels.catalog_page import page_of_catalog

    return OwnCatalog(page_of_catalog(configured.url, allow_private=configured.allow_private))


def machine_clock() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)
