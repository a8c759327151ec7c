"""Sets the demonstration up and takes it down: a database of its own, a key of its own, a clock that is turned."""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.text import Text

from review_engine.assembly import machine_clock, open_engine
from review_engine.cli import documents, sheets
from review_engine.cli.call import Call, url_of
from review_engine.cli.demo.acts import Later
from review_engine.cli.demo.backdrop import populate
from review_engine.cli.demo.mailing import Mailed, mail
from review_engine.cli.demo.narrator import Narrator
from review_engine.cli.demo.place import (
    DEMO_DATABASE,
    keep_key,
    key_file,
    letters_of,
    make_room,
    settings_of,
    sqlite_file,
)
from review_engine.cli.demo.player import Player
from review_engine.cli.demo.story import INBOX, LETTERS, STAFF, STORY, SYNC
from review_engine.cli.people import register_of
from review_engine.cli.screen import DIM, STRONG, put, said
from review_engine.domain.actors import Actor, Role
from review_engine.domain.calendar import Calendar
from review_engine.engine import ReviewEngine
from review_engine.ports.directory import Person
from review_engine.testing import TurnableClock

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def perform(call: Call, database: str, start: datetime | None) -> None:
    """Play the story on a fresh database and say where to look next.

    Args:
        call: how the command was asked for.
        database: path of an SQLite file, or its URL.
        start: when the story begins (aware); None for some weeks before today.

    Raises:
        InvalidInput: it is no SQLite file, or a file that the demonstration did not make.
    """
    path = sqlite_file(database)
    replaced = make_room(path)
    key = keep_key(path)
    clock = TurnableClock(_LONG_AGO)
    settings, url = settings_of(key), url_of(str(path))
    in_files = settings.mail.model_copy(update={"folder": str(letters_of(path))})
    settings = settings.model_copy(update={"mail": in_files})
    engine = open_engine(settings, url=url, clock=clock)
    try:
        calendar = engine.desk.library.calendar("business")
        narrator = Narrator(ZoneInfo(calendar.zone), silent=call.as_json)
        _open(narrator, path, calendar, replaced)
        clock.turn(start or _beginning(calendar, machine_clock()))
        for person in STAFF:
            register_of(engine).add_person(
                Person(person.key, person.name, person.address, frozenset({Role.named(person.role)}))
            )
        Player(engine, clock, calendar, narrator).play(STORY)
        others = populate(lambda own: open_engine(settings, url=url, clock=own), calendar, clock())
        _close(call, engine, narrator, path, others)
    finally:
        engine.close()


def _beginning(calendar: Calendar, now: datetime) -> datetime:
    """The latest business day, at ten, from which the story, counted in business days, is over before today."""
    days = sum(act.days for chapter in STORY for act in chapter.acts if isinstance(act, Later))
    local = now.astimezone(ZoneInfo(calendar.zone)).replace(hour=10, minute=0, second=0, microsecond=0)
    while days >= 0 or not calendar.is_open(local):
        local -= timedelta(days=1)
        days -= calendar.is_open(local)
    return local


def _open(narrator: Narrator, path: Path, calendar: Calendar, replaced: bool) -> None:
    again = " The one of an earlier demonstration was replaced." if replaced else ""
    narrator.title(
        "From the first knock to Public",
        f"Played on {path}, with a clock that is turned.{again} Times are those of {calendar.zone}.",
    )


def _close(call: Call, engine: ReviewEngine, narrator: Narrator, path: Path, others: int) -> None:
    by = Actor.host()
    census, verified = engine.census(by=by), engine.verify_history()
    notices = len(engine.notices(by=by))
    mailed = mail(engine, letters_of(path), SYNC, "public_beta")
    document = {
        "database": str(path),
        "key_file": str(key_file(path)),
        "events": narrator.events,
        "standing": documents.census(census),
        "history": {"moves": verified.moves, "subjects": verified.subjects, "sound": not verified.breaks},
        "notices": notices,
        "letters": {"count": mailed.letters, "folder": str(mailed.folder)},
    }
    if call.as_json:
        call.answer(document, "")
        return
    heading = f"Where everybody stands now, with {others} Apps of other companies that went their own ways meanwhile"
    narrator.closing(Text(), said(heading, STRONG), *sheets.census(engine, census))
    proof = f"{verified.moves} moves of {verified.subjects} subjects verify; {notices} notices were told."
    narrator.closing(Text(), said(proof, DIM))
    _show(narrator, mailed)
    narrator.closing(Text(), said("Now look around:", STRONG))
    for command in _commands(path):
        put(said(f"  {command}"), wrap=False)
    key = f"Its secrets are sealed under the key in {key_file(path)}, which only you can read."
    narrator.closing(Text(), said(key, DIM))
    if path.name == str(path) == DEMO_DATABASE:
        put(said(f"Its pages, for a browser: {_called()} serve --demo", DIM), wrap=False)


def _show(narrator: Narrator, mailed: Mailed) -> None:
    """How many letters lie where, and one of them as its reader gets it."""
    narrator.closing(Text(), said(f"{mailed.letters} letters lie in {mailed.folder}. One of them:", STRONG))
    if mailed.text:
        head = [f"To: {mailed.to}", f"Subject: {mailed.subject}", ""]
        lines = [f"  {line}".rstrip() for line in (*head, *mailed.text.split("\n"))]
        narrator.closing(Text(), *(said(line) for line in lines))


def _called() -> str:
    """What to type for this command, from the folder one stands in."""
    called = Path(sys.argv[0])
    elsewhere = called.is_file() and not shutil.which("review-engine")
    return os.path.relpath(called) if elsewhere else "review-engine"


def _commands(path: Path) -> list[str]:
    words = [
        f"history {SYNC.partition('/')[2]}",
        f"checklist {LETTERS.partition('/')[2]} submit",
        f"show {INBOX.partition('/')[2]}",
        f"activity ledger {SYNC.partition('/')[2]}",
        "list --counts",
        "history verify",
    ]
    return [f"{_called()} --database {path} {each}" for each in words]
