"""The outbox in memory: the plainest telling of what the two databases must do; held against them by one suite."""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock

from review_engine.domain.preferences import Preference
from review_engine.ports.outbox import (
    CANCELLED,
    DEAD,
    NOBODY,
    PENDING,
    SENDING,
    SENT,
    UNKNOWN,
    UNKNOWN_RESENT,
    Addressing,
    Chosen,
    Ended,
    Intent,
    Mark,
    Outgoing,
    Pause,
    Suppression,
    Swept,
)
from review_engine.ports.store import KeptNotice
from review_engine.store.outbox_rows import LEFT_BEHIND, OVERTAXED, PAST, TOLD_IN, refuse_rows
from review_engine.store.soundness import refuse_texts


class MemoryOutbox:
    """See ``ports.outbox.Outbox``.

    Args:
        notices: the memory store's, which moves append to.
        lock: the memory store's.
    """

    def __init__(self, notices: list[KeptNotice], lock: RLock) -> None:
        self._notices = notices
        self._lock = lock
        self._rows: dict[int, Outgoing] = {}
        self._keys: set[str] = set()
        self._numbers = 0
        self._waiting: set[int] = set()
        self._pauses: dict[str, Pause] = {}
        self._suppressed: dict[str, Suppression] = {}
        self._preferences: dict[str, Preference] = {}

    # Addressing

    def unaddressed(self, *, after: int = 0, limit: int = 500, but: Sequence[str] = ()) -> list[KeptNotice]:
        """See ``ports.outbox.Outbox.unaddressed``."""
        with self._lock:
            fitting = (one for one in self._notices[after:] if one.status == PENDING and one.notice.name not in but)
            return [one for one, _ in zip(fitting, range(limit), strict=False)]

    def address(self, done: Sequence[Addressing]) -> int:
        """See ``ports.outbox.Outbox.address``."""
        refuse_rows(row for one in done for row in one.rows)
        marked = 0
        with self._lock:
            for one in done:
                kept = self._notices[one.number - 1]
                if kept.status == PENDING:
                    marked += 1
                    self._notices[one.number - 1] = kept._replace(status=one.status)
                    self.put(one.rows)
        return marked

    def put(self, new: Sequence[Outgoing]) -> int:
        """See ``ports.outbox.Outbox.put``."""
        refuse_rows(new)
        with self._lock:
            before = self._numbers
            for row in new:
                if row.idem_key not in self._keys:
                    self._keys.add(row.idem_key)
                    self._numbers += 1
                    self._keep(replace(row, id=self._numbers))
            return self._numbers - before

    # Bundling

    def bundles(self, now: datetime, *, limit: int = 1_000) -> list[Outgoing]:
        """See ``ports.outbox.Outbox.bundles``."""
        with self._lock:
            due = [row for row in self._pending() if row.bundle and row.available_at <= now]
            return sorted(due, key=lambda row: (row.bundle, row.id))[:limit]

    def bind(self, members: Sequence[int], merged: Outgoing | None = None) -> bool:
        """See ``ports.outbox.Outbox.bind``."""
        with self._lock:
            found = [self._rows[number] for number in members if number in self._waiting]
            if len(found) != len(members):
                return False
            if merged is not None:
                refuse_rows([merged])
            for row in found:
                freed = replace(row, bundle="")
                self._keep(freed if merged is None else replace(row, status=CANCELLED, last_error=TOLD_IN))
            if merged is not None:
                self.put([merged])
            return True

    # Delivering

    def claim(self, channel: str, *, now: datetime, until: datetime, token: str, limit: int) -> list[Outgoing]:
        """See ``ports.outbox.Outbox.claim``."""
        with self._lock:
            chosen: list[tuple[int, datetime, int]] = []
            for row in self._pending():
                is_due = row.channel == channel and not row.bundle and row.available_at <= now
                if is_due and (row.expires_at is None or row.expires_at > now):
                    insort(chosen, (row.priority, row.available_at, row.id))
            taken = [
                replace(
                    self._rows[number],
                    status=SENDING,
                    lease_token=token,
                    lease_until=until,
                    attempts=self._rows[number].attempts + 1,
                    data_started_at=None,
                )
                for _, _, number in chosen[:limit]
            ]
            return [self._keep(row) for row in taken]

    def record(self, marks: Sequence[Mark]) -> list[bool]:
        """See ``ports.outbox.Outbox.record``."""
        with self._lock:
            return [self._marked(mark) for mark in marks]

    def _marked(self, mark: Mark) -> bool:
        row = self._rows.get(mark.id)
        if row is None or row.status != SENDING or row.lease_token != mark.token:
            return False
        self._keep(_begun(row, mark) if isinstance(mark, Intent) else _ended(row, mark))
        return True

    def renew(self, tokens: Sequence[str], until: datetime) -> int:
        """See ``ports.outbox.Outbox.renew``."""
        return self._held(tokens, lambda row: replace(row, lease_until=until))

    def release(self, tokens: Sequence[str], now: datetime) -> int:
        """See ``ports.outbox.Outbox.release``."""
        with self._lock:
            freed = sum(
                bool(self._keep(replace(_free(row), status=PENDING, attempts=row.attempts - 1)))
                for row in self._all(SENDING)
                if row.lease_token in tokens and row.data_started_at is None
            )
            self._held(tokens, lambda row: replace(row, lease_until=now))
            return freed

    def sweep(self, now: datetime, *, attempts: int) -> Swept:
        """See ``ports.outbox.Outbox.sweep``."""
        with self._lock:
            over = [row for row in self._all(SENDING) if row.lease_until is not None and row.lease_until <= now]
            found = [self._keep(_swept(row, now, attempts)).status for row in over]
            past = [row for row in self._pending() if row.expires_at is not None and row.expires_at <= now]
            for row in past:
                self._keep(replace(row, status=CANCELLED, last_error=PAST))
            return Swept(found.count(PENDING), found.count(DEAD), found.count(UNKNOWN), len(past))

    # Channels, addresses, preferences

    def pauses(self) -> dict[str, Pause]:
        """See ``ports.outbox.Outbox.pauses``."""
        with self._lock:
            return {name: self._pauses[name] for name in sorted(self._pauses)}

    def pause(self, pause: Pause) -> None:
        """See ``ports.outbox.Outbox.pause``."""
        with self._lock:
            self._pauses[pause.channel] = pause

    def resume(self, channel: str) -> bool:
        """See ``ports.outbox.Outbox.resume``."""
        with self._lock:
            return self._pauses.pop(channel, None) is not None

    def suppress(self, suppression: Suppression, status: str) -> int:
        """See ``ports.outbox.Outbox.suppress``."""
        refuse_texts((suppression.address, suppression.reason))
        address = suppression.address.lower()
        with self._lock:
            self._suppressed[address] = suppression._replace(address=address)
            waiting = [row for row in self._pending() if row.recipient.address.lower() == address]
            for row in waiting:
                self._keep(replace(row, status=status, last_error=suppression.reason))
            return len(waiting)

    def restore(self, address: str) -> bool:
        """See ``ports.outbox.Outbox.restore``."""
        with self._lock:
            return self._suppressed.pop(address.lower(), None) is not None

    def suppressed(self, addresses: Sequence[str]) -> dict[str, Suppression]:
        """See ``ports.outbox.Outbox.suppressed``."""
        known = self._suppressed
        return {address: known[address.lower()] for address in addresses if address.lower() in known}

    def suppressions(self) -> list[Suppression]:
        """See ``ports.outbox.Outbox.suppressions``."""
        with self._lock:
            return [self._suppressed[address] for address in sorted(self._suppressed)]

    def preferences(self, people: Sequence[str]) -> dict[str, Preference]:
        """See ``ports.outbox.Outbox.preferences``."""
        return {person: self._preferences[person] for person in people if person in self._preferences}

    def prefer(self, preference: Preference) -> None:
        """See ``ports.outbox.Outbox.prefer``."""
        with self._lock:
            self._preferences[preference.person] = preference

    # Operators

    def rows(self, chosen: Chosen) -> list[Outgoing]:
        """See ``ports.outbox.Outbox.rows``."""
        with self._lock:
            return [row for row in self._rows.values() if row.id > chosen.after and _fits(row, chosen)][: chosen.limit]

    def census(self) -> dict[tuple[str, str], int]:
        """See ``ports.outbox.Outbox.census``."""
        counted: dict[tuple[str, str], int] = {}
        with self._lock:
            for row in self._rows.values():
                counted[row.channel, row.status] = counted.get((row.channel, row.status), 0) + 1
        return {place: counted[place] for place in sorted(counted)}

    def turn(self, ids: Sequence[int], to: str, *, of: Sequence[str], now: datetime, note: str = "") -> int:
        """See ``ports.outbox.Outbox.turn``."""
        with self._lock:
            standing = [row for row in self.rows(Chosen(tuple(ids), tuple(of), limit=len(ids))) if of]
            for row in standing:
                afresh = replace(row, available_at=now, expires_at=None, attempts=0, unknowns=0, data_started_at=None)
                turned = afresh if to == PENDING else replace(row, last_error=note)
                self._keep(replace(turned, status=to, bundle=""))
            return len(standing)

    def readdress(self) -> int:
        """See ``ports.outbox.Outbox.readdress``."""
        with self._lock:
            found = [place for place, one in enumerate(self._notices) if one.status == NOBODY]
            for place in found:
                self._notices[place] = self._notices[place]._replace(status=PENDING)
            return len(found)

    def purge(self, before: datetime) -> int:
        """See ``ports.outbox.Outbox.purge``."""
        with self._lock:
            gone = [row for row in self._rows.values() if row.status in (SENT, CANCELLED) and row.created_at < before]
            for row in gone:
                del self._rows[row.id]
                self._keys.discard(row.idem_key)
            return len(gone)

    # Behind it

    def _keep(self, row: Outgoing) -> Outgoing:
        self._rows[row.id] = row
        (self._waiting.add if row.status == PENDING else self._waiting.discard)(row.id)
        return row

    def _pending(self) -> Iterable[Outgoing]:
        return [self._rows[number] for number in self._waiting]

    def _all(self, status: str) -> Iterable[Outgoing]:
        return [row for row in self._rows.values() if row.status == status]

    def _held(self, tokens: Sequence[str], change: Callable[[Outgoing], Outgoing]) -> int:
        with self._lock:
            held = [row for row in self._all(SENDING) if row.lease_token in tokens]
            for row in held:
                self._keep(change(row))
            return len(held)


