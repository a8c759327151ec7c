"""Schemathesis reads the OpenAPI document and tries what it can think of, on the real application, with all its checks.

Every operation is asked by somebody who may, so that it gets past the door; half of the subjects it names are there.
What it may be answered beyond its defaults is named: a request may be well-formed and still name a fact that the
workflow does not declare (422), or a page that is not current (412).
"""

import re
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import PositiveDataAcceptanceConfig, SchemathesisConfig

from tests.api.desk import ANN, HOST, MO, RITA, Stage, application, opened
from tests.api.test_who_may_what import ROWS

SEED, EXAMPLES = 20_260_302, 8
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z")
SUBJECTS: Final = ("acme-sync", "acme-round", "acme-beta")
MEANT_BY: Final = {"disclose_secret": RITA, "assess_subject": RITA, "waive_guard": MO}


def document() -> Any:
    """The document, with the checks' settings."""
    stage: Any = Stage()
    stage.engine = opened()
    config = SchemathesisConfig(seed=SEED)
    checks = config.projects.default.checks
    usual = PositiveDataAcceptanceConfig().expected_statuses
    checks.positive_data_acceptance = PositiveDataAcceptanceConfig(expected_statuses=[*usual, "412", "422"])
    return schemathesis.openapi.from_asgi("/openapi.json", application(stage), config=config)


schema: Final = document()


@schema.hook  # type: ignore[untyped-decorator]
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let half of the subjects that are named be there."""
    del context
    slug = (path_parameters or {}).get("slug")
    if path_parameters and isinstance(slug, str) and len(slug) % 2 == 0 and SLUG.match(slug):
        path_parameters["slug"] = SUBJECTS[len(slug) // 2 % len(SUBJECTS)]
    return path_parameters


@schemathesis.serializer("message/rfc822")
def as_mail(context: Any, value: Any) -> bytes:
    """Whatever is thought of, as the bytes of a message."""
    del context
    return str(value).encode("utf-8", "replace")


@schema.auth()
class SignedIn:
    """Says who is asking."""

    def get(self, case: Any, context: Any) -> str:
        """Somebody who may."""
        del context
        return asker(case.operation.definition.raw["operationId"])

    def set(self, case: Any, data: str, context: Any) -> None:
        """As the header says it."""
        del context
        case.headers["Authorization"] = f"Bearer {data}"


def asker(operation: str) -> str:
    """Somebody who may do it."""
    if operation in MEANT_BY:
        return MEANT_BY[operation]
    own = ROWS[operation].split()[-5]
    return ANN if own.startswith("2") else HOST


@schema.parametrize()  # type: ignore[untyped-decorator]
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_whatever_is_asked_the_answer_is_as_the_reference_says(case: Any) -> None:
    case.call_and_validate()
