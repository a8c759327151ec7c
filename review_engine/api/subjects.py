"""Subjects as resources: lists, one of them, its facts, what stands in its way, by when it is answered, its past."""

from typing import Annotated

from fastapi import Body, Query, Request
from starlette.responses import Response

from review_engine.api.documents import (
    Checklists,
    Customers,
    FactsTold,
    HistoryTold,
    Notices,
    Promises,
    ReceiptTold,
    SubjectLines,
    SubjectPage,
)
from review_engine.api.door import LOOK, WRITE, Door, ok
from review_engine.api.examples import CHECKLIST, FACTS, LINE, PAGE, RECEIPT
from review_engine.api.forms import FactsInput, NewSubject
from review_engine.api.requests import (
    KEY_MAX,
    After,
    IdempotencyKey,
    IfMatch,
    Limit,
    Slug,
    expected,
    kept,
    onward,
    tagged,
)
from review_engine.api.told import facts_of, line_of, notice_of, page_of, told
from review_engine.domain.actors import Actor, check_key
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Query as Wanted

TAG = "Subjects"

StateWanted = Annotated[list[str], Query(max_length=50, description="Standing in any of these states.")]
OwnerWanted = Annotated[str | None, Query(max_length=KEY_MAX, description="Owned by this organisation.")]
ParentWanted = Annotated[
    str | None, Query(max_length=KEY_MAX, description="Components of this subject, such as `app/acme-sync`.")
]
TransitionWanted = Annotated[
    str | None, Query(max_length=60, description="One transition; all that start where it stands, if left out.")
]
IfTaken = Annotated[str | None, Query(alias="if", max_length=60, description="Suppose this transition is taken now.")]
Facts = Annotated[FactsInput, Body(openapi_examples={"facts": {"value": FACTS["facts"]}})]


