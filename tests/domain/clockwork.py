"""A workbench for the tests of clocks: an office, a workflow with promises, a story that plays moves like a store."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from review_engine.domain.actors import Role
from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import Clock, ClockEvent, ClockTurn
from review_engine.domain.cycles import Ring, hold, release, reproject, ring, turn
from review_engine.domain.durations import Duration
from review_engine.domain.lifecycle import BreachPlan, Lifecycle, Reminder, Sla, State, Transition
from review_engine.domain.moves import Move

NEW_YORK = ZoneInfo("America/New_York")
WEEK = {day: [["09:00", "17:00"]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
OFFICE = Calendar.of("office", "America/New_York", WEEK)
RENAMED = Calendar.of("renamed", "America/New_York", WEEK)
"""Another version that opens exactly like the office."""

SUBJECT = "app/acme-sync"


def at(text: str) -> datetime:
    """A wall-clock time in New York, in 2026 unless the year is given, as UTC: ``01-05 10:00`` is a Monday."""
    whole = text if text[:4].isdigit() else f"2026-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=NEW_YORK).astimezone(UTC)


def office(**changes: object) -> Calendar:
    """The office under another version: other holidays, hours, overrides."""
    return Calendar.from_dict({**OFFICE.to_dict(), **changes})


def promise(within: str, warn: tuple[str, ...] = (), **rest: object) -> Sla:
    """A decision promised within a time, that runs under review and pauses while the partner has the word."""
    given: dict[str, object] = {
        "name": "decision",
        "title": "Decision",
        "runs_in": ("submitted", "in_review"),
        "pauses_in": ("changes_requested",),
        "breach": BreachPlan(notices=("decision_overdue",)),
        **rest,
    }
    warnings = tuple(Reminder(Duration.parse(text), (f"reminder_{text.replace(' ', '_')}",)) for text in warn)
    return Sla(within=Duration.parse(within), warnings=warnings, **given)  # type: ignore[arg-type]


FIRST_RESPONSE = promise(
    "2 business days", ("1 business day",), name="first_response", title="First response", runs_in=("submitted",),
    pauses_in=(),
)  # fmt: skip
PARTNER_REPLY = promise(
    "10 business days", ("7 business days",), name="partner_reply", title="Your answer",
    runs_in=("changes_requested",), pauses_in=(), breach=BreachPlan(move="withdraw_silent"),
)  # fmt: skip


def workflow(*slas: Sla) -> Lifecycle:
    """A workflow with these promises."""
    states = {
        name: State(name, name.replace("_", " ").capitalize(), voids_clocks=name == "withdrawn")
        for name in ("preview", "submitted", "in_review", "changes_requested", "public_beta", "withdrawn")
    }
    transitions = {"go": Transition("go", "Go", tuple(states), "submitted", (Role.PARTNER,))}
    return Lifecycle(
        name="app",
        title="Partner app",
        starts="preview",
        revision="r1",
        calendar="office",
        states=states,
        transitions=transitions,
        slas={sla.name: sla for sla in slas},
    )


class Story:
    """One subject and its clocks, kept as a store keeps them: current cycles, and a ledger of unique lines."""

    def __init__(
        self, *slas: Sla, calendar: Calendar | None = OFFICE, facts: Mapping[str, object] | None = None
    ) -> None:
        self.lifecycle = workflow(*slas)
        self.calendar = calendar
        self.facts = facts or {}
        self.clocks: dict[str, Clock] = {}
        self.ledger: list[ClockEvent] = []
        self.moves: list[Move] = []
        self.state = ""
        self.round = 0

    @property
    def clock(self) -> Clock:
        """The clock of the only promise."""
        (clock,) = self.clocks.values()
        return clock

    @property
    def kinds(self) -> list[str]:
        """The kinds of the ledger's lines."""
        return [event.kind for event in self.ledger]

    def move(
        self, target: str, when: datetime | str, *, by: str = "ann", role: str = "reviewer", transition: str = "go"
    ) -> ClockTurn:
        """Move to a state; entering ``submitted`` opens a round."""
        moment = at(when) if isinstance(when, str) else when
        self.round += target == "submitted"
        move = Move(
            SUBJECT, len(self.moves) + 1, transition, self.state, target, role, by, moment, "r1", self.round, ""
        )
        self.moves.append(move)
        self.state = target
        return self._keep(turn(self.lifecycle, self.calendar, tuple(self.clocks.values()), move, self.facts))

    def ring(self, when: datetime | str, sla: str = "") -> Ring:
        """Let a worker look at a clock (the only one, unless named)."""
        moment = at(when) if isinstance(when, str) else when
        clock = self.clocks[sla] if sla else self.clock
        rung = ring(self.lifecycle.slas[clock.sla], clock, self.calendar, moment)
        self._keep(ClockTurn((rung.clock,), rung.events))
        return rung

    def hold(self, when: str, why: str = "the letter bounced") -> ClockTurn:
        """Hold the only clock."""
        return self._keep(hold(self._sla, self.clock, self.calendar, at(when), why))

    def release(self, when: str, why: str = "the partner answered") -> ClockTurn:
        """Release the only clock."""
        return self._keep(release(self._sla, self.clock, self.calendar, at(when), why))

    def reproject(self, calendar: Calendar, when: datetime | str) -> ClockTurn:
        """Edit the calendar: the only clock is counted again."""
        moment = at(when) if isinstance(when, str) else when
        turned = self._keep(reproject(self._sla, self.clock, calendar, moment, self.ledger))
        self.calendar = calendar
        return turned

    @property
    def _sla(self) -> Sla:
        return self.lifecycle.slas[self.clock.sla]

    def _keep(self, turned: ClockTurn) -> ClockTurn:
        self.clocks.update({clock.sla: clock for clock in turned.clocks})
        self.ledger.extend(turned.events)
        keys = [(event.sla, event.cycle, event.kind, event.mark) for event in self.ledger]
        assert len(set(keys)) == len(keys), "the store refuses a line that is in the ledger already"
        return turned
