"""The OpenAPI 3.1 document: parameters from question models, every error declared, links between operations."""

from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.models import Schema
from fastapi.openapi.utils import get_openapi
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.params.accepts import Reference
from api.params.questions import Declared, Questions, declared
from api.problems import MEDIA_TYPE, PROBLEM_TYPES
from api.records.shapes import KINDS, Shape

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
    "422": ("unknown-parameter", "invalid-value", "unknown-id", "repeated-parameter", "invalid-cursor", "stale-cursor"),
    "500": ("internal",),
    "503": ("unavailable",),
}
HEADERS = {
    "ETag": "Weak entity tag; send it back in If-None-Match.",
    "Cache-Control": "How long caches may keep the answer.",
    "Link": "RFC 8288 links: self, first, next, prev, service-desc, describedby.",
    "X-Request-Id": "The request's id, echoed or made.",
}
# Of the first document, as examples.
IDS = {"section": "karabakh.s01", "claim": "karabakh.c001", "obstacle": "karabakh.o1", "actor": "armenia"}


class QuestionFault(Shape):
    parameter: str
    detail: str
    allowed: list[str] | None
    did_you_mean: str | None


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str = Field(description="Path of a page about this type of problem.")
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[QuestionFault] = Field(default=[], description="What is wrong with the question, all of it.")
    snapshot: str = Field(default="", description="The snapshot served (snapshot-not-served, stale-cursor).")
    restart: str = Field(default="", description="Where to start again (stale-cursor).")
    available: list[str] = Field(default=[], description="Media types of this path (not-acceptable).")


def parameters(model: type[Questions]) -> list[dict[str, Any]]:
    """A question model as OpenAPI parameters; list values are `form`, exploded or comma-separated."""
    schema = model.model_json_schema()
    listed = []
    for name, parameter in declared(model).items():
        described = dict(schema["properties"][name])
        required = name in schema.get("required", ())
        described.pop("title", None)
        text = described.pop("description")
        examples = described.pop("examples", None)
        default = described.pop("default", None)
        if default not in (None, [], ""):
            described["default"] = default
        item: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": required,
            "description": text,
            "schema": described,
        }
        if parameter.many:
            item |= {"style": "form", "explode": True}
            item["description"] += " Repeat it or separate values by commas: any of them."
            if parameter.most:
                described["maxItems"] = parameter.most
        example = examples[0] if examples else _example(described, parameter)
        if required:
            item["example"] = example
        else:  # in the schema: Swagger UI sends the others unasked
            described["examples"] = [[example] if parameter.many else example]
        listed.append(item)
    return listed


def _example(schema: dict[str, Any], parameter: Declared) -> Any:
    if isinstance(parameter.accepts, Reference):
        return IDS.get(parameter.accepts.kind, "karabakh")
    inner = schema.get("items", {}) if parameter.many else schema
    if "enum" in inner:
        return inner["enum"][0]
    if inner.get("type") == "boolean":
        return True
    if inner.get("type") == "integer":
        return schema.get("default", max(1, inner["minimum"]))
    return {"^[0-9a-f]{16}$": "3f9c1a5e0b7d2468"}.get(inner.get("pattern", ""), "karabakh")


# What each operation is asked and answers. Schemas of it are made for the document, which is a file when serving:
# FastAPI's own would cost a third of the start.
DESCRIBED: list[tuple[type[Questions] | None, type[BaseModel] | None]] = []
NUMBER = "x-described"


def described(questions: type[Questions] | None, answer: type[BaseModel] | None) -> dict[str, Any]:
    """What FastAPI's decorator is told: where the question's parameters and the answer's shape are found."""
    DESCRIBED.append((questions, answer))
    return {"openapi_extra": {NUMBER: len(DESCRIBED) - 1}}


def described_text(questions: type[Questions]) -> dict[str, Any]:
    return {"response_class": PlainTextResponse, **described(questions, None)}