def subjects(door: Door) -> None:
    """Put up lists and registration."""
    engine = door.engine

    @door.route("GET", "/{collection}", SubjectLines, tag=TAG, problems=LOOK, headers=["Link"],
                example={"items": [LINE], "next": "acme-sync"})  # fmt: skip
    def list_subjects(
        request: Request,
        state: StateWanted = [],  # noqa: B006 - FastAPI reads it, nobody writes it
        partner: OwnerWanted = None,
        parent: ParentWanted = None,
        after: After = "",
        limit: Limit = 50,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """List subjects.

        Those that you may see, in the order of their names. A partner sees those of their own organisations.
        """
        wanted = _wanted(door, collection, state, partner, parent, after, limit)
        found = engine.list(wanted, by=by)
        following = found[limit - 1].slug if len(found) > limit else ""
        page = {"items": [line_of(subject) for subject in found[:limit]], "next": following or None}
        return ok(page, headers=onward(request, following))

    @door.route("POST", "/{collection}", ReceiptTold, tag=TAG, problems=WRITE, status=201,
                headers=["Location", "ETag"], example=RECEIPT)  # fmt: skip
    def register_subject(
        request: Request,
        new: NewSubject,
        idempotency_key: IdempotencyKey = None,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """Register a subject.

        Its name within the collection must be free. Facts may be handed in at once, all of them or none. A component
        names its parent.
        """
        given = engine.register(
            door.key(collection, new.slug),
            partner=new.partner,
            parent=_above(door, collection, new.parent),
            facts=new.facts,
            idempotency_key=idempotency_key,
            by=by,
        )
        place = f"{request.url.path.rstrip('/')}/{new.slug}"
        return ok(given.as_dict(), 201, {"location": place, **tagged(given.etag)})


def pages(door: Door) -> None:
    """Put up a subject's page and its facts."""
    engine = door.engine

    @door.route("GET", "/{collection}/{slug}", SubjectPage, tag=TAG, problems=LOOK, headers=["ETag"], example=PAGE)
    def read_subject(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read a subject.

        Where it stands, whose turn it is, and what is known of it. Somebody else's reads exactly like one that is not
        there. A secret shows as its version only.
        """
        subject = engine.subject(door.key(collection, slug), by=by)
        return ok(page_of(subject, engine.lifecycle(subject.kind)), headers=tagged(subject.etag))

    @door.route("GET", "/{collection}/{slug}/facts", FactsTold, tag=TAG, headers=["ETag"], example=FACTS)
    def read_facts(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read the facts of a subject.

        With who said each of them, and when.
        """
        subject = engine.subject(door.key(collection, slug), by=by)
        return ok(facts_of(subject), headers=tagged(subject.etag))

    @door.route("PATCH", "/{collection}/{slug}/facts", ReceiptTold, tag=TAG, problems=WRITE, headers=["ETag"],
                example=RECEIPT)  # fmt: skip
    def set_facts(
        slug: Slug,
        facts: Facts,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """Set or clear facts.

        All of them or none. Null clears a fact; what is not named stays as it is.
        """
        key = door.key(collection, slug)
        expect = expected(engine, key, by, if_match)
        given = engine.edit(key, facts, by=by, expect=expect, idempotency_key=idempotency_key)
        return ok(given.as_dict(), headers=tagged(given.etag))


def standing(door: Door) -> None:
    """Put up what stands in a subject's way, and by when it is answered."""
    engine = door.engine

    @door.route("GET", "/{collection}/{slug}/checklist", Checklists, tag=TAG, example={"items": [CHECKLIST]})
    def read_checklist(
        slug: Slug, transition: TransitionWanted = None, collection: str = door.collection, by: Actor = door.by
    ) -> Response:
        """Read what is met and what is missing.

        Every guard of a transition with its verdict, the reason, and what would cure it. Nothing is moved.
        """
        found = engine.checklist(door.key(collection, slug), transition, by=by)
        return ok({"items": [each.as_dict() for each in found]})

    @door.route("GET", "/{collection}/{slug}/due", Promises, tag=TAG)
    def read_due(
        slug: Slug, if_taken: IfTaken = None, collection: str = door.collection, by: Actor = door.by
    ) -> Response:
        """Read by when, and why.

        Every promise that is counted, with the opening hours, pauses and holidays that made its date. With `if`, what
        would be due if that transition were taken now.
        """
        key = door.key(collection, slug)
        found = engine.due(key, by=by) if if_taken is None else engine.due_if(key, if_taken, by=by)
        return ok({"items": [each.as_dict() for each in found]})


def books(door: Door) -> None:
    """Put up what is kept beside a subject: its past, its customers, what is told of it."""
    engine = door.engine

    @door.route("GET", "/{collection}/{slug}/history", HistoryTold, tag=TAG)
    def read_history(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read the history, verified.

        Every move, oldest first, each with the hash of the one before. Keep the head somewhere else: it proves later
        that nothing before it was changed. A partner reads no comment that was meant for colleagues.
        """
        key = door.key(collection, slug)
        proof = engine.proof(key, by=by)
        return ok(
            {
                "subject": str(key),
                "head": proof.head,
                "verified": not proof.breaks,
                "breaks": [told(each) for each in proof.breaks],
                "moves": [move.as_dict() for move in engine.history(key, by=by)],
            }
        )

    @door.route("GET", "/{collection}/{slug}/activity", Customers, tag=TAG)
    def read_activity(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read which customers count.

        One line for each customer that used it: whether it counts as active, and why.
        """
        return ok({"items": [told(line) for line in engine.activity(door.key(collection, slug), by=by)]})

    @door.route("GET", "/{collection}/{slug}/notices", Notices, tag=TAG)
    def read_notices(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read what is to be told about it.

        Oldest first, with where each stands.
        """
        return ok({"items": [notice_of(one) for one in engine.notices(door.key(collection, slug), by=by)]})


def _wanted(
    door: Door, collection: str, state: list[str], partner: str | None, parent: str | None, after: str, limit: int
) -> Wanted:
    kind = door.collections[collection]
    lifecycle = door.engine.lifecycle(kind)
    above = _above(door, collection, parent)
    behind = SubjectKey.parse(kept(after), kind) if after else None
    return Wanted(
        kind=kind,
        states=tuple(lifecycle.state(name).name for name in state),
        partners=frozenset({check_key(partner, "a partner's key")}) if partner is not None else None,
        parent=str(above) if above else None,
        after=str(behind) if behind else "",
        limit=limit + 1,
    )


def _above(door: Door, collection: str, parent: str | None) -> SubjectKey | None:
    """The subject that a parent's name means: a bare slug is of the kind that this collection's subjects belong to."""
    if parent is None:
        return None
    return SubjectKey.parse(parent, door.engine.lifecycle(door.collections[collection]).parent or "app")
