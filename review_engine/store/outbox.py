"""The outbox on a database: one transaction a method, rows straight into frozen values."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from review_engine.domain.preferences import Preference
from review_engine.ports.outbox import (
    DEAD,
    FIRST,
    LATER,
    PENDING,
    UNKNOWN,
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
from review_engine.store import outbox_rows as rows
from review_engine.store.codec import Codec, encode
from review_engine.store.mapping import Row, Written, notice_of
from review_engine.store.soundness import LARGEST, refuse_texts
from review_engine.store.sql import Given, all_of
from review_engine.store.writes import Database, Writing

_CHUNK = 500
_BY_NUMBER = "outbox.by_number"
"""What a database has to be told so that it looks rows up by their numbers; some do by themselves."""


class DatabaseOutbox:
    """See ``ports.outbox.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Addressing

    def unaddressed(self, *, after: int = 0, limit: int = 500, but: Sequence[str] = ()) -> list[KeptNotice]:
        """See ``ports.outbox.Outbox.unaddressed``."""
        found = self._read("outbox.unaddressed", {"after": after, "but": encode(list(but)), "limit": limit})
        return [notice_of(row) for row in found]

    def address(self, done: Sequence[Addressing]) -> int:
        """See ``ports.outbox.Outbox.address``; notices are marked in the order of their numbers, against circles."""
        rows.refuse_rows(row for one in done for row in one.rows)
        marked = 0
        with self._database.writing() as run:
            new: list[Outgoing] = []
            for one in sorted(done, key=lambda one: one.number):
                if run.run("outbox.addressed", {"number": one.number, "stands": one.status}) == 1:
                    marked += 1
                    new += one.rows
            _insert(run, new, self._database.codec)
        return marked

    def put(self, new: Sequence[Outgoing]) -> int:
        """See ``ports.outbox.Outbox.put``."""
        rows.refuse_rows(new)
        with self._database.writing() as run:
            known = run.rows("outbox.known", {"keys": encode([row.idem_key for row in new])})
            _insert(run, new, self._database.codec)
        return len(new) - len(known)

    # Bundling

    def bundles(self, now: datetime, *, limit: int = 1_000) -> list[Outgoing]:
        """See ``ports.outbox.Outbox.bundles``."""
        found = self._read("outbox.bundles", {"now": self._stamp(now), "limit": limit})
        return [rows.outgoing_of(row) for row in found]

    def bind(self, members: Sequence[int], merged: Outgoing | None = None) -> bool:
        """See ``ports.outbox.Outbox.bind``."""
        ids = encode(sorted(members))
        with self._database.writing() as run:
            if merged is None:
                return run.run("outbox.loosen", {"ids": ids}) == len(members)
            standing = run.rows("outbox.waiting", {"ids": ids})
            if len(standing) != len(members):
                return False
            run.run("outbox.merge", {"ids": ids, "why": rows.TOLD_IN})
            _insert(run, [merged], self._database.codec)
        return True

    # Delivering

    def claim(self, channel: str, *, now: datetime, until: datetime, token: str, limit: int) -> list[Outgoing]:
        """See ``ports.outbox.Outbox.claim``."""
        given: Written = {"by_channel": channel, "now": self._stamp(now), "until": self._stamp(until)}
        given["new_token"] = token
        found: list[Row] = []
        with self._database.writing() as run:
            for priority in (FIRST, LATER):
                if len(found) < limit:
                    wanted = {"of_priority": priority, "limit": limit - len(found)}
                    found += sorted(run.rows("outbox.claim", {**given, **wanted}), key=_by_age)
        return [rows.outgoing_of(row) for row in found]

    def record(self, marks: Sequence[Mark]) -> list[bool]:
        """See ``ports.outbox.Outbox.record``."""
        numbers = {mark.id for mark in marks}
        if len(numbers) < len(marks):  # a row that was claimed anew, say: each by itself tells which claim holds
            return [held for mark in marks for held in self.record([mark])]
        codec = self._database.codec
        intents = [mark for mark in marks if isinstance(mark, Intent)]
        begun = [rows.intent_row(mark, codec) for mark in intents]
        ended = [rows.ended_row(mark, codec) for mark in marks if isinstance(mark, Ended)]
        new = [(mark.id, mark.token, mark.content) for mark in intents if mark.content is not None]
        asked: list[tuple[str, Given, Sequence[object]]] = [
            (_BY_NUMBER, {}, marks),
            ("outbox.intent", {"delivery_rows": encode(begun)}, begun),
            ("outbox.keep", rows.contents_given(new), new),
            ("outbox.ended", {"delivery_rows": encode(ended)}, ended),
        ]
        answers = self._database.written(
            [(name, given) for name, given, wanted in asked if wanted and name in self._database.sql]
        )
        held = {row[0] for answer in answers for row in answer}
        return [mark.id in held for mark in marks]

    def renew(self, tokens: Sequence[str], until: datetime) -> int:
        """See ``ports.outbox.Outbox.renew``."""
        return self._write("outbox.renew", {"tokens": encode(list(tokens)), "until": self._stamp(until)})

    def release(self, tokens: Sequence[str], now: datetime) -> int:
        """See ``ports.outbox.Outbox.release``."""
        given = {"tokens": encode(list(tokens))}
        with self._database.writing() as run:
            freed = run.run("outbox.release", given)
            run.run("outbox.abandon", {**given, "now": self._stamp(now)})
        return freed

    def sweep(self, now: datetime, *, attempts: int) -> Swept:
        """See ``ports.outbox.Outbox.sweep``. A look costs no lock, and mostly there is nothing to sweep."""
        given = {"now": self._stamp(now), "most": attempts}
        if not self._read("outbox.over", given):
            return Swept()
        with self._database.writing() as run:
            found = [status for (status,) in run.rows("outbox.sweep", given)]
            expired = run.run("outbox.expire", {"now": given["now"], "why": rows.PAST})
        return Swept(found.count(PENDING), found.count(DEAD), found.count(UNKNOWN), expired)

    # Channels, addresses, preferences

    def pauses(self) -> dict[str, Pause]:
        """See ``ports.outbox.Outbox.pauses``."""
        return {pause.channel: pause for pause in map(rows.pause_of, self._read("outbox.pauses", {}))}

    def pause(self, pause: Pause) -> None:
        """See ``ports.outbox.Outbox.pause``."""
        with self._database.writing() as run:
            run.insert("channel_pause", [rows.pause_row(pause, self._database.codec)])

    def resume(self, channel: str) -> bool:
        """See ``ports.outbox.Outbox.resume``."""
        return self._write("outbox.resume", {"by_channel": channel}) == 1

    def suppress(self, suppression: Suppression, status: str) -> int:
        """See ``ports.outbox.Outbox.suppress``."""
        refuse_texts((suppression.address, suppression.reason))
        given = {"of_address": suppression.address.lower(), "stands": status, "why": suppression.reason}
        with self._database.writing() as run:
            run.insert("suppression", [rows.suppression_row(suppression, self._database.codec)])
            return run.run("outbox.stop", given)

    def restore(self, address: str) -> bool:
        """See ``ports.outbox.Outbox.restore``."""
        return self._write("outbox.restore", {"of_address": address.lower()}) == 1

    def suppressed(self, addresses: Sequence[str]) -> dict[str, Suppression]:
        """See ``ports.outbox.Outbox.suppressed``."""
        asked = encode(sorted({address.lower() for address in addresses}))
        found = map(rows.suppression_of, self._read("outbox.suppressed", {"addresses": asked}))
        known = {one.address: one for one in found}
        return {address: known[address.lower()] for address in addresses if address.lower() in known}

    def suppressions(self) -> list[Suppression]:
        """See ``ports.outbox.Outbox.suppressions``."""
        return [rows.suppression_of(row) for row in self._read("outbox.suppressions", {})]

    def preferences(self, people: Sequence[str]) -> dict[str, Preference]:
        """See ``ports.outbox.Outbox.preferences``."""
        found = self._read("outbox.preferences", {"people": encode(sorted({*people}))})
        return {one.person: one for one in map(rows.preference_of, found)}

    def prefer(self, preference: Preference) -> None:
        """See ``ports.outbox.Outbox.prefer``."""
        with self._database.writing() as run:
            run.insert("preference", [rows.preference_row(preference)])

    # Operators

    def rows(self, chosen: Chosen) -> list[Outgoing]:
        """See ``ports.outbox.Outbox.rows``."""
        sql, given = self._database.sql, {"limit": min(chosen.limit, LARGEST)}
        conditions = []
        for name, values in _conditions(chosen):
            conditions.append(sql[f"where.outbox.{name}"])
            given.update(values)  # type: ignore[arg-type]
        statement = sql["outbox.rows"] + all_of(conditions) + sql["outbox.page"]
        with self._database.reading() as run:
            return [rows.outgoing_of(row) for row in run.answers(statement, given)]

    def census(self) -> dict[tuple[str, str], int]:
        """See ``ports.outbox.Outbox.census``."""
        return {(channel, status): count for channel, status, count in self._read("outbox.census", {})}

    def turn(self, ids: Sequence[int], to: str, *, of: Sequence[str], now: datetime, note: str = "") -> int:
        """See ``ports.outbox.Outbox.turn``."""
        given = {"ids": encode(sorted(ids)), "statuses": encode(list(of))}
        if to == PENDING:
            return self._write("outbox.afresh", {**given, "now": self._stamp(now)})
        return self._write("outbox.turn", {**given, "stands": to, "why": note})

    def readdress(self) -> int:
        """See ``ports.outbox.Outbox.readdress``."""
        return self._write("outbox.readdress", {})

    def purge(self, before: datetime) -> int:
        """See ``ports.outbox.Outbox.purge``."""
        return self._write("outbox.purge", {"before": self._stamp(before)})

    # How it is run

    def _stamp(self, at: datetime) -> str:
        return self._database.codec.stamp(at)

    def _read(self, name: str, given: Given) -> list[Row]:
        with self._database.reading() as run:
            return run.rows(name, given)

    def _write(self, name: str, given: Given) -> int:
        with self._database.writing() as run:
            return run.run(name, given)


