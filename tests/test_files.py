"""Files: the whole result of a query, or its first records, as CSV and as JSON Lines."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pandas
import pytest

from tests import astral
from tests.benchmarks.corpus import write
from tests.in_process import in_process
from tests.lists import LISTS, SOURCED, Content, export, ids, parameters, values, walk
from tests.server import Server, loaded, refused

TYPES = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8; header=present"}
ID_LISTS = ("actors", "places", "topics", "claims", "events", "obstacles", "positions", "documents")
# What one step along a single reference reaches: the list that has the records.
STEPS = {
    **{(plural, "document"): "documents" for plural in LISTS if plural not in ("documents", "actors", "places")},
    **{(plural, "section"): "sections" for plural in ("claims", "events", "obstacles", "positions")},
    ("sections", "parent"): "sections",
    ("actors", "of"): "actors",
    ("claims", "speaker"): "actors",
    ("positions", "obstacle"): "obstacles",
    ("positions", "actor"): "actors",
    ("relations", "from"): "claims",
    ("relations", "to"): "claims",
}


def rows(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, str]]:
    text = client.get(f"{path}.csv", params=asked).content.decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def at(record: dict[str, Any], dotted: str) -> Any:
    value: Any = record
    for key in dotted.split("."):
        value = None if value is None else value[key]
    return value


def written(value: Any, column: str) -> str:
    """A CSV cell, stated independently of the code."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and column in ID_LISTS:
        value = " ".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    runs = isinstance(value, str) and text[:1] and text[0] in "=+-@\t\r" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", text)
    return "'" + text if runs else text


@pytest.mark.parametrize("plural", LISTS)
def test_json_lines_are_the_records_exactly(client: httpx.Client, content: Content, plural: str) -> None:
    response = client.get(f"/v1/{plural}.jsonl")
    assert response.headers["content-type"] == TYPES["jsonl"]
    assert response.text.endswith("\n")
    assert "\r" not in response.text
    assert len(response.text.splitlines()) == len(content[plural])
    listed = walk(client, f"/v1/{plural}", limit=100)
    whole = [{key: value for key, value in record.items() if key != "text"} for record in content[plural]]
    assert (whole if plural == "sections" else content[plural]) == listed


@pytest.mark.parametrize("plural", LISTS)
def test_csv_has_every_record_and_every_column(client: httpx.Client, content: Content, plural: str) -> None:
    response = client.get(f"/v1/{plural}.csv")
    assert response.headers["content-type"] == TYPES["csv"]
    assert not response.content.startswith(b"\xef\xbb\xbf")
    assert response.content.endswith(b"\r\n")
    lines = rows(client, f"/v1/{plural}")
    assert len(lines) == len(content[plural])
    for row, record in zip(lines, content[plural], strict=True):
        assert row == {name: written(at(record, name), name) for name in row}
    keys = {name.partition(".")[0] for name in lines[0]}
    assert keys == set(content[plural][0])
    if plural in SOURCED:
        assert {"source.quote", "source.start", "source.utf16.start", "links.self"} <= set(lines[0])


def test_an_object_is_as_many_columns_as_it_has_keys(client: httpx.Client, content: Content) -> None:
    [row] = rows(client, "/v1/documents", id="karabakh", fields="counts,id")
    claims = sum(record["document"] == "karabakh" for record in content["claims"])
    assert (list(row)[:2], list(row)[-1], row["counts.claims"]) == (
        ["counts.sections", "counts.sentences"],
        "id",
        str(claims),
    )
    text = client.get("/v1/claims.csv?id=karabakh.c001&fields=source.utf16").text
    assert text.startswith("source.utf16.start,source.utf16.end\r\n")
    [line] = export(client, "/v1/claims", id="karabakh.c001", fields="source.utf16")
    assert list(line) == ["source.utf16"]
    assert list(line["source.utf16"]) == ["start", "end"]


def test_fields_keep_the_order_of_the_request(client: httpx.Client) -> None:
    text = client.get("/v1/claims.csv?fields=type,id,mode&limit=1").text
    assert text.startswith("type,id,mode\r\n")
    [line] = export(client, "/v1/claims", fields="type,id,mode", limit=1)
    assert list(line) == ["type", "id", "mode"]


