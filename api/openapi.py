"""What the types cannot say of the OpenAPI 3.1 document: problems, headers, shared parameters, links, examples."""

import json
from collections import Counter
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import MISSING, Field

from api.model.kinds import KINDS
from api.problems import MEDIA_TYPE, PROBLEM_TYPES
from api.records.presentation import PRESENTATIONS
from api.records.shapes import Shape

DESCRIPTION = """\
What a document says, word for word: its sections, claims, events and obstacles, each resting on a quote that anyone
can cut out of the text and check. sic asserts nothing itself: every record says what the *document* says, and of whom
it says it. What an editor added is marked as added.

All paths answer GET, HEAD and OPTIONS. Parameters that a path does not declare are errors, never ignored.
"""
STATUSES = {
    "404": ("not-found", "snapshot-not-served"),
    "405": ("method-not-allowed",),
    "406": ("not-acceptable",),
    "414": ("uri-too-long",),
    "422": (
        *("unknown-parameter", "invalid-value", "unknown-id", "repeated-parameter"),
        *("invalid-cursor", "stale-cursor", "too-costly"),
    ),
    "500": ("internal",),
    "503": ("unavailable",),
}
HEADERS = {
    "ETag": "Weak entity tag; send it back in If-None-Match.",
    "Cache-Control": "How long caches may keep the response.",
    "Link": "RFC 8288 links: self, first, next, prev, service-desc, describedby.",
    "X-Request-Id": "The request's id, echoed or generated.",
}
TAGS = {
    **{kind.plural: str(PRESENTATIONS[name].shape.__doc__) for name, kind in KINDS.items()},
    "text": "The words, and what rests on them.",
    "references": "Records as annotations and citations.",
    "search": "Across all kinds.",
    "service": "What is here, in which words, and in what health.",
}
UNCACHED = ("/livez", "/readyz")


class ProblemError(Shape):
    """One thing that is wrong with a request."""

    parameter: str
    detail: str
    allowed: list[str] | None
    did_you_mean: str | None


class Gone(Shape):
    """The correction that removed a record."""

    correction: str
    date: str
    what: str
    why: str
    href: str


class Problem(Shape):
    """Problem details (RFC 9457)."""

    type: str = Field(description="Path of a page about this type of problem.")
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[ProblemError] | MISSING = Field(MISSING, description="Everything that is wrong with the request.")
    snapshot: str | MISSING = Field(MISSING, description="The snapshot served (snapshot-not-served, stale-cursor).")
    restart: str | MISSING = Field(MISSING, description="Where to start again (stale-cursor).")
    available: list[str] | MISSING = Field(MISSING, description="Media types of this path (not-acceptable).")
    gone: Gone | MISSING = Field(MISSING, description="Why there is no such record any more (not-found).")
    down: dict[str, str] | MISSING = Field(MISSING, description="Which dependency is down, and why (unavailable).")


def document(app: FastAPI, version: str) -> dict[str, Any]:
    """The contract as a document. The file in the repository is this, with examples; a test compares them."""
    contract = get_openapi(
        title="sic",
        version=version,
        openapi_version="3.1.0",
        summary="What a document says, each record resting on a verbatim quote",
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/"}],
    )
    schemas = contract["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of an error, which is never sent
        schemas.pop(name, None)
    names = {getattr(route, "path_format", ""): route.name for route in app.routes}  # type: ignore[attr-defined]
    for path, item in contract["paths"].items():
        for operation in item.values():
            operation["operationId"] = names[path]  # the endpoint's own name: stable and readable
            _finish(path, operation)
    contract["components"] |= {
        "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()},
        "responses": {f"Problem{status}": _problem(slugs) for status, slugs in STATUSES.items()}
        | {"NotModified": {"description": "What If-None-Match names is still the response."}},
        "parameters": _share_parameters(contract["paths"]),
    }
    contract["components"]["schemas"] = dict(sorted(schemas.items()))
    return contract


def _finish(path: str, operation: dict[str, Any]) -> None:
    parameters = operation.get("parameters", [])
    queries = [item for item in parameters if item["in"] == "query"]
    operation["responses"].pop("422", None)
    for status in STATUSES:
        if status == "404" and "{" not in path and not queries:
            continue
        if status == "422" and not queries:
            continue
        if status == "503" and path == "/livez":
            continue
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    success = operation["responses"]["200"]
    success["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    if path not in UNCACHED:
        operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
    for item in parameters:
        item["schema"].pop("title", None)
        if "description" in item:
            item["schema"].pop("description", None)
        if item["in"] == "path":
            item.setdefault("description", f"Id of the {operation['tags'][0].rstrip('s')}.")
        if item["schema"].get("type") == "array":
            item |= {"style": "form", "explode": True}
            item["description"] += " Repeat it, or separate values by commas."
            if item["schema"].get("default") == []:
                del item["schema"]["default"]
    kind = next((kind for kind in KINDS.values() if path == kind.path), None)
    if kind is not None:
        success["links"] = {
            f"get_{kind.name}": {
                "operationId": f"get_{kind.name}",
                "parameters": {"id": "$response.body#/data/0/id"},
                "description": f"The first {kind.name} of the page on its own.",
            }
        }


def _share_parameters(paths: dict[str, Any]) -> dict[str, Any]:
    """Moves parameters that several operations declare alike to the components."""
    lists = [op["parameters"] for item in paths.values() for op in item.values() if "parameters" in op]
    spellings = Counter(json.dumps(parameter, sort_keys=True) for each in lists for parameter in each)
    names: dict[str, str] = {}
    shared: dict[str, Any] = {}
    for each in lists:
        for place, parameter in enumerate(each):
            spelling = json.dumps(parameter, sort_keys=True)
            if spellings[spelling] < 2:
                continue
            if spelling not in names:
                base = parameter["name"].replace(".", "_") + ("_of_path" if parameter["in"] == "path" else "")
                number = sum(name == base or name.startswith(f"{base}-") for name in shared)
                names[spelling] = name = base if not number else f"{base}-{number + 1}"
                shared[name] = parameter
            each[place] = {"$ref": f"#/components/parameters/{names[spelling]}"}
    return dict(sorted(shared.items()))


def _problem(slugs: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": " or ".join(PROBLEM_TYPES[slug].title for slug in slugs),
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
