"""`python -m tests.contract` prints openapi.json as the code has it, with real responses as its examples."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api import __version__
from api.main import create_app
from api.openapi import document
from api.settings import Settings
from tests.server import Server, loaded

# The ids of a path's example, by what its parameters name.
IDS = {
    "actors": "armenia",
    "claims": "karabakh.c001",
    "corrections": "karabakh.k01",
    "documents": "karabakh",
    "events": "karabakh.e001",
    "obstacles": "karabakh.o3",
    "places": "karabakh",
    "positions": "karabakh.o3-armenia",
    "relations": "karabakh.r001",
    "sections": "karabakh.s02",
}
# The queries of the examples that need one, by the beginning of their path without the suffix.
QUERIES = {
    "/v1/documents/{id}/coverage": "limit=1",
    "/v1/documents/{id}/spans": "end=157&limit=1&start=0",
    "/v1/documents/{id}/text": "end=157&start=0",
    "/v1/resolve": "quote=Karabakh+is+Armenia",
    "/v1/search": "limit=1&q=prisoner+exchange",
    "/v1/suggest": "limit=3&q=kara",
}
UNSHOWN = ("/openapi.json",)  # no example of itself
JSON = ("application/json", "application/ld+json", "application/vnd.citationstyles.csl+json")


def concrete(path: str) -> str:
    """A path that is there, for a path of the contract."""
    plural = path.split("/")[2].partition(".")[0] if path.startswith("/v1/") and path.count("/") > 1 else ""
    if plural == "{kind}":
        path, plural = path.replace("{kind}", "claims"), "claims"
    named = path.replace("{id}", IDS.get(plural, "karabakh"))
    return named.replace("{name}", "claim_type").replace("{type}", "stale-cursor")


def query(path: str) -> str:
    """The query of a path's example."""
    if path.startswith("/v1/counts/"):
        return "by=document"
    parent, _, last = path.rpartition("/")
    bare = f"{parent}/{last.partition('.')[0]}"
    if bare in QUERIES:
        return QUERIES[bare]
    return "limit=1" if path.startswith("/v1/") and "{" not in path and bare.removeprefix("/v1/") in IDS else ""


def example(server: Server, path: str) -> Any:
    response = server.client.get(concrete(path), params=query(path) or None)
    assert response.status_code == 200, f"{path}: {response.text}"
    if response.headers["content-type"].partition(";")[0] not in JSON:
        return response.text
    shown = response.json()
    # The release is a hash over openapi.json, which would have to hold its own hash.
    if "release" in shown.get("data", ()):
        shown["data"]["release"] = "0" * 16
    return shown


def contract() -> dict[str, Any]:
    app = create_app(Settings()).app
    assert isinstance(app, FastAPI)
    made = document(app, __version__)
    with tempfile.TemporaryDirectory() as folder, Server(loaded(Path(folder))) as server:
        for path, item in made["paths"].items():
            if path not in UNSHOWN and not (path == "/v1/corrections/{id}" and not _has_corrections(server)):
                content = item["get"]["responses"]["200"]["content"]
                content[next(iter(content))]["example"] = example(server, path)
    return made


def _has_corrections(server: Server) -> bool:
    return bool(server.client.get("/v1/corrections").json()["meta"]["total"])


if __name__ == "__main__":
    json.dump(contract(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
