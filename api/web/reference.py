"""The contract (openapi.json) as a reader of the docs sees it: operations by subject, parameters by purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

PAGING = ("limit", "cursor", "offset")
SHAPE = ("sort", "include", "facets", "highlight", "fields", "by", "unit", "expand", "snapshot")
LONGEST = 60  # allowed values that are listed


@dataclass(frozen=True)
class Parameter:
    """`also` are `x.not` and `x.all` of a filter."""

    name: str
    description: str
    type: str
    values: tuple[str, ...]
    required: bool
    also: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    path: str
    description: str
    groups: tuple[tuple[str, tuple[Parameter, ...]], ...]
    media_type: str
    example: str


@dataclass(frozen=True)
class Subject:
    name: str
    description: str
    operations: tuple[Operation, ...]


@lru_cache(maxsize=2)
def subjects(contract: bytes) -> dict[str, Subject]:
    document = from_json(contract) if contract else {"tags": [], "paths": {}}
    by_tag: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        by_tag.setdefault(methods["get"]["tags"][0], []).append(_operation(document, path, methods["get"]))
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    return {
        name: Subject(name, described.get(name, ""), tuple(operations))
        for name, operations in by_tag.items()
        if operations
    }


def _resolved(document: Mapping[str, Any], value: Any) -> Any:
    while "$ref" in value:
        place: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        value = place
    return value


def _operation(document: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> Operation:
    raw = [_resolved(document, each) for each in operation.get("parameters", ())]
    names = {each["name"] for each in raw}
    shown = [
        (each["in"], _parameter(document, each, names))
        for each in raw
        if not (each["name"].endswith((".not", ".all")) and each["name"][:-4] in names)
    ]
    groups: dict[str, list[Parameter]] = {"path": [], "filters": [], "paging": [], "shape": []}
    for place, parameter in shown:
        group = "paging" if parameter.name in PAGING else "shape" if parameter.name in SHAPE else "filters"
        groups["path" if place == "path" else group].append(parameter)
    content = operation["responses"].get("200", {}).get("content", {})
    return Operation(
        path,
        operation.get("description", ""),
        tuple((name, tuple(parameters)) for name, parameters in groups.items() if parameters),
        next(iter(content), ""),
        _example(document, path, raw),
    )


def _parameter(document: Mapping[str, Any], raw: Mapping[str, Any], names: set[str]) -> Parameter:
    schema = _resolved(document, raw["schema"])
    inner = _resolved(document, schema.get("items", schema))
    values = [value for each in inner.get("anyOf", [inner]) for value in _values(_resolved(document, each))]
    listed = schema.get("type") == "array"
    kind = inner.get("type", "string")
    bounds = f" {inner['minimum']}–{inner['maximum']}" if "minimum" in inner and "maximum" in inner else ""
    also = tuple(raw["name"] + suffix for suffix in (".not", ".all") if raw["name"] + suffix in names)
    description = raw.get("description", "").replace(" Repeat it, or separate values by commas.", "")
    required = bool(raw.get("required"))
    return Parameter(
        raw["name"], description, f"{kind}{bounds}{', …' if listed else ''}", tuple(values[:LONGEST]), required, also
    )


def _values(schema: Mapping[str, Any]) -> list[str]:
    return [*map(str, schema.get("enum", ())), *([str(schema["const"])] if "const" in schema else [])]


EXAMPLES = {"id": "karabakh.c134", "quote": "karabakh+is+armenia", "q": "exodus", "by": "type", "start": "2510"}
EXAMPLES |= {"end": "2529", "type": "not-found", "name": "claim_type", "kind": "claims"}
IDS = {"documents": "karabakh", "sections": "karabakh.s08", "events": "karabakh.e088", "obstacles": "karabakh.o1"}
IDS |= {"positions": "karabakh.o1-armenia", "actors": "armenia", "places": "karabakh", "relations": "karabakh.r053"}
IDS |= {"corrections": "karabakh.k01"}


def _example(document: Mapping[str, Any], path: str, parameters: list[Any]) -> str:
    """A request that is answered on the first document."""
    subject = path.split("/")[2] if path.count("/") > 1 else ""
    for parameter in parameters:
        if parameter["in"] == "path":
            value = (
                IDS.get(subject, EXAMPLES["id"]) if parameter["name"] == "id" else EXAMPLES.get(parameter["name"], "")
            )
            path = path.replace("{" + parameter["name"] + "}", value)
    needed = [
        f"{each['name']}={_value(document, each)}"
        for each in parameters
        if each["in"] == "query" and each.get("required")
    ]
    return path + ("?" + "&".join(needed) if needed else "")


def _value(document: Mapping[str, Any], parameter: Any) -> str:
    """An example of a required parameter: one that is at home here, else the first of its closed set."""
    example = EXAMPLES.get(parameter["name"], "")
    values = _parameter(document, parameter, set()).values
    return example if not values or example in values else values[0]
