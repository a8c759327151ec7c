"""Pages to come."""

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.visits import Visit, Visitors


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/queue", name="console_queue")
    def queue(visit: Visit = visitors.anybody) -> Response:
        return visit.page("base.html")
