"""The outbox on the command line: from a move to a letter in a folder, and what an operator does about the rest."""

from email import message_from_bytes
from pathlib import Path

import pytest

from review_engine import Actor, open_engine
from review_engine.ports.outbox import Chosen
from review_engine.testing import TurnableClock
from tests.cli.commands import Terminal
from tests.usecases.conftest import ready


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TurnableClock:
    turned = TurnableClock()
    monkeypatch.setattr("review_engine.assembly.machine_clock", turned)
    return turned


@pytest.fixture
def told(shop: Terminal, tmp_path: Path, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A shop in which an app was submitted, with letters that go to a folder."""
    monkeypatch.setenv("REVIEW_ENGINE_MAIL__FOLDER", str(tmp_path / "letters"))
    engine = open_engine(url=f"sqlite:///{shop.database}")
    ready(engine, "sync")
    engine.move("sync", "submit", by=Actor.partner("p-ann", of="acme"))
    engine.close()
    return shop


def letters(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "letters").glob("*.eml"))


def test_what_a_move_tells_becomes_letters_in_a_folder(told: Terminal, tmp_path: Path) -> None:
    done = told.json("outbox", "deliver")
    assert done["sent"] == len(letters(tmp_path)) > 0
    assert done["dead"] == 0
    listed = told.json("outbox", "list")
    assert {row["status"] for row in listed["rows"]} == {"sent"}
    assert listed["counts"] == [{"channel": "email", "status": "sent", "count": done["sent"]}]
    ids = {str(message_from_bytes(file.read_bytes())["Message-ID"]) for file in letters(tmp_path)}
    assert ids == {told.json("outbox", "show", str(row["number"]))["message_id"] for row in listed["rows"]}
    assert told.json("outbox", "deliver")["sent"] == 0


def test_people_read_the_outbox_as_a_table(told: Terminal) -> None:
    assert "Nothing of that sort" in told("outbox", "list").out
    told("outbox", "deliver")
    answer = told("outbox", "list")
    assert "submission_received" in answer.out
    assert "Message-ID: <" in told("outbox", "show", "1").out


def test_a_letter_is_held_replayed_and_sent_again_by_force(told: Terminal, tmp_path: Path) -> None:
    told("outbox", "deliver")
    sent = len(letters(tmp_path))
    assert told("outbox", "resend", "1").code == 2
    number = told.json("outbox", "resend", "1", "--force")["number"]
    assert told.json("outbox", "hold", str(number)) == {"held": 1}
    assert told.json("outbox", "deliver")["sent"] == 0
    assert told.json("outbox", "replay", "--status", "held") == {"replayed": 1, "readdressed": 0}
    assert told.json("outbox", "deliver")["sent"] == 1
    assert len(letters(tmp_path)) == sent + 1


def test_what_was_sent_long_ago_is_purged(told: Terminal, clock: TurnableClock) -> None:
    sent = told.json("outbox", "deliver")["sent"]
    assert told.json("outbox", "purge", "--older-than", "1 day") == {"purged": 0}
    clock.turn("2 days")
    assert told.json("outbox", "purge", "--older-than", "1 day") == {"purged": sent}
    assert told.json("outbox", "list")["rows"] == []


@pytest.mark.parametrize(
    "words",
    [("list",), ("show", "1"), ("deliver",), ("replay", "1"), ("hold", "1"), ("purge", "--older-than", "1 day")],
)
def test_the_outbox_is_not_for_a_partner(told: Terminal, words: tuple[str, ...]) -> None:
    assert told("--as", "partner:p-ann", "outbox", *words).code == 5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("outbox", "replay"), 2),
        (("outbox", "list", "--status", "sended"), 2),
        (("outbox", "show", "99"), 2),
        (("outbox", "resend", "99", "--force"), 4),
        (("bounce", "nothing.eml"), 2),
    ],
)
def test_what_cannot_be_done_is_said(told: Terminal, words: tuple[str, ...], code: int) -> None:
    answer = told(*words)
    assert answer.code == code
    assert answer.err.startswith("Error: ")


def test_a_letter_that_came_back_marks_its_address(told: Terminal, tmp_path: Path) -> None:
    told("outbox", "deliver")
    engine = open_engine(url=f"sqlite:///{told.database}")
    row = next(row for row in engine.outgoing(Chosen(), by=Actor.host()) if not row.recipient.staff)
    engine.close()
    report = tmp_path / "report.eml"
    report.write_text(REPORT.format(to=row.recipient.address, id=row.message_id))
    answer = told.json("bounce", str(report))
    assert (answer["believed"], answer["recipient"], answer["status"]) == (True, row.recipient.address, "5.1.1")
    assert told.json("outbox", "show", str(row.id))["status"] == "dead"


REPORT = """From: MAILER-DAEMON@relay.example
To: center@platform.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {id}
Subject: x

--b--
"""
