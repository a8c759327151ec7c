"""What every outbox promises: nothing is addressed or claimed twice, and who lost the lease writes nothing."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from review_engine.domain.errors import InvalidInput
from review_engine.domain.notices import Notice
from review_engine.domain.preferences import DIGEST, OFF, Preference
from review_engine.ports.outbox import (
    ADDRESSED,
    CANCELLED,
    DEAD,
    HELD,
    LATER,
    NOBODY,
    PENDING,
    SENDING,
    SENT,
    SUPPRESSED,
    UNKNOWN,
    UNKNOWN_RESENT,
    Addressing,
    Chosen,
    Ended,
    Intent,
    Mark,
    Outbox,
    Outgoing,
    Pause,
    Recipient,
    Suppression,
    Swept,
)
from review_engine.ports.store import Store
from review_engine.store.opening import open_outbox
from tests.contracts.builders import ASK, KEY, NOW, moving, notice, registered

MINUTE = timedelta(minutes=1)
ANN = Recipient("p-ann", "Ann@acme.example", "Ann \u00d6", "Europe/Berlin", people={"r-rita": "Rita"})
MOST = 9


@pytest.fixture
def outbox(store: Store) -> Outbox:
    """An empty outbox."""
    return open_outbox(store)


def row(key: str = "k1", **fields: Any) -> Outgoing:
    """A row that waits for its first attempt."""
    given: dict[str, Any] = {"letter": "submitted", "notice": notice(), "available_at": NOW, "created_at": NOW}
    return Outgoing(key, "email", **{"recipient": ANN, **given, **fields})


def filled(outbox: Outbox, *rows: Outgoing) -> list[int]:
    """Rows that are in the outbox; their numbers."""
    outbox.put(rows)
    return [one.id for one in outbox.rows(Chosen())]


def claimed(outbox: Outbox, token: str = "t1", *, now: datetime = NOW, limit: int = 10) -> list[Outgoing]:
    """What a claim of five minutes takes."""
    return outbox.claim("email", now=now, until=now + 5 * MINUTE, token=token, limit=limit)


def the_row(outbox: Outbox) -> Outgoing:
    """The only row."""
    (one,) = outbox.rows(Chosen())
    return one


def ended(one: Outgoing, status: str, **fields: Any) -> Ended:
    """The end of an attempt."""
    given = {"available_at": NOW, "attempts": one.attempts, "unknowns": one.unknowns, **fields}
    return Ended(one.id, one.lease_token, status, **given)


def told(store: Store, *names: str) -> None:
    """A subject with a move that caused these notices."""
    registered(store)
    store.change(KEY, ASK, moving("sent", notices=tuple(notice(name, "move 2") for name in names)))


# Addressing


def test_a_notice_is_addressed_once_with_its_rows(store: Store, outbox: Outbox) -> None:
    told(store, "submitted", "wanted")
    first, second = outbox.unaddressed()
    assert (first.notice.name, second.notice.name) == ("submitted", "wanted")
    done = [Addressing(first.number, ADDRESSED, (row(),)), Addressing(second.number, NOBODY)]
    assert outbox.address(done) == 2
    assert outbox.unaddressed() == []
    assert [kept.status for kept in store.notices()] == [ADDRESSED, NOBODY]
    assert outbox.address([Addressing(first.number, ADDRESSED, (row("k2"),))]) == 0
    assert [one.idem_key for one in outbox.rows(Chosen())] == ["k1"]


def test_notices_are_found_behind_a_number_and_without_some_names(store: Store, outbox: Outbox) -> None:
    told(store, "one", "moved", "two", "three")
    numbers = [kept.number for kept in outbox.unaddressed()]
    found = outbox.unaddressed(after=numbers[0], but=("moved",), limit=1)
    assert [kept.notice.name for kept in found] == ["two"]


def test_who_found_nobody_is_asked_again(store: Store, outbox: Outbox) -> None:
    told(store, "submitted")
    (kept,) = outbox.unaddressed()
    outbox.address([Addressing(kept.number, NOBODY)])
    assert outbox.readdress() == 1
    assert len(outbox.unaddressed()) == 1


def test_a_row_comes_back_as_it_was_written(outbox: Outbox) -> None:
    one = row(
        told=(notice("a"), notice("b")), content="Subject: x\r\n\r\nhello\r\n", expires_at=NOW + MINUTE, once=True
    )
    outbox.put([one])
    assert the_row(outbox) == replace(one, id=the_row(outbox).id)


def test_a_key_that_is_known_is_not_put_again(outbox: Outbox) -> None:
    assert outbox.put([row(), row("k2")]) == 2
    assert outbox.put([row(), row("k3")]) == 1
    assert len(outbox.rows(Chosen())) == 3


@pytest.mark.parametrize("name", ["NUL \0", "half \ud800"], ids=ascii)
def test_a_text_that_no_database_keeps_is_refused(outbox: Outbox, name: str) -> None:
    with pytest.raises(InvalidInput):
        outbox.put([row(recipient=replace(ANN, name=name))])
    assert outbox.rows(Chosen()) == []


# Claiming


def test_the_urgent_go_before_the_rest_and_the_older_before_the_newer(outbox: Outbox) -> None:
    outbox.put(
        [
            row("later", priority=LATER, available_at=NOW - 9 * MINUTE),
            row("newer", available_at=NOW - MINUTE),
            row("older", available_at=NOW - 2 * MINUTE),
            row("not yet", available_at=NOW + MINUTE),
            row("past", expires_at=NOW),
            row("bundled", bundle="b"),
            row("held", status=HELD),
            replace(row("elsewhere"), channel="log"),
        ]
    )
    assert [one.idem_key for one in claimed(outbox)] == ["older", "newer", "later"]


def test_a_claim_is_a_lease_and_nobody_else_s(outbox: Outbox) -> None:
    filled(outbox, *(row(f"k{n}") for n in range(5)))
    first, second = claimed(outbox, "t1", limit=3), claimed(outbox, "t2")
    assert [len(first), len(second)] == [3, 2]
    assert {one.status for one in first} == {SENDING}
    assert {(one.lease_token, one.lease_until, one.attempts) for one in first} == {("t1", NOW + 5 * MINUTE, 1)}
    assert not {one.id for one in first} & {one.id for one in second}
    assert claimed(outbox, "t3") == []


def test_many_claim_at_once_and_every_row_goes_to_one(opened: Callable[[], Store], plug: str) -> None:
    outboxes = [open_outbox(opened())] * 4 if plug == "memory" else [open_outbox(opened()) for _ in range(4)]
    outboxes[0].put([row(f"k{n}") for n in range(120)])
    taken: list[list[int]] = [[] for _ in outboxes]

    def take(place: int) -> None:
        while found := claimed(outboxes[place], f"t{place}", limit=7):
            taken[place] += [one.id for one in found]

    threads = [threading.Thread(target=take, args=(place,)) for place in range(len(outboxes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [number for numbers in taken for number in numbers]
    assert len(everything) == len(set(everything)) == 120


# Marks


def test_an_intent_keeps_the_content_and_a_later_one_leaves_it(outbox: Outbox) -> None:
    filled(outbox, row())
    (one,) = claimed(outbox)
    mark = Intent(one.id, "t1", NOW, "the text\r\n", "<1@x.example>", "<0@x.example>", "v1")
    assert outbox.record([mark]) == [True]
    begun = the_row(outbox)
    assert (begun.content, begun.message_id, begun.thread_root) == ("the text\r\n", "<1@x.example>", "<0@x.example>")
    assert (begun.letter_version, begun.data_started_at) == ("v1", NOW)
    assert outbox.record([Intent(one.id, "t1", NOW + MINUTE)]) == [True]
    assert (the_row(outbox).content, the_row(outbox).message_id) == ("the text\r\n", "<1@x.example>")
    assert the_row(outbox).data_started_at == NOW + MINUTE


def test_an_end_is_kept_whole_and_ends_the_lease(outbox: Outbox) -> None:
    filled(outbox, row())
    (one,) = claimed(outbox)
    fields = {"stage": "content", "code": 250, "enhanced": "2.0.0", "error": "", "sent_at": NOW, "reply": "queued"}
    assert outbox.record([ended(one, SENT, **fields)]) == [True]
    kept = the_row(outbox)
    assert (kept.status, kept.last_stage, kept.last_code, kept.last_enhanced) == (SENT, "content", 250, "2.0.0")
    assert (kept.sent_at, kept.remote_reply, kept.lease_token, kept.lease_until) == (NOW, "queued", "", None)


def test_whoever_lost_the_lease_writes_nothing(outbox: Outbox) -> None:
    filled(outbox, row("k1"), row("k2"))
    mine, other = claimed(outbox)
    outbox.record([ended(mine, SENT, sent_at=NOW)])
    stale: list[Mark] = [
        ended(mine, DEAD),
        Intent(mine.id, "t1", NOW, "x"),
        Intent(other.id, "t0", NOW, "x"),
        Intent(99, "t1", NOW),
    ]
    assert outbox.record([*stale, Intent(other.id, "t1", NOW, "y")]) == [False, False, False, False, True]
    first, second = outbox.rows(Chosen())
    assert (first.status, first.content, second.content) == (SENT, None, "y")


# Leases


def test_a_lease_that_is_renewed_is_not_swept(outbox: Outbox) -> None:
    filled(outbox, row())
    claimed(outbox)
    assert outbox.renew(["t1", "t9"], NOW + 10 * MINUTE) == 1
    assert outbox.sweep(NOW + 9 * MINUTE, attempts=MOST) == (0, 0, 0, 0)
    assert the_row(outbox).status == SENDING


def test_what_never_began_to_leave_waits_again_and_is_dead_after_too_many_attempts(outbox: Outbox) -> None:
    filled(outbox, row())
    now = NOW
    for _ in range(MOST - 1):
        assert len(claimed(outbox, now=now)) == 1
        now += 6 * MINUTE
        assert outbox.sweep(now, attempts=MOST).pending == 1
    claimed(outbox, now=now)
    assert outbox.sweep(now + 6 * MINUTE, attempts=MOST).dead == 1
    assert (the_row(outbox).status, the_row(outbox).attempts, the_row(outbox).lease_token) == (DEAD, MOST, "")


def test_what_may_have_left_is_sent_again_twice_the_same_and_is_unknown_then(outbox: Outbox) -> None:
    filled(outbox, row())
    now, swept = NOW, Swept()
    for _ in range(UNKNOWN_RESENT + 1):
        (one,) = claimed(outbox, now=now)
        outbox.record([Intent(one.id, "t1", now, "the text")])
        now += 6 * MINUTE
        swept = outbox.sweep(now, attempts=MOST)
    assert swept == (0, 0, 1, 0)
    kept = the_row(outbox)
    assert (kept.status, kept.unknowns, kept.content, kept.data_started_at) == (UNKNOWN, 3, "the text", None)


def test_what_may_be_sent_once_only_is_unknown_at_once(outbox: Outbox) -> None:
    filled(outbox, row(once=True))
    (one,) = claimed(outbox)
    outbox.record([Intent(one.id, "t1", NOW, "the text")])
    assert outbox.sweep(NOW + 6 * MINUTE, attempts=MOST).unknown == 1


def test_what_lost_its_point_is_cancelled(outbox: Outbox) -> None:
    filled(outbox, row(expires_at=NOW + MINUTE))
    assert outbox.sweep(NOW, attempts=MOST).expired == 0
    assert outbox.sweep(NOW + MINUTE, attempts=MOST).expired == 1
    assert the_row(outbox).status == CANCELLED


def test_a_claim_given_back_costs_no_attempt_and_what_began_to_leave_is_swept_next(outbox: Outbox) -> None:
    filled(outbox, row("k1"), row("k2"))
    begun, fresh = claimed(outbox)
    outbox.record([Intent(begun.id, "t1", NOW, "x")])
    assert outbox.release(["t1"], NOW) == 1
    first, second = outbox.rows(Chosen())
    assert (second.status, second.attempts, second.id) == (PENDING, 0, fresh.id)
    assert first.status == SENDING
    assert outbox.sweep(NOW, attempts=MOST).pending == 1


# Bundles


def test_a_bundle_that_is_due_becomes_one_row(outbox: Outbox) -> None:
    filled(outbox, *(row(f"k{n}", bundle="b", available_at=NOW) for n in range(2)), row("k2", bundle="c"))
    outbox.put([row("k3", bundle="b", available_at=NOW + MINUTE)])
    found = outbox.bundles(NOW)
    assert [(one.bundle, one.idem_key) for one in found] == [("b", "k0"), ("b", "k1"), ("c", "k2")]
    assert claimed(outbox) == []
    members = [one.id for one in found[:2]]
    assert outbox.bind(members, row("b#0", letter="digest", told=tuple(one.notice for one in found[:2])))
    assert not outbox.bind(members, row("b#1"))
    assert outbox.bind([found[2].id])
    assert [one.idem_key for one in claimed(outbox)] == ["k2", "b#0"]
    assert [one.status for one in outbox.rows(Chosen(tuple(members)))] == [CANCELLED, CANCELLED]


# Channels, addresses, choices


def test_a_pause_is_written_over_and_ended_once(outbox: Outbox) -> None:
    pause = Pause("email", NOW, NOW + MINUTE, 1, "535 no")
    outbox.pause(pause)
    outbox.pause(pause._replace(until=None, failures=2))
    assert outbox.pauses() == {"email": Pause("email", NOW, None, 2, "535 no")}
    assert [outbox.resume("email"), outbox.resume("email")] == [True, False]
    assert outbox.pauses() == {}


def test_a_suppressed_address_is_known_in_any_spelling_and_its_rows_stop(outbox: Outbox) -> None:
    filled(outbox, row(), row("k2", recipient=Recipient("p-bob", "bob@acme.example")))
    suppression = Suppression("ann@ACME.example", "550 5.1.1 no such user", NOW)
    assert outbox.suppress(suppression, SUPPRESSED) == 1
    assert [one.status for one in outbox.rows(Chosen())] == [SUPPRESSED, PENDING]
    known = Suppression("ann@acme.example", "550 5.1.1 no such user", NOW)
    assert outbox.suppressed(["ANN@acme.example", "bob@acme.example"]) == {"ANN@acme.example": known}
    assert outbox.suppressions() == [known]
    assert [outbox.restore("Ann@acme.example"), outbox.restore("ann@acme.example")] == [True, False]


def test_what_people_chose_comes_back(outbox: Outbox) -> None:
    chose = Preference("p-ann", DIGEST, {"replay_request": OFF}, time(22), time(7, 30), "Europe/Berlin")
    outbox.prefer(replace(chose, mode=OFF))
    outbox.prefer(chose)
    assert outbox.preferences(["p-ann", "p-bob"]) == {"p-ann": chose}


# Operators


def test_rows_are_chosen_by_what_is_known_of_them(outbox: Outbox) -> None:
    other = Notice("submitted", "app/other", "acme", "move 2", ("partner",), NOW, {})
    filled(outbox, row("k1"), row("k2", notice=other), replace(row("k3", status=DEAD), channel="log"))
    outbox.put([row("k4", message_id="<4@x.example>")])

    def keys(chosen: Chosen) -> list[str]:
        return [one.idem_key for one in outbox.rows(chosen)]

    assert keys(Chosen(subject="app/other")) == ["k2"]
    assert keys(Chosen(channel="log")) == keys(Chosen(statuses=(DEAD, SENT))) == ["k3"]
    assert keys(Chosen(message_id="<4@x.example>")) == ["k4"]
    numbers = [one.id for one in outbox.rows(Chosen())]
    assert keys(Chosen(tuple(numbers[:2]))) == keys(Chosen(limit=2)) == ["k1", "k2"]
    assert keys(Chosen(after=numbers[2])) == ["k4"]
    assert outbox.census() == {("email", PENDING): 3, ("log", DEAD): 1}


def test_turning_leaves_what_stands_elsewhere_and_a_new_start_forgets_the_attempts(outbox: Outbox) -> None:
    ids = filled(outbox, row("k1", status=DEAD, attempts=9, unknowns=2, content="kept"), row("k2", status=SENT))
    assert outbox.turn(ids, PENDING, of=(DEAD, HELD), now=NOW + MINUTE) == 1
    first, second = outbox.rows(Chosen())
    assert (first.status, first.attempts, first.unknowns, first.content) == (PENDING, 0, 0, "kept")
    assert (first.available_at, second.status) == (NOW + MINUTE, SENT)
    assert outbox.turn(ids, HELD, of=(PENDING,), now=NOW, note="asked for") == 1
    assert (outbox.rows(Chosen())[0].status, outbox.rows(Chosen())[0].last_error) == (HELD, "asked for")


def test_only_what_ended_well_is_purged(outbox: Outbox) -> None:
    filled(outbox, *(row(status, status=status) for status in (SENT, CANCELLED, DEAD, UNKNOWN, PENDING)))
    outbox.put([row("young", status=SENT, created_at=NOW + MINUTE)])
    assert outbox.purge(NOW + MINUTE) == 2
    assert {one.idem_key for one in outbox.rows(Chosen())} == {DEAD, UNKNOWN, PENDING, "young"}
