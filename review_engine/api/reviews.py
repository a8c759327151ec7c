"""The review of a subject as resources: the sheet, findings, the conversation."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from review_engine.api.documents import ReceiptTold
from review_engine.api.documents_of_the_desk import ChangesTold, LateFindings, Remarks, RemarkTold, ReviewTold
from review_engine.api.door import READ, WRITE, Door, ok
from review_engine.api.examples import RECEIPT, REMARK
from review_engine.api.forms import NewAssessments, NewRemark
from review_engine.api.requests import IdempotencyKey, IfMatch, Instant, Since, Slug, expected, tagged
from review_engine.api.told import told
from review_engine.domain.actors import Actor

TAG = "Reviews"

Drawn = Annotated[Instant, Query(description="When the page was drawn, with its zone.")]


def reviews(door: Door) -> None:
    """Put up the sheet and its findings."""
    engine = door.engine

    @door.route("GET", "/{collection}/{slug}/review", ReviewTold, tag=TAG, headers=["ETag"])
    def read_review(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read the review sheet.

        What is to be confirmed, what was found in every round, and what the partner changed since. A partner sees the
        findings of a round once it is decided.
        """
        sheet = engine.review(door.key(collection, slug), by=by)
        return ok(told(sheet), headers=tagged(sheet.etag))

    @door.route("POST", "/{collection}/{slug}/review", ReceiptTold, tag=TAG, problems=WRITE, status=201,
                headers=["ETag"], example=RECEIPT)  # fmt: skip
    def assess_subject(
        slug: Slug,
        new: NewAssessments,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """Record findings.

        For the reviewer of the current round; all of them or none. The decision itself is a move.
        """
        key = door.key(collection, slug)
        found = [each.value for each in new.assessments]
        expect = expected(engine, key, by, if_match)
        given = engine.assess(key, found, by=by, expect=expect, idempotency_key=idempotency_key)
        return ok(given.as_dict(), 201, tagged(given.etag))


def conversation(door: Door) -> None:
    """Put up what is said, and what changed meanwhile."""
    engine = door.engine

    @door.route("GET", "/{collection}/{slug}/changes", ChangesTold, tag=TAG)
    def read_changes(slug: Slug, since: Drawn, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read what changed since a page was drawn.

        For whoever was told that the page is no longer current: the transitions taken and the facts changed.
        """
        return ok(told(engine.changes_since(door.key(collection, slug), since, by=by)))

    @door.route("GET", "/{collection}/{slug}/remarks", Remarks, tag=TAG, example={"items": [REMARK]})
    def list_remarks(slug: Slug, collection: str = door.collection, by: Actor = door.by) -> Response:
        """Read the conversation.

        Oldest first. A partner sees none that is internal.
        """
        return ok({"items": [told(each) for each in engine.remarks(door.key(collection, slug), by=by)]})

    @door.route("POST", "/{collection}/{slug}/remarks", RemarkTold, tag=TAG, problems=WRITE, status=201,
                example=REMARK)  # fmt: skip
    def write_remark(
        slug: Slug,
        new: NewRemark,
        idempotency_key: IdempotencyKey = None,
        collection: str = door.collection,
        by: Actor = door.by,
    ) -> Response:
        """Write a remark.

        To the other side, who is told of it; or, with `internal`, for staff alone.
        """
        key = door.key(collection, slug)
        written = engine.remark(key, new.text, by=by, internal=new.internal, idempotency_key=idempotency_key)
        return ok(told(written), 201)

    @door.route("GET", "/late-findings", LateFindings, tag=TAG, problems=READ)
    def read_late_findings(since: Since = None, by: Actor = door.by) -> Response:
        """Read how findings dripped in.

        For each reviewer: how much came up after the first round, and how much of it could have been said before. For
        staff and host.
        """
        return ok({"items": [told(each) for each in engine.late_findings(by=by, since=since)]})
