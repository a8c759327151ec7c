"""Plays the rest of the market behind the story: on the same database, quietly, with a clock of its own.

That clock begins so many business days before the story's end that both end together; what lies further back than the
story began is what stood in the catalog already.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from review_engine.cli.demo.acts import Later, Register
from review_engine.cli.demo.market import MARKET, NEIGHBOURS
from review_engine.cli.demo.narrator import Narrator
from review_engine.cli.demo.player import Player
from review_engine.cli.people import register_of
from review_engine.domain.calendar import Calendar
from review_engine.engine import ReviewEngine
from review_engine.ports.directory import Partner, Person
from review_engine.testing import TurnableClock


def populate(opened: Callable[[TurnableClock], ReviewEngine], calendar: Calendar, until: datetime) -> int:
    """Play the market, up to a day.

    Args:
        opened: opens the story's database with a clock.
        calendar: its business days.
        until: when the story ended (aware).

    Returns:
        how many Apps of other companies there are now.
    """
    zone = ZoneInfo(calendar.zone)
    clock = TurnableClock(_beginning(calendar, until.astimezone(zone)))
    engine = opened(clock)
    try:
        register = register_of(engine)
        for person, company in NEIGHBOURS:
            register.add_partner(Partner(person.partner, company))
            register.add_person(Person(person.key, person.name, person.address, partners=frozenset({person.partner})))
        Player(engine, clock, calendar, Narrator(zone, silent=True)).play(MARKET)
    finally:
        engine.close()
    acts = [act for chapter in MARKET for act in chapter.acts]
    return sum(isinstance(act, Register) and act.key.startswith("app/") for act in acts)


def _beginning(calendar: Calendar, until: datetime) -> datetime:
    days = sum(act.days for chapter in MARKET for act in chapter.acts if isinstance(act, Later))
    local = until.replace(hour=9, minute=0, second=0, microsecond=0)
    while days:
        local -= timedelta(days=1)
        days -= calendar.is_open(local.replace(hour=12))
    return local
