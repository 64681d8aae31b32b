"""The promise of CONTRIBUTING.md, kept: a filter, a field, a file format and a kind are added to a copy of the tree.

Each change may touch only the files, and take only the lines, that are promised. Then the content moves to the new
schema, the package is loaded anew, and everything that depends on the declarations agrees over HTTP.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.model.vocabularies import RecordKind
from tests.extension import add_data, add_field, add_filter, add_format, add_kind
from tests.lists import export, ids, walk
from tests.scratch import Change, Scratch

# The most lines that a change may take in each file; data and the written migration aside.
PROMISES: dict[Callable[[Scratch], Change], dict[str, int]] = {
    add_filter: {"api/model/kinds/claims.py": 1, "api/resources/claims.py": 1},
    add_field: {"api/model/tables.py": 1, "seed/records.py": 1, "api/records/claims.py": 2},
    add_format: {"api/formats/forms.py": 3, "api/formats/tabular.py": 5},
    add_kind: {
        # Tables.
        "api/model/tables.py": 7,
        "api/model/links.py": 5,
        "api/model/vocabularies.py": 1,
        # Declaration.
        "api/model/kinds/slogans.py": 25,
        "api/model/kinds/__init__.py": 3,
        # Presentation.
        "api/records/slogans.py": 40,
        "api/records/presentation.py": 3,
        # Resource.
        "api/resources/slogans.py": 70,
        "api/params/fields.py": 1,
        "api/main.py": 2,
        # Data.
        "seed/records.py": 5,
        "seed/kinds/slogans.py": 10,
        "seed/check.py": 3,
        "tests/contract.py": 1,
    },
}
WIDENED = f"""\
    hold("correction_record", "record_kind", {[*RecordKind.__members__, "slogan"]})
"""
G1, G2, G3 = (f"karabakh.g{number}" for number in (1, 2, 3))


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """The copy with all changes; its database holds the content of before, at the schema of before."""
    scratch = Scratch(tmp_path_factory.mktemp("extended"))
    scratch.run("api", "migrate")
    scratch.run("api", "load", "seed/karabakh")
    for change, promise in PROMISES.items():
        lines = change(scratch).lines
        assert lines.keys() == promise.keys(), change.__name__
        over = {path: count for path, count in lines.items() if count > promise[path]}
        assert not over, f"{change.__name__} takes more lines than promised"
    scratch.run("alembic", "revision", "--autogenerate", "-m", "Slogans and glosses")
    [migration] = (scratch.root / "migrations" / "versions").glob("0003_*.py")
    text = migration.read_text(encoding="utf-8")
    text = text.replace(
        "from alembic import op\n",
        "from alembic import op\n\nfrom migrations.vocabularies import hold\n",
    )
    migration.write_text(text.replace("def upgrade() -> None:\n", "def upgrade() -> None:\n" + WIDENED), "utf-8")
    assert "0003" in scratch.run("api", "migrate")
    return scratch


@pytest.fixture(scope="module")
def moved(extended: Scratch) -> dict[str, Any]:
    """What the copy says of content that moved to the new schema, before the package is loaded anew."""
    with extended.served() as server:
        return {
            path: server.client.get(path).json()
            for path in ("/v1/slogans", "/v1/claims?has_note=true&facets=has_note&limit=1", "/v1/documents/karabakh")
        }


@pytest.fixture(scope="module")
def client(extended: Scratch, moved: dict[str, Any]) -> Iterator[httpx.Client]:  # noqa: ARG001 - read before
    """Asks the copy, which has the new records."""
    add_data(extended)
    (extended.root / "openapi.json").write_text(extended.run("tests.contract"), encoding="utf-8")
    assert "3 slogans" in extended.run("api", "load", "seed/karabakh")
    with extended.served() as server:
        yield server.client


@pytest.fixture(scope="module")
def contract(client: httpx.Client) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def get(client: httpx.Client, path: str, **params: Any) -> Any:
    response = client.get(path, params=params or None)
    assert response.status_code == 200, response.text
    return response.json()


def agreed(client: httpx.Client, path: str, words: str, **query: str) -> list[str]:
    """The ids that a query selects: in pages, files, counts, and beside words that every record has."""
    selected = ids(walk(client, path, **query, limit="2"))
    assert ids(export(client, path, **query)) == selected
    assert get(client, path, **query, limit="0")["meta"]["total"] == len(selected)
    assert sorted(ids(walk(client, path, **query, q=words, limit="100"))) == sorted(selected)
    counts = get(client, path.replace("/v1/", "/v1/counts/"), **query, by="document")
    assert counts["meta"]["total"] == sum(item["count"] for item in counts["data"]) == len(selected)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv", params=query).text)))
    assert ids(rows) == selected
    return selected


def check_facet(client: httpx.Client, path: str, name: str, values: Counter[str]) -> None:
    """The facet has these values; each one's count is that of the list behind its link."""
    facet = get(client, path, facets=name, limit="0")["facets"][name]
    assert {item["value"]: item["count"] for item in facet} == values
    for item in facet:
        assert get(client, item["href"])["meta"]["total"] == item["count"]
    combinations = get(client, path.replace("/v1/", "/v1/counts/"), by=name)["data"]
    assert {item[name]: item["count"] for item in combinations} == values


