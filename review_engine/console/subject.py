"""The page of one subject: where it stands, what is missing, its form, its history, and what may be done now.

Every form of it carries the page it was drawn from, so that nobody acts on what somebody else has changed meanwhile;
what could not be done is drawn on the same page, with what was typed.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.forms import Form, Typed, texts_of
from review_engine.console.ink import sentence
from review_engine.console.places import Spot, key_of, spot
from review_engine.console.sight import NO_TROUBLE, Trouble, sight
from review_engine.console.steps import step
from review_engine.console.visits import Visit, Visitors
from review_engine.domain.actors import STAFF
from review_engine.domain.errors import InvalidInput, MoveConflict, NotAllowed, NotFound, SecretKeyMissing
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import Changes
from review_engine.domain.verdicts import Refused
from review_engine.web.problems import status_of

_FORMS = ("moves", "facts", "remarks", "waivers", "disclosures")
_NO_SECRETS = (
    "This service is not set up to keep secrets yet. Nothing is wrong with what you typed: please tell whoever runs it."
)
_FASTER = "Somebody was faster: this has changed since your page was drawn."

_log = logging.getLogger("review_engine.console")


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/{kind}/{slug}", name="console_subject")
    def subject(kind: str, slug: str, visit: Visit = visitors.signed_in) -> Response:
        return draw(visit, key_of(visit, kind, slug))

    @router.post("/{kind}/{slug}/moves", name="console_moving")
    def moving(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _tried(visit, key_of(visit, kind, slug), visit.field("transition"), _move)

    @router.post("/{kind}/{slug}/facts", name="console_editing")
    def editing(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _edit(visit, key_of(visit, kind, slug))

    @router.post("/{kind}/{slug}/remarks", name="console_remarking")
    def remarking(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _tried(visit, key_of(visit, kind, slug), "remark", _remark)

    @router.post("/{kind}/{slug}/waivers", name="console_excepting")
    def waiving(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _tried(visit, key_of(visit, kind, slug), visit.field("guard"), _waive)

    @router.post("/{kind}/{slug}/disclosures", name="console_showing_secret")
    def disclosing(kind: str, slug: str, visit: Visit = visitors.sending) -> Response:
        return _disclose(visit, key_of(visit, kind, slug))

    @router.get("/{kind}/{slug}/{form}", name="console_again")
    def again(kind: str, slug: str, form: str, visit: Visit = visitors.anybody) -> Response:
        """Somebody loads the address of a form anew: back to the page it stands on."""
        if form not in _FORMS:
            raise NotFound("page", form)
        return visit.go("subject", kind=kind, slug=slug)


def draw(
    visit: Visit, key: SubjectKey, trouble: Trouble = NO_TROUBLE, disclosed: Mapping[str, str] | None = None
) -> Response:
    """The page, as it is or with what could not be done; with secrets that were asked for, by fact."""
    seen = replace(sight(visit, key, trouble), disclosed=disclosed or {})
    return visit.page("subject.html", seen.trouble.status, **seen.context())


def _tried(visit: Visit, key: SubjectKey, place: str, do: Callable[[Visit, SubjectKey], Response]) -> Response:
    """Do it; what stands in the way is drawn on the page, beside the form it came from."""
    text = visit.field("comment")
    try:
        return do(visit, key)
    except Refused as error:
        return draw(visit, key, _refusal(visit, key, error, place, text))
    except MoveConflict:
        return draw(
            visit,
            key,
            Trouble(409, f"{_FASTER} Nothing of yours was done yet.", place, text, changes=changed(visit, key)),
        )
    except (InvalidInput, NotAllowed) as error:
        _seen(visit, key, error)
        return draw(visit, key, Trouble(status_of(error), _says(error), place, text))


def _seen(visit: Visit, key: SubjectKey, error: InvalidInput | NotAllowed) -> None:
    """Nothing more is said of a subject to somebody who may not see it.

    Raises:
        NotFound: no such subject, or another partner's.
    """
    try:
        visit.engine.subject(key, by=visit.by)
    except NotFound as absent:
        raise absent from error


def _says(error: InvalidInput | NotAllowed | SecretKeyMissing) -> str:
    if isinstance(error, SecretKeyMissing):  # whose cure is for whoever runs the service, and stands in its log
        _log.error("a secret could not be kept or shown: %s", error)
        return _NO_SECRETS
    return f"{sentence(error.what)} {error.cure}".strip()


def _refusal(visit: Visit, key: SubjectKey, error: Refused, place: str, text: str) -> Trouble:
    subject = visit.engine.subject(key, by=visit.by)
    missing = step(visit.engine.desk.book(subject).lifecycle, subject, error.checklist, visit.by.role)
    what = f"'{error.checklist.title}' cannot be done yet."
    if error.checklist.note:
        what = sentence(error.checklist.note)
    return Trouble(409, what, place, text, refused=missing if missing.unmet else None)


def changed(visit: Visit, key: SubjectKey) -> Changes:
    """What happened since the page was drawn that the form came from."""
    return visit.engine.changes_since(key, drawn_at(visit), by=visit.by)


def drawn_at(visit: Visit) -> datetime:
    """When that page was drawn; now, where the form does not say (aware UTC)."""
    try:
        moment = datetime.fromisoformat(visit.field("drawn"))
    except ValueError:
        return visit.engine.clock()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _move(visit: Visit, key: SubjectKey) -> Response:
    name = visit.field("transition")
    visit.engine.move(
        key,
        name,
        by=visit.by,
        comment=visit.field("comment"),
        expect=visit.field("etag") or None,
        idempotency_key=visit.field("once") or None,
    )
    found = visit.engine.subject(key, by=visit.by)
    rule = visit.engine.desk.book(found).lifecycle.transitions.get(name)
    page = "decision" if rule is not None and rule.claims and visit.by.role in STAFF else "subject"
    return visit.go(page, kind=key.kind, slug=key.slug, told="moved")


def _remark(visit: Visit, key: SubjectKey) -> Response:
    internal = bool(visit.field("internal")) and visit.by.role in STAFF
    once = visit.field("once") or None
    visit.engine.remark(key, visit.field("comment"), by=visit.by, internal=internal, idempotency_key=once)
    return visit.go("subject", kind=key.kind, slug=key.slug, told="remarked", at="conversation")


def _waive(visit: Visit, key: SubjectKey) -> Response:
    guard = visit.field("guard")
    until = _end_of_day(visit, key, visit.field("until"))
    visit.engine.waive(key, guard, reason=visit.field("comment"), by=visit.by, until=until)
    return visit.go("subject", kind=key.kind, slug=key.slug, told="waived", at=f"need-{guard}")


def _end_of_day(visit: Visit, key: SubjectKey, text: str) -> datetime | None:
    """The end of a day that was typed, in the zone of the subject's calendar; None for no end (aware UTC)."""
    if not text:
        return None
    zone = spot(visit, visit.engine.subject(key, by=visit.by)).zone
    try:
        day = datetime.fromisoformat(text).date()
        return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("the last day of the exception is no date", cure="Give it as YYYY-MM-DD.") from None