def test_a_field_may_go_one_step_along_a_single_reference(client: httpx.Client, content: Content) -> None:
    claims = {record["id"]: record for record in content["claims"]}
    sections = {record["id"]: record for record in content["sections"]}
    actors = {record["id"]: record for record in content["actors"]}
    names = "from.statement,to.speaker,type"
    for line, relation in zip(export(client, "/v1/relations", fields=names), content["relations"], strict=True):
        assert line == {
            "from.statement": claims[relation["from"]]["statement"],
            "to.speaker": claims[relation["to"]]["speaker"],
            "type": relation["type"],
        }
    for row, claim in zip(
        rows(client, "/v1/claims", fields="section.title,speaker.name,id"), content["claims"], strict=True
    ):
        assert row["section.title"] == sections[claim["section"]]["title"]
        assert row["speaker.name"] == (actors[claim["speaker"]]["name"] if claim["speaker"] in actors else "")


def test_names_are_json_and_lose_nothing(client: httpx.Client, content: Content) -> None:
    for row, actor in zip(rows(client, "/v1/actors", fields="names"), content["actors"], strict=True):
        assert json.loads(row["names"]) == actor["names"]


def test_rows_of_csv_end_in_cr_lf_and_quotes_are_doubled(client: httpx.Client) -> None:
    text = client.get(f"/v1/claims.csv?id={astral.ID}.c006,{astral.ID}.c007&fields=id,note").content.decode()
    assert text == f'id,note\r\n{astral.ID}.c006,"say ""no"", then"\r\n{astral.ID}.c007,"two\nlines"\r\n'


def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe_and_a_number_none(client: httpx.Client) -> None:
    notes = [row["note"] for row in rows(client, "/v1/claims", document=astral.ID, fields="note", sort="id")[1:9]]
    assert notes[:5] == ["'=1+1", "'+cmd", "'-x", "'@sum", "-7"]
    exact = [
        record["note"] for record in export(client, "/v1/claims", document=astral.ID, fields="note", sort="id")[1:6]
    ]
    assert exact == astral.CELLS[:5]


def test_an_empty_result_is_a_header_or_nothing(client: httpx.Client) -> None:
    nothing = {"document": astral.ID, "id": "karabakh.c001"}
    assert client.get("/v1/claims.csv", params=nothing | {"fields": "id,type"}).text == "id,type\r\n"
    response = client.get("/v1/claims.jsonl", params=nothing)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("plural", LISTS)
def test_pandas_reads_csv_and_json_lines_with_types_and_text_intact(
    client: httpx.Client, content: Content, plural: str
) -> None:
    table = pandas.read_csv(io.BytesIO(client.get(f"/v1/{plural}.csv").content), keep_default_na=False, na_values=[""])
    assert list(table["id"]) == ids(content[plural])
    for name in table.columns:
        known = [at(record, name) for record in content[plural]]
        numbers = all(isinstance(value, int) for value in known)
        if numbers or all(isinstance(value, str) and value and value[0] not in "=+-@" for value in known):
            assert list(table[name]) == known
    lines = pandas.read_json(io.BytesIO(client.get(f"/v1/{plural}.jsonl").content), lines=True, dtype=False)
    assert list(lines["id"]) == ids(content[plural])


@pytest.mark.parametrize("plural", LISTS)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_file_is_named_with_its_snapshot(client: httpx.Client, plural: str, form: str) -> None:
    snapshot = client.get("/v1").json()["data"]["snapshot"]
    response = client.head(f"/v1/{plural}.{form}")
    assert response.headers["content-disposition"] == f'attachment; filename="{plural}-{snapshot}.{form}"'
    assert "content-disposition" not in client.head(f"/v1/{plural}").headers


@pytest.mark.parametrize("plural", LISTS)
def test_a_file_is_never_a_page(client: httpx.Client, plural: str) -> None:
    paging = {"offset": "1", "facets": "document", "include": "actors", "highlight": "true", "cursor": "AAAA"}
    for form in ("csv", "jsonl"):
        assert not set(paging) & set(parameters(f"/v1/{plural}.{form}"))
        errors = refused(client.get(f"/v1/{plural}.{form}", params=paging), "unknown-parameter")
        assert sorted(error["parameter"] for error in errors) == sorted(paging)
    errors = refused(client.get(f"/v1/{plural}", params=paging, headers={"Accept": "text/csv"}), "unknown-parameter")
    assert sorted(error["parameter"] for error in errors) == sorted(paging)


