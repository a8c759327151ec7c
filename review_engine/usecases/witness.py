"""Record what was seen, and who excused what: evidence and waivers, dated, with a name."""

from datetime import datetime, timedelta

from review_engine.domain.actors import STAFF, TRUSTED, Actor
from review_engine.domain.canonical import aware, instant
from review_engine.domain.errors import InvalidInput, NotAllowed, UnknownName
from review_engine.domain.evidence import Evidence, Waiver
from review_engine.domain.facts import check_text
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.sides import is_partial
from review_engine.domain.subjects import Subject
from review_engine.usecases.answers import Receipt, Request
from review_engine.usecases.decide import Decision
from review_engine.usecases.desk import Desk
from review_engine.usecases.writing import write

_OUTCOME_MAX, _NOTE_MAX = 80, 1000


def record_evidence(
    desk: Desk,
    key: SubjectKey,
    probe: str,
    outcome: str,
    *,
    by: Actor,
    now: datetime,
    seen_at: datetime | None = None,
    lasts: timedelta | None = None,
    note: str = "",
    idempotency_key: str | None = None,
    session: object | None = None,
) -> Receipt:
    """Keep an observation; the newest of each probe is what guards read.

    Args:
        desk: the ports.
        key: the subject that was looked at.
        probe: what was looked at, by the name a guard of its workflow (or of its parent's) uses.
        outcome: what was seen, such as ``green``.
        by: who recorded it; a host, a reviewer, a manager or the engine.
        now: when it is recorded (aware UTC).
        seen_at: when it was seen (aware); ``now`` if left out.
        lasts: how long it counts; None for as long as guards let it.
        note: one line for people.
        idempotency_key, session: as for ``move``.

    Raises:
        UnknownName: no guard reads such a probe.
        NotAllowed: a partner may not vouch for itself.
        InvalidInput: seen in the future, or a text is too long.
        NotFound, KeyReused: as for ``move``.
    """
    seen = aware(seen_at, "the time of the observation") if seen_at else now
    _check_observation(key, outcome, note, seen, now)
    content = {"probe": probe, "outcome": outcome, "at": instant(seen), "note": note, "lasts": str(lasts)}
    request = Request("evidence", str(key), by, content, idempotency_key)

    def work(decision: Decision) -> None:
        lifecycle, subject = decision.book.lifecycle, decision.subject
        _vouching(lifecycle, subject, by)
        known = probes_of(lifecycle) | _parents_probes(desk, lifecycle)
        if probe not in known:
            raise UnknownName("probe", probe, known, where=str(key))
        before = subject.evidence.get(probe)
        number = before.number + 1 if before else 1
        decision.see(Evidence(probe, outcome, seen, str(by), seen + lasts if lasts else None, note, number))

    return write(desk, key, request, work, now=now, session=session)


def waive(
    desk: Desk,
    key: SubjectKey,
    guard: str,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    until: datetime | None = None,
    session: object | None = None,
) -> Receipt:
    """Record an exception to one guard. It shows as *waived*, with the reason, on every checklist and in the history.

    Args:
        desk: the ports.
        key: the subject.
        guard: name of a guard its workflow declares ``waivable``.
        reason: why; the history keeps it.
        by: a reviewer or a manager who neither is a member of the partner nor handed the round in for it.
        now: when (aware UTC).
        until: when the exception ends (aware); None for never.
        session: as for ``move``.

    Raises:
        UnknownName: no such guard.
        NotAllowed: the guard is not waivable, or not by this person.
        InvalidInput: no reason, or ``until`` is not after ``now``.
        NotFound: no such subject.
    """
    reason = check_text(reason, "the reason", most=_NOTE_MAX, where=str(key))
    if not reason:
        raise InvalidInput("a waiver needs a reason", where=str(key), cure=f"Say why, in 1 to {_NOTE_MAX} characters.")
    ends = aware(until, "the end of a waiver") if until else None
    if ends is not None and ends <= now:
        raise InvalidInput("the waiver would have ended before it began", where=str(key), cure="Give a later time.")

    def work(decision: Decision) -> None:
        rule = decision.book.lifecycle.guard(guard)
        if by.role not in STAFF or is_partial(decision.book.lifecycle, decision.subject, by):
            raise NotAllowed(f"{by} may not waive '{guard}'", where=str(key), cure="Ask a reviewer or a manager.")
        if not rule.waivable:
            raise NotAllowed(f"'{guard}' cannot be waived", where=str(key), cure="It must be met.")
        decision.excuse(Waiver(guard, reason, str(by), now, ends))

    return write(desk, key, Request("waive", str(key), by, {}), work, now=now, session=session)


def probes_of(lifecycle: Lifecycle) -> frozenset[str]:
    """The probes that guards of this workflow rest on."""
    return frozenset(str(guard.params["probe"]) for guard in lifecycle.guards.values() if "probe" in guard.params)


def _parents_probes(desk: Desk, lifecycle: Lifecycle) -> frozenset[str]:
    return probes_of(desk.library.current(lifecycle.parent).lifecycle) if lifecycle.parent else frozenset()


def _vouching(lifecycle: Lifecycle, subject: Subject, by: Actor) -> None:
    if by.role not in TRUSTED or by.belongs_to(subject.partner) or is_partial(lifecycle, subject, by):
        raise NotAllowed(
            f"{by} may not record evidence about {subject.name}",
            where=subject.key,
            cure="Evidence comes from the host, a reviewer or a probe.",
        )


def _check_observation(key: SubjectKey, outcome: str, note: str, seen: datetime, now: datetime) -> None:
    check_text(note, "the note", most=_NOTE_MAX, where=str(key))
    if not 0 < len(outcome) <= _OUTCOME_MAX or not outcome.isprintable():
        raise InvalidInput(
            "the outcome cannot be kept", where=str(key), cure=f"Use 1 to {_OUTCOME_MAX} printable characters."
        )
    if seen > now:
        raise InvalidInput("the observation lies in the future", where=str(key), cure="Check the clock it came from.")
