"""Clients that other people's tools make of openapi.json, and a JSON-LD processor."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cookbook import program
from tests.node.packages import HERE, install, node
from tests.server import ROOT, Server

BUILD = HERE / "build"
BIN = HERE / "node_modules" / ".bin"
CONTRACT = ROOT / "openapi.json"
# Media types that openapi-python-client does not know: their bodies stay bytes.
UNREAD = ("application/jsonl", "application/x-bibtex", "application/x-research-info-systems")

Client = Callable[[str, str, Path], dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    install()
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir()


def tool(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of this Python's environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path} | environment
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def openapi_fetch(url: str, id: str, _: Path) -> dict[str, Any]:
    node(BIN / "openapi-typescript", CONTRACT, "-o", BUILD / "sic.d.ts")
    node(BIN / "tsc", "-p", "tsconfig.openapi-fetch.json")
    return dict(json.loads(node("node", BUILD / "js" / "clients" / "openapi-fetch.js", url, id)))


def hey_api(url: str, id: str, _: Path) -> dict[str, Any]:
    node(BIN / "openapi-ts", "-f", "openapi-ts.config.mjs")
    node(BIN / "tsc", "-p", "tsconfig.hey-api.json")
    return dict(json.loads(node("node", BUILD / "js" / "clients" / "hey-api.js", url, id)))


def orval(url: str, id: str, _: Path) -> dict[str, Any]:
    node(BIN / "orval", "--config", "orval.config.cjs", SIC_URL=url)
    node(BIN / "tsc", "-p", "tsconfig.orval.json")
    return dict(json.loads(node("node", BUILD / "js" / "clients" / "orval.js", url, id)))


def openapi_python_client(url: str, id: str, folder: Path) -> dict[str, Any]:
    made = tool("openapi-python-client", "generate", "--path", CONTRACT, "--output-path", folder / "sic_httpx",
                "--meta", "none")  # fmt: skip
    messages = made.stdout + made.stderr
    assert "ERROR" not in messages
    unsupported = set(re.findall(r"Unsupported content_type ([^)]+)\)", messages))
    assert unsupported == set(UNREAD)
    program = HERE / "clients" / "openapi_python_client.py"
    return dict(json.loads(tool(sys.executable, program, url, id, PYTHONPATH=str(folder)).stdout))


def openapi_generator(url: str, id: str, folder: Path) -> dict[str, Any]:
    tool("openapi-generator-cli", "generate", "-i", CONTRACT, "-g", "python", "-o", folder,
         "--package-name", "sic_urllib3")  # fmt: skip
    program = HERE / "clients" / "openapi_generator.py"
    return dict(json.loads(tool(sys.executable, program, url, id, PYTHONPATH=str(folder)).stdout))


CLIENTS: list[Client] = [openapi_fetch, hey_api, orval, openapi_python_client, openapi_generator]
SHOWN = {
    **dict.fromkeys(("claim", "position"), "statement"),
    **dict.fromkeys(("event", "actor", "place"), "name"),
    **dict.fromkeys(("section", "obstacle"), "title"),
    "document": "label",
}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_generated_client_compiles_and_does_what_a_frontend_does(
    client: Client, sqlite_client: httpx.Client, tmp_path: Path
) -> None:
    """An infinite list, facets, a detail with include, UTF-16 ranges, type-ahead, revalidation and problems."""
    get = sqlite_client.get
    claim = get("/v1/claims?speaker.not=author,none&document=karabakh&include=section,speaker,actors").json()["data"][0]
    result = client(str(sqlite_client.base_url).rstrip("/"), claim["id"], tmp_path)
    listed = [json.loads(line)["id"] for line in get("/v1/claims.jsonl?type=factual,causal").text.splitlines()]
    assert result["ids"] == listed
    assert result["total"] == len(listed) > 100
    facet = get("/v1/claims?facets=type&limit=0").json()["facets"]["type"]
    assert result["facets"] == [[value["value"], value["count"]] for value in facet]
    included = claim["included"]
    assert result["detail"] == {
        "quote": claim["source"]["quote"],
        "section": included["section"]["title"],
        "speaker": included["speaker"]["name"],
        "actors": [actor["name"] for actor in included["actors"]["data"]],
    }
    assert result["highlighted"] == ["gazers"]
    hits = get("/v1/search?q=karabakh+war&limit=20").json()["data"]
    assert result["hits"] == [hit[SHOWN[hit["kind"]]] for hit in hits]
    assert result["suggested"] == [each["text"] for each in get("/v1/suggest?q=kara").json()["data"]]
    assert result["revalidated"] == 304
    assert result["problem"] == {"status": 404, "type": "/problems/not-found", "meant": [["actor", "turkey"]]}
    assert result.get("csv", 4) == 4
    assert result.get("text", "The Karabakh Conflict") == "The Karabakh Conflict"


@pytest.mark.parametrize("name", ["openapi-fetch", "hey-api", "orval"])
def test_a_program_needs_no_cast(name: str) -> None:
    source = (HERE / "clients" / f"{name}.ts").read_text(encoding="utf-8")
    assert re.findall(r"\bas\b|\bany\b|@ts-|[\w)\]]!|: unknown", re.sub(r"//.*", "", source)) == []


TERMS = "urn:sic:terms#"
OA = "http://www.w3.org/ns/oa#"


def roundtrip(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200
    result: dict[str, Any] = json.loads(node("node", "roundtrip.mjs", stdin=response.content))
    assert result["same"], "the graph read back from RDF is another one"
    assert plain(result["compacted"]) == plain(response.json())
    return result


def plain(value: Any) -> Any:
    """A JSON-LD value without what means nothing in it: nulls, and lists around one value."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if key != "@context" and plain(each) is not None}
    if isinstance(value, list):
        values = [plain(each) for each in value if each is not None]
        return values[0] if len(values) == 1 else values
    return value