def _free(row: Outgoing) -> Outgoing:
    return replace(row, lease_token="", lease_until=None)


def _begun(row: Outgoing, mark: Intent) -> Outgoing:
    if mark.content is None:
        return replace(row, data_started_at=mark.at)
    return replace(
        row,
        data_started_at=mark.at,
        content=mark.content,
        message_id=mark.message_id,
        thread_root=mark.thread_root,
        letter_version=mark.version,
    )


def _ended(row: Outgoing, mark: Ended) -> Outgoing:
    return replace(
        _free(row),
        data_started_at=None,
        status=mark.status,
        available_at=mark.available_at,
        attempts=mark.attempts,
        unknowns=mark.unknowns,
        last_stage=mark.stage,
        last_code=mark.code,
        last_enhanced=mark.enhanced,
        last_error=mark.error,
        sent_at=mark.sent_at,
        remote_reply=mark.reply,
    )


def _swept(row: Outgoing, now: datetime, attempts: int) -> Outgoing:
    freed = replace(_free(row), available_at=now, data_started_at=None)
    if row.data_started_at is None:
        few = row.attempts < attempts
        return replace(freed, status=PENDING if few else DEAD, last_error=LEFT_BEHIND if few else OVERTAXED)
    again = not row.once and row.unknowns < UNKNOWN_RESENT
    status = PENDING if again else UNKNOWN
    return replace(freed, status=status, unknowns=row.unknowns + 1, last_stage="content", last_error=LEFT_BEHIND)


def _fits(row: Outgoing, chosen: Chosen) -> bool:
    return (
        (chosen.ids is None or row.id in chosen.ids)
        and (not chosen.statuses or row.status in chosen.statuses)
        and chosen.channel in (None, row.channel)
        and chosen.subject in (None, row.notice.subject)
        and chosen.message_id in (None, row.message_id)
    )
