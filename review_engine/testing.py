"""The second assembly: the whole engine in memory, with time you can turn. Public, because hosts test with it too.

clock = TurnableClock(datetime(2026, 3, 2, 18, tzinfo=UTC))
engine = open_test_engine(clock=clock)
clock.turn("2 business days")
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review_engine.channels.memory import MemoryChannel
from review_engine.channels.switchboard import Switchboard
from review_engine.checks.registry import Checks
from review_engine.correspondence import Post
from review_engine.domain.calendar import Calendar
from review_engine.domain.canonical import aware
from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidInput
from review_engine.engine import ReviewEngine
from review_engine.ports.channels import Channel
from review_engine.ports.directory import Directory
from review_engine.reception import Entrance
from review_engine.settings import Settings, WorkflowSettings
from review_engine.store.memory import MemoryStore
from review_engine.store.vault import FernetVault
from review_engine.usecases.desk import Desk
from review_engine.worker import Hands
from review_engine.workflow_files.shelf import LazyLibrary, shelved

A_MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""Where test time starts unless told otherwise: Monday 2 March 2026, 10:00 in California."""

_NOW_AND_THEN = timedelta(milliseconds=200)


class TurnableClock:
    """A clock that stands still until it is turned.

    Args:
        start: where it stands at first (aware).
        calendar: what business days are counted by; None allows plain durations only.
    """

    def __init__(self, start: datetime = A_MONDAY, calendar: Calendar | None = None) -> None:
        self._now = aware(start)
        self.calendar = calendar

    def __call__(self) -> datetime:
        return self._now

    def turn(self, by: "str | timedelta | datetime") -> datetime:
        """Turn forward: by a duration ("2 business days", "90 minutes"), by a timedelta, or to an instant.

        Raises:
            InvalidInput: it would turn back, or the text is no duration.
        """
        if isinstance(by, datetime):
            then = aware(by)
        elif isinstance(by, timedelta):
            then = self._now + by
        else:
            then = Duration.parse(by).after(self.calendar, self._now)
        if then < self._now:
            raise InvalidInput("time is turned forward only", cure="Start a new clock further back.")
        self._now = then
        return then


def open_test_engine(
    *,
    clock: Callable[[], datetime] | None = None,
    workflows: "str | Path | None" = None,
    calendars: "str | Path | None" = None,
    directory: Directory | None = None,
    secret_key: str | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> ReviewEngine:
    """An engine that keeps everything in memory.

    Args:
        clock: the time; None for a ``TurnableClock`` at ``A_MONDAY``.
        workflows: a folder of workflow files; None for the shipped ones.
        calendars: a folder of calendars; None for the one beside the workflow files.
        directory: the host's people; None for one in memory.
        secret_key: key that secret facts are sealed under; None refuses secrets.
        channels: what carries notices, by name; None for doubles of ``email`` and ``log`` that keep what they are
            handed. Partners and staff are told over ``email``, operators over ``log``.

    Raises:
        InvalidFile: the workflow files have faults (when they are first used).
    """
    settings = Settings(workflows=WorkflowSettings(folder=str(workflows or ""), calendars=str(calendars or "")))
    store, checks = MemoryStore(), Checks()
    now = clock or TurnableClock()
    library = LazyLibrary(lambda: shelved(settings, checks, store, now()))
    by_role = settings.routes.model_dump()
    exchange = Switchboard(lambda: dict(channels or {"email": MemoryChannel(), "log": MemoryChannel()}), by_role)
    return ReviewEngine(
        desk=Desk(store, library, FernetVault(secret_key), lambda: bool(exchange.listeners)),
        post=Post(outbox=store.outbox, exchange=exchange, base_url=settings.mail.base_url),
        entrance=Entrance(store.front, store.tokens),
        directory=directory or store.register,
        checks=checks,
        clock=now,
        hands=Hands(_NOW_AND_THEN),
    )
