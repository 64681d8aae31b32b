"""Ids in filters and in paths: an id that no record has is refused, with the record that was probably meant."""

from urllib.parse import quote

import httpx
import pytest

from tests.contract import concrete
from tests.lists import ALL_FILTERS, CONTRACT, LISTS, REFERENCES, Content, inner, needed, parameters
from tests.server import Server, refused
from tests.test_queries import PATHS, get

SMALL = 50  # ids of a kind that an error lists


def kind_of(path: str, parameter: str) -> str | None:
    """The list whose ids a parameter takes."""
    name = parameter.partition(".")[0]
    plural = path.removeprefix("/v1/").removeprefix("counts/").partition(".")[0].partition("/")[0]
    if name == "id":
        return plural if plural in LISTS else None
    if name == "topic" or (plural, name) in ALL_FILTERS or plural in ("search", "suggest", "resolve"):
        return REFERENCES.get(name)
    return REFERENCES.get(name) if name == "document" else None


TAKING_IDS = [(path, name) for path in PATHS for name in parameters(path) if kind_of(path, name)]


@pytest.mark.parametrize("path", sorted({path for path, _ in TAKING_IDS}))
def test_an_unknown_id_in_a_filter_is_refused_with_the_nearest(
    client: httpx.Client, content: Content, path: str
) -> None:
    for name in (name for each, name in TAKING_IDS if each == path):
        known = ids_of(client, content, str(kind_of(path, name)))
        real = max(known, key=lambda id: (len(id), id))
        [error] = refused(get(client, path, **{name: real + "0"}), "unknown-id")
        assert error["parameter"] == name
        assert error["did_you_mean"] in known
        listed = error["allowed"]
        if len(known) > SMALL:
            assert listed is None
        else:
            assert sorted(set(listed) - {"none", "author"}) == sorted(known)
        errors = refused(get(client, path, **{name: [real, "zz.zz", "ZZ", "../..", "a'b", "x" * 65]}), "unknown-id")
        assert [error["parameter"] for error in errors] == [name] * 5
        assert get(client, path, **{name: real}).status_code == 200


def ids_of(client: httpx.Client, content: Content, plural: str) -> set[str]:
    if plural == "topics":
        return {term["value"] for term in client.get("/v1/vocabularies/topic").json()["data"]["terms"]}
    return {record["id"] for record in content[plural]}


def test_the_values_allowed_have_the_words_that_the_filter_takes(client: httpx.Client, content: Content) -> None:
    actors = {record["id"] for record in content["actors"]}
    assert len(actors) <= SMALL
    for path, name, words in (
        ("/v1/claims", "speaker", {"author", "none"}),
        ("/v1/claims", "actor", {"none"}),
        ("/v1/positions", "actor", set[str]()),
        ("/v1/events", "speaker.not", {"author", "none"}),
    ):
        [error] = refused(client.get(path, params={name: "nobody-at-all"}), "unknown-id")
        assert error["allowed"] == sorted(actors | words)


MEANT = [
    ("/v1/claims", "actor", "ankara", "turkey"),
    ("/v1/claims", "actor", "Ankara", "turkey"),
    ("/v1/claims", "actor.not", "ankara", "turkey"),
    ("/v1/claims", "actor", "Armenia", "armenia"),
    ("/v1/claims", "actor", "pashinyan", "nikol-pashinyan"),
    ("/v1/claims", "speaker", "Author", "author"),
    ("/v1/claims", "speaker", "pashinyan", "nikol-pashinyan"),
    ("/v1/events", "speaker.all", "authors", "author"),
    ("/v1/search?q=war", "actor", "ankara", "turkey"),
    ("/v1/counts/claims?by=type", "actor.all", "ankara", "turkey"),
    ("/v1/claims.csv", "actor", "ankara", "turkey"),
]


@pytest.mark.parametrize(("path", "name", "written", "meant"), MEANT)
def test_a_name_or_surface_form_leads_to_the_record(
    served: Server, path: str, name: str, written: str, meant: str
) -> None:
    params = dict(httpx.URL(path).params) | {name: written}
    [error] = refused(served.client.get(path, params=params), "unknown-id")
    assert (error["parameter"], error["did_you_mean"]) == (name, meant)


