"""Formats: the whole answer as CSV and JSON Lines, annotations as JSON-LD, and how one is chosen."""

import csv
import io
import json
import re
from typing import Any

import httpx
import pandas
import pytest

from tests import astral
from tests.lists import LISTS, SOURCED, Content, export, ids, parameters, values, walk
from tests.test_questions import refused

TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonld": 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
}


def rows(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, str]]:
    text = client.get(path, params={**asked, "format": "csv"}).content.decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def at(record: dict[str, Any], dotted: str) -> Any:
    value: Any = record
    for key in dotted.split("."):
        value = None if value is None else value[key]
    return value


def written(value: Any) -> str:
    """A CSV cell, told independently."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = " ".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    runs = isinstance(value, str) and text[:1] and text[0] in "=+-@\t\r" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", text)
    return "'" + text if runs else text


@pytest.mark.parametrize("plural", LISTS)
def test_json_lines_are_the_records_exactly(client: httpx.Client, content: Content, plural: str) -> None:
    answer = client.get(f"/v1/{plural}?format=jsonl")
    assert answer.headers["content-type"] == TYPES["jsonl"]
    assert answer.text.endswith("\n")
    assert "\r" not in answer.text
    assert len(answer.text.splitlines()) == len(content[plural])
    assert content[plural] == walk(client, f"/v1/{plural}", limit=100)


@pytest.mark.parametrize("plural", LISTS)
def test_csv_has_every_record_and_every_column(client: httpx.Client, content: Content, plural: str) -> None:
    answer = client.get(f"/v1/{plural}?format=csv")
    assert answer.headers["content-type"] == TYPES["csv"]
    assert not answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.endswith(b"\r\n")
    told = rows(client, f"/v1/{plural}")
    assert len(told) == len(content[plural])
    for row, record in zip(told, content[plural], strict=True):
        assert row == {name: written(at(record, name)) for name in row}
    keys = {name.partition(".")[0] for name in told[0]}
    assert keys == set(content[plural][0])
    if plural in SOURCED:
        assert {"source.quote", "source.start", "source.utf16.start", "links.self"} <= set(told[0])


def test_an_object_is_as_many_columns_as_it_has_keys_and_may_be_chosen_whole(client: httpx.Client) -> None:
    [row] = rows(client, "/v1/documents", id="karabakh", fields="counts")
    assert (list(row)[:3], row["counts.claims"]) == (["id", "counts.sections", "counts.sentences"], "242")
    text = client.get("/v1/claims?format=csv&id=karabakh.c001&fields=source.utf16").text
    assert text.startswith("id,source.utf16.start,source.utf16.end\r\n")
    [line] = export(client, "/v1/claims", id="karabakh.c001", fields="source.utf16")
    assert list(line) == ["id", "source"]
    assert list(line["source"]) == ["utf16"]


def test_rows_of_csv_end_in_cr_lf_and_quotes_are_doubled(client: httpx.Client) -> None:
    text = client.get(f"/v1/claims?format=csv&id={astral.ID}.c006,{astral.ID}.c007&fields=note").content.decode()
    assert text == f'id,note\r\n{astral.ID}.c006,"say ""no"", then"\r\n{astral.ID}.c007,"two\nlines"\r\n'


def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe_and_a_number_none(client: httpx.Client) -> None:
    notes = [row["note"] for row in rows(client, "/v1/claims", document=astral.ID, fields="note", sort="id")[1:9]]
    assert notes[:5] == ["'=1+1", "'+cmd", "'-x", "'@sum", "-7"]
    exact = [
        record["note"] for record in export(client, "/v1/claims", document=astral.ID, fields="note", sort="id")[1:6]
    ]
    assert exact == astral.CELLS[:5]


def test_an_empty_answer_is_a_header_or_nothing(client: httpx.Client) -> None:
    question = {"document": astral.ID, "id": "karabakh.c001"}
    assert client.get("/v1/claims", params={**question, "format": "csv", "fields": "type"}).text == "id,type\r\n"
    answer = client.get("/v1/claims", params={**question, "format": "jsonl"})
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("plural", LISTS)
def test_pandas_reads_csv_and_json_lines_with_types_and_text_intact(
    client: httpx.Client, content: Content, plural: str
) -> None:
    table = pandas.read_csv(
        io.BytesIO(client.get(f"/v1/{plural}?format=csv").content), keep_default_na=False, na_values=[""]
    )
    assert list(table["id"]) == ids(content[plural])
    for name in table.columns:
        known = [at(record, name) for record in content[plural]]
        numbers = all(isinstance(value, int) for value in known)
        if numbers or all(isinstance(value, str) and value and value[0] not in "=+-@" for value in known):
            assert list(table[name]) == known
    lines = pandas.read_json(io.BytesIO(client.get(f"/v1/{plural}?format=jsonl").content), lines=True, dtype=False)
    assert list(lines["id"]) == ids(content[plural])


@pytest.mark.parametrize("plural", LISTS)
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_a_file_is_named_with_its_snapshot(client: httpx.Client, plural: str, format: str) -> None:
    snapshot = client.get("/v1").json()["data"]["snapshot"]
    answer = client.head(f"/v1/{plural}?format={format}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{plural}-{snapshot}.{format}"'
    assert "content-disposition" not in client.head(f"/v1/{plural}").headers


@pytest.mark.parametrize("plural", LISTS)
def test_a_file_is_never_a_page(client: httpx.Client, plural: str) -> None:
    paging = {"limit": "5", "offset": "1", "facets": "document", "include": "actors", "highlight": "true"}
    given = {name: value for name, value in paging.items() if name in parameters(f"/v1/{plural}")}
    if "include" in given:
        given["include"] = values(f"/v1/{plural}", "include")[0]
    if "facets" in given:
        given["facets"] = values(f"/v1/{plural}", "facets")[0]
    for asked in ({"format": "csv"}, {"format": "jsonl"}):
        errors = refused(client.get(f"/v1/{plural}", params=given | asked), "invalid-value")
        assert sorted(error["parameter"] for error in errors) == sorted(given)
    errors = refused(client.get(f"/v1/{plural}", params=given, headers={"Accept": "text/csv"}), "invalid-value")
    assert sorted(error["parameter"] for error in errors) == sorted(given)
    following = client.get(f"/v1/{plural}?limit=1").json()["links"]["next"]
    if following:
        refused(client.get(f"/v1/{plural}?format=csv&cursor={httpx.URL(following).params['cursor']}"), "invalid-value")


@pytest.mark.parametrize("plural", LISTS)
def test_fields_choose_columns_and_keys_with_id_always(client: httpx.Client, content: Content, plural: str) -> None:
    names = values(f"/v1/{plural}", "fields")
    path = f"/v1/{plural}"
    assert export(client, path, fields=names) == content[plural]
    for name in names:
        record = content[plural][-1]
        [line] = export(client, path, fields=name, id=record["id"])
        assert set(line) == {"id", name.partition(".")[0]}
        assert at(line, name) == at(record, name)
        [row] = rows(client, path, fields=name, id=record["id"])
        assert row["id"] == record["id"]
        assert all(column == "id" or column == name or column.startswith(name + ".") for column in row)
    for asked in ({}, {"format": "json"}):
        [error] = refused(client.get(path, params={"fields": "id", **asked}), "invalid-value")
        assert error["parameter"] == "fields"


def test_with_words_a_file_is_in_document_order_and_holds_all_that_match(
    client: httpx.Client, content: Content
) -> None:
    found = ids(walk(client, "/v1/claims", q="peace treaty star", limit=100))
    told = ids(export(client, "/v1/claims", q="peace treaty star"))
    assert sorted(found) == sorted(told)
    order = ids(content["claims"])
    assert told == sorted(told, key=order.index)
    assert told != found
    assert [row["id"] for row in rows(client, "/v1/claims", q="peace treaty star", sort="-id")] == sorted(
        told, reverse=True
    )


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
    ("application/ld+json", "jsonld"),
    ('application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"', "jsonld"),
    ("text/csv;q=0.5, application/json;q=0.4", "csv"),
    ("text/csv;q=0.5, application/json", "json"),
    ("application/json;q=0, */*", "jsonl"),
    ("application/json;q=0.1, */*;q=0.5, text/csv;q=0", "jsonl"),
    ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "json"),
    ("image/png, text/csv;q=0.001", "csv"),
    ("text/csv ; q=1.000 , */* ; q=0.1", "csv"),
]


@pytest.mark.parametrize(("accept", "format"), ACCEPTED)
def test_accept_chooses_a_format_by_its_weights(client: httpx.Client, accept: str, format: str) -> None:
    answer = client.head("/v1/claims", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[format])


@pytest.mark.parametrize(
    "accept", ["image/png", "application/json;q=0", "text/html", "*/*;q=0", "application/xml, text/plain"]
)
def test_an_accept_that_nothing_satisfies_is_406_with_what_there_is(client: httpx.Client, accept: str) -> None:
    answer = client.get("/v1/claims", headers={"Accept": accept})
    assert refused(answer, "not-acceptable", 406) == []
    assert answer.json()["available"] == ["application/json", "application/jsonl", "text/csv", "application/ld+json"]


def test_the_parameter_wins_over_accept(client: httpx.Client) -> None:
    for format in ("json", "jsonl", "csv", "jsonld"):
        for accept in ("text/csv", "image/png", "application/json;q=0"):
            answer = client.head("/v1/claims", params={"format": format}, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[format])


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/actors", "/v1/claims/karabakh.c001"])
def test_a_format_that_is_not_offered_is_told_with_those_that_are(client: httpx.Client, path: str) -> None:
    for format in ("xml", "CSV", "text/csv", "yaml"):
        [error] = refused(client.get(path, params={"format": format}), "invalid-value")
        assert error["parameter"] == "format"
    refused(client.get("/v1/actors?format=jsonld"), "invalid-value")
    refused(client.get("/v1/claims/karabakh.c001?format=csv"), "invalid-value")


# https://www.w3.org/TR/annotation-model/

MOTIVATIONS = {
    *("assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting"),
    *("identifying", "linking", "moderating", "questioning", "replying", "tagging"),
}


def held_to_the_model(annotation: dict[str, Any], record: dict[str, Any], plural: str) -> None:
    """The MUSTs of the Web Annotation Data Model, and that the words are the record's."""
    assert annotation["type"] == "Annotation"
    assert re.fullmatch(r"urn:sic:[a-z]+:[a-z0-9._-]+", annotation["id"])
    assert annotation["motivation"] in MOTIVATIONS
    targets = annotation["target"] if isinstance(annotation["target"], list) else [annotation["target"]]
    sources = [source for source in (record["source"], *record.get("mentions", ())) if source]
    assert len(targets) == max(1, len(sources))
    for target, source in zip(targets, sources, strict=False):
        assert target["type"] == "SpecificResource"
        assert target["source"] == f"urn:sic:document:{source['document']}"
        quote, position = target["selector"]
        assert quote == {
            "type": "TextQuoteSelector",
            "exact": source["quote"],
            "prefix": source["prefix"],
            "suffix": source["suffix"],
        }
        assert position == {"type": "TextPositionSelector", "start": source["start"], "end": source["end"]}
    for body in annotation["body"]:
        if body["type"] == "TextualBody":
            assert isinstance(body["value"], str)
            assert body["purpose"] in MOTIVATIONS
        else:
            assert body["type"] == "SpecificResource"
            assert body["source"].startswith("urn:sic:")
    assert plural


