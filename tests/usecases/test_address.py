"""From what a move left to be told to rows: who hears of it, over what, when, and what they may refuse."""

from datetime import UTC, datetime, time

import pytest

from review_engine.domain.preferences import DIGEST, OFF, Preference
from review_engine.ports.directory import Person
from review_engine.ports.outbox import CANCELLED, LATER, NOBODY, PENDING, SUPPRESSED, Suppression
from review_engine.usecases.address import NOT_WANTED, Rules
from tests.usecases.postroom import BOB, MINUTE, MO, NOW, Postroom


@pytest.fixture
def room() -> Postroom:
    return Postroom()


async def test_every_member_of_the_partner_gets_a_letter_of_their_own(room: Postroom) -> None:
    room.register.add_person(BOB)
    notice = room.caused()
    assert (await room.drained()).sent == 2
    assert {row.recipient.address for row in room.kept()} == {"ann@acme.example", "bob@acme.example"}
    assert {row.idem_key for row in room.rows} == {f"{notice.idem_key}#email#p-{who}" for who in ("ann", "bob")}
    assert {row.recipient.staff for row in room.rows} == {False}


async def test_who_is_in_two_audiences_is_told_once(room: Postroom) -> None:
    room.register.add_person(MO)
    room.caused(to=("reviewers", "managers"))
    await room.drained()
    assert sorted(row.recipient.key for row in room.kept()) == ["m-mo", "r-rita"]
    assert {row.recipient.staff for row in room.rows} == {True}


async def test_the_reviewer_of_the_round_is_told_and_without_one_all_reviewers_are(room: Postroom) -> None:
    room.register.add_person(MO)
    room.caused(to=("reviewer",), context={"reviewer": "r-rita"})
    await room.drained()
    assert [row.recipient.key for row in room.kept()] == ["r-rita"]
    assert room.rows[0].recipient.people == {"r-rita": "Rita"}
    room.caused(to=("reviewer",))
    await room.drained()
    assert sorted(row.recipient.key for row in room.kept()[1:]) == ["m-mo", "r-rita"]


async def test_a_notice_is_addressed_once_however_often_it_is_asked(room: Postroom) -> None:
    room.caused()
    await room.drained()
    await room.drained()
    assert len(room.kept()) == 1


async def test_a_notice_that_finds_nobody_says_so_and_waits_for_an_operator(room: Postroom) -> None:
    room.register.erase("p-ann")
    room.caused()
    await room.drained()
    assert [kept.status for kept in room.notices] == [NOBODY]
    room.register.add_person(BOB)
    assert room.outbox.readdress() == 1
    await room.drained()
    assert [row.recipient.key for row in room.kept()] == ["p-bob"]


