"""Two cookies, and what a form must carry.

``review_session`` holds the secret of a session token: whoever signed in here. ``review_form`` holds a random text, and
every form carries its hash: another site can make a browser send the cookie, but cannot read it to make the hash.
Beside that the browser's own word counts: a request that says it comes from another site is refused.
"""

import hmac
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from review_engine.domain.errors import NotAllowed

SESSION, FORM = "review_session", "review_form"
SORT = "session"
"""The sort of token that the session's cookie holds; no client is let in by one, and no browser by a client's."""
SESSION_SECONDS = 12 * 3600
FIELD = "csrf"

_OWN_SITE = ("same-origin", "none")


def form_secret(request: Request) -> str:
    """The random text of this browser; a new one where it has none. Kept on the request, so that it is made once."""
    known: str | None = getattr(request.state, "review_form", None)
    if known is None:
        given = request.cookies.get(FORM, "")
        known = given if _sound(given) else secrets.token_urlsafe(32)
        request.state.review_form = known
    return known


def form_token(request: Request) -> str:
    """What a form of this browser carries."""
    return _token(form_secret(request))


def check_form(request: Request, token: str) -> None:
    """Whether a form was made by one of our own pages, in this browser.

    Raises:
        NotAllowed: it was not.
    """
    given = request.cookies.get(FORM, "")
    own = request.headers.get("sec-fetch-site", "none") in _OWN_SITE and _own_origin(request)
    if not own or not _sound(given) or not hmac.compare_digest(_token(given).encode(), token.encode()):
        raise NotAllowed(
            "this form was not sent from a page of ours, or the page is from long ago",
            cure="Load the page again, and send the form from there.",
        )


def keep_form_secret(request: Request, response: Response) -> None:
    """Leave the random text with the browser, if it has none yet."""
    secret = form_secret(request)
    if request.cookies.get(FORM) != secret:
        response.set_cookie(FORM, secret, path=_path(request), httponly=True, samesite="strict", secure=secure(request))


def sign_in(request: Request, response: Response, secret: str) -> None:
    """Leave a session with the browser."""
    response.set_cookie(
        SESSION,
        secret,
        max_age=SESSION_SECONDS,
        path=_path(request),
        httponly=True,
        samesite="lax",
        secure=secure(request),
    )


def sign_out(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(SESSION, path=_path(request), httponly=True, samesite="lax", secure=secure(request))


def secure(request: Request) -> bool:
    """Whether the browser speaks to us over TLS."""
    return request.url.scheme == "https"


def _token(secret: str) -> str:
    return sha256(f"review-engine form {secret}".encode()).hexdigest()


def _sound(secret: str) -> bool:
    return len(secret) >= 32 and secret.isascii()  # noqa: PLR2004 - the least that token_urlsafe(32) makes


def _path(request: Request) -> str:
    return str(request.scope.get("root_path") or "/")


def _own_origin(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")
