"""The memory store and the SQLite store are given the same random commands, and must answer alike."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from review_engine.domain.activity import Usage
from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.evidence import Evidence
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import RESULTS, Finding, Remark
from review_engine.ports.store import Ask, Change, Dossier, Enrolment, OddEvent, Query, Store
from review_engine.store.memory import MemoryStore
from review_engine.store.opening import open_register, open_store
from tests.contracts.builders import (
    ASK,
    DAY,
    NOW,
    answer,
    answer_key,
    clock,
    clock_event,
    fresh,
    moved,
    notice,
    seeing,
    stating,
)

SLUGS = st.sampled_from(["a", "b", "b-2", "c.d"])
KINDS = st.sampled_from(["app", "app_x", "component"])
KEYS = st.builds(SubjectKey, KINDS, SLUGS)
STATES = st.sampled_from(["draft", "review", "beta"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
FACTS = st.dictionaries(st.sampled_from(["name", "docs", "tags"]), TEXTS | st.integers(0, 2**53) | st.booleans())
TIMES = st.integers(-40 * DAY, 0).map(lambda seconds: NOW + timedelta(seconds=seconds, microseconds=seconds % 7))
USAGES = st.lists(
    st.builds(
        Usage,
        st.sampled_from(["a", "b", "component/a", "nobody", "NOT A KEY"]),
        st.sampled_from(["c1", "c2", "c3"]),
        TIMES,
        st.sampled_from(["", "hub"]),
        st.sampled_from(["", "", "test workspace"]),
    ),
    max_size=6,
)
WHOLE = Ask(NOW, (0, DAY, 30 * DAY), children=True, clocks=True)


def seen(value: Any) -> Any:
    """A dossier without the numbers a store gives out for itself."""
    return replace(value, subject=replace(value.subject, id=0)) if isinstance(value, Dossier) else value


class TwoStores(RuleBasedStateMachine):
    """Both stores, always asked the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.memory: Store = MemoryStore()
        self.sqlite = open_store(f"sqlite:///{self.folder.name}/reviews.db", synchronous="normal")
        self.causes = 0

    def both(self, ask: Callable[[Store], Any]) -> Any:
        """What both answer, or the error both raise."""
        answers: list[tuple[Any, ...]] = []
        for store in (self.memory, self.sqlite):
            try:
                answers.append(("answered", ask(store)))
            except ReviewEngineError as error:
                answers.append(("raised", type(error), str(error)))
        assert answers[0] == answers[1]
        return answers[0]

    @rule(key=KEYS, parent=st.none() | KEYS, touches=st.booleans(), asked=st.none() | st.sampled_from(["k1", "k2"]))
    def add(self, key: SubjectKey, parent: SubjectKey | None, touches: bool, asked: str | None) -> None:
        change = replace(fresh(key.slug, kind=key.kind, parent=str(parent or "")), touches_parent=touches)
        if asked:
            change = replace(change, answer=answer(asked, f"added {key}"))
        self.both(lambda store: store.add(change, answer=answer_key(asked) if asked else None))

    @rule(
        key=KEYS,
        state=STATES,
        comment=TEXTS,
        repeats=st.booleans(),
        touches=st.booleans(),
        cycle=st.integers(1, 3),
        asked=st.none() | st.sampled_from(["k1", "k2", "k3"]),
    )
    def move(
        self, key: SubjectKey, state: str, comment: str, repeats: bool, touches: bool, cycle: int, asked: str | None
    ) -> None:
        self.causes += not repeats

        def decide(dossier: Dossier) -> tuple[Change | None, object]:
            if dossier.answer is not None:
                return None, dossier.answer
            subject, made = moved(dossier.subject, state, comment=comment)
            return Change(
                subject,
                (made,),
                clocks=(clock(f"sla-{cycle}", cycle=cycle, rest=cycle if repeats else None),),
                clock_events=(clock_event(mark=self.causes),),
                notices=(notice(cause=f"move {self.causes}", subject=str(key)),),
                answer=answer(asked, f"moved {key}") if asked else None,
                touches_parent=touches,
            ), seen(dossier)

        ask = WHOLE._replace(answer=answer_key(asked) if asked else None)
        self.both(lambda store: store.change(key, ask, decide))

    @rule(key=KEYS, facts=FACTS)
    def state(self, key: SubjectKey, facts: dict[str, Any]) -> None:
        self.both(lambda store: store.change(key, ASK, stating(**facts)))

    @rule(key=KEYS, outcome=st.sampled_from(["green", "red"]), at=TIMES, note=TEXTS)
    def see(self, key: SubjectKey, outcome: str, at: datetime, note: str) -> None:
        evidence = Evidence("suite", outcome, at, "host:ci", at + timedelta(days=3), note, 1)
        self.both(lambda store: store.change(key, ASK, seeing(evidence)))

    @rule(key=KEYS, number=st.integers(1, 6), words=TEXTS, result=st.sampled_from(RESULTS), late=st.booleans())
    def say(self, key: SubjectKey, number: int, words: str, result: str, late: bool) -> None:
        finding = Finding(number % 3, number, "docs", result, words, "", "reviewer:rita", NOW, late)
        remark = Remark(number, words, "partner", "p-ann", NOW, 1, late)

        def decide(dossier: Dossier) -> tuple[Change | None, object]:
            subject = replace(dossier.subject, revision=dossier.subject.revision + 1)
            return Change(subject, findings=(finding,), remarks=(remark,)), seen(dossier)

        self.both(lambda store: store.change(key, WHOLE._replace(review=True), decide))
        self.both(lambda store: [store.findings(key), store.remarks(key), store.drips(), store.drips(NOW)])

    @rule(key=KEYS, partner=st.sampled_from(["acme", "globex"]), person=st.sampled_from(["", "p-ann", "p-bob"]))
    def enrol(self, key: SubjectKey, partner: str, person: str) -> None:
        enrolment = Enrolment(partner, partner.title(), person, person.title(), "Shared@acme.example")

        def decide(dossier: Dossier) -> tuple[Change | None, None]:
            subject, made = moved(dossier.subject, "approved")
            return Change(subject, (made,), enrolment=enrolment), None

        self.both(lambda store: store.change(key, ASK, decide))

    @rule(batch=USAGES, kind=KINDS)
    def use(self, batch: list[Usage], kind: str) -> None:
        self.both(lambda store: store.merge_activity(batch, kind))

    @rule(slugs=st.lists(SLUGS, max_size=3), digest=st.sampled_from(["d1", "d2", "d3"]), stale=st.booleans())
    def adopt(self, slugs: list[str], digest: str, stale: bool) -> None:
        def adopted(store: Store) -> None:
            known = store.subjects([SubjectKey("app", slug) for slug in slugs])
            changes = []
            for slug in slugs:
                before = known.get(f"app/{slug}")
                if before is None:
                    changes.append(replace(fresh(slug), imported=(f"{digest}-{slug}",)))
                else:
                    after, made = moved(before, "beta")
                    changes.append(Change(replace(after, revision=after.revision + stale), (made,)))
            store.adopt(changes, [OddEvent(digest, "app/x", "why", "{}", NOW)])

        self.both(adopted)
        self.both(lambda store: store.adopted([digest, *(f"{digest}-{slug}" for slug in slugs)]))

    @rule(
        kind=st.none() | KINDS,
        states=st.lists(STATES, max_size=2),
        partners=st.none() | st.frozensets(st.sampled_from(["acme", "globex"])),
        parent=st.none() | KEYS,
        after=st.none() | KEYS,
        limit=st.none() | st.integers(0, 4),
    )
    def ask_for_many(self, after: SubjectKey | None, parent: SubjectKey | None, **given: Any) -> None:
        states = tuple(given.pop("states"))
        query = Query(states=states, parent=str(parent) if parent else None, after=str(after or ""), **given)
        self.both(lambda store: [seen(dossier) for dossier in store.scan(query, WHOLE)])
        self.both(lambda store: store.census(query))

    @rule(key=KEYS)
    def ask_for_one(self, key: SubjectKey) -> None:
        self.both(lambda store: seen(store.dossier(key, WHOLE._replace(answer=answer_key()))))
        self.both(
            lambda store: [
                store.history(key),
                store.facts_ledger(key),
                store.evidence_ledger(key),
                store.clock_events(key),
                store.customers(key),
            ]
        )

    @precondition(lambda self: self.causes)
    @rule(key=st.none() | KEYS, after=st.integers(0, 3), limit=st.none() | st.integers(0, 3))
    def read_the_outbox(self, key: SubjectKey | None, after: int, limit: int | None) -> None:
        self.both(
            lambda store: [
                kept._replace(number=0) for kept in store.notices(str(key) if key else None, limit=limit)[after:]
            ]
        )

    @invariant()
    def both_hold_the_same(self) -> None:
        self.both(lambda store: list(store.histories()))
        self.both(lambda store: open_register(store).people())
        self.both(lambda store: open_register(store).partners())
        self.both(lambda store: store.odd_events())

    def teardown(self) -> None:
        self.sqlite.close()
        self.folder.cleanup()


TwoStores.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestTwoStores = TwoStores.TestCase