async def test_a_directory_that_fails_for_one_notice_holds_up_no_other(
    room: Postroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    members = type(room.register).members

    def failing(self: object, partner: str) -> list[Person]:
        if partner == "broken":
            raise ConnectionError("the directory is down")
        return members(room.register, partner)

    room.caused(partner="broken")
    room.caused()
    monkeypatch.setattr(type(room.register), "members", failing)
    assert (await room.drained()).sent == 1
    assert [kept.status for kept in room.notices] == [PENDING, "addressed"]
    assert "the directory is down" in caplog.text


async def test_what_the_host_calls_people_is_made_fit_to_be_kept(room: Postroom) -> None:
    room.register._people["p-ann"] = Person("p-ann", "A\0nn \ud800", "ann@acme.example", partners=frozenset({"acme"}))
    room.caused()
    assert (await room.drained()).sent == 1
    assert room.rows[0].recipient.name == "Ann ?"


# What one may refuse


async def test_a_letter_one_must_get_goes_whatever_one_prefers(room: Postroom) -> None:
    room.outbox.prefer(Preference("p-ann", OFF, quiet_from=time(0), quiet_until=time(23, 59)))
    room.caused("submitted")
    assert (await room.drained()).sent == 1


async def test_a_letter_one_refused_is_cancelled_and_says_why(room: Postroom) -> None:
    room.outbox.prefer(Preference("p-ann", letters={"tips": OFF}))
    room.caused("tips")
    assert (await room.drained()).sent == 0
    assert [(row.status, row.last_error) for row in room.rows] == [(CANCELLED, NOT_WANTED)]


async def test_quiet_hours_put_off_what_one_may_refuse_until_they_are_over(room: Postroom) -> None:
    room.outbox.prefer(Preference("p-ann", quiet_from=time(18), quiet_until=time(7), zone="Europe/Berlin"))
    room.caused("tips")
    assert (await room.drained()).sent == 0
    assert [row.available_at for row in room.rows] == [datetime(2026, 3, 3, 6, 0, tzinfo=UTC)]
    assert room.rows[0].priority == LATER
    room.now = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    assert (await room.drained()).sent == 1


async def test_letters_wanted_together_come_as_one_at_the_next_morning(room: Postroom) -> None:
    room.outbox.prefer(Preference("p-ann", DIGEST, zone="Europe/Berlin"))
    for _ in range(3):
        room.caused("tips")
    assert (await room.drained()).sent == 0
    room.now = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    assert (await room.drained()).sent == 1
    (letter,) = room.kept()
    assert (letter.letter, len(letter.told)) == ("digest", 3)


async def test_a_letter_one_may_refuse_says_where_and_any_other_does_not(room: Postroom) -> None:
    room.rules = Rules(unsubscribe=lambda person, letter: f"https://x.example/{person}/{letter}")
    room.caused("tips")
    room.caused("submitted")
    await room.drained()
    assert [row.recipient.unsubscribe for row in room.rows] == ["https://x.example/p-ann/tips", ""]


# Together


async def test_what_one_tick_caused_for_one_person_is_one_letter(room: Postroom) -> None:
    for number in range(4):
        room.caused("late", to=("reviewers",), subject=f"app/a{number}", context={"tick": "t1"})
    room.caused("late", to=("reviewers",), subject="app/z", context={"tick": "t2"})
    assert (await room.drained()).sent == 2
    together, alone = sorted(room.kept(), key=lambda row: row.letter != "digest")
    assert [notice.subject for notice in together.told] == [f"app/a{number}" for number in range(4)]
    assert (alone.letter, alone.told) == ("late", ())
    assert sorted(room.statuses) == [CANCELLED] * 4 + ["sent"] * 2


async def test_a_letter_that_cannot_be_written_leaves_the_others_of_its_digest_to_go_alone(room: Postroom) -> None:
    email = room.answering()
    write = email._writes

    def writes(outgoing):  # type: ignore[no-untyped-def]
        if outgoing.told or outgoing.notice.subject == "app/a1":
            raise ValueError("no such template")
        return write(outgoing)

    email._writes = writes
    for number in range(3):
        room.caused("late", to=("reviewers",), subject=f"app/a{number}", context={"tick": "t1"})
    assert (await room.drained()).sent == 2
    assert {row.notice.subject for row in room.kept()} == {"app/a0", "app/a2"}
    assert sorted(room.statuses) == [CANCELLED, "dead", "sent", "sent"]


# Routes


async def test_a_route_that_is_not_a_person_s_gets_each_notice_once() -> None:
    room = Postroom(routes={"partner": ("email", "log"), "reviewer": ("log",)})
    room.register.add_person(BOB)
    room.caused(to=("partner", "reviewers"))
    assert (await room.drained()).sent == 3
    assert [row.recipient.address for row in room.kept("log")] == ["log"]


async def test_an_address_that_is_written_to_no_more_is_not_written_to(room: Postroom) -> None:
    room.outbox.suppress(Suppression("ANN@acme.example", "550 5.1.1 no such user", NOW - MINUTE), SUPPRESSED)
    room.caused()
    assert (await room.drained()).sent == 0
    assert [(row.status, row.last_error) for row in room.rows] == [(SUPPRESSED, "550 5.1.1 no such user")]
