"""The installation as resources: workflows, calendars, how many subjects stand where, what problems there are."""

from typing import Annotated

from fastapi import Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from review_engine.api.documents import CountedTold, Problems
from review_engine.api.documents_of_the_desk import Census, ProjectionTold, Workflows, WorkflowTold
from review_engine.api.door import OPEN, READ, WRITE, Door, ok
from review_engine.api.forms import USES_EXAMPLE, Uses
from review_engine.api.problem_route import JSON_TYPES, wanted
from review_engine.api.problem_table import problem_table
from review_engine.api.requests import KindWanted, Name
from review_engine.api.told import workflow_line, workflow_of
from review_engine.domain.activity import Usage
from review_engine.domain.actors import Actor
from review_engine.ports.store import Query as Wanted
from review_engine.usecases.count import Counted

TAG, ACTIVITY = "Installation", "Activity"

CalendarName = Annotated[str, Path(description="The calendar, by the name of its file.", max_length=100)]


def installation(door: Door) -> None:
    """Put up workflows and the census."""
    engine = door.engine
    collection_of = {kind: collection for collection, kind in door.collections.items()}

    @door.route("GET", "/workflows", Workflows, tag=TAG, problems=READ)
    def list_workflows(by: Actor = door.by) -> Response:
        """List the workflows.

        Each with the collection that its subjects are in.
        """
        lines = [workflow_line(engine.lifecycle(kind), collection_of[kind]) for kind in sorted(collection_of)]
        return ok({"items": lines})

    @door.route("GET", "/workflows/{kind}", WorkflowTold, tag=TAG)
    def read_workflow(kind: Name, by: Actor = door.by) -> Response:
        """Read a workflow.

        States, transitions, facts, guards and promises, as declared. Enough to draw a form from.
        """
        lifecycle = engine.lifecycle(kind)
        return ok(workflow_of(lifecycle, collection_of.get(kind, "")))

    @door.route("GET", "/census", Census, tag=TAG, problems=READ)
    def read_census(kind: KindWanted = None, by: Actor = door.by) -> Response:
        """Count subjects.

        How many of those that you may see stand in each state.
        """
        if kind is not None:
            engine.lifecycle(kind)
        found = engine.census(Wanted(kind=kind), by=by)
        items = [{"kind": kind, "state": state, "subjects": count} for (kind, state), count in sorted(found.items())]
        return ok({"items": items})


def calendars(door: Door) -> None:
    """Put up what an edited calendar does, and the sorts of problems."""
    engine = door.engine

    @door.route("POST", "/calendars/{name}/preview", ProjectionTold, tag=TAG, problems=WRITE)
    def preview_calendar(name: CalendarName, by: Actor = door.by) -> Response:
        """See what an edited calendar would do.

        Which open due dates would move under the calendar as its file is now. Nothing is written. For staff and host.
        """
        return ok(engine.preview_calendar(name, by=by).as_dict())

    @door.route("POST", "/calendars/{name}/apply", ProjectionTold, tag=TAG, problems=WRITE)
    def apply_calendar(name: CalendarName, by: Actor = door.by) -> Response:
        """Count by an edited calendar.

        From now on every open promise is counted by the calendar as its file is now; recorded. For managers and host.
        """
        return ok(engine.apply_calendar(name, by=by).as_dict())

    @door.route("GET", "/problems", Problems, tag=TAG, problems=OPEN)
    def list_problems() -> Response:
        """List the sorts of problems.

        Everything this interface may answer instead of what was asked for, with its status and its code.
        """
        return ok({"items": problem_table()})


def activity(door: Door) -> None:
    """Put up the way in for customers' uses."""
    engine = door.engine
    schema = Uses.model_json_schema(ref_template="#/components/schemas/{model}")
    schema = _inlined(schema)

    @door.route("POST", "/activity", CountedTold, tag=ACTIVITY, problems=WRITE,
                body={"application/json": {"schema": schema, "example": USES_EXAMPLE}},
                example={"merged": 1, "apps": 1, "unknown": [], "moves": []})  # fmt: skip
    async def record_activity(request: Request, by: Actor = door.by) -> Response:
        """Hand in customers' uses.

        Up to 10,000 rows at once, from staff or host. Sent again, they change nothing. Rows of apps that do not exist
        are left out and named.
        """
        wanted(request, JSON_TYPES)
        body = await request.body()
        counted = await run_in_threadpool(_recorded, body, by)
        return ok(
            {
                "merged": counted.merged,
                "apps": counted.apps,
                "unknown": list(counted.unknown),
                "moves": [receipt.as_dict() for receipt in counted.moves],
            }
        )

    def _recorded(body: bytes, by: Actor) -> Counted:
        try:
            rows = Uses.model_validate_json(body).rows
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None
        batch = [Usage(row.app, row.customer, row.at, row.source, row.excluded) for row in rows]
        return engine.record_activity(batch, by=by)


def _inlined(schema: dict[str, object]) -> dict[str, object]:
    """The schema without references: it stands in the document by itself."""
    definitions = schema.pop("$defs", {})
    if isinstance(definitions, dict) and "Use" in definitions:
        properties = schema["properties"]
        assert isinstance(properties, dict)
        properties["rows"]["items"] = definitions["Use"]
    return schema
