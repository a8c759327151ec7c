"""What an installation decides: ``config.toml``, then the environment on top. Read once; a value from then on.

A key that is not known is refused with the file's name, because a typo that is silently ignored is found in production.
Environment variables are ``REVIEW_ENGINE_`` plus the key in capitals, with two underscores between section and key; a
list is written as JSON. They are laid over the file here, in a few lines, because the library made for it costs more
CPU than everything else a cold start does, and would let a misspelt variable pass.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from review_engine.domain.errors import InvalidConfiguration, suggestion

_PREFIX = "REVIEW_ENGINE_"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(_Section):
    """Where everything is kept.

    ``url``: ``sqlite:///file`` or ``postgresql+psycopg://...``. ``synchronous``, for SQLite: ``full`` (an acknowledged
    move survives a power cut) or ``normal`` (it survives a crash of the process only).
    """

    url: str = "sqlite:///review_engine.db"
    synchronous: str = "full"


class WorkflowSettings(_Section):
    """Where the workflow files and calendars are. Empty: the ones that come with the package."""

    folder: str = ""
    calendars: str = ""
    default_kind: str = "app"


class MailSettings(_Section):
    """Who letters come from, where pages live that they link to, and over which relay letters travel.

    ``templates``: a folder of letters of your own. ``host`` empty: letters become files in ``folder``. ``security``:
    ``auto`` (TLS beyond this machine), ``starttls``, ``tls`` or ``none``. ``pool``: connections at once, which is the
    letters a second times four round trips. ``deadline``: seconds one letter may take. ``domain``: of Message-IDs and
    of the greeting; empty for the sender's. ``once``: letters that are parked instead of sent again when nobody knows
    whether they arrived. ``operator``: address for alerts, where ``[routes] operator`` says ``email``.
    """

    sender: str = "Developer Center <developer-center@example.com>"
    base_url: str = "http://127.0.0.1:8000"
    templates: str = ""
    folder: str = "letters"
    host: str = ""
    port: int = Field(default=587, ge=1, le=65_535)
    user: str = ""
    password: SecretStr | None = None
    security: Literal["auto", "starttls", "tls", "none"] = "auto"
    pool: int = Field(default=8, ge=1, le=200)
    deadline: float = Field(default=60.0, gt=0, le=120)
    domain: str = ""
    once: tuple[str, ...] = ()
    operator: str = ""


class RouteSettings(_Section):
    """Over which channels each role is told: ``email``, ``log``, ``webhook`` (all endpoints), ``webhook:<endpoint>``,
    or a channel of the host's own. ``operator`` hears of trouble with delivery itself.
    """

    partner: tuple[str, ...] = ("email",)
    reviewer: tuple[str, ...] = ("email",)
    manager: tuple[str, ...] = ("email",)
    host: tuple[str, ...] = ()
    operator: tuple[str, ...] = ("log",)


class EndpointSettings(_Section):
    """One receiver of webhooks. ``secrets``: its keys, newest first; ``events``: notices it takes, empty for all."""

    url: str
    secrets: tuple[SecretStr, ...]
    events: tuple[str, ...] = ()


class WebhookSettings(_Section):
    """Receivers of webhooks, by name.

    ``allow_private``: whether they may be on this machine or network, and reached in the clear. ``deadline``: seconds
    an attempt may take. ``room``: how many may be under way at once, for each endpoint.
    """

    allow_private: bool = False
    deadline: float = Field(default=20.0, gt=0, le=120)
    room: int = Field(default=8, ge=1, le=200)
    endpoints: dict[str, EndpointSettings] = {}


class CatalogSettings(_Section):
    """The catalog that customers see. ``url``: address of an app's page in it, with ``{slug}`` in its place, such as
    ``https://market.example/catalog/{slug}``; a partner is told that an app is listed once this page is there. Empty:
    the engine's own catalog, which shows what is listed at once. ``allow_private``: whether it may be on this machine
    or network, and reached in the clear.
    """

    url: str = ""
    allow_private: bool = False


class WebSettings(_Section):
    """The service that ``review-engine serve`` runs.

    ``hosts``: names it answers for, without port; ``*.example.com`` for every name below; empty for all. ``https``: it
    is reached over https only, also where a proxy ends TLS: cookies are secure and browsers are told to stay with it.
    ``body``: bytes a request may have; ``body_seconds``: how long it may take to arrive.
    """

    hosts: tuple[str, ...] = ()
    https: bool = False
    body: int = Field(default=1_048_576, ge=1024, le=104_857_600)
    body_seconds: float = Field(default=20.0, gt=0, le=600)


class Settings(_Section):
    """Everything an installation decides."""

    database: DatabaseSettings = DatabaseSettings()
    workflows: WorkflowSettings = WorkflowSettings()
    mail: MailSettings = MailSettings()
    routes: RouteSettings = RouteSettings()
    webhooks: WebhookSettings = WebhookSettings()
    catalog: CatalogSettings = CatalogSettings()
    web: WebSettings = WebSettings()
    secret_key: SecretStr | None = None


def read_settings(path: "str | os.PathLike[str] | None" = None) -> Settings:
    """Settings from a file and the environment.

    Args:
        path: a TOML file; None for ``config.toml`` in the working folder if there is one, else the defaults. Relative
            folders and database files in it are meant from the file's own folder.

    Raises:
        InvalidConfiguration: the file is missing, is not TOML, or has an unknown key or an unusable value.
    """
    file = _file(path)
    document = _document(file) if file else {}
    _validated(document, str(file))
    environment = _environment(os.environ)
    settings = _validated(_laid_over(document, environment), "the environment" if environment else str(file))
    return _anchored(settings, file.parent) if file else settings


def _validated(document: Mapping[str, Any], where: str) -> Settings:
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise _explained(error, where) from None


def _environment(variables: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says, as a document. A variable of our prefix without a section may be somebody else's."""
    document: dict[str, Any] = {}
    for name, text in sorted(variables.items()):
        section, two_underscores, key = name.removeprefix(_PREFIX).lower().partition("__")
        if not name.startswith(_PREFIX):
            continue
        if two_underscores:
            document.setdefault(section, {})[key] = _value(name, text)
        elif section in Settings.model_fields:
            document[section] = text
    return document


