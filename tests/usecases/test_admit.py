"""Tokens: who may issue which, and who is let in by them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from review_engine import Actor, ReviewEngine, Role
from review_engine.domain.actors import ENGINE
from review_engine.domain.errors import (
    InvalidInput,
    InvalidKey,
    NotAdmitted,
    NotAllowed,
    NotFound,
    ReviewEngineError,
    UnknownName,
)
from review_engine.ports.directory import Person
from review_engine.ports.reception import TokenRecord
from review_engine.store.memory import MemoryRegister
from review_engine.testing import TurnableClock
from tests.usecases.conftest import HOST, MO, RITA

HOUR = timedelta(hours=1)
ANN = Person("p-ann", "Ann", "ann@acme.example", partners=frozenset({"acme", "globex"}))
GUS = Person("p-gus", "Gus", "gus@globex.example", partners=frozenset({"globex"}))
RITA_HERSELF = Person("r-rita", "Rita", "rita@platform.example", frozenset({Role.REVIEWER}), frozenset({"acme"}))
MO_HIMSELF = Person("m-mo", "Mo", "mo@platform.example", frozenset({Role.REVIEWER, Role.MANAGER}))
BY_ANN, BY_GUS = Actor(Role.PARTNER, "p-ann", ANN.partners), Actor(Role.PARTNER, "p-gus", GUS.partners)


@pytest.fixture
def people(engine: ReviewEngine) -> MemoryRegister:
    register = engine.directory
    assert isinstance(register, MemoryRegister)
    for person in (ANN, GUS, RITA_HERSELF, MO_HIMSELF):
        register.add_person(person)
    return register


pytestmark = pytest.mark.usefixtures("people")


def test_a_secret_is_seen_once_and_only_its_digest_is_kept(engine: ReviewEngine) -> None:
    issued = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST, label="script")
    assert re.fullmatch(r"rve_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", issued.secret)
    assert issued.record.id == issued.secret[4:20]
    assert issued.record.digest == ""
    assert engine.entrance is not None
    kept = engine.entrance.tokens.token(issued.record.id)
    assert kept is not None
    assert re.fullmatch(r"[0-9a-f]{64}", kept.digest)
    assert issued.secret[21:] not in repr(kept)
    assert engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST).secret != issued.secret


@pytest.mark.parametrize(
    ("person", "role", "partner", "actor"),
    [
        ("p-ann", Role.PARTNER, "", Actor(Role.PARTNER, "p-ann", frozenset({"acme", "globex"}))),
        ("p-ann", Role.PARTNER, "globex", Actor(Role.PARTNER, "p-ann", frozenset({"globex"}))),
        ("r-rita", Role.REVIEWER, "", Actor(Role.REVIEWER, "r-rita", frozenset({"acme"}))),
        ("r-rita", Role.PARTNER, "", Actor(Role.PARTNER, "r-rita", frozenset({"acme"}))),
        ("m-mo", Role.MANAGER, "", Actor(Role.MANAGER, "m-mo")),
        ("billing", Role.HOST, "", Actor(Role.HOST, "billing")),
    ],
)
def test_whoever_has_the_secret_is_who_it_was_issued_for(
    engine: ReviewEngine, person: str, role: Role, partner: str, actor: Actor
) -> None:
    assert engine.admit(engine.issue_token(person, role=role, by=HOST, partner=partner).secret) == actor


MATRIX: dict[str, tuple[Actor, str]] = {
    # who asks for a token of:  ann's  ann's for acme  gus's  rita's  rita's as partner  mo's as manager  a service's
    "host": (HOST, "+ + + + + + +"),
    "manager himself": (MO, "- - - - - + -"),
    "reviewer herself": (RITA, "- - - + - - -"),
    "partner herself": (BY_ANN, "+ + - - - - -"),
    "partner of acme only": (Actor.partner("p-ann", of="acme"), "- + - - - - -"),
    "another partner": (BY_GUS, "- - + - - - -"),
    "partner who is staff too": (Actor.partner("r-rita", of="acme"), "- - - - + - -"),
    "engine": (ENGINE, "- - - - - - -"),
}
ASKED = (
    ("p-ann", Role.PARTNER, ""),
    ("p-ann", Role.PARTNER, "acme"),
    ("p-gus", Role.PARTNER, ""),
    ("r-rita", Role.REVIEWER, ""),
    ("r-rita", Role.PARTNER, ""),
    ("m-mo", Role.MANAGER, ""),
    ("billing", Role.HOST, ""),
)


@pytest.mark.parametrize("who", MATRIX)
def test_who_may_issue_which_token(engine: ReviewEngine, who: str) -> None:
    by, row = MATRIX[who]
    for (person, role, partner), allowed in zip(ASKED, row.split(), strict=True):
        if allowed == "+":
            issued = engine.issue_token(person, role=role, partner=partner, by=by)
            assert engine.admit(issued.secret).key == person
        else:
            with pytest.raises(NotAllowed):
                engine.issue_token(person, role=role, partner=partner, by=by)


@pytest.mark.parametrize(
    ("person", "role", "partner"),
    [
        ("nobody", Role.PARTNER, ""),
        ("p-ann", Role.REVIEWER, ""),
        ("r-rita", Role.MANAGER, ""),
        ("m-mo", Role.PARTNER, ""),
        ("p-ann", Role.PARTNER, "initech"),
        ("p-ann", Role.HOST, ""),
    ],
)
def test_nobody_gets_a_token_for_what_they_are_not(engine: ReviewEngine, person: str, role: Role, partner: str) -> None:
    with pytest.raises(NotFound):
        engine.issue_token(person, role=role, partner=partner, by=HOST)
    assert engine.tokens(by=HOST) == []


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"role": Role.ENGINE}, InvalidInput),
        ({"partner": "acme"}, InvalidInput),
        ({"label": "x" * 201}, InvalidInput),
        ({"label": "two\nlines"}, InvalidInput),
        ({"lasts": timedelta(0)}, InvalidInput),
        ({"lasts": -HOUR}, InvalidInput),
        ({"lasts": timedelta.max}, InvalidInput),
        ({"sort": "cookie"}, UnknownName),
        ({"person": "a\0b"}, InvalidKey),
        ({"person": ""}, InvalidKey),
    ],
)
def test_what_cannot_be_issued_is_refused(
    engine: ReviewEngine, wrong: dict[str, object], error: type[ReviewEngineError]
) -> None:
    given = {"person": "r-rita", "role": Role.REVIEWER, "by": HOST, **wrong}
    with pytest.raises(error):
        engine.issue_token(**given)  # type: ignore[arg-type]
    assert engine.tokens(by=HOST) == []


@pytest.fixture
def secret(engine: ReviewEngine) -> str:
    return engine.issue_token("p-ann", role=Role.PARTNER, by=HOST, lasts=HOUR).secret


def another(letter: str) -> str:
    return "A" if letter != "A" else "B"


def refused(engine: ReviewEngine, secret: str) -> tuple[str, ...]:
    with pytest.raises(NotAdmitted) as caught:
        engine.admit(secret)
    return tuple(map(str, caught.value.as_dict().values()))


def test_whatever_is_wrong_is_told_in_the_same_words(engine: ReviewEngine, secret: str) -> None:
    forged = secret[:-1] + another(secret[-1])
    unknown = f"rve_{'0' * 16}_{secret[21:]}"
    over = engine.issue_token("p-ann", role=Role.PARTNER, by=HOST).record.id
    engine.revoke_token(over, by=HOST)
    attempts = (forged, unknown, f"rve_{over}_{secret[21:]}", "", "x", secret[:-1], f"{secret} ", f"{secret}\n")
    odd = ("\0", "\ud800", f"rve_{'0' * 16}_" + "\u0660" * 43, "rve_" * 10_000, secret.upper())
    assert len({refused(engine, attempt) for attempt in (*attempts, *odd)}) == 1
    assert engine.admit(secret).key == "p-ann"


def test_a_digest_is_no_secret(engine: ReviewEngine, secret: str) -> None:
    assert engine.entrance is not None
    record = engine.entrance.tokens.token(secret[4:20])
    assert record is not None
    refused(engine, f"rve_{record.id}_{record.digest[:43]}")


def test_a_token_is_valid_until_it_is_over(engine: ReviewEngine, clock: TurnableClock, secret: str) -> None:
    clock.turn(HOUR - timedelta(microseconds=1))
    assert engine.admit(secret).key == "p-ann"
    clock.turn(timedelta(microseconds=1))
    refused(engine, secret)


def test_a_token_without_a_length_lasts(engine: ReviewEngine, clock: TurnableClock) -> None:
    issued = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST)
    clock.turn(timedelta(days=3_650))
    assert engine.admit(issued.secret) == Actor(Role.REVIEWER, "r-rita", frozenset({"acme"}))


def test_a_token_that_was_taken_back_is_over_at_once(engine: ReviewEngine, secret: str) -> None:
    assert engine.revoke_token(secret[4:20], by=BY_ANN) is True
    refused(engine, secret)
    assert engine.revoke_token(secret[4:20], by=BY_ANN) is False


def test_whoever_loses_a_role_is_not_let_in_and_is_when_it_comes_back(
    engine: ReviewEngine, people: MemoryRegister
) -> None:
    issued = engine.issue_token("m-mo", role=Role.MANAGER, by=HOST)
    people.add_person(MO_HIMSELF._replace(roles=frozenset({Role.REVIEWER})))
    refused(engine, issued.secret)
    people.add_person(MO_HIMSELF)
    assert engine.admit(issued.secret) == MO


def test_partners_are_those_of_today_as_the_token_narrows_them(engine: ReviewEngine, people: MemoryRegister) -> None:
    every = engine.issue_token("p-ann", role=Role.PARTNER, by=HOST).secret
    acme = engine.issue_token("p-ann", role=Role.PARTNER, by=HOST, partner="acme").secret
    people.add_person(ANN._replace(partners=frozenset({"globex", "initech"})))
    assert engine.admit(every).partners == {"globex", "initech"}
    refused(engine, acme)
    people.add_person(ANN._replace(partners=frozenset()))
    refused(engine, every)


def test_an_erased_person_is_not_let_in(engine: ReviewEngine, people: MemoryRegister, secret: str) -> None:
    people.erase("p-ann")
    refused(engine, secret)


def test_a_service_is_not_let_in_under_the_key_of_a_person(engine: ReviewEngine, people: MemoryRegister) -> None:
    issued = engine.issue_token("billing", role=Role.HOST, by=HOST)
    people.add_person(Person("billing", "Bill", "bill@acme.example"))
    refused(engine, issued.secret)


def test_an_unknown_number_costs_what_a_known_one_costs(engine: ReviewEngine, secret: str) -> None:
    assert engine.entrance is not None
    watched = Watched(engine)
    forged = secret[:-1] + another(secret[-1])
    assert watched(forged) == watched(f"rve_{'0' * 16}_{secret[21:]}") == watched("nonsense") == ["token"]


class Watched:
    """Tells what an attempt to come in asks of store and directory."""

    def __init__(self, engine: ReviewEngine) -> None:
        from review_engine.usecases import admit

        assert engine.entrance is not None
        self._tokens, self._directory, self._clock = engine.entrance.tokens, engine.directory, engine.clock
        self._admit: Callable[..., Actor] = admit.admit
        self.asked: list[str] = []

    def __call__(self, secret: str) -> list[str]:
        self.asked = []
        with pytest.raises(NotAdmitted):
            self._admit(self, self, secret, now=self._clock())
        return self.asked

    def token(self, id: str) -> TokenRecord | None:
        self.asked.append("token")
        return self._tokens.token(id)

    def person(self, key: str) -> Person | None:
        self.asked.append("person")
        return self._directory.person(key)


def test_tokens_are_listed_for_their_owner_and_all_for_managers(engine: ReviewEngine, clock: TurnableClock) -> None:
    ids = {}
    for person, role in (("p-ann", Role.PARTNER), ("r-rita", Role.REVIEWER), ("billing", Role.HOST)):
        ids[person] = engine.issue_token(person, role=role, by=HOST).record.id
        clock.turn(HOUR)
    page = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST, sort="session").record
    for by in (HOST, MO):
        assert [one.id for one in engine.tokens(by=by)] == [ids["billing"], ids["r-rita"], ids["p-ann"]]
    assert [one.id for one in engine.tokens(by=BY_ANN)] == [ids["p-ann"]]
    assert [one.id for one in engine.tokens(by=RITA)] == [ids["r-rita"]]
    assert engine.tokens(by=BY_GUS) == []
    assert engine.tokens(by=RITA, sort="session") == [page]
    assert {one.digest for one in engine.tokens(by=HOST)} == {""}
    with pytest.raises(UnknownName):
        engine.tokens(by=HOST, sort="cookie")


def test_somebody_elses_token_looks_like_none(engine: ReviewEngine, secret: str) -> None:
    for id in (secret[4:20], "0" * 16, "", "\0", "\ud800"):
        assert engine.revoke_token(id, by=BY_GUS) is False
        assert engine.revoke_token(id, by=RITA) is False
    assert engine.admit(secret).key == "p-ann"
    assert engine.revoke_token(secret[4:20], by=MO) is True


def test_what_was_over_long_ago_is_forgotten(engine: ReviewEngine, clock: TurnableClock, secret: str) -> None:
    clock.turn(HOUR + timedelta(days=90))
    engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST)
    assert secret[4:20] in {one.id for one in engine.tokens(by=HOST)}
    clock.turn(timedelta(microseconds=1))
    engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST)
    assert secret[4:20] not in {one.id for one in engine.tokens(by=HOST)}


def test_a_manager_cannot_become_the_second_person(engine: ReviewEngine) -> None:
    """Whoever holds a colleague's secret acts under the colleague's name, and the history would believe it."""
    with pytest.raises(NotAllowed):
        engine.issue_token("r-rita", role=Role.REVIEWER, by=MO)
    with pytest.raises(NotAllowed):
        engine.issue_token("p-ann", role=Role.PARTNER, by=MO)


@pytest.mark.parametrize("sort", ["token", "session", "feed"])
def test_a_secret_opens_only_what_its_sort_is_for(engine: ReviewEngine, sort: str) -> None:
    secret = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST, sort=sort).secret
    assert engine.admit(secret, sort=sort).key == "r-rita"
    for other in {"token", "session", "feed"} - {sort}:
        with pytest.raises(NotAdmitted):
            engine.admit(secret, sort=other)
    with pytest.raises(UnknownName):
        engine.admit(secret, sort="nothing")


def test_a_session_is_as_narrow_as_its_token(engine: ReviewEngine) -> None:
    token = engine.issue_token("p-ann", role=Role.PARTNER, by=HOST, partner="acme").secret
    assert engine.admit(engine.sign_in(token).secret, sort="session") == Actor.partner("p-ann", of="acme")


def test_a_session_ends_with_the_token_it_was_opened_with(engine: ReviewEngine, clock: TurnableClock) -> None:
    issued = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST)
    session = engine.sign_in(issued.secret, lasts=12 * HOUR).secret
    assert engine.admit(session, sort="session") == Actor(Role.REVIEWER, "r-rita", frozenset({"acme"}))

    engine.revoke_token(issued.record.id, by=HOST)

    with pytest.raises(NotAdmitted):
        engine.admit(session, sort="session")


def test_a_session_lasts_no_longer_than_its_token(engine: ReviewEngine, clock: TurnableClock) -> None:
    token = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST, lasts=HOUR).secret
    session = engine.sign_in(token, lasts=12 * HOUR)
    assert session.record.expires_at == clock() + HOUR
    clock.turn("2 hours")
    with pytest.raises(NotAdmitted):
        engine.admit(session.secret, sort="session")


def test_no_session_is_opened_with_a_session_or_a_feed(engine: ReviewEngine) -> None:
    for sort in ("session", "feed"):
        secret = engine.issue_token("r-rita", role=Role.REVIEWER, by=HOST, sort=sort).secret
        with pytest.raises(NotAdmitted):
            engine.sign_in(secret)
