"""Keys of people and subjects: what can be kept, and what is refused before anything is written."""

import pytest

from review_engine.domain.actors import ENGINE, Actor, Role
from review_engine.domain.errors import InvalidKey, UnknownName
from review_engine.domain.keys import SubjectKey


@pytest.mark.parametrize("key", ["", "a" * 201, "two\nlines", "nul\x00", "broken\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(InvalidKey):
        Actor.reviewer(key)


def test_a_partner_sees_its_own_and_everybody_else_sees_all() -> None:
    assert Actor.partner("p-ann", of="acme").sees("acme")
    assert not Actor.partner("p-ann", of="acme").sees("eve-corp")
    assert all(actor.sees("acme") for actor in (Actor.reviewer("r"), Actor.manager("m"), Actor.host(), ENGINE))


def test_an_unknown_role_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'reviewer'"):
        Role.named("reviwer")


def test_an_actor_prints_as_role_and_key() -> None:
    assert str(Actor.manager("m-mo")) == "manager:m-mo"


def test_a_bare_slug_is_of_the_default_kind() -> None:
    assert SubjectKey.parse("acme-sync") == SubjectKey("app", "acme-sync")
    assert str(SubjectKey.parse("component/acme.hook")) == "component/acme.hook"


@pytest.mark.parametrize(
    "text", ["", "/", "app/", "App/x", "app/X", "app/a b", "app/a/b", "a" * 101, "app/\x00", "app/-x", "app/x\n"]
)
def test_what_is_no_key_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(InvalidKey, match="Write kind/slug"):
        SubjectKey.parse(text)
