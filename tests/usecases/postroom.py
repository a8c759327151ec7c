"""A room to deliver from: an outbox in memory, people, channels that keep what they get, time that stands still."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from review_engine.channels.memory import MemoryChannel
from review_engine.channels.switchboard import Switchboard
from review_engine.domain.actors import Role
from review_engine.domain.errors import UnknownName
from review_engine.domain.lifecycle import NoticePlan
from review_engine.domain.notices import Notice
from review_engine.ports.channels import Channel
from review_engine.ports.directory import Person
from review_engine.ports.outbox import Chosen, Outbox, Outgoing, Recipient
from review_engine.ports.store import KeptNotice
from review_engine.store.memory import MemoryStore
from review_engine.usecases.account import Account, Pace
from review_engine.usecases.address import Addresser, Rules
from review_engine.usecases.deliver import Courier

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANN = Person("p-ann", "Ann", "ann@acme.example", partners=frozenset({"acme"}))
BOB = Person("p-bob", "Bob", "bob@acme.example", partners=frozenset({"acme"}))
RITA = Person("r-rita", "Rita", "rita@platform.example", frozenset({Role.REVIEWER}))
MO = Person("m-mo", "Mo", "mo@platform.example", frozenset({Role.REVIEWER, Role.MANAGER}))
ROUTES = {"partner": ("email",), "reviewer": ("email",), "manager": ("email",), "operator": ("log",)}
PLANS = (NoticePlan("submitted", ("partner",)), NoticePlan("tips", ("partner",), optional=True))
PACE = Pace(idle=0.001, grace=5.0)


class Shelf:
    """A library with one workflow, ``app``, as far as delivering asks for it."""

    def current(self, kind: str) -> Any:
        if kind != "app":
            raise UnknownName("workflow", kind, ["app"])
        return SimpleNamespace(lifecycle=SimpleNamespace(notices={plan.name: plan for plan in PLANS}, calendar=""))


@dataclass
class Postroom:
    """Everything a courier needs, within reach of a test."""

    channels: dict[str, Channel] = field(default_factory=lambda: {"email": MemoryChannel(), "log": MemoryChannel()})
    routes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(ROUTES))
    rules: Rules = field(default_factory=Rules)
    pace: Pace = PACE
    now: datetime = NOW
    store: MemoryStore = field(default_factory=MemoryStore)
    notices: list[KeptNotice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notices = self.store._notices
        self.register = self.store.register
        for person in (ANN, RITA):
            self.register.add_person(person)
        self.exchange = Switchboard(lambda: dict(self.channels), self.routes)

    @property
    def outbox(self) -> Outbox:
        return self.store.outbox

    def caused(self, name: str = "submitted", *, to: tuple[str, ...] = ("partner",), **fields: Any) -> Notice:
        """A notice that a move has just left."""
        number = len(self.notices) + 1
        given = {"subject": "app/acme-sync", "partner": "acme", "cause": f"move {number}", "context": {}, **fields}
        notice = Notice(name, to=to, at=NOW, **given)
        self.notices.append(KeptNotice(number, "pending", notice))
        return notice

    def waiting(self, count: int = 1, **fields: Any) -> list[int]:
        """Rows that wait to be delivered; their numbers."""
        first = len(self.rows)
        for number in range(first, first + count):
            notice = Notice("submitted", "app/acme-sync", "acme", f"move {number}", ("partner",), NOW, {"n": number})
            given: dict[str, Any] = {
                "channel": "email",
                "recipient": Recipient("p-ann", f"ann{number}@acme.example", "Ann"),
                "letter": "submitted",
                "notice": notice,
                "available_at": NOW,
                "created_at": NOW,
            }
            self.outbox.put([Outgoing(f"{notice.idem_key}#email#{number}", **{**given, **fields})])
        return [row.id for row in self.rows]

    def courier(self) -> Courier:
        addresser = Addresser(self.outbox, self.register, Shelf(), self.exchange, self.rules)  # type: ignore[arg-type]
        return Courier(
            addresser, dict(self.exchange.channels()), clock=lambda: self.now, chance=lambda: 0.5, pace=self.pace
        )

    async def drained(self) -> Account:
        """Deliver all that is due."""
        return await self.courier().drain()

    @property
    def rows(self) -> list[Outgoing]:
        return self.outbox.rows(Chosen(limit=100_000))

    @property
    def statuses(self) -> list[str]:
        return [row.status for row in self.rows]

    def kept(self, channel: str = "email") -> list[Outgoing]:
        """What a channel was handed, in order."""
        found = self.channels[channel]
        assert isinstance(found, MemoryChannel)
        return [one.outgoing for one in found.kept]

    def answering(self, *answers: Any) -> MemoryChannel:
        """The channel of letters, with its next answers."""
        found = self.channels["email"]
        assert isinstance(found, MemoryChannel)
        found.answers.extend(answers)
        return found