def document(app: FastAPI, version: str) -> dict[str, Any]:
    """The contract as a document; the file in the repository is this, and a test compares them."""
    made = get_openapi(
        title="sic",
        version=version,
        openapi_version="3.1.0",
        summary="What a document says, each record resting on a verbatim quote",
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _tags()],
    )
    made["servers"] = [{"url": "/"}]
    answers: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (answer, "serialization") for _, answer in DESCRIBED if answer
    ]
    found, defined = models_json_schema(answers, ref_template="#/components/schemas/{model}")
    schemas = made["components"]["schemas"] = {
        name: jsonable_encoder(Schema(**schema), by_alias=True, exclude_none=True)
        for name, schema in sorted(defined["$defs"].items())
    }
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["ProblemDetails"] = problem
    made["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()
    }
    made["components"]["responses"] = {f"Problem{status}": _problem(slugs) for status, slugs in STATUSES.items()}
    made["components"]["responses"]["NotModified"] = {"description": "What If-None-Match names is still the answer."}
    names = {route.path_format: route.name for route in app.routes if isinstance(route, APIRoute)}
    for path, item in made["paths"].items():
        for operation in item.values():
            operation["operationId"] = names[path]  # the endpoint's own name: stable and readable
            if NUMBER in operation:
                questions, answer = DESCRIBED[operation.pop(NUMBER)]
                if questions:
                    operation["parameters"] = operation.get("parameters", []) + parameters(questions)
                if answer:
                    content = operation["responses"]["200"]["content"]
                    content["application/json"]["schema"] = found[answer, "serialization"]
            _finish(path, operation)
    return made


def _finish(path: str, operation: dict[str, Any]) -> None:
    asked = [item for item in operation.get("parameters", []) if item["in"] == "query"]
    unready = path in ("/livez",)
    for status in STATUSES:
        if status == "404" and "{" not in path and not asked:
            continue
        if status == "503" and unready:
            continue
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    if not asked and "{" not in path:
        operation["responses"].pop("422", None)
    else:
        operation["responses"]["422"] = {"$ref": "#/components/responses/Problem422"}
    success = operation["responses"]["200"]
    success["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    if path not in ("/livez", "/readyz"):
        operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
    if any(item["name"] == "format" for item in asked):
        _formats(success, next(item for item in asked if item["name"] == "format"))
    for item in operation.get("parameters", []):
        if item["in"] == "path":
            item.setdefault("description", f"Id of the {operation['tags'][0].rstrip('s')}.")
    kind = next((kind for kind in KINDS.values() if path == kind.path), None)
    if kind is not None:
        success["links"] = {
            f"get_{kind.name}": {
                "operationId": f"get_{kind.name}",
                "parameters": {"id": "$response.body#/data/0/id"},
                "description": f"The first {kind.name} of the page on its own.",
            }
        }


def _formats(success: dict[str, Any], parameter: dict[str, Any]) -> None:
    others = {
        "jsonl": ("application/jsonl", {"type": "string", "description": "One JSON record a line, the whole answer."}),
        "csv": ("text/csv", {"type": "string", "description": "RFC 4180, the whole answer."}),
        "jsonld": ("application/ld+json", {"type": "object", "description": "W3C Web Annotation."}),
        "html": ("text/html", {"type": "string", "description": "A page for people."}),
    }
    for format in parameter["schema"]["enum"]:
        if format in others:
            media_type, schema = others[format]
            success["content"][media_type] = {"schema": schema}


def _problem(slugs: tuple[str, ...]) -> dict[str, Any]:
    kinds = [PROBLEM_TYPES[slug] for slug in slugs]
    headers: dict[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    return {
        "description": " or ".join(kind.title for kind in kinds),
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }


def _tags() -> list[tuple[str, str]]:
    return [
        ("documents", "The documents and what each is."),
        ("text", "The words, and what rests on them."),
        ("sections", "The text in the order it was written."),
        ("claims", "What the document says, one proposition each."),
        ("events", "What happened, happens or would happen."),
        ("obstacles", "What the document numbers as hindrances."),
        ("positions", "Where an actor stands towards an obstacle."),
        ("actors", "Who the documents speak of."),
        ("places", "Where the documents locate things."),
        ("relations", "How claims bear on each other."),
        ("search", "Across all kinds."),
        ("service", "What is here, in which words, and in what health."),
    ]
