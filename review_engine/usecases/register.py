"""Bring a subject into being: its first move, number 1, into the state its workflow starts with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from review_engine.domain.actors import Actor, Role, check_key
from review_engine.domain.errors import InvalidInput, NotAllowed, NotFound
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import REGISTER, Lifecycle, Transition
from review_engine.domain.playbook import Playbook, see
from review_engine.domain.subjects import Subject
from review_engine.ports.store import Ask, Change, Dossier
from review_engine.usecases.answers import Receipt, Request, receipt
from review_engine.usecases.decide import bearings
from review_engine.usecases.desk import Desk
from review_engine.usecases.edit import fingerprint, read_facts
from review_engine.usecases.settle import settle_parent


def register(
    desk: Desk,
    key: SubjectKey,
    *,
    partner: str,
    by: Actor,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    parent: SubjectKey | None = None,
    idempotency_key: str | None = None,
    session: object | None = None,
) -> Receipt:
    """Register a subject, with what is known of it already.

    Args:
        desk: the ports.
        key: kind and slug; the pair must be free.
        partner: key of the organisation that owns it.
        by: who registers it; a partner only for an organisation they are a member of.
        now: when (aware UTC).
        facts: first facts; all or none, as for ``edit``.
        parent: the subject it is a component of, when its workflow declares a parent.
        idempotency_key, session: as for ``move``.

    Raises:
        SlugTaken: kind and slug are in use.
        NotFound: the parent does not exist, or is another partner's.
        NotAllowed: not this partner's member.
        UnknownName, InvalidInput, InvalidFact: what was handed in cannot be used.
    """
    book = desk.library.current(key.kind)
    check_key(partner, "a partner's key")
    if by.role is Role.PARTNER and not by.belongs_to(partner):
        raise NotAllowed(f"{by} is not a member of '{partner}'", where=str(key), cure="Ask a member of that partner.")
    lifecycle = book.lifecycle
    above = str(parent) if parent else ""
    blank = Subject(key.kind, key.slug, partner, lifecycle.starts, now, 0, 0, lifecycle.revision, now, parent=above)
    _check_parent(desk, lifecycle, blank, by, now)
    content = {"partner": partner, "parent": above, "facts": fingerprint(lifecycle, facts or {})}
    request = Request("register", str(key), by, content, idempotency_key)
    change, given = _first_change(desk, book, blank, facts or {}, request)
    answered = desk.store.add(change, answer=request.answer_key, session=session)
    settle_parent(desk, above, now, session)
    return request.replay(answered) or given


def _first_change(
    desk: Desk, book: Playbook, blank: Subject, facts: Mapping[str, object], request: Request
) -> tuple[Change, Receipt]:
    lifecycle, now, by = book.lifecycle, blank.created_at, request.by
    changes, secrets = read_facts(book, blank, facts, by=by, now=now, vault=desk.vault)
    known = replace(blank, state="")
    if changes:
        known = known.edited(lifecycle.facts, changes)
    decision = desk.decision(Dossier(blank, active=dict.fromkeys(book.windows, 0)), now)
    rule = Transition(REGISTER, "Register", (), lifecycle.starts, (by.role,))
    decision.subject, move = known.take(rule, lifecycle.starts, by=by, now=now)
    decision.note(move)
    told = {**bearings(decision), "state": lifecycle.states[lifecycle.starts].title} if lifecycle.welcomes else {}
    for name in lifecycle.welcomes:
        decision.tell(name, f"move {move.number}", told)
    decision.settle()
    given = receipt(decision.subject, decision.moves, now)
    change = decision.change(answer=request.answered(given, now))
    return replace(change, facts=changes, secrets=secrets), given


def _check_parent(desk: Desk, lifecycle: Lifecycle, blank: Subject, by: Actor, now: datetime) -> None:
    if not lifecycle.parent:
        if blank.parent:
            raise InvalidInput(f"a {blank.kind} has no parent", where=blank.key, cure="Leave the parent out.")
        return
    parent = SubjectKey.parse(blank.parent) if blank.parent else None
    if parent is None or parent.kind != lifecycle.parent:
        raise InvalidInput(
            f"a {blank.kind} belongs to a subject of kind '{lifecycle.parent}'",
            where=blank.key,
            cure="Name its parent.",
        )
    owner = desk.store.dossier(parent, Ask(now)).subject
    see(owner, by)
    if owner.partner != blank.partner:
        raise NotFound(parent.kind, str(parent))
