"""What an operator's machinery asks: does the process answer (/healthz), and is all well (/readyz).

``/readyz`` names every check with a plain sentence, so that whoever is woken knows where to look. A load balancer that
should only know whether requests can be answered asks ``/readyz?only=database&only=schema``.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from review_engine.domain.errors import ReviewEngineError, SchemaBehind
from review_engine.engine import ReviewEngine
from review_engine.ports.outbox import DEAD
from review_engine.web.problems import MEDIA_TYPE, problem
from review_engine.worker import standing

_FRESH = {"Cache-Control": "no-store"}
_LOOKING = ["GET", "HEAD"]


class Finding(NamedTuple):
    """What one check found: whether all is well, and a sentence."""

    ok: bool
    says: str


def database(engine: ReviewEngine) -> Finding:
    """Whether the database answers."""
    engine.desk.store.heartbeats()
    return Finding(True, "The database answers.")


def schema(engine: ReviewEngine) -> Finding:
    """Whether the tables are those this engine writes."""
    try:
        engine.desk.store.check_schema()
    except SchemaBehind as error:
        return Finding(False, str(error))
    return Finding(True, "The tables are those this engine writes.")


def worker(engine: ReviewEngine) -> Finding:
    """Whether somebody turns the clocks. One that died does no harm while another is alive: they share the work."""
    found = standing(engine)
    dead = sum(not one.alive and not one.stopped for one in found)
    alive = sum(one.alive for one in found)
    if not alive:
        return Finding(False, "No worker is alive: clocks do not run and nothing is delivered.")
    if dead:
        return Finding(True, f"{alive} alive; {dead} ended without saying so.")
    return Finding(True, f"{alive} alive.")


def letters(engine: ReviewEngine) -> Finding:
    """Whether letters are left that cannot be delivered."""
    if engine.post is None:
        return Finding(True, "Nothing is to be told.")
    dead = sum(count for (_, status), count in engine.post.outbox.census().items() if status == DEAD)
    if dead:
        return Finding(False, f"{dead} could not be delivered; see review-engine outbox list --status dead.")
    return Finding(True, "Nothing is left undelivered.")


def channels(engine: ReviewEngine) -> Finding:
    """Whether a channel is not used for a while because it failed."""
    if engine.post is None:
        return Finding(True, "There are none.")
    now = engine.clock()
    pauses = [pause for pause in engine.post.outbox.pauses().values() if pause.until is None or pause.until > now]
    if pauses:
        return Finding(False, f"Paused: {', '.join(sorted(pause.channel for pause in pauses))}.")
    return Finding(True, "None is paused.")


CHECKS: dict[str, Callable[[ReviewEngine], Finding]] = {
    "database": database,
    "schema": schema,
    "worker": worker,
    "letters": letters,
    "channels": channels,
}
"""Every check, by name."""


def router(engine: ReviewEngine) -> APIRouter:
    """The routes of both probes."""
    probes = APIRouter(include_in_schema=False)

    @probes.api_route("/healthz", methods=_LOOKING)
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers=_FRESH)

    @probes.api_route("/readyz", methods=_LOOKING)
    def readyz(only: Annotated[list[str] | None, Query(max_length=20)] = None) -> JSONResponse:
        unknown = [name for name in only or () if name not in CHECKS]
        if unknown:
            detail = f"Checks are: {', '.join(CHECKS)}."
            return JSONResponse(problem(422, code="unknown_name", detail=detail), 422, _FRESH, MEDIA_TYPE)
        found = {name: _found(CHECKS[name], engine) for name in CHECKS if not only or name in only}
        ready = all(finding.ok for finding in found.values())
        told = {"ready": ready, "checks": {name: finding._asdict() for name, finding in found.items()}}
        return JSONResponse(told, 200 if ready else 503, _FRESH)

    return probes


def _found(check: Callable[[ReviewEngine], Finding], engine: ReviewEngine) -> Finding:
    """What a check found; one that cannot be made is not well. Why is for the log, not for whoever asks."""
    import logging

    try:
        return check(engine)
    except Exception as error:
        logging.getLogger("review_engine.service").warning("a check of readiness failed: %s", error)
        what = "the database could not do its part" if isinstance(error, ReviewEngineError) else "it could not be made"
        return Finding(False, f"Not known: {what}; the log of the service says why.")
