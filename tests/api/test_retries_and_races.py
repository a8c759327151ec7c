"""Lost answers and crowded doors: a retry gets the same bytes, and of sixteen who move at once one wins."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from pydantic import SecretStr

from review_engine import ReviewEngine, Settings, open_engine
from tests.api.desk import ANN, HOST, KEY, RITA, Caller, actor_named, caller, peopled

THREADS, ROUNDS = 16, 15
RETRIES = 100

WRITES: list[tuple[str, str, str, Any]] = [
    ("POST", "/apps", ANN, {"slug": "acme-new", "partner": "acme", "facts": {"name": "New"}}),
    ("PATCH", "/apps/acme-sync/facts", ANN, {"description": "Better."}),
    ("POST", "/apps/acme-sync/moves", ANN, {"transition": "submit"}),
    ("POST", "/components/acme-sync.hook/evidence", HOST, {"probe": "test_suite", "outcome": "green"}),
    ("POST", "/apps/acme-round/review", RITA, {"assessments": [{"result": "noted", "comment": "Fine."}]}),
    ("POST", "/apps/acme-round/remarks", RITA, {"text": "Good morning."}),
]


@pytest.mark.parametrize(("method", "path", "who", "body"), WRITES, ids=[path for _, path, _, _ in WRITES])
def test_a_retry_gets_the_same_bytes_and_does_nothing_again(
    ann: Caller, method: str, path: str, who: str, body: Any
) -> None:
    def sent() -> tuple[int, bytes, dict[str, str]]:
        answer = ann.as_(who).ask(method, path, body, headers={"idempotency-key": "once"})
        return answer.status_code, answer.content, dict(answer.headers)

    first = sent()
    after = {subject: ann.get(subject).content for subject in ("/apps/acme-sync/history", "/apps/acme-round/remarks")}
    again = [sent() for _ in range(RETRIES)]

    assert first[0] in (200, 201), first
    assert all(one == first for one in again)
    assert {subject: ann.get(subject).content for subject in after} == after


@pytest.mark.parametrize(("method", "path", "who", "body"), WRITES, ids=[path for _, path, _, _ in WRITES])
def test_a_key_is_not_lent_to_another_request(ann: Caller, method: str, path: str, who: str, body: Any) -> None:
    used = {"idempotency-key": "once"}
    other = {"slug": "acme-other", "partner": "acme"}
    ann.as_(who).ask(method, path, body, headers=used)
    lent = ann.as_(who).post("/apps", other, headers=used)

    assert (lent.status_code, lent.json()["code"]) == (422, "key_reused")


def test_a_refused_request_may_be_sent_again_under_its_key_once_it_can_be_done(ann: Caller) -> None:
    key = {"idempotency-key": "later"}
    first = ann.post("/apps/acme-beta/moves", {"transition": "submit"}, headers=key)
    second = ann.post("/apps/acme-sync/moves", {"transition": "submit"}, headers=key)

    assert (first.status_code, second.status_code) == (409, 201)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewEngine]:
    """An engine on a database."""
    url = f"sqlite:///{tmp_path}/r.db" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    opened = open_engine(Settings(secret_key=SecretStr(KEY)), url=url)
    peopled(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("conditional", [False, True], ids=["as it comes", "with If-Match"])
def test_of_sixteen_who_move_at_once_one_wins_and_the_others_are_told(
    database: ReviewEngine, conditional: bool
) -> None:
    ann = caller(database)
    barrier = Barrier(THREADS)

    def move(slug: str, etag: str) -> int:
        barrier.wait()
        headers = {"if-match": f'"{etag}"'} if conditional else {}
        status: int = ann.post(
            f"/access-requests/{slug}/moves", {"transition": "withdraw"}, headers=headers
        ).status_code
        return status

    lost = 412 if conditional else 409
    with ThreadPoolExecutor(THREADS) as crowd:
        for number in range(ROUNDS):
            slug = f"acme-{number}"
            made = database.register(f"access_request/{slug}", partner="acme", by=actor_named(ANN))
            statuses = Counter(crowd.map(move, [slug] * THREADS, [made.etag] * THREADS))

            assert statuses == {201: 1, lost: THREADS - 1}
            assert len(database.history(f"access_request/{slug}", by=actor_named(HOST))) == 2
