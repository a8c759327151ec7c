"""Letters as resources: the outbox, channels, what came back, for those who see to it; and what people chose."""

from datetime import time, timedelta
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from review_engine.api.documents_of_letters import (
    BouncedTold,
    Channels,
    HowMany,
    Letters,
    LetterTold,
    PreferenceTold,
    Resumed,
)
from review_engine.api.door import READ, WRITE, Door, ok
from review_engine.api.examples import PREFERENCE
from review_engine.api.forms import Again, NewPreference, Older
from review_engine.api.problem_route import wanted
from review_engine.api.requests import KEY_MAX, NUMBER_MAX, Limit, Number, kept
from review_engine.api.told import letter_of, pause_of, preference_of
from review_engine.domain.actors import Actor
from review_engine.domain.errors import NotFound
from review_engine.domain.preferences import Preference
from review_engine.ports.outbox import STATUSES, Chosen, Outgoing

TAG, CHOICES = "Letters", "Preferences"

_MAIL = "message/rfc822"
_HOOK = "webhook:"
_Statuses = Annotated[
    list[Literal[STATUSES]],  # type: ignore[valid-type]
    Query(max_length=20, description="Standing at any of these."),
]
_Text = Annotated[str | None, Query(max_length=KEY_MAX)]
_Behind = Annotated[int, Query(ge=0, le=NUMBER_MAX, description="The `next` of the page before.")]
ChannelName = Annotated[
    str, Path(description="The channel, such as `email` or `webhook:crm`.", pattern=r"^[A-Za-z0-9_.:-]{1,100}$")
]


def letters(door: Door) -> None:
    """Put up the outbox."""
    engine = door.engine

    @door.route("GET", "/outbox", Letters, tag=TAG, problems=READ)
    def read_outbox(
        status: _Statuses = [],  # noqa: B006 - FastAPI reads it, nobody writes it
        channel: _Text = None,
        subject: _Text = None,
        after: _Behind = 0,
        limit: Limit = 100,
        by: Actor = door.by,
    ) -> Response:
        """Read the outbox.

        What is to be told to whom, and what became of it, without the words. For staff and host.
        """
        for text in (channel, subject):
            kept(text or "")
        chosen = Chosen(statuses=tuple(status), channel=channel, subject=subject, after=after, limit=limit + 1)
        found = engine.outgoing(chosen, by=by)
        following = str(found[limit - 1].id) if len(found) > limit else None
        return ok({"items": [letter_of(each) for each in found[:limit]], "next": following})

    @door.route("POST", "/outbox/readdress", HowMany, tag=TAG, problems=WRITE)
    def readdress_outbox(by: Actor = door.by) -> Response:
        """Ask again who is to be told.

        For notices that found nobody, once the people are there. For staff and host.
        """
        return ok({"count": engine.readdress(by=by)})

    @door.route("POST", "/outbox/purge", HowMany, tag=TAG, problems=WRITE)
    def purge_outbox(what: Older, by: Actor = door.by) -> Response:
        """Clear out old letters.

        Those that were sent or cancelled so long ago, with their contents. For staff and host.
        """
        return ok({"count": engine.purge_outbox(timedelta(days=what.older_than_days), by=by)})


def handwork(door: Door) -> None:
    """Put up what is done by hand to one letter."""
    engine = door.engine

    def row(number: int, by: Actor) -> Outgoing:
        found = engine.outgoing(Chosen((number,)), by=by)
        if not found:
            raise NotFound("letter", str(number))
        return found[0]

    @door.route("POST", "/outbox/{number}/replay", LetterTold, tag=TAG, problems=WRITE)
    def replay_letter(number: Number, by: Actor = door.by) -> Response:
        """Send what was not sent.

        The same letter begins afresh, when it had come to an end without being sent. For staff and host.
        """
        row(number, by)
        engine.replay(Chosen((number,)), by=by)
        return ok(letter_of(row(number, by)))

    @door.route("POST", "/outbox/{number}/resend", LetterTold, tag=TAG, problems=WRITE, status=201)
    def resend_letter(number: Number, again: Again, by: Actor = door.by) -> Response:
        """Send a letter a second time.

        As a new one, by force, because whoever got it once gets it twice. For staff and host.
        """
        return ok(letter_of(engine.resend(number, by=by, force=again.force)), 201)

    @door.route("POST", "/outbox/{number}/hold", LetterTold, tag=TAG, problems=WRITE)
    def hold_letter(number: Number, by: Actor = door.by) -> Response:
        """Hold a letter that waits.

        Until somebody replays it. For staff and host.
        """
        row(number, by)
        engine.hold([number], by=by)
        return ok(letter_of(row(number, by)))


