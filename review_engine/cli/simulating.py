"""The command that plays a year: what would become of our promises with so many submissions and so few of us?"""

from typing import Annotated

import typer

from review_engine.cli.call import call_of
from review_engine.cli.progress import counted
from review_engine.cli.promises import PANEL
from review_engine.domain.errors import InvalidInput, shown


def install(app: typer.Typer) -> None:
    """Plug this command in."""
    app.command(rich_help_panel=PANEL)(simulate)


def simulate(
    ctx: typer.Context,
    apps: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many are submitted.")] = 5000,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="In how many days.")] = 365,
    seed: Annotated[int, typer.Option(help="Which year; the same seed tells the same one.")] = 1,
    reviewers: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="How many review; else as many as are needed.")
    ] = None,
    promise: Annotated[
        list[str] | None,
        typer.Option("--sla", metavar="NAME=LENGTH", help='Promise otherwise: first_response="1 business day".'),
    ] = None,
    kind: Annotated[str | None, typer.Option(help="The workflow; else the one that bare slugs are of.")] = None,
) -> None:
    """Play a year of submissions on the real engine, in memory; show queues and promises week by week."""
    from review_engine.cli import timesheets
    from review_engine.simulation.scenario import Scenario
    from review_engine.simulation.year import simulate as play

    call = call_of(ctx)
    workflows = call.settings.workflows
    played = kind or workflows.default_kind
    scenario = Scenario(apps, days, seed, reviewers, kind=played, promises=_promises(promise or []))
    with counted(call, "Simulating", days // 7) as done:
        weeks = iter(range(1, days + 2))
        account = play(
            scenario,
            workflows=workflows.folder or None,
            calendars=workflows.calendars or None,
            progress=lambda _: done(next(weeks)),
        )
    call.answer(account.as_dict(), lambda: timesheets.account(account))


def _promises(words: list[str]) -> dict[str, str]:
    promises: dict[str, str] = {}
    for word in words:
        name, equals, length = word.partition("=")
        if not (name and equals and length):
            raise InvalidInput(f"{shown(word)} is not a promise", cure='Write --sla first_response="1 business day".')
        promises[name] = length
    return promises