def test_content_of_before_is_served_by_the_new_schema(moved: dict[str, Any]) -> None:
    slogans, noted, document = moved.values()
    assert slogans["meta"]["total"] == 0
    assert noted["meta"]["total"] == next(
        item["count"] for item in noted["facets"]["has_note"] if item["value"] == "true"
    )
    assert noted["data"][0]["note"]
    assert noted["data"][0]["gloss"] is None
    assert document["data"]["counts"]["slogans"] == 0


def test_a_filter_is_in_rows_totals_facets_words_counts_and_files(client: httpx.Client) -> None:
    claims = export(client, "/v1/claims")
    noted = {claim["id"]: claim["note"] is not None for claim in claims}
    assert 0 < sum(noted.values()) < len(noted)
    check_facet(
        client, "/v1/claims", "has_note", Counter("true" if has_note else "false" for has_note in noted.values())
    )
    for value in ("true", "false"):
        selected = [id for id, has_note in noted.items() if has_note == (value == "true")]
        assert ids(export(client, "/v1/claims", has_note=value)) == selected
        assert ids(walk(client, "/v1/claims", has_note=value, limit="100")) == selected
        with_words = ids(walk(client, "/v1/claims", has_note=value, q="Armenia", limit="100"))
        assert sorted(with_words) == sorted(set(ids(export(client, "/v1/claims", q="Armenia"))) & set(selected))
    refused = client.get("/v1/claims?has_note=yes")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["allowed"] == ["true", "false"]


def test_a_filter_is_in_openapi_wherever_the_list_is(contract: dict[str, Any]) -> None:
    for path in ("claims", "claims.csv", "claims.jsonl", "claims.tsv", "claims.jsonld", "counts/claims"):
        parameters = contract["paths"][f"/v1/{path}"]["get"]["parameters"]
        names = [item.get("name") or item["$ref"].rpartition("/")[2] for item in parameters]
        assert "has_note" in names
    assert "has_note" in contract["components"]["schemas"]["ClaimFacets"]["properties"]


def test_a_field_is_in_records_files_and_openapi(client: httpx.Client, contract: dict[str, Any]) -> None:
    glosses = {claim["id"]: claim["gloss"] for claim in export(client, "/v1/claims")}
    assert Counter(glosses.values()) == {"In other words.": 1, None: len(glosses) - 1}
    assert get(client, "/v1/claims/karabakh.c001")["data"]["gloss"] == "In other words."
    assert client.get("/v1/claims.csv?fields=id,gloss&limit=1").text == "id,gloss\r\nkarabakh.c001,In other words.\r\n"
    assert (
        contract["components"]["schemas"]["ClaimRecord"]["properties"]["gloss"]["description"] == "An editor's gloss."
    )