def _edit(visit: Visit, key: SubjectKey) -> Response:
    """Keep what was typed into one section, all of it or nothing."""
    found = spot(visit, visit.engine.subject(key, by=visit.by))
    form = Form(found.lifecycle, found.subject, visit.by, found.zone)
    name = visit.field("section")
    section = next((each for each in form.sections() if each.name == name), None)
    if section is None:
        raise NotFound("section", name)
    values, typed = form.read(visit.form, [entry.fact for entry in section.entries])
    if visit.field("etag") not in ("", found.subject.etag):
        return _stale(visit, key, found, typed)
    if typed.wrong:
        return draw(visit, key, Trouble(422, "This was not saved. Look at what is marked below.", typed=typed))
    try:
        visit.engine.edit(key, values, by=visit.by, expect=visit.field("etag") or None)
    except MoveConflict:
        return _stale(visit, key, found, typed)
    except (InvalidInput, NotAllowed, SecretKeyMissing) as error:
        return draw(visit, key, Trouble(status_of(error), f"This was not saved. {_says(error)}", typed=typed))
    return visit.go("subject", kind=key.kind, slug=key.slug, told="saved", at=section.anchor)


def _stale(visit: Visit, key: SubjectKey, found: Spot, typed: Typed) -> Response:
    """Keep what was typed, but for fields left as they were: there the newer value of somebody else stands."""
    since = changed(visit, key)
    declared = found.lifecycle.facts
    untouched = {
        each.fact
        for each in since.facts
        if each.fact in declared
        and tuple(typed.texts.get(each.fact, ())) == texts_of(declared[each.fact], each.before, found.zone)
    }
    texts = {name: text for name, text in typed.texts.items() if name not in untouched}
    what = f"{_FASTER} What you typed is kept below; look at it, and save again."
    return draw(visit, key, Trouble(409, what, typed=Typed(texts, {}), changes=since))


def _disclose(visit: Visit, key: SubjectKey) -> Response:
    """Show a secret once, on a page that no cache keeps; the look is recorded."""
    fact = visit.field("fact")
    try:
        text = visit.engine.disclose(key, fact, by=visit.by)
    except (InvalidInput, NotAllowed, SecretKeyMissing) as error:
        visit.engine.subject(key, by=visit.by)
        return draw(visit, key, Trouble(status_of(error), _says(error)))
    return draw(visit, key, disclosed={fact: text})
