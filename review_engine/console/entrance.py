"""The way in: the first page, signing in and out, and the files that pages are dressed with."""

from fastapi import APIRouter
from starlette.responses import FileResponse, RedirectResponse, Response

from review_engine.console import cookies
from review_engine.console.ink import STATIC
from review_engine.console.names import Names
from review_engine.console.visits import Visit, Visitors
from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import NotAdmitted, NotFound
from review_engine.ports.directory import Person

_FIRST_PAGE = {Role.PARTNER: "home", Role.REVIEWER: "queue", Role.MANAGER: "figures"}
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".md": "text/plain", "": "text/plain"}
_A_DAY = "public, max-age=86400"
_FILES = frozenset(file.name for file in STATIC.iterdir() if file.is_file() and not file.name.startswith("."))


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/", name="console_entrance")
    def entrance(visit: Visit = visitors.anybody) -> Response:
        return visit.go(_FIRST_PAGE.get(visit.actor.role, "catalog") if visit.actor else "catalog")

    @router.get("/static/{name}", name="console_static")
    def static(name: str, visit: Visit = visitors.anybody) -> Response:
        if name not in _FILES:
            raise NotFound("file", name)
        file = STATIC / name
        return FileResponse(file, media_type=_TYPES.get(file.suffix), headers={"Cache-Control": _A_DAY})

    @router.get("/sign-in", name="console_sign_in")
    def sign_in(visit: Visit = visitors.anybody) -> Response:
        return _form(visit, next_page=visit.request.query_params.get("next", ""))

    @router.post("/sign-in", name="console_signing_in")
    def signing_in(visit: Visit = visitors.sending_anybody) -> Response:
        return _sign_in(visit)

    @router.post("/sign-out", name="console_sign_out")
    def sign_out(visit: Visit = visitors.sending_anybody) -> Response:
        secret = visit.request.cookies.get(cookies.SESSION, "")
        if visit.actor is not None and secret.count("_") > 1:
            visit.engine.revoke_token(secret.split("_")[1], by=visit.actor)
        response = visit.go("sign_in", told="signed_out")
        cookies.sign_out(visit.request, response)
        return response


def local(path: str) -> str:
    """The path, if it stays on this site; else the first page. An address of another site never gets through."""
    sound = path.startswith("/") and "//" not in path and path.isprintable() and "\\" not in path
    return path if sound else ""


def _form(visit: Visit, *, next_page: str, wrong: str = "", status: int = 200) -> Response:
    if not visit.console.sign_in:
        raise NotFound("page", "sign-in")
    offered = _people(visit) if visit.console.demo else []
    names = Names(visit.engine.directory)

    def owners(person: Person) -> str:
        return ", ".join(names.partner(key) for key in sorted(person.partners))

    return visit.page("sign_in.html", status, offered=offered, owners=owners, next_page=local(next_page), wrong=wrong)


def _people(visit: Visit) -> list[tuple[Person, Role]]:
    """Everybody of the engine's own directory, once for each role held; staff first."""
    directory = visit.engine.directory
    people = directory.people() if hasattr(directory, "people") else []
    staff = [(person, role) for role in (Role.REVIEWER, Role.MANAGER) for person in people if role in person.roles]
    return staff + [(person, Role.PARTNER) for person in people if person.partners]


def _sign_in(visit: Visit) -> Response:
    next_page = visit.field("next")
    try:
        session = _session(visit)
    except NotAdmitted as error:
        return _form(visit, next_page=next_page, wrong=error.what, status=401)
    response = RedirectResponse(local(next_page) or visit.link("entrance"), status_code=303)
    cookies.sign_in(visit.request, response, session)
    return response


def _session(visit: Visit) -> str:
    """A session for whoever the form says: by a token, or as one of the demo's people."""
    from datetime import timedelta

    engine, lasts = visit.engine, timedelta(seconds=cookies.SESSION_SECONDS)
    if visit.console.demo and visit.field("person"):
        role = Role.named(visit.field("role"))
        if role not in _FIRST_PAGE:
            raise NotAdmitted("nobody signs in as that", cure="Choose one of the people offered.")
        person = visit.field("person")
    else:
        return engine.sign_in(visit.field("token"), lasts=lasts).secret
    return engine.issue_token(person, role=role, by=Actor.host(), lasts=lasts, sort=cookies.SORT).secret
