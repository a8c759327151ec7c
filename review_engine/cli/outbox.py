"""Commands about what is told: look into the outbox, deliver, send again, hold, clear out; letters that came back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from review_engine.cli.arguments import length_of, unreadable
from review_engine.cli.call import call_of
from review_engine.cli.grouping import group
from review_engine.domain.errors import InvalidInput, UnknownName
from review_engine.ports.outbox import HELD, PENDING, STATUSES, Chosen, Outgoing, Pause

_PANEL = "Letters"

outbox = group("The outbox: what is to be told to whom, and what became of it.")

Numbers = Annotated[list[int], typer.Argument(help="Numbers, as outbox list shows them.")]


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(outbox, name="outbox", rich_help_panel=_PANEL)
    app.command(rich_help_panel=_PANEL)(bounce)


@outbox.command("list")
def list_rows(
    ctx: typer.Context,
    status: Annotated[list[str] | None, typer.Option(help="Only with this status; may be given again.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only of this channel.")] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only about this subject, such as app/acme.")
    ] = None,
    after: Annotated[int, typer.Option(help="Continue behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
) -> None:
    """List what is told: to whom, over what, and how it stands; with the channels that are paused."""
    call = call_of(ctx)
    call.trusted("The outbox")
    chosen = Chosen(None, _statuses(status), channel, subject, after=after, limit=limit)
    rows = call.engine.outgoing(chosen, by=call.by)
    counts, pauses = call.engine.outgoing_census(by=call.by)
    document = {
        "rows": [_line(row) for row in rows],
        "counts": [{"channel": where, "status": how, "count": count} for (where, how), count in counts.items()],
        "paused": [_paused(pause) for pause in pauses.values()],
    }
    call.answer(document, lambda: _drawn(rows, counts, pauses))


@outbox.command()
def show(ctx: typer.Context, number: Annotated[int, typer.Argument(help="Its number.")]) -> None:
    """Show one in full, with the message as it was sent."""
    call = call_of(ctx)
    call.trusted("The outbox")
    rows = call.engine.outgoing(Chosen((number,)), by=call.by)
    if not rows:
        raise InvalidInput(f"there is no number {number} in the outbox", cure="See review-engine outbox list.")
    document = {**_line(rows[0]), **_whole(rows[0])}
    told = [
        f"{name + ':':18} {value}" for name, value in document.items() if name != "content" and value not in ("", None)
    ]
    call.answer(document, "\n".join([*told, "", str(document["content"] or "It has not been written yet.")]))


@outbox.command()
def deliver(ctx: typer.Context) -> None:
    """Deliver everything that is due now, and leave; a worker does so all the time."""
    call = call_of(ctx)
    call.trusted("The outbox")
    done = call.engine.deliver_all()
    told = f"{done.addressed} notices addressed, {done.sent} messages sent, {done.retried} to be tried again,"
    call.answer(done._asdict(), f"{told} {done.dead} refused for good, {done.unknown} of unknown fate.")


@outbox.command()
def replay(
    ctx: typer.Context,
    numbers: Annotated[list[int] | None, typer.Argument(help="Numbers; without any, all of --status.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="dead, unknown, held or suppressed.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Ask anew who is to be told what found nobody.")] = False,
) -> None:
    """Let what was not sent begin afresh, as the same letter under the same Message-ID."""
    call = call_of(ctx)
    call.trusted("The outbox")
    if not numbers and not status and not nobody:
        raise InvalidInput("nothing was named", cure="Give numbers, or --status dead, or --nobody.")
    addressed = call.engine.readdress(by=call.by) if nobody else 0
    chosen = Chosen(tuple(numbers) if numbers else None, _statuses(status), limit=1_000_000)
    count = call.engine.replay(chosen, by=call.by) if numbers or status else 0
    call.answer({"replayed": count, "readdressed": addressed}, f"{count + addressed} are told once more.")


@outbox.command()
def resend(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="Its number.")],
    force: Annotated[bool, typer.Option("--force", help="Although it may have arrived.")] = False,
) -> None:
    """Send one again as a new letter, under a Message-ID of its own."""
    call = call_of(ctx)
    call.trusted("The outbox")
    again = call.engine.resend(number, by=call.by, force=force)
    call.answer({"number": again.id}, f"It is sent again as number {again.id}.")


@outbox.command()
def hold(ctx: typer.Context, numbers: Numbers) -> None:
    """Hold what waits, until it is replayed."""
    call = call_of(ctx)
    call.trusted("The outbox")
    count = call.engine.hold(numbers, by=call.by)
    call.answer({"held": count}, f"{count} are {HELD}; what no longer was {PENDING} stays as it is.")


@outbox.command()
def resume(ctx: typer.Context, channel: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Use a paused channel again at once."""
    call = call_of(ctx)
    call.trusted("The outbox")
    was_paused = call.engine.resume_channel(channel, by=call.by)
    call.answer({"resumed": was_paused}, f"{channel} {'is used again' if was_paused else 'was not paused'}.")


