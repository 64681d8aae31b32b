"""Schemathesis hooks: a query that is valid by its schema is also made valid by what a schema cannot say.

Ids become those of records that exist, offsets lie in the text, parameters that exclude each other part, so that
"a valid query gets its response" is checked in full. Invalid queries are left as they are.
"""

import json
from functools import cache
from typing import Any
from zlib import crc32

import httpx
import schemathesis
from schemathesis import Case, HookContext
from schemathesis.generation import GenerationMode

from tests import astral
from tests.lists import LISTS, REFERENCES, SOURCED

CITABLE = ("claims", "documents", "events", "obstacles", "positions", "sections")
LONGEST_Q = 100  # characters: a longer one may have too many words
MOST_BY = 2  # of three filters there may be too many combinations


@cache
def ids(base: str, plural: str) -> list[str]:
    if plural == "topics":
        return [term["value"] for term in httpx.get(f"{base}/v1/vocabularies/topic").json()["data"]["terms"]]
    lines = httpx.get(f"{base}/v1/{plural}.jsonl", params={"fields": "id"}).text.splitlines()
    return [json.loads(line)["id"] for line in lines]


@cache
def names_of(base: str, path: str) -> list[str]:
    return [each["id"] for each in httpx.get(f"{base}{path}").json()["data"]]


@cache
def served(base: str) -> str:
    snapshot: str = httpx.get(f"{base}/v1").json()["data"]["snapshot"]
    return snapshot


@cache
def length(base: str, document: str) -> int:
    number: int = httpx.get(f"{base}/v1/documents/{document}").json()["data"]["text_length"]
    return number


def in_the_calendar(day: str) -> str:
    return ("2020" if day.startswith("0000") else day[:4]) + day[4:8] + day[8:].replace("3", "2").replace("9", "8")


def one_of(known: list[str], value: object) -> str:
    return str(value) if value in known else known[crc32(repr(value).encode()) % len(known)]


def ground(path: str, base: str, names: dict[str, Any], query: dict[str, Any]) -> None:
    plural = path.removeprefix("/v1/").removeprefix("counts/").partition("/")[0].partition(".")[0]
    if "kind" in names:
        plural = names["kind"] = one_of(list(SOURCED if "annotation" in path else CITABLE), names["kind"])
    if plural in LISTS and "id" in names:
        names["id"] = one_of(ids(base, plural), names["id"])
    if "name" in names:
        names["name"] = one_of(names_of(base, "/v1/vocabularies"), names["name"])
    if "type" in names:
        names["type"] = one_of(names_of(base, "/problems"), names["type"])
    of_ids = {**REFERENCES, "id": plural} if plural in LISTS else REFERENCES
    if plural == "relations":
        of_ids = {**of_ids, "type": ""}
    for parameter in query:
        kind = of_ids.get(parameter.partition(".")[0])
        if kind:
            values = query[parameter] if isinstance(query[parameter], list) else [query[parameter]]
            query[parameter] = [one_of(ids(base, kind), value) for value in values]
    if "snapshot" in query:
        query["snapshot"] = served(base)
    query.pop("cursor", None)
    for name, value in query.items():
        if isinstance(value, list):
            query[name] = list(dict.fromkeys(value))[:20]  # or the query may be too long
    if isinstance(query.get("by"), list):
        query["by"] = query["by"][:MOST_BY]
    if isinstance(query.get("q"), str):
        query["q"] = query["q"].strip()[:LONGEST_Q]
    for name in query.keys() & {"date_from", "date_to"}:
        query[name] = in_the_calendar(str(query[name]))
    if str(query.get("date_from", "")) > str(query.get("date_to", "9999")):
        query.pop("date_to")
    if "q" not in query:
        query.pop("highlight", None)
    if "id" in names and query.keys() & {"start", "end", "unit"}:
        most = length(base, names["id"])
        for name in ("start", "end"):
            if not isinstance(query.get(name, 0), int):
                query.pop(name)
        query["start"] = int(query.get("start", 0)) % most
        if query.get("unit") == "utf16" and names["id"] == astral.ID:
            query.update(start=0)  # an offset could be amid a surrogate pair
            query.pop("end", None)
        if "end" in query:
            query["end"] = query["start"] + 1 + int(query["end"]) % (most - query["start"])


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - their names
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        ground(case.operation.path, str(case.operation.base_url).rstrip("/"), case.path_parameters, case.query)
