"""Say facts: typed by their declaration, by whom the workflow lets, and never under a reviewer's hands."""

from collections.abc import Mapping
from datetime import datetime

from review_engine.domain.actors import Actor, Role
from review_engine.domain.canonical import digest
from review_engine.domain.errors import NotAllowed
from review_engine.domain.facts import FactChange, FactValue, Said, parse_facts
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Playbook
from review_engine.domain.sides import is_partial
from review_engine.domain.subjects import Subject
from review_engine.ports.store import SealedSecret
from review_engine.ports.vault import Vault
from review_engine.usecases.answers import Receipt, Request
from review_engine.usecases.decide import Decision
from review_engine.usecases.desk import Desk
from review_engine.usecases.writing import write


def edit(
    desk: Desk,
    key: SubjectKey,
    facts: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
    idempotency_key: str | None = None,
    expect: str | None = None,
    session: object | None = None,
) -> Receipt:
    """Set or clear facts; all of them or none. What is already so is not written again.

    Args:
        desk: the ports.
        key: the subject.
        facts: name -> value; None clears the fact.
        by: who says so.
        now: when (aware UTC).
        idempotency_key, expect, session: as for ``move``.

    Raises:
        UnknownName, InvalidFact: a fact is not declared, or its value does not fit.
        NotAllowed: the role may not set one of them, or the facts are frozen.
        SecretKeyMissing: a secret was given and the engine has no key.
        NotFound, MoveConflict, KeyReused: as for ``move``.
    """
    content = {"facts": fingerprint(desk.library.current(key.kind).lifecycle, facts)}
    request = Request("edit", str(key), by, content, idempotency_key, expect)

    def work(decision: Decision) -> None:
        decision.say(*read_facts(decision.book, decision.subject, facts, by=by, now=now, vault=desk.vault))

    return write(desk, key, request, work, now=now, session=session)


def fingerprint(lifecycle: Lifecycle, given: Mapping[str, object]) -> str:
    """Hash of an edit's values, to recognise a retry. A secret goes in by name only: no hash of it is ever kept."""
    declared = lifecycle.facts
    return digest(
        {
            name: "a secret" if name in declared and declared[name].secret and value is not None else repr(value)
            for name, value in given.items()
        }
    )


def read_facts(
    book: Playbook, subject: Subject, given: Mapping[str, object], *, by: Actor, now: datetime, vault: Vault
) -> tuple[tuple[FactChange, ...], tuple[SealedSecret, ...]]:
    """What an edit changes, and the secrets in it, sealed.

    Raises:
        UnknownName, InvalidFact, NotAllowed, SecretKeyMissing: as for ``edit``.
    """
    lifecycle = book.lifecycle
    values = parse_facts(lifecycle.facts, given)
    _permit(lifecycle, subject, values, by)
    said = Said(by.role.value, by.key, now)
    changes: list[FactChange] = []
    secrets: list[SealedSecret] = []
    for name, value in values.items():
        kept = value
        if value is not None and lifecycle.facts[name].secret:
            version = subject.revision + 1  # grows with every write, so no version is ever given twice
            secrets.append(SealedSecret(name, version, vault.seal(str(value))))
            kept = f"sealed:{version}"
        if kept != subject.facts.get(name) or _attests_anew(subject, name, by):
            changes.append(FactChange(name, kept, said))
    return tuple(changes), tuple(secrets)


def _permit(lifecycle: Lifecycle, subject: Subject, values: Mapping[str, FactValue | None], by: Actor) -> None:
    state = lifecycle.states[subject.state]
    if state.frozen and by.role is Role.PARTNER:
        raise NotAllowed(
            f"the facts of {subject.name} are frozen while it stands in {state.title}",
            where=subject.key,
            cure="Wait for the answer, or withdraw the submission first.",
        )
    for name in values:
        fact = lifecycle.facts[name]
        if not fact.permits(by):
            may = " or ".join(role.value for role in fact.by)
            raise NotAllowed(
                f"fact '{name}' is not set by a {by.role.value}", where=subject.key, cure=f"It is set by: {may}."
            )
        if by.role is not Role.PARTNER and (by.belongs_to(subject.partner) or is_partial(lifecycle, subject, by)):
            raise NotAllowed(
                f"who belongs to the partner, or handed this in for it, may not set '{name}' as {by.role.value}",
                where=subject.key,
                cure="Ask a colleague.",
            )


def _attests_anew(subject: Subject, name: str, by: Actor) -> bool:
    """The same words are news when another role says them, or when staff says them again in a new round.

    What a reviewer confirmed in an earlier round says nothing of what was submitted since.
    """
    said, round_ = subject.said.get(name), subject.submission
    if said is None or name not in subject.facts:
        return False
    earlier = round_ is not None and said.at < round_.opened_at
    return said.role != by.role.value or (earlier and by.role is not Role.PARTNER)