@outbox.command()
def purge(
    ctx: typer.Context,
    older: Annotated[str, typer.Option("--older-than", metavar="TIME", help='Such as "180 days".')],
) -> None:
    """Delete what was sent or cancelled long ago, with its contents. What failed stays."""
    call = call_of(ctx)
    call.trusted("The outbox")
    length = length_of(older)
    if length is None:
        raise InvalidInput("no length of time was given", cure='Write --older-than "180 days".')
    count = call.engine.purge_outbox(length, by=call.by)
    call.answer({"purged": count}, f"{count} are deleted.")


def bounce(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The message that came back, whole.")],
) -> None:
    """Take a letter back that could not be delivered: mark its address, hold what waits for it, resume its clock."""
    call = call_of(ctx)
    call.trusted("The outbox")
    try:
        document = Path(file).read_bytes()
    except OSError as error:
        raise unreadable(file, error) from None
    done = call.engine.bounce(document, by=call.by)
    report = {**done.report._asdict(), "believed": done.believed, "held": done.held, "resumed": list(done.resumed)}
    if not done.believed:
        call.answer(report, f"The letter to {done.report.recipient} has not failed ({done.report.action}).")
        return
    told = f"{done.report.recipient} is written to no more; {done.held} letters to it are held."
    call.answer(report, told + (f" Running again: {', '.join(done.resumed)}." if done.resumed else ""))


def _statuses(given: list[str] | None) -> tuple[str, ...]:
    for status in given or ():
        if status not in STATUSES:
            raise UnknownName("status", status, STATUSES)
    return tuple(given or ())


def _line(row: Outgoing) -> dict[str, object]:
    return {
        "number": row.id,
        "status": row.status,
        "channel": row.channel,
        "event": row.notice.name,
        "subject": row.notice.subject,
        "recipient": row.recipient.address,
        "attempts": row.attempts,
        "available_at": row.available_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "last_stage": row.last_stage,
        "last_code": row.last_code,
        "last_error": row.last_error,
    }


def _whole(row: Outgoing) -> dict[str, object]:
    return {
        "person": row.recipient.key,
        "letter": row.letter,
        "letter_version": row.letter_version,
        "message_id": row.message_id,
        "thread_root": row.thread_root,
        "idem_key": row.idem_key,
        "resends": row.resends,
        "unknowns": row.unknowns,
        "remote_reply": row.remote_reply,
        "content": row.content,
    }


def _paused(pause: Pause) -> dict[str, object]:
    until = pause.until.isoformat() if pause.until else None
    return {"channel": pause.channel, "since": pause.since.isoformat(), "until": until, "reason": pause.reason}


def _drawn(rows: list[Outgoing], counts: dict[tuple[str, str], int], pauses: dict[str, Pause]) -> Iterator[object]:
    from review_engine.cli.screen import DIM, day, said, table
    from review_engine.cli.screen import rows as filled

    for pause in pauses.values():
        until = f"until {day(pause.until)}" if pause.until else "until somebody resumes it"
        yield said(f"{pause.channel} is paused {until}: {pause.reason}", "yellow")
    if not rows:
        yield said("Nothing of that sort is in the outbox.", DIM)
        return
    lines = ((row.id, row.status, row.channel, row.notice.name, row.recipient.address, row.last_error) for row in rows)
    yield filled(table("No.", "Status", "Channel", "What", "To", "Last said"), lines)
    yield said(", ".join(f"{count} {status} over {channel}" for (channel, status), count in counts.items()) + ".", DIM)
