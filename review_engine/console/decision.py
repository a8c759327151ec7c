"""The decision page: everything a decision is made from on one page, and the decision itself at its foot.

What is decided is what was seen: the page carries the etag it was drawn from. When the partner, or a colleague, was
quicker, nothing is written and the answer says what has changed since.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console import casefile, deciding
from review_engine.console.ink import sentence
from review_engine.console.names import Names
from review_engine.console.places import key_of, zone_of
from review_engine.console.visits import Visit, Visitors, staff_only
from review_engine.domain.errors import InvalidInput, MoveConflict, NotAllowed
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import NOT_APPLICABLE, PASSED
from review_engine.domain.verdicts import Checklist, Refused
from review_engine.web.problems import status_of

_NOTHING: Mapping[str, str] = {}
_RESULTS = {name: deciding.TITLES[name] for name in (PASSED, "failed", NOT_APPLICABLE)}


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/review/{kind}/{slug}", name="console_decision")
    def decision(kind: str, slug: str, visit: Visit = visitors.signed_in) -> Response:
        return draw(visit, asked_key(visit, kind, slug))

    @router.post("/review/{kind}/{slug}", name="console_deciding")
    def decide(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _decide(visit, asked_key(visit, kind, slug))

    @router.get("/review/{kind}/{slug}/{deed}", name="console_decided")
    def decided(kind: str, slug: str, deed: str, visit: Visit = visitors.signed_in) -> Response:
        _ = deed  # an address that forms are sent to; whoever comes back to it wants the page
        return visit.go("decision", kind=kind, slug=slug)

    @router.post("/review/{kind}/{slug}/claims", name="console_claiming")
    def claim(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _claim(visit, asked_key(visit, kind, slug))

    @router.post("/review/{kind}/{slug}/looks", name="console_disclosing")
    def disclose(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _disclose(visit, asked_key(visit, kind, slug))

    @router.post("/review/{kind}/{slug}/waivers", name="console_waiving")
    def waive(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _waive(visit, asked_key(visit, kind, slug))

    @router.post("/review/{kind}/{slug}/remarks", name="console_noting")
    def remark(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _remark(visit, asked_key(visit, kind, slug))


def asked_key(visit: Visit, kind: str, slug: str) -> SubjectKey:
    """The subject that an address names; for staff.

    Raises:
        NotAllowed: a partner asks, whatever the address names.
        NotFound: it cannot name anything.
    """
    staff_only(visit)
    return key_of(visit, kind, slug)


def draw(
    visit: Visit,
    key: SubjectKey,
    status: int = 200,
    *,
    wrong: str = "",
    faults: Mapping[str, str] = _NOTHING,
    refused: Checklist | None = None,
    secrets: Mapping[str, str] = _NOTHING,
) -> Response:
    """The page; with what was typed, where a form comes back."""

    def typed(name: str, otherwise: str = "") -> str:
        return visit.field(name) if name in visit.form else otherwise

    case = casefile.gather(visit.engine, key, visit.by)
    return visit.page(
        "decision.html",
        status,
        case=case,
        key=key,
        names=Names(visit.engine.directory),
        typed=typed,
        wrong=wrong,
        faults=faults,
        refused=refused,
        secrets=secrets,
        results=_RESULTS,
        result_titles=deciding.TITLES,
    )


def _decide(visit: Visit, key: SubjectKey) -> Response:
    case = casefile.gather(visit.engine, key, visit.by)
    if visit.field("expect") != case.subject.etag:
        return _stale(visit, key, case)
    try:
        handed = deciding.read(visit, case)
        if handed.faults:
            wrong = "Nothing is saved yet: something is missing. It is marked below."
            return draw(visit, key, 422, wrong=wrong, faults=handed.faults)
        told = deciding.write(visit, key, case, handed)
    except MoveConflict:
        return _stale(visit, key, case)
    except Refused as refusal:
        return draw(visit, key, 409, refused=refusal.checklist)
    except (InvalidInput, NotAllowed) as error:
        return draw(visit, key, status_of(error), wrong=_sentence(error))
    return visit.go("decision", kind=key.kind, slug=key.slug, told=told)


def _stale(visit: Visit, key: SubjectKey, case: casefile.CaseFile) -> Response:
    """What changed since the page was drawn, and what was typed on it, so that nothing of it is lost."""
    drawn = deciding.drawn_at(visit, case)
    typed = {
        name.partition("-")[2] or name: value
        for name, value in visit.form.multi_items()
        if isinstance(value, str) and value.strip() and name.startswith(("comment-", "words-", "point"))
    }
    return visit.page(
        "stale.html",
        409,
        case=case,
        key=key,
        drawn=drawn,
        changes=visit.engine.changes_since(key, drawn, by=visit.by),
        typed=typed,
        names=Names(visit.engine.directory),
    )


def _claim(visit: Visit, key: SubjectKey) -> Response:
    """Take the review, take it over, or give it back: whatever only says who has it."""
    case = casefile.gather(visit.engine, key, visit.by)
    transition = visit.field("transition")
    if transition not in {rule.name for rule in case.heads}:
        if visit.field("expect") != case.subject.etag:
            return _stale(visit, key, case)
        raise NotAllowed("this is not yours to take or to give back", cure="Look at the page again.")
    try:
        visit.engine.move(key, transition, by=visit.by, expect=visit.field("expect"))
    except MoveConflict:
        return _stale(visit, key, case)
    claims = case.lifecycle.transition(transition).claims
    return visit.go("decision", kind=key.kind, slug=key.slug, told="claimed" if claims else "given_back")


def _disclose(visit: Visit, key: SubjectKey) -> Response:
    """Show a secret, once, on the page that answers; it is on no page that is only looked at."""
    fact = visit.field("fact")
    try:
        secrets = {fact: visit.engine.disclose(key, fact, by=visit.by)}
    except (InvalidInput, NotAllowed) as error:
        return draw(visit, key, status_of(error), wrong=_sentence(error))
    return draw(visit, key, secrets=secrets)


def _waive(visit: Visit, key: SubjectKey) -> Response:
    guard, reason = visit.field("guard"), visit.field("reason")
    try:
        visit.engine.waive(key, guard, reason=reason, by=visit.by, until=_until(visit, key))
    except (InvalidInput, NotAllowed) as error:
        return draw(visit, key, status_of(error), faults={"reason": _sentence(error)})
    return visit.go("decision", kind=key.kind, slug=key.slug, told="waived")


def _until(visit: Visit, key: SubjectKey) -> datetime | None:
    """The end of the day that was named, where the promises are counted; None for no end."""
    text = visit.field("until")
    if not text:
        return None
    zone = ZoneInfo(zone_of(visit.engine, visit.engine.lifecycle(key.kind)))
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time.min, zone) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidInput("this is not a date", cure="Write it as YYYY-MM-DD.") from None


def _remark(visit: Visit, key: SubjectKey) -> Response:
    text, internal = visit.field("text"), bool(visit.field("internal"))
    if not text:
        return draw(visit, key, 422, faults={"text": "Write something first."})
    try:
        visit.engine.remark(key, text, by=visit.by, internal=internal)
    except (InvalidInput, NotAllowed) as error:
        return draw(visit, key, status_of(error), faults={"text": _sentence(error)})
    return visit.go("decision", kind=key.kind, slug=key.slug, told="noted" if internal else "remarked")


def _sentence(error: InvalidInput | NotAllowed) -> str:
    told = sentence(error.what)
    return f"{told} {error.cure}" if error.cure else told
