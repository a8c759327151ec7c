"""Plays a story on an engine, step by step, and hands what the engine answered to the narrator."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import singledispatchmethod
from zoneinfo import ZoneInfo

from review_engine.cli.demo.acts import (
    NOW,
    Chapter,
    Edit,
    Excuse,
    Found,
    Later,
    Ledger,
    Missing,
    Move,
    Person,
    Refusal,
    Register,
    Remarked,
    Secret,
    Seen,
    Used,
)
from review_engine.cli.demo.narrator import Narrator
from review_engine.cli.documents import key_of, lifecycle_of
from review_engine.cli.screen import DIM, day, title_of, turn
from review_engine.domain.activity import Usage
from review_engine.domain.actors import Actor, Role
from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import PAUSED, RUNNING
from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.reviews import PASSED
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Refused
from review_engine.engine import ReviewEngine
from review_engine.testing import TurnableClock
from review_engine.usecases.answers import Receipt

_TITLES = 3
"""Titles of facts that are named; of more, the number."""


class StoryBroken(ReviewEngineError):
    """A step that the story says is refused was not: the workflows are not those the story was written for."""

    code = "story_broken"


class Player:
    """Plays steps.

    Args:
        engine: the engine to play on.
        clock: its clock.
        calendar: business days of the story, and the zone its times are read in.
        narrator: who tells it.
    """

    def __init__(self, engine: ReviewEngine, clock: TurnableClock, calendar: Calendar, narrator: Narrator) -> None:
        self._engine, self._clock, self._calendar, self._narrator = engine, clock, calendar, narrator
        self._zone = ZoneInfo(calendar.zone)

    def play(self, story: Sequence[Chapter]) -> None:
        """Play every chapter.

        Raises:
            ReviewEngineError: a step was answered otherwise than the story says.
        """
        for number, chapter in enumerate(story, start=1):
            self._narrator.chapter(number, chapter.title)
            for act in chapter.acts:
                self._act(act)

    @singledispatchmethod
    def _act(self, act: object) -> None:
        raise TypeError(f"there is no way to play {act!r}")

    @_act.register
    def _(self, act: Later) -> None:
        hour, minute = (int(part) for part in act.at.split(":"))
        local = self._clock().astimezone(self._zone).replace(hour=hour, minute=minute)
        days = act.days
        while days or not self._calendar.is_open(local):
            local += timedelta(days=1)
            days -= bool(days) and self._calendar.is_open(local)
        self._clock.turn(local)

    @_act.register
    def _(self, act: Register) -> None:
        self._says(act.says)
        partner = act.by.partner or act.key.partition("/")[2]
        facts = self._dated(act.key, act.facts)
        given = self._engine.register(
            act.key, partner=partner, by=self._actor(act.by), facts=facts, parent=act.parent or None
        )
        self._stands(given)

    @_act.register
    def _(self, act: Edit) -> None:
        self._says(act.says)
        facts = self._dated(act.key, act.facts)
        given = self._engine.edit(act.key, facts, by=self._actor(act.by))
        titles = [self._subject_lifecycle(act.key).facts[name].title for name in facts]
        rest = f" and {len(titles) - _TITLES} more" if len(titles) > _TITLES else ""
        self._narrator.answer(f"Facts: {', '.join(titles[:_TITLES])}{rest}.")
        self._moved(given)

    @_act.register
    def _(self, act: Move) -> None:
        self._says(act.says)
        given = self._engine.move(act.key, act.transition, by=self._actor(act.by), comment=act.comment)
        if act.comment:
            self._narrator.answer(f'"{act.comment}"', "")
        self._moved(given)
        if self._subject_lifecycle(act.key).transition(act.transition).creates:
            partner = self._engine.directory.partner(self._subject(act.key).partner)
            self._narrator.answer(f"{partner.name if partner else act.key} is a partner now.", "green")

    @_act.register
    def _(self, act: Found) -> None:
        self._says(act.says)
        given = self._engine.assess(act.key, act.points, by=self._actor(act.by))
        guards = self._subject_lifecycle(act.key).guards
        passed = sum(one.result == PASSED for one in act.points)
        self._narrator.answer(f"{passed} of {len(act.points)} points passed.", "yellow")
        for one in act.points:
            if one.result != PASSED:
                title = guards[one.criterion].title if one.criterion else "Also"
                self._narrator.answer(f'{title}: {one.result.replace("_", " ")}. "{one.comment}"', "")
        self._moved(given)

    @_act.register
    def _(self, act: Remarked) -> None:
        self._says(act.says)
        said = self._engine.remark(act.key, act.text, by=self._actor(act.by), internal=act.internal)
        self._narrator.answer(f'"{said.text}"', "")
        self._narrator.answer("Only staff sees it." if said.internal else "The other side is told.")

    @_act.register
    def _(self, act: Refusal) -> None:
        self._says(act.says)
        try:
            self._engine.move(act.key, act.transition, by=self._actor(act.by))
        except Refused as refusal:
            count = len(refusal.unmet)
            self._narrator.refused(
                f"Refused: {count} requirement{'s are' if count != 1 else ' is'} not met.", refusal.unmet
            )
        else:
            raise StoryBroken(
                f"'{act.transition}' was to be refused and was not",
                where=act.key,
                cure="The demonstration is written for the workflows that come with the package.",
            )

    @_act.register
    def _(self, act: Seen) -> None:
        self._says(act.says)
        lasts = timedelta(days=act.lasts_days)
        given = self._engine.record_evidence(
            act.key, act.probe, act.outcome, by=self._actor(act.by), lasts=lasts, note=act.note
        )
        style = {"green": "green", "red": "red"}.get(act.outcome, "yellow")
        self._narrator.answer(f"{act.probe.replace('_', ' ')}: {act.outcome} ({act.note})", style)
        self._moved(given)

    @_act.register
    def _(self, act: Used) -> None:
        self._says(act.says)
        at = self._clock()
        batch = [
            Usage(act.app, workspace, at, "installations", excluded) for workspace, excluded in act.customers.items()
        ]
        counted = self._engine.record_activity(batch, by=Actor.host())
        for workspace, excluded in act.customers.items():
            self._narrator.answer(f"{workspace}: {f'does not count, {excluded}' if excluded else 'counts'}")
        for given in counted.moves:
            self._moved(given)

    @_act.register
    def _(self, act: Excuse) -> None:
        self._says(act.says)
        given = self._engine.waive(act.key, act.guard, reason=act.reason, by=self._actor(act.by))
        self._narrator.answer(f'"{act.reason}"', "")
        self._moved(given)

    @_act.register
    def _(self, act: Secret) -> None:
        self._says(act.says)
        text = self._engine.disclose(act.key, act.fact, by=self._actor(act.by))
        self._narrator.answer(f"{act.fact}: {text[:3]}{'*' * 9}")

    @_act.register
    def _(self, act: Ledger) -> None:
        self._says(act.says)
        self._narrator.ledger(self._engine.activity(act.key, by=Actor.host()))

    @_act.register
    def _(self, act: Missing) -> None:
        self._says(act.says)
        self._narrator.checklist(self._engine.checklist(act.key, act.transition, by=Actor.host())[0])

    def _says(self, sentence: str) -> None:
        self._narrator.step(self._clock(), sentence)

    def _moved(self, given: Receipt) -> None:
        """Where a subject stands after moves, who made them, and by when what is due; nothing if it did not move."""
        history = self._engine.history(given.subject, by=Actor.host())
        lifecycle = self._subject_lifecycle(given.subject)
        for move in history[len(history) - len(given.moves) :]:
            by_itself = " by itself" if move.role == Role.ENGINE else ""
            milestone = lifecycle.states[move.target].milestone and move.source != move.target
            leads = f"{title_of(lifecycle, move.source)} -> {title_of(lifecycle, move.target)}{by_itself}"
            subject = self._subject(given.subject)
            name = subject.name if subject.name != subject.slug else f"{lifecycle.title} {subject.slug}"
            self._narrator.answer(f"{name}: {leads}", "bold green" if milestone else "cyan")
        if given.moves:
            self._due(given.subject)

    def _stands(self, given: Receipt) -> None:
        lifecycle = self._subject_lifecycle(given.subject)
        state = lifecycle.states[given.state]
        self._narrator.answer(f"{lifecycle.title}: {state.title}, {turn(state)}", "cyan")

    def _due(self, key: str) -> None:
        now, lifecycle = self._clock(), self._subject_lifecycle(key)
        for clock in self._engine.desk.dossier(key_of(self._engine, key), Actor.host(), now).clocks:
            title = lifecycle.slas[clock.sla].title
            if clock.state == RUNNING:
                self._narrator.answer(f"{title}: due {day(clock.due_at, self._zone, year=False)}", "yellow")
            elif clock.state == PAUSED:
                self._narrator.answer(f"{title}: halted", DIM)

    def _subject(self, key: str) -> Subject:
        return self._engine.subject(key, by=Actor.host())

    def _subject_lifecycle(self, key: str) -> Lifecycle:
        return lifecycle_of(self._engine, self._subject(key))

    def _actor(self, person: Person) -> Actor:
        partners = frozenset({person.partner}) if person.partner else frozenset()
        return Actor(Role.named(person.role), person.key, partners)

    def _dated(self, key: str, facts: Mapping[str, object]) -> dict[str, object]:
        declared = self._engine.lifecycle(key.partition("/")[0]).facts
        return {name: self._now(declared[name].type) if value is NOW else value for name, value in facts.items()}

    def _now(self, sort: str) -> object:
        now: datetime = self._clock()
        return now.astimezone(self._zone).date() if sort == "date" else now
