"""One letter a week to each reviewer: what waits for staff, what of it is overdue, and what is due within the week.

It goes into the outbox when the week opens by the calendar, under a key made of the week and the person. That key is
all there is to remember: a worker that starts anew, or a second one, finds the week told and adds nothing, and one that
was down on Monday morning tells it late; on Wednesday it has lost its point.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from review_engine.domain.actors import Role
from review_engine.domain.canonical import instant
from review_engine.domain.clocks import RUNNING
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.notices import Notice
from review_engine.domain.preferences import OFF
from review_engine.domain.weeks import Week, week_of
from review_engine.ports.channels import Exchange
from review_engine.ports.directory import Directory, Person
from review_engine.ports.outbox import LATER, Outbox, Outgoing, Recipient
from review_engine.ports.store import Dossier, Query
from review_engine.usecases.address import EMAIL, Rules
from review_engine.usecases.desk import Desk

WEEKLY = "weekly_digest"
"""The letter, and what a person declines it by."""

LASTS = timedelta(days=2)
"""How long after the week's opening it still makes sense."""

LONGEST = 100
"""Subjects that one letter lists; of more it tells how many."""

Entry = dict[str, object]

_STAFF = (Role.REVIEWER, Role.MANAGER)

_log = logging.getLogger("review_engine.deliver")


@dataclass(frozen=True, slots=True)
class Weekly:
    """Writes the letter of the week.

    Args:
        desk: subjects, workflows and calendars.
        outbox: where it goes.
        directory: who the reviewers are.
        exchange: the routes to them.
        rules: addresses that end such letters.
    """

    desk: Desk
    outbox: Outbox
    directory: Directory
    exchange: Exchange
    rules: Rules = field(default_factory=Rules)
    _told: set[tuple[str, date]] = field(default_factory=set, init=False, repr=False, compare=False)

    def write(self, now: datetime) -> int:
        """Put the letters of this week into the outbox, once it has opened; how many were new."""
        made = 0
        for name, kinds in self._calendars().items():
            calendar = self.desk.library.calendar(name)
            week = week_of(calendar, now)
            is_time = week.opens_at <= now < week.opens_at + LASTS
            if not is_time or (name, week.monday) in self._told:
                continue
            entries = sorted(
                self._entries(kinds, now), key=lambda entry: (str(entry["due_at"] or "9"), str(entry["key"]))
            )
            made += self.outbox.put(list(self._rows(name, week, entries, calendar.zone, now))) if entries else 0
            self._told.add((name, week.monday))  # for this process, so that it need not look again
        return made

    def _calendars(self) -> dict[str, list[Lifecycle]]:
        """Calendar -> the workflows that count by it and have staff to wait for."""
        found: dict[str, list[Lifecycle]] = {}
        for kind in self.desk.library.kinds():
            lifecycle = self.desk.library.current(kind).lifecycle
            if lifecycle.calendar and _awaited(lifecycle):
                found.setdefault(lifecycle.calendar, []).append(lifecycle)
        return found

    def _entries(self, kinds: Sequence[Lifecycle], now: datetime) -> Iterator[Entry]:
        for lifecycle in kinds:
            query = Query(kind=lifecycle.name, states=_awaited(lifecycle))
            for dossier in self.desk.store.scan(query, self.desk.ask(lifecycle.name, now)):
                yield _entry(lifecycle, dossier)

    def _rows(self, name: str, week: Week, entries: Sequence[Entry], zone: str, now: datetime) -> Iterator[Outgoing]:
        routes = [route for route in self.exchange.routes("reviewers") if route.personal and route.takes(WEEKLY)]
        people = [person for person in self.directory.staff(Role.REVIEWER) if person.address] if routes else []
        choices = self.outbox.preferences([person.key for person in people])
        stopped = self.outbox.suppressed([person.address for person in people])
        for person in people:
            choice = choices.get(person.key)
            if choice is not None and choice.mode_of(WEEKLY) == OFF:
                continue
            notice = _notice(name, week, _for(person, entries), len(entries), zone, now)
            for route in routes:
                if route.channel == EMAIL and person.address in stopped:
                    continue
                yield Outgoing(
                    idem_key=f"{notice.idem_key}#{route.channel}#{person.key}",
                    channel=route.channel,
                    recipient=Recipient(
                        person.key,
                        person.address,
                        person.name,
                        choice.zone if choice else "",
                        staff=True,
                        unsubscribe=self.rules.unsubscribe(person.key, WEEKLY),
                    ),
                    letter=WEEKLY,
                    notice=notice,
                    available_at=choice.goes_at("", now) if choice else now,
                    created_at=now,
                    priority=LATER,
                    expires_at=week.opens_at + LASTS,
                )


def _awaited(lifecycle: Lifecycle) -> tuple[str, ...]:
    return tuple(name for name, state in lifecycle.states.items() if state.waits_for in _STAFF)


def _entry(lifecycle: Lifecycle, dossier: Dossier) -> Entry:
    subject, slas = dossier.subject, lifecycle.slas
    running = [clock for clock in dossier.clocks if clock.state == RUNNING and clock.sla in slas]
    soonest = min(running, key=lambda clock: (clock.due_at, clock.sla), default=None)
    state = lifecycle.states.get(subject.state)
    return {
        "key": subject.key,
        "kind": lifecycle.title,
        "name": subject.name,
        "state": state.title if state else subject.state,
        "reviewer": subject.submission.claimed_by if subject.submission else "",
        "promise": slas[soonest.sla].title if soonest else "",
        "within": soonest.within if soonest else "",
        "due_at": instant(soonest.due_at) if soonest else "",
    }


def _for(person: Person, entries: Sequence[Entry]) -> list[Entry]:
    return [{**entry, "mine": entry["reviewer"] == person.key} for entry in entries[:LONGEST]]


def _notice(
    name: str, week: Week, entries: Sequence[Mapping[str, object]], total: int, zone: str, now: datetime
) -> Notice:
    context = {"zone": zone, "total": total, "tick": instant(now), "waiting": list(entries)}
    return Notice(WEEKLY, f"{WEEKLY}/{name}", "", f"week of {week.monday}", ("reviewers",), now, context)
