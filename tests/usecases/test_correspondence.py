"""Telling people, from the engine's side: a host's own channels and functions, bounces and clocks, people's choices."""

from datetime import timedelta
from pathlib import Path

import pytest

from review_engine import Actor, ReviewEngine
from review_engine.channels.memory import MemoryChannel
from review_engine.channels.own import Told
from review_engine.channels.switchboard import Switchboard, switchboard
from review_engine.domain.errors import InvalidConfiguration, InvalidInput, NotAllowed, NotFound
from review_engine.domain.preferences import OFF, Preference
from review_engine.ports.channels import Channel
from review_engine.ports.directory import Partner, Person
from review_engine.ports.outbox import DEAD, HELD, PENDING, SENT, Chosen
from review_engine.settings import RouteSettings, Settings
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from review_engine.usecases.bounce import read_report
from tests.cli.test_outbox import REPORT
from tests.usecases.parcels import ALWAYS

HOST = Actor.host()
ANN = Actor.partner("p-ann", of="acme")
RITA = Actor.reviewer("r-rita")
MO = Actor.manager("m-mo")
WORKFLOW = """
[lifecycle]
name     = "app"
title    = "App"
starts   = "draft"
calendar = "office"

[states.draft]
title     = "Draft"
waits_for = "partner"

[states.review]
title     = "In review"
waits_for = "reviewer"

[states.changes]
title     = "Changes requested"
waits_for = "partner"

[transitions.submit]
title   = "Submit"
from    = ["draft", "changes"]
to      = "review"
by      = ["partner"]

[transitions.ask]
title   = "Ask for changes"
from    = ["review"]
to      = "changes"
by      = ["reviewer"]
notices = ["changes_asked", "tips"]

[sla.decision]
title     = "Decision within 8 hours"
runs_in   = ["review"]
pauses_in = ["changes"]
within    = "8 hours"

[notices]
changes_asked = { to = ["partner"] }
tips          = { to = ["partner"], optional = true }
"""


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def channels() -> dict[str, Channel]:
    return {"email": MemoryChannel(), "log": MemoryChannel()}


@pytest.fixture
def engine(tmp_path: Path, clock: TurnableClock, channels: dict[str, Channel]) -> ReviewEngine:
    """An engine with one workflow, one partner of two members, and channels that keep what they get."""
    (tmp_path / "workflows" / "calendars").mkdir(parents=True)
    (tmp_path / "workflows" / "app.toml").write_text(WORKFLOW)
    (tmp_path / "workflows" / "calendars" / "office.toml").write_text(ALWAYS)
    engine = open_test_engine(clock=clock, workflows=tmp_path / "workflows", secret_key=new_key(), channels=channels)
    people = engine.directory
    people.add_partner(Partner("acme", "Acme"))  # type: ignore[attr-defined]
    people.add_person(Person("p-ann", "Ann", "ann@acme.example", partners=frozenset({"acme"})))  # type: ignore[attr-defined]
    return engine


def asked(engine: ReviewEngine, clock: TurnableClock) -> None:
    """An app that was sent back to its partner an hour into its review."""
    engine.register("sync", partner="acme", by=ANN)
    engine.move("sync", "submit", by=ANN)
    clock.turn("1 hour")
    engine.move("sync", "ask", by=RITA)


def report(engine: ReviewEngine, event: str = "changes_asked", action: str = "failed") -> bytes:
    """The report on a letter that came back."""
    row = next(row for row in engine.outgoing(by=HOST) if row.notice.name == event)
    return REPORT.format(to=row.recipient.address.upper(), id=row.message_id).replace("failed", action).encode()


# A host's own


async def test_a_host_s_channel_is_told_and_called_again_when_it_fails(
    engine: ReviewEngine, clock: TurnableClock, tmp_path: Path
) -> None:
    told: list[Told] = []

    @engine.channel("slack")
    async def slack(message: Told) -> None:
        told.append(message)
        if len(told) == 1:
            raise ConnectionError("slack is down")

    board = engine.post.exchange if engine.post else None
    assert isinstance(board, Switchboard)
    board.by_role["partner"] = ("slack",)  # type: ignore[index]
    asked(engine, clock)
    assert (await engine.deliver()).sent == 1
    clock.turn("2 minutes")
    assert (await engine.deliver()).sent == 1
    assert [message.event for message in told] == ["changes_asked", "tips", "changes_asked"]
    assert told[0].id == told[2].id
    assert (told[0].recipient.key, told[0].context["comment"]) == ("p-ann", "")


