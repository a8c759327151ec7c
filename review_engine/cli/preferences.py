"""Commands about what people choose: which of the letters they may refuse they want, how, and when not."""

from dataclasses import replace
from datetime import time
from typing import Annotated

import typer

from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.domain.errors import InvalidInput, NotFound, shown
from review_engine.domain.preferences import Preference

preferences = group("Preferences: which letters a person wants, of those that may be refused.")

Key = Annotated[str, typer.Argument(metavar="PERSON", help="The person's key or e-mail address.")]


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(preferences, name="preferences", rich_help_panel="Installation")


@preferences.command()
def show(ctx: typer.Context, person: Key) -> None:
    """Say what a person chose."""
    call = call_of(ctx)
    call.trusted("What people chose")
    _answer(call, call.engine.preference(_key(call, person)))


@preferences.command("set")
def choose(
    ctx: typer.Context,
    person: Key,
    mode: Annotated[str | None, typer.Option(help="off, immediate or digest: for every letter.")] = None,
    letter: Annotated[
        list[str] | None,
        typer.Option(metavar="LETTER=MODE", help="For one letter, such as weekly_digest=off; may be given again."),
    ] = None,
    quiet: Annotated[
        str | None, typer.Option(metavar="FROM-UNTIL", help="Hours to be left alone in, such as 20:00-07:30; or none.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="The person's time zone, such as Europe/Berlin.")] = None,
) -> None:
    """Choose for a person. What is not named stays as it was."""
    call = call_of(ctx)
    call.trusted("What people chose")
    kept = call.engine.preference(_key(call, person))
    start, end = _hours(quiet) if quiet is not None else (kept.quiet_from, kept.quiet_until)
    chosen = replace(
        kept,
        mode=mode or kept.mode,
        letters={**kept.letters, **dict(map(_pair, letter or ()))},
        quiet_from=start,
        quiet_until=end,
        zone=zone or kept.zone,
    )
    call.engine.prefer(chosen, by=call.by)
    _answer(call, chosen)


def _key(call: Call, person: str) -> str:
    directory = call.engine.directory
    found = directory.person(person) or (directory.person_at(person) if "@" in person else None)
    if found is None:
        raise NotFound("person", person)
    return found.key


def _pair(text: str) -> tuple[str, str]:
    letter, equals, mode = text.partition("=")
    if not equals or not letter.isidentifier():
        raise InvalidInput(f"{shown(text)} is no choice", cure="Write letter=mode, such as replay_request=off.")
    return letter, mode


def _hours(text: str) -> tuple[time, time]:
    if text == "none":
        return time(0), time(0)
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        cure = "Write them like 20:00-07:30, by the person's clock; or none."
        raise InvalidInput(f"{shown(text)} are no hours", cure=cure) from None
    return start, end


def _answer(call: Call, chosen: Preference) -> None:
    is_quiet = chosen.quiet_from != chosen.quiet_until
    hours = f"{chosen.quiet_from:%H:%M}-{chosen.quiet_until:%H:%M}" if is_quiet else ""
    document = {
        "person": chosen.person,
        "mode": chosen.mode,
        "letters": dict(chosen.letters),
        "quiet": hours or None,
        "zone": chosen.zone,
    }
    lines = [f"{chosen.person}: {chosen.mode}, {f'left alone {hours}' if hours else 'at any hour'}, {chosen.zone}"]
    lines += [f"  {letter}: {mode}" for letter, mode in sorted(chosen.letters.items())]
    call.answer(document, "\n".join(lines))
