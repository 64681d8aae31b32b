"""While it is served, the content is replaced: cursors, tags and snapshots of the old one are refused, never mixed."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import astral
from tests.server import PACKAGE, Server, loaded, refused, sic


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, httpx.Response]]]:
    """A server, and what it answered before a second document was loaded beside the first."""
    folder = tmp_path_factory.mktemp("moving")
    env = loaded(folder, PACKAGE) | {"SIC_POLL_SECONDS": "0.05"}
    with Server(env) as server:
        before = {question: server.client.get(question) for question in QUESTIONS}
        served = before["/v1"].json()["meta"]["snapshot"]
        done = sic("load", astral.write(Path(folder)), env=env)
        assert done.returncode == 0, done.stderr
        deadline = time.monotonic() + 30
        while server.client.get("/readyz").json()["snapshot"] == served:
            assert time.monotonic() < deadline, "the new content is not served"
            time.sleep(0.05)
        yield server, before


QUESTIONS = [
    "/v1",
    "/v1/claims?limit=5",
    "/v1/claims?limit=5&q=war&type=factual,causal",
    "/v1/documents/karabakh/spans?limit=5",
    "/v1/search?q=war&limit=5",
    "/v1/events?limit=5&sort=-date&offset=10",
    "/v1/documents/karabakh/coverage?limit=5",
    "/v1/actors/armenia/mentions?limit=5",
    "/v1/relations?limit=5&speaker=none,author",
]

Moved = tuple[Server, dict[str, httpx.Response]]


@pytest.mark.parametrize("question", QUESTIONS[1:])
def test_a_cursor_of_the_old_snapshot_is_stale_and_says_where_to_start_again(moving: Moved, question: str) -> None:
    server, before = moving
    old = before[question].json()
    for name in ("next", "prev"):
        if old["links"][name] is None:
            continue
        response = server.client.get(old["links"][name])
        errors = refused(response, "stale-cursor")
        problem = response.json()
        assert problem["restart"] == old["links"]["first"]
        assert problem["snapshot"] == server.client.get("/v1").json()["meta"]["snapshot"]
        assert old["meta"]["snapshot"] in problem["detail"]
        assert [error["parameter"] for error in errors] == ["cursor"]
        again = server.client.get(problem["restart"])
        assert again.status_code == 200
        assert again.json()["meta"]["snapshot"] == problem["snapshot"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_tag_of_the_old_snapshot_no_longer_matches(moving: Moved, question: str) -> None:
    server, before = moving
    answer = server.client.get(question, headers={"If-None-Match": before[question].headers["etag"]})
    assert answer.status_code == 200
    assert answer.headers["etag"] != before[question].headers["etag"]


def test_the_old_snapshot_requested_by_name_is_not_served(moving: Moved) -> None:
    server, before = moving
    old = before["/v1"].json()["meta"]["snapshot"]
    for path in ("/v1/claims", "/v1/claims.csv", "/v1/claims/karabakh.c001/citation.bib", "/v1/counts/claims?by=type"):
        response = server.client.get(path, params=httpx.URL(path).params.set("snapshot", old))
        refused(response, "snapshot-not-served", 404)
        assert response.json()["snapshot"] != old


def test_records_that_stayed_are_the_same_and_new_ones_are_there(moving: Moved) -> None:
    server, before = moving
    answer = server.client.get("/v1/claims?limit=5&document=karabakh").json()
    assert answer["data"] == before["/v1/claims?limit=5"].json()["data"]
    assert server.client.get(f"/v1/claims/{astral.ID}.c001").status_code == 200


def test_the_link_of_a_citation_outlives_the_snapshot_that_the_citation_names(moving: Moved) -> None:
    server, before = moving
    old = before["/v1"].json()["meta"]["snapshot"]
    response = server.client.get("/v1/claims/karabakh.c001/citation.csl.json")
    assert old not in response.text
    assert response.json()["note"].endswith(f"snapshot {server.client.get('/v1').json()['meta']['snapshot']}")
    assert "snapshot" not in response.json()["URL"]


def test_the_annotation_page_of_the_old_snapshot_is_stale_too(moving: Moved) -> None:
    server, before = moving
    cursor = before["/v1/claims?limit=5"].json()["meta"]["next_cursor"]
    refused(server.client.get("/v1/claims.jsonld", params={"limit": 5, "cursor": cursor}), "stale-cursor")
