"""What rests on a stretch of text, its context, and every place that names an actor or a place."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests import astral
from tests.lists import SOURCED, Content, export, ids, walk
from tests.server import refused

DOCUMENTS = ("karabakh", astral.ID, "base")


@pytest.fixture(scope="module")
def texts(client: httpx.Client) -> dict[str, str]:
    return {id: client.get(f"/v1/documents/{id}/text").content.decode() for id in DOCUMENTS}


@pytest.fixture(scope="module")
def blocks(client: httpx.Client, content: Content) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Sentences, paragraphs and leaf sections of each document, by what `expand` calls them."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for document in DOCUMENTS:
        sentences = walk(client, f"/v1/documents/{document}/coverage", limit=100)
        sections = [section for section in content["sections"] if section["document"] == document]
        parents = {section["parent"] for section in sections}
        paragraphs = {(each["start"], each["end"]) for section in sections for each in section["paragraphs"]}
        found[document, "sentence"] = [(each["start"], each["end"]) for each in sentences]
        found[document, "paragraph"] = sorted(paragraphs)
        found[document, "section"] = [(each["start"], each["end"]) for each in sections if each["id"] not in parents]
    return found


def widened(blocks: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The span of the blocks that the words touch, and of the words."""
    touched = [block for block in blocks if block[0] < end and start < block[1]]
    return min([start, *(block[0] for block in touched)]), max([end, *(block[1] for block in touched)])