@pytest.mark.parametrize("name", ["email", "Slack", "", "with blank", "on_move"])
def test_a_name_that_cannot_be_a_channel_s_is_refused(engine: ReviewEngine, name: str) -> None:
    with pytest.raises(InvalidInput):
        engine.channel(name)(print)


def test_a_function_that_cannot_be_called_is_refused_when_it_is_registered(engine: ReviewEngine) -> None:
    with pytest.raises(InvalidInput, match="cannot be called"):
        engine.channel("slack")(lambda: None)
    with pytest.raises(InvalidInput, match="cannot be called"):
        engine.on_move(lambda one, two: None)


async def test_every_move_is_told_after_it_is_kept_at_least_once(engine: ReviewEngine, clock: TurnableClock) -> None:
    moves: list[tuple[str, object]] = []
    broken: list[str] = []

    @engine.on_move
    def first(told: Told) -> None:
        moves.append((told.subject, told.context["transition"]))

    @engine.on_move
    def second(told: Told) -> None:
        broken.append(told.id)
        if len(broken) < 3:
            raise RuntimeError("not now")

    asked(engine, clock)
    await engine.deliver()
    clock.turn("10 minutes")
    await engine.deliver()
    assert sorted(moves) == [("app/sync", "ask"), ("app/sync", "register"), ("app/sync", "submit")]
    assert len(set(broken)) == 3
    assert len(broken) == 5


async def test_moves_wait_for_a_process_that_has_somebody_to_tell(engine: ReviewEngine, clock: TurnableClock) -> None:
    assert engine.post is not None
    board = engine.post.exchange
    assert isinstance(board, Switchboard)
    engine.on_move(print)
    asked(engine, clock)
    board._listeners.clear()
    await engine.deliver()
    assert [kept.status for kept in engine.notices(by=HOST) if kept.notice.name == "move.taken"] == ["pending"] * 3
    told: list[Told] = []
    engine.on_move(told.append)
    await engine.deliver()
    assert len(told) == 3


