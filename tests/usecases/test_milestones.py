"""Milestones: each number of customers is told once, the highest reached, and only where the workflow says."""

from review_engine import ReviewEngine, Usage
from review_engine.testing import TurnableClock
from tests.usecases.conftest import HOST, in_beta


def used(engine: ReviewEngine, clock: TurnableClock, app: str, *customers: str) -> None:
    engine.record_activity([Usage(app, customer, clock(), "billing") for customer in customers], by=HOST)


def told(engine: ReviewEngine, app: str) -> list[tuple[str, str]]:
    """Notices about milestones that somebody hears of: name and cause."""
    found = [one.notice for one in engine.notices(app, by=HOST)]
    return [(one.name, one.cause) for one in found if one.cause.startswith("milestone") and one.to]


FIRST = ("customer_milestone", "milestone customers 1")
SECOND = ("customer_milestone", "milestone customers 2")
ENOUGH = ("eligible_for_public", "milestone enough_customers 3")


def test_each_number_is_told_when_it_is_reached_and_not_again(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    in_beta(engine, app)
    used(engine, clock, app, "c-1")
    used(engine, clock, app, "c-1")
    assert told(engine, app) == [FIRST]
    used(engine, clock, app, "c-2")
    used(engine, clock, app, "c-3")
    assert told(engine, app) == [FIRST, SECOND, ENOUGH]
    context = engine.notices(app, by=HOST)[-1].notice.context
    assert (context["reached"], context["wanted"]) == (3, 3)
    assert [point["title"] for point in context["ahead"]] == ["The Enable button is live"]  # type: ignore[attr-defined]


def test_a_number_that_was_leapt_over_is_not_told_when_the_count_comes_back_to_it(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    in_beta(engine, app)
    used(engine, clock, app, "c-1", "c-2")
    assert told(engine, app) == [SECOND]
    clock.turn("40 days")
    used(engine, clock, app, "c-1")
    assert told(engine, app) == [SECOND]


def test_an_app_that_launches_hears_that_it_is_public_and_nothing_besides(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    in_beta(engine, app)
    engine.edit(app, {"oauth_enabled_at": clock()}, by=HOST)
    used(engine, clock, app, "c-1", "c-2", "c-3")
    assert engine.subject(app, by=HOST).state == "public"
    assert told(engine, app) == []


def test_customers_of_an_app_that_is_not_in_beta_are_no_milestone(
    engine: ReviewEngine, app: str, clock: TurnableClock
) -> None:
    used(engine, clock, app, "c-1")
    assert told(engine, app) == []