@pytest.mark.parametrize("plural", SOURCED)
def test_annotations_keep_the_musts_of_the_w3c_model(client: httpx.Client, content: Content, plural: str) -> None:
    records = {record["id"]: record for record in content[plural]}
    answer = client.get(f"/v1/{plural}?format=jsonld&limit=100")
    first = answer.json()["id"]
    told = 0
    while True:
        page = answer.json()
        assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
        assert page["type"] == "AnnotationPage"
        assert page["partOf"]["type"] == "AnnotationCollection"
        assert page["partOf"]["total"] == len(records)
        assert page["partOf"]["first"] == first
        assert page["partOf"]["id"] not in (first, page["id"])
        for annotation in page["items"]:
            assert "@context" not in annotation
            held_to_the_model(annotation, records[annotation["id"].rpartition(":")[2]], plural)
        told += len(page["items"])
        links = dict(re.findall(r'<([^>]*)>; rel="([^"]*)"', answer.headers["link"]))
        following = {rel: target for target, rel in links.items()}.get("next")
        assert ("next" in page) == (following is not None)
        if following is None:
            break
        answer = client.get(following)
    assert told == len(records)
    id = next(iter(records))
    single = client.get(f"/v1/{plural}/{id}?format=jsonld").json()
    assert single["@context"] == "http://www.w3.org/ns/anno.jsonld"
    held_to_the_model(single, records[id], plural)


def test_what_an_annotation_has_no_place_for_is_told(client: httpx.Client) -> None:
    errors = refused(client.get("/v1/claims?format=jsonld&facets=type&include=section&q=war&highlight=true&fields=id"))
    assert sorted(error["parameter"] for error in errors) == ["facets", "fields", "highlight", "include"]
    refused(client.get("/v1/claims/karabakh.c001?format=jsonld&include=section"), "invalid-value")


def test_a_file_without_records_ends_however_often_it_is_asked_for(client: httpx.Client) -> None:
    for _ in range(3):
        answer = client.get("/v1/claims", params={"format": "jsonl", "q": "nothing-of-the-kind"})
        assert answer.content == b""
        assert answer.headers.get("transfer-encoding") == "chunked"
