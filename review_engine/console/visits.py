"""One request for a page: who asks, what their form says, and how a page is answered.

A ``Visit`` is all that a page's function gets. ``Console`` is what stays from request to request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from review_engine.console import cookies
from review_engine.console.ink import render
from review_engine.console.paths import Paths
from review_engine.console.told import TOLD
from review_engine.domain.actors import STAFF, Actor, Role
from review_engine.domain.errors import InvalidInput, NotAdmitted, NotAllowed
from review_engine.engine import ReviewEngine
from review_engine.web.principal import actor_of

FIELDS_MAX, FIELD_BYTES_MAX = 200, 64 * 1024
_FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Console:
    """What stays from request to request.

    Args:
        engine: whose pages these are.
        sign_in: whether one signs in here; False where the host brings its people.
        demo: whether demo people are offered to sign in as.
    """

    engine: ReviewEngine
    sign_in: bool = True
    demo: bool = False
    paths: Paths = field(default_factory=Paths, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.

    Args:
        console: what stays.
        request: as the framework has it.
        actor: who asks; None for nobody.
        form: what was sent, checked to come from a page of ours; empty for a page that is only looked at.
    """

    console: Console
    request: Request
    actor: Actor | None = None
    form: FormData = field(default_factory=FormData)

    @property
    def engine(self) -> ReviewEngine:
        """The engine."""
        return self.console.engine

    @property
    def by(self) -> Actor:
        """Who asks.

        Raises:
            NotAdmitted: nobody is signed in.
        """
        if self.actor is None:
            raise NotAdmitted("nobody is signed in", cure="Sign in first.")
        return self.actor

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def field(self, name: str, default: str = "") -> str:
        """One text of the form, without surrounding white space; its lines end in one character, not in two."""
        value = self.form.get(name, default)
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else default

    def fields(self, name: str) -> list[str]:
        """Every text of that name, as check boxes send them."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def link(self, page: str, /, **params: object) -> str:
        """The path of a page of ours, wherever the pages are mounted.

        Args:
            page: name of its route, without the prefix ``console_``.
            params: what its path needs; what begins with ``q_`` becomes part of the query.
        """
        path = {key: str(value) for key, value in params.items() if not key.startswith("q_")}
        query = {key.removeprefix("q_"): value for key, value in params.items() if key.startswith("q_") and value}
        url = self.console.paths.path(self.request, f"console_{page}", path)
        return f"{url}?{urlencode(query, doseq=True)}" if query else url

    def page(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """A page, with everything that all of them show."""
        response = HTMLResponse(render(template, {**self._shown(), **context}), status_code=status)
        response.headers["Cache-Control"] = "no-store"
        cookies.keep_form_secret(self.request, response)
        return response

    def go(self, page: str, /, *, told: str = "", at: str = "", **params: object) -> Response:
        """On to another page, after a form was accepted.

        Args:
            page: as for ``link``.
            told: names the sentence it shows (see ``told.TOLD``).
            at: anchor of the place on that page.
            params: as for ``link``.
        """
        place = f"#{at}" if at else ""
        return RedirectResponse(self.link(page, q_told=told, **params) + place, status_code=303)

    def _shown(self) -> Mapping[str, Any]:
        actor = self.actor
        person = self.engine.directory.person(actor.key) if actor else None
        return {
            "visit": self,
            "link": self.link,
            "actor": actor,
            "who": person.name if person else (actor.key if actor else ""),
            "role": actor.role.value if actor else "",
            "csrf": cookies.form_token(self.request),
            "csrf_field": cookies.FIELD,
            "now": self.engine.clock(),
            "told": TOLD.get(self.request.query_params.get("told", ""), ""),
            "signs_in": self.console.sign_in,
            "staff": actor is not None and actor.role in (Role.REVIEWER, Role.MANAGER),
            "manager": actor is not None and actor.role is Role.MANAGER,
        }


def staff_only(visit: Visit) -> None:
    """Let nobody in who is not of the staff; asked before anything is looked up.

    Raises:
        NotAllowed: a partner asks.
    """
    if visit.by.role not in STAFF:
        raise NotAllowed("this page is for reviewers and managers", cure="Sign in as one of them.")


def managers_only(visit: Visit) -> None:
    """Let nobody in who is not a manager.

    Raises:
        NotAllowed: somebody else asks.
    """
    if visit.by.role is not Role.MANAGER:
        raise NotAllowed("this page is for managers", cure="Sign in as one.")


class Visitors:
    """The dependencies that make visits.

    ``anybody`` lets everybody in, ``signed_in`` those who are; ``sending`` and ``sending_anybody`` are for forms.

    Args:
        console: what stays.
        principal: who asks, as a FastAPI dependency; None for the session of our own sign-in.
    """

    def __init__(self, console: Console, principal: Callable[..., object] | None) -> None:
        from fastapi import Depends

        who = principal or self._session
        self.console = console

        def anybody(request: Request, answer: object = Depends(who)) -> Visit:
            request.state.review_actor = actor_of(answer) if answer is not None else None
            return Visit(console, request, request.state.review_actor)

        def signed_in(visit: Visit = Depends(anybody)) -> Visit:
            _ = visit.by
            return visit

        async def sending_anybody(request: Request, visit: Visit = Depends(anybody)) -> Visit:
            form = await _form(request)
            token = form.get(cookies.FIELD, "")
            cookies.check_form(request, token if isinstance(token, str) else "")
            return Visit(console, request, visit.actor, form)

        def sending(visit: Visit = Depends(sending_anybody)) -> Visit:
            _ = visit.by
            return visit

        self.anybody = Depends(anybody)
        self.signed_in = Depends(signed_in)
        self.sending = Depends(sending)
        self.sending_anybody = Depends(sending_anybody)

    def _session(self, request: Request) -> Actor | None:
        secret = request.cookies.get(cookies.SESSION)
        if not secret:
            return None
        try:
            return self.console.engine.admit(secret, sort=cookies.SORT)
        except NotAdmitted:
            return None  # a session that is over is like none; the page says that one has to sign in


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM_TYPE:
        raise InvalidInput("a form is sent as a form", cure=f"Send it as {_FORM_TYPE}.")
    form = await request.form(max_fields=FIELDS_MAX, max_part_size=FIELD_BYTES_MAX)
    for name, value in form.multi_items():
        if not isinstance(value, str) or len(value) > FIELD_BYTES_MAX or "\0" in value + name:
            raise InvalidInput("a field of the form cannot be read", cure="Shorten it, and leave out odd characters.")
    return form