def _insert(run: Writing, new: Sequence[Outgoing], codec: Codec) -> None:
    """Write rows; those whose key is known are left out. Only what goes again as it is brings its content along."""
    brought = {row.idem_key: (row.lease_token, row.content) for row in new if row.content is not None}
    known = {number for (number,) in run.rows("outbox.known", {"keys": encode(list(brought))})} if brought else set()
    for start in range(0, len(new), _CHUNK):
        run.insert("delivery", [rows.outgoing_row(row, codec) for row in new[start : start + _CHUNK]])
    for key, (token, content) in brought.items():
        for (number,) in run.rows("outbox.known", {"keys": encode([key])}):
            if number not in known:
                run.run("outbox.keep", rows.contents_given([(number, token, content)]))


def _by_age(row: Row) -> tuple[object, int]:
    return row[_AVAILABLE], row[0]


_AVAILABLE = rows.COLUMNS.index("available_at")


def _conditions(chosen: Chosen) -> Iterator[tuple[str, Written]]:
    yield "after", {"after": min(chosen.after, LARGEST)}
    if chosen.ids is not None:
        yield "ids", {"ids": encode(list(chosen.ids))}
    if chosen.statuses:
        yield "statuses", {"statuses": encode(list(chosen.statuses))}
    if chosen.channel is not None:
        yield "channel", {"by_channel": chosen.channel}
    if chosen.subject is not None:
        yield "subject", {"of_subject": chosen.subject}
    if chosen.message_id is not None:
        yield "message_id", {"of_message": chosen.message_id}
