"""The OpenAPI document is true: it is what the code says, and what the code does."""

import json
import re
from html import unescape
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract import JSON, UNSHOWN, concrete, contract, query
from tests.lists import CONTRACT, LISTS, SOURCED, closed_set, inner, parameters, query_paths, resolved, values
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
        assert OPERATIONS[f"/v1/{plural}.csv"]["operationId"] == f"{plural}_csv"
        assert OPERATIONS[f"/v1/counts/{plural}"]["operationId"] == f"count_{plural}"


def test_every_operation_has_one_media_type_one_schema_and_one_example() -> None:
    for path, operation in OPERATIONS.items():
        [(media_type, content)] = operation["responses"]["200"]["content"].items()
        assert ("example" in content) == (path not in UNSHOWN), path
        assert "examples" not in content
        schema = content["schema"] if media_type in JSON else {"type": "string"}
        assert "anyOf" not in schema, path
        assert schema or path in UNSHOWN, path


def test_every_parameter_is_typed_and_described_and_its_examples_are_valid() -> None:
    for path, operation in OPERATIONS.items():
        assert operation["summary"]
        assert operation["description"]
        for item in map(resolved, operation.get("parameters", [])):
            where = f"{path} {item['name']}"
            assert item["description"], where
            alternatives = [resolved(each) for each in inner(item).get("anyOf", [inner(item)])]
            assert {each["type"] for each in alternatives} <= {"string", "integer", "boolean"}, where
            assert "null" not in json.dumps(item["schema"]), where
            for example in [*item["schema"].get("examples", []), *([item["example"]] if "example" in item else [])]:
                validator(item["schema"]).validate(example)
            if item["schema"].get("type") == "array":
                assert (item["style"], item["explode"]) == ("form", True), where


def test_closed_sets_of_vocabularies_are_components(client: httpx.Client) -> None:
    """A vocabulary is written once; a filter refers to it."""
    vocabularies = client.get("/v1/vocabularies").json()["data"]
    by_values = {tuple(term["value"] for term in each["terms"]): each["id"] for each in vocabularies}
    schemas = CONTRACT["components"]["schemas"]
    for values_, name in by_values.items():
        if name != "topic":
            assert schemas[name.title().replace("_", "")]["enum"] == list(values_)
    for path in query_paths():
        for item in parameters(path).values():
            own = item["schema"].get("items", item["schema"])
            for each in own.get("anyOf", [own]):
                assert tuple(each.get("enum", ())) not in by_values, (path, item["name"])


def test_parameters_that_operations_share_are_components() -> None:
    written: dict[str, list[str]] = {}
    for path, operation in OPERATIONS.items():
        for item in operation.get("parameters", []):
            if "$ref" not in item:
                written.setdefault(json.dumps(item, sort_keys=True), []).append(path)
    assert [paths for paths in written.values() if len(paths) > 1] == []


def test_lists_over_several_kinds_are_told_apart_by_their_kind() -> None:
    for path in ("/v1/search", "/v1/documents/{id}/spans"):
        page = resolved(schema_of(path, "application/json"))
        item = resolved(page["properties"]["data"]["items"])
        assert item["discriminator"]["propertyName"] == "kind"
        kinds = {resolved(each)["properties"]["kind"]["const"] for each in item["oneOf"]}
        assert kinds == set(item["discriminator"]["mapping"]) == set(values(path, "kind"))


OPTIONAL = {"included", "highlights", "facets", "facets_more", "corrected"}


def test_keys_that_a_query_adds_are_optional_and_have_no_default() -> None:
    for name, schema in CONTRACT["components"]["schemas"].items():
        required = set(schema.get("required", ()))
        for key, value in schema.get("properties", {}).items():
            assert key not in required or key not in OPTIONAL, (name, key)
            assert "default" not in value or key in required, (name, key)


