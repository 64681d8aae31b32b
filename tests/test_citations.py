"""Citations, read by a real parser of each format: the text's own words, and nothing that it does not state."""

from typing import Any

import httpx
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from citeproc.source.json import CiteProcJSON

from tests.lists import Content

CITABLE = ("documents", "sections", "claims", "events", "obstacles", "positions")


def url_of(record: dict[str, Any]) -> str:
    return f"urn:sic:{record['kind']}:{record['id']}"


@pytest.mark.parametrize("plural", CITABLE)
def test_bibtex_names_the_quote_the_place_and_the_text(client: httpx.Client, content: Content, plural: str) -> None:
    snapshot = client.get("/v1").json()["data"]["snapshot"]
    documents = {record["id"]: record for record in content["documents"]}
    for record in content[plural][:5]:
        response = client.get(f"/v1/{plural}/{record['id']}/citation.bib")
        assert response.headers["content-type"] == "application/x-bibtex; charset=utf-8"
        library = parse_string(response.text)
        assert not library.failed_blocks
        [parsed] = library.entries
        entry = {name: field.value for name, field in parsed.fields_dict.items()}
        document = documents[record["document"]]
        assert (parsed.entry_type, parsed.key, entry["url"]) == ("misc", record["id"], url_of(record))
        assert document["text_sha256"] in entry["note"]
        assert snapshot in entry["note"]
        assert "snapshot=" not in entry["url"]
        source = record.get("source") or record
        assert f"{source.get('start', 0)}–{source.get('end', document['text_length'])}" in entry["pages"]
        provenance = document["provenance"]
        assert entry.get("author") == (provenance["author"] and f"{{{provenance['author']}}}")
        assert entry.get("year") == (provenance["published"] and provenance["published"][:4])


@pytest.mark.parametrize("plural", CITABLE)
def test_ris_and_csl_json_say_the_same(client: httpx.Client, content: Content, plural: str) -> None:
    for record in content[plural][:5]:
        path = f"/v1/{plural}/{record['id']}/citation"
        [entry] = rispy.loads(client.get(f"{path}.ris").text)
        item = client.get(f"{path}.csl.json").json()
        assert isinstance(item, dict)
        parsed = CiteProcJSON([item])
        assert list(parsed) == [record["id"]]
        assert entry["urls"] == [item["URL"]] == [url_of(record)]
        assert entry["title"] == item["title"]
        assert "; ".join(entry["notes"]) == item["note"]
        assert entry.get("authors", [None]) == [item.get("author", [{"literal": None}])[0]["literal"]]
        if record.get("source"):
            quote = " ".join(record["source"]["quote"].split())
            assert f"“{quote}”" in " ".join(item["note"].split())


def test_a_title_that_an_editor_supplied_stands_in_brackets(client: httpx.Client) -> None:
    item = client.get("/v1/documents/karabakh/citation.csl.json").json()
    assert item["title"] == "[Policy article on the Karabakh conflict]"


def test_the_link_of_a_record_leads_to_its_citation(client: httpx.Client, content: Content) -> None:
    for plural in CITABLE:
        record = content[plural][0]
        assert record["links"]["cite"] == f"/v1/{plural}/{record['id']}/citation.bib"
        for form in ("bib", "ris", "csl.json"):
            response = client.get(record["links"]["cite"].replace("citation.bib", f"citation.{form}"))
            assert response.headers["content-disposition"] == f'attachment; filename="{record["id"]}.{form}"'
    for plural in ("actors", "places", "relations"):
        assert content[plural][0]["links"]["cite"] is None
        assert client.get(f"/v1/{plural}/{content[plural][0]['id']}/citation.bib").status_code == 404


def test_a_citation_of_what_is_not_there_is_404_with_the_nearest_id(client: httpx.Client) -> None:
    response = client.get("/v1/claims/karabakh.c0001/citation.ris")
    assert response.status_code == 404
    assert response.json()["errors"][0]["did_you_mean"].startswith("karabakh.c")


def test_a_citation_of_a_claim_says_whose_it_is_and_in_which_mode(client: httpx.Client, content: Content) -> None:
    others = [claim for claim in content["claims"] if claim["mode"] != "asserted"]
    assert others
    for claim in [*others, *content["claims"][:5]]:
        note = client.get(f"/v1/claims/{claim['id']}/citation.csl.json").json()["note"]
        speaker = claim["speaker"] or "nobody named"
        assert f"; speaker: {speaker}, {claim['mode']}{', hedged' * claim['hedged']}; " in note
