"""What happens to a subject: moves, evidence, exceptions, and a look at a secret. Each leaves a line in the books."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from review_engine.api.documents import Moves, ReceiptTold, SecretTold
from review_engine.api.door import WRITE, Door, ok
from review_engine.api.examples import MOVE, RECEIPT
from review_engine.api.forms import NewEvidence, NewMove, NewWaiver
from review_engine.api.requests import NUMBER_MAX, IdempotencyKey, IfMatch, Limit, Name, Slug, expected, tagged
from review_engine.domain.actors import Actor

TAG = "Moves"

AfterMove = Annotated[int, Query(ge=0, le=NUMBER_MAX, description="The `next` of the page before.")]


def moves(door: Door) -> None:
    """Put up moves."""
    engine = door.engine

    @door.route("GET", "/{collection}/{slug}/moves", Moves, tag=TAG, example={"items": [MOVE], "next": "1"})
    def list_moves(
        slug: Slug, after: AfterMove = 0, limit: Limit = 100, collection: str = door.collection, by: Actor = door.by
    ) -> Response:
        """List the moves of a subject.

        Oldest first: who moved it, when, on which verdicts.
        """
        found = list(engine.history(door.key(collection, slug), by=by))[after : after + limit + 1]
        following = str(found[limit - 1].number) if len(found) > limit else None
        return ok({"items": [move.as_dict() for move in found[:limit]], "next": following})

    @door.route("POST", "/{collection}/{slug}/moves", ReceiptTold, tag=TAG, problems=WRITE, status=201,
                headers=["ETag"], example=RECEIPT)  # fmt: skip
    def move_subject(
        slug: Slug,
        new: NewMove,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """Take a transition.

        Refused with 409 when guards are not met: `unmet` then names every one of them, with the reason and the cure.
        Of several who move the same subject at once, one wins. A reviewer may hand in findings with a decision: both
        are kept, or neither is.
        """
        key = door.key(collection, slug)
        expect = expected(engine, key, by, if_match)
        found = [each.value for each in new.assessments]
        verb = partial(engine.conclude, assessments=found) if found else engine.move
        given = verb(key, new.transition, by=by, comment=new.comment, expect=expect, idempotency_key=idempotency_key)
        return ok(given.as_dict(), 201, tagged(given.etag))


def witnesses(door: Door) -> None:
    """Put up what moves rest on: evidence, exceptions, a look at a secret."""
    engine = door.engine

    @door.route("POST", "/{collection}/{slug}/evidence", ReceiptTold, tag=TAG, problems=WRITE, status=201,
                headers=["ETag"], example=RECEIPT)  # fmt: skip
    def record_evidence(
        slug: Slug,
        new: NewEvidence,
        idempotency_key: IdempotencyKey = None,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """Record what was seen.

        For staff and host: the outcome of a test suite, say. Guards rest on the newest observation of each sort.
        """
        given = engine.record_evidence(
            door.key(collection, slug),
            new.probe,
            new.outcome,
            by=by,
            seen_at=new.seen_at,
            lasts=timedelta(days=new.lasts_days) if new.lasts_days else None,
            note=new.note,
            idempotency_key=idempotency_key,
        )
        return ok(given.as_dict(), 201, tagged(given.etag))

    @door.route("POST", "/{collection}/{slug}/waivers", ReceiptTold, tag=TAG, problems=WRITE, status=201,
                headers=["ETag"], example=RECEIPT)  # fmt: skip
    def waive_guard(slug: Slug, new: NewWaiver, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Record an exception to a guard.

        For staff, with a reason, where the workflow lets the guard be waived. It shows on every checklist.
        """
        given = engine.waive(door.key(collection, slug), new.guard, reason=new.reason, until=new.until, by=by)
        return ok(given.as_dict(), 201, tagged(given.etag))

    @door.route("POST", "/{collection}/{slug}/facts/{fact}/disclosures", SecretTold, tag=TAG, problems=WRITE,
                status=201, example={"fact": "test_password", "text": "correct horse"})  # fmt: skip
    def disclose_secret(slug: Slug, fact: Name, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Look at a secret.

        For the reviewer of the current round. The look is recorded before the answer leaves.
        """
        text = engine.disclose(door.key(collection, slug), fact, by=by)
        return ok({"fact": fact, "text": text}, 201, {"cache-control": "no-store"})
