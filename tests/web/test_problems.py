"""One error, one status and one document on every surface; what went wrong on our side stays in the log."""

import json
from pathlib import Path

import pytest

from review_engine import Refused, ReviewEngine
from review_engine.domain import errors
from review_engine.domain.actors import Actor
from review_engine.testing import open_test_engine
from review_engine.web.problems import TITLES, problem, problem_of, status_of

ANN = Actor.partner("p-ann", of="acme")


@pytest.fixture
def engine() -> ReviewEngine:
    return open_test_engine()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotAdmitted("nobody is signed in"), 401),
        (errors.NotAllowed("not yours to do"), 403),
        (errors.NotFound("app", "app/x"), 404),
        (errors.MoveConflict("somebody was first"), 409),
        (errors.SlugTaken("it is taken"), 409),
        (errors.KeyReused("another request"), 422),
        (errors.InvalidInput("it cannot be used"), 422),
        (errors.UnknownName("state", "x", ["y"]), 422),
        (errors.InvalidConfiguration("it cannot be used"), 500),
        (errors.StoreBusy("the lock was not to be had"), 503),
        (errors.SchemaBehind("the tables are old"), 500),
        (errors.SecretKeyMissing("there is no key"), 500),
        (errors.ReviewEngineError("something else"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_branch_of_the_tree_is_a_status(error: errors.ReviewEngineError, status: int) -> None:
    document = problem_of(error)
    assert (status_of(error), document["status"], document["code"]) == (status, status, error.code)
    assert document["title"] == TITLES[status]
    assert str(document["type"]).startswith("urn:review-engine:")
    json.dumps(document)


def test_a_lost_race_is_a_412_where_the_page_was_named() -> None:
    lost = errors.MoveConflict("somebody was first")
    assert (status_of(lost), status_of(lost, conditional=True)) == (409, 412)
    assert status_of(errors.SlugTaken("it is taken"), conditional=True) == 409


def test_what_went_wrong_on_our_side_is_not_told() -> None:
    document = problem_of(errors.StoreError("no route to db.internal:5432", where="/srv/reviews.db"))
    assert "db.internal" not in json.dumps(document)
    assert "/srv" not in json.dumps(document)
    assert document["code"] == "store"


def test_a_refusal_names_every_unmet_guard_with_its_cure(engine: ReviewEngine) -> None:
    engine.register("sync", partner="acme", by=ANN)
    with pytest.raises(Refused) as refused:
        engine.move("sync", "submit", by=ANN)
    document = problem_of(refused.value)
    unmet = document["unmet"]
    assert isinstance(unmet, list)
    assert (document["status"], [each["title"] for each in unmet]) == (
        409,
        [item.title for item in refused.value.unmet],
    )
    assert all(each["reason"] and each["cure"] and each["guard"] for each in unmet)


def test_what_is_empty_is_left_out_and_what_is_more_is_kept() -> None:
    assert "where" not in problem_of(errors.NotAllowed("not yours to do"))
    document = problem(418, code="odd", detail="Odd.", errors=[{"pointer": "/a"}])
    assert (document["title"], document["errors"]) == ("This did not work", [{"pointer": "/a"}])


def test_no_web_framework_is_needed_for_it() -> None:
    for name in ("problems", "principal", "refusals", "limits", "headers"):
        source = Path(__file__).parents[2] / "review_engine" / "web" / f"{name}.py"
        text = source.read_text(encoding="utf-8")
        assert "import fastapi" not in text
        assert "from fastapi" not in text
        assert "starlette" not in text
