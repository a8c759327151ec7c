"""What a person chooses about letters they may refuse: at once, together, or not at all; and hours to be left alone in.

Only letters that the workflows declare optional are offered; what somebody must know always goes, and the page says so.
"""

from collections.abc import Iterable
from datetime import time
from functools import lru_cache
from zoneinfo import available_timezones

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.ink import sentence
from review_engine.console.visits import Visit, Visitors
from review_engine.domain.actors import Role
from review_engine.domain.errors import InvalidInput, NotFound
from review_engine.domain.lifecycle import NoticePlan
from review_engine.domain.preferences import DIGEST, IMMEDIATE, MODES, OFF, Preference

MODE_WORDS = {IMMEDIATE: "At once", DIGEST: "Together, each morning at eight", OFF: "Not at all"}
"""Mode -> as people read it."""

_AUDIENCES = {
    Role.PARTNER: {"partner"},
    Role.REVIEWER: {"reviewer", "reviewers"},
    Role.MANAGER: {"managers", "reviewer", "reviewers"},
}


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug this page in."""

    @router.get("/choices", name="console_choices")
    def choices(visit: Visit = visitors.signed_in) -> Response:
        _post_wanted(visit)
        return _page(visit, visit.engine.preference(visit.by.key))

    @router.post("/choices", name="console_choosing")
    def choosing(visit: Visit = visitors.sending) -> Response:
        _post_wanted(visit)
        return _choose(visit)


def _post_wanted(visit: Visit) -> None:
    if visit.engine.post is None:
        raise NotFound("page", "choices")


def _page(visit: Visit, chosen: Preference, wrong: str = "") -> Response:
    return visit.page(
        "choices.html",
        422 if wrong else 200,
        here="choices",
        chosen=chosen,
        wrong=wrong,
        modes=[(mode, MODE_WORDS[mode]) for mode in (IMMEDIATE, DIGEST, OFF)],
        letters=[(name, name.replace("_", " ").capitalize()) for name in optional_letters(visit)],
        quiet=chosen.quiet_from != chosen.quiet_until,
        zones=_zones(),
    )


def optional_letters(visit: Visit) -> list[str]:
    """The letters that somebody in the reader's role may refuse."""
    audiences = _AUDIENCES.get(visit.by.role, set())
    library = visit.engine.desk.library
    plans: Iterable[NoticePlan] = (
        plan for kind in library.kinds() for plan in library.current(kind).lifecycle.notices.values()
    )
    return sorted({plan.name for plan in plans if plan.optional and audiences.intersection(plan.to)})


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


def _choose(visit: Visit) -> Response:
    before = visit.engine.preference(visit.by.key)
    try:
        chosen = Preference(
            person=visit.by.key,
            mode=visit.field("mode", before.mode),
            letters={**before.letters, **_by_letter(visit)} if visit.field("mode") else before.letters,
            quiet_from=_hour(visit.field("quiet_from")),
            quiet_until=_hour(visit.field("quiet_until")),
            zone=visit.field("zone") or before.zone,
        )
    except InvalidInput as error:
        return _page(visit, before, f"{sentence(error.what)} {error.cure}")
    visit.engine.prefer(_plain(chosen), by=visit.by)
    return visit.go("choices", told="preferred")


def _by_letter(visit: Visit) -> dict[str, str]:
    chosen = {name: visit.field(f"letter.{name}") for name in optional_letters(visit)}
    return {name: mode or visit.field("mode") for name, mode in chosen.items() if mode in ("", *MODES)}


def _plain(chosen: Preference) -> Preference:
    """The same without letters that are told as all others are."""
    letters = {name: mode for name, mode in chosen.letters.items() if mode != chosen.mode}
    return Preference(chosen.person, chosen.mode, letters, chosen.quiet_from, chosen.quiet_until, chosen.zone)


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None) if text else time(0)
    except ValueError:
        raise InvalidInput("that is no time of day", cure="Give hours and minutes, such as 22:00.") from None