@pytest.mark.parametrize("plural", LISTS)
def test_every_field_can_be_chosen_alone(client: httpx.Client, content: Content, plural: str) -> None:
    path = f"/v1/{plural}"
    record = content[plural][-1]
    for name in values(f"{path}.csv", "fields"):
        [line] = export(client, path, fields=name, id=record["id"])
        assert list(line) == [name]
        [row] = rows(client, path, fields=name, id=record["id"])
        assert all(column == name or column.startswith(name + ".") for column in row)
        if name.partition(".")[0] == name:
            assert line[name] == record[name]
    [error] = refused(client.get(path, params={"fields": "id"}), "unknown-parameter")
    assert error["parameter"] == "fields"


@pytest.mark.parametrize("plural", LISTS)
@pytest.mark.parametrize("asked", [{}, {"sort": "-id"}, {"q": "star peace the"}, {"q": "star peace", "sort": "-id"}])
def test_a_file_of_limit_n_is_the_first_n(client: httpx.Client, plural: str, asked: dict[str, str]) -> None:
    if not set(asked) <= set(parameters(f"/v1/{plural}.jsonl")):
        return
    path = f"/v1/{plural}"
    ranked = "q" in asked and "sort" not in asked
    every = ids(walk(client, path, limit=100, **asked)) if ranked else ids(export(client, path, **asked))
    for number in (0, 1, 7, 10_000):
        assert ids(export(client, path, limit=number, **asked)) == every[:number]


def test_with_words_a_file_is_in_document_order_and_holds_all_that_match(
    client: httpx.Client, content: Content
) -> None:
    ranked = ids(walk(client, "/v1/claims", q="peace treaty star", limit=100))
    listed = ids(export(client, "/v1/claims", q="peace treaty star"))
    assert sorted(ranked) == sorted(listed)
    order = ids(content["claims"])
    assert listed == sorted(listed, key=order.index)
    assert listed != ranked
    assert ids(export(client, "/v1/claims", q="peace treaty star", limit=10_001)) == listed
    descending = [row["id"] for row in rows(client, "/v1/claims", q="peace treaty star", sort="-id")]
    assert descending == sorted(listed, reverse=True)


@pytest.mark.parametrize(("file", "records"), [("sections.jsonl", 2), ("claims.jsonl", 20)])
def test_a_step_of_a_file_reads_fewer_records_where_they_hold_a_text(
    sqlite_database: dict[str, str], file: str, records: int
) -> None:
    """A thousand sections at once would be 9 MB, and keep a thread for a tenth of a second."""
    steps: list[int] = []

    async def send(message: Any) -> None:
        steps.append(message.get("body", b"").count(b"\n"))

    async def receive() -> Any:
        await asyncio.sleep(60)

    with in_process(sqlite_database, batch_records=20, answer_cache_bytes=0) as asked:
        path = f"/v1/{file}"
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode()}
        scope |= {"query_string": b"", "headers": [(b"host", b"in.process")], "scheme": "http", "root_path": ""}
        asyncio.run(asked.app(scope, receive, send))
    assert max(steps) == records


@pytest.fixture(scope="module")
def small_batches(sqlite_database: dict[str, str]) -> Iterator[httpx.Client]:
    """A server that reads three records at once, so that little content crosses many batches and windows."""
    with Server(sqlite_database | {"SIC_BATCH_RECORDS": "3", "SIC_ACCESS_LOG": "off"}) as server:
        yield server.client


@pytest.mark.parametrize("plural", LISTS)
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sort": "-id"},
        {"q": "star peace karabakh"},
        {"q": "star peace", "sort": "id"},
        {"limit": "10"},
        {"limit": "7"},
    ],
)
def test_a_file_is_the_same_however_few_records_are_read_at_once(
    small_batches: httpx.Client, sqlite_client: httpx.Client, plural: str, asked: dict[str, str]
) -> None:
    if set(asked) <= set(parameters(f"/v1/{plural}.jsonl")):
        for form in ("csv", "jsonl"):
            path = f"/v1/{plural}.{form}"
            whole = sqlite_client.get(path, params=asked).content
            assert small_batches.get(path, params=asked).content == whole


