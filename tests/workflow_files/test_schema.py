"""The JSON Schema of workflow files and the reference of their keys."""

import tomllib

import jsonschema
import pytest

from review_engine.workflow_files.keys import WORKFLOW
from review_engine.workflow_files.schema import json_schema, reference
from tests.workflow_files.broken import FAULTS
from tests.workflow_files.samples import APP, COMPONENT, changed

VALIDATOR = jsonschema.Draft7Validator(json_schema())
ABOUT_KEYS = FAULTS[: next(number for number, fault in enumerate(FAULTS) if fault[2] == "lifecycle.starts")]
NOT_SAID_BY_A_SCHEMA = ("must be text\n", "holds no dates", "not finite", "must be text")


def test_the_schema_is_a_sound_schema() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())


@pytest.mark.parametrize("text", [APP, COMPONENT])
def test_the_schema_takes_what_the_reader_takes(text: str) -> None:
    assert list(VALIDATOR.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(
    "swap", [fault[0] for fault in ABOUT_KEYS if fault[3] not in NOT_SAID_BY_A_SCHEMA], ids=lambda swap: swap[1][:40]
)
def test_the_schema_refuses_what_the_reader_refuses(swap: tuple[str, str]) -> None:
    document = tomllib.loads(changed(APP, swap))

    assert list(VALIDATOR.iter_errors(document))


def test_every_key_is_in_the_reference_with_its_sentence() -> None:
    page = reference()

    for name, key in WORKFLOW.keys.items():
        assert f"## `[{name}" in page or f"`{name}`" in page
        assert key.says in page
    assert "| `runs_in` | a list of: a name | **required.** The states in which the clock runs. |" in page
    assert "## `[sla.<name>.warn[]]`" in page
    assert page.count("Parameters of the check.") == 1
