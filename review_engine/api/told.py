"""The engine's values as JSON-able ones: what a caller reads of a subject, a letter, a workflow.

Written by hand rather than dumped, so that a field that is added to a value inside does not appear outside by itself.
Instants are text in UTC, lengths of time are seconds.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from review_engine.domain.canonical import instant
from review_engine.domain.facts import Fact
from review_engine.domain.lifecycle import Lifecycle, Sla, Transition
from review_engine.domain.preferences import Preference
from review_engine.domain.subjects import Subject
from review_engine.ports.outbox import Outgoing, Pause
from review_engine.ports.reception import TokenRecord
from review_engine.ports.store import KeptNotice

Told = dict[str, Any]


def told(value: Any) -> Any:
    """A value of the engine's and everything within it, for those whose every field may be read."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, date):
        return instant(value) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): told(inner) for name, inner in value.items()}
    names = getattr(value, "_fields", None) or getattr(type(value), "__dataclass_fields__", None)
    if names:
        return {name: told(getattr(value, name)) for name in names}
    return [told(inner) for inner in value]


def line_of(subject: Subject) -> Told:
    """A subject as a line of a list."""
    return {
        "key": subject.key,
        "kind": subject.kind,
        "slug": subject.slug,
        "name": subject.name,
        "partner": subject.partner,
        "parent": subject.parent,
        "state": subject.state,
        "since": instant(subject.since),
        "number": subject.number,
        "round": subject.round,
        "etag": subject.etag,
        "created_at": instant(subject.created_at),
    }


def page_of(subject: Subject, lifecycle: Lifecycle) -> Told:
    """A subject as its page shows it."""
    state = lifecycle.states.get(subject.state)
    return {
        **line_of(subject),
        "title": state.title if state else subject.state,
        "says": state.says if state else "",
        "waits_for": told(state.waits_for) if state else None,
        "workflow": subject.workflow,
        "head": subject.head,
        "facts": dict(subject.facts),
        "evidence": told(subject.evidence),
        "waivers": told(subject.waivers),
        "submission": told(subject.submission),
    }


def facts_of(subject: Subject) -> Told:
    """The facts of a subject, and who said each."""
    return {
        "subject": subject.key,
        "etag": subject.etag,
        "facts": dict(subject.facts),
        "said": {name: told(said) for name, said in subject.said.items()},
    }


def notice_of(kept: KeptNotice) -> Told:
    """What is to be told of a subject."""
    notice = kept.notice
    return {
        "number": kept.number,
        "status": kept.status,
        "name": notice.name,
        "subject": notice.subject,
        "cause": notice.cause,
        "to": list(notice.to),
        "at": instant(notice.at),
        "context": told(notice.context),
    }


def letter_of(row: Outgoing) -> Told:
    """A row of the outbox, without the words of the letter."""
    return {
        "number": row.id,
        "status": row.status,
        "channel": row.channel,
        "recipient": row.recipient.key,
        "address": row.recipient.address,
        "letter": row.letter,
        "subject": row.notice.subject,
        "notice": row.notice.name,
        "cause": row.notice.cause,
        "message_id": row.message_id,
        "resends": row.resends,
        "attempts": row.attempts,
        "created_at": instant(row.created_at),
        "available_at": instant(row.available_at),
        "sent_at": told(row.sent_at),
        "last_stage": row.last_stage,
        "last_code": row.last_code,
        "last_error": row.last_error,
        "remote_reply": row.remote_reply,
    }


def pause_of(pause: Pause) -> Told:
    """Why a channel is not used for a while."""
    return {
        "since": instant(pause.since),
        "until": told(pause.until),
        "failures": pause.failures,
        "reason": pause.reason,
    }


def preference_of(preference: Preference) -> Told:
    """What somebody chose."""
    return {
        "person": preference.person,
        "mode": preference.mode,
        "letters": dict(preference.letters),
        "quiet_from": f"{preference.quiet_from:%H:%M}",
        "quiet_until": f"{preference.quiet_until:%H:%M}",
        "zone": preference.zone,
    }


def token_of(record: TokenRecord) -> Told:
    """A token, without anything that would let one in."""
    return {
        "id": record.id,
        "sort": record.sort,
        "person": record.person,
        "role": record.role.value,
        "partner": record.partner,
        "label": record.label,
        "created_at": instant(record.created_at),
        "expires_at": told(record.expires_at),
        "revoked_at": told(record.revoked_at),
    }


def workflow_line(lifecycle: Lifecycle, collection: str) -> Told:
    """A workflow as a line of a list."""
    return {
        "kind": lifecycle.name,
        "title": lifecycle.title,
        "collection": collection,
        "revision": lifecycle.revision,
        "parent": lifecycle.parent,
        "components": dict(lifecycle.children),
    }


def workflow_of(lifecycle: Lifecycle, collection: str) -> Told:
    """A workflow as declared."""
    return {
        **workflow_line(lifecycle, collection),
        "starts": lifecycle.starts,
        "calendar": lifecycle.calendar,
        "states": [told(state) for state in lifecycle.states.values()],
        "transitions": [_transition(rule) for rule in lifecycle.transitions.values()],
        "facts": [_fact(fact) for fact in lifecycle.facts.values()],
        "guards": [
            {"name": guard.name, "title": guard.title, "check": guard.check, "fix": guard.fix,
             "waivable": guard.waivable}
            for guard in lifecycle.guards.values()
        ],
        "promises": [_promise(sla) for sla in lifecycle.slas.values()],
        "notices": [
            {"name": plan.name, "to": list(plan.to), "optional": plan.optional} for plan in lifecycle.notices.values()
        ],
    }  # fmt: skip


def _transition(rule: Transition) -> Told:
    return {
        "name": rule.name,
        "title": rule.title,
        "says": rule.says,
        "from": list(rule.sources),
        "to": rule.target,
        "by": [role.value for role in rule.by],
        "guards": list(rule.guards),
        "needs": list(rule.needs),
        "claims": rule.claims,
        "decides": rule.decides,
        "auto": rule.auto,
    }


def _fact(fact: Fact) -> Told:
    return {
        "name": fact.name,
        "title": fact.title,
        "type": fact.type,
        "by": [role.value for role in fact.by],
        "section": fact.section,
        "max": fact.max,
        "among": list(fact.among),
        "says": fact.says,
    }


def _promise(sla: Sla) -> Told:
    return {
        "name": sla.name,
        "title": sla.title,
        "within": str(sla.within),
        "runs_in": list(sla.runs_in),
        "pauses_in": list(sla.pauses_in),
        "tiers": {tier: str(within) for tier, within in sla.tiers.items()},
    }