def _value(name: str, text: str) -> object:
    if not text.startswith(("[", "{")):
        return text
    try:
        value: object = json.loads(text)
    except ValueError:
        raise InvalidConfiguration("the value is not JSON", where=name, cure="Mend the brackets and quotes.") from None
    return value


def _laid_over(document: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    laid = dict(document)
    for name, value in above.items():
        below = laid.get(name)
        laid[name] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return laid


def shipped(name: str) -> Path:
    """A folder or file that comes with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "_data" / name
    return inside if inside.exists() else package.parent / name


def _file(path: "str | os.PathLike[str] | None") -> Path | None:
    if path is None:
        here = Path("config.toml")
        return here if here.is_file() else None
    file = Path(path)
    if not file.is_file():
        raise InvalidConfiguration(
            "there is no such file", where=str(file), cure="Give the path of a config.toml, or leave it out."
        )
    return file


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"this is not TOML: {error}", where=str(file), cure="Mend the file.") from None


def _explained(error: ValidationError, where: str) -> InvalidConfiguration:
    told, cures = [], []
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            told.append(f"unknown key '{place}'")
            cures.append(suggestion(str(fault["loc"][-1]), _known(fault["loc"][:-1])))
        else:
            told.append(f"'{place}': {fault['msg']}")
    cure = " ".join(cures) or "Mend the value; docs/reference/configuration.md lists every key."
    return InvalidConfiguration("; ".join(told), where=where, cure=cure)


def _known(path: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return sorted(model.model_fields)


def _anchored(settings: Settings, base: Path) -> Settings:
    def placed(text: str) -> str:
        return str(base / text) if text and not Path(text).is_absolute() else text

    url = settings.database.url
    if url.startswith("sqlite:///") and "REVIEW_ENGINE_DATABASE__URL" not in os.environ:
        url = "sqlite:///" + placed(url.removeprefix("sqlite:///"))
    changes: Mapping[str, Any] = {
        "database": settings.database.model_copy(update={"url": url}),
        "workflows": settings.workflows.model_copy(
            update={
                "folder": placed(settings.workflows.folder),
                "calendars": placed(settings.workflows.calendars),
            }
        ),
        "mail": settings.mail.model_copy(
            update={"templates": placed(settings.mail.templates), "folder": placed(settings.mail.folder)}
        ),
    }
    return settings.model_copy(update=dict(changes))
