"""The post: what is to be told to whom, what became of it, and the operator's hand in it: again, hold, resume.

A letter is shown as its reader gets it, as text; nothing of it is run or fetched.
"""

from collections.abc import Mapping
from email import message_from_string, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.console.ink import sentence
from review_engine.console.names import Names
from review_engine.console.queue import clean
from review_engine.console.visits import Visit, Visitors, managers_only
from review_engine.domain.errors import InvalidInput, NotFound
from review_engine.ports.outbox import (
    CANCELLED,
    DEAD,
    HELD,
    PENDING,
    SENDING,
    SENT,
    STATUSES,
    SUPPRESSED,
    UNKNOWN,
    Chosen,
    Outgoing,
)

WORDS: Mapping[str, str] = {
    PENDING: "Waiting",
    SENDING: "On its way",
    SENT: "Sent",
    DEAD: "Could not be sent",
    UNKNOWN: "May have arrived",
    HELD: "Held",
    SUPPRESSED: "Address is written to no more",
    CANCELLED: "Not needed any more",
}
NEEDY = (DEAD, UNKNOWN, HELD, SUPPRESSED)
"""What does not move without a hand."""

_ROWS = 50
_ALL = 1_000_000
_TEXT_MAX = 100_000
_NUMBER_MAX = 2**63 - 1


class Letter(NamedTuple):
    """A message as people read it: its subject, and its text."""

    subject: str
    text: str


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""

    @router.get("/post", name="console_post")
    def post(visit: Visit = visitors.signed_in) -> Response:
        managers_only(visit)
        return _post(visit)

    @router.post("/post", name="console_replaying")
    def replay(visit: Visit = visitors.sending) -> Response:
        managers_only(visit)
        return _replay_all(visit)

    @router.post("/post/channels/{name}", name="console_resuming")
    def resume(name: str, visit: Visit = visitors.sending) -> Response:
        managers_only(visit)
        visit.engine.resume_channel(name, by=visit.by)
        return visit.go("post", told="resumed")

    @router.get("/post/{number}", name="console_letter")
    def letter(number: str, visit: Visit = visitors.signed_in) -> Response:
        managers_only(visit)
        return _letter(visit, _row(visit, number))

    @router.post("/post/{number}", name="console_handling")
    def turn(number: str, visit: Visit = visitors.sending) -> Response:
        managers_only(visit)
        return _turn(visit, _row(visit, number))


def text_of(content: str) -> Letter:
    """The subject and the text of a message; whatever is no letter is shown as it is."""
    as_it_is = Letter("", content[:_TEXT_MAX])
    if content.startswith("{"):
        return as_it_is
    try:
        message: EmailMessage = message_from_string(content, policy=policy.default)
        body = message.get_body(("plain", "html"))
        if body is None or not message["subject"]:
            return as_it_is
        return Letter(str(message["subject"]), str(body.get_content())[:_TEXT_MAX])
    except (MessageError, LookupError, ValueError):
        return as_it_is


def _post(visit: Visit) -> Response:
    given = visit.request.query_params
    status = given.get("status", "") if given.get("status", "") in STATUSES else ""
    channel, subject = clean(given.get("channel", "")), clean(given.get("subject", ""), 300)
    after = _number(given.get("after", "0")) or 0
    statuses = (status,) if status else (STATUSES if channel or subject else NEEDY)
    chosen = Chosen(None, statuses, channel or None, subject or None, after=after, limit=_ROWS + 1)
    rows = visit.engine.outgoing(chosen, by=visit.by)
    counts, pauses = visit.engine.outgoing_census(by=visit.by)
    channels = sorted({name for name, _ in counts} | set(pauses))
    return visit.page(
        "post.html",
        rows=rows[:_ROWS],
        more=rows[_ROWS - 1].id if len(rows) > _ROWS else 0,
        counts=counts,
        pauses=pauses,
        channels=channels,
        totals={each: sum(count for (_, how), count in counts.items() if how == each) for each in STATUSES},
        words=WORDS,
        needy=NEEDY,
        standing=status,
        channel=channel,
        subject=subject,
        after=after,
        names=Names(visit.engine.directory),
    )


def _replay_all(visit: Visit) -> Response:
    """Let everything of one status begin afresh."""
    status, channel = visit.field("status"), visit.field("channel")
    if status not in NEEDY:
        raise InvalidInput("only what was not sent can be sent afresh", cure="Choose what could not be sent.")
    visit.engine.replay(Chosen(None, (status,), channel or None, limit=_ALL), by=visit.by)
    return visit.go("post", told="replayed")


def _letter(visit: Visit, row: Outgoing, *, wrong: str = "", status: int = 200) -> Response:
    return visit.page(
        "letter.html",
        status,
        row=row,
        letter=text_of(row.content) if row.content else None,
        words=WORDS,
        needy=NEEDY,
        wrong=wrong,
        names=Names(visit.engine.directory),
    )


def _turn(visit: Visit, row: Outgoing) -> Response:
    engine, by, wish = visit.engine, visit.by, visit.field("do")
    if wish == "replay" and row.status in NEEDY:
        engine.replay(Chosen((row.id,)), by=by)
        return visit.go("letter", number=row.id, told="replayed")
    if wish == "hold" and row.status == PENDING:
        engine.hold([row.id], by=by)
        return visit.go("letter", number=row.id, told="held")
    if wish == "resend":
        return _resend(visit, row)
    return _letter(visit, row, wrong=f"This cannot be done now: {WORDS[row.status].lower()}.", status=409)


def _resend(visit: Visit, row: Outgoing) -> Response:
    if not visit.field("sure"):
        return _letter(visit, row, wrong="Confirm that whoever got it may get it twice.", status=422)
    try:
        again = visit.engine.resend(row.id, by=visit.by, force=True)
    except InvalidInput as error:
        return _letter(visit, row, wrong=f"{sentence(error.what)} {error.cure}", status=409)
    return visit.go("letter", number=again.id, told="resent")


def _row(visit: Visit, number: str) -> Outgoing:
    wanted = _number(number)
    found = visit.engine.outgoing(Chosen((wanted,)), by=visit.by) if wanted else []
    if not found:
        raise NotFound("letter", number)
    return found[0]


def _number(text: str) -> int | None:
    """A number of the outbox; None for what cannot be one."""
    sound = text.isascii() and text.isdigit() and len(text) < 20  # noqa: PLR2004 - digits of the largest
    return int(text) if sound and int(text) <= _NUMBER_MAX else None
