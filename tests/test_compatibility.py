"""The breaking-change check finds every break that is planted into openapi.json, and nothing in what only grows."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.compatibility import breaks, resolved
from tests.server import ROOT

Json = dict[str, Any]
CONTRACT: Json = json.loads((ROOT / "openapi.json").read_text())


def claims(document: Json) -> Json:
    operation: Json = document["paths"]["/v1/claims"]["get"]
    return operation


def parameter(document: Json, name: str) -> Json:
    """The parameter of claims, which other operations may share."""
    return next(item for _, item in _parameters(document) if item["name"] == name)


def without(document: Json, name: str) -> None:
    """Takes the parameter from claims alone."""
    claims(document)["parameters"] = [item for item, meant in _parameters(document) if meant["name"] != name]


def _parameters(document: Json) -> Iterator[tuple[Json, Json]]:
    return ((item, resolved(document, item)[1]) for item in claims(document)["parameters"])


def claim(document: Json) -> Json:
    schema: Json = document["components"]["schemas"]["Claim"]
    return schema


def values(document: Json) -> list[str]:
    """The closed set that claims' `type` filter takes."""
    listed: list[str] = resolved(document, parameter(document, "type")["schema"]["items"])[1]["enum"]
    return listed


def hits(document: Json) -> Json:
    schema: Json = resolved(document, document["components"]["schemas"]["SearchPage"]["properties"]["data"]["items"])[1]
    return schema


BREAKS: dict[str, Callable[[Json], object]] = {
    "a path gone": lambda new: new["paths"].pop("/v1/claims"),
    "a method gone": lambda new: new["paths"]["/v1/claims"].pop("get"),
    "another operation id": lambda new: claims(new).update(operationId="other"),
    "a parameter gone": lambda new: without(new, "limit"),
    "a parameter required": lambda new: parameter(new, "limit").update(required=True),
    "a new parameter required": lambda new: claims(new)["parameters"].append(
        {"name": "new", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "a parameter of another type": lambda new: parameter(new, "limit").update(schema={"type": "string"}),
    "a lower maximum": lambda new: parameter(new, "limit")["schema"].update(maximum=50),
    "a value no longer taken": lambda new: values(new).pop(),
    "a list no longer taken": lambda new: parameter(new, "type").update(explode=False),
    "a key gone": lambda new: claim(new)["properties"].pop("hedged"),
    "a key not always there": lambda new: claim(new)["required"].remove("hedged"),
    "a key of another type": lambda new: claim(new)["properties"].update(hedged={"type": "string"}),
    "a key that may be null": lambda new: claim(new)["properties"].update(hedged={"type": ["boolean", "null"]}),
    "a form gone": lambda new: new["paths"].pop("/v1/claims.csv"),
    "a media type gone": lambda new: new["paths"]["/v1/claims.csv"]["get"]["responses"]["200"].update(content={}),
    "a complement gone": lambda new: without(new, "type.not"),
    "a key of every record that a query adds": lambda new: claim(new)["properties"].pop("included"),
    "a kind of hit that clients do not know": lambda new: hits(new)["oneOf"].append({"type": "string"}),
    "a value that is given anew": lambda new: new["components"]["schemas"]["Claim"]["properties"].update(
        type={"type": "integer"}
    ),
    "a status gone": lambda new: claims(new)["responses"].pop("422"),
    "a header gone": lambda new: claims(new)["responses"]["200"]["headers"].pop("ETag"),
}
GROWTH: dict[str, Callable[[Json], object]] = {
    "nothing": lambda _new: None,
    "a path": lambda new: new["paths"].update({"/v1/new": new["paths"]["/v1/claims"]}),
    "a parameter": lambda new: claims(new)["parameters"].append(
        {"name": "new", "in": "query", "schema": {"type": "string"}}
    ),
    "a value taken": lambda new: values(new).append("new"),
    "a complement": lambda new: claims(new)["parameters"].append(
        {"name": "new.not", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
    ),
    "a higher maximum": lambda new: parameter(new, "limit")["schema"].update(maximum=1000),
    "a key": lambda new: claim(new)["properties"].update(new={"type": "string"}),
    "words": lambda new: claims(new).update(description="other"),
}


def changed(change: Callable[[Json], object]) -> Json:
    new = copy.deepcopy(CONTRACT)
    change(new)
    return new


@pytest.mark.parametrize("name", BREAKS)
def test_a_planted_break_is_found(name: str) -> None:
    assert breaks(CONTRACT, changed(BREAKS[name]))


@pytest.mark.parametrize("name", GROWTH)
def test_growth_is_no_break(name: str) -> None:
    assert breaks(CONTRACT, changed(GROWTH[name])) == []
