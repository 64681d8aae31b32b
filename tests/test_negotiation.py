"""One path, one form: suffixes, and what `Accept` selects on a bare path (RFC 9110, 12.5.1)."""

import httpx
import pytest

from tests.lists import LISTS, SOURCED
from tests.server import refused

TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonld": 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
    "html": "text/html; charset=utf-8",
}
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
BROWSER = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"
ACCEPTED = [
    ("", "json"),
    ("*/*", "json"),
    ("application/*", "json"),
    ("application/json", "json"),
    ("APPLICATION/JSON", "json"),
    ("text/csv", "csv"),
    ("text/*", "csv"),
    ("application/jsonl", "jsonl"),
    ("application/x-ndjson", "jsonl"),
    ("application/ndjson", "jsonl"),
    ("application/ld+json", "jsonld"),
    ('application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"', "jsonld"),
    ("text/csv;q=0.5, application/json;q=0.4", "csv"),
    ("text/csv;q=.5, application/json;q=.4", "csv"),
    ("text/csv;q=0.5, application/json", "json"),
    ("*/*, text/csv", "csv"),
    ("application/json;q=0, */*", "jsonld"),
    ("application/json;q=0.1, */*;q=0.5, text/csv;q=0", "jsonld"),
    (BROWSER, "json"),
    (JAVA, "json"),
    ("image/png, text/csv;q=0.001", "csv"),
    ("text/csv ; q=1.000 , */* ; q=0.1", "csv"),
    ("application/problem+json", "json"),
    ("image/png, application/problem+json", "json"),
]


@pytest.mark.parametrize(("accept", "form"), ACCEPTED)
def test_accept_selects_a_form_by_its_weights(sqlite_client: httpx.Client, accept: str, form: str) -> None:
    response = sqlite_client.head("/v1/claims?limit=3", headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, TYPES[form])
    suffixed = "" if form == "json" else f"/v1/claims.{form}?limit=3"
    assert response.headers.get("content-location", "") == suffixed


@pytest.mark.parametrize("plural", LISTS)
@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonld"])
def test_what_accept_selects_is_what_the_suffixed_path_sends(
    sqlite_client: httpx.Client, plural: str, form: str
) -> None:
    if form == "jsonld" and plural not in SOURCED:
        return
    media_type = TYPES[form].partition(";")[0]
    selected = sqlite_client.get(f"/v1/{plural}?limit=2", headers={"Accept": media_type})
    suffixed = sqlite_client.get(f"/v1/{plural}.{form}?limit=2", headers={"Accept": "image/png"})
    assert selected.status_code == suffixed.status_code == 200
    assert selected.content == suffixed.content
    assert selected.headers["content-type"] == suffixed.headers["content-type"] == TYPES[form]


@pytest.mark.parametrize(
    "accept", ["image/png", "application/json;q=0", "text/html", "*/*;q=0", "application/xml, text/plain"]
)
def test_an_accept_that_nothing_satisfies_is_406_with_what_there_is(sqlite_client: httpx.Client, accept: str) -> None:
    response = sqlite_client.get("/v1/claims", headers={"Accept": accept})
    assert refused(response, "not-acceptable", 406) == []
    assert response.json()["available"] == ["application/json", "application/ld+json", "text/csv", "application/jsonl"]


def test_an_invalid_query_is_reported_before_an_unacceptable_form(sqlite_client: httpx.Client) -> None:
    response = sqlite_client.get("/v1/claims?typ=causal", headers={"Accept": "image/png"})
    refused(response, "unknown-parameter")


def test_parameters_of_another_form_are_refused_by_the_form_that_accept_selects(sqlite_client: httpx.Client) -> None:
    [error] = refused(sqlite_client.get("/v1/claims?facets=type", headers={"Accept": "text/csv"}), "unknown-parameter")
    assert error["parameter"] == "facets"


def test_a_record_of_a_sourced_kind_is_an_annotation_for_who_asks_for_one(sqlite_client: httpx.Client) -> None:
    path = "/v1/claims/karabakh.c001"
    response = sqlite_client.get(path, headers={"Accept": "application/ld+json"})
    assert response.headers["content-location"] == f"{path}/annotation.jsonld"
    assert response.json()["type"] == "Annotation"
    refused(sqlite_client.get(path, headers={"Accept": "text/csv"}), "not-acceptable", 406)
    refused(sqlite_client.get("/v1/actors/armenia", headers={"Accept": "application/ld+json"}), "not-acceptable", 406)


@pytest.mark.parametrize("accept", ["text/html", BROWSER, JAVA, "text/html, application/xhtml+xml, */*"])
def test_browsers_get_pages_where_there_are_some(sqlite_client: httpx.Client, accept: str) -> None:
    for path in ("/", "/problems", "/problems/stale-cursor", "/v1/vocabularies", "/v1/vocabularies/claim_type"):
        response = sqlite_client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.headers["content-type"]) == (200, TYPES["html"]), path
        assert sqlite_client.get(path).headers["content-type"] == TYPES["json"]


def test_the_canonical_text_is_text_for_everybody_who_takes_text(sqlite_client: httpx.Client) -> None:
    path = "/v1/documents/karabakh/text"
    for accept in ("", "*/*", "text/plain", "text/*", BROWSER):
        assert sqlite_client.get(path, headers={"Accept": accept}).headers["content-type"].startswith("text/plain")
    refused(sqlite_client.get(path, headers={"Accept": "text/csv"}), "not-acceptable", 406)
