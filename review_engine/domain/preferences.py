"""What a person chose about the letters they may refuse: none, at once, or together; and hours to be left alone in.

Only notices that a workflow declares optional ask for this; what somebody must know always goes, at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.hours import zone_named

OFF, IMMEDIATE, DIGEST = "off", "immediate", "digest"
MODES: Final = (OFF, IMMEDIATE, DIGEST)

DIGEST_AT: Final = time(8, 0)
"""When letters that are told together are told, by the person's clock."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preference:
    """What one person chose.

    Args:
        person: the person's key.
        mode: ``off``, ``immediate`` or ``digest``.
        letters: name of a notice -> mode, where that differs.
        quiet_from, quiet_until: hours in which nothing optional is sent, by the person's clock; equal for none.
        zone: the person's time zone; also what dates in letters are told in.

    Raises:
        InvalidInput: a mode that is none.
        InvalidCalendar: there is no such time zone.
    """

    person: str
    mode: str = IMMEDIATE
    letters: Mapping[str, str] = field(default_factory=dict)
    quiet_from: time = time(0)
    quiet_until: time = time(0)
    zone: str = "UTC"

    def __post_init__(self) -> None:
        for mode in (self.mode, *self.letters.values()):
            if mode not in MODES:
                raise InvalidInput(f"{shown(mode)} is no choice", cure=f"Choose one of {', '.join(MODES)}.")
        zone_named(self.zone)

    def mode_of(self, letter: str) -> str:
        """How this letter is to be told."""
        return self.letters.get(letter, self.mode)

    def without(self, letter: str) -> "Preference":
        """The same, and this letter no more."""
        return replace(self, letters={**self.letters, letter: OFF})

    def goes_at(self, letter: str, now: datetime) -> datetime:
        """When a letter that is ready at ``now`` goes: at the next digest, behind the quiet hours, or at once."""
        if self.mode_of(letter) == DIGEST:
            return self._next(DIGEST_AT, now)
        return self._next(self.quiet_until, now) if self._is_quiet(now) else now

    def _is_quiet(self, now: datetime) -> bool:
        start, end = self.quiet_from, self.quiet_until
        local = now.astimezone(zone_named(self.zone)).time()
        if start == end:
            return False
        return start <= local < end if start < end else local >= start or local < end

    def _next(self, at: time, now: datetime) -> datetime:
        """The next moment at which the person's clock shows ``at``."""
        zone = zone_named(self.zone)
        today = now.astimezone(zone).date()
        found = (datetime.combine(day, at, zone).astimezone(UTC) for day in (today, today + _DAY, today + 2 * _DAY))
        return next(moment for moment in found if moment > now)
