"""What may be handed in: one model for each body, apart from everything that is kept, closed to what it does not know.

A body can therefore never set a state, an owner or a number. Texts and lists are bounded here, before the engine looks
at what they say.
"""

from typing import Annotated, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)

from review_engine.api.requests import Instant
from review_engine.domain.actors import Role
from review_engine.domain.preferences import MODES
from review_engine.domain.reviews import RESULTS, Assessment
from review_engine.usecases.admit import FEED, TOKEN
from review_engine.usecases.converse import TEXT_MAX
from review_engine.usecases.count import BATCH_MAX

_CENTURY = 36_525

Words = Annotated[str, Field(max_length=10_000)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Declared = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_.-]*$")]
"""A name that a workflow declares."""
SubjectName = Annotated[str, Field(min_length=1, max_length=140, examples=["app/acme-sync"])]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]

FactInput = (
    Annotated[StrictStr, Field(max_length=10_000)]
    | StrictBool
    | Annotated[StrictInt, Field(ge=0, le=2**53 - 1)]
    | Annotated[list[Annotated[StrictStr, Field(max_length=200)]], Field(max_length=200)]
    | None
)
FactsInput = Annotated[
    dict[Declared, FactInput],
    Field(max_length=200, examples=[{"name": "Acme Sync", "categories": ["CRM"], "utm_links": True}]),
]
"""Name of a fact -> its value; null clears it."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewSubject(_Form):
    """A subject to be brought into being."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"slug": "acme-sync", "partner": "acme", "facts": {"name": "Acme Sync"}}]},
    )

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")] = Field(
        description="Names it within its collection, for good."
    )
    partner: Key = Field(description="Key of the organisation that owns it.")
    parent: SubjectName | None = Field(
        None, description="The subject it is a component of, where its workflow has one."
    )
    facts: FactsInput = Field(default_factory=dict, description="What is known of it already; all or none.")


class NewAssessment(_Form):
    """What was found on one point."""

    result: Literal[RESULTS] = Field(description="What was found.")  # type: ignore[valid-type]
    criterion: Annotated[str, Field(max_length=60)] = Field("", description="The guard; empty for a point of its own.")
    comment: Words = Field("", description="Words for the partner; wanted for everything but `passed`.")
    about: Annotated[str, Field(max_length=60)] = Field("", description="The fact it is about; empty for the whole.")

    @property
    def value(self) -> Assessment:
        """As the engine takes it."""
        return Assessment(self.result, self.criterion, self.comment, self.about)


class NewMove(_Form):
    """A transition to be taken."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"transition": "submit"}, {"transition": "withdraw", "comment": "Not yet."}]},
    )

    transition: Declared = Field(description="Its name in the workflow.")
    comment: Words = Field("", description="Your words; some transitions ask for them.")
    assessments: Annotated[list[NewAssessment], Field(max_length=100)] = Field(
        [], description="What was found in the current round, as for `review`: written with the move, or not at all."
    )


class NewEvidence(_Form):
    """Something that was seen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"probe": "test_suite", "outcome": "green", "lasts_days": 30}]},
    )

    probe: Declared = Field(description="What was looked at, by the name a guard uses.")
    outcome: Annotated[str, Field(min_length=1, max_length=80)] = Field(description="What was seen, in a word.")
    seen_at: Instant | None = Field(None, description="When it was seen; now, if left out.")
    lasts_days: Annotated[StrictInt, Field(ge=1, le=_CENTURY)] | None = Field(
        None, description="How long it counts; as long as guards let it, if left out."
    )
    note: Annotated[str, Field(max_length=1_000)] = Field("", description="One line for people.")


class NewWaiver(_Form):
    """An exception to one guard."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"guard": "active_customers", "reason": "A launch partner."}]},
    )

    guard: Declared = Field(description="The guard, by its name in the workflow.")
    reason: Annotated[str, Field(min_length=1, max_length=1_000)] = Field(description="Why; the history keeps it.")
    until: Instant | None = Field(None, description="When the exception ends; never, if left out.")


class NewAssessments(_Form):
    """What a reviewer found in the current round."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "assessments": [
                        {"result": "passed", "criterion": "reviewed_spec"},
                        {"result": "failed", "criterion": "reviewed_entry", "comment": "The logo does not render."},
                    ]
                }
            ]
        },
    )

    assessments: Annotated[list[NewAssessment], Field(min_length=1, max_length=100)]


class NewRemark(_Form):
    """A message to whoever is on the other side."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Which account should we test with?"}]}
    )

    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
    internal: StrictBool = Field(False, description="For staff only; a partner never learns that it exists.")


class NewToken(_Form):
    """A token to be given out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"role": "partner", "partner": "acme", "label": "build", "lasts_days": 90}]},
    )

    role: Literal[Role.PARTNER, Role.REVIEWER, Role.MANAGER, Role.HOST] = Field(description="What it lets one act as.")
    person: Key | None = Field(None, description="Whose it is; your own, if left out.")
    partner: Annotated[str, Field(max_length=200)] = Field("", description="Narrows it to one organisation.")
    label: Annotated[str, Field(max_length=200)] = Field("", description="What it is for.")
    lasts_days: Annotated[StrictInt, Field(ge=1, le=3_660)] | None = Field(None, description="How long it is good for.")
    sort: Literal[TOKEN, FEED] = Field(  # type: ignore[valid-type]
        TOKEN, description="`feed` for one that stands in the address of a calendar feed, and opens nothing else."
    )


class NewPreference(_Form):
    """What somebody wants to be told of what may be declined."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"mode": "digest", "letters": {"tips": "off"}, "zone": "Europe/Berlin",
                          "quiet_from": "22:00", "quiet_until": "07:00"}]
        },
    )  # fmt: skip

    mode: Literal[MODES] = Field("immediate", description="How letters come.")  # type: ignore[valid-type]
    letters: Annotated[dict[Declared, Literal[MODES]], Field(max_length=200)] = Field(  # type: ignore[valid-type]
        default_factory=dict, description="Where a letter differs."
    )
    quiet_from: Clock = Field("00:00", description="From when on nothing is sent, by the person's clock.")
    quiet_until: Clock = Field("00:00", description="Until when; equal for no quiet hours.")
    zone: Annotated[str, Field(min_length=1, max_length=60)] = Field("UTC", description="The person's time zone.")


class Again(_Form):
    """A letter to be sent once more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"force": True}]})

    force: StrictBool = Field(False, description="Yes, although whoever got it once will get it twice.")


class Older(_Form):
    """Which letters are cleared out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"older_than_days": 90}]})

    older_than_days: Annotated[StrictInt, Field(ge=0, le=_CENTURY)]


class Use(_Form):
    """One customer's use of an app."""

    app: Annotated[str, Field(min_length=1, max_length=140)] = Field(description="The app, by its name.")
    customer: Key = Field(description="The platform's key for the customer's workspace, never for a user.")
    at: Annotated[AwareDatetime, Field(strict=True)] = Field(description="When, with its zone.")
    source: Annotated[str, Field(max_length=200)] = Field("", description="Where it is known from.")
    excluded: Annotated[str, Field(max_length=200)] = Field("", description="Why it must not count; empty if it may.")


class Uses(_Form):
    """A batch of uses."""

    rows: Annotated[list[Use], Field(max_length=BATCH_MAX)]


USES_EXAMPLE: Final = {
    "rows": [{"app": "acme-sync", "customer": "ws-1", "at": "2026-03-02T17:00:00Z", "source": "installs"}]
}