def test_stock_behaviour_no_validation_schema_of_the_framework_is_left() -> None:
    written = json.dumps(CONTRACT)
    assert "HTTPValidationError" not in written
    assert "ValidationError" not in written
    for operation in OPERATIONS.values():
        if "422" in operation["responses"]:
            assert operation["responses"]["422"] == {"$ref": "#/components/responses/Problem422"}


def test_every_error_response_is_declared() -> None:
    for path, operation in OPERATIONS.items():
        declared = set(operation["responses"])
        assert declared >= PROBLEMS | {"200"}, path
        if operation.get("parameters"):
            assert {"404", "422"} <= declared, path
        assert ("304" in declared) == (path not in ("/livez", "/readyz")), path
    for name, response in CONTRACT["components"]["responses"].items():
        if name == "NotModified":  # has no content
            continue
        assert list(response["content"]) == ["application/problem+json"]


def schema_of(path: str, media_type: str) -> Any:
    return OPERATIONS[path]["responses"]["200"]["content"][media_type]["schema"]


def validator(schema: dict[str, Any]) -> Any:
    return OAS31Validator({**schema, "components": CONTRACT["components"]})


def valid(path: str, response: httpx.Response) -> None:
    [(media_type, content)] = OPERATIONS[path]["responses"]["200"]["content"].items()
    assert response.headers["content-type"].startswith(media_type), path
    if media_type in JSON:
        errors = validator(content["schema"]).iter_errors(response.json())
        assert [error.message for error in errors] == [], path


@pytest.mark.parametrize("path", sorted(set(OPERATIONS) - set(UNSHOWN)))
def test_the_example_of_an_operation_is_a_real_response(client: httpx.Client, path: str) -> None:
    [(media_type, content)] = OPERATIONS[path]["responses"]["200"]["content"].items()
    response = client.get(concrete(path), params=query(path))
    assert response.status_code == 200, response.text
    valid(path, response)
    example = content["example"]
    if media_type in JSON:
        assert [error.message for error in validator(content["schema"]).iter_errors(example)] == []
        assert set(example) == set(response.json())
    else:
        assert isinstance(example, str)


@pytest.mark.parametrize("plural", LISTS)
def test_every_record_of_every_list_is_valid_by_its_schema(client: httpx.Client, plural: str) -> None:
    path = f"/v1/{plural}"
    every = {
        name: ",".join(values(path, name))
        for name in ("include", "facets")
        if parameters(path).get(name) and _set(path, name)
    }
    response = client.get(path, params={"limit": 100, **every})
    while True:
        valid(path, response)
        following = response.json()["links"]["next"]
        if following is None:
            break
        response = client.get(following)
    if "q" in parameters(path):
        highlighted = client.get(path, params={"q": "peace star alpha rods", "highlight": "true", **every})
        valid(path, highlighted)
        assert "corrected" in highlighted.json()["meta"] or plural
    for record in response.json()["data"][:5]:
        valid(f"{path}/{{id}}", client.get(record["links"]["self"], params={"include": every.get("include", [])}))
    names = ",".join(values(f"/v1/counts/{plural}", "by")[:2])
    valid(f"/v1/counts/{plural}", client.get(f"/v1/counts/{plural}", params={"by": names}))


def _set(path: str, name: str) -> list[str]:
    return closed_set(parameters(path)[name])


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/search", {"q": "peace star alfa", "highlight": "true", "facets": "kind,type,document", "limit": 100}),
        ("/v1/documents/{id}/spans", {"include": "section,claims,from", "facets": "kind", "limit": 100}),
        ("/v1/documents/{id}/coverage", {"include": "claims,events", "facets": "kind", "limit": 100}),
        ("/v1/actors/{id}/mentions", {"limit": 100}),
        ("/v1/suggest", {"q": "arm", "limit": 25}),
        ("/v1/resolve", {"quote": "Karabakh is Armenia"}),
        ("/v1/resolve", {"quote": "nowhere in the texts"}),
    ],
)
def test_responses_over_several_kinds_are_valid_by_their_schema(
    client: httpx.Client, path: str, params: dict[str, str | int]
) -> None:
    valid(path, client.get(concrete(path), params=params))


