"""The OpenAPI document is true: it is what the code says, and what the code does."""

import json
import re
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract import QUESTIONS, contract
from tests.lists import CONTRACT, LISTS, asking, concrete, parameters, values
from tests.server import ROOT, Server

OPERATIONS = {path: item["get"] for path, item in CONTRACT["paths"].items()}
PROBLEMS = {"405", "406", "414", "500"}


def test_the_file_is_what_the_code_says() -> None:
    assert json.loads(json.dumps(contract())) == CONTRACT


def test_the_document_is_valid_openapi_3_1() -> None:
    assert CONTRACT["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(CONTRACT).validate()


def test_the_server_sends_the_file(client: httpx.Client) -> None:
    assert client.get("/openapi.json").json() == CONTRACT


def test_every_path_has_get_and_nothing_else() -> None:
    assert all(list(item) == ["get"] for item in CONTRACT["paths"].values())


def test_operation_ids_are_readable_and_unique() -> None:
    named = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(named)) == len(named)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in named)
    for plural in LISTS:
        assert OPERATIONS[f"/v1/{plural}"]["operationId"] == f"list_{plural}"
        assert OPERATIONS[f"/v1/{plural}/{{id}}"]["operationId"] == f"get_{plural[:-1]}"


def test_every_parameter_is_typed_and_described_with_an_example() -> None:
    for path, operation in OPERATIONS.items():
        assert operation["summary"]
        assert operation["description"]
        for item in operation.get("parameters", []):
            where = f"{path} {item['name']}"
            assert item["description"], where
            inner = item["schema"].get("items", item["schema"])
            assert inner["type"] in ("string", "integer", "boolean"), where
            assert "null" not in json.dumps(item["schema"]), where
            if item["in"] == "query":
                assert ("example" in item) == item["required"]  # what Swagger UI sends unasked
                [example] = [item["example"]] if item["required"] else item["schema"]["examples"]
                OAS31Validator(item["schema"]).validate(example)
            if item["schema"]["type"] == "array":
                assert (item["style"], item["explode"]) == ("form", True), where


def test_stock_behaviour_no_validation_schema_of_the_framework_is_left() -> None:
    told = json.dumps(CONTRACT)
    assert "HTTPValidationError" not in told
    assert "ValidationError" not in told
    for operation in OPERATIONS.values():
        if "422" in operation["responses"]:
            assert operation["responses"]["422"] == {"$ref": "#/components/responses/Problem422"}


def test_every_error_response_is_declared() -> None:
    for path, operation in OPERATIONS.items():
        told = set(operation["responses"])
        assert told >= PROBLEMS | {"200"}, path
        if operation.get("parameters"):
            assert {"404", "422"} <= told, path
        assert ("304" in told) == (path not in ("/livez", "/readyz")), path
    for name, response in CONTRACT["components"]["responses"].items():
        if name == "NotModified":  # has no content
            continue
        assert list(response["content"]) == ["application/problem+json"]


def schema_of(path: str, media_type: str) -> Any:
    return OPERATIONS[path]["responses"]["200"]["content"][media_type]["schema"]


def validator(schema: dict[str, Any]) -> Any:
    return OAS31Validator({**schema, "components": CONTRACT["components"]})


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_every_operation_has_an_example_that_is_a_real_answer(client: httpx.Client, path: str) -> None:
    content = OPERATIONS[path]["responses"]["200"]["content"]
    media_type = next(iter(content))
    if path == "/openapi.json":
        return
    example = content[media_type]["example"]
    if media_type == "application/json":
        assert [error.message for error in validator(content[media_type]["schema"]).iter_errors(example)] == []
        answer = client.get(QUESTIONS[path], headers={"Accept": "application/json"}).json()
        assert [error.message for error in validator(content[media_type]["schema"]).iter_errors(answer)] == []
        assert set(example) == set(answer)


@pytest.mark.parametrize("plural", LISTS)
def test_every_record_of_every_list_is_valid_by_its_schema(client: httpx.Client, plural: str) -> None:
    held = validator(schema_of(f"/v1/{plural}", "application/json"))
    question = f"/v1/{plural}?limit=100"
    if "include" in parameters(f"/v1/{plural}"):
        question += "&include=" + ",".join(values(f"/v1/{plural}", "include"))
    if "facets" in parameters(f"/v1/{plural}"):
        question += "&facets=" + ",".join(values(f"/v1/{plural}", "facets"))
    while question:
        body = client.get(question).json()
        assert [error.message for error in held.iter_errors(body)] == []
        question = body["links"]["next"]


def test_links_lead_from_each_list_to_its_single_records() -> None:
    for plural in LISTS:
        [link] = [
            link
            for link in OPERATIONS[f"/v1/{plural}"]["responses"]["200"]["links"].values()
            if link["operationId"] == f"get_{plural[:-1]}"
        ]
        assert link["parameters"]["id"].startswith("$response.body#/data/0/id")


def test_a_problem_is_valid_by_its_schema(faulty: Server) -> None:
    held = validator({"$ref": "#/components/schemas/ProblemDetails"})
    for question in ("/fault", "/nowhere", "/v1/claims?limt=1&limit=0", "/v1/claims?snapshot=0000000000000000"):
        assert [error.message for error in held.iter_errors(faulty.client.get(question).json())] == []


def test_stock_behaviour_optional_filters_are_not_nullable() -> None:
    for path in asking():
        for item in parameters(path).values():
            assert "anyOf" not in item["schema"]
            assert item["schema"].get("default", 0) is not None


def test_the_table_of_paths_is_all_there_is(client: httpx.Client) -> None:
    expected = {"/", "/v1", "/v1/search", "/v1/suggest", "/v1/resolve", "/v1/vocabularies", "/v1/vocabularies/{name}"}
    expected |= {"/problems", "/problems/{type}", "/openapi.json", "/llms.txt", "/livez", "/readyz"}
    expected |= {f"/v1/documents/{{id}}/{tail}" for tail in ("text", "spans", "coverage")}
    expected |= {f"/v1/{plural}{tail}" for plural in LISTS for tail in ("", "/{id}")}
    assert set(CONTRACT["paths"]) == expected
    for path in [*expected, "/docs", "/metrics"]:
        question = QUESTIONS.get(path, concrete(path))
        assert client.get(question).status_code == 200, question


def test_the_docs_need_no_network(client: httpx.Client) -> None:
    page = client.get("/docs")
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert asset.startswith(("/docs/", "data:,"))
        if asset.startswith("/"):
            assert client.get(asset).status_code == 200
    assert 'data-contract="/openapi.json"' in page.text
    assert (ROOT / "api" / "web").is_dir()
