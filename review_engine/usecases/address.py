"""Address what moves left to be told: from audiences to people, from people and routes to rows of the outbox.

This is where the directory is asked, however slow it may be: no lock is held meanwhile, and what was found is written
in one transaction in which only one worker's answer counts. Preferences are for notices that a workflow declares
optional; what somebody must know always goes.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from review_engine.domain.actors import Role
from review_engine.domain.calendar import Calendar
from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import NoticePlan
from review_engine.domain.notices import MOVED, Notice
from review_engine.domain.preferences import DIGEST, OFF, Preference
from review_engine.ports.channels import Exchange, Route
from review_engine.ports.directory import Directory, Person
from review_engine.ports.library import Library
from review_engine.ports.outbox import (
    ADDRESSED,
    CANCELLED,
    FIRST,
    LATER,
    NOBODY,
    SUPPRESSED,
    Addressing,
    Outbox,
    Outgoing,
    Recipient,
    Suppression,
)
from review_engine.ports.store import KeptNotice

EMAIL, ON_MOVE, TOGETHER = "email", "on_move", "digest"
"""The channel of letters, that of the host's functions, and the letter that holds many."""

BATCH = 200
"""Notices addressed in one transaction."""

NOT_WANTED = "the person does not want such letters"

_log = logging.getLogger("review_engine.deliver")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation decides of its letters.

    Args:
        once: letters that are never sent again after they may have left; such are parked instead.
        unsubscribe: (person's key, letter) -> the address that ends such letters; empty for none.
    """

    once: frozenset[str] = frozenset()
    unsubscribe: Callable[[str, str], str] = field(default=lambda person, letter: "")


class Addressed(NamedTuple):
    """What a round of addressing did: notices addressed, how many of them to nobody, and how many could not be."""

    notices: int = 0
    nobody: int = 0
    troubles: int = 0


@dataclass(frozen=True, slots=True)
class Addresser:
    """What addressing works with."""

    outbox: Outbox
    directory: Directory
    library: Library
    exchange: Exchange
    rules: Rules = Rules()

    def address(self, now: datetime, *, batch: int = BATCH) -> Addressed:
        """Address every notice that waits, the oldest first; one that cannot be is passed over until the next round.

        Where this process has no functions that are told of moves, it leaves those notices to one that has.
        """
        but = () if self.exchange.listeners else (MOVED,)
        after = notices = nobody = troubles = 0
        while kept := self.outbox.unaddressed(after=after, limit=batch, but=but):
            after = kept[-1].number
            done = list(self._planned(kept, now))
            notices += self.outbox.address(done)
            nobody += sum(one.status == NOBODY for one in done)
            troubles += len(kept) - len(done)
        return Addressed(notices, nobody, troubles)

    def bundle(self, now: datetime) -> int:
        """Make one row of all that is to be told to one person together; how many rows were made."""
        made = 0
        due = self.outbox.bundles(now)
        for _, members in groupby(due, key=lambda row: row.bundle):
            rows = list(members)
            numbers = [row.id for row in rows]
            made += self.outbox.bind(numbers, _digest(rows, now) if len(rows) > 1 else None)
        return made

    def _planned(self, kept: Sequence[KeptNotice], now: datetime) -> Iterator[Addressing]:
        people = _People(self.directory)
        found: list[tuple[KeptNotice, list[_Way]]] = []
        for one in kept:
            try:
                found.append((one, list(self._ways(one.notice, people))))
            except Exception as error:  # a host's directory may fail like any program; the notice waits
                _log.exception("%s cannot be addressed and is tried again: %s", one.notice.idem_key, error)
        persons = {way.person.key for _, ways in found for way in ways if way.person is not None}
        addresses = {way.person.address for _, ways in found for way in ways if way.person is not None}
        choices = self.outbox.preferences(sorted(persons))
        stopped = self.outbox.suppressed(sorted(addresses))
        for one, ways in found:
            rows = tuple(self._row(one.notice, way, people, choices, stopped, now) for way in ways)
            if not rows and one.notice.to:
                _log.warning("%s: there is nobody to tell", one.notice.idem_key)
            yield Addressing(one.number, ADDRESSED if rows else NOBODY, rows)

    def _ways(self, notice: Notice, people: "_People") -> Iterator["_Way"]:
        """Every way on which the notice goes, each once."""
        if notice.name == MOVED:
            yield from (_Way(ON_MOVE, name) for name in self.exchange.listeners)
            return
        seen: set[tuple[str, str]] = set()
        for audience in notice.to:
            for route in self.exchange.routes(audience):
                for way in _ways_of(route, audience, notice, people):
                    if (way.channel, way.to) not in seen:
                        seen.add((way.channel, way.to))
                        yield way

    def _row(
        self,
        notice: Notice,
        way: "_Way",
        people: "_People",
        choices: dict[str, Preference],
        stopped: dict[str, Suppression],
        now: datetime,
    ) -> Outgoing:
        plan, calendar = self._plan(notice)
        optional = plan is not None and plan.optional
        lasts = plan.expires if plan is not None else None
        choice = choices.get(way.person.key) if way.person else None
        row = Outgoing(
            idem_key=f"{notice.idem_key}#{way.channel}#{way.to}",
            channel=way.channel,
            recipient=self._recipient(notice, way, people, choice, optional),
            letter=notice.name if way.person else "",
            notice=notice,
            available_at=now,
            created_at=now,
            once=notice.name in self.rules.once,
            priority=LATER if optional else FIRST,
            expires_at=lasts.after(self._calendar(calendar), notice.at) if lasts is not None else None,
        )
        if way.person is None or way.channel != EMAIL:
            return row
        if way.person.address in stopped:
            return replace(row, status=SUPPRESSED, last_error=stopped[way.person.address].reason)
        if plan is not None and plan.once_listed and not way.staff:
            return row  # it may have to wait, and nothing else should wait with it
        return _as_chosen(row, choice if optional else None, now)

    def _recipient(
        self, notice: Notice, way: "_Way", people: "_People", choice: Preference | None, optional: bool
    ) -> Recipient:
        person = way.person
        if person is None:
            return Recipient(way.to, way.to)
        return Recipient(
            key=person.key,
            address=_kept(person.address),
            name=_kept(person.name),
            zone=choice.zone if choice else "",
            staff=way.staff,
            unsubscribe=self.rules.unsubscribe(person.key, notice.name) if optional else "",
            people=people.named(notice),
        )

    def _plan(self, notice: Notice) -> tuple[NoticePlan | None, str]:
        """What the workflow says of such notices, and the calendar it counts by."""
        try:
            lifecycle = self.library.current(SubjectKey.parse(notice.subject).kind).lifecycle
        except ReviewEngineError:
            return None, ""  # a workflow that is gone: then it is better told than not
        return lifecycle.notices.get(notice.name), lifecycle.calendar

    def _calendar(self, name: str) -> Calendar | None:
        return self.library.calendar(name) if name else None


class _Way(NamedTuple):
    """One way of one notice: over a channel, to a person or to what is told instead of one."""

    channel: str
    to: str
    person: Person | None = None
    staff: bool = False


class _People:
    """The directory, asked once for each question of a batch."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._audiences: dict[tuple[str, str], list[Person]] = {}
        self._names: dict[str, str] = {}

    def of(self, audience: str, notice: Notice) -> list[Person]:
        """The people of an audience, those without an address left out."""
        reviewer = str(notice.context.get("reviewer", ""))
        asked = {"partner": notice.partner, "reviewer": reviewer}.get(audience, "")
        if (audience, asked) not in self._audiences:
            self._audiences[audience, asked] = [person for person in self._asked(audience, asked) if person.address]
        return self._audiences[audience, asked]

    def _asked(self, audience: str, key: str) -> Iterable[Person]:
        directory = self._directory
        if audience == "partner":
            return directory.members(key)
        if audience == "managers":
            return directory.staff(Role.MANAGER)
        person = directory.person(key) if audience == "reviewer" and key else None
        if person is not None:
            return [person]
        return directory.staff(Role.REVIEWER) if audience in ("reviewer", "reviewers") else ()

    def named(self, notice: Notice) -> dict[str, str]:
        """Names of the people a notice speaks of, by key."""
        keys = {str(notice.context.get(name, "")) for name in ("reviewer", "by")} - {""}
        for key in keys - self._names.keys():
            person = self._directory.person(key)
            self._names[key] = _kept(person.name) if person else ""
        return {key: self._names[key] for key in sorted(keys) if self._names[key]}


def _ways_of(route: Route, audience: str, notice: Notice, people: _People) -> Iterator[_Way]:
    if not route.takes(notice.name):
        return
    if not route.personal:
        yield _Way(route.channel, route.channel)
        return
    for person in people.of(audience, notice):
        yield _Way(route.channel, person.key, person, audience != "partner")


def _as_chosen(row: Outgoing, choice: Preference | None, now: datetime) -> Outgoing:
    """The row as the person wants it told; and what one tick of the clocks caused, for one person, is told in one."""
    letter, person = row.notice.name, row.recipient.key
    if choice is not None:
        mode, at = choice.mode_of(letter), choice.goes_at(letter, now)
        if mode == OFF:
            return replace(row, status=CANCELLED, last_error=NOT_WANTED)
        if mode == DIGEST:
            return replace(row, available_at=at, bundle=f"{at.isoformat()}#{row.channel}#{person}")
        row = replace(row, available_at=at)
    tick = row.notice.context.get("tick")
    return replace(row, bundle=f"{tick}#{row.channel}#{person}") if tick and row.available_at == now else row


def _digest(rows: Sequence[Outgoing], now: datetime) -> Outgoing:
    """Many rows for one person as one."""
    first = rows[0]
    subjects, partners = {row.notice.subject for row in rows}, {row.notice.partner for row in rows}
    notice = Notice(
        TOGETHER,
        first.notice.subject if len(subjects) == 1 else TOGETHER,
        first.notice.partner if len(partners) == 1 else "",
        f"{first.bundle}#{first.id}",
        (),
        now,
        {"zone": first.notice.context.get("zone", "UTC"), "members": [row.id for row in rows]},
    )
    optional = all(row.recipient.unsubscribe for row in rows)
    ends = [row.expires_at for row in rows if row.expires_at is not None]
    names = {key: name for row in rows for key, name in row.recipient.people.items()}
    return replace(
        first,
        id=0,
        idem_key=f"{TOGETHER}#{notice.cause}",
        letter=TOGETHER,
        recipient=replace(first.recipient, people=names, unsubscribe=first.recipient.unsubscribe if optional else ""),
        notice=notice,
        told=tuple(row.notice for row in rows),
        bundle="",
        once=any(row.once for row in rows),
        expires_at=max(ends) if len(ends) == len(rows) else None,
        priority=min(row.priority for row in rows),
        created_at=now,
    )


def _kept(text: str) -> str:
    """A host's text as it can be kept: without NUL and broken Unicode."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
