"""What a request may say beside its body: the subject it is about, the page it was made from, the key of a retry.

Each is declared once here, with its bounds and its words for the reference, and used by every route that takes it.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from starlette.exceptions import HTTPException

from review_engine.domain.actors import Actor
from review_engine.domain.keys import SubjectKey
from review_engine.engine import ReviewEngine

NUMBER_MAX = 2**63 - 1
KEY_MAX = 200
PAGE_MAX = 500

_TAG = re.compile(r'(?:W/)?"([!#-~]{0,200})"')
_TAGS = re.compile(r'\s*(?:W/)?"[!#-~]{0,200}"\s*(?:,\s*(?:W/)?"[!#-~]{0,200}"\s*)*')
_PAGES = r'^(\*|(W/)?"[!#-~]{0,200}"(, ?(W/)?"[!#-~]{0,200}"){0,9})$'
_BARE = re.compile(r"[0-9A-Za-z._-]{1,200}")
_DATED = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_EARLIEST, _LATEST = 1900, 2200


def _worded(given: object) -> object:
    if isinstance(given, str) and not _DATED.match(given):
        raise ValueError("write it as 2026-03-02T18:00:00Z")
    if isinstance(given, int | float):
        raise ValueError("write it as text: 2026-03-02T18:00:00Z")
    return given


def _in_utc(given: datetime) -> datetime:
    if not _EARLIEST <= given.year <= _LATEST:
        raise ValueError(f"the year must lie between {_EARLIEST} and {_LATEST}")
    return given.astimezone(UTC)


Instant = Annotated[AwareDatetime, BeforeValidator(_worded), AfterValidator(_in_utc)]
"""A time with its zone, as text; in UTC once it is read."""

Slug = Annotated[
    str, Path(description="Names the subject within its collection.", pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$",
              examples=["acme-sync"])
]  # fmt: skip
Name = Annotated[str, Path(description="A name that the workflow declares.", pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Number = Annotated[int, Path(description="Its number in the outbox.", ge=1, le=NUMBER_MAX, examples=[1])]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        json_schema_extra={"pattern": _PAGES},
        description="The `ETag` of the page this was decided on. When the subject has moved on since, nothing happens "
        "and the answer is 412. `*` means whatever it is.",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=KEY_MAX, description="A text of your own for this "
           "request. Sent again with the same key, it has no second effect and gets the same answer."),
]  # fmt: skip
Since = Annotated[Instant | None, Query(description="From when on, with its zone.")]
Until = Annotated[Instant | None, Query(description="Up to when, not included, with its zone.")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many at most.")]
After = Annotated[str, Query(max_length=KEY_MAX * 2, description="The `next` of the page before.")]
KindWanted = Annotated[str | None, Query(max_length=40, description="Only of this kind, such as `app`.")]


def expected(engine: ReviewEngine, key: SubjectKey, by: Actor, given: str | None) -> str | None:
    """The page that ``If-Match`` names, as ``expect`` takes it.

    Weak tags count like strong ones, because what they name is a page and not its bytes. Of several, the one that the
    subject stands at is meant.

    Raises:
        HTTPException: 400, the header is not of the form.
        NotFound: of several tags, for a subject that is not there or not the asker's.
    """
    if given is None or given.strip() == "*":
        return None
    if _BARE.fullmatch(given.strip()):
        return given.strip()
    if not _TAGS.fullmatch(given):
        raise HTTPException(400, 'If-Match is written as "7-0a1b2c3d4e5f6071", with its quotes, or as *.')
    tags: list[str] = _TAG.findall(given)
    if len(tags) == 1:
        return tags[0]
    now = engine.subject(key, by=by).etag
    return now if now in tags else tags[0]


def tagged(etag: str) -> dict[str, str]:
    """The header that names a page."""
    return {"etag": f'"{etag}"'}


def kept(text: str) -> str:
    """A text that is compared with what is kept, when it could be kept at all.

    Raises:
        HTTPException: 422, it holds control characters or broken Unicode.
    """
    if text and not text.isprintable():
        raise HTTPException(422, "A parameter holds characters that are never kept.")
    return text


def onward(request: Any, after: str) -> dict[str, str]:
    """The ``Link`` to the next page; none on the last."""
    if not after:
        return {}
    address = request.url.include_query_params(after=after)
    return {"link": f'<{address.path}?{address.query}>; rel="next"'}