def channels(door: Door) -> None:
    """Put up channels."""
    engine = door.engine

    @door.route("GET", "/channels", Channels, tag=TAG, problems=READ)
    def list_channels(by: Actor = door.by) -> Response:
        """List channels.

        Each with the letters at every status, and why it is paused if it is. Webhook endpoints are channels of the
        name `webhook:...`. For staff and host.
        """
        return ok({"items": _channels(door, by)})

    @door.route("POST", "/channels/{name}/resume", Resumed, tag=TAG, problems=WRITE)
    def resume_channel(name: ChannelName, by: Actor = door.by) -> Response:
        """Use a paused channel again.

        At once. For staff and host.
        """
        return ok({"resumed": engine.resume_channel(name, by=by)})

    @door.route("GET", "/webhooks", Channels, tag=TAG, problems=READ)
    def list_webhooks(by: Actor = door.by) -> Response:
        """List webhook endpoints.

        By the names that the configuration gives them, each with what waits for it, what it took, and why it is paused
        if it is: an endpoint that answers 410 is. For staff and host.
        """
        found = [each for each in _channels(door, by) if str(each["name"]).startswith(_HOOK)]
        return ok({"items": [{**each, "name": str(each["name"]).removeprefix(_HOOK)} for each in found]})

    @door.route("POST", "/webhooks/{name}/resume", Resumed, tag=TAG, problems=WRITE)
    def resume_webhook(name: ChannelName, by: Actor = door.by) -> Response:
        """Use a paused webhook endpoint again.

        At once. For staff and host.
        """
        return ok({"resumed": engine.resume_channel(f"{_HOOK}{name}", by=by)})


def _channels(door: Door, by: Actor) -> list[dict[str, object]]:
    census, pauses = door.engine.outgoing_census(by=by)
    names = sorted({channel for channel, _ in census} | set(pauses) | set(_carriers(door)))
    return [
        {
            "name": name,
            "paused": pause_of(pauses[name]) if name in pauses else None,
            "letters": {status: count for (channel, status), count in sorted(census.items()) if channel == name},
        }
        for name in names
    ]


def bounces(door: Door) -> None:
    """Put up the way in for what came back."""
    engine = door.engine

    @door.route("POST", "/bounces", BouncedTold, tag=TAG, problems=WRITE,
                body={_MAIL: {"schema": {"type": "string"}}})  # fmt: skip
    async def report_bounce(request: Request, by: Actor = door.by) -> Response:
        """Hand in a letter that came back.

        The whole message, headers included. It is believed only about a letter that was sent, to the address it was
        sent to. For staff and host.
        """
        wanted(request, (_MAIL,))
        body = await request.body()
        bounced = await run_in_threadpool(engine.bounce, body, by=by)
        return ok(
            {
                "believed": bounced.believed,
                "held": bounced.held,
                "resumed": list(bounced.resumed),
                "report": bounced.report._asdict(),
            }
        )


def preferences(door: Door) -> None:
    """Put up what people choose about letters."""
    engine = door.engine

    @door.route("GET", "/preferences", PreferenceTold, tag=CHOICES, problems=READ, example=PREFERENCE)
    def read_preferences(by: Actor = door.by) -> Response:
        """Read your choice of letters.

        About those that may be declined; the others always come.
        """
        return ok(preference_of(engine.preference(by.key)))

    @door.route("PUT", "/preferences", PreferenceTold, tag=CHOICES, problems=WRITE, example=PREFERENCE)
    def choose_preferences(new: NewPreference, by: Actor = door.by) -> Response:
        """Choose your letters.

        At once, together, or not at all; with hours in which nothing is sent. It takes the place of what was chosen
        before.
        """
        chosen = Preference(
            by.key,
            mode=new.mode,
            letters=new.letters,
            quiet_from=time.fromisoformat(new.quiet_from),
            quiet_until=time.fromisoformat(new.quiet_until),
            zone=new.zone,
        )
        engine.prefer(chosen, by=by)
        return ok(preference_of(chosen))


def _carriers(door: Door) -> list[str]:
    return list(door.engine.post.exchange.channels()) if door.engine.post else []
