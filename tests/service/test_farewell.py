"""Ending a letter from the letter itself: looking changes nothing, one POST does, as RFC 8058 has it."""

import pytest
from fastapi.testclient import TestClient

from review_engine import ReviewEngine
from review_engine.usecases.postmaster import unsubscribe_token

ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def address(engine: ReviewEngine) -> str:
    return f"/unsubscribe/{unsubscribe_token(engine.desk.vault, 'p-ann', 'app_public')}"


def ended(engine: ReviewEngine) -> bool:
    return "app_public" in repr(engine.preference("p-ann"))


def test_looking_changes_nothing(engine: ReviewEngine, client: TestClient, address: str) -> None:
    before = engine.preference("p-ann")
    for method in ("GET", "HEAD", "OPTIONS"):
        client.request(method, address)
    page = client.get(address)
    assert (page.status_code, '<form method="post">' in page.text) == (200, True)
    assert engine.preference("p-ann") == before
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


def test_a_mail_program_ends_it_with_one_post_and_may_do_so_again(
    engine: ReviewEngine, client: TestClient, address: str
) -> None:
    for _ in range(2):
        answer = client.post(address, content="List-Unsubscribe=One-Click", headers=ONE_CLICK)
        assert (answer.status_code, "Done" in answer.text) == (200, True)
    assert ended(engine)


def test_the_button_of_the_page_ends_it_too(engine: ReviewEngine, client: TestClient, address: str) -> None:
    assert client.post(address, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert ended(engine)


@pytest.mark.parametrize("token", ["x", "a" * 2000, "%00", "%F0%9F", "..", "<script>alert(1)</script>"])
def test_an_address_that_nobody_made_ends_nothing(engine: ReviewEngine, client: TestClient, token: str) -> None:
    answer = client.post(f"/unsubscribe/{token}")
    assert 400 <= answer.status_code < 500
    assert "<script>alert" not in answer.text
    assert not ended(engine)


def test_a_sealed_text_of_another_sort_ends_nothing(engine: ReviewEngine, client: TestClient) -> None:
    token = engine.desk.vault.seal('["secret", "p-ann", "app_public"]').decode("ascii")
    assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert not ended(engine)