def spans_of(content: Content, document: str) -> list[tuple[int, int]]:
    records = [record["source"] for plural in SOURCED for record in content[plural] if record["source"]]
    return sorted({(each["start"], each["end"]) for each in records if each["document"] == document})


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("expand", ["sentence", "paragraph", "section"])
def test_a_span_is_widened_to_what_contains_it_and_says_where_that_is(
    client: httpx.Client,
    content: Content,
    texts: dict[str, str],
    blocks: dict[tuple[str, str], list[tuple[int, int]]],
    document: str,
    expand: str,
) -> None:
    text, spans = texts[document], spans_of(content, document)
    wide = [(spans[0][0], spans[-1][1]), (0, len(text)), (0, 1), (len(text) - 1, len(text))]
    between = [(one[1], other[0]) for one, other in pairwise(blocks[document, "paragraph"]) if one[1] < other[0]]
    for start, end in [*spans[:: max(1, len(spans) // 12)], *wide, *between[:2]]:
        low, high = widened(blocks[document, expand], start, end)
        response = client.get(f"/v1/documents/{document}/text", params={"start": start, "end": end, "expand": expand})
        assert response.text == text[low:high]
        assert response.headers["content-location"] == f"/v1/documents/{document}/text?end={high}&start={low}"
        assert client.get(response.headers["content-location"]).text == response.text
        query: dict[str, str | int] = {
            "start": start,
            "end": end,
            "expand": expand,
            "limit": 3,
            "facets": "kind",
            "kind.not": "event",
        }
        records = client.get(f"/v1/documents/{document}/spans", params=query)
        located = records.headers["content-location"]
        assert httpx.URL(located).params["start"] == str(low)
        assert httpx.URL(located).params["end"] == str(high)
        again = client.get(located).json()
        assert (again["data"], again["meta"]["total"]) == (records.json()["data"], records.json()["meta"]["total"])


def test_the_location_of_a_later_page_of_a_widened_span_is_that_page(client: httpx.Client) -> None:
    first = client.get("/v1/documents/karabakh/spans?start=100&end=105&expand=section&limit=2")
    second = client.get(first.json()["links"]["next"])
    located = client.get(second.headers["content-location"])
    assert located.json()["data"] == second.json()["data"] != first.json()["data"]
    lines = client.get("/v1/documents/karabakh/spans.jsonl?start=100&end=105&expand=section&fields=id,kind&limit=4")
    again = client.get(lines.headers["content-location"])
    assert again.content == lines.content
    assert lines.text.count("\n") == 4


def test_a_span_is_widened_in_utf16_too(client: httpx.Client, texts: dict[str, str]) -> None:
    text = texts[astral.ID]
    place = text.index("𝒻")
    units = len(text[:place].encode("utf-16-le")) // 2
    query: dict[str, str | int] = {"start": units, "end": units + 2, "unit": "utf16", "expand": "sentence"}
    response = client.get(f"/v1/documents/{astral.ID}/text", params=query)
    assert "𝒻" in response.text
    assert response.text == client.get(response.headers["content-location"]).text
    assert "unit" not in httpx.URL(response.headers["content-location"]).params


def test_without_expand_a_span_is_its_own_location(client: httpx.Client) -> None:
    assert "content-location" not in client.get("/v1/documents/karabakh/spans?end=9").headers
    [error] = refused(client.get("/v1/documents/karabakh/text?expand=word"), "invalid-value")
    assert error["allowed"] == ["sentence", "paragraph", "section"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_record_of_a_span_says_which_of_its_passages_touch_it(
    client: httpx.Client, content: Content, document: str
) -> None:
    by_key = {(record["kind"], record["id"]): record for plural in SOURCED for record in content[plural]}
    matched_mentions = 0
    for start, end in spans_of(content, document)[::9]:
        for record in walk(client, f"/v1/documents/{document}/spans", start=start, end=end, limit=100):
            whole = by_key[record["kind"], record["id"]]
            passages = {"source": whole["source"]}
            passages |= {f"mentions.{place}": each for place, each in enumerate(whole.get("mentions", ()))}
            touching = [path for path, each in passages.items() if each["start"] < end and start < each["end"]]
            assert record["matched"] == touching
            assert touching
            matched_mentions += "source" not in touching
    assert matched_mentions or document != "karabakh"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_kinds_of_a_span_are_selected_excluded_and_counted(client: httpx.Client, document: str) -> None:
    path = f"/v1/documents/{document}/spans"
    everything = walk(client, path, limit=100)
    kinds = {record["kind"] for record in everything}
    for kind in sorted(kinds):
        assert walk(client, path, kind=kind, limit=100) == [each for each in everything if each["kind"] == kind]
        excluded = walk(client, path, limit=100, **{"kind.not": kind})
        assert excluded == [each for each in everything if each["kind"] != kind]
    body = client.get(path, params={"facets": "kind", "kind": "claim", "limit": 0}).json()
    counts = {value["value"]: value["count"] for value in body["facets"]["kind"]}
    assert counts == {kind: sum(each["kind"] == kind for each in everything) for kind in kinds}
    assert [value["value"] for value in body["facets"]["kind"] if value["selected"]] == ["claim"]
    for value in body["facets"]["kind"]:
        assert client.get(value["href"]).json()["meta"]["total"] == value["count"]


def test_what_is_included_in_a_span_is_what_the_record_includes(client: httpx.Client) -> None:
    names = "section,speaker,actors,from,to,positions"
    records = walk(client, "/v1/documents/karabakh/spans", start=0, end=1500, include=names, limit=100)
    assert {record["kind"] for record in records} >= {"claim", "event"}
    for record in records:
        own = {
            "claim": {"section", "speaker", "actors"},
            "event": {"section", "actors"},
            "obstacle": {"positions", "actors"},
            "position": set(),
            "relation": {"from", "to"},
        }[record["kind"]]
        assert set(record["included"]) == own if own else "included" not in record or not record["included"]
        single = client.get(record["links"]["self"], params={"include": ",".join(sorted(own))} if own else {})
        assert record.get("included", {}) == single.json()["data"].get("included", {})


@pytest.mark.parametrize("document", DOCUMENTS)
def test_kinds_of_the_coverage_are_selected_counted_and_included(
    client: httpx.Client, content: Content, document: str
) -> None:
    path = f"/v1/documents/{document}/coverage"
    sentences = walk(client, path, limit=100)
    for plural in ("claims", "events", "obstacles", "positions"):
        kind = plural.removesuffix("s")
        assert walk(client, path, kind=kind, limit=100) == [each for each in sentences if each[plural]]
        assert walk(client, path, limit=100, **{"kind.not": kind}) == [each for each in sentences if not each[plural]]
        body = client.get(path, params={"facets": "kind", "limit": 0}).json()
        counts = {value["value"]: value["count"] for value in body["facets"]["kind"]}
        assert counts.get(kind, 0) == sum(bool(each[plural]) for each in sentences)
        by_id = {record["id"]: record for record in content[plural]}
        for sentence in client.get(path, params={"include": plural, "limit": 30}).json()["data"]:
            assert sentence["included"][plural] == [by_id[id] for id in sentence[plural]]
    middle = sentences[len(sentences) // 2]
    touched = walk(client, path, start=middle["start"], end=middle["end"])
    assert touched == [middle]


def mentions_of(text: str, names: dict[str, list[str]]) -> dict[str, list[tuple[int, int]]]:
    """Leftmost, then longest: a plain regular expression over all names of a document, the longest first."""
    every = sorted({name for each in names.values() for name in each}, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in every))
    found: dict[str, list[tuple[int, int]]] = {id: [] for id in names}
    for match in pattern.finditer(text):
        for id, each in names.items():
            if match[0] in each:
                found[id].append(match.span())
    return found


def owners(content: Content, plural: str) -> Iterator[Any]:
    yield from (record for record in content[plural] if record["documents"])


@pytest.mark.parametrize("plural", ["actors", "places"])
def test_every_mention_is_cut_out_of_the_text_and_all_are_counted(
    client: httpx.Client, content: Content, texts: dict[str, str], plural: str
) -> None:
    shared = [record["id"] for record in content[plural] if len(record["documents"]) > 1]
    assert not shared, "the names of a shared record are those of each document's own package"
    expected = {
        document: mentions_of(
            texts[document],
            {record["id"]: record["names"] for record in content[plural] if document in record["documents"]},
        )
        for document in DOCUMENTS
    }
    for record in owners(content, plural):
        mentions = walk(client, f"/v1/{plural}/{record['id']}/mentions", limit=7)
        assert len(mentions) == record["mention_count"]
        places = [(each["document"], each["start"], each["end"]) for each in mentions]
        [document] = record["documents"]
        assert places == [(document, start, end) for start, end in expected[document][record["id"]]]
        for each in mentions:
            text = texts[each["document"]]
            assert text[each["start"] : each["end"]] == each["quote"] in record["names"]
            assert text[max(0, each["start"] - 32) : each["start"]] == each["prefix"]
            assert text[each["end"] : each["end"] + 32] == each["suffix"]
            units = text.encode("utf-16-le")[2 * each["utf16"]["start"] : 2 * each["utf16"]["end"]]
            assert units.decode("utf-16-le") == each["quote"]
            assert client.get(each["href"]).status_code == 200
            sections = [section for section in content["sections"] if section["id"] == each["section"]]
            assert sections[0]["start"] <= each["start"] < sections[0]["end"]


def test_a_longer_name_hides_the_shorter_one_that_it_holds(client: httpx.Client) -> None:
    shorter = walk(client, "/v1/places/sky/mentions", limit=100)
    longer = walk(client, "/v1/places/star-91/mentions")
    assert [each["quote"] for each in longer] == ["Star number 91"]
    assert not {each["start"] for each in longer} & {each["start"] for each in shorter}


def test_mentions_are_selected_by_document_and_unknown_owners_are_404(client: httpx.Client) -> None:
    path = "/v1/actors/armenia/mentions"
    assert client.get(path, params={"document": "karabakh"}).json()["data"] == client.get(path).json()["data"]
    assert client.get(path, params={"document": astral.ID}).json()["meta"]["total"] == 0
    [error] = refused(client.get("/v1/actors/ankara/mentions"), "not-found", 404)
    assert error["did_you_mean"] == "turkey"
    refused(client.get("/v1/claims/karabakh.c001/mentions"), "not-found", 404)


def test_the_files_of_a_span_hold_the_pages_records(client: httpx.Client) -> None:
    path = f"/v1/documents/{astral.ID}/spans"
    pages = walk(client, path, kind="event", limit=100)
    assert export(client, path, kind="event") == pages
    assert ids(export(client, path, kind="event", fields="id,matched")) == ids(pages)