@pytest.mark.parametrize("path", ["/v1/documents/astral/spans", "/v1/documents/karabakh/coverage"])
def test_a_file_of_spans_or_sentences_holds_what_the_pages_hold(
    small_batches: httpx.Client, sqlite_client: httpx.Client, path: str
) -> None:
    pages = walk(sqlite_client, path, limit=100)
    for client in (sqlite_client, small_batches):
        assert export(client, path) == pages
        assert export(client, path, limit=8) == pages[:8]
        assert len(rows(client, path)) == len(pages)
    columns = rows(sqlite_client, path, limit=1)[0]
    assert list(columns)[:2] == (["id", "kind"] if path.endswith("spans") else ["document", "section"])


def test_a_file_of_a_search_is_best_first(small_batches: httpx.Client, sqlite_client: httpx.Client) -> None:
    pages = walk(sqlite_client, "/v1/search", q="peace star", limit=100)
    for client in (sqlite_client, small_batches):
        assert export(client, "/v1/search", q="peace star") == pages
        assert [row["id"] for row in rows(client, "/v1/search", q="peace star", limit=5)] == ids(pages[:5])


def test_a_file_without_records_ends_however_often_it_is_asked_for(client: httpx.Client) -> None:
    for _ in range(3):
        response = client.get("/v1/claims.jsonl", params={"q": "nothing-of-the-kind"})
        assert response.content == b""
        assert response.headers.get("transfer-encoding") == "chunked"


def test_only_the_single_section_and_files_have_its_text(client: httpx.Client, content: Content) -> None:
    section = content["sections"][0]
    assert client.get(section["links"]["self"]).json()["data"] == section
    assert section["text"]
    assert "text" not in client.get("/v1/sections?limit=1").json()["data"][0]
    hits = client.get("/v1/search?q=karabakh&kind=section&limit=1").json()["data"]
    assert "text" not in hits[0]


def test_ids_are_joined_by_spaces_and_every_other_list_is_json(client: httpx.Client, content: Content) -> None:
    for row, actor in zip(rows(client, "/v1/actors", fields="names,documents"), content["actors"], strict=True):
        assert json.loads(row["names"]) == actor["names"]
        assert row["documents"].split(" ") == actor["documents"]
    assert any(" " in name for actor in content["actors"] for name in actor["names"])
    for row, event in zip(rows(client, "/v1/events", fields="speakers,claims"), content["events"], strict=True):
        assert json.loads(row["speakers"]) == event["speakers"]
        assert row["claims"].split() == event["claims"]
    assert any(None in event["speakers"] for event in content["events"])
    for row, correction in zip(rows(client, "/v1/corrections"), content["corrections"], strict=True):
        assert json.loads(row["records"]) == correction["records"]


@pytest.mark.parametrize("plural", LISTS)
def test_fields_choose_columns_and_keys_in_their_order(client: httpx.Client, content: Content, plural: str) -> None:
    names = values(f"/v1/{plural}.csv", "fields")
    assert names == values(f"/v1/{plural}.jsonl", "fields")
    path, record = f"/v1/{plural}", content[plural][-1]
    own = [name for name in names if (plural, name.partition(".")[0]) not in STEPS or "." not in name]
    [line] = export(client, path, fields=own, id=record["id"])
    assert list(line) == own
    for name in own:
        assert line[name] == at(record, name)
        [alone] = export(client, path, fields=name, id=record["id"])
        assert alone == {name: line[name]}
        [row] = rows(client, path, fields=name, id=record["id"])
        assert all(column == name or column.startswith(name + ".") for column in row)
        for column in row:
            assert row[column] == written(at(record, column), column)
    for first, second in pairwise([name for name in own if "." not in name]):
        assert list(export(client, path, fields=f"{second},{first}", id=record["id"])[0]) == [second, first]
        columns = [
            column.partition(".")[0] for column in rows(client, path, fields=[second, first], id=record["id"])[0]
        ]
        assert list(dict.fromkeys(columns)) == [second, first]
    [error] = refused(client.get(path, params={"fields": "id"}), "unknown-parameter")
    assert error["parameter"] == "fields"
    [error] = refused(client.get(f"{path}.csv", params={"fields": "id,nothing"}), "invalid-value")
    assert error["allowed"] == names


