"""A subject: what goes through a lifecycle, with everything its guards read in one frozen value.

Two counters stand on it. ``number`` counts moves: it is what a person's page was drawn from. ``revision`` counts every
write a guard could read (facts, evidence, activity, components), so that one version check at commit keeps every guard
true, and a customer's activity never invalidates a reviewer's page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from review_engine.domain.actors import Actor, Role
from review_engine.domain.canonical import digest
from review_engine.domain.evidence import Evidence, Waiver
from review_engine.domain.facts import Fact, FactChange, Facts, Said
from review_engine.domain.keys import SubjectKey
from review_engine.domain.lifecycle import Transition
from review_engine.domain.moves import GENESIS, Move
from review_engine.domain.submissions import Submission
from review_engine.domain.verdicts import Verdict

NO_FACTS_HASH = digest({})


@dataclass(frozen=True, slots=True)
class Subject:
    """One App, Component, AccessRequest or Membership.

    Args:
        kind: names its workflow.
        slug: unique within the kind.
        partner: key of the organisation that owns it.
        state: where it stands.
        since: when it entered that state (aware UTC).
        number: how many moves it has made.
        revision: how many times anything a guard could read was written.
        workflow: revision of the workflow it is pinned to.
        created_at: when it was registered (aware UTC).
        facts: declared information, as plain JSON values; a secret stands here as its version only.
        said: who set each fact, and when.
        facts_hash: hash of the facts the partner may set.
        evidence: the newest observation of each probe.
        waivers: exceptions, by guard.
        submission: the current round, or the last one.
        parent: key of the subject this one is a component of; empty for none.
        head: hash of the newest move.
        id: the store's own number; 0 before it is stored.
    """

    kind: str
    slug: str
    partner: str
    state: str
    since: datetime
    number: int
    revision: int
    workflow: str
    created_at: datetime
    facts: Facts = field(default_factory=dict)
    said: Mapping[str, Said] = field(default_factory=dict)
    facts_hash: str = NO_FACTS_HASH
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    submission: Submission | None = None
    parent: str = ""
    head: str = GENESIS
    id: int = 0

    @property
    def key(self) -> str:
        """``kind/slug``."""
        return f"{self.kind}/{self.slug}"

    @property
    def subject_key(self) -> SubjectKey:
        """The key in its two parts."""
        return SubjectKey(self.kind, self.slug)

    @property
    def etag(self) -> str:
        """What a person's page was drawn from: the moves made and the partner's facts. ``expect=`` compares it."""
        return f"{self.number}-{self.facts_hash[:16]}"

    @property
    def round(self) -> int:
        """Number of the current round; 0 before the first."""
        return self.submission.round if self.submission else 0

    @property
    def held_by(self) -> str:
        """Key of the reviewer who has the round in hand; empty while nobody has, and once it is decided."""
        return self.submission.claimed_by if self.submission and not self.submission.decision else ""

    @property
    def name(self) -> str:
        """As people call it: the fact ``name``, else the slug."""
        name = self.facts.get("name")
        return name if isinstance(name, str) else self.slug

    def take(
        self,
        transition: Transition,
        target: str,
        *,
        by: Actor,
        now: datetime,
        verdicts: tuple[Verdict, ...] = (),
        comment: str = "",
        frees: bool = False,
    ) -> tuple["Subject", Move]:
        """The subject after the transition, and the sealed move that says so. Decides nothing: ``machine`` did.

        Args:
            transition: the rule that was followed.
            target: the state the arbiter answered.
            by: who moves it.
            now: when (aware UTC).
            verdicts: what its guards answered.
            comment: the actor's words.
            frees: whether the round is nobody's in the state it leads to (``Lifecycle.awaits_claim``).
        """
        submission = self._submission_after(transition, by, now, frees)
        move = Move(
            subject=self.key,
            number=self.number + 1,
            transition=transition.name,
            source=self.state,
            target=target,
            role=by.role.value,
            by=by.key,
            at=now,
            workflow=self.workflow,
            round=submission.round if submission else 0,
            facts_hash=self.facts_hash,
            comment=comment,
            verdicts=verdicts,
            previous=self.head,
        ).sealed()
        moved = replace(
            self,
            state=target,
            since=now if target != self.state else self.since,
            number=move.number,
            revision=self.revision + 1,
            submission=submission,
            head=move.hash,
        )
        return moved, move

    def _submission_after(self, transition: Transition, by: Actor, now: datetime, frees: bool) -> Submission | None:
        current = self.submission
        if transition.opens:
            current = Submission(self.round + 1, now, by.key, self.facts_hash)
        if current is None:
            return None
        if transition.claims:
            current = replace(current, claimed_by=by.key, claimed_at=now)
        elif frees and current.claimed_by and not transition.decides:
            current = replace(current, claimed_by="", claimed_at=None)
        if transition.decides:
            current = replace(current, decision=transition.name)
        return current.noting(transition.name, by.key)

    def edited(self, declared: Mapping[str, Fact], changes: tuple[FactChange, ...]) -> "Subject":
        """The subject with these facts set or cleared."""
        facts, said = dict(self.facts), dict(self.said)
        for change in changes:
            if change.value is None:
                facts.pop(change.name, None)
            else:
                facts[change.name] = change.value
            said[change.name] = change.said
        hashed = partner_facts_hash(declared, facts)
        return replace(self, facts=facts, said=said, facts_hash=hashed, revision=self.revision + 1)

    def seeing(self, evidence: Evidence) -> "Subject":
        """The subject with one more observation."""
        return replace(self, evidence={**self.evidence, evidence.probe: evidence}, revision=self.revision + 1)

    def waiving(self, waiver: Waiver) -> "Subject":
        """The subject with one more exception."""
        return replace(self, waivers={**self.waivers, waiver.guard: waiver}, revision=self.revision + 1)


def partner_facts_hash(declared: Mapping[str, Fact], facts: Facts) -> str:
    """Hash of the facts that the partner may set: what a reviewer reviews, and a decision is bound to."""
    return digest(
        {name: value for name, value in facts.items() if name not in declared or Role.PARTNER in declared[name].by}
    )
