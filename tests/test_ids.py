"""Ids in filters and in paths: what is not there is told, whatever it looks like."""

from urllib.parse import quote

import httpx
import pytest

from tests.lists import ID_PATTERN, LISTS, Content, parameters
from tests.test_questions import PATHS, ask, inner, refused

REFERENCES = [
    (path, name)
    for path in PATHS
    for name, item in parameters(path).items()
    if inner(item).get("pattern") == ID_PATTERN
]


@pytest.mark.parametrize("path", sorted({path for path, _ in REFERENCES}))
def test_an_unknown_id_in_a_filter_is_told_with_the_nearest(client: httpx.Client, content: Content, path: str) -> None:
    kinds = {"id": path.split("/")[2], "parent": "sections", "speaker": "actors", "from": "claims", "to": "claims"}
    for name in (name for each, name in REFERENCES if each == path):
        if name == "topic":
            known = {term["value"] for term in client.get("/v1/vocabularies/topic").json()["data"]["terms"]}
        else:
            known = {record["id"] for record in content[kinds.get(name, name + "s")]}
        real = max(known, key=lambda id: (len(id), id))
        [error] = refused(ask(client, path, **{name: real + "0"}), "unknown-id")
        assert error["parameter"] == name
        assert error["did_you_mean"] in known
        errors = refused(ask(client, path, **{name: [real, "zz.zz", "ZZ", "../..", "a'b", "x" * 65]}), "unknown-id")
        assert [error["parameter"] for error in errors] == [name] * 5
        assert ask(client, path, **{name: real}).status_code == 200


def test_a_list_takes_at_most_a_hundred_values(client: httpx.Client, content: Content) -> None:
    known = [record["id"] for record in content["claims"]]
    assert client.get("/v1/claims", params={"id": ",".join(known[:100])}).json()["meta"]["total"] == 100
    assert client.get("/v1/claims", params={"id": ",".join([*known[:100], known[0]])}).status_code == 200
    [error] = refused(client.get("/v1/claims", params={"id": ",".join(known[:101])}), "invalid-value")
    assert error["parameter"] == "id"


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/search"])
def test_the_author_is_a_speaker_and_no_actor(client: httpx.Client, path: str) -> None:
    assert ask(client, path, speaker="author").json()["meta"]["total"] > 0
    assert ask(client, path, speaker="author,armenia").status_code == 200
    refused(ask(client, path, actor="author"), "unknown-id")
    assert client.get("/v1/actors/author").status_code == 404


ODD_IDS = [
    *("nope", "NOPE", "a" * 65, "a" * 4000, "%00", "a%00b", "%FF", "%20", "..%2F..", "a%2Fb"),
    *("'", '"', "é", "😀", "a;b", "-", "%25"),
]


@pytest.mark.parametrize("path", [*(f"/v1/{plural}/{{}}" for plural in LISTS), "/problems/{}", "/v1/vocabularies/{}"])
def test_a_path_id_of_any_shape_that_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    for id in ODD_IDS:
        answer = client.get(path.format(quote(id, safe="%;")))
        assert answer.status_code == 404, (id, answer.text)
        assert answer.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("tail", ["text", "spans", "coverage"])
def test_a_text_of_any_id_that_is_not_there_is_404(client: httpx.Client, tail: str) -> None:
    for id in ODD_IDS:
        assert client.get(f"/v1/documents/{quote(id, safe='%;')}/{tail}").status_code == 404, id
