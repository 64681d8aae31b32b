"""What the stock of FastAPI, SQLModel, SQLite and PostgreSQL would do, and this service does not.

More of them stand where they belong: HEAD and weak tags in test_http.py, nullable filters and 422 bodies in
test_openapi.py, 500 without CORS in test_problems.py, statements in test_algebra.py.
"""

import sqlite3
from pathlib import Path

import httpx
import pytest

from api.model import metadata
from api.model.vocabularies import VOCABULARIES
from tests.lists import LISTS, Content, ids, walk
from tests.server import Server, refused


@pytest.mark.parametrize(
    "query", ["hedged=yes", "limit=1_0", "limit=10.0", "limit=1&limit=2", "limit=%2B5", "hedged=1"]
)
def test_stock_behaviour_lax_values_are_refused(client: httpx.Client, query: str) -> None:
    [error] = refused(client.get(f"/v1/claims?{query}"))
    assert error["parameter"] == query.partition("=")[0]


def test_stock_behaviour_a_misspelt_parameter_is_not_ignored(client: httpx.Client) -> None:
    [error] = refused(client.get("/v1/claims?speakr=author"), "unknown-parameter")
    assert error["did_you_mean"] == "speaker"


def test_stock_behaviour_parameters_of_one_endpoint_are_one_closed_model_that_refuses_none_of_its_own(
    client: httpx.Client,
) -> None:
    everything = "limit=5&offset=0&type=causal&q=war&include=section&facets=type&highlight=true&sort=id&mode.not=quoted"
    assert client.get(f"/v1/claims?{everything}").status_code == 200


def test_stock_behaviour_fewer_keys_than_the_response_model_are_no_500(client: httpx.Client) -> None:
    assert client.get("/v1/claims.jsonl?fields=id").status_code == 200
    assert client.get("/v1/claims?limit=1").json()["data"][0].keys().isdisjoint({"included", "highlights"})


@pytest.mark.parametrize("plural", LISTS)
def test_stock_behaviour_a_stream_comes_from_an_endpoint_with_a_response_model(
    client: httpx.Client, plural: str
) -> None:
    for format in ("csv", "jsonl"):
        with client.stream("GET", f"/v1/{plural}.{format}") as response:
            assert response.status_code == 200
            assert "content-length" not in response.headers
            assert response.read()


def test_stock_behaviour_names_and_values_of_vocabularies_agree_and_are_what_the_database_checks() -> None:
    checks = {
        str(check.sqltext)
        for table in metadata.tables.values()
        for check in table.constraints
        if hasattr(check, "sqltext")
    }
    for terms in VOCABULARIES.values():
        assert all(term.name == term.value for term in terms)
        listed = f"IN ({', '.join(repr(term.value) for term in terms)})"
        assert any(listed in check for check in checks)


def test_stock_behaviour_a_published_file_needs_no_second_file_and_is_analysed(
    environment: dict[str, str], served: Server
) -> None:
    path = Path(environment["SIC_DATABASE_URL"].removeprefix("sqlite:///"))
    assert served.client.get("/v1/claims").status_code == 200
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0] > 0
    finally:
        connection.close()
    assert not [each.name for each in path.parent.iterdir() if each.name.endswith(("-wal", "-shm", "-journal"))]


@pytest.mark.parametrize("plural", ["actors", "places", "sections"])
def test_stock_behaviour_text_is_sorted_by_code_points_on_both_databases(
    client: httpx.Client, content: Content, plural: str
) -> None:
    key = "title" if plural == "sections" else "name"
    expected = sorted(content[plural], key=lambda record: (record[key].encode(), record["id"]))
    assert ids(walk(client, f"/v1/{plural}", sort=key, limit=100)) == ids(expected)


def test_stock_behaviour_a_question_mark_without_a_query_means_nothing(client: httpx.Client) -> None:
    assert client.get("/v1/claims?").text == client.get("/v1/claims?&&").text == client.get("/v1/claims").text
