"""Show a secret to the one person who needs it: the reviewer of the round. Every look is recorded first."""

from dataclasses import replace
from datetime import datetime

from review_engine.domain.actors import Actor
from review_engine.domain.discretion import may_read_secrets
from review_engine.domain.errors import InvalidInput, NotAllowed, NotFound, UnknownName
from review_engine.domain.keys import SubjectKey
from review_engine.domain.playbook import see
from review_engine.ports.store import Change, Dossier, Look
from review_engine.usecases.desk import Desk


def disclose(desk: Desk, key: SubjectKey, fact: str, *, by: Actor, now: datetime) -> str:
    """The text of a secret fact.

    Args:
        desk: the ports.
        key: the subject.
        fact: name of a fact of type ``secret``.
        by: the reviewer who claimed the current round.
        now: when (aware UTC).

    Raises:
        NotAllowed: somebody else; also the reviewer of an earlier round.
        UnknownName, InvalidInput: there is no such fact, or it is no secret.
        NotFound: no such subject, or the secret has not been given.
        SecretKeyMissing: the engine has no key to open it with.
    """

    def decide(dossier: Dossier) -> tuple[Change | None, None]:
        subject = dossier.subject
        see(subject, by)
        lifecycle = desk.book(subject).lifecycle
        if fact not in lifecycle.facts:
            raise UnknownName("fact", fact, lifecycle.facts, where=str(key))
        if not lifecycle.facts[fact].secret:
            raise InvalidInput(f"'{fact}' is no secret", where=str(key), cure="Read it from the facts.")
        if not may_read_secrets(subject, lifecycle, by):
            raise NotAllowed(
                f"'{fact}' is shown to the reviewer of the current round only", where=str(key), cure="Claim it first."
            )
        if fact not in subject.facts:
            raise NotFound("secret", fact)
        looked = replace(subject, revision=subject.revision + 1)
        return Change(looked, looks=(Look(fact, str(by), now),)), None

    desk.change(key, decide, now=now)
    sealed = desk.store.sealed(key, fact)
    if sealed is None:
        raise NotFound("secret", fact)
    return desk.vault.open(sealed.sealed)
