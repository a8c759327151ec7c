"""The OpenAPI document says what there is, in words, with examples that hold against their schemas."""

from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from review_engine import ReviewEngine
from review_engine.api import router
from tests.api.desk import PREFIX, acting, application

WRITING = ("post", "put", "patch", "delete")


@pytest.fixture
def document(engine: ReviewEngine) -> dict[str, Any]:
    """The document of a host's application."""
    return application(engine).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation: method, path, and what is said of it."""
    return [(method, path, said) for path, item in document["paths"].items() for method, said in item.items()]


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Holds a value against a schema of the document."""
    return Draft202012Validator({**schema, "components": document["components"]})


def test_every_operation_has_a_name_a_title_and_words(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for _, path, said in operations(document):
        assert said["operationId"].isidentifier(), path
        assert said["tags"], path
        assert said["summary"][0].isupper(), path
        assert not said["summary"].endswith("."), path
        assert said["description"].endswith("."), path


def test_names_of_operations_are_their_own(document: dict[str, Any]) -> None:
    names = [said["operationId"] for _, _, said in operations(document)]
    assert len(names) == len(set(names))


def test_every_parameter_says_what_it_is_or_is_plain(document: dict[str, Any]) -> None:
    for _, path, said in operations(document):
        for parameter in said.get("parameters", []):
            assert parameter["schema"], path
            if parameter["in"] in ("path", "header"):
                assert parameter["description"], (path, parameter["name"])


def test_collections_are_those_of_the_workflows(document: dict[str, Any]) -> None:
    (collection,) = [
        each for each in document["paths"][f"{PREFIX}/{{collection}}"]["get"]["parameters"] if each["in"] == "path"
    ]
    assert collection["schema"]["enum"] == ["access-requests", "apps", "classic-apps", "components", "memberships"]


def test_every_problem_is_a_problem_document(document: dict[str, Any]) -> None:
    for _, path, said in operations(document):
        for status, answer in said["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_operation_that_asks_who_one_is_says_so(document: dict[str, Any]) -> None:
    public = {said["operationId"] for _, _, said in operations(document) if "401" not in said["responses"]}

    assert public == {"read_catalog", "read_catalog_entry", "list_problems"}
    for _, path, said in operations(document):
        assert ("security" in said) == (said["operationId"] not in public), path


def test_every_body_has_an_example_that_holds(document: dict[str, Any]) -> None:
    for method, path, said in operations(document):
        body = said.get("requestBody", {}).get("content", {}).get("application/json")
        if method not in WRITING or body is None:
            continue
        name = body["schema"].get("$ref", "").rpartition("/")[2]
        schema = document["components"]["schemas"].get(name, body["schema"])
        given = [example["value"] for example in body.get("examples", {}).values()]
        examples = [*schema.get("examples", []), *given, *([body["example"]] if "example" in body else [])]
        assert examples, (method, path)
        for example in examples:
            validator(document, body["schema"]).validate(example)


def test_examples_of_answers_hold_against_their_schemas(document: dict[str, Any]) -> None:
    seen = 0
    for _, _, said in operations(document):
        for status, answer in said["responses"].items():
            for content in answer.get("content", {}).values():
                if int(status) < 400 and "example" in content:
                    validator(document, content["schema"]).validate(content["example"])
                    seen += 1
    assert seen >= 20


def test_every_reference_within_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for inner in value.values() for found in references(inner)]
        return [found for inner in value for found in references(inner)] if isinstance(value, list) else []

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def test_a_hosts_own_document_stays_as_it_is(engine: ReviewEngine) -> None:
    class Item(BaseModel):
        name: str

    app = FastAPI()

    @app.post("/items")
    def make(item: Item) -> Item:
        return item

    alone = app.openapi()
    app.openapi_schema = None
    app.include_router(router(engine, principal=acting), prefix="/reviews")
    beside = app.openapi()

    assert beside["paths"]["/items"] == alone["paths"]["/items"]
    assert {name: beside["components"]["schemas"][name] for name in alone["components"]["schemas"]} == alone[
        "components"
    ]["schemas"]
    assert "/reviews/{collection}/{slug}/moves" in beside["paths"]
