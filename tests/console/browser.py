"""A browser for tests: it looks at pages with the standard library's parser, fills forms in as they stand, and keeps
cookies. Who signs in is said by a header that a provider of the test reads; the sign-in page has tests of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header
from starlette.testclient import TestClient

from review_engine.console import router
from review_engine.domain.actors import Actor, Role
from review_engine.engine import ReviewEngine
from review_engine.web.headers import SecurityHeaders

ANN, EVE, RITA, MO = "partner:p-ann:acme", "partner:p-eve:eve-corp", "reviewer:r-rita:", "manager:m-mo:"
OMAR = "reviewer:r-omar:"
PEOPLE: Final = {"own": ANN, "foreign": EVE, "reviewer": RITA, "manager": MO}
SCRIPT: Final = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"

_VOID = {"input", "br", "img", "link", "meta", "hr"}


def acting(x_who: Annotated[str, Header()] = "") -> Actor | None:
    """Who a test says it is."""
    if not x_who:
        return None
    role, key, partner = x_who.split(":")
    return Actor(Role(role), key, frozenset({partner}) if partner else frozenset())


def acting_as(who: str) -> Actor:
    """The actor of ``role:key:partner``."""
    actor = acting(who)
    assert actor is not None
    return actor


@dataclass
class Form:
    """A form as it stands on a page: what would be sent if its button were pressed."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What one field holds."""
        return next((value for field_, value in self.fields if field_ == name), "")

    def filled(self, changes: Mapping[str, str | Sequence[str] | None]) -> "Form":
        """The form with other values; None leaves a field out."""
        fields = [(name, value) for name, value in self.fields if name not in changes]
        for name, given in changes.items():
            values = [] if given is None else [given] if isinstance(given, str) else given
            fields += [(name, value) for value in values]
        return replace(self, fields=fields)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._named: dict[str, Form] = {}
        self._target: Form | None = None
        self._open: list[str] = []
        self._area = ""
        self._select: tuple[str, list[str]] | None = None
        self._button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in _VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
            self._named[given.get("id", "")] = self._form
        owner = self._named[given["form"]] if "form" in given else self._form
        if owner is not None:
            self._field(tag, given, owner)

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if name:
            form.names.add(name)
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            form.fields.append((name, given.get("value", "")))
        if tag == "textarea":
            self._area, self._target = name, form
            form.fields.append((name, ""))
        if tag == "select":
            self._select, self._target = (name, []), form
        if tag == "option" and self._select:
            chosen = self._select[1]
            if "selected" in given or not chosen:
                chosen[:] = [given.get("value", "")]
        if tag == "button":
            form.buttons.append("")
            self._target, self._button = form, True

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""
        if tag == "select" and self._select and self._target:
            name, chosen = self._select
            self._target.fields.extend((name, value) for value in chosen)
            self._select = None
        if tag == "button":
            self._button = False

    def handle_data(self, data: str) -> None:
        if self._area and self._target:
            name, value = self._target.fields[-1]
            self._target.fields[-1] = (name, value + data.removeprefix("\n"))
        if self._button and self._target:
            self._target.buttons[-1] += data.strip()
        if not {"script", "style"}.intersection(self._open):
            self.words.append(data)


@dataclass
class Page:
    """What came back."""

    status: int
    body: str
    path: str
    headers: Mapping[str, str]

    def __post_init__(self) -> None:
        self._read = _Reader()
        self._read.feed(self.body)

    @property
    def text(self) -> str:
        """What a person reads, on one line."""
        return " ".join(" ".join(self._read.words).split())

    @property
    def ids(self) -> list[str]:
        """Every id."""
        return self._read.ids

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return self._read.links

    @property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        """Every tag with its attributes."""
        return self._read.tags

    @property
    def forms(self) -> list[Form]:
        """Every form."""
        return self._read.forms

    def form(self, ending: str, **holding: str) -> Form:
        """The one form whose address ends like this, and that holds these fields."""
        found = [
            each
            for each in self.forms
            if each.action.endswith(ending) and all(each.value(name) == value for name, value in holding.items())
        ]
        assert len(found) == 1, f"{len(found)} forms to {ending} with {holding} among {[f.action for f in self.forms]}"
        return found[0]


class Browser:
    """Somebody with a browser.

    Args:
        engine: whose pages.
        who: ``role:key:partner``; empty for nobody.
    """

    def __init__(self, engine: ReviewEngine, who: str = "") -> None:
        app = FastAPI()
        app.include_router(router(engine, principal=acting))
        app.add_middleware(SecurityHeaders)
        self.client = TestClient(app, raise_server_exceptions=True, headers={"x-who": who} if who else {})

    def get(self, path: str) -> Page:
        """Look at a page."""
        return self._page(self.client.get(path))

    def post(self, path: str, data: Mapping[str, str | list[str]], **headers: str) -> Page:
        """Send a form that no page made; other headers by keyword, with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._page(self.client.post(path, data=dict(data), headers=named))

    def send(self, form: Form, **changes: str | Sequence[str] | None) -> Page:
        """Press the button of a form; the fields of facts are named ``fact__name`` here."""
        filled = form.filled({name.replace("__", "."): value for name, value in changes.items()})
        sent: dict[str, list[str]] = {}
        for name, value in filled.fields:
            sent.setdefault(name, []).append(value)
        return self._page(self.client.post(form.action, data=sent))

    @staticmethod
    def _page(answer: Any) -> Page:
        return Page(answer.status_code, answer.text, answer.url.path, answer.headers)