def test_links_lead_from_each_list_to_its_single_records() -> None:
    for plural in LISTS:
        [link] = [
            link
            for link in OPERATIONS[f"/v1/{plural}"]["responses"]["200"]["links"].values()
            if link["operationId"] == f"get_{plural[:-1]}"
        ]
        assert link["parameters"]["id"].startswith("$response.body#/data/0/id")


def test_a_problem_is_valid_by_its_schema(faulty: Server) -> None:
    held = validator({"$ref": "#/components/schemas/Problem"})
    for question in (
        "/fault",
        "/nowhere",
        "/v1/claims?limt=1&limit=x",
        "/v1/claims?snapshot=0000000000000000",
        "/v1/actors/ankara",
    ):
        assert [error.message for error in held.iter_errors(faulty.client.get(question).json())] == []


def test_stock_behaviour_optional_filters_are_not_nullable() -> None:
    for path in query_paths():
        for item in parameters(path).values():
            assert "anyOf" not in item["schema"]
            assert item["schema"].get("default", 0) is not None


def test_the_table_of_paths_is_all_there_is(client: httpx.Client) -> None:
    expected = {"/", "/v1", "/v1/suggest", "/v1/resolve", "/v1/vocabularies", "/v1/vocabularies/{name}"}
    expected |= {"/v1/context.jsonld", "/v1/{kind}/{id}/annotation.jsonld"}
    expected |= {"/problems", "/problems/{type}", "/openapi.json", "/llms.txt", "/livez", "/readyz"}
    expected |= {"/v1/documents/{id}/text", *(f"/v1/{plural}/{{id}}" for plural in LISTS)}
    of_files = [
        "/v1/search",
        "/v1/documents/{id}/spans",
        "/v1/documents/{id}/coverage",
        *(f"/v1/{each}" for each in LISTS),
    ]
    expected |= {f"{path}{suffix}" for path in of_files for suffix in ("", ".csv", ".jsonl")}
    expected |= {f"/v1/{plural}.jsonld" for plural in SOURCED}
    expected |= {f"/v1/{{kind}}/{{id}}/citation{suffix}" for suffix in (".bib", ".ris", ".csl.json")}
    expected |= {f"/v1/{plural}/{{id}}/mentions" for plural in ("actors", "places")}
    expected |= {f"/v1/counts/{plural}{suffix}" for plural in LISTS for suffix in ("", ".csv")}
    assert set(CONTRACT["paths"]) == expected
    for path in [*expected, "/docs", "/metrics"]:
        response = client.get(concrete(path), params=query(path))
        assert response.status_code == 200, (path, response.text)


def test_the_docs_need_no_network(client: httpx.Client) -> None:
    for path in ("/docs", "/docs/try", "/docs/reference/claims"):
        page = client.get(path)
        for asset in re.findall(r'<(?:script|link rel="(?:icon|stylesheet)")[^>]*(?:src|href)="([^"]+)"', page.text):
            assert asset.startswith("/")
            assert client.get(asset).status_code == 200
    assert 'data-contract="/openapi.json"' in client.get("/docs/try").text
    assert (ROOT / "api" / "web").is_dir()


def test_every_operation_of_the_contract_is_in_the_reference_with_a_request_that_is_answered(
    client: httpx.Client,
) -> None:
    for path, methods in CONTRACT["paths"].items():
        page = client.get(f"/docs/reference/{methods['get']['tags'][0]}").text
        assert f"<h2>GET {path}</h2>" in page
    for tag in CONTRACT["tags"]:
        page = unescape(client.get(f"/docs/reference/{tag['name']}").text)
        for request in re.findall(r"curl -s 'http://localhost:8000([^']+)'", page):
            assert client.get(request).status_code == 200, request
