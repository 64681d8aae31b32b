"""`Accept` on a bare path selects the path of another form (RFC 9110, 12.5.1); a path with a suffix is one form."""

import httpx
import pytest

from tests.lists import LISTS, SOURCED
from tests.server import Server, refused

TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonld": 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"

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
    (TYPES["jsonld"], "jsonld"),
    ("text/csv;q=0.5, application/json;q=0.4", "csv"),
    ("text/csv;q=0.5, application/json", "json"),
    ("application/json;q=0.1, */*;q=0.5, text/csv;q=0, application/ld+json;q=0", "jsonl"),
    ("application/json;q=0, */*", "jsonld"),
    ("application/json;q=0.1, */*;q=0.5, text/csv;q=0", "jsonld"),
    (BROWSER, "json"),
    ("image/png, text/csv;q=0.001", "csv"),
    ("text/csv ; q=1.000 , */* ; q=0.1", "csv"),
    (JAVA, "json"),
    ("*; q=.2", "json"),
    ("text/csv;q=.3, application/json;q=.2", "csv"),
    ("text/csv;q=.2, application/json;q=.25", "json"),
    ("*/*, text/csv", "csv"),
    ("text/csv, */*", "csv"),
    ("application/*, application/jsonl", "jsonl"),
    ("*/*;q=.5, application/ld+json;q=0.5", "jsonld"),
    ("*/*;q=.6, application/ld+json;q=0.5", "json"),
    ("application/problem+json", "json"),
    ("image/png, application/problem+json;q=0.1", "json"),
    ("application/json, application/problem+json", "json"),
    ("text/csv, application/problem+json", "csv"),
]


@pytest.fixture(scope="module")
def client(sqlite_client: httpx.Client) -> httpx.Client:
    """Which form is sent never depends on the database."""
    return sqlite_client


@pytest.mark.parametrize(("accept", "form"), ACCEPTED)
def test_accept_selects_a_form_by_its_weights(client: httpx.Client, accept: str, form: str) -> None:
    for _ in range(2):  # the second may be remembered
        response = client.head("/v1/claims?type=causal", headers={"Accept": accept})
        assert (response.status_code, response.headers["content-type"]) == (200, TYPES[form])
        location = None if form == "json" else f"/v1/claims.{form}?type=causal"
        assert response.headers.get("content-location") == location
        assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        (BROWSER, "html"),
        (JAVA, "html"),
        ("text/html, application/xhtml+xml, */*", "html"),
        ("*/*, text/html", "html"),
        ("text/html, text/*;q=0.5, image/*, application/*", "html"),
        ("application/json, text/html;q=0.9", "json"),
        ("application/problem+json", "json"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/", "/problems", "/problems/not-found", "/v1/vocabularies", "/v1/vocabularies/topic"]
)
def test_a_browser_gets_the_page_of_a_path_that_has_one(
    client: httpx.Client, path: str, accept: str, form: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, TYPES[form])


@pytest.mark.parametrize(
    "accept", ["image/png", "application/json;q=0", "text/html", "*/*;q=0", "application/xml, text/plain"]
)
def test_an_accept_that_nothing_satisfies_is_406_with_what_there_is(client: httpx.Client, accept: str) -> None:
    for path, available in {
        "/v1/claims": {"application/json", "application/ld+json", "text/csv", "application/jsonl"},
        "/v1/actors": {"application/json", "text/csv", "application/jsonl"},
        "/v1/claims/karabakh.c001": {"application/json", "application/ld+json"},
        "/v1/actors/armenia": {"application/json"},
        "/v1/counts/claims?by=type": {"application/json", "text/csv"},
        "/v1/documents/karabakh/spans": {"application/json", "text/csv", "application/jsonl"},
    }.items():
        response = client.get(path, headers={"Accept": accept})
        assert refused(response, "not-acceptable", 406) == []
        assert set(response.json()["available"]) == available


def test_text_is_sent_as_text_or_not_at_all(client: httpx.Client) -> None:
    path = "/v1/documents/karabakh/text?end=21"
    for accept in ("", "*/*", "text/*", "text/plain", JAVA, BROWSER, "application/problem+json"):
        response = client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.headers["content-type"]) == (200, TYPES["text"])
        assert response.text == "The Karabakh Conflict"
    for accept in ("application/json", "text/csv"):
        refused(client.get(path, headers={"Accept": accept}), "not-acceptable", 406)


