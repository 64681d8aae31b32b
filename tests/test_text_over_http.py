"""The words themselves, over HTTP: every quote cut out again, spans and their units, coverage, quotations found."""

import unicodedata
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests import astral
from tests.lists import SOURCED, Content, ids, walk
from tests.server import PACKAGE, refused

DOCUMENTS = ("karabakh", astral.ID, "base")


@pytest.fixture(scope="module")
def texts(client: httpx.Client) -> dict[str, str]:
    return {id: client.get(f"/v1/documents/{id}/text").content.decode() for id in DOCUMENTS}


def sources(content: Content) -> Iterator[dict[str, Any]]:
    for plural in SOURCED:
        for record in content[plural]:
            yield from (source for source in (record["source"], *record.get("mentions", ())) if source)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def cut(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le")


def test_the_text_is_what_its_record_says(texts: dict[str, str], content: Content) -> None:
    for record in content["documents"]:
        text = texts[record["id"]]
        assert len(text) == record["text_length"]
        assert sha256(text.encode()).hexdigest() == record["text_sha256"]
        assert unicodedata.is_normalized("NFC", text)
        assert "\r" not in text
        assert text.endswith("\n")
        assert not text.startswith("\ufeff")
    stated = {record["id"]: record["source_sha256"] for record in content["documents"]}
    assert stated["karabakh"] == sha256((PACKAGE / "source.txt").read_bytes()).hexdigest()
    assert stated[astral.ID] == sha256(astral.source()).hexdigest()
    assert "re-port in cafés.\n\nStar number 1 is" in texts[astral.ID]


def test_every_quote_is_cut_out_by_code_points_and_by_utf16(texts: dict[str, str], content: Content) -> None:
    units = {id: utf16(text) for id, text in texts.items()}
    counted = 0
    for source in sources(content):
        text = texts[source["document"]]
        start, end = source["start"], source["end"]
        assert text[start:end] == source["quote"]
        assert cut(units[source["document"]], **source["utf16"]) == source["quote"]
        assert text[max(0, start - 32) : start] == source["prefix"]
        assert text[end : end + 32] == source["suffix"]
        assert source["href"] == f"/v1/documents/{source['document']}/spans?end={end}&start={start}"
        counted += 1
    assert counted > 500


def test_every_quote_is_what_the_text_path_sends_for_its_span(client: httpx.Client, content: Content) -> None:
    for plural in SOURCED:
        for record in content[plural]:
            if record["source"] is not None:
                assert client.get(record["links"]["text"]).text == record["source"]["quote"]


def test_every_source_and_mention_is_sent_for_its_utf16_span_of_a_text_beyond_the_basic_plane(
    client: httpx.Client, content: Content
) -> None:
    wide = [source for source in sources(content) if source["document"] == astral.ID]
    assert any(source["utf16"]["start"] != source["start"] for source in wide)
    for source in wide:
        path = f"/v1/documents/{astral.ID}/text"
        assert client.get(path, params={**source["utf16"], "unit": "utf16"}).text == source["quote"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_leaf_sections_tile_the_text(texts: dict[str, str], content: Content, document: str) -> None:
    sections = [section for section in content["sections"] if section["document"] == document]
    parents = {section["parent"] for section in sections}
    leaves = [section for section in sections if section["id"] not in parents]
    assert [section["start"] for section in leaves] == [0, *(section["end"] for section in leaves[:-1])]
    assert leaves[-1]["end"] == len(texts[document])
    assert "".join(section["text"] for section in leaves) == texts[document]
    for section in sections:
        assert texts[document][section["start"] : section["end"]] == section["text"]
        assert cut(utf16(texts[document]), **section["utf16"]) == section["text"]
        for paragraph in section["paragraphs"]:
            words = texts[document][paragraph["start"] : paragraph["end"]]
            assert words == words.strip()
            assert "\n" not in words
        children = [child for child in sections if child["parent"] == section["id"]]
        if children:
            assert (section["start"], section["end"]) == (children[0]["start"], children[-1]["end"])


def test_the_five_obstacles_are_verbatim(texts: dict[str, str], content: Content) -> None:
    obstacles = [obstacle for obstacle in content["obstacles"] if obstacle["document"] == "karabakh"]
    assert [obstacle["number"] for obstacle in obstacles] == [1, 2, 3, 4, 5]
    for obstacle in obstacles:
        whole = f"{obstacle['number']}. {obstacle['title']}: {obstacle['text']}"
        assert whole == obstacle["source"]["quote"]
        assert f"\n\n{whole}\n" in texts["karabakh"]
    assert [obstacle["title"] for obstacle in obstacles] == [
        "External Guarantors and Intervention",
        "Enclaves and Territory Swap",
        "Location for Signing the Agreement",
        "The Karabakh Issue",
        "Reparations and Compensation",
    ]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_sentence_is_covered_and_told_with_what_rests_on_it(
    client: httpx.Client, texts: dict[str, str], content: Content, document: str
) -> None:
    sentences = walk(client, f"/v1/documents/{document}/coverage", limit=100)
    assert [sentence["ordinal"] for sentence in sentences] == list(range(1, len(sentences) + 1))
    assert all(sentence["accounted"] for sentence in sentences)
    covered = 0
    for sentence in sentences:
        start, end = sentence["start"], sentence["end"]
        assert texts[document][start:end] == sentence["text"]
        assert not texts[document][covered:start].strip()
        covered = end
        for plural in ("claims", "events", "positions", "obstacles"):
            expected = [
                record["id"]
                for record in content[plural]
                if any(
                    source["document"] == document and source["start"] < end and start < source["end"]
                    for source in (record["source"], *record.get("mentions", ()))
                )
            ]
            assert sorted(sentence[plural]) == sorted(expected)
        assert sentence["accounted"] == bool(
            sentence["claims"] or sentence["events"] or sentence["positions"] or sentence["reason"]
        )
    assert not texts[document][covered:].strip()
    assert walk(client, f"/v1/documents/{document}/coverage", accounted="true", limit=100) == sentences
    assert walk(client, f"/v1/documents/{document}/coverage", accounted="false") == []


def expected_spans(content: Content, document: str, start: int, end: int) -> list[tuple[str, str]]:
    """(id, overlap) of all that rests on a span, in document order."""
    found = []
    for plural in SOURCED:
        for record in content[plural]:
            of = [source for source in (record["source"], *record.get("mentions", ())) if source]
            touching = [s for s in of if s["document"] == document and s["start"] < end and start < s["end"]]
            if touching:
                inside = any(start <= s["start"] and s["end"] <= end for s in touching)
                covers = any(s["start"] <= start and end <= s["end"] for s in touching)
                overlap = "inside" if inside else "covers" if covers else "partial"
                source = record["source"]
                found.append(((source["start"], source["end"], record["kind"], record["id"]), overlap))
    return [(key[3], overlap) for key, overlap in sorted(found)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_span_tells_everything_that_rests_on_it_and_how(
    client: httpx.Client, content: Content, texts: dict[str, str], document: str
) -> None:
    length = len(texts[document])
    starts = [source["start"] for source in sources(content) if source["document"] == document]
    for start in [0, *sorted(set(starts))[:: max(1, len(starts) // 25)], length - 1]:
        for width in (1, 9, 300):
            end = min(length, start + width)
            records = walk(client, f"/v1/documents/{document}/spans", start=start, end=end, limit=100)
            told = [(record["id"], record["overlap"]) for record in records]
            assert told == expected_spans(content, document, start, end)
    everything = walk(client, f"/v1/documents/{document}/spans", limit=100)
    assert {record["overlap"] for record in everything} == {"inside"}


def test_a_record_of_a_span_is_the_record_itself(client: httpx.Client, content: Content) -> None:
    known = {(record["kind"], record["id"]): record for plural in SOURCED for record in content[plural]}
    for record in client.get("/v1/documents/karabakh/spans?end=1500&limit=100").json()["data"]:
        record.pop("overlap")
        assert record.pop("matched")
        assert record == known[record["kind"], record["id"]]


def test_spans_in_utf16_are_the_same_as_in_code_points(client: httpx.Client, texts: dict[str, str]) -> None:
    text = texts[astral.ID]
    place = text.index("𝒻")
    units = len(utf16(text[:place])) // 2
    assert units > place
    one = client.get(f"/v1/documents/{astral.ID}/spans", params={"start": place, "end": place + 1}).json()
    other = client.get(
        f"/v1/documents/{astral.ID}/spans", params={"start": units, "end": units + 2, "unit": "utf16"}
    ).json()
    assert one["data"] == other["data"]
    words = client.get(f"/v1/documents/{astral.ID}/text", params={"start": units, "end": units + 2, "unit": "utf16"})
    assert words.text == "𝒻"
    for start, end, wrong in (
        (units + 1, units + 3, ["start"]),
        (units, units + 1, ["end"]),
        (units - 1, units + 1, ["end"]),
    ):
        errors = refused(
            client.get(f"/v1/documents/{astral.ID}/text", params={"start": start, "end": end, "unit": "utf16"})
        )
        assert [error["parameter"] for error in errors] == wrong


@pytest.mark.parametrize("unit", ["code_point", "utf16"])
@pytest.mark.parametrize("tail", ["text", "spans"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_span_lies_in_the_text(
    client: httpx.Client, texts: dict[str, str], document: str, tail: str, unit: str
) -> None:
    length = len(texts[document]) if unit == "code_point" else len(utf16(texts[document])) // 2

    def get(**asked: int) -> httpx.Response:
        return client.get(f"/v1/documents/{document}/{tail}", params={**asked, "unit": unit})

    for asked in (
        {},
        {"end": length},
        {"start": length - 1},
        {"start": 0, "end": 2},
        {"start": length - 1, "end": length},
    ):
        assert get(**asked).status_code == 200, asked
    for asked, wrong in (
        ({"end": length + 1}, ["end"]),
        ({"start": length}, ["start"]),
        ({"start": 5, "end": 5}, ["start"]),
        ({"start": 5, "end": 4}, ["start"]),
        ({"end": 0}, ["start"]),
        ({"start": 2**53 - 1}, ["start"]),
        ({"start": length, "end": length + 1}, ["end", "start"]),
    ):
        errors = refused(get(**asked), "invalid-value")
        assert sorted(error["parameter"] for error in errors) == wrong


def test_the_whole_text_is_that_of_0_to_its_length(client: httpx.Client, texts: dict[str, str]) -> None:
    answer = client.get("/v1/documents/karabakh/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    part = client.get("/v1/documents/karabakh/text", params={"start": 0, "end": len(texts["karabakh"])})
    assert part.content == answer.content
    tail = client.get("/v1/documents/karabakh/text", params={"start": 100})
    assert tail.text == texts["karabakh"][100:]


def resolved(client: httpx.Client, quote: str) -> dict[str, Any]:
    answer = client.get("/v1/resolve", params={"quote": quote})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    assert found["quote"] == quote
    return found


def a_quote_with(content: Content, mark: str) -> str:
    return next(
        str(source["quote"])
        for source in sorted(sources(content), key=lambda source: len(source["quote"]))
        if mark in source["quote"].strip(mark) and source["document"] == "karabakh" and len(source["quote"]) > 40
    )


def test_a_quotation_is_found_exactly_with_what_rests_on_it(client: httpx.Client, content: Content) -> None:
    long = [source for source in sources(content) if len(source["quote"]) > 20]  # a short one may stand in many places
    for source in long[::29]:
        found = resolved(client, source["quote"])
        assert found["match"] == "exact"
        span = next(s for s in found["spans"] if (s["document"], s["start"]) == (source["document"], source["start"]))
        assert (span["text"], span["end"], span["differs"]) == (source["quote"], source["end"], [])
        assert span["utf16"] == source["utf16"]
        expected = expected_spans(content, source["document"], source["start"], source["end"])
        assert ids(span["records"]) == [id for id, _ in expected][:25]
        assert span["total"] == len(expected)
        assert client.get(span["href"]).json()["meta"]["total"] == span["total"]


CHANGES: dict[str, Callable[[str], str]] = {
    "case": lambda quote: quote.upper(),
    "broken lines": lambda quote: quote.replace(" ", "\n", 3),
    "doubled spaces": lambda quote: quote.replace(" ", "  "),
    "straight apostrophes": lambda quote: quote.replace("’", "'"),
    "curly quotation marks around it": lambda quote: f"“{quote}”",
    "straight quotation marks around it": lambda quote: f'"{quote}"',
    "an ellipsis": lambda quote: " ".join(quote.split()[:2]) + " … " + " ".join(quote.split()[-2:]),
    "three dots": lambda quote: " ".join(quote.split()[:2]) + "... " + " ".join(quote.split()[-2:]),
    "an ellipsis in brackets": lambda quote: " ".join(quote.split()[:2]) + " [...] " + " ".join(quote.split()[-2:]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_quotation_copied_with_small_changes_is_found_as_normalised(
    client: httpx.Client, content: Content, texts: dict[str, str], change: str
) -> None:
    quote = a_quote_with(content, "’")
    found = resolved(client, CHANGES[change](quote))
    assert found["match"] == "normalised"
    assert quote in [span["text"] for span in found["spans"]]
    for span in found["spans"]:
        assert texts[span["document"]][span["start"] : span["end"]] == span["text"]
        assert span["differs"]


@pytest.mark.parametrize(
    "quote", ["Armenia won the war of 2020 outright", "…", "''", "-", "zzz", "Karabakh iz Armenia", "."]
)
def test_a_quotation_that_is_not_in_the_texts_is_not_found(client: httpx.Client, quote: str) -> None:
    found = resolved(client, quote)
    if quote in ("-", "."):
        assert found["match"] == "exact"
    else:
        assert (found["match"], found["spans"]) == ("none", [])


def test_a_quotation_with_characters_beyond_the_basic_plane_is_found(client: httpx.Client) -> None:
    [span] = resolved(client, "wide 🜁 characters: fire 🜂")["spans"]
    assert span["document"] == astral.ID
    assert span["utf16"]["end"] - span["utf16"]["start"] == span["end"] - span["start"] + 2
