"""Registering something new: which kinds the reader may begin, the form for it, and what comes back when it is wrong.

A kind may be begun by whoever it waits for at first: a partner begins an App, a manager prepares a membership.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.forms import NOTHING_TYPED, Entry, Form, Typed
from review_engine.console.names import Names
from review_engine.console.places import name_fact, zone_of
from review_engine.console.visits import Visit, Visitors
from review_engine.domain.actors import STAFF, Role
from review_engine.domain.errors import InvalidFact, InvalidInput, InvalidKey, NotFound, SlugTaken
from review_engine.domain.facts import Fact
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Query

SLUG_MAX = 60
"""Characters of a slug that is made from a name."""

_WHOLES_MAX = 500
_ODD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind that may be begun.

    Args:
        kind: its name.
        title: as people read it.
        parent: kind of the subject it becomes a part of; empty for none.
        lifecycle: its workflow.
    """

    kind: str
    title: str
    parent: str
    lifecycle: Lifecycle

    @property
    def article(self) -> str:
        """``a`` or ``an``."""
        return "an" if self.title[:1].lower() in "aeiou" else "a"


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/apps/new", name="console_new")
    def new(visit: Visit = visitors.signed_in) -> Response:
        asked = visit.request.query_params
        return _page(visit, _offer(visit, asked.get("kind", "")), {"parent": asked.get("parent", "")})

    @router.post("/apps", name="console_registering")
    def registering(visit: Visit = visitors.sending) -> Response:
        return _register(visit)


def offers(visit: Visit) -> list[Offer]:
    """The kinds that the reader may begin and that their files offer, the default kind first."""
    role, found = visit.by.role, []
    default = visit.engine.default_kind
    for kind in sorted(visit.engine.desk.library.kinds(), key=lambda kind: (kind != default, kind)):
        lifecycle = visit.engine.lifecycle(kind)
        first = lifecycle.state(lifecycle.starts).waits_for
        if lifecycle.offered and (first is role or (role is Role.PARTNER and first is None)):
            found.append(Offer(kind, lifecycle.title, lifecycle.parent, lifecycle))
    return found


def _offer(visit: Visit, kind: str) -> Offer:
    for offer in offers(visit):
        if offer.kind == (kind or visit.engine.default_kind):
            return offer
    raise NotFound("form", kind)


def _page(
    visit: Visit,
    offer: Offer,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    facts: Typed = NOTHING_TYPED,
    status: int = 200,
) -> Response:
    form = Form(offer.lifecycle, None, visit.by, zone_of(visit.engine, offer.lifecycle), facts)
    names = Names(visit.engine.directory, visit.by)
    return visit.page(
        "new.html",
        status,
        here="home",
        offer=offer,
        typed=typed,
        wrong={**(wrong or {}), **({"": "Look at what is marked below."} if facts.wrong else {})},
        entries=_entries(form),
        owners=[(key, names.partner(key)) for key in _owners(visit)],
        wholes=_wholes(visit, offer),
    )


def _entries(form: Form) -> list[Entry]:
    return [form.entry(fact) for fact in _first_facts(form.lifecycle) if form.editable(fact)]


def _first_facts(lifecycle: Lifecycle) -> list[Fact]:
    """What is asked at once: the name, and the choices by which the workflow tells its ways apart."""
    guards = lifecycle.guards.values()
    telling = {str(guard.params.get("fact")) for guard in guards if guard.check == "fact_in"}
    named = name_fact(lifecycle)
    return [fact for fact in lifecycle.facts.values() if fact.name == named or fact.name in telling]


def _owners(visit: Visit) -> list[str]:
    """Whose it may be: the reader's own organisations; for staff, all that the directory can list."""
    if visit.by.role in STAFF:
        directory = visit.engine.directory
        return [partner.key for partner in directory.partners()] if hasattr(directory, "partners") else []
    return sorted(visit.by.partners)


def _wholes(visit: Visit, offer: Offer) -> list[Subject]:
    """What it may become a part of."""
    if not offer.parent:
        return []
    found = visit.engine.list(Query(kind=offer.parent, limit=_WHOLES_MAX), by=visit.by)
    return [subject for subject in found if not visit.engine.desk.book(subject).lifecycle.state(subject.state).final]


def _register(visit: Visit) -> Response:
    offer = _offer(visit, visit.field("kind"))
    form = Form(offer.lifecycle, None, visit.by, zone_of(visit.engine, offer.lifecycle))
    facts, typed_facts = form.read(visit.form, [entry.fact for entry in _entries(form)])
    typed = {name: visit.field(name) for name in ("slug", "partner", "parent")}
    slug = typed["slug"].lower() or slug_of(str(facts.get(name_fact(offer.lifecycle)) or ""))
    wrong = {} if slug else {"slug": "Give a name, or a short name for the address."}
    if wrong or typed_facts.wrong:
        return _page(visit, offer, typed, wrong, typed_facts, 422)
    try:
        key = SubjectKey.parse(f"{offer.kind}/{slug}")
        parent, partner = _parent(visit, offer, typed["parent"]), typed["partner"]
        partner = parent.partner if parent else partner or next(iter(_owners(visit)), "")
        above = parent.subject_key if parent else None
        visit.engine.register(key, partner=partner, by=visit.by, facts=facts, parent=above)
    except (InvalidInput, SlugTaken) as error:
        return _page(visit, offer, typed, _misfit(error), typed_facts, 409 if isinstance(error, SlugTaken) else 422)
    return visit.go("subject", kind=key.kind, slug=key.slug, told="registered")


def _parent(visit: Visit, offer: Offer, text: str) -> Subject | None:
    if not offer.parent:
        return None
    try:
        key = SubjectKey.parse(text, offer.parent)
    except InvalidKey:
        raise InvalidInput("it belongs to nothing yet", cure="Choose what it is a part of.") from None
    return visit.engine.subject(key, by=visit.by)


def _misfit(error: InvalidInput | SlugTaken) -> dict[str, str]:
    if isinstance(error, SlugTaken):
        return {"slug": "This short name is in use. Choose another one."}
    if isinstance(error, InvalidKey):
        return {"slug": "Use small letters, digits, dot, dash and underscore; at most 100 characters."}
    place = "" if isinstance(error, InvalidFact) else "parent" if "part of" in error.cure else ""
    return {place: f"{error.what}. {error.cure}"}


def slug_of(name: str) -> str:
    """A slug made from a name: ``Acme Sync!`` becomes ``acme-sync``; empty where no letter is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _ODD.sub("-", plain).strip("-")[:SLUG_MAX].strip("-")
