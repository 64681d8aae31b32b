"""Clients that other people's tools make: types generated from openapi.json, and a JSON-LD processor."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.node.packages import HERE, install, node
from tests.server import ROOT, Server


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    install()


@pytest.fixture(scope="session")
def program() -> Path:
    """program.ts, compiled under strict against types generated from openapi.json."""
    build = HERE / "build"
    shutil.rmtree(build, ignore_errors=True)
    bin_ = HERE / "node_modules" / ".bin"
    node(bin_ / "openapi-typescript", ROOT / "openapi.json", "-o", build / "sic.d.ts")
    node(bin_ / "tsc", "-p", ".")
    return build / "program.js"


def test_a_generated_typescript_client_walks_reads_and_handles_a_problem(program: Path, served: Server) -> None:
    told = json.loads(node("node", program, served.url))
    listed = served.client.get("/v1/claims", params={"type": "factual,causal", "limit": 100}).json()
    assert told["total"] == len(told["ids"]) == len(set(told["ids"])) == listed["meta"]["total"]
    assert told["ids"][:100] == [claim["id"] for claim in listed["data"]]
    assert told["quote"] == listed["data"][0]["source"]["quote"]
    assert told["problem"] == {"status": 404, "type": "/problems/not-found"}


def roundtrip(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200
    told: dict[str, Any] = json.loads(node("node", "roundtrip.mjs", stdin=answer.content))
    assert told["same"], "the graph read back from RDF is another one"
    return told


@pytest.mark.parametrize("kind", ["claims", "events", "obstacles", "positions"])
def test_a_page_survives_a_json_ld_processor(kind: str, served: Server) -> None:
    answer = served.client.get(f"/v1/{kind}", params={"format": "jsonld", "limit": 100})
    page, told = answer.json(), roundtrip(answer)
    assert told["compacted"] == page
    [expanded] = told["expanded"]
    assert expanded["@type"] == ["http://www.w3.org/ns/activitystreams#OrderedCollectionPage"]
    [items] = expanded["http://www.w3.org/ns/activitystreams#items"]
    assert [item["@id"] for item in items["@list"]] == [item["id"] for item in page["items"]]
    for item in items["@list"]:
        assert item["@type"] == ["http://www.w3.org/ns/oa#Annotation"]
        for target in item["http://www.w3.org/ns/oa#hasTarget"]:
            types = {selector["@type"][0] for selector in target["http://www.w3.org/ns/oa#hasSelector"]}
            assert types == {
                "http://www.w3.org/ns/oa#TextQuoteSelector",
                "http://www.w3.org/ns/oa#TextPositionSelector",
            }


def test_an_annotation_survives_a_json_ld_processor(served: Server) -> None:
    first = served.client.get("/v1/claims", params={"limit": 1}).json()["data"][0]
    answer = served.client.get(f"/v1/claims/{first['id']}", params={"format": "jsonld"})
    told = roundtrip(answer)
    assert told["compacted"] == answer.json()
    [annotation] = told["expanded"]
    [target] = annotation["http://www.w3.org/ns/oa#hasTarget"]
    quotes = [
        selector["http://www.w3.org/ns/oa#exact"][0]["@value"]
        for selector in target["http://www.w3.org/ns/oa#hasSelector"]
        if "http://www.w3.org/ns/oa#exact" in selector
    ]
    assert quotes == [first["source"]["quote"]]


def test_the_lock_names_no_package_server() -> None:
    assert '"resolved"' not in (HERE / "package-lock.json").read_text()