def test_the_order_of_fields_makes_another_query_and_repeating_one_does_not(client: httpx.Client) -> None:
    one, other, same = (
        client.head(f"/v1/claims.csv?fields={fields}").headers for fields in ("id,type", "type,id", "id,type,id")
    )
    assert one["etag"] == same["etag"] != other["etag"]
    assert (one["content-location"], other["content-location"]) == (
        "/v1/claims.csv?fields=id,type",
        "/v1/claims.csv?fields=type,id",
    )


@pytest.mark.parametrize(("plural", "reference"), STEPS)
def test_a_field_goes_one_step_along_a_single_reference(
    client: httpx.Client, content: Content, plural: str, reference: str
) -> None:
    referred = {record["id"]: record for record in content[STEPS[plural, reference]]}
    prefix = f"{reference}."
    names = [name for name in values(f"/v1/{plural}.csv", "fields") if name.startswith(prefix)]
    whole = referred[next(iter(referred))]
    scalars = {name for name, value in whole.items() if not isinstance(value, list | dict)}
    assert {name.removeprefix(prefix) for name in names} == scalars
    asked = ["id", *names]
    lines = export(client, f"/v1/{plural}", fields=asked)
    table = rows(client, f"/v1/{plural}", fields=asked)
    assert len(lines) == len(table) == len(content[plural])
    absent = 0
    for line, row, record in zip(lines, table, content[plural], strict=True):
        other = referred.get(record[reference])
        absent += other is None
        assert list(line) == list(row) == asked
        for name in names:
            value = other[name.removeprefix(prefix)] if other else None
            assert line[name] == value
            assert row[name] == written(value, name)
    assert absent == sum(record[reference] in (None, "author") for record in content[plural])


def test_a_table_of_contradictions_has_both_statements(client: httpx.Client, content: Content) -> None:
    statements = {claim["id"]: claim["statement"] for claim in content["claims"]}
    table = rows(client, "/v1/relations", type="contradicts", fields="from.statement,to.statement")
    assert table == [
        {"from.statement": statements[relation["from"]], "to.statement": statements[relation["to"]]}
        for relation in content["relations"]
        if relation["type"] == "contradicts"
    ]
    assert table


@pytest.mark.parametrize("plural", LISTS)
def test_a_file_of_some_records_is_the_first_of_the_whole_file(
    client: httpx.Client, content: Content, plural: str
) -> None:
    path = f"/v1/{plural}"
    sorts = values(f"{path}.csv", "sort")
    for limit in (1, 2, len(content[plural]), len(content[plural]) + 1, 2**53 - 1):
        assert export(client, path, limit=limit) == content[plural][:limit]
        for sort in sorts:
            assert (
                ids(export(client, path, limit=limit, sort=sort, fields="id"))
                == ids(export(client, path, sort=sort, fields="id"))[:limit]
            )
        assert [row["id"] for row in rows(client, path, limit=limit)] == ids(content[plural][:limit])
    for text in (str(2**53), "-1", "1.5", "all"):
        [error] = refused(client.get(f"{path}.csv", params={"limit": text}), "invalid-value")
        assert error["parameter"] == "limit"


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_the_last_window_of_a_file_may_hold_one_record(tmp_path: Path, beyond: int) -> None:
    """Windows are of thirty records here: the file ends one before, at and one beyond the end of a window."""
    number = 60 + beyond
    write(tmp_path / "packages", number, 1, seed=1)
    with Server(loaded(tmp_path, tmp_path / "packages") | {"SIC_BATCH_RECORDS": "3"}) as server:
        for query in ({}, {"q": "-nothing"}, {"q": "-nothing", "sort": "id"}, {"sort": "-id"}):
            for limit in ({}, {"limit": number - 1}, {"limit": number}, {"limit": 10_001}):
                expected = min(number, int(limit.get("limit", number)))
                assert len(set(ids(export(server.client, "/v1/claims", **query, **limit)))) == expected