def test_part_of_a_topic_leads_to_the_topic(served: Server) -> None:
    for written, meant in (("economy", "economy_and_trade"), ("Economy and trade", "economy_and_trade")):
        [error] = refused(served.client.get("/v1/claims", params={"topic": written}), "unknown-id")
        assert error["did_you_mean"] == meant
        assert error["allowed"] is not None


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/v1/actors/pashinyan", "nikol-pashinyan"),
        ("/v1/actors/ankara", "turkey"),
        ("/v1/actors/ANKARA", "turkey"),
        ("/v1/actors/ankara/mentions", "turkey"),
        ("/v1/places/Karabach", "karabakh"),
        ("/v1/claims/karabakh.c001x", "karabakh.c001"),
        ("/v1/events/karabakh.e001x", "karabakh.e001"),
        ("/v1/sections/karabakh.s01x", "karabakh.s01"),
        ("/v1/documents/karabak", "karabakh"),
        ("/v1/documents/karabak/text", "karabakh"),
        ("/v1/documents/karabak/spans", "karabakh"),
        ("/v1/documents/karabak/spans.csv", "karabakh"),
        ("/v1/documents/karabak/coverage", "karabakh"),
        ("/v1/documents/karabak/coverage.jsonl", "karabakh"),
        ("/v1/claims/karabakh.c001x/annotation.jsonld", "karabakh.c001"),
        ("/v1/claims/karabakh.c001x/citation.bib", "karabakh.c001"),
        ("/v1/vocabularies/claim_typ", "claim_type"),
        ("/problems/not-foud", "not-found"),
    ],
)
def test_an_unknown_id_in_a_path_is_404_with_the_nearest(served: Server, path: str, meant: str) -> None:
    response = served.client.get(path)
    [error] = refused(response, "not-found", 404)
    assert error["did_you_mean"] == meant
    known = served.client.get(response.request.url.path.replace(path.split("/")[3 if "/v1/" in path else 2], meant))
    assert known.status_code == 200


ID_PATTERN = "^[a-z0-9][a-z0-9._-]{0,63}$"


def test_the_schema_of_an_id_states_its_pattern() -> None:
    for path, name in TAKING_IDS:
        assert inner(parameters(path)[name]) == {"type": "string", "pattern": ID_PATTERN}, (path, name)


def test_a_correction_is_selected_by_any_id_that_it_names_and_by_no_text_that_is_no_id(client: httpx.Client) -> None:
    assert client.get("/v1/corrections?record=base.e3").json()["meta"]["total"] == 1  # exists no more
    assert client.get("/v1/events/base.e3").status_code == 404
    assert client.get("/v1/corrections?record=nobody").json()["meta"]["total"] == 0
    for written in ("ZZ", "a b", "../..", "x" * 65):
        for name in ("record", "record.not", "record.all"):
            [error] = refused(client.get("/v1/corrections", params={name: written}), "invalid-value")
            assert error["parameter"] == name


def test_a_record_that_a_correction_removed_is_404_and_says_so(client: httpx.Client) -> None:
    problem = client.get("/v1/events/base.e3").json()
    assert problem["gone"]["correction"] == "base.k1"
    assert client.get(problem["gone"]["href"]).json()["data"]["id"] == "base.k1"
    assert "gone" not in client.get("/v1/events/base.e9").json()


def test_a_list_takes_at_most_a_hundred_values(client: httpx.Client, content: Content) -> None:
    known = [record["id"] for record in content["claims"]]
    assert client.get("/v1/claims", params={"id": ",".join(known[:100])}).json()["meta"]["total"] == 100
    assert client.get("/v1/claims", params={"id": ",".join([*known[:100], known[0]])}).status_code == 200
    [error] = refused(client.get("/v1/claims", params={"id": ",".join(known[:101])}), "invalid-value")
    assert error["parameter"] == "id"


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/search"])
def test_the_author_is_a_speaker_and_no_actor(client: httpx.Client, path: str) -> None:
    assert get(client, path, speaker="author").json()["meta"]["total"] > 0
    assert get(client, path, speaker="author,armenia").status_code == 200
    refused(get(client, path, actor="author"), "unknown-id")
    assert client.get("/v1/actors/author").status_code == 404


ODD_IDS = [
    *("nope", "NOPE", "a" * 65, "a" * 4000, "%00", "a%00b", "%FF", "%20", "..%2F..", "a%2Fb"),
    *("'", '"', "é", "😀", "a;b", "-", "%25"),
]


@pytest.mark.parametrize("path", [path for path in CONTRACT["paths"] if "{" in path])
def test_a_path_id_of_any_shape_that_no_record_has_is_404(client: httpx.Client, path: str) -> None:
    name = next(name for name in ("{id}", "{name}", "{type}") if name in path)
    for id in ODD_IDS:
        template = concrete(path.replace(name, "ODD"))
        response = client.get(template.replace("ODD", quote(id, safe="%;")), params=needed(path))
        assert response.status_code == 404, (id, response.text)
        assert response.json()["type"] == "/problems/not-found"
        unknown = client.get(template.replace("ODD", quote(id, safe="%;")), params={**needed(path), "zzz": "1"})
        assert unknown.status_code == 422, (id, unknown.text)
