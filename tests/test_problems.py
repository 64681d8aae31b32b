"""The error contract, from every source of errors: RFC 9457, with its headers, and nothing of the inside."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.problems import PROBLEM_TYPES
from tests.contract import concrete
from tests.lists import CONTRACT, needed
from tests.server import Server

LONG = "/v1/claims?q=" + "a" * 8200
SOURCES: list[tuple[str, str, str, dict[str, str], int, str]] = [
    ("an unknown path", "GET", "/nowhere", {}, 404, "not-found"),
    ("an unknown path below /v1", "GET", "/v1/nowhere/at/all", {}, 404, "not-found"),
    ("an unknown asset", "GET", "/docs/nothing.js", {}, 404, "not-found"),
    ("an unknown id", "GET", "/v1/claims/no.such", {}, 404, "not-found"),
    ("an unknown problem", "GET", "/problems/no-such", {}, 404, "not-found"),
    ("an unknown vocabulary", "GET", "/v1/vocabularies/no-such", {}, 404, "not-found"),
    ("a snapshot that is not served", "GET", "/v1/claims?snapshot=0123456789abcdef", {}, 404, "snapshot-not-served"),
    ("a method", "POST", "/v1/claims", {}, 405, "method-not-allowed"),
    ("a method on an unknown path", "DELETE", "/nowhere", {}, 405, "method-not-allowed"),
    ("a media type", "GET", "/v1/claims", {"Accept": "image/png"}, 406, "not-acceptable"),
    ("a media type of a page", "GET", "/v1/documents/karabakh/spans", {"Accept": "text/html"}, 406, "not-acceptable"),
    ("a long query", "GET", LONG, {}, 414, "uri-too-long"),
    ("a long path", "GET", "/v1/claims/" + "a" * 8200, {}, 414, "uri-too-long"),
    ("an unknown parameter", "GET", "/v1/claims?limt=1", {}, 422, "unknown-parameter"),
    ("a wrong value", "GET", "/v1/claims?limit=101", {}, 422, "invalid-value"),
    ("an unknown id in a filter", "GET", "/v1/claims?actor=nobody", {}, 422, "unknown-id"),
    ("a repeated parameter", "GET", "/v1/claims?limit=1&limit=1", {}, 422, "repeated-parameter"),
    ("a cursor", "GET", "/v1/claims?cursor=AAAA", {}, 422, "invalid-cursor"),
    ("a missing parameter", "GET", "/v1/search", {}, 422, "invalid-value"),
    ("too many words", "GET", "/v1/claims?q=" + "+".join(f"w{number}" for number in range(65)), {}, 422, "too-costly"),
    ("too many words for a file", "GET", "/v1/search.csv?q=" + "+".join(map(str, range(65))), {}, 422, "too-costly"),
    ("a missing parameter of counts", "GET", "/v1/counts/claims", {}, 422, "invalid-value"),
    ("a file of an unknown document", "GET", "/v1/documents/no.such/spans.csv", {}, 404, "not-found"),
    ("a kind without annotations", "GET", "/v1/sections/karabakh.s02/annotation.jsonld", {}, 404, "not-found"),
    ("a kind without citations", "GET", "/v1/actors/armenia/citation.bib", {}, 404, "not-found"),
    ("a kind that there is not", "GET", "/v1/nothings/x/citation.ris", {}, 404, "not-found"),
    ("a form that there is not", "GET", "/v1/claims.xml", {}, 404, "not-found"),
    ("a span", "GET", "/v1/documents/karabakh/text?start=9&end=8", {}, 422, "invalid-value"),
    ("an exception", "GET", "/fault", {}, 500, "internal"),
]
OF_IDS = ("an unknown id", "an unknown problem", "an unknown vocabulary", "a file of an unknown document")
KEYS = ["type", "title", "status", "detail", "instance", "request_id"]
INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|SELECT |sqlite|psycopg|site-packages|/work|/tmp|/etc|planted|ZeroDivision"
)


def checked(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """What every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert "etag" not in answer.headers
    if "content-encoding" not in answer.headers:
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert not INSIDE.search(answer.text)
    problem: dict[str, Any] = answer.json()
    kind = PROBLEM_TYPES[slug]
    assert list(problem)[: len(KEYS)] == KEYS
    assert (problem["type"], problem["title"], problem["status"]) == (f"/problems/{slug}", kind.title, kind.status)
    assert problem["detail"]
    assert problem["instance"] == answer.request.url.raw_path.decode().partition("?")[0]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert set(problem) <= {*KEYS, "errors", "snapshot", "restart", "available", "gone"}
    for error in problem.get("errors", ()):
        assert list(error) == ["parameter", "detail", "allowed", "did_you_mean"]
        assert error["allowed"] is None or all(isinstance(value, str) for value in error["allowed"])
    return problem


