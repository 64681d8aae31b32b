"""`python -m tests.contract` prints openapi.json as the code has it, with real answers as its examples."""

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

# The question behind each path's example; /openapi.json is no example of itself, /metrics is not in the document.
QUESTIONS = {
    "/": "/",
    "/livez": "/livez",
    "/llms.txt": "/llms.txt",
    "/problems": "/problems",
    "/problems/{type}": "/problems/stale-cursor",
    "/readyz": "/readyz",
    "/v1": "/v1",
    "/v1/actors": "/v1/actors?limit=1",
    "/v1/actors/{id}": "/v1/actors/armenia",
    "/v1/claims": "/v1/claims?limit=1",
    "/v1/claims/{id}": "/v1/claims/karabakh.c001",
    "/v1/documents": "/v1/documents?limit=1",
    "/v1/documents/{id}": "/v1/documents/karabakh",
    "/v1/documents/{id}/coverage": "/v1/documents/karabakh/coverage?limit=1",
    "/v1/documents/{id}/spans": "/v1/documents/karabakh/spans?start=0&end=157&limit=1",
    "/v1/documents/{id}/text": "/v1/documents/karabakh/text?start=0&end=157",
    "/v1/events": "/v1/events?limit=1",
    "/v1/events/{id}": "/v1/events/karabakh.e001",
    "/v1/obstacles": "/v1/obstacles?limit=1",
    "/v1/obstacles/{id}": "/v1/obstacles/karabakh.o3",
    "/v1/places": "/v1/places?limit=1",
    "/v1/places/{id}": "/v1/places/karabakh",
    "/v1/positions": "/v1/positions?limit=1",
    "/v1/positions/{id}": "/v1/positions/karabakh.o3-armenia",
    "/v1/relations": "/v1/relations?limit=1",
    "/v1/relations/{id}": "/v1/relations/karabakh.r001",
    "/v1/resolve": "/v1/resolve?quote=Karabakh+is+Armenia",
    "/v1/search": "/v1/search?q=prisoner+exchange&limit=1&highlight=true&facets=kind",
    "/v1/sections": "/v1/sections?limit=1",
    "/v1/sections/{id}": "/v1/sections/karabakh.s02",
    "/v1/suggest": "/v1/suggest?q=kara&limit=3",
    "/v1/vocabularies": "/v1/vocabularies",
    "/v1/vocabularies/{name}": "/v1/vocabularies/claim_type",
}


def example(server: Server, question: str) -> Any:
    answer = server.client.get(question, headers={"Accept": "application/json, text/plain;q=0.5"})
    assert answer.status_code == 200, f"{question}: {answer.text}"
    if answer.headers["content-type"].startswith("text/plain"):
        return answer.text
    told = answer.json()
    # The release is a hash over openapi.json, which would have to hold its own hash.
    if "release" in told.get("data", ()):
        told["data"]["release"] = "0" * 16
    return told


def contract() -> dict[str, Any]:
    app = create_app(Settings()).app
    assert isinstance(app, FastAPI)
    made = document(app, __version__)
    with tempfile.TemporaryDirectory() as folder, Server(loaded(Path(folder))) as server:
        for path, question in QUESTIONS.items():
            content = made["paths"][path]["get"]["responses"]["200"]["content"]
            content[next(iter(content))]["example"] = example(server, question)
    return made


if __name__ == "__main__":
    json.dump(contract(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
