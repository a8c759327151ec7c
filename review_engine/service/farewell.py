"""Ending a letter from the letter itself (RFC 8058): a page with one button, and the POST that mail programs send.

Only POST changes anything, because programs that check links for viruses follow every one of them with GET. The
address carries its own authority, so nobody has to sign in, and no form secret is asked for: a mail program has none.
"""

from html import escape
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from review_engine.domain.errors import NotFound
from review_engine.engine import ReviewEngine

_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{heading}</title>
  <link rel="stylesheet" href="{root}/static/pico.min.css">
  <link rel="stylesheet" href="{root}/static/console.css">
</head>
<body>
  <main class="container">
    <h1>{heading}</h1>
    {body}
  </main>
</body>
</html>
"""
_FORM: Final = """\
<p>You will no longer be sent letters of this sort. What you must know to keep an App going,
    you are told all the same.</p>
    <form method="post"><button type="submit">Stop these letters</button></form>"""
_DONE: Final = "<p>Letters of this sort will not be sent to you any more. You can close this page.</p>"
_UNKNOWN: Final = (
    "<p>This link is not complete, or it is no longer valid. Use the link of a newer letter, "
    "or change what you are told after signing in.</p>"
)


def router(engine: ReviewEngine) -> APIRouter:
    """The routes."""
    farewell = APIRouter(include_in_schema=False)

    @farewell.api_route("/unsubscribe/{token}", methods=["GET", "HEAD"], name="unsubscribe")
    async def asked(request: Request, token: str) -> HTMLResponse:
        return _page(request, "Stop these letters?", _FORM)

    @farewell.post("/unsubscribe/{token}", name="unsubscribing")
    def wanted(request: Request, token: str) -> HTMLResponse:
        try:
            engine.unsubscribe(token)
        except NotFound:
            return _page(request, "This link cannot be used", _UNKNOWN, status=404)
        return _page(request, "Done", _DONE)

    return farewell


def _page(request: Request, heading: str, body: str, *, status: int = 200) -> HTMLResponse:
    root = escape(str(request.scope.get("root_path") or ""))
    return HTMLResponse(_PAGE.format(heading=heading, body=body, root=root), status, _HEADERS)
