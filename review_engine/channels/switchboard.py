"""Which channels an installation has, which way leads to whom, and where a host plugs in channels of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from review_engine.channels.own import Function, OwnChannel, check_function
from review_engine.domain.errors import InvalidConfiguration, InvalidInput, shown
from review_engine.ports.channels import Channel, Route
from review_engine.settings import RouteSettings, Settings

ENDPOINT = "webhook:"
"""How the channel of an endpoint is called: this and the endpoint's name."""

_OURS = ("email", "log", "webhook", "on_move", "memory")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_ROLES = {"reviewers": "reviewer", "managers": "manager"}


@dataclass(frozen=True, slots=True)
class Switchboard:
    """See ``ports.channels.Exchange``.

    Args:
        make: makes the channels of the configuration, by name; called once for each courier.
        by_role: role -> names of channels, as configured.
        endpoints: name of an endpoint -> the events it takes.
    """

    make: Callable[[], dict[str, Channel]]
    by_role: Mapping[str, tuple[str, ...]]
    endpoints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _own: dict[str, tuple[Function, bool]] = field(default_factory=dict, init=False)
    _listeners: dict[str, Function] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        for names in self.by_role.values():
            for name in names:
                endpoint = name.removeprefix(ENDPOINT)
                if endpoint != name and endpoint not in self.endpoints:
                    raise InvalidConfiguration(
                        f"there is no webhook endpoint {shown(endpoint)}",
                        where="routes",
                        cure=f"Declare it as [webhooks.endpoints.{endpoint}].",
                    )

    @property
    def listeners(self) -> tuple[str, ...]:
        """Names of the host's functions that are told of every move."""
        return tuple(self._listeners)

    def routes(self, audience: str) -> tuple[Route, ...]:
        """How an audience is told."""
        names = self.by_role.get(_ROLES.get(audience, audience), ())
        return tuple(route for name in names for route in self._routes(name))

    def channels(self) -> Mapping[str, Channel]:
        """Every channel that this process serves, by name."""
        made = self.make()
        made |= {name: OwnChannel({"": function}) for name, (function, _) in self._own.items()}
        if self._listeners:
            made["on_move"] = OwnChannel(dict(self._listeners))
        return made

    def add(self, name: str, function: Function, *, personal: bool = True) -> Function:
        """Register a channel of the host's."""
        if not _NAME.match(name) or name in _OURS or name in self._own:
            cure = f"Use small letters, digits and underscores; not {', '.join(_OURS)}, and no name twice."
            raise InvalidInput(f"{shown(name)} cannot be a channel's name", cure=cure)
        check_function(name, function)
        with self._lock:
            self._own[name] = function, personal
        return function

    def listen(self, function: Function) -> Function:
        """Register a function of the host's that is told of every move."""
        name = getattr(function, "__qualname__", "") or type(function).__name__
        check_function(name, function)
        with self._lock:
            if name in self._listeners:
                raise InvalidInput(f"{shown(name)} is told of moves already", cure="Give the function another name.")
            self._listeners[name] = function
        return function

    def _routes(self, name: str) -> list[Route]:
        if name == "webhook":
            return [Route(f"{ENDPOINT}{each}", False, events) for each, events in self.endpoints.items()]
        if name.startswith(ENDPOINT):
            return [Route(name, False, self.endpoints[name.removeprefix(ENDPOINT)])]
        personal = name != "log" and (name not in self._own or self._own[name][1])
        return [Route(name, personal)]


def switchboard(settings: Settings, clock: Callable[[], datetime]) -> Switchboard:
    """The channels as they are configured.

    Raises:
        InvalidConfiguration: a route leads to an endpoint that is not declared.
    """
    routes, endpoints = settings.routes, settings.webhooks.endpoints
    return Switchboard(
        lambda: configured(settings, clock),
        {role: tuple(getattr(routes, role)) for role in RouteSettings.model_fields},
        {name: tuple(endpoint.events) for name, endpoint in endpoints.items()},
    )


def configured(settings: Settings, clock: Callable[[], datetime]) -> dict[str, Channel]:
    """The channels of the configuration, by name.

    Raises:
        InvalidConfiguration: a relay or an endpoint cannot be used as it is configured.
    """
    from review_engine.channels.log import LogChannel
    from review_engine.channels.webhook import WebhookChannel

    hooks = settings.webhooks
    made: dict[str, Channel] = {"email": email(settings), "log": LogChannel()}
    for name, endpoint in hooks.endpoints.items():
        secrets = [secret.get_secret_value() for secret in endpoint.secrets]
        made[f"{ENDPOINT}{name}"] = WebhookChannel(
            endpoint.url, secrets, clock, allow_private=hooks.allow_private, deadline=hooks.deadline, room=hooks.room
        )
    return made


def email(settings: Settings) -> Channel:
    """The channel of letters: over a relay if one is configured, else into a folder.

    Raises:
        InvalidConfiguration: the relay cannot be used as it is configured.
    """
    from review_engine.channels.email import EmailChannel
    from review_engine.channels.folder import FolderCarrier
    from review_engine.channels.letter_shelf import Folder
    from review_engine.channels.letters import Letters
    from review_engine.channels.smtp import Relay
    from review_engine.channels.smtp_pool import SmtpPool
    from review_engine.settings import shipped

    mail = settings.mail

    def letters() -> Letters:
        folders: list[Folder] = [*([mail.templates] if mail.templates else []), shipped("templates") / "email"]
        writer = Letters(folders, sender=mail.sender, base_url=mail.base_url)
        writer.domain = mail.domain or writer.domain
        return writer

    if not mail.host:
        return EmailChannel(letters, lambda: FolderCarrier(mail.folder), room=1)
    password = mail.password.get_secret_value() if mail.password else ""
    relay = Relay(mail.host, mail.port, mail.user, password, mail.security, greeting_name=mail.domain)
    return EmailChannel(letters, lambda: SmtpPool(relay, size=mail.pool, deadline=mail.deadline), room=mail.pool)
