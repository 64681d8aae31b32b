"""Records as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), with properties of our own."""

import re
from typing import Any

import httpx
import pytest

from tests.lists import SOURCED, Content
from tests.server import refused

MOTIVATIONS = {
    *("assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting"),
    *("identifying", "linking", "moderating", "questioning", "replying", "tagging"),
}
CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"sic": "urn:sic:terms#"}]
PROPERTIES = {
    "claims": ("type", "mode", "speaker", "topics", "actors", "places"),
    "events": ("category", "status", "speakers", "actors", "places"),
    "obstacles": ("actors",),
    "positions": ("obstacle", "actor"),
    "relations": ("type", "basis"),
}


def targets_of(record: dict[str, Any], claims: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The passages that the annotation of a record is about."""
    sources = [source for source in (record["source"], *record.get("mentions", ())) if source]
    return sources or [claims[record["from"]]["source"], claims[record["to"]]["source"]]


def check(annotation: dict[str, Any], record: dict[str, Any], plural: str, claims: dict[str, dict[str, Any]]) -> None:
    """The MUSTs of the Web Annotation Data Model, that the words are the record's, and our own properties."""
    assert annotation["type"] == "Annotation"
    assert annotation["id"] == f"urn:sic:{record['kind']}:{record['id']}"
    assert annotation["motivation"] in MOTIVATIONS
    targets = annotation["target"] if isinstance(annotation["target"], list) else [annotation["target"]]
    for target, source in zip(targets, targets_of(record, claims), strict=True):
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
    [described] = [body for body in annotation["body"] if "sic:kind" in body]
    assert described["sic:kind"] == record["kind"]
    for name in PROPERTIES[plural]:
        assert described[f"sic:{name}"] == record[name]


@pytest.mark.parametrize("plural", SOURCED)
def test_annotations_keep_the_musts_of_the_w3c_model(client: httpx.Client, content: Content, plural: str) -> None:
    records = {record["id"]: record for record in content[plural]}
    claims = {record["id"]: record for record in content["claims"]}
    response = client.get(f"/v1/{plural}.jsonld?limit=100")
    first = response.json()["id"]
    checked = 0
    while True:
        page = response.json()
        assert page["@context"] == CONTEXT
        assert page["type"] == "AnnotationPage"
        assert page["partOf"]["type"] == "AnnotationCollection"
        assert page["partOf"]["total"] == len(records)
        assert page["partOf"]["first"] == first
        assert page["partOf"]["id"] not in (first, page["id"])
        for annotation in page["items"]:
            assert "@context" not in annotation
            check(annotation, records[annotation["id"].rpartition(":")[2]], plural, claims)
        checked += len(page["items"])
        links = {rel: target for target, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["link"])}
        assert ("next" in page) == ("next" in links)
        if "next" not in links:
            break
        response = client.get(links["next"])
    assert checked == len(records)
    id = next(iter(records))
    single = client.get(f"/v1/{plural}/{id}/annotation.jsonld").json()
    assert single["@context"] == CONTEXT
    check(single, records[id], plural, claims)


def test_the_context_is_served_on_its_own(client: httpx.Client) -> None:
    response = client.get("/v1/context.jsonld")
    assert response.headers["content-type"].startswith("application/ld+json")
    assert response.json() == {"@context": CONTEXT}


def test_an_annotation_page_takes_no_parameters_that_it_has_no_place_for(client: httpx.Client) -> None:
    errors = refused(client.get("/v1/claims.jsonld?facets=type&include=section&q=war&highlight=true&fields=id"))
    assert sorted(error["parameter"] for error in errors) == ["facets", "fields", "highlight", "include"]
    refused(client.get("/v1/claims/karabakh.c001/annotation.jsonld?include=section"), "unknown-parameter")


@pytest.mark.parametrize("plural", ["actors", "places", "documents", "sections", "corrections", "nothing"])
def test_what_rests_on_no_words_has_no_annotation(client: httpx.Client, plural: str) -> None:
    assert client.get(f"/v1/{plural}/karabakh/annotation.jsonld").status_code == 404
    assert client.get(f"/v1/{plural}.jsonld").status_code == 404