@pytest.mark.parametrize(("name", "method", "path", "headers", "status", "slug"), SOURCES, ids=[s[0] for s in SOURCES])
@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}], ids=["no origin", "another origin"])
def test_an_error_is_a_problem_wherever_it_comes_from(
    faulty: Server,
    name: str,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    slug: str,
    origin: dict[str, str],
) -> None:
    answer = faulty.client.request(method, path, headers={**headers, **origin})
    problem = checked(answer, status, slug)
    assert ("errors" in problem) == (status == 422 or name in OF_IDS)
    assert answer.headers.get("allow") == ("GET, HEAD, OPTIONS" if status == 405 else None)


@pytest.mark.parametrize(("name", "method", "path", "headers", "status", "slug"), SOURCES, ids=[s[0] for s in SOURCES])
def test_head_of_an_error_has_its_headers_and_no_body(
    faulty: Server,
    name: str,  # noqa: ARG001 - the test's id
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    slug: str,  # noqa: ARG001 - told in the body
) -> None:
    if method == "GET":
        given = {**headers, "X-Request-Id": "the-same"}
        get, head = faulty.client.get(path, headers=given), faulty.client.head(path, headers=given)
        assert (head.status_code, head.content) == (status, b"")
        assert _headers(head) == _headers(get)


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}


def test_every_type_of_problem_has_a_source_here() -> None:
    assert {source[-1] for source in SOURCES} | {"stale-cursor", "unavailable"} == set(PROBLEM_TYPES)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_no_path_answers_another_method(served: Server, method: str) -> None:
    for path in [*CONTRACT["paths"], "/docs", "/metrics", "/nowhere"]:
        answer = served.client.request(method, concrete(path), params=needed(path))
        checked(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_stock_behaviour_an_unhandled_exception_still_has_cors_headers(faulty: Server) -> None:
    answer = faulty.client.get("/fault", headers={"Origin": "https://elsewhere.example"})
    checked(answer, 500, "internal")


def test_an_exception_is_in_the_log_under_the_request_id_and_nowhere_in_the_answer(faulty: Server) -> None:
    answer = faulty.client.get("/fault", headers={"X-Request-Id": "find-me-in-the-log"})
    checked(answer, 500, "internal")
    deadline = time.monotonic() + 10
    while not (logged := [line for line in faulty.output.splitlines() if "find-me" in line and "planted" in line]):
        assert time.monotonic() < deadline, faulty.output[-3000:]
        time.sleep(0.05)
    assert "ZeroDivisionError" in json.loads(logged[0])["exception.stacktrace"]


@pytest.fixture
def unloaded(tmp_path: Path) -> Iterator[Server]:
    """A server with no database at all."""
    env = {"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    with Server(env, ready="/livez") as server:
        yield server


def test_without_content_every_data_path_is_503_and_says_when_to_come_again(unloaded: Server) -> None:
    pages = {"/problems", "/problems/{type}", "/openapi.json", "/llms.txt", "/livez", "/v1/context.jsonld"}
    for path in CONTRACT["paths"]:
        answer = unloaded.client.get(concrete(path), params=needed(path))
        if path in pages:
            assert answer.status_code == 200, path
        elif path == "/readyz":
            assert answer.status_code == 503
            assert set(answer.json()["down"]) == {"database"}
        else:
            checked(answer, 503, "unavailable")
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) >= 1


def test_without_content_an_invalid_query_is_reported_all_the_same(unloaded: Server) -> None:
    checked(unloaded.client.get("/v1/claims?limt=1"), 422, "unknown-parameter")
    checked(unloaded.client.get("/v1/claims?limit=101"), 422, "invalid-value")
    checked(unloaded.client.get("/nowhere"), 404, "not-found")


@pytest.mark.parametrize("slug", sorted(PROBLEM_TYPES))
def test_the_type_of_a_problem_is_a_page_and_a_record(served: Server, slug: str) -> None:
    record = served.client.get(f"/problems/{slug}").json()["data"]
    assert record == {
        "id": slug,
        "status": PROBLEM_TYPES[slug].status,
        "title": PROBLEM_TYPES[slug].title,
        "meaning": PROBLEM_TYPES[slug].meaning,
        "remedy": PROBLEM_TYPES[slug].remedy,
        "links": {"self": f"/problems/{slug}"},
    }
    page = served.client.get(f"/problems/{slug}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert PROBLEM_TYPES[slug].title in page.text
    assert record in served.client.get("/problems").json()["data"]


def test_what_a_query_says_is_shown_shortened_and_escaped_by_json_only(served: Server) -> None:
    answer = served.client.get("/v1/claims", params={"<script>": "1", "type": "x" * 3000})
    errors = {error["parameter"]: error for error in checked(answer, 422, "invalid-value")["errors"]}
    assert list(errors) == ["type", "<script>"]
    assert len(errors["type"]["detail"]) < 200
