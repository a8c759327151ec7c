"""A small workflow whose promises meet, break and move things, for what the shipped ones do not do."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from review_engine import Actor, ReviewEngine
from review_engine.ports.timers import Timers
from review_engine.testing import A_MONDAY, open_test_engine

HOST = Actor.host()
ANN = Actor.partner("p-ann", of="acme")
RITA = Actor.reviewer("r-rita")
MO = Actor.manager("m-mo")

ALWAYS = """
zone = "UTC"
[hours]
monday = [["00:00", "24:00"]]
tuesday = [["00:00", "24:00"]]
wednesday = [["00:00", "24:00"]]
thursday = [["00:00", "24:00"]]
friday = [["00:00", "24:00"]]
saturday = [["00:00", "24:00"]]
sunday = [["00:00", "24:00"]]
"""

WEEKDAYS = """
zone = "UTC"
[hours]
monday = [["09:00", "17:00"]]
tuesday = [["09:00", "17:00"]]
wednesday = [["09:00", "17:00"]]
thursday = [["09:00", "17:00"]]
friday = [["09:00", "17:00"]]
"""

PARCEL = """
[lifecycle]
name     = "app"
title    = "Parcel"
starts   = "packed"
calendar = "office"

[states.packed]
title     = "Packed"
waits_for = "partner"

[states.sent]
title     = "Sent"
waits_for = "reviewer"

[states.held]
title     = "Held"
waits_for = "partner"

[states.returned]
title        = "Returned"
voids_clocks = true
final        = true

[states.arrived]
title = "Arrived"
final = true

[facts.weighed]
title   = "Weighed"
type    = "bool"
section = "Parcel"
by      = ["reviewer"]

[transitions.send]
title = "Send"
from  = ["packed", "held"]
to    = "sent"
by    = ["partner"]

[transitions.hold]
title = "Hold"
from  = ["sent"]
to    = "held"
by    = ["reviewer", "engine"]

[transitions.send_back]
title   = "Send back"
from    = ["sent", "held"]
to      = "returned"
by      = ["engine", "manager"]
guards  = ["was_weighed"]

[transitions.arrive]
title = "Arrive"
from  = ["sent"]
to    = "arrived"
by    = ["reviewer"]

[guards.was_weighed]
title = "It was weighed"
check = "attested"
fact  = "weighed"
by    = ["reviewer"]
fix   = "Weigh it."

[notices]
hurry   = { to = ["reviewers"] }
hurry_2 = { to = ["reviewers"] }
late    = { to = ["reviewers"] }
"""

DELIVERY = """
[sla.delivery]
title     = "Delivered within 10 hours"
runs_in   = ["sent"]
pauses_in = ["held"]
within    = "10 hours"
warn      = [{ at = "4 hours", notices = ["hurry"] }, { at = "8 hours", notices = ["hurry_2"] }]
breach    = { notices = ["late"], escalate_to = "manager"%s }
"""

HANDLING = """
[sla.handling]
title   = "Handled within 6 hours"
runs_in = ["sent"]
within  = "6 hours"
warn    = [{ at = "2 hours", notices = ["hurry"] }]
breach  = { notices = ["late"]%s }
"""


class Wrist:
    """A watch that may be set back, as machines' clocks are."""

    def __init__(self, now: datetime = A_MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def depot(folder: Path, *promises: str, clock: Callable[[], datetime], calendar: str = ALWAYS) -> ReviewEngine:
    """An engine in memory that plays the parcel workflow with these promises."""
    (folder / "calendars").mkdir(parents=True, exist_ok=True)
    (folder / "calendars" / "office.toml").write_text(calendar, encoding="utf-8")
    (folder / "app.toml").write_text(PARCEL + "".join(promises), encoding="utf-8")
    return open_test_engine(clock=clock, workflows=folder)


def sent(engine: ReviewEngine, slug: str = "box") -> str:
    """A parcel on its way."""
    engine.register(slug, partner="acme", by=ANN)
    engine.move(slug, "send", by=ANN)
    return slug


def told(engine: ReviewEngine) -> list[tuple[str, str]]:
    """Every notice: its name and what it tells of."""
    return [(kept.notice.name, kept.notice.cause) for kept in engine.notices(by=HOST)]


def nothing_is_due(store: Timers, now: datetime) -> bool:
    """Whether no clock would be found again at this moment."""
    wakes = store.next_ring()
    return wakes is None or wakes > now
