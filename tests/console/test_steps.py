"""What is missing for the next step, as people read it."""

from review_engine import ReviewEngine
from review_engine.console.names import Names
from review_engine.console.steps import WORDS, next_step, ruled_out, steps
from review_engine.console.timeline import timeline
from review_engine.domain.actors import Role
from review_engine.domain.discretion import meant_for_partner
from review_engine.domain.verdicts import OUTCOMES
from tests.console.browser import ANN, MO, RITA
from tests.console.rounds import claimed, of


def test_every_outcome_has_a_word() -> None:
    assert set(WORDS) == set(OUTCOMES)


def test_a_choice_rules_other_ways_out_once_it_is_made(engine: ReviewEngine, app: str) -> None:
    lifecycle = engine.lifecycle("component")
    hook = engine.subject("component/acme-sync.hook", by=of(ANN))
    assert ruled_out(lifecycle, hook, ["is_plugin"])
    assert not ruled_out(lifecycle, hook, ["suite_passed"])
    engine.register("component/new", partner="acme", by=of(ANN), parent=app)
    assert not ruled_out(lifecycle, engine.subject("component/new", by=of(ANN)), ["is_plugin"])


def test_the_next_step_is_the_first_that_partners_wait_for(engine: ReviewEngine, app: str) -> None:
    lifecycle, subject = engine.lifecycle("app"), engine.subject(app, by=of(ANN))
    assert next_step(lifecycle, subject, [("withdraw", ())]) is None
    assert next_step(lifecycle, subject, [("approve", ("data_seen",))]) is None
    found = next_step(lifecycle, subject, [("withdraw", ()), ("submit", ("test_account",))])
    assert found is not None
    assert (found.rule.name, found.unmet, found.needs[0].title) == (
        "submit", 1, "There is a test account for the reviewers",
    )  # fmt: skip


def test_a_link_leads_only_to_what_that_role_gives(engine: ReviewEngine, app: str) -> None:
    engine.edit(app, {"docs_url": None, "test_user": None}, by=of(ANN))
    subject = engine.subject(app, by=of(ANN))
    lists = engine.checklist(app, by=of(ANN))
    links = {
        role: {
            link
            for step in steps(engine.lifecycle("app"), subject, lists, role)
            for n in step.needs
            for link in n.links
        }
        for role in (Role.PARTNER, Role.REVIEWER)
    }
    assert ("fact-docs_url", "Your documentation") in links[Role.PARTNER]
    assert links[Role.REVIEWER] == set()


def test_a_met_requirement_has_neither_cure_nor_link(engine: ReviewEngine, app: str) -> None:
    found = steps(
        engine.lifecycle("app"), engine.subject(app, by=of(ANN)), engine.checklist(app, by=of(ANN)), Role.PARTNER
    )
    assert found[0].ready
    assert {(need.cure, need.links) for need in found[0].needs} == {("", ())}


def test_the_timeline_names_ones_own_people_and_of_staff_the_role(engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    lifecycle, moves = engine.lifecycle("app"), engine.history(app, by=of(ANN))
    told = {
        who: [each.who for each in timeline(lifecycle, moves, Names(engine.directory, of(who)))] for who in (ANN, MO)
    }
    assert told[ANN][0] == "a reviewer"
    assert told[ANN][-1] == "Ann Archer (partner)"
    assert told[MO][0] == "Rita Roe (reviewer)"


def test_words_between_staff_are_not_meant_for_the_partner(engine: ReviewEngine, app: str) -> None:
    claimed(engine, app)
    engine.move(app, "ask_second", by=of(RITA), comment="Unsure.")
    lifecycle = engine.lifecycle("app")
    meant = {move.transition: meant_for_partner(lifecycle, move) for move in engine.history(app, by=of(MO))}
    assert meant == {"register": True, "submit": True, "claim": True, "ask_second": False}


def test_an_erased_person_is_called_by_the_key(engine: ReviewEngine, app: str) -> None:
    engine.directory.erase("p-ann")  # type: ignore[attr-defined]
    assert Names(engine.directory).doer("partner", "p-ann") == "p-ann (partner)"