def test_a_wrong_query_is_reported_before_a_form_that_is_not_there(client: httpx.Client) -> None:
    refused(client.get("/v1/claims?typ=causal", headers={"Accept": "image/png"}), "unknown-parameter")


BOTH = [
    *((f"/v1/{plural}", "text/csv", ".csv") for plural in LISTS),
    *((f"/v1/{plural}", "application/jsonl", ".jsonl") for plural in LISTS),
    *((f"/v1/{plural}", "application/ld+json", ".jsonld") for plural in SOURCED),
    ("/v1/search", "text/csv", ".csv"),
    ("/v1/search", "application/jsonl", ".jsonl"),
    ("/v1/documents/karabakh/spans", "text/csv", ".csv"),
    ("/v1/documents/karabakh/spans", "application/jsonl", ".jsonl"),
    ("/v1/documents/karabakh/coverage", "text/csv", ".csv"),
    ("/v1/documents/karabakh/coverage", "application/jsonl", ".jsonl"),
    ("/v1/counts/claims", "text/csv", ".csv"),
    ("/v1/claims/karabakh.c001", "application/ld+json", "/annotation.jsonld"),
    ("/v1/relations/base.r1", "application/ld+json", "/annotation.jsonld"),
]
QUERIES = {"/v1/search": "?q=war", "/v1/counts/claims": "?by=type,speaker"}


@pytest.mark.parametrize(("path", "accept", "suffix"), BOTH)
def test_accept_on_the_bare_path_sends_what_the_suffixed_path_sends(
    client: httpx.Client, path: str, accept: str, suffix: str
) -> None:
    query = QUERIES.get(path, "")
    plain = client.get(path + query)
    negotiated = client.get(path + query, headers={"Accept": accept})
    direct = client.get(path + suffix + query)
    again = client.get(path + query)
    assert negotiated.status_code == direct.status_code == 200, negotiated.text
    assert negotiated.content == direct.content
    for name in ("content-type", "content-location", "etag", "link", "content-disposition"):
        assert negotiated.headers.get(name) == direct.headers.get(name), name
    assert direct.headers["content-location"] == path + suffix + query
    assert plain.headers["content-type"] == again.headers["content-type"] == TYPES["json"]
    assert plain.content == again.content
    assert plain.headers["etag"] != direct.headers["etag"]
    assert "content-location" not in plain.headers
    tag = {"If-None-Match": direct.headers["etag"]}
    assert client.get(path + query, headers={"Accept": accept, **tag}).status_code == 304
    assert client.get(path + query, headers=tag).status_code == 200


@pytest.mark.parametrize(("path", "accept", "suffix"), BOTH)
def test_a_path_with_a_suffix_ignores_accept(client: httpx.Client, path: str, accept: str, suffix: str) -> None:
    query = QUERIES.get(path, "")
    for other in ("image/png", "application/json", "application/json;q=0, */*;q=0", BROWSER):
        response = client.head(path + suffix + query, headers={"Accept": other})
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(accept)


def test_accept_selects_the_parameters_of_the_form_too(client: httpx.Client) -> None:
    accept = {"Accept": "text/csv"}
    text = client.get("/v1/claims?fields=type,id&limit=150&type=causal", headers=accept).text
    assert text.startswith("type,id\r\n")
    assert text == client.get("/v1/claims.csv?fields=type,id&limit=150&type=causal").text
    [error] = refused(client.get("/v1/claims?include=section", headers=accept), "unknown-parameter")
    assert error["parameter"] == "include"
    [error] = refused(client.get("/v1/claims?fields=id"), "unknown-parameter")
    assert error["parameter"] == "fields"


def test_below_a_root_path_the_location_is_below_it(sqlite_database: dict[str, str]) -> None:
    with Server(sqlite_database | {"SIC_ROOT_PATH": "/sic"}) as below:
        for path in ("/v1/claims?limit=1", "/sic/v1/claims?limit=1"):
            response = below.client.get(path, headers={"Accept": "application/jsonl"})
            assert response.headers["content-location"] == "/sic/v1/claims.jsonl?limit=1"
            assert below.client.get(response.headers["content-location"]).content == response.content
