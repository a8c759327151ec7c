"""The front door on the command line: the queue, the catalog, tokens."""

from datetime import timedelta

import pytest

from review_engine import Actor, ReviewEngine, open_engine
from review_engine.testing import TurnableClock
from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, MONA, RITA
from tests.usecases.conftest import CRITERIA, ready

BY_ANN, BY_RITA = Actor.partner("p-ann", of="acme"), Actor.reviewer("r-rita")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TurnableClock:
    turned = TurnableClock()
    monkeypatch.setattr("review_engine.assembly.machine_clock", turned)
    return turned


@pytest.fixture
def desk(shop: Terminal, clock: TurnableClock) -> Terminal:
    """A shop in which one app waits, one is in review and one is in the catalog."""
    engine = open_engine(url=f"sqlite:///{shop.database}")
    for slug, steps in (("waits", ()), ("taken", ("claim",)), ("shown", ("claim", "approve"))):
        through(engine, slug, steps)
        clock.turn(timedelta(hours=1))
    engine.close()
    return shop


def through(engine: ReviewEngine, slug: str, steps: tuple[str, ...]) -> None:
    ready(engine, slug)
    engine.edit(slug, {"name": slug.title()}, by=BY_ANN)
    engine.move(slug, "submit", by=BY_ANN)
    for step in steps:
        if step == "approve":
            engine.edit(slug, CRITERIA, by=BY_RITA)
        engine.move(slug, step, by=BY_RITA)


def keys(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [entry["key"] for entry in document["entries"]]


def test_the_queue_is_told_due_soonest_first(desk: Terminal) -> None:
    told = desk.json(*RITA, "queue")
    assert keys(told) == ["app/waits", "app/taken"]
    assert (told["total"], told["overdue"], told["next"]) == (2, 0, "")
    assert told["entries"][1]["claimed_by"] == "r-rita"
    assert told["entries"][0]["components"] == ["subscription"]
    assert told["entries"][0]["due_at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--unclaimed",), ["app/waits"]),
        (("--claimed-by", "r-rita"), ["app/taken"]),
        (("--state", "in_review"), ["app/taken"]),
        (("--state", "in_review", "--state", "submitted"), ["app/waits", "app/taken"]),
        (("--reason", "again"), []),
        (("--tier", "priority"), []),
        (("--component", "subscription", "--kind", "app"), ["app/waits", "app/taken"]),
        (("--overdue",), []),
        (("--search", "WAIT"), ["app/waits"]),
    ],
)
def test_the_queue_is_narrowed_by_options(desk: Terminal, options: tuple[str, ...], found: list[str]) -> None:
    assert keys(desk.json("queue", *options)) == found


def test_pages_follow_each_other(desk: Terminal) -> None:
    first = desk.json("queue", "--limit", "1")
    assert keys(desk.json("queue", "--limit", "1", "--after", first["next"])) == ["app/taken"]
    assert f"--after {first['next']}" in desk("queue", "--limit", "1").out.replace("\n", " ")


def test_people_read_the_queue_as_a_table(desk: Terminal, clock: TurnableClock) -> None:
    assert "2 waiting, 0 overdue." in desk("queue").out
    clock.turn(timedelta(days=30))
    answer = desk(*MONA, "queue")
    assert "2 waiting, 2 overdue." in answer.out
    assert "app/waits" in answer.out
    assert "nobody" in answer.out


def test_the_queue_is_not_for_a_partner(desk: Terminal) -> None:
    answer = desk(*ANN, "queue")
    assert (answer.code, answer.out) == (5, "")
    assert "not for a partner" in answer.err


def test_a_wrong_state_is_told_with_the_right_one(desk: Terminal) -> None:
    answer = desk("queue", "--state", "in_revue")
    assert answer.code == 2
    assert "Did you mean 'in_review'?" in answer.err


def test_the_catalog_is_for_everybody(desk: Terminal) -> None:
    told = desk.json("catalog")
    assert told == desk.json(*ANN, "catalog") == desk.json(*RITA, "catalog")
    assert [entry["slug"] for entry in told["entries"]] == ["shown"]
    assert told["categories"] == [{"category": "CRM", "count": 1}]
    assert told["entries"][0]["badge"] == "beta"
    assert "support_email" not in told["entries"][0]


def test_the_catalog_is_searched_and_narrowed(desk: Terminal) -> None:
    assert desk.json("catalog", "CONTACTS shown")["total"] == 1
    assert desk.json("catalog", "nothing")["total"] == 0
    assert desk.json("catalog", "--category", "CRM", "--badge", "beta", "--noteworthy", "--newest")["total"] == 1
    assert desk.json("catalog", "--badge", "")["total"] == 0
    answer = desk("catalog")
    assert "Shown" in answer.out
    assert "1 found." in answer.out


def test_a_token_is_issued_listed_and_taken_back(shop: Terminal) -> None:
    issued = shop.json("token", "create", "--for", "rita", "--role", "reviewer", "--label", "script")
    assert issued["secret"].startswith(f"rve_{issued['id']}_")
    (listed,) = shop.json("token", "list")
    assert listed == {name: value for name, value in issued.items() if name != "secret"}
    assert shop.json("token", "revoke", issued["id"]) == {"revoked": True}
    assert shop.json("token", "revoke", issued["id"]) == {"revoked": False}
    assert "taken back" in shop("token", "list").out


def test_the_secret_of_a_token_lets_its_owner_in(shop: Terminal) -> None:
    answer = shop("token", "create", "--for", "ann", "--role", "partner", "--partner", "acme", "--lasts", "90 days")
    secret = answer.out.split()[0]
    engine = open_engine(url=f"sqlite:///{shop.database}")
    assert engine.admit(secret) == Actor.partner("ann", of="acme")
    engine.close()
    assert "not shown again" in answer.out
    assert secret not in shop("token", "list").out


def test_people_read_tokens_as_a_table(shop: Terminal, clock: TurnableClock) -> None:
    shop("token", "create", "--for", "ann", "--role", "partner", "--partner", "acme", "--lasts", "90 days")
    shop("token", "create", "--for", "mona", "--role", "manager")
    out = shop("token", "list").out
    assert "until 2026-05-31" in out
    assert "for ever" in out
    clock.turn(timedelta(days=90))
    assert "no longer" in shop("token", "list").out
    assert "0 found." in shop(*RITA, "token", "list").out


def test_a_token_reaches_no_further_than_who_issues_it(shop: Terminal) -> None:
    assert shop(*ANN, "token", "create", "--for", "ann", "--role", "partner").code == 0
    assert shop(*ANN, "token", "create", "--for", "gus", "--role", "partner").code == 5
    assert shop(*MONA, "token", "create", "--for", "gus", "--role", "partner").code == 5
    assert shop("token", "create", "--for", "gus", "--role", "partner").code == 0
    assert shop(*RITA, "token", "create", "--for", "rita", "--role", "reviewer", "--feed").code == 0
    assert [one["person"] for one in shop.json(*RITA, "token", "list", "--sort", "feed")] == ["rita"]
    assert shop("token", "create", "--for", "gus", "--role", "reviewer").code == 4
    assert shop("token", "create", "--for", "gus", "--role", "boss").code == 2
    assert [one["person"] for one in shop.json(*ANN, "token", "list")] == ["ann"]