@pytest.mark.parametrize(
    "path", ["claims", "slogans", "corrections", "search", "documents/karabakh/spans", "documents/karabakh/coverage"]
)
def test_a_format_has_a_path_for_every_list(client: httpx.Client, contract: dict[str, Any], path: str) -> None:
    query = {"limit": "2"} | ({"q": "motto"} if path == "search" else {})
    response = client.get(f"/v1/{path}.tsv", params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/tab-separated-values"
    rows = [line.split("\t") for line in response.text.splitlines()]
    assert len(rows) == 3
    assert rows == list(csv.reader(io.StringIO(client.get(f"/v1/{path}.csv", params=query).text)))
    negotiated = client.get(f"/v1/{path}", params=query, headers={"Accept": "text/tab-separated-values"})
    assert negotiated.content == response.content
    assert negotiated.headers["content-location"].startswith(f"/v1/{path}.tsv")
    declared = f"/v1/{path}.tsv".replace("karabakh", "{id}")
    assert list(contract["paths"][declared]["get"]["responses"]["200"]["content"]) == ["text/tab-separated-values"]


def test_a_kind_is_listed_filtered_and_counted(client: httpx.Client) -> None:
    path = "/v1/slogans"
    slogans = export(client, path)
    in_text = sorted(slogans, key=lambda each: each["source"]["start"])
    everything = ids(in_text)
    assert sorted(everything) == [G1, G2, G3]
    assert ids(slogans) == everything
    assert [each["ordinal"] for each in slogans] == [1, 2, 3]
    text = client.get("/v1/documents/karabakh/text").text
    assert all(each["source"]["quote"] == text[each["source"]["start"] : each["source"]["end"]] for each in slogans)
    for each in slogans:
        assert get(client, f"{path}/{each['id']}")["data"] == each

    def selects(*selected: str, **query: str) -> None:
        assert set(agreed(client, path, "motto", **query)) == set(selected)

    selects(*everything)
    selects(G1, speaker="nikol-pashinyan")
    selects(G2, G3, speaker="none")
    selects(G2, G3, **{"speaker.not": "nikol-pashinyan"})
    selects(G1, **{"speaker.not": "none"})
    selects(G1, G2, actor="armenia")
    selects(G1, **{"actor.all": "armenia,nikol-pashinyan"})
    selects(G2, G3, **{"actor.not": "nikol-pashinyan"})
    selects(G3, actor="none")
    selects(G2, id=G2)
    check_facet(client, path, "speaker", Counter({"nikol-pashinyan": 1, "none": 2}))
    check_facet(client, path, "actor", Counter({"armenia": 2, "nikol-pashinyan": 1, "none": 1}))
    assert ids(get(client, path, sort="-position")["data"]) == everything[::-1]
    for parameter, value in (("actor", "armenja"), ("id", "karabakh.g11")):
        assert client.get(path, params={parameter: value}).json()["errors"][0]["did_you_mean"] is not None


def test_a_kind_is_searched_and_highlighted(client: httpx.Client) -> None:
    [slogan] = get(client, "/v1/slogans", q="possession", highlight="true")["data"]
    assert slogan["id"] == G1
    assert [(each["field"], each["start"]) for each in slogan["highlights"]] == [("meaning", 11)]
    body = get(client, "/v1/search", q="motto", facets="kind,actor", highlight="true")
    assert {(each["kind"], each["id"]) for each in body["data"]} == {("slogan", id) for id in (G1, G2, G3)}
    assert {item["value"]: item["count"] for item in body["facets"]["kind"]} == {"slogan": 3}
    assert {item["value"]: item["count"] for item in body["facets"]["actor"]}["armenia"] == 2
    assert ids(get(client, "/v1/search", q="motto", kind="slogan", actor="armenia")["data"]) == ids(
        get(client, "/v1/slogans", q="motto", actor="armenia")["data"]
    )
    [row] = csv.DictReader(io.StringIO(client.get("/v1/search.csv?q=possession").text))
    assert (row["kind"], row["text"]) == ("slogan", "A motto of possession.")


def test_a_kind_is_in_spans_and_coverage(client: httpx.Client) -> None:
    source = get(client, f"/v1/slogans/{G1}")["data"]["source"]
    body = get(client, f"{source['href']}&limit=100&facets=kind")
    assert [each["overlap"] for each in body["data"] if each["id"] == G1] == ["inside"]
    assert {item["value"]: item["count"] for item in body["facets"]["kind"]}["slogan"] == 1
    assert get(client, f"{source['href']}&kind=slogan")["meta"]["total"] == 1
    path = "/v1/documents/karabakh/coverage"
    body = get(client, path, kind="slogan", include="slogans", facets="kind")
    assert [id for sentence in body["data"] for id in sentence["slogans"]] == ids(export(client, "/v1/slogans"))
    assert [each["id"] for sentence in body["data"] for each in sentence["included"]["slogans"]] == [
        id for sentence in body["data"] for id in sentence["slogans"]
    ]
    assert all(sentence["accounted"] for sentence in body["data"])
    facet = {item["value"]: item["count"] for item in body["facets"]["kind"]}
    assert facet["slogan"] == body["meta"]["total"]
    rows = csv.DictReader(io.StringIO(client.get(f"{path}.csv").text))
    assert [row["slogans"] for row in rows if row["slogans"]] == [" ".join(each["slogans"]) for each in body["data"]]


def test_a_kind_has_annotations_and_citations(client: httpx.Client) -> None:
    page = get(client, "/v1/slogans.jsonld", limit="100")
    assert page["partOf"]["total"] == 3
    for item, record in zip(page["items"], export(client, "/v1/slogans"), strict=True):
        assert item["body"][0]["value"] == record["meaning"]
        assert item["body"][0]["sic:actors"] == record["actors"]
        assert item["target"]["selector"][0]["exact"] == record["source"]["quote"]
        alone = get(client, f"/v1/slogans/{record['id']}/annotation.jsonld")
        assert {key: value for key, value in alone.items() if key != "@context"} == item
        assert record["source"]["quote"] in client.get(record["links"]["cite"]).text


def test_a_kind_includes_related_records(client: httpx.Client) -> None:
    by_id = {each["id"]: each["included"] for each in walk(client, "/v1/slogans", include="section,speaker,actors")}
    assert by_id[G1]["speaker"]["id"] == "nikol-pashinyan"
    assert by_id[G2]["speaker"] is None
    assert by_id[G1]["section"]["kind"] == "section"
    actors = by_id[G1]["actors"]
    assert sorted(ids(actors["data"])) == ["armenia", "nikol-pashinyan"]
    assert get(client, actors["href"])["meta"]["total"] == actors["total"] == 2
    assert client.get("/v1/slogans.csv?fields=id,speaker.name").text.splitlines()[0] == "id,speaker.name"


def test_a_kind_is_in_counts_links_vocabularies_and_corrections(client: httpx.Client) -> None:
    service = get(client, "/v1")["data"]
    assert service["counts"]["slogans"] == 3
    assert service["links"]["slogans"] == "/v1/slogans"
    assert get(client, "/v1/documents/karabakh")["data"]["counts"]["slogans"] == 3
    terms = get(client, "/v1/vocabularies/record_kind")["data"]["terms"]
    assert "slogan" in [term["value"] for term in terms]
    [correction] = get(client, "/v1/corrections", record_kind="slogan")["data"]
    assert [(each["kind"], each["id"]) for each in correction["records"]] == [("slogan", G1)]


def test_a_kind_is_in_openapi(contract: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(contract).validate()
    paths, schemas = contract["paths"], contract["components"]["schemas"]
    bare = {path.replace("slogan", "position") for path in paths if "slogan" in path}
    assert bare == {path for path in paths if "position" in path}
    assert {"name": "slogans", "description": "Words that a side rallies behind."} in contract["tags"]
    assert "slogans" in schemas["Sentence"]["properties"]
    assert "slogans" in schemas["Counts"]["properties"]
    references = json.dumps([schemas["SearchPage"], schemas["SpanPage"]])
    assert "SloganRecord" in references
    assert "SloganSpan" in references
    shared = contract["components"]["parameters"]
    for form in ("citation.bib", "annotation.jsonld"):
        parameters = paths[f"/v1/{{kind}}/{{id}}/{form}"]["get"]["parameters"]
        declared = [shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in parameters]
        [kinds] = [each["schema"]["enum"] for each in declared if each["name"] == "kind"]
        assert "slogans" in kinds


def started(scratch: Scratch) -> str:
    """What the copy says instead of starting."""
    return scratch.run("api", "serve", "--port", "0", fails=True).rstrip().splitlines()[-1]


def test_what_is_declared_in_only_one_place_stops_the_start(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    change = Change(scratch)
    line = '"has_note": OneValue(Claim.note, filled=True),'
    change.insert("api/model/kinds/claims.py", '"has_quantity": OneValue(Claim.has_quantity),', line)
    assert started(scratch) == "RuntimeError: ClaimFilters has no parameter for has_note of the kind claim"
    change.replace("api/model/kinds/claims.py", f"        {line}\n", "")
    parameter = '    has_note: Flag | MISSING = Field(MISSING, description="Whether an editor remarked on it.")'
    change.insert("api/resources/claims.py", "has_quantity:", parameter)
    assert started(scratch) == "RuntimeError: the kind claim has no filter for has_note of ClaimFilters"
    change.replace("api/resources/claims.py", parameter + "\n", "")
    change.replace("api/main.py", "    positions,\n    actors,\n", "    actors,\n")
    assert "answers /v1/positions, which the kind position needs" in started(scratch)
    change.replace("api/main.py", "    obstacles,\n    actors,\n", "    obstacles,\n    positions,\n    actors,\n")
    change.insert("api/model/vocabularies.py", "relation = ", '    stance = "stance", "What nobody declares."')
    change.replace("api/model/vocabularies.py", '    position = "position", ', '    positions = "positions", ')
    assert "the vocabulary record_kind lacks position" in started(scratch)