def own(annotation: dict[str, Any]) -> dict[str, list[Any]]:
    """Our own properties of an expanded annotation, by their full IRIs."""
    [body] = [body for body in annotation[f"{OA}hasBody"] if f"{TERMS}kind" in body]
    return {
        key.removeprefix(TERMS): [each["@value"] for each in values]
        for key, values in body.items()
        if key.startswith(TERMS)
    }


@pytest.mark.parametrize("kind", ["claims", "events", "obstacles", "positions", "relations"])
def test_a_page_survives_a_json_ld_processor(kind: str, served: Server) -> None:
    response = served.client.get(f"/v1/{kind}.jsonld", params={"limit": 100})
    page, result = response.json(), roundtrip(response)
    assert result["compacted"]["@context"] == page["@context"]
    [expanded] = result["expanded"]
    assert expanded["@type"] == ["http://www.w3.org/ns/activitystreams#OrderedCollectionPage"]
    [items] = expanded["http://www.w3.org/ns/activitystreams#items"]
    assert [item["@id"] for item in items["@list"]] == [item["id"] for item in page["items"]]
    records = {record["id"]: record for record in served.client.get(f"/v1/{kind}?limit=100").json()["data"]}
    for item in items["@list"]:
        assert item["@type"] == [f"{OA}Annotation"]
        record = records[item["@id"].rpartition(":")[2]]
        for name, values in own(item).items():
            value = record[name] if isinstance(record[name], list) else [record[name]]
            assert values == [each for each in value if each is not None]
        for target in item[f"{OA}hasTarget"]:
            types = {selector["@type"][0] for selector in target[f"{OA}hasSelector"]}
            assert types == {f"{OA}TextQuoteSelector", f"{OA}TextPositionSelector"}


def test_an_annotation_survives_a_json_ld_processor(served: Server) -> None:
    first = served.client.get("/v1/claims", params={"limit": 1}).json()["data"][0]
    [annotation] = roundtrip(served.client.get(f"/v1/claims/{first['id']}/annotation.jsonld"))["expanded"]
    [target] = annotation[f"{OA}hasTarget"]
    quotes = [
        selector[f"{OA}exact"][0]["@value"] for selector in target[f"{OA}hasSelector"] if f"{OA}exact" in selector
    ]
    assert quotes == [first["source"]["quote"]]
    assert own(annotation)["type"] == [first["type"]]


def test_an_inferred_relation_targets_the_words_of_both_claims(sqlite_client: httpx.Client) -> None:
    [annotation] = roundtrip(sqlite_client.get("/v1/relations/base.r1/annotation.jsonld"))["expanded"]
    exact = [
        selector[f"{OA}exact"][0]["@value"]
        for target in annotation[f"{OA}hasTarget"]
        for selector in target[f"{OA}hasSelector"]
        if f"{OA}exact" in selector
    ]
    assert exact == ["It may rain", "Alpha lives in Beta Town"]
    assert own(annotation) == {"kind": ["relation"], "type": ["qualifies"], "basis": ["inferred"]}


def test_the_lock_names_no_package_server() -> None:
    assert '"resolved"' not in (HERE / "package-lock.json").read_text()


def test_the_recipe_in_typescript_compiles_strictly_and_walks_all_pages(served: Server) -> None:
    source = BUILD / "recipe.mts"
    source.write_text(program("ts", served), encoding="utf-8")
    options = ("--strict", "--skipLibCheck", "--target", "es2022", "--module", "node16", "--lib", "es2022,dom")
    node(BIN / "tsc", *options, source)
    printed = node("node", source.with_suffix(".mjs")).splitlines()
    ids = served.client.get("/v1/claims.csv", params={"mode.not": "asserted", "fields": "id"}).text.split()[1:]
    assert [line.split()[0] for line in printed] == ids
    assert len(ids) > 10