def test_without_somebody_to_tell_a_move_leaves_no_notice_of_its_own(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    asked(engine, clock)
    assert {kept.notice.name for kept in engine.notices(by=HOST)} == {"changes_asked", "tips"}


# Bounces


async def test_a_bounce_marks_the_address_holds_its_letters_and_lets_the_clock_run_on(
    engine: ReviewEngine, clock: TurnableClock, channels: dict[str, Channel]
) -> None:
    asked(engine, clock)
    await engine.deliver()
    (before,) = engine.due("sync", by=HOST)
    engine.register("other", partner="acme", by=ANN)
    engine.move("other", "submit", by=ANN)
    engine.move("other", "ask", by=RITA)
    clock.turn("30 minutes")
    done = engine.bounce(report(engine), by=HOST)
    assert (done.believed, done.resumed) == (True, ("decision",))
    (clock_now,) = engine.desk.store.dossier(
        engine.subject("sync", by=HOST).subject_key, engine.desk.ask("app", clock())
    ).clocks
    assert (clock_now.state, clock_now.paused_at) == ("running", None)
    assert clock_now.due_at == before.due_at
    await engine.deliver()
    assert {row.status for row in engine.outgoing(Chosen(subject="app/other"), by=HOST)} == {"suppressed"}
    log = channels["log"]
    assert isinstance(log, MemoryChannel)
    assert [one.outgoing.notice.name for one in log.kept] == ["letter_bounced"]
    assert engine.bounce(report(engine), by=HOST).resumed == ()


async def test_letters_that_wait_for_a_bad_address_are_held(engine: ReviewEngine, clock: TurnableClock) -> None:
    asked(engine, clock)
    await engine.deliver()
    row = engine.outgoing(by=HOST)[0]
    again = engine.resend(row.id, by=HOST, force=True)
    assert again.status == PENDING
    assert engine.bounce(report(engine), by=HOST).held == 1
    assert [one.status for one in engine.outgoing(Chosen(channel="email"), by=HOST)] == [DEAD, SENT, HELD]


async def test_a_bounce_resumes_no_clock_when_another_member_got_the_letter(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    bob = Person("p-bob", "Bob", "bob@acme.example", partners=frozenset({"acme"}))
    engine.directory.add_person(bob)  # type: ignore[attr-defined]
    asked(engine, clock)
    await engine.deliver()
    done = engine.bounce(report(engine), by=HOST)
    assert (done.believed, done.resumed) == (True, ())


async def test_a_letter_that_is_only_late_is_left_alone(engine: ReviewEngine, clock: TurnableClock) -> None:
    asked(engine, clock)
    await engine.deliver()
    assert not engine.bounce(report(engine, action="delayed"), by=HOST).believed
    assert {row.status for row in engine.outgoing(by=HOST)} == {SENT}


async def test_a_report_on_a_letter_that_was_not_sent_there_is_not_believed(
    engine: ReviewEngine, clock: TurnableClock
) -> None:
    asked(engine, clock)
    await engine.deliver()
    forged = report(engine).replace(b"ANN@ACME.EXAMPLE", b"victim@acme.example")
    with pytest.raises(NotFound):
        engine.bounce(forged, by=HOST)
    assert engine.post is not None
    assert engine.post.outbox.suppressions() == []


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b"Content-Type: multipart/report\r\n\r\n",
        pytest.param(b"Content-Type: message/rfc822\n\n" * 5_000, id="letters in letters"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 5_000, id="parts in parts"),
        pytest.param(b"Content-Type: multipart/report; " + b"a*0=b; " * 50_000 + b"\n\n", id="parameters without end"),
        pytest.param(b"Content-Type: a/b;\r\n" + b" a=b;\r\n" * 50_000 + b"\r\n", id="folded without end"),
    ],
)
def test_what_is_no_report_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_report(document)


# Choices


async def test_one_click_ends_a_letter_that_one_may_refuse(engine: ReviewEngine, clock: TurnableClock) -> None:
    asked(engine, clock)
    await engine.deliver()
    tips = next(row for row in engine.outgoing(by=HOST) if row.notice.name == "tips")
    token = tips.recipient.unsubscribe.rpartition("/")[2]
    assert engine.unsubscribe(token).letters == {"tips": OFF}
    assert engine.preference("p-ann").mode_of("tips") == OFF
    engine.move("sync", "submit", by=ANN)
    engine.move("sync", "ask", by=RITA)
    assert (await engine.deliver()).sent == 1
    for wrong in (token[:-1], "x", "\ud800"):
        with pytest.raises(NotFound):
            engine.unsubscribe(wrong)


def test_a_person_chooses_for_themselves(engine: ReviewEngine) -> None:
    engine.prefer(Preference("p-ann", OFF), by=ANN)
    with pytest.raises(NotAllowed):
        engine.prefer(Preference("p-bob", OFF), by=ANN)
    with pytest.raises(NotAllowed):
        engine.outgoing(by=ANN)
    with pytest.raises(NotAllowed):
        engine.purge_outbox(timedelta(days=1), by=ANN)


# Configuration


def test_a_route_to_an_endpoint_nobody_declared_is_refused() -> None:
    settings = Settings(routes=RouteSettings(partner=("webhook:crm",)))
    with pytest.raises(InvalidConfiguration, match="crm"):
        switchboard(settings, TurnableClock())


def test_a_configured_endpoint_is_a_channel_of_its_own() -> None:
    endpoint = {"url": "https://hooks.example.com/", "secrets": ["whsec_" + "b" * 44], "events": ["app_public"]}
    document = {"routes": {"partner": ["email", "webhook"]}, "webhooks": {"endpoints": {"crm": endpoint}}}
    board = switchboard(Settings.model_validate(document), TurnableClock())
    assert set(board.channels()) == {"email", "log", "webhook:crm"}
    assert [(route.channel, route.personal) for route in board.routes("partner")] == [
        ("email", True),
        ("webhook:crm", False),
    ]
    assert [board.routes("partner")[1].takes(event) for event in ("app_public", "tips")] == [True, False]
