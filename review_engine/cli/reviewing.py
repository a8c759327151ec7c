"""Commands that review: the sheet of findings, handing findings in, the conversation, and what came late."""

from collections.abc import Iterable
from typing import Annotated

import typer

from review_engine.cli.arguments import moment_of
from review_engine.cli.call import call_of
from review_engine.cli.grouping import group
from review_engine.cli.moving import Again
from review_engine.cli.subjects import App
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.reviews import PASSED, RESULTS, WANTING, Assessment

review = group("Review a submission: what was found, what is said about it.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(review, name="review", rich_help_panel="Reviews and moves")


@review.command()
def show(ctx: typer.Context, app: App) -> None:
    """Show what was found in every round, and what is still to be confirmed."""
    from review_engine.cli import reviewsheets

    call = call_of(ctx)
    sheet = call.engine.review(app, by=call.by)
    call.answer(sheet.as_dict(), lambda: reviewsheets.sheet(sheet))


@review.command()
def assess(
    ctx: typer.Context,
    app: App,
    points: Annotated[
        list[str],
        typer.Argument(
            metavar="CRITERION=RESULT...",
            help="passed, failed or not_applicable; words may follow a colon. A bare failed or noted is a point of "
            "its own.",
        ),
    ],
    comment: Annotated[str, typer.Option(help="Words for every point that has none and was not passed.")] = "",
    about: Annotated[str, typer.Option(metavar="FACT", help="The fact that every point not passed is about.")] = "",
    expect: Annotated[str | None, typer.Option(metavar="ETAG", help="Refuse if it changed since you saw it.")] = None,
    idempotency: Again = None,
) -> None:
    """Hand in what was found, and confirm or deny the criteria with it."""
    call = call_of(ctx)
    found = list(_assessments(points, comment, about))
    given = call.engine.assess(app, found, by=call.by, expect=expect, idempotency_key=idempotency)
    count = "1 finding is" if len(found) == 1 else f"{len(found)} findings are"
    moved = f" The engine took: {', '.join(given.moves)}." if given.moves else ""
    call.answer(given.as_dict(), f"{count} recorded for {given.subject}.{moved}")


def _assessments(points: Iterable[str], comment: str, about: str) -> Iterable[Assessment]:
    for point in points:
        told, colon, words = point.partition(":")
        criterion, equals, result = told.rpartition("=")
        if (equals and not criterion) or (not equals and result not in WANTING):
            cure = f"Write criterion=result, with one of {', '.join(RESULTS)}, or a bare {' or '.join(WANTING)}."
            raise InvalidInput(f"{shown(point)} is no finding", cure=cure)
        wants = result.strip() != PASSED
        said = words if colon else comment if wants else ""
        yield Assessment(result.strip(), criterion.strip(), said, about if wants else "")


@review.command()
def remark(
    ctx: typer.Context,
    app: App,
    text: Annotated[str, typer.Argument(help="The words.")],
    internal: Annotated[bool, typer.Option("--internal", help="For staff only.")] = False,
    idempotency: Again = None,
) -> None:
    """Write to the other side, who is told; or with --internal to staff alone."""
    call = call_of(ctx)
    said = call.engine.remark(app, text, by=call.by, internal=internal, idempotency_key=idempotency)
    whom = "Only staff sees it." if said.internal else "The other side is told."
    call.answer(said.as_dict(), f"Remark {said.number} is kept. {whom}")


@review.command()
def remarks(ctx: typer.Context, app: App) -> None:
    """Show the conversation, oldest first."""
    from review_engine.cli import reviewsheets

    call = call_of(ctx)
    found = call.engine.remarks(app, by=call.by)
    call.answer([one.as_dict() for one in found], lambda: reviewsheets.remarks(found))


@review.command()
def late(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only findings from then on.")] = None,
) -> None:
    """Count, by reviewer, what came up after the first round and could have been said before. For staff."""
    from review_engine.cli import reviewsheets

    call = call_of(ctx)
    found = call.engine.late_findings(by=call.by, since=moment_of(since))
    document = [{**one._asdict(), "share": round(one.late / one.found, 4)} for one in found]
    call.answer(document, lambda: reviewsheets.drips(found))
