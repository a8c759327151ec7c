"""A company asks for access, and becomes a partner, is asked a question, or is declined."""

import pytest

from review_engine.domain.errors import InvalidInput, NotAllowed, NotFound
from review_engine.domain.verdicts import Refused
from tests.stories.world import ANN, HOST, REQUEST, RITA, STRANGER, VERIFIED, World

KEY = "access_request/acme"


@pytest.fixture
def sent(world: World) -> World:
    """Acme has sent its request."""
    world.engine.register(KEY, partner="acme", by=ANN, facts=REQUEST)
    world.engine.move(KEY, "send", by=ANN)
    return world


def test_an_approved_request_makes_the_company_a_partner_with_its_first_member(sent: World) -> None:
    engine = sent.engine
    engine.edit(KEY, VERIFIED, by=RITA)
    engine.move(KEY, "approve", by=RITA)
    partner = engine.directory.partner("acme")
    assert partner is not None
    assert partner.name == "Acme"
    ann = engine.actor("partner:ann@acme.example")
    assert ann.belongs_to("acme")
    assert engine.register("app/acme-sync", partner="acme", by=ann).state == "preview"


def test_before_the_approval_nobody_at_the_company_is_known(sent: World) -> None:
    assert sent.engine.directory.partner("acme") is None
    with pytest.raises(NotFound):
        sent.engine.actor("partner:ann@acme.example")


def test_the_history_of_an_enrolment_holds_no_name_and_no_address(sent: World) -> None:
    sent.engine.edit(KEY, VERIFIED, by=RITA)
    sent.engine.move(KEY, "approve", by=RITA)
    told = str([move.as_dict() for move in sent.moves(KEY)])
    assert "ann@acme.example" not in told
    assert '"Ann"' not in told


def test_an_unverified_request_is_not_approved_and_every_doubt_is_named(sent: World) -> None:
    with pytest.raises(Refused) as refusal:
        sent.engine.move(KEY, "approve", by=RITA)
    assert {item.verdict.guard for item in refusal.value.unmet} == {
        "company_is_legitimate",
        "use_cases_fit",
        "service_can_integrate",
        "partner_is_new",
    }
    assert sent.state(KEY) == "received"


def test_a_question_halts_the_clock_and_the_answer_takes_it_up_again(sent: World) -> None:
    engine, clock = sent.engine, sent.clock
    engine.move(KEY, "ask", by=RITA, comment="What is it for?")
    assert clocks(sent)["answer"] == "paused"
    assert clocks(sent)["company_reply"] == "running"
    clock.turn("3 business days")
    engine.edit(KEY, {"use_cases": "Send events when a letter is opened."}, by=ANN)
    engine.move(KEY, "send", by=ANN)
    assert clocks(sent)["answer"] == "running"
    assert engine.subject(KEY, by=HOST).round == 2


def test_a_request_is_declined_with_a_reason_only(sent: World) -> None:
    with pytest.raises(InvalidInput, match="needs a comment"):
        sent.engine.move(KEY, "decline", by=RITA)
    sent.engine.move(KEY, "decline", by=RITA, comment="You are a customer.")
    assert sent.state(KEY) == "declined"
    assert sent.moves(KEY)[-1].comment == "You are a customer."
    assert sent.engine.directory.partner("acme") is None


def test_a_company_does_not_approve_itself(sent: World) -> None:
    with pytest.raises(NotAllowed):
        sent.engine.move(KEY, "approve", by=ANN)


def test_another_company_cannot_tell_whether_the_request_exists(sent: World) -> None:
    with pytest.raises(NotFound) as there:
        sent.engine.subject(KEY, by=STRANGER)
    with pytest.raises(NotFound) as absent:
        sent.engine.subject("access_request/nobody", by=STRANGER)
    assert str(there.value).replace("acme", "nobody") == str(absent.value)


def clocks(world: World) -> dict[str, str]:
    """The state of each promise."""
    from review_engine.domain.keys import SubjectKey

    dossier = world.engine.desk.dossier(SubjectKey.parse(KEY), HOST, world.clock())
    return {clock.sla: clock.state for clock in dossier.clocks}
